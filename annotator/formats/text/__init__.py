"""Texts of foreign files: encodings, dates, languages, HTML, front matter; each behind one door."""
