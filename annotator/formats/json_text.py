"""Decode JSON texts strictly enough to store them, and remember what in them was odd."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DEEPEST = 60
"""Levels of nesting; SQLite refuses JSON beyond 1,000 and no record comes near this."""


class JsonText:
    """A decoder that counts what it had to change."""

    def __init__(self) -> None:
        """Start with nothing odd."""
        self.odd: Counter[str] = Counter()
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=self._constant)

    def decode(self, text: str) -> Any:
        """Decode one whole text; raise ValueError for anything else, too deep nesting included."""
        with _in_words():
            value = self._decoder.decode(text)
        return self.fit(value, text)

    def decode_at(self, text: str, start: int) -> tuple[Any, int]:
        """Decode the value that begins at an index; give it with the index after it."""
        with _in_words():
            value, end = self._decoder.raw_decode(text, start)
        return self.fit(value, text[start:end]), end

    def fit(self, value: Any, text: str) -> Any:
        r"""Refuse too deep nesting and replace halves of surrogate pairs (`\ud83d` alone)."""
        if text.count("[") + text.count("{") > DEEPEST and is_deeper(value, DEEPEST):
            raise ValueError(f"nested deeper than {DEEPEST} levels")
        return self._whole(value) if "\\ud" in text or "\\uD" in text else value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) != len(pairs):
            self.odd["name given twice in one object: the last one kept"] += len(pairs) - len(built)
        return built

    def _constant(self, name: str) -> None:
        self.odd[f"{name} is no value: read as nothing"] += 1

    def _whole(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._whole(key): self._whole(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._whole(part) for part in value]
        if not isinstance(value, str) or value.isascii():
            return value
        mended = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self.odd["half of a character's code, read as �"] += mended != value
        return mended


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what a decoder cannot keep; what is no JSON at all keeps its place."""
    try:
        yield
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise ValueError(f"nested deeper than {DEEPEST} levels") from error
    except ValueError as error:
        raise ValueError(f"a number has more than {sys.get_int_max_str_digits():,} digits") from error


def is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested in each other more than so many levels."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(is_deeper(part, levels - 1) for part in value if isinstance(part, list | dict))
