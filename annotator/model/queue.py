"""How somebody looks at the queue, one line of it, and where they stopped.

Plain dataclasses: the queue opens before anything that needs pydantic is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from annotator.model.rounds import in_words

STATUSES = ("untouched", "draft", "skipped", "submitted", "adjudicated")
"""How far a classification can have come, least first."""
Sort = Literal["order", "title", "date", "updated", "key"]
SORTS: tuple[Sort, ...] = ("order", "title", "date", "updated", "key")
PERSON, MODEL, IMPORT = KINDS_OF_MAKERS = ("person", "model", "import")
"""What can have made a classification, as `QueueView.made_by` calls any of a kind."""


class QueueRow(NamedTuple):
    """One line of the queue; cheap to make, because there may be a million."""

    id: int
    key: str
    kind: str
    title: str
    date: str
    reports: int
    status: dict[str, str]
    """Status by taxonomy, of the annotator whom the view names or who looks; untouched ones are left out."""
    flagged: bool
    """Whether anybody's flag is open."""
    to_do: tuple[tuple[str, int], ...] = ()
    """Taxonomies under which it is still to be done by the same annotator, in the order to do them, each with the
    round where that is another than the one worked in, else 0."""
    conflicts: tuple[str, ...] = ()
    """Taxonomies under which what the same annotator did apart does not say the same."""
    stale: tuple[str, ...] = ()
    """Taxonomies under which the decision is stale, as far as whoever looks may know."""
    comments: int = 0
    """How many comments are open to whoever looks."""
    names_you: bool = False
    """Whether one of them names whoever looks, who neither answered nor read it."""

    @property
    def assigned(self) -> tuple[str, ...]:
        """The taxonomies under which it is still to be done, in whatever round."""
        return tuple(dict.fromkeys(taxonomy for taxonomy, _ in self.to_do))

    @property
    def to_do_in_words(self) -> str:
        """What is still to be done, with the round where that is another than the one worked in."""
        return ", ".join(f"{name} in {in_words(elsewhere)}" if elsewhere else name for name, elsewhere in self.to_do)


@dataclass(frozen=True)
class QueueView:
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
    assigned: bool = False
    """What is still to be done by `annotator`, or by whoever looks, alone, in whatever open round unless one is named;
    `taxonomy` then says under which."""
    stale: bool = False
    """Those with a decision on other answers than there are now; `taxonomy` says under which."""
    commented: bool = False
    """Those with comments that are open to whoever looks."""
    mentioned: bool = False
    """Those where a comment names whoever looks, who neither answered nor read it."""
    made_by: str = ""
    """Who or what classified it: any of a kind, or `=NAME` for one person or model (`maker`).

    `taxonomy` says under which, and `annotator`, where one is named, to whom that is attributed.
    """
    sort: Sort = "order"
    descending: bool = False

    @property
    def maker(self) -> str:
        """The name of the one person or model whom `made_by` means; empty when it means none."""
        return self.made_by[1:] if self.made_by.startswith("=") else ""

    @property
    def speaks_of_work(self) -> bool:
        """Whether `taxonomy` and `annotator` select by themselves, not for another filter."""
        return not (self.assigned or self.made_by or (self.stale and not self.annotator))

    @property
    def speaks_of_decisions(self) -> bool:
        """Whether it shows what is decided."""
        return self.stale or self.status == "adjudicated"

    @property
    def speaks_of_comments(self) -> bool:
        """Whether it shows where people talk."""
        return self.commented or self.mentioned

    @property
    def selects_all(self) -> bool:
        """Whether every subject is shown."""
        return self == QueueView(sort=self.sort, descending=self.descending)

    def but(self, **changes: Any) -> QueueView:
        """The same view with some things changed."""
        return replace(self, **changes)


class Makers(NamedTuple):
    """Who and what classified something here, as far as whoever asks may know."""

    people: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class Work(NamedTuple):
    """Something to classify: a subject under a taxonomy."""

    subject: str
    taxonomy: str


@dataclass(frozen=True)
class ResumePoint:
    """Where an annotator stopped."""

    subject: str
    taxonomy: str = ""
    field: str = ""
    view: QueueView = QueueView()
