-- Deeds that came by a merge without the role they need: they do not count until a lead accepts them.
CREATE TABLE waiting (
  event INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'declined'))
) STRICT;

-- What came since the index of what the team did.
CREATE INDEX events_of_team_further ON events (kind, taxonomy, whose, round) WHERE kind IN (
  'accepted', 'declined', 'erasure_told', 'given_up', 'gold_set', 'gold_unset', 'round_closed', 'round_opened',
  'subjects_joined');
