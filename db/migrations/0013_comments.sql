-- What people say to each other about a subject, computed from the log; of an erased comment only that it was there.
-- `taxonomy` is empty where a comment is about the subject as a whole.
CREATE TABLE comments (
  event TEXT PRIMARY KEY,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  annotator TEXT NOT NULL,
  counter INTEGER NOT NULL,
  at TEXT NOT NULL,
  text TEXT,
  erased_by TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX comments_by_subject ON comments (subject_id, counter, event);

-- Whom comments name, and whether they have answered; who names themselves is not among them.
CREATE TABLE mentions (
  annotator TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  event TEXT NOT NULL REFERENCES comments (event) ON DELETE CASCADE,
  answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
  PRIMARY KEY (annotator, subject_id, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_event ON mentions (event);

-- Which comments that name somebody they have read at this file; no event, like where somebody stopped.
CREATE TABLE read_mentions (
  annotator TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (annotator, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_of_comments ON events (kind) WHERE kind IN ('commented', 'erasure_told');
