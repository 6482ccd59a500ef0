"""Readers of foreign files: each turns a path into records, and says what it left behind."""
