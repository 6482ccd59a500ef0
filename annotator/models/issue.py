"""What an import met and could not accept."""

from __future__ import annotations

from annotator.models.frozen import Frozen


class ImportIssue(Frozen):
    """A value of a source that does not fit, and why."""

    source: str
    place: str
    subject: str = ""
    taxonomy: str = ""
    annotator: str = ""
    field: str = ""
    value: str = ""
    problem: str
    found_at: str = ""
