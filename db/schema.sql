-- What the migrations make together; written by `python -m annotator.store.connection`.

CREATE TABLE subjects (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('incident', 'report')),
  title TEXT NOT NULL DEFAULT '',
  date TEXT NOT NULL DEFAULT '',
  needs_trigram INTEGER NOT NULL DEFAULT 0 CHECK (needs_trigram IN (0, 1))
, run TEXT) STRICT;

CREATE INDEX subjects_by_number ON subjects (substr(key, instr(key, ':') + 1));

CREATE TABLE incidents (
  id INTEGER PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
  description TEXT NOT NULL DEFAULT '',
  extra TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra)),
  partial INTEGER NOT NULL DEFAULT 0 CHECK (partial IN (0, 1))
) STRICT;

CREATE TABLE reports (
  id INTEGER PRIMARY KEY REFERENCES subjects (id) ON DELETE CASCADE,
  text TEXT NOT NULL DEFAULT '',
  sha256 TEXT NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  source_domain TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  authors TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(authors)),
  submitters TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(submitters)),
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  date_published TEXT NOT NULL DEFAULT '',
  date_submitted TEXT NOT NULL DEFAULT '',
  date_modified TEXT NOT NULL DEFAULT '',
  date_downloaded TEXT NOT NULL DEFAULT '',
  image_url TEXT NOT NULL DEFAULT '',
  standing TEXT NOT NULL DEFAULT 'report' CHECK (standing IN ('report', 'submission', 'candidate')),
  related_to TEXT NOT NULL DEFAULT '',
  extra TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra)),
  partial INTEGER NOT NULL DEFAULT 0 CHECK (partial IN (0, 1))
) STRICT;

