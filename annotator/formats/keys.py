"""The keys of subjects: a source and what tells its subjects apart."""

from __future__ import annotations

import hashlib


def incident_key(number: int) -> str:
    """The key of an AIID incident."""
    return f"aiid:{number}"


def report_key(number: int) -> str:
    """The key of an AIID report."""
    return f"aiid:r{number}"


def submission_key(url: str, title: str, text: str) -> str:
    """The key of something sent to AIID that has no number yet: by its address, else by its words."""
    return f"aiid:s-{_digest(url or title + text)}"


def web_key(url: str) -> str:
    """The key of a page known only by its address."""
    return f"web:{_digest(url)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
