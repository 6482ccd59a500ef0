"""How changes to a file are kept safe: by a log beside it, or by a journal where that cannot be."""

from __future__ import annotations

import os

from annotator.errors import RequestError

JOURNAL, LOG, ROLLBACK = "ANNOTATOR_JOURNAL", "log", "rollback"
"""The variable that says how changes are kept safe, and what it can say."""


def is_without_log() -> bool:
    """Whether somebody asked for a journal in place of the log, for a disk on which processes share no memory."""
    said = os.environ.get(JOURNAL, LOG)
    if said not in {LOG, ROLLBACK}:
        raise RequestError(f"{JOURNAL}={said}: is neither {LOG} nor {ROLLBACK}; write one of them, or leave it away.")
    return said == ROLLBACK
