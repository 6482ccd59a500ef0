-- Events become lines of feeds: one feed for each person on each replica, numbered without gaps and chained by hashes.
-- People become rows of their own. What the old tables hold is moved by the program, which can hash, right after this.

ALTER TABLE events RENAME TO old_events;

DROP TRIGGER events_stay;

DROP TRIGGER events_remain;

DROP INDEX events_of_classification;

DROP INDEX events_by_annotator;

DROP TRIGGER people_classify;

DROP TRIGGER people_are_dealt_work;

DROP TRIGGER people_look;

DROP TABLE people;

CREATE TABLE replicas (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  machine TEXT NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  birth TEXT NOT NULL,
  path TEXT NOT NULL,
  begun_at TEXT NOT NULL
) STRICT;

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  added_as TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'model', 'result', 'nobody')),
  stands_for INTEGER NOT NULL REFERENCES people (id),
  left_at TEXT
) STRICT;

CREATE INDEX people_by_name ON people (name) WHERE stands_for = id;

CREATE INDEX people_models ON people (name) WHERE kind = 'model' AND stands_for = id;

CREATE INDEX people_standing ON people (stands_for);

CREATE TABLE spellings (
  plain TEXT PRIMARY KEY,
  spelling TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES people (id)
) STRICT, WITHOUT ROWID;

-- The name decisions are kept under, the one of what AIID published, and the one of who did not say their name.
INSERT INTO people VALUES
  (1, '00000000000000000000000000000000', 'adjudicated', 'adjudicated', 'result', 1, NULL),
  (2, '00000000000000000000000000000001', 'AIID', 'AIID', 'result', 2, NULL),
  (3, '00000000000000000000000000000002', '', '', 'nobody', 3, NULL);

INSERT INTO spellings VALUES ('adjudicated', 'adjudicated', 1), ('aiid', 'AIID', 2), ('', '', 3);

CREATE TABLE feeds (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  person INTEGER NOT NULL REFERENCES people (id),
  founder TEXT NOT NULL CHECK (json_valid(founder)),
  replica TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  counter INTEGER NOT NULL CHECK (counter >= 0),
  hash BLOB NOT NULL
) STRICT;

CREATE INDEX feeds_by_person ON feeds (person, replica);

CREATE TABLE heads (
  feed TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  told_by TEXT NOT NULL,
  PRIMARY KEY (feed, number)
) STRICT, WITHOUT ROWID;

-- Which versions of a subject people had before them, under the key it had then. What a version holds stands here as
-- soon as another one shows; `run` is the import that brought it.
CREATE TABLE subject_versions (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  seen TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  run TEXT,
  content TEXT CHECK (content IS NULL OR json_valid(content)),
  UNIQUE (key, seen)
) STRICT;

CREATE INDEX subject_versions_by_subject ON subject_versions (subject_id);

-- `id` is the feed's id and the number in it, so that a feed is read from one place. What was withheld or erased has
-- no salt and no payload, nor anything else that its content hash covers.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  counter INTEGER NOT NULL CHECK (counter >= 1),
  at TEXT,
  kind TEXT,
  subject INTEGER REFERENCES subject_versions (id),
  taxonomy TEXT,
  whose INTEGER REFERENCES people (id),
  round INTEGER,
  version INTEGER,
  replaces TEXT,
  payload TEXT,
  salt BLOB,
  content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  feed INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
  number INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
  CHECK (
    (salt IS NULL AND coalesce(at, kind, subject, taxonomy, whose, round, version, replaces, payload) IS NULL)
    OR (salt IS NOT NULL AND at IS NOT NULL AND kind IS NOT NULL AND replaces IS NOT NULL AND json_valid(payload))
  )
) STRICT;

CREATE INDEX events_of_classification ON events (subject, taxonomy, whose, round) WHERE subject IS NOT NULL;

-- What the program calls the kinds of the team: what is done to no classification.
CREATE INDEX events_of_team ON events (kind, taxonomy, whose, round) WHERE kind IN (
  'person_added', 'person_renamed', 'spelling_added', 'people_merged', 'people_split', 'person_left',
  'people_undone', 'assigned', 'taken_back', 'round_started', 'setting_set', 'looked', 'import_ran', 'erased');

-- An event stays as it is; its content can be erased, and come back where it was withheld, and nothing else.
CREATE TRIGGER events_stay BEFORE UPDATE ON events
  WHEN NOT (new.id IS old.id AND new.counter IS old.counter AND new.content_hash IS old.content_hash
            AND new.hash IS old.hash AND (new.salt IS NULL OR old.salt IS NULL))
  BEGIN SELECT raise(ABORT, 'events are immutable'); END;

CREATE TRIGGER events_follow BEFORE INSERT ON events
  WHEN new.number IS NOT (SELECT number + 1 FROM feeds WHERE id = new.feed)
  BEGIN SELECT raise(ABORT, 'feeds have no gaps'); END;

CREATE TRIGGER events_lengthen AFTER INSERT ON events
  BEGIN UPDATE feeds SET number = new.number, counter = new.counter, hash = new.hash WHERE id = new.feed; END;

CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'events are immutable'); END;

-- The project a file belongs to; several where files of several projects were joined.
CREATE TABLE projects (
  uid TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE import_runs (
  event TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  run_by TEXT NOT NULL,
  run_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE subjects ADD COLUMN run TEXT;

-- Places at which what was done apart does not say the same, until somebody decides.
CREATE TABLE conflicts (
  classification_id INTEGER NOT NULL REFERENCES classifications (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  field TEXT NOT NULL,
  PRIMARY KEY (classification_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE team_conflicts (
  place TEXT PRIMARY KEY CHECK (json_valid(place))
) STRICT, WITHOUT ROWID;

-- An answer can be in conflict.
CREATE TABLE new_answers (
  classification_id INTEGER NOT NULL REFERENCES classifications (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  position INTEGER NOT NULL,
  taxonomy TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('answered', 'empty', 'unknown', 'not_applicable', 'hidden', 'conflict')),
  value TEXT,
  code INTEGER REFERENCES value_codes (code),
  confidence REAL,
  PRIMARY KEY (classification_id, field, position)
) STRICT, WITHOUT ROWID;

INSERT INTO new_answers SELECT * FROM answers;

DROP TABLE answers;

ALTER TABLE new_answers RENAME TO answers;

CREATE INDEX answers_by_code ON answers (taxonomy, field, subject_id, code, state);

ALTER TABLE classifications ADD COLUMN provenance TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(provenance));

-- The event of the import that brought it; none where nobody kept which one did.
ALTER TABLE classifications ADD COLUMN run TEXT;

CREATE VIEW log AS
  SELECT events.id AS rowid_of, feeds.uid || ':' || events.number AS id, events.counter, at, author.name AS author, events.kind,
    subjects.key AS subject, taxonomy, annotator.name AS annotator, round, version, payload
  FROM events JOIN feeds ON feeds.id = events.feed
  JOIN people AS writer ON writer.id = feeds.person JOIN people AS author ON author.id = writer.stands_for
  LEFT JOIN subject_versions ON subject_versions.id = events.subject
  LEFT JOIN subjects ON subjects.id = subject_versions.subject_id
  LEFT JOIN people AS written ON written.id = events.whose
  LEFT JOIN people AS annotator ON annotator.id = written.stands_for;
