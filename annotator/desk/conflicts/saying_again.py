"""What is there, as the payload of an event that says it once more, so that it is kept. Pure."""

from __future__ import annotations

from typing import Any

from annotator.model.classification import Answer, Classification, Ruling
from annotator.store.readable import between


def answer(given: Answer) -> dict[str, Any]:
    """An answer as whoever gave it said it: hidden or in conflict is none of its own states."""
    state = "answered" if given.state in {"hidden", "conflict"} else given.state
    return given.model_copy(update={"state": state}).model_dump(mode="json", exclude_defaults=True)


def ruled(field: str, ruling: Ruling) -> dict[str, Any]:
    """A ruling as `ruled` says it, whether it was made here or came with an import."""
    return {
        "field": field, "answer": answer(ruling.answer), "cause": ruling.cause, "note": ruling.note,
        "confidence": ruling.confidence, "between": between(ruling.between),
    }  # fmt: skip


def adjudicated(decided: Classification) -> dict[str, Any]:
    """A decision as `adjudicated` says it; one that came with an import stays decided elsewhere."""
    made, rulings = decided.decision, decided.rulings
    agreed = {field: answer(each) for field, each in decided.answers.items() if field not in rulings}
    return {
        "answers": agreed, "sources": made.sources if made else {}, "seen": made.seen if made else {},
        "ruled": {field: ruling.event for field, ruling in rulings.items()}, "strategy": made.strategy if made else "",
    }  # fmt: skip
