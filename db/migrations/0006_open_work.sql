-- What somebody has begun, and what they have still to do, is found at once, however much they have done.

CREATE INDEX classifications_begun ON classifications (annotator) WHERE status = 'draft';

CREATE INDEX assignments_open ON assignments (annotator) WHERE done = 0;
