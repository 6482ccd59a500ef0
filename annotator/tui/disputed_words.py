"""The queue of disagreements in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.models.taxonomy import Field, Taxonomy
from annotator.store.disagreements import Totals
from annotator.store.review_queue import DisputedSubject, ReviewOrder, ReviewView

ORDER_WORDS: dict[ReviewOrder, str] = {"effect": "", "subject": "by subject", "field": "by field"}
"""Nothing for the usual order: most fields first."""


def named(taxonomy: Taxonomy, field_id: str) -> str:
    """A field's number and name; its id when the taxonomy no longer has it."""
    field = taxonomy.by_id.get(field_id)
    return numbered(field) if field else field_id


def numbered(field: Field) -> str:
    """Number and name of a field."""
    return f"{field.number or ''} {field.name}".strip()


def counted(count: int, noun: str) -> str:
    """Such as `1 field` or `1,200 fields`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def heading(view: ReviewView, totals: Totals | None, taxonomy: Taxonomy, place: str = "") -> str:
    """Say which disagreements are shown, out of how many, in which order."""
    now = f"{totals.open:,} open, {totals.settled:,} settled" if totals else "counting …"
    parts = [
        f"Disagreements · {view.taxonomy}{place}",
        f"round {view.round}",
        now,
        f"on {named(taxonomy, view.field)}" if view.field else "",
        "settled ones" if view.settled else "",
        ORDER_WORDS[view.order],
    ]
    return " · ".join(part for part in parts if part)


def line_in_words(row: DisputedSubject, taxonomy: Taxonomy) -> str:
    """Spell a line of the queue out."""
    about = f"{named(taxonomy, row.field)} · " if row.field else ""
    ruled = f"{row.ruled} ruled" if row.ruled else "none ruled"
    return f"{row.key} · {about}{counted(row.fields, 'field')} differ{'s' if row.fields == 1 else ''}, {ruled}"


def nothing_in_words(view: ReviewView, witnesses: Sequence[str], totals: Totals | None) -> str:
    """Say why no line is shown, and what to do about it."""
    if totals and view.settled and totals.open:
        return "Nothing is settled yet. o shows what is open."
    if totals and not view.settled and totals.settled:
        return "Everything is settled. o shows it."
    if view.field:
        return "Nobody differs on this field. f chooses another one."
    if not witnesses:
        return f"Nobody handed anything in under {view.taxonomy} in round {view.round}. ] goes to the next taxonomy."
    if len(witnesses) < 2:
        return f"Only {witnesses[0]} handed in; disagreement needs two. B accepts the work of one annotator."
    return "Nobody differs. B accepts in bulk what annotators agree on."
