"""Imports on their way into the file: staged beside it, judged against it, moved into it under a short lock."""
