-- Everybody who stands in the file, with how their name reads: two names that read alike are one person's.
-- A name comes by itself with whatever somebody does first; how it reads is noted by the program, which knows.

CREATE TABLE people (
  name TEXT PRIMARY KEY,
  plain TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX people_by_plain ON people (plain, name);

INSERT INTO people (name)
  SELECT annotator FROM classifications UNION SELECT annotator FROM assignments UNION SELECT annotator FROM looks;

CREATE TRIGGER people_classify AFTER INSERT ON classifications
  BEGIN INSERT OR IGNORE INTO people (name) VALUES (new.annotator); END;

CREATE TRIGGER people_are_dealt_work AFTER INSERT ON assignments
  BEGIN INSERT OR IGNORE INTO people (name) VALUES (new.annotator); END;

CREATE TRIGGER people_look AFTER INSERT ON looks
  BEGIN INSERT OR IGNORE INTO people (name) VALUES (new.annotator); END;
