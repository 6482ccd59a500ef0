"""What a team agrees on for one database."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from annotator.errors import NotFoundError, RequestError
from annotator.models.reserved import is_reserved, same_name
from annotator.store import settings
from annotator.store.store import Store

ON = ("yes", "true", "on")
OFF = ("no", "false", "off")


class Setting(NamedTuple):
    """A setting as it is; nobody set it as long as `set_by` is empty."""

    name: str
    value: str
    set_by: str
    set_at: str
    about: str


KNOWN = {
    "allow_self_adjudication": ("no", "Whether an adjudicator may decide about what they classified themselves."),
    "blind_annotation": ("yes", "Whether others' work is closed to annotators until they have handed in their own."),
    "reviewers": ("", "Who may look at others' work without handing in their own: names with commas between them."),
}
NAMES = frozenset({"reviewers"})
"""Settings that are names; the others are yes or no."""


def all_settings(store: Store) -> list[Setting]:
    """Every setting, with its default where nobody said anything."""
    with store.reading() as connection:
        return [_read(connection, name) for name in KNOWN]


def change(store: Store, annotator: str, name: str, value: str) -> Setting:
    """Keep a setting; raises NotFoundError for an unknown one, RequestError for a value that cannot be."""
    if name not in KNOWN:
        raise NotFoundError(f"There is no setting {name!r}; there is {', '.join(KNOWN)}.")
    kept = ", ".join(_names(value)) if name in NAMES else _yes_or_no(name, value)
    if not annotator:
        raise RequestError("Say who you are: --as NAME, or `annotator: NAME` in the settings file.")
    with store.writing() as connection:
        settings.put(connection, name, kept, annotator)
        return _read(connection, name)


def is_on(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a setting says yes."""
    return _read(connection, name).value == "yes"


def names(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    """The names a setting holds."""
    return tuple(_names(_read(connection, name).value))


def _yes_or_no(name: str, value: str) -> str:
    said = value.strip().casefold()
    if said not in {*ON, *OFF}:
        raise RequestError(f"{name}: is yes or no, not {value!r}.")
    return "yes" if said in ON else "no"


def _names(value: str) -> list[str]:
    """Names with commas between them, each person once."""
    found: list[str] = []
    for name in filter(None, (" ".join(each.split()) for each in value.split(","))):
        if not name.isprintable() or is_reserved(name):
            raise RequestError(f"{name!r} is no name for an annotator.")
        if not any(same_name(name, each) for each in found):
            found.append(name)
    return found


def _read(connection: sqlite3.Connection, name: str) -> Setting:
    default, about = KNOWN[name]
    kept = settings.get(connection, name)
    return Setting(name, *(kept or (default, "", "")), about)
