"""Texts that are there but say nothing, and languages that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from annotator.taxonomy.places import Finding, Place

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def words_problems(part: BaseModel, keys: Iterable[str], place: Place, name: str) -> Iterator[Finding]:
    """Check the texts a part has under these keys."""
    for key in keys:
        words = getattr(part, key)
        if words is None:
            continue
        by_language = {"en": words} if isinstance(words, str) else words
        blank = not by_language or any(not text.strip() for text in by_language.values())
        if blank:
            yield Finding((*place, key), name or key, f"{key} is empty; write a text or leave {key} out")
        for language in by_language:
            if not LANGUAGE.fullmatch(language):
                message = f"{language!r} is not a language code; use one such as en, ja or pt-BR"
                yield Finding((*place, key, language), name or key, message)
