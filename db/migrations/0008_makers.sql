-- What a model made and what an import brought is found without reading every classification, and without the row:
-- the columns behind the first ones are those that say what is open to whom.
CREATE INDEX classifications_by_model ON classifications (
  json_extract(provenance, '$.generator'), round, taxonomy, subject_id, annotator, publish, is_imported
) WHERE provenance != '{}' AND status != 'untouched';

CREATE INDEX classifications_by_import ON classifications (
  round, taxonomy, subject_id, annotator, publish, is_imported
) WHERE (run IS NOT NULL OR is_imported = 1) AND status != 'untouched';
