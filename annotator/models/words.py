"""Words in one or several languages."""

from __future__ import annotations

Words = str | dict[str, str]
"""One text, or the same text per language code: `{en: Death, ja: 死亡}`."""


def in_language(words: Words | None, language: str = "en") -> str:
    """Pick the text for a language, else English, else whatever is there first."""
    if words is None:
        return ""
    if isinstance(words, str):
        return words
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def in_every_language(words: Words | None) -> list[str]:
    """All the texts there are."""
    if words is None:
        return []
    return [words] if isinstance(words, str) else list(words.values())
