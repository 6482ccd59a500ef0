"""Several people at one database: who classifies what, in which round, and how far they are."""
