-- Rounds belong to a taxonomy and run side by side; work may be due on a day.
-- Those that older versions started for all taxonomies are kept once without one, and once for each they were used in.
CREATE TABLE rounds_by_taxonomy (
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 1),
  purpose TEXT NOT NULL CHECK (purpose IN ('first', 'second_pass', 'retest', 'calibration', 'training')),
  started_by TEXT NOT NULL,
  started_at TEXT NOT NULL,
  counter INTEGER NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (taxonomy, round)
) STRICT, WITHOUT ROWID;

INSERT INTO rounds_by_taxonomy (taxonomy, round, purpose, started_by, started_at, counter, event)
SELECT '', round, purpose, started_by, started_at, counter, event FROM (
  SELECT rounds.*, ifnull(events.counter, 0) AS counter, ifnull(feeds.uid || ':' || (events.id & 4294967295), '') AS event,
    row_number() OVER (PARTITION BY rounds.round ORDER BY events.counter DESC, feeds.uid DESC, events.id DESC) AS place
  FROM rounds LEFT JOIN events ON events.round = rounds.round AND events.kind = 'round_started'
  LEFT JOIN feeds ON feeds.id = events.id >> 32
) WHERE place = 1;

INSERT INTO rounds_by_taxonomy (taxonomy, round, purpose, started_by, started_at, counter, event)
SELECT used.taxonomy, round, purpose, started_by, started_at, counter, event FROM rounds_by_taxonomy AS started
JOIN (SELECT taxonomy, round FROM assignments UNION SELECT taxonomy, round FROM classifications) AS used USING (round);

DROP TABLE rounds;
ALTER TABLE rounds_by_taxonomy RENAME TO rounds;

CREATE TABLE closings (
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL,
  is_closed INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
  said_by TEXT NOT NULL,
  said_at TEXT NOT NULL,
  PRIMARY KEY (taxonomy, round)
) STRICT, WITHOUT ROWID;

ALTER TABLE assignments ADD COLUMN due TEXT NOT NULL DEFAULT '';
DROP INDEX assignments_in_order;
CREATE INDEX assignments_in_order ON assignments (annotator, round, batch, position, taxonomy, subject_id)
  WHERE done = 0;
DROP INDEX assignments_open;
CREATE INDEX assignments_open ON assignments (annotator, taxonomy, round) WHERE done = 0;
CREATE INDEX assignments_by_annotator ON assignments (annotator, round, taxonomy, batch, done);

-- Subjects whose answers are known: whose answers they are, and in which round; annotators are scored by them.
CREATE TABLE gold (
  taxonomy TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  whose TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 1),
  set_by TEXT NOT NULL,
  set_at TEXT NOT NULL,
  PRIMARY KEY (taxonomy, subject_id)
) STRICT, WITHOUT ROWID;
