"""The only part that knows SQLite. One file holds content, taxonomies, events and their projection."""
