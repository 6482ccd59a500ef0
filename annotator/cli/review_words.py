"""A review, in lines for a person and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.models.classification import Answer, Ruling
from annotator.models.review import Comparison, Review
from annotator.models.taxonomy import Taxonomy
from annotator.tui.answer_words import answer_words


def lines(review: Review, taxonomy: Taxonomy) -> Iterator[str]:
    """Differing fields first, who said what; then the names of those agreed on."""
    now = review.adjudicated
    marks = [now.status, *(["published"] if now.publish == "published" else []), *(["stale"] if review.stale else [])]
    yield " · ".join((review.subject, review.taxonomy, f"{', '.join(review.annotators) or 'nobody'} handed in", *marks))
    yield from (f"stale: {reason}" for reason in review.stale)
    for each in review.disagreements:
        yield ""
        yield f"{named(taxonomy, each.field)}{_standing(each)}"
        yield from (f"  {who}: {_words(taxonomy, each.field, answer)}" for who, answer in each.answers.items())
        yield from _ruled(taxonomy, each)
    rest = [each for each in review.fields if not each.differs]
    for source in ("ruled", "unanimous", "single"):
        names = [named(taxonomy, each.field) for each in rest if each.source == source]
        if names:
            yield ""
            yield f"{source}: {', '.join(names)}"


def document(review: Review, taxonomy: Taxonomy) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "subject": review.subject,
        "taxonomy": review.taxonomy,
        "version": review.version,
        "round": review.adjudicated.identity.round,
        "annotators": list(review.annotators),
        "status": review.adjudicated.status,
        "publish": review.adjudicated.publish,
        "stale": list(review.stale),
        "fields": [_field(each, taxonomy) for each in review.fields],
    }


def named(taxonomy: Taxonomy, field_id: str) -> str:
    """A field's number and name; its id when the taxonomy no longer has it."""
    field = taxonomy.by_id.get(field_id)
    return f"{field.number or ''} {field.name}".strip() if field else field_id


def _field(each: Comparison, taxonomy: Taxonomy) -> dict[str, Any]:
    about = taxonomy.by_id.get(each.field)
    return {
        "field": each.field,
        "number": about.number if about else None,
        "label": about.name if about else each.field,
        "answers": {name: {"state": one.state, "value": one.value} for name, one in each.answers.items()},
        "source": each.source,
        "open": each.is_open,
        "ruling": _ruling(each.ruling) if each.ruling else None,
        "outdated_ruling": _ruling(each.outdated) if each.outdated else None,
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "state": ruling.answer.state,
        "value": ruling.answer.value,
        "by": ruling.by,
        "at": ruling.at,
        "cause": ruling.cause,
        "note": ruling.note,
        "confidence": ruling.confidence,
    }


def _standing(each: Comparison) -> str:
    if each.is_moot:
        return "  (hidden by what is decided elsewhere)"
    return "" if each.is_open else "  (ruled)"


def _ruled(taxonomy: Taxonomy, each: Comparison) -> Iterator[str]:
    if each.ruling:
        note = f": {each.ruling.note}" if each.ruling.note else ""
        words = _words(taxonomy, each.field, each.ruling.answer)
        yield f"  → {words}, ruled by {each.ruling.by} ({each.ruling.cause.replace('_', ' ')}{note})"
    if each.outdated:
        yield f"  an earlier ruling by {each.outdated.by} no longer holds: it was made between other answers"


def _words(taxonomy: Taxonomy, field_id: str, answer: Answer) -> str:
    field = taxonomy.by_id.get(field_id)
    return answer_words(field, answer) if field else str(answer.value)
