"""Read what is left of a damaged database, and make a sound one of it."""
