"""What people type beside answers: notes, reasons, and their name."""

from __future__ import annotations

from annotator.errors import AnswerError, RequestError


def whole(text: str) -> str:
    """Refuse what no file can hold: half of a character's code, or a null."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise AnswerError("This text holds characters that are not text; type it again.")
    return text


def refuse_nobody(annotator: str) -> None:
    """Refuse to change anything for somebody who did not say who they are; raises RequestError."""
    if not annotator:
        raise RequestError("Say who you are first: --as NAME, or `annotator: NAME` in the config file.")
