"""How somebody looks at the queue, and where they stopped."""

from __future__ import annotations

from typing import Literal

from annotator.models.frozen import Frozen

Sort = Literal["order", "title", "date", "updated", "key"]
SORTS: tuple[Sort, ...] = ("order", "title", "date", "updated", "key")


class QueueView(Frozen):
    """Search, filters and order of a queue. Empty text means: no such filter."""

    search: str = ""
    kind: Literal["", "incident", "report"] = ""
    taxonomy: str = ""
    status: Literal["", "untouched", "draft", "skipped", "submitted", "adjudicated"] = ""
    annotator: str = ""
    """Whose work `taxonomy` and `status` speak of; empty: the annotator who looks."""
    since: str = ""
    until: str = ""
    """Bounds on the subject's date, both included; `2020` as `until` includes all of 2020."""
    flagged: bool = False
    sort: Sort = "order"
    descending: bool = False

    @property
    def selects_all(self) -> bool:
        """Whether every subject is shown."""
        plain = QueueView(sort=self.sort, descending=self.descending, annotator=self.annotator)
        return self == plain and not self.annotator


class ResumePoint(Frozen):
    """Where an annotator stopped."""

    subject: str
    taxonomy: str = ""
    field: str = ""
    view: QueueView = QueueView()
