-- Agreement reads the values of a field from this index alone, and keeps the answer states apart.
DROP INDEX answers_by_code;

CREATE INDEX answers_by_code ON answers (taxonomy, field, subject_id, code, state);
