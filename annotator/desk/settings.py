"""What a team agrees on for one database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_hex
from string import ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.names import in_use, new_or_known
from annotator.desk.roles import refuse_who_leads_not
from annotator.errors import NotFoundError, RequestError
from annotator.model import roles
from annotator.model.person import Cause, is_reserved, names_in, same_name
from annotator.store import project
from annotator.store.connection import Transaction
from annotator.store.store import Store

if TYPE_CHECKING:
    from annotator.model.review import Review

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
FROM_ROLES = "Adjudicators and leads: `annotator people role` takes the place of this setting."
NAMES = frozenset({"reviewers"})
"""Settings that are names; the others are yes or no."""


def all_settings(store: Store) -> list[Setting]:
    """Every setting, with its default where nobody said anything."""
    with store.reading() as transaction:
        return [_read(transaction, name) for name in KNOWN]


def change(store: Store, annotator: str, name: str, value: str) -> Setting:
    """Keep a setting; raises NotFoundError for an unknown one, RequestError for a value that cannot be."""
    if name not in KNOWN:
        raise NotFoundError(f"There is no setting {name!r}; there is {', '.join(KNOWN)}.")
    said = _each_once(names_in(value)) if name in NAMES else _yes_or_no(name, value)
    if not annotator:
        raise RequestError("Say who you are: --as NAME, or `annotator: NAME` in the settings file.")
    with store.writing() as transaction:
        refuse_who_leads_not(transaction, annotator, "changes settings")
        if name in NAMES and roles.are_given(project.settings(transaction)):
            raise RequestError(
                f"{name}: roles take the place of this setting: `annotator people role NAME adjudicator` lets somebody "
                "see and decide what others handed in."
            )
        if isinstance(said, str):
            project.put_setting(transaction, name, said, annotator)
        else:
            project.put_people(transaction, name, _as_kept(transaction, said), annotator)
        return _read(transaction, name)


class Settings:
    """What the team of one database agreed on, read and changed by one person."""

    def __init__(self, store: Store, annotator: str) -> None:
        """Take an open store, and who answers for a change."""
        self.store = store
        self.annotator = annotator

    def all(self) -> list[Setting]:
        """Every setting, with its default where nobody said anything."""
        return all_settings(self.store)

    def change(self, name: str, value: str) -> Setting:
        """Keep a setting; raises NotFoundError for an unknown one, RequestError for a value that cannot be."""
        return change(self.store, self.annotator, name, value)


def _yes_or_no(name: str, value: str) -> str:
    said = value.strip().casefold()
    if said not in {*ON, *OFF}:
        raise RequestError(f"{name}: is yes or no, not {value!r}.")
    return "yes" if said in ON else "no"


def _as_kept(transaction: Transaction, names: Iterable[str]) -> list[str]:
    """Names as they are kept of those who are known here; raises RequestError for a new one that cannot be."""
    known = in_use(transaction)
    found: list[str] = []
    for name in names:
        if is_reserved(name):
            raise RequestError(f"{name!r} is no name for an annotator: adjudications are kept under it.")
        found.append(new_or_known(name, {**known, **{each: each for each in found}}))
    return list(dict.fromkeys(found))


def _each_once(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        if not any(same_name(name, each) for each in found):
            found.append(name)
    return found


def _read(transaction: Transaction, name: str) -> Setting:
    default, about = KNOWN[name]
    kept = project.setting(transaction, name)
    if name in NAMES and roles.are_given(said := project.settings(transaction)):
        return Setting(name, ", ".join(roles.reviewers(said)), "", "", FROM_ROLES)
    return Setting(name, *(kept or (default, "", "")), about)


SOMEBODY = "somebody"
"""Stands for a hidden name that has no letter on this subject."""


@dataclass
class Manner:
    """Kept nowhere: who sits down again begins afresh."""

    hides_names: bool = False
    is_told: bool = False
    """Whether they were told, and said yes, that who looks at others' answers no longer classifies the subject."""
    cause: Cause = "judgement"
    """The cause of the latest ruling, offered for the next one."""
    salt: str = field(default_factory=lambda: token_hex(8))
    """Shuffles hidden annotators differently each time somebody sits down, and on every subject."""

    def order(self, review: Review) -> list[str]:
        """The annotators from left to right; with hidden names the order tells nothing."""
        if not self.hides_names:
            return list(review.annotators)
        about = f"{self.salt} {review.subject} {review.taxonomy} "
        return sorted(review.annotators, key=lambda name: sha256((about + name).encode()).digest())

    def names(self, review: Review) -> dict[str, str]:
        """What each annotator is called, from left to right: the name, or a letter for it."""
        order = self.order(review)
        return {name: letter(place) if self.hides_names else name for place, name in enumerate(order)}

    def told(self, text: str, review: Review, others: Iterable[str] = ()) -> str:
        """A text in which hidden names do not stand; `others` are people without a column who are hidden too."""
        if not self.hides_names:
            return text
        known = {**dict.fromkeys(others, SOMEBODY), **self.names(review)}
        longest_first = sorted(filter(None, known), key=len, reverse=True)
        if not longest_first:
            return text
        pattern = "|".join(map(re.escape, longest_first))
        return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: known[found[0]], text)


def letter(place: int) -> str:
    """A for the first column, Z for the 26th, then AA, AB and so on."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(ascii_uppercase))
        name = ascii_uppercase[rest] + name
    return name
