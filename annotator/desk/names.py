"""Whom a name means that somebody wrote: a person who is known here, by the name that is kept, or a new one.

Names are the same when they read alike (`plain_name`); whoever takes a name from outside takes it through here once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from unicodedata import normalize

from annotator.errors import RequestError
from annotator.model.person import ADJUDICATED, NO_WITNESS, PUBLISHER, REST, hidden_in, plain_name, same_name
from annotator.store import people

if TYPE_CHECKING:
    from annotator.store.connection import Transaction
    from annotator.store.store import Store

RESERVED = {
    ADJUDICATED: "adjudications are kept under it",
    PUBLISHER: "what AIID published is kept under it",
    REST: "in figures it stands for everybody else",
}
"""Names that nobody new can work under, and why."""
APART = {"=": "a name from its weight", ",": "names from each other"}
"""Signs that no new name has, and what they part on command lines."""
FIRST = {"-": "with which options do", "@": "which stands before ids in the record"}
"""Signs that no new name begins with, and why."""
LONGEST = 200
"""Characters of a new name."""
SHOWN = 12
"""Names that are told where one is not known."""
UID = re.compile("[0-9a-f]{32}")
"""What somebody is called of whom no more is known."""
ID = re.compile("[0-9a-f]{6,32}")
"""What is taken for the beginning of somebody's id."""


def kept_name(store: Store, name: str) -> str:
    """The name as it is kept, however it is spelt; as it was written when nobody is called so."""
    if not name.strip():
        return ""
    with store.reading() as transaction:
        return people.known_as(transaction, name.strip())


def working_name(store: Store, name: str) -> str:
    """The name somebody works under who says that they are so called; nothing stays nothing.

    Raises RequestError for a new name that cannot be, or that looks like somebody else's.
    """
    name = name.strip()
    if not name:
        return ""
    with store.reading() as transaction:
        found = people.find(transaction, name)
        if found is None or found.name in NO_WITNESS:
            refuse_new_name(name, in_use(transaction))
    return found.name if found else in_one_form(name)


def in_use(transaction: Transaction) -> dict[str, str]:
    """By each name and spelling in use, of people and models: the name they are known by."""
    return people.spelt(transaction)


def known_as(name: str, known: Collection[str]) -> str:
    """The name somebody is known by, written as it is kept; raises RequestError when nobody is, or several are."""
    alike = [each for each in known if same_name(each, name)]
    if len(alike) > 1 and name not in alike:
        raise RequestError(f"{name!r} can be {' or '.join(map(repr, alike))}; write the name as it is kept.")
    if not alike:
        raise RequestError(f"Nobody here is called {name!r}; there is {', '.join(known) or 'nobody yet'}.")
    return name if name in alike else alike[0]


def unknown(name: str, known: Iterable[str]) -> str:
    """That nobody is called so, and who there is, in a sentence."""
    names = sorted(set(known))
    there = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    return f"Nobody here is called {name!r}; there is {there or 'nobody yet'}."


def new_or_known(name: str, known: Mapping[str, str]) -> str:
    """The name that is kept of somebody known, by every spelling, else a new one; raises RequestError for a bad one."""
    refuse_new_name(name, known)
    return known[known_as(name, known)] if is_among(name, known) else in_one_form(name)


def is_among(name: str, others: Iterable[str]) -> bool:
    """Whether somebody is one of them, however the name is spelt."""
    return any(same_name(name, each) for each in others)


def refuse_new_name(name: str, known: Collection[str]) -> None:
    """Raise RequestError, with the way out, for a name that nobody can begin to work under.

    `known` are the names in use: one of them in another spelling is the same person and no new name.
    """
    if is_among(name, known) and not is_among(name, NO_WITNESS):
        return
    for reserved, why in RESERVED.items():
        if same_name(name, reserved):
            raise RequestError(f"{name!r}: nobody works under this name; {why}. Choose another name.")
    refuse_impossible(name)
    if not name.strip():
        raise RequestError(f"{name!r} is no name; write it in letters that can be seen.")
    _refuse_misread(name)
    for sign, what in APART.items():
        if sign in normalize("NFKC", name):
            raise RequestError(f"{name!r}: a name has no `{sign}` in it, which parts {what}. Choose another name.")
    _refuse_likeness(name, known)


def unfit(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """Why nobody new could take the names that came in, each in a sentence; `before` and `now` are names in use."""
    known = {plain_name(each) for each in before}
    new = {each for each in now if plain_name(each) not in known and not UID.fullmatch(each)}
    if not new:
        return []
    from annotator.model.people.likeness import skeleton

    drawn: dict[str, list[str]] = {}
    found = []
    for name in (*before, *sorted(new)):
        shapes = {skeleton(plain_name(name)), skeleton(name.strip())}
        if name in new:
            alike = [other for shape in shapes for other in drawn.get(shape, ()) if not same_name(name, other)]
            try:
                refuse_new_name(name, alike)
            except RequestError as error:
                found.append(str(error))
        for shape in shapes:
            drawn.setdefault(shape, []).append(name)
    return found


def refuse_impossible(name: str) -> None:
    """Raise RequestError for what nobody can be called at all: a name with something in it that is not seen."""
    if hidden := hidden_in(name):
        raise RequestError(
            f"{name!r} is no name for an annotator: {hidden} in it cannot be seen. Write it in letters that "
            "can be seen."
        )


def _refuse_misread(name: str) -> None:
    """Raise RequestError for a name that would be read as something else than one, or that no list can show."""
    plain, length = plain_name(name), len(in_one_form(name))
    for sign, what in FIRST.items():
        if plain.startswith(sign):
            raise RequestError(f"{name!r}: a name does not begin with `{sign}`, {what}. Choose another name.")
    if length > LONGEST:
        raise RequestError(f"{name[:20]!r}…: a name has {LONGEST} characters at most, and this one {length:,}.")
    if ID.fullmatch(plain):
        raise RequestError(
            f"{name!r} reads like the beginning of an id, by which people are named too. Choose another name, or write "
            "more of it, such as the family name."
        )


def _refuse_likeness(name: str, known: Collection[str]) -> None:
    from annotator.model.people.likeness import difference, looks_like, skeleton, spelling_meant

    if not skeleton(name).strip():
        raise RequestError(f"{name!r} is no name; write it in letters that can be seen.")
    for other in (*known, *RESERVED):
        if looks_like(name, other):
            has, instead = difference(name, other)
            like = spelling_meant(name, other)
            if other in RESERVED:
                raise RequestError(
                    f"{name!r} looks like {like!r}, but has {has} where that has {instead}. Nobody works under "
                    f"that name; {RESERVED[other]}. Choose another name."
                )
            raise RequestError(
                f"{name!r} looks like {like!r}, who is somebody else here, but has {has} where that has {instead}; "
                f"write {other!r} if you mean them, or choose another name."
            )


def in_one_form(name: str) -> str:
    """A new name as it is going to be kept: composed, with single spaces."""
    return " ".join(normalize("NFC", name).split())
