"""The log: feeds of hashed events, which copy writes them, and the proof that none is missing."""
