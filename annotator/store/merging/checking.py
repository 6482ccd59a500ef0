"""Whether what an event of another replica says can be understood: its kind is known, its payload is of that kind."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from annotator.model.chain import Content
from annotator.model.event import EventKind, TeamKind
from annotator.model.payloads import PAYLOADS

KINDS: frozenset[str] = frozenset((*get_args(EventKind), *get_args(TeamKind)))


def problem_of(content: Content) -> str:
    """What is wrong with the content of an event, in words that follow on its name; empty when nothing is."""
    if content.kind not in KINDS:
        return f"is of the kind {content.kind!r:.40}, which this annotator does not know; install the newer version"
    try:
        said = json.loads(content.payload)
        _adapter(content.kind).validate_python(said, strict=False)
    except (ValidationError, ValueError, RecursionError):
        return f"says nothing that {content.kind} can say"
    if content.subject and not content.whose:
        return "is about nobody's classification"
    if not _is_about_something(content):
        return f"is about nothing that {content.kind} can be about"
    return ""


def _is_about_something(content: Content) -> bool:
    """Whether an event of the team says what it is about."""
    if content.kind == "looked":
        return bool(content.subject and content.taxonomy)
    if content.kind in {"assigned", "taken_back"}:
        return bool(content.whose and content.taxonomy and content.round > 0)
    return content.kind != "round_started" or content.round > 1


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(PAYLOADS[kind])
