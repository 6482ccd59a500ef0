"""The queue: every subject, with the state of its classifications."""
