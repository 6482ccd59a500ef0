"""What people type beside answers: notes and reasons."""

from __future__ import annotations

from annotator.errors import AnswerError


def whole(text: str) -> str:
    """Refuse what no file can hold: half of a character's code, or a null."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise AnswerError("This text holds characters that are not text; type it again.")
    return text
