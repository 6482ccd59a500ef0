"""Who is named on a command line, with what weight; and how much of something a person means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from annotator.desk.names import in_use, is_among, new_or_known
from annotator.errors import RequestError
from annotator.model import roles
from annotator.model.person import same_name
from annotator.store import people, project

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)


def idle(transaction: Transaction) -> dict[str, str]:
    """By name: everybody who is given nothing new, because they left or only read, each with why and the way out."""
    found = {
        name: f"{name!r} is a reader, and readers hand nothing in, so nothing new is given to them. Name somebody "
        f"else; a lead gives roles: `annotator people role {name} annotator`."
        for name, role in roles.given(project.settings(transaction)).items()
        if role == "reader"
    }
    left = {
        name: f"{name!r} left on {at[:10]}, so nothing new is given to them. Name somebody else; where they are back, "
        "`annotator people undo` lists the deed by which they left, to take back."
        for name, at in people.who_left(transaction).items()
    }
    return {**found, **left}


def read_people(said: Iterable[str], known: Mapping[str, str], idle: Mapping[str, str]) -> dict[str, Fraction]:
    """Read `ann,bob=2`: names with weights, 1 where none is given.

    `known` are the names in use by every spelling; who is among them gets the name that is kept. `idle` says
    why some are given nothing. Raises RequestError for nobody, for what is no name or no weight, for a new name
    that cannot be, for who is idle, and for one named twice.
    """
    found: dict[str, Fraction] = {}
    for part in (part.strip() for text in said for part in text.split(",")):
        if part:
            said_as, weight = _read(part)
            name = new_or_known(said_as, {**known, **{each: each for each in found}})
            if name in found:
                raise RequestError(f"{said_as!r} is named twice; name everybody once.")
            if name in idle:
                raise RequestError(idle[name])
            found[name] = weight
    if not found:
        raise RequestError("Name who is to classify: --to ann,bob or, with weights, --to ann,bob=2.")
    return found


def new_among(transaction: Transaction, names: Iterable[str], by: str) -> tuple[str, ...]:
    """Those of some names that nobody has yet, so that a slip is seen; whoever names them is none."""
    known = in_use(transaction)
    return tuple(name for name in names if not is_among(name, known) and not same_name(name, by))


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


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Names, each with how much is theirs: `ann 3, bob 1,204`."""
    return ", ".join(f"{name} {many:,}" for name, many in counts.items())
