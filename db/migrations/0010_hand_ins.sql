-- The hand-in of a classification that counts for agreement, where there is more to say of it than what shows now.
-- `is_other`: what shows is not what was handed in then, in answers, in version, or because it was taken back.
CREATE TABLE hand_ins (
  classification_id INTEGER PRIMARY KEY REFERENCES classifications (id) ON DELETE CASCADE,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  event TEXT NOT NULL,
  version INTEGER NOT NULL,
  revisions INTEGER NOT NULL CHECK (revisions >= 0),
  after_others INTEGER NOT NULL CHECK (after_others IN (0, 1)),
  is_other INTEGER NOT NULL CHECK (is_other IN (0, 1)),
  differing INTEGER NOT NULL CHECK (differing >= 0),
  answers TEXT NOT NULL CHECK (json_valid(answers))
) STRICT;
CREATE INDEX hand_ins_by_subject ON hand_ins (subject_id, taxonomy, is_other);

-- The answers of those that are other than what shows, as `answers` has those that show.
CREATE TABLE first_answers (
  classification_id INTEGER NOT NULL REFERENCES hand_ins (classification_id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  position INTEGER NOT NULL,
  taxonomy TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('answered', 'empty', 'unknown', 'not_applicable', 'hidden', 'conflict')),
  code INTEGER REFERENCES value_codes (code),
  PRIMARY KEY (classification_id, field, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_ins_other ON hand_ins (taxonomy, subject_id) WHERE is_other = 1;
CREATE INDEX first_answers_by_code ON first_answers (taxonomy, field, subject_id, code, state);