CREATE TABLE incident_reports (
  incident_id INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  report_key TEXT NOT NULL,
  position INTEGER NOT NULL,
  listed INTEGER NOT NULL CHECK (listed IN (0, 1)),
  PRIMARY KEY (incident_id, report_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX incident_reports_by_report ON incident_reports (report_key);

CREATE TABLE entities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE incident_entities (
  incident_id INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  entity_id INTEGER NOT NULL REFERENCES entities (id),
  role TEXT NOT NULL CHECK (role IN ('deployer', 'developer', 'harmed', 'implicated')),
  PRIMARY KEY (incident_id, role, entity_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW documents AS
  SELECT subjects.id, subjects.title, coalesce(reports.text, incidents.description, '') AS body
  FROM subjects LEFT JOIN reports USING (id) LEFT JOIN incidents USING (id);

CREATE VIEW documents_unspaced AS
  SELECT documents.* FROM documents JOIN subjects USING (id) WHERE subjects.needs_trigram = 1;

CREATE VIRTUAL TABLE search USING fts5 (
  title, body, content = 'documents', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE VIRTUAL TABLE search_unspaced USING fts5 (
  title, body, content = 'documents_unspaced', content_rowid = 'id', tokenize = 'trigram'
);

CREATE INDEX subjects_unspaced ON subjects (id) WHERE needs_trigram = 1;

CREATE TABLE taxonomies (
  namespace TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)),
  PRIMARY KEY (namespace, version)
) STRICT;

CREATE TABLE classifications (
  id INTEGER PRIMARY KEY,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  version INTEGER NOT NULL,
  annotator TEXT NOT NULL,
  round INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('untouched', 'draft', 'skipped', 'submitted', 'adjudicated')),
  publish TEXT NOT NULL CHECK (publish IN ('unpublished', 'published')),
  flagged INTEGER NOT NULL CHECK (flagged IN (0, 1)),
  notes TEXT NOT NULL,
  skip_reason TEXT NOT NULL,
  answers TEXT NOT NULL CHECK (json_valid(answers)),
  hidden TEXT NOT NULL CHECK (json_valid(hidden)),
  updated_at TEXT,
  submitted_at TEXT, is_imported INTEGER NOT NULL DEFAULT 0 CHECK (is_imported IN (0, 1)), provenance TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(provenance)), run TEXT,
  UNIQUE (subject_id, taxonomy, annotator, round)
) STRICT;

CREATE INDEX classifications_by_status ON classifications (annotator, round, taxonomy, status, subject_id);

CREATE INDEX classifications_latest ON classifications (annotator, taxonomy, updated_at);

CREATE INDEX classifications_published ON classifications (taxonomy, updated_at) WHERE publish = 'published';

CREATE INDEX classifications_flagged ON classifications (subject_id) WHERE flagged = 1;

CREATE TABLE value_codes (
  code INTEGER PRIMARY KEY,
  taxonomy TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (taxonomy, field, value)
) STRICT;

CREATE TABLE evidence (
  classification_id INTEGER NOT NULL REFERENCES classifications (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  position INTEGER NOT NULL,
  report TEXT NOT NULL,
  "start" INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  quote TEXT NOT NULL,
  prefix TEXT NOT NULL,
  suffix TEXT NOT NULL,
  PRIMARY KEY (classification_id, field, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE flags (
  id TEXT PRIMARY KEY,
  classification_id INTEGER NOT NULL REFERENCES classifications (id) ON DELETE CASCADE,
  field TEXT,
  reason TEXT NOT NULL,
  raised_by TEXT NOT NULL,
  raised_at TEXT NOT NULL,
  resolved_at TEXT
) STRICT;

CREATE INDEX flags_of_classification ON flags (classification_id);

CREATE TABLE import_issues (
  id INTEGER PRIMARY KEY,
  found_at TEXT NOT NULL,
  source TEXT NOT NULL,
  place TEXT NOT NULL,
  subject TEXT NOT NULL,
  taxonomy TEXT NOT NULL,
  annotator TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  problem TEXT NOT NULL,
  UNIQUE (source, place, subject, taxonomy, annotator, field, value, problem)
) STRICT;

CREATE TABLE resume_points (
  annotator TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  taxonomy TEXT NOT NULL,
  field TEXT NOT NULL,
  view TEXT NOT NULL CHECK (json_valid(view))
) STRICT;

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

CREATE TABLE adjudications (
  classification_id INTEGER PRIMARY KEY REFERENCES classifications (id) ON DELETE CASCADE,
  adjudicated_by TEXT NOT NULL,
  adjudicated_at TEXT NOT NULL,
  strategy TEXT NOT NULL,
  sources TEXT NOT NULL CHECK (json_valid(sources)),
  seen TEXT NOT NULL CHECK (json_valid(seen))
) STRICT;

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

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  set_by TEXT NOT NULL,
  set_at TEXT NOT NULL
) STRICT;

CREATE TABLE assignments (
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  annotator TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 1),
  batch INTEGER NOT NULL CHECK (batch >= 1),
  position INTEGER NOT NULL,
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  assigned_by TEXT NOT NULL,
  assigned_at TEXT NOT NULL, dealt REAL CHECK (dealt > 0 AND dealt <= 1), compared REAL CHECK (compared > 0 AND compared <= 1), due TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (subject_id, taxonomy, annotator, round)
) STRICT, WITHOUT ROWID;

CREATE TABLE looks (
  annotator TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  looked_at TEXT NOT NULL,
  PRIMARY KEY (annotator, taxonomy, subject_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX classifications_at_work ON classifications (subject_id, taxonomy, annotator, round) WHERE status = 'draft';

CREATE INDEX classifications_made_here ON classifications (annotator) WHERE is_imported = 0 AND publish = 'unpublished';

CREATE INDEX classifications_begun ON classifications (annotator) WHERE status = 'draft';

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

CREATE INDEX events_of_team ON events (kind, taxonomy, whose, round) WHERE kind IN (
  'person_added', 'person_renamed', 'spelling_added', 'people_merged', 'people_split', 'person_left',
  'people_undone', 'assigned', 'taken_back', 'round_started', 'setting_set', 'looked', 'import_ran', 'erased');

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

CREATE TABLE conflicts (
  classification_id INTEGER NOT NULL REFERENCES classifications (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  field TEXT NOT NULL,
  PRIMARY KEY (classification_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE team_conflicts (
  place TEXT PRIMARY KEY CHECK (json_valid(place))
) STRICT, WITHOUT ROWID;

CREATE TABLE "answers" (
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

CREATE INDEX answers_by_code ON answers (taxonomy, field, subject_id, code, state);

CREATE VIEW log AS
  SELECT events.id AS rowid_of, feeds.uid || ':' || events.number AS id, events.counter, at, author.name AS author, events.kind,
    subjects.key AS subject, taxonomy, annotator.name AS annotator, round, version, payload
  FROM events JOIN feeds ON feeds.id = events.feed
  JOIN people AS writer ON writer.id = feeds.person JOIN people AS author ON author.id = writer.stands_for
  LEFT JOIN subject_versions ON subject_versions.id = events.subject
  LEFT JOIN subjects ON subjects.id = subject_versions.subject_id
  LEFT JOIN people AS written ON written.id = events.whose
  LEFT JOIN people AS annotator ON annotator.id = written.stands_for;

CREATE INDEX classifications_by_model ON classifications (
  json_extract(provenance, '$.generator'), round, taxonomy, subject_id, annotator, publish, is_imported
) WHERE provenance != '{}' AND status != 'untouched';

CREATE INDEX classifications_by_import ON classifications (
  round, taxonomy, subject_id, annotator, publish, is_imported
) WHERE (run IS NOT NULL OR is_imported = 1) AND status != 'untouched';

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

CREATE TABLE stale_decisions (
  classification_id INTEGER PRIMARY KEY REFERENCES classifications (id) ON DELETE CASCADE,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL,
  UNIQUE (taxonomy, round, subject_id)
) STRICT;

CREATE INDEX stale_decisions_by_subject ON stale_decisions (subject_id, taxonomy);

CREATE TABLE "rounds" (
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 1),
  purpose TEXT NOT NULL CHECK (purpose IN ('first', 'second_pass', 'retest', 'calibration', 'training')),
  started_by TEXT NOT NULL,
  started_at TEXT NOT NULL,
  counter INTEGER NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (taxonomy, round)
) STRICT, WITHOUT ROWID;

CREATE TABLE closings (
  taxonomy TEXT NOT NULL,
  round INTEGER NOT NULL,
  is_closed INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
  said_by TEXT NOT NULL,
  said_at TEXT NOT NULL,
  PRIMARY KEY (taxonomy, round)
) STRICT, WITHOUT ROWID;

CREATE INDEX assignments_in_order ON assignments (annotator, round, batch, position, taxonomy, subject_id)
  WHERE done = 0;

CREATE INDEX assignments_open ON assignments (annotator, taxonomy, round) WHERE done = 0;

CREATE INDEX assignments_by_annotator ON assignments (annotator, round, taxonomy, batch, done);

CREATE TABLE gold (
  taxonomy TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  whose TEXT NOT NULL,
  round INTEGER NOT NULL CHECK (round >= 1),
  set_by TEXT NOT NULL,
  set_at TEXT NOT NULL,
  PRIMARY KEY (taxonomy, subject_id)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE mentions (
  annotator TEXT NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subjects (id),
  event TEXT NOT NULL REFERENCES comments (event) ON DELETE CASCADE,
  answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
  PRIMARY KEY (annotator, subject_id, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX mentions_by_event ON mentions (event);

CREATE TABLE read_mentions (
  annotator TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (annotator, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_of_comments ON events (kind) WHERE kind IN ('commented', 'erasure_told');

CREATE TABLE waiting (
  event INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'declined'))
) STRICT;

CREATE INDEX events_of_team_further ON events (kind, taxonomy, whose, round) WHERE kind IN (
  'accepted', 'declined', 'erasure_told', 'given_up', 'gold_set', 'gold_unset', 'round_closed', 'round_opened',
  'subjects_joined');
