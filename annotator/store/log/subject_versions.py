"""Which versions of a subject people had before them: what the log says of a subject is said of one of them."""

from __future__ import annotations

from hashlib import sha256

from annotator.store.connection import Transaction

SEEN = """CASE subjects.kind WHEN 'report' THEN substr(reports.sha256, 1, 32)
          ELSE version_digest(subjects.title, incidents.description) END"""
"""Which version of a subject is here now."""

LEFT_OUT = f"(reports.text = '' AND reports.sha256 != '{sha256(b'').hexdigest()}')"
"""Whether a report is here without its text: the digest of one stands beside none."""


def without_text(transaction: Transaction) -> int:
    """How many reports are here without their text."""
    return int(transaction.execute(f"SELECT count(*) FROM reports WHERE {LEFT_OUT}").fetchone()[0])


def keep_version(transaction: Transaction, key: str, seen: str, subject: int) -> int:
    """Keep that a subject had a version; returns its row."""
    sql = "INSERT INTO subject_versions (key, seen, subject_id) VALUES (?, ?, ?)"
    return int(transaction.execute(sql, (key, seen, subject)).lastrowid or 0)
