"""A view of the queue in words, for the header line and for messages."""

from __future__ import annotations

from annotator.models.queue import QueueRow, QueueView
from annotator.tui.widgets.queue_columns import ASSIGNED

KINDS = {"": "any", "incident": "incidents", "report": "reports"}
STATUSES = ("untouched", "draft", "skipped", "submitted", "adjudicated")
SORT_WORDS = {"order": "as imported", "title": "title", "date": "date", "updated": "last worked on", "key": "key"}


def filters_in_words(view: QueueView) -> list[str]:
    """Each active filter as a few words."""
    parts = [
        f"“{view.search.strip()}”" if view.search.strip() else "",
        KINDS[view.kind] if view.kind else "",
        _work_in_words(view),
        f"from {view.since}" if view.since else "",
        f"until {view.until}" if view.until else "",
        "flagged" if view.flagged else "",
        _assigned_in_words(view),
    ]
    return [part for part in parts if part]


def _assigned_in_words(view: QueueView) -> str:
    if not view.assigned:
        return ""
    under = f" under {view.taxonomy}" if view.taxonomy else ""
    return f"still to be done by {view.annotator}{under}" if view.annotator else f"still to do{under}"


def _work_in_words(view: QueueView) -> str:
    if view.assigned and not view.status:
        return ""
    work = " ".join(part for part in (view.taxonomy, view.status) if part)
    if view.annotator:
        return f"{work or 'touched'} by {view.annotator}"
    return work if view.status or not work else f"{work} touched"


def order_in_words(view: QueueView) -> str:
    """The order as a few words; nothing for the usual one."""
    if view.sort == "order" and not view.descending:
        return ""
    return f"by {SORT_WORDS[view.sort]} {'↓' if view.descending else '↑'}"


def summary(count: int, total: int, view: QueueView) -> str:
    """Say how many subjects are shown, out of how many, and why those."""
    shown = f"{count:,} of {total:,}" if count != total else f"{total:,}"
    noun = "subject" if total == 1 else "subjects"
    return " · ".join([f"{shown} {noun}", *filters_in_words(view), *filter(None, [order_in_words(view)])])


def row_in_words(row: QueueRow) -> str:
    """Name the subject of a line and spell its states out."""
    states = [f"{taxonomy} {status}" for taxonomy, status in row.status.items()]
    assigned = [f"{ASSIGNED} to do: {', '.join(row.assigned)}"] if row.assigned else []
    flagged = ["flagged"] if row.flagged else []
    return " · ".join([row.key, row.kind, *(states or ["untouched"]), *assigned, *flagged])


def sitting(annotator: str, round_: int) -> str:
    """Who looks, and in which round when it is not the first."""
    return " · ".join([*([f"round {round_}"] if round_ != 1 else []), annotator or "nobody yet"])


def nothing_in_words(view: QueueView) -> str:
    """Say why no line is shown, and what to do about it."""
    if view.selects_all:
        return "Nothing here yet. Leave with q, and bring reports in with: annotator import PATH"
    if view == QueueView(assigned=True, sort=view.sort, descending=view.descending):
        return "Nothing assigned is left to do. Escape shows all subjects again."
    return "No subject is like that. Escape shows all of them again."
