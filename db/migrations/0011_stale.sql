-- Decisions that no longer cover what annotators handed in; there are few, and only they have a row.
CREATE TABLE stale_decisions (
  classification_id INTEGER PRIMARY KEY REFERENCES classifications (id) ON DELETE CASCADE,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL,
  UNIQUE (taxonomy, round, subject_id)
) STRICT;
CREATE INDEX stale_decisions_by_subject ON stale_decisions (subject_id, taxonomy);
