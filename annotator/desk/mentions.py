"""Whom a comment names: `@name` by any spelling, and `@"name"` where it should be seen where the name ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from annotator.desk.names import unknown
from annotator.errors import RequestError
from annotator.model.person import plain_name

MARK = re.compile(r'(?<![\w@.])@(?=["\w])')
"""Where somebody is named; an address such as ana@example.org names nobody."""
QUOTED = re.compile(r'"([^"\n]*)"')
WORD = re.compile(r"[\w.-]*\w")
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")
"""Letters of scripts in which what follows on a name is not parted from it."""
LONGEST = 200
"""Characters of a name."""


class Person(NamedTuple):
    """Somebody who can be named."""

    uid: str
    name: str
    kind: str


class Read(NamedTuple):
    """A text with people as the log names them."""

    text: str
    people: tuple[str, ...]
    """Uids of those it names, each once."""


def read(text: str, known: Mapping[str, Person]) -> Read:
    """Find who is named in a text; `known` are people by each spelling as it reads.

    Raises RequestError where somebody is named who is not known, or reads no comments.
    """
    pieces: list[str] = []
    people: dict[str, None] = {}
    here = 0
    for found in MARK.finditer(text):
        if found.start() < here:  # inside a name
            continue
        end, person = _named_at(text, found.end(), known)
        if person is None:
            raise _unknown(text[found.end() : end], known)
        if person.kind != "person":
            raise RequestError(f"{person.name} is no person who reads comments; name them without `@`.")
        pieces += [text[here : found.start()], f"@{person.uid}"]
        people[person.uid] = None
        here = end
    return Read("".join((*pieces, text[here:])), tuple(people))


def _named_at(text: str, start: int, known: Mapping[str, Person]) -> tuple[int, Person | None]:
    """Where a name ends that begins somewhere, and whose it is: in quotes, else the longest that is known."""
    if quoted := QUOTED.match(text, start):
        return quoted.end(), known.get(plain_name(quoted[1]))
    for end in _ends(text, start):
        if person := known.get(plain_name(text[start:end])):
            return end, person
    word = WORD.match(text, start)
    return (word.end() if word else start + 1), None


def _ends(text: str, start: int) -> Iterator[int]:
    """Where a name can end, the furthest first: not in the middle of a word."""
    last = min(len(text), start + LONGEST)
    for end in range(last, start, -1):
        before, after = text[end - 1], text[end : end + 1]
        if before.isspace():
            continue
        if not (before.isalnum() and after.isalnum()) or UNSPACED.match(before) or UNSPACED.match(after):
            yield end


def _unknown(said: str, known: Mapping[str, Person]) -> RequestError:
    name = said.strip('"')
    there = unknown(name, (each.name for each in known.values() if each.kind == "person"))
    return RequestError(
        f"{there} Nothing was written: name somebody who is known, in quotes where the name has blanks "
        '(@"José Pérez"), leave out the `@`, or make them known with `annotator people add`.'
    )
