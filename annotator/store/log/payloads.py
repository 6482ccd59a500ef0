"""Names in payloads: the log keeps people by their uids, which stay when somebody is called otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rename = Callable[[str], str]
MARK = "@"
"""Before a uid that stands for a name."""


def renamed(kind: str, payload: dict[str, Any], rename: Rename) -> dict[str, Any]:
    """A payload with other names for the people it speaks of."""
    if kind == "ruled" and payload.get("between"):
        return {**payload, "between": _keys(payload["between"], rename)}
    if kind == "adjudicated":
        sources = {field: _annotators(said, rename) for field, said in payload.get("sources", {}).items()}
        return {**payload, "sources": sources, "seen": _keys(payload.get("seen", {}), rename)}
    return payload


def _keys(said: dict[str, Any], rename: Rename) -> dict[str, Any]:
    return {rename(name): value for name, value in said.items()}


def _annotators(said: dict[str, Any], rename: Rename) -> dict[str, Any]:
    names = said.get("annotators")
    return {**said, "annotators": [rename(name) for name in names]} if isinstance(names, list) else said


def speaks_of_people(kind: str) -> bool:
    """Whether a kind of event has names in its payload."""
    return kind in {"ruled", "adjudicated"}
