"""Rounds: the same subjects again, by others or by the same annotators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from annotator.desk.names import in_use, known_as
from annotator.desk.project import Project
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.assignment import Dealt, Given, HandOut, cut, refuse_too_few, shares
from annotator.desk.team.dealing import Dealable, deal, shuffled
from annotator.desk.team.people import read_part, read_people
from annotator.errors import RequestError
from annotator.store.connection import Transaction
from annotator.store.people import who_left
from annotator.store.project import following_round, put_round, started_rounds
from annotator.store.team import assignments
from annotator.store.team.assignments import Chosen

Purpose = Literal["second_pass", "retest"]
"""Others look at the same subjects; or the same annotators at their own, to see whether they answer alike."""


@dataclass(frozen=True)
class RoundWish:
    """Which round somebody wants to start."""

    purpose: Purpose
    taxonomy: str
    to: tuple[str, ...] = ()
    """Names, with weights for a second pass; nobody means those who had the subjects before."""
    part: str = "100%"
    """How many subjects: of all those of the former round, for a retest of each annotator's own."""
    per_subject: int = 1
    batch_size: int = 0
    seed: int = 0


class RoundLine(NamedTuple):
    """One round, and how far it is."""

    round: int
    purpose: str
    """`first` for the one that nobody had to start."""
    started_by: str
    started_at: str
    assigned: int
    done: int


class _Former(NamedTuple):
    """What the round before leaves to deal."""

    had: Mapping[int, frozenset[str]]
    """By subject: everybody who was to do it or began it."""
    handed_in: Mapping[int, frozenset[str]]
    chosen: Mapping[str, Chosen]
    seen: Mapping[int, frozenset[str]]
    """By subject: those who saw others' answers as somebody who decides."""


def all_rounds(project: Project) -> list[RoundLine]:
    """Every round that there is, in order."""
    with project.store.reading() as transaction:
        started = {each.round: each for each in started_rounds(transaction)}
        dealt = assignments.by_round(transaction)
    lines = []
    for number in sorted({1, *started, *dealt}):
        begun, counts = started.get(number), dealt.get(number, (0, 0))
        purpose = begun.purpose if begun else "first" if number == 1 else ""
        lines.append(
            RoundLine(number, purpose, begun.started_by if begun else "", begun.started_at if begun else "", *counts)
        )
    return lines


def start(project: Project, wish: RoundWish, former_round: int, by: str, *, dry_run: bool = False) -> Dealt:
    """Start the next round and deal the subjects of a former one again; raises RequestError in words.

    Everybody then works in the new round. Where nothing can be dealt, no round is started.
    """
    taxonomy = project.taxonomy(wish.taxonomy).namespace
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "starts rounds")
        former = _former(transaction, taxonomy, former_round)
        given, names, short = (
            _second_pass(transaction, wish, former)
            if wish.purpose == "second_pass"
            else _retest(transaction, wish, former)
        )
        if not given:
            raise RequestError(_nothing(wish.purpose, len(former.chosen), former_round))
        number = following_round(transaction)
        dealt = cut(
            HandOut(taxonomy, number, wish.batch_size), given, {key: one.id for key, one in former.chosen.items()}, {}
        )
        if not dry_run:
            put_round(transaction, number, wish.purpose, by)
            assignments.put(transaction, taxonomy, number, dealt, by)
    is_shared = {key: len(hand) > 1 for key, hand in given}
    return Dealt(
        taxonomy, number, wish.seed, len(given), len(dealt), short, tuple(shares(given, names, dealt, is_shared))
    )


def _former(transaction: Transaction, taxonomy: str, round_: int) -> _Former:
    had = assignments.touched(transaction, taxonomy, round_)
    for subject, names in assignments.holders(transaction, taxonomy, round_).items():
        had[subject] = had.get(subject, frozenset()) | names
    if not had:
        raise RequestError(
            f"Nobody had or classified anything under {taxonomy} in round {round_}; --round N names another one."
        )
    chosen = {each.key: each for each in assignments.subjects(transaction, sorted(had))}
    handed_in = assignments.handed_in(transaction, taxonomy, round_)
    return _Former(had, handed_in, chosen, assignments.who_looked(transaction, taxonomy))


def _second_pass(transaction: Transaction, wish: RoundWish, former: _Former) -> tuple[Given, list[str], int]:
    """Deal to others than those who had a subject; what nobody else may have is short."""
    left = who_left(transaction)
    everybody = sorted(frozenset[str]().union(*former.had.values()).difference(left))
    people = read_people(wish.to, in_use(transaction), left) if wish.to else dict.fromkeys(everybody, Fraction(1))
    refuse_too_few(wish.per_subject, frozenset(people))
    keys = shuffled(former.chosen, wish.seed)[: read_part(wish.part, len(former.chosen), "--share")]
    ids = {key: former.chosen[key].id for key in keys}
    seen = {key: former.had[number] | former.seen.get(number, frozenset()) for key, number in ids.items()}
    dealt = deal([Dealable(key, wish.per_subject, frozenset(), seen[key]) for key in keys], people, wish.seed)
    return dealt.given, list(people), sum(dealt.short.values())


def _retest(transaction: Transaction, wish: RoundWish, former: _Former) -> tuple[Given, list[str], int]:
    """Give annotators their own again; the same seed draws the same subjects, so that what is shared stays so."""
    left = who_left(transaction)
    known = sorted(frozenset[str]().union(*former.handed_in.values()).difference(left))
    if not known:
        raise RequestError(
            "Nobody handed anything in in that round who is still here; --round N names another one to give again."
        )
    said = read_people(wish.to, in_use(transaction), left) if wish.to else dict.fromkeys(known, Fraction(1))
    if heavy := [name for name, weight in said.items() if weight != 1]:
        raise RequestError(
            f"{heavy[0]}={said[heavy[0]]}: weights are for a second pass; in a retest everybody gets their own."
        )
    names = [known_as(name, known) for name in said]
    ordered = shuffled(former.chosen, wish.seed)
    hands: dict[str, list[str]] = {}
    for name in names:
        own = [key for key in ordered if _is_own(former, former.chosen[key].id, name)]
        for key in own[: read_part(wish.part, len(own), f"--share, of what {name} handed in") if own else 0]:
            hands.setdefault(key, []).append(name)
    return [(key, tuple(hands[key])) for key in ordered if key in hands], names, 0


def _nothing(purpose: Purpose, subjects: int, round_: int) -> str:
    if purpose == "retest":
        return f"Of those named, nobody handed anything in in round {round_} without seeing others' answers since."
    return f"Everybody named had all of the {subjects:,} subjects of round {round_}; name further people with --to."


def _is_own(former: _Former, subject: int, name: str) -> bool:
    """Whether somebody handed a subject in and has not seen others' answers since."""
    return name in former.handed_in.get(subject, ()) and name not in former.seen.get(subject, ())


class Rounds:
    """One person who looks at the rounds, and starts the next after the one they work in."""

    def __init__(self, project: Project, annotator: str, round_: int) -> None:
        """Take the project, who answers for a new round, and the one to deal again."""
        self.project = project
        self.annotator = annotator
        self.round = round_

    def all(self) -> list[RoundLine]:
        """Every round that there is, in order."""
        return all_rounds(self.project)

    def start(self, wish: RoundWish, *, dry_run: bool = False) -> Dealt:
        """Start the next round and deal the subjects of this one again; raises RequestError in words."""
        return start(self.project, wish, self.round, self.annotator, dry_run=dry_run)
