-- Adjudication: the decisions on record, and where there is something to decide.

CREATE TABLE rulings (
  classification_id INTEGER NOT NULL REFERENCES classifications (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  taxonomy TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('answered', 'empty', 'unknown', 'not_applicable')),
  value TEXT NOT NULL CHECK (json_valid(value)),
  ruled_by TEXT NOT NULL,
  ruled_at TEXT NOT NULL,
  cause TEXT NOT NULL CHECK (cause IN ('misread', 'guideline_unclear', 'taxonomy_gap', 'judgement', 'slip')),
  note TEXT NOT NULL,
  confidence REAL,
  "between" TEXT NOT NULL CHECK (json_valid("between")),
  event TEXT NOT NULL,
  PRIMARY KEY (classification_id, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX rulings_by_field ON rulings (taxonomy, field, ruled_at);

-- One row per adjudicated classification: who decided, and by field where each answer
-- comes from; `seen` holds a digest of what each annotator had handed in.
CREATE TABLE adjudications (
  classification_id INTEGER PRIMARY KEY REFERENCES classifications (id) ON DELETE CASCADE,
  adjudicated_by TEXT NOT NULL,
  adjudicated_at TEXT NOT NULL,
  strategy TEXT NOT NULL,
  sources TEXT NOT NULL CHECK (json_valid(sources)),
  seen TEXT NOT NULL CHECK (json_valid(seen))
) STRICT;

-- Where annotators differ: computed from what they handed in. `settled`: an adjudication is on record.
CREATE TABLE disagreements (
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL,
  field TEXT NOT NULL,
  positions INTEGER NOT NULL CHECK (positions > 1),
  settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
  PRIMARY KEY (subject_id, taxonomy, round, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX disagreements_by_field ON disagreements (taxonomy, round, settled, field, subject_id);

CREATE TABLE disputed_subjects (
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL,
  fields INTEGER NOT NULL CHECK (fields > 0),
  settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
  PRIMARY KEY (subject_id, taxonomy, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX disputed_in_order ON disputed_subjects (taxonomy, round, settled, subject_id);
CREATE INDEX disputed_by_effect ON disputed_subjects (taxonomy, round, settled, fields, subject_id);

-- What a team agreed on for this database. Not computed from events.
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  set_by TEXT NOT NULL,
  set_at TEXT NOT NULL
) STRICT;

-- Files from before hold no adjudications, but they may hold disagreements.
INSERT INTO disagreements (subject_id, taxonomy, round, field, positions, settled)
SELECT subject_id, taxonomy, round, field, count(DISTINCT position), 0
FROM (
  SELECT work.subject_id, work.taxonomy, round, field, min(state) || ':' || ifnull((
      SELECT group_concat(code) FROM (
        SELECT code FROM answers AS one
        WHERE one.classification_id = work.id AND one.field = answers.field ORDER BY code)), '') AS position
  FROM classifications AS work JOIN answers ON classification_id = work.id
  WHERE status = 'submitted' AND annotator NOT IN ('adjudicated', 'AIID') AND state != 'hidden'
  GROUP BY work.id, field)
GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT position) > 1;
INSERT INTO disputed_subjects (subject_id, taxonomy, round, fields, settled)
SELECT subject_id, taxonomy, round, count(*), 0 FROM disagreements GROUP BY 1, 2, 3;
