-- Several people at one file: who is to classify what, in which round, and who has seen others' answers.

-- Work dealt to annotators. `done` follows from the classification: handed in or skipped.
CREATE TABLE assignments (
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  annotator TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 1),
  batch INTEGER NOT NULL CHECK (batch >= 1),
  position INTEGER NOT NULL,
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  assigned_by TEXT NOT NULL,
  assigned_at TEXT NOT NULL,
  PRIMARY KEY (subject_id, taxonomy, annotator, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_in_order ON assignments (annotator, round, done, batch, position, taxonomy, subject_id);

-- Rounds after the first, which needs no row.
CREATE TABLE rounds (
  round INTEGER PRIMARY KEY CHECK (round >= 2),
  purpose TEXT NOT NULL CHECK (purpose IN ('second_pass', 'retest')),
  started_by TEXT NOT NULL,
  started_at TEXT NOT NULL
) STRICT;

-- Who has looked at others' answers on a subject as somebody who decides: they no longer classify it blind.
CREATE TABLE looks (
  annotator TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  looked_at TEXT NOT NULL,
  PRIMARY KEY (annotator, taxonomy, subject_id)
) STRICT, WITHOUT ROWID;

-- Whether a classification is as an import brought it: nobody has worked on it here.
ALTER TABLE classifications ADD COLUMN is_imported INTEGER NOT NULL DEFAULT 0 CHECK (is_imported IN (0, 1));
UPDATE classifications SET is_imported = NOT EXISTS (
  SELECT 1 FROM events WHERE events.subject = (SELECT key FROM subjects WHERE subjects.id = subject_id)
  AND events.taxonomy = classifications.taxonomy AND events.of_annotator = classifications.annotator
  AND events.round = classifications.round AND kind NOT IN ('imported', 'published', 'withdrawn'));

-- Whose work is begun and not handed in, found by subject.
CREATE INDEX classifications_at_work ON classifications (subject_id, taxonomy, annotator, round) WHERE status = 'draft';

-- What is closed to those who have not handed in themselves; empty in a file that only imports have filled.
CREATE INDEX classifications_made_here ON classifications (annotator) WHERE is_imported = 0 AND publish = 'unpublished';

-- Fields about the work itself are nothing to differ about.
DELETE FROM disagreements WHERE (taxonomy, field) IN (
  SELECT namespace, json_extract(field.value, '$.id') FROM taxonomies, json_each(document, '$.fields') AS field
  WHERE json_extract(field.value, '$.public') = 0);
DELETE FROM disputed_subjects;
INSERT INTO disputed_subjects (subject_id, taxonomy, round, fields, settled)
SELECT subject_id, taxonomy, round, count(*), max(settled) FROM disagreements GROUP BY 1, 2, 3;
