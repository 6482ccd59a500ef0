"""Who is named on a command line, with what weight; and how much of something a person means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fractions import Fraction

from annotator.desk.names import is_among, new_or_known
from annotator.errors import RequestError

NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


def read_people(said: Iterable[str], known: Collection[str]) -> dict[str, Fraction]:
    """Read `ann,bob=2`: names with weights, 1 where none is given.

    `known` are the names that are in use already; who is among them gets the name that is kept. Raises
    RequestError for nobody, for what is no name or no weight, for a new name that cannot be, and for one named twice.
    """
    people: dict[str, Fraction] = {}
    for part in (part.strip() for text in said for part in text.split(",")):
        if part:
            name, weight = _read(part)
            if is_among(name, people):
                raise RequestError(f"{name!r} is named twice; name everybody once.")
            people[new_or_known(name, [*known, *people])] = weight
    if not people:
        raise RequestError("Name who is to classify: --to ann,bob or, with weights, --to ann,bob=2.")
    return people


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
    if not name:
        raise RequestError(f"{part!r}: is no name; write NAME or NAME=WEIGHT, in letters that can be seen.")
    if not NUMBER.fullmatch(weight) or not Fraction(weight):
        raise RequestError(f"{part!r}: the weight is no number above 0; write NAME=WEIGHT, such as {name}=2.")
    return name, Fraction(weight)
