"""Who is named on a command line, with what weight; and how much of something a person means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fractions import Fraction

from annotator.errors import RequestError
from annotator.model.person import NO_WITNESS, same_name

NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


def read_people(said: Iterable[str], known: Collection[str]) -> dict[str, Fraction]:
    """Read `ann,bob=2`: names with weights, 1 where none is given.

    `known` are the names that are in use already. Raises RequestError for nobody, for what is
    no name or no weight, and for names that read alike.
    """
    people: dict[str, Fraction] = {}
    for part in (part.strip() for text in said for part in text.split(",")):
        if part:
            name, weight = _read(part)
            _refuse_alike(name, people, known)
            people[name] = weight
    if not people:
        raise RequestError("Name who is to classify: --to ann,bob or, with weights, --to ann,bob=2.")
    return people


def known_as(name: str, known: Collection[str]) -> str:
    """The name somebody is known by, written as it is kept; raises RequestError when nobody is."""
    if name in known:
        return name
    alike = [each for each in known if same_name(each, name)]
    if len(alike) != 1:
        raise RequestError(f"Nobody here is called {name!r}; there is {', '.join(known) or 'nobody yet'}.")
    return alike[0]


def read_part(text: str, of: int, what: str) -> int:
    """Read `20%` or `50`: how many of so many; raises RequestError when it is no such thing or too much."""
    said = text.strip()
    is_percent = said.endswith("%")
    digits = said.removesuffix("%").strip()
    if not NUMBER.fullmatch(digits) or not Fraction(digits) or (not is_percent and "." in digits):
        raise RequestError(f"{what}: {text!r} is neither a number such as 50 nor a part such as 20%.")
    if is_percent and Fraction(digits) > 100:
        raise RequestError(f"{what}: {text} is more than all.")
    wanted = max(1, round(Fraction(digits) * of / 100)) if is_percent else int(digits)
    if wanted > of:
        raise RequestError(f"{what}: {wanted:,} is more than there is; there is {of:,}.")
    return wanted


def _read(part: str) -> tuple[str, Fraction]:
    name, sign, weight = part.rpartition("=")
    name, weight = (name.strip(), weight.strip()) if sign else (part, "1")
    if not name or not name.isprintable():
        raise RequestError(f"{part!r}: is no name; write NAME or NAME=WEIGHT, in letters that can be seen.")
    if not NUMBER.fullmatch(weight) or not Fraction(weight):
        raise RequestError(f"{part!r}: the weight is no number above 0; write NAME=WEIGHT, such as {name}=2.")
    for reserved in NO_WITNESS:
        if same_name(name, reserved):
            raise RequestError(f"{name!r}: nobody works under this name; results are kept under it.")
    return name, Fraction(weight)


def _refuse_alike(name: str, people: Collection[str], known: Collection[str]) -> None:
    if name in people:
        raise RequestError(f"{name!r} is named twice; name everybody once.")
    for other in [*people, *known]:
        if other != name and same_name(other, name):
            raise RequestError(f"{name!r} and {other!r} read alike; write the name as it is in use, or another one.")
