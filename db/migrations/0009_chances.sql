-- How likely a subject was to be dealt, and to be dealt to two people or more, where it was drawn; both 0 … 1.
ALTER TABLE assignments ADD COLUMN dealt REAL CHECK (dealt > 0 AND dealt <= 1);

ALTER TABLE assignments ADD COLUMN compared REAL CHECK (compared > 0 AND compared <= 1);
