"""Rounds: passes over subjects that run side by side, each under one taxonomy, with subjects and people of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.names import in_use, is_among, known_as
from annotator.desk.project import Project
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.assignment import (
    Dealt,
    Given,
    HandOut,
    Wish,
    cut,
    deal_out,
    matching_of,
    refuse_too_few,
    shares,
)
from annotator.desk.team.closing import refuse_past, waits_in_words
from annotator.desk.team.dealing import Dealable, deal, shuffled
from annotator.desk.team.people import counts_in_words, idle, new_among, read_part, read_people
from annotator.errors import NotFoundError, RequestError
from annotator.model.rounds import FIRST, Purpose, in_words, short
from annotator.store import project as kept
from annotator.store.connection import Transaction
from annotator.store.team import assignments, rounds, team, to_do, waiting
from annotator.store.team.assignments import Chosen, InRound, StillOpen

if TYPE_CHECKING:
    from annotator.desk.team.norming import Norming
    from annotator.desk.visibility import Visibility

LEAST = 4
"""Digits from which on a number that no round begins with is taken for a slip."""


@dataclass(frozen=True)
class RoundWish:
    """Which round somebody wants to start, under which taxonomy, of which subjects and for whom."""

    purpose: Purpose
    wish: Wish
    """To nobody means those who had the subjects before, where it deals a former round again."""
    part: str = "100%"
    """How many subjects of the former round: of all of them, for a retest of each annotator's own."""

    @property
    def is_again(self) -> bool:
        """Whether it deals subjects of a former round."""
        return self.purpose in {"second_pass", "retest"}


class RoundLine(NamedTuple):
    """One round of a taxonomy, and how far it is."""

    taxonomy: str
    round: int
    purpose: Purpose
    """`first` for the one that nobody had to start."""
    started_by: str
    started_at: str
    closed_by: str
    closed_at: str
    people: int
    assigned: int
    done: int


class ToWork(NamedTuple):
    """A round somebody can work in."""

    taxonomy: str
    round: int
    purpose: Purpose
    open: int
    """How much of what was dealt to them there is still to be done."""
    is_closed: bool = False


@dataclass(frozen=True)
class Closed:
    """What came of closing a round, or would."""

    taxonomy: str
    round: int
    purpose: Purpose
    taken: int
    """How many assignments that nobody had begun were taken back."""
    begun: Mapping[str, int]
    """By annotator: what they have begun, and may still hand in."""


class _Former(NamedTuple):
    """What the round before leaves to deal."""

    had: Mapping[int, frozenset[str]]
    """By subject: everybody who was to do it or began it."""
    handed_in: Mapping[int, frozenset[str]]
    chosen: Mapping[str, Chosen]
    seen: Mapping[int, frozenset[str]]
    """By subject: those who saw others' answers as somebody who decides."""


def all_rounds(project: Project, taxonomy: str = "") -> list[RoundLine]:
    """Every round that there is, by taxonomy in the order they were started; of one taxonomy, if named."""
    name = project.named(taxonomy) if taxonomy else ""
    with project.store.reading() as transaction:
        started = {(each.taxonomy, each.round): each for each in rounds.started(transaction)}
        dealt = assignments.by_round(transaction)
        used = {each for each, _ in (*started, *dealt)} | {*kept.taxonomies(transaction)}
        lines = []
        for each in sorted({name} if name else used):
            known = {number for at, number in (*started, *dealt) if at == each}
            for number in rounds.in_order(transaction, each, {FIRST, *known}):
                found = started.get((each, number)) or rounds.one(transaction, each, number)
                found = found or rounds.Round(each, number, "first", "", "")
                told = (found.started_by, found.started_at, found.closed_by, found.closed_at)
                lines.append(RoundLine(each, number, found.purpose, *told, *dealt.get((each, number), InRound())))
    return lines


def find(project: Project, said: str, worker: str = "") -> int:
    """The round that somebody means by the beginning of its id; raises NotFoundError and RequestError in words.

    A small number that is no round's is taken as it is: work may have come in a round that nobody started. One that
    waits for a lead is none, but to a worker who has begun something in it, which is theirs to take back.
    """
    with project.store.reading() as transaction:
        waits = waiting.rounds(transaction)
        own = [each for each in waits if worker and rounds.has_begun(transaction, worker, each)]
        known = [*rounds.numbers(transaction), *own]
    meant = [each for each in known if str(each) == said] or [each for each in known if str(each).startswith(said)]
    if len(meant) > 1:
        raise RequestError(f"--round {said} begins several: {', '.join(map(str, meant))}. Write more of it.")
    if not meant and (one := next((each for each in waits if str(each).startswith(said)), 0)):
        raise NotFoundError(waits_in_words(one))
    if not meant and len(said) >= LEAST:
        raise NotFoundError(f"There is no round {said}; `annotator round` lists those that there are.")
    return meant[0] if meant else int(said)


def start(
    project: Project, wish: RoundWish, named: int, by: str, visibility: Visibility, *, dry_run: bool = False
) -> Dealt:
    """Start a round beside those that there are, and deal its subjects; raises RequestError in words.

    `named` is the round whose subjects are dealt again; 0: the newest for results. Where nothing can be dealt, no
    round is started.
    """
    taxonomy = project.taxonomy(wish.wish.taxonomy).namespace
    viewer = visibility.viewer()
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "starts rounds")
        former = named or rounds.dealt_in(transaction, taxonomy)
        number = 0 if dry_run else rounds.new_id(transaction)
        if not dry_run:
            team.start_round(transaction, by, taxonomy, number, wish.purpose)
        if wish.is_again:
            return _deal_again(project, transaction, wish, former, number, by, dry_run=dry_run)
        everybody = _for_everybody(transaction, wish)
        return deal_out(project, transaction, everybody, number, by, viewer, dry_run=dry_run, is_new=True)


def _for_everybody(transaction: Transaction, wish: RoundWish) -> Wish:
    """In a calibration and in a training everybody gets every subject."""
    if wish.purpose == "first":
        return wish.wish
    people = read_people(wish.wish.to, in_use(transaction), idle(transaction))
    return replace(wish.wish, per_subject=len(people))


def _deal_again(
    project: Project, transaction: Transaction, wish: RoundWish, former_round: int, number: int, by: str, *,
    dry_run: bool,
) -> Dealt:  # fmt: skip
    taxonomy = project.taxonomy(wish.wish.taxonomy)
    refuse_past(wish.wish.due)
    former = _former(transaction, taxonomy.namespace, former_round)
    if not wish.wish.view.selects_all or wish.wish.keys is not None:
        meant = {each.key for each in matching_of(transaction, wish.wish, taxonomy)}
        former = former._replace(chosen={key: one for key, one in former.chosen.items() if key in meant})
    if wish.purpose == "second_pass":
        given, names, short_of = _second_pass(transaction, wish, former, taxonomy.namespace)
    else:
        given, names, short_of = _retest(transaction, wish, former)
    if not given:
        raise RequestError(_nothing(wish.purpose, len(former.chosen), former_round))
    where = HandOut(taxonomy.namespace, number, wish.wish.batch_size, wish.wish.due)
    ids = {key: one.id for key, one in former.chosen.items()}
    new = new_among(transaction, names, by)
    dealt = cut(where, given, ids, assignments.last_batches(transaction))
    if not dry_run:
        assignments.put(transaction, taxonomy.namespace, number, dealt, by)
    told = tuple(shares(given, names, dealt, {key: len(hand) > 1 for key, hand in given}))
    size = len(given), len(dealt), short_of
    return Dealt(taxonomy.namespace, number, wish.wish.seed, *size, told, due=wish.wish.due, new=new)


def _former(transaction: Transaction, taxonomy: str, round_: int) -> _Former:
    had = assignments.touched(transaction, taxonomy, round_)
    for subject, names in assignments.holders(transaction, taxonomy, round_).items():
        had[subject] = had.get(subject, frozenset()) | names
    if not had:
        raise RequestError(
            f"Nobody had or classified anything under {taxonomy} in round {short(round_)}; --round N names another one."
        )
    chosen = {each.key: each for each in assignments.subjects(transaction, sorted(had))}
    handed_in = assignments.handed_in(transaction, taxonomy, round_)
    return _Former(had, handed_in, chosen, assignments.who_looked(transaction, taxonomy))


def _second_pass(
    transaction: Transaction, wish: RoundWish, former: _Former, taxonomy: str
) -> tuple[Given, list[str], int]:
    """Deal to others than those who had a subject, in whatever round; what nobody else may have is short."""
    away, asked = idle(transaction), wish.wish
    everybody = sorted(frozenset[str]().union(*former.had.values()).difference(away))
    people = read_people(asked.to, in_use(transaction), away) if asked.to else dict.fromkeys(everybody, Fraction(1))
    refuse_too_few(asked.per_subject, frozenset(people))
    keys = shuffled(former.chosen, asked.seed)[: read_part(wish.part, len(former.chosen), "--share")]
    ids = {key: former.chosen[key].id for key in keys}
    ever = assignments.ever_had(transaction, taxonomy)  # who handed it in elsewhere sees all answers as well
    barred = {key: ever.get(number, frozenset()) | former.seen.get(number, frozenset()) for key, number in ids.items()}
    dealt = deal([Dealable(key, asked.per_subject, frozenset(), barred[key]) for key in keys], people, asked.seed)
    return dealt.given, list(people), sum(dealt.short.values())


def _retest(transaction: Transaction, wish: RoundWish, former: _Former) -> tuple[Given, list[str], int]:
    """Give annotators their own again; the same seed draws the same subjects, so that what is shared stays so."""
    away, asked = idle(transaction), wish.wish
    known = sorted(frozenset[str]().union(*former.handed_in.values()).difference(away))
    if not known:
        raise RequestError(
            "Nobody handed anything in in that round who is still here and may classify; --round N names another "
            "one to give again."
        )
    said = read_people(asked.to, in_use(transaction), away) if asked.to else dict.fromkeys(known, Fraction(1))
    if heavy := [name for name, weight in said.items() if weight != 1]:
        raise RequestError(
            f"{heavy[0]}={said[heavy[0]]}: weights are for a second pass; in a retest everybody gets their own."
        )
    names = _of_a_retest(transaction, said, known)
    ordered = shuffled(former.chosen, asked.seed)
    hands: dict[str, list[str]] = {}
    for name in names:
        own = [key for key in ordered if _is_own(former, former.chosen[key].id, name)]
        for key in own[: read_part(wish.part, len(own), f"--share, of what {name} handed in") if own else 0]:
            hands.setdefault(key, []).append(name)
    return [(key, tuple(hands[key])) for key in ordered if key in hands], names, 0


def _of_a_retest(transaction: Transaction, said: Iterable[str], known: list[str]) -> list[str]:
    """Whom a retest is for, of those who handed something in; raises RequestError for who did not."""
    here = in_use(transaction)
    for name in said:
        if is_among(name, here) and not is_among(name, known):
            raise RequestError(
                f"{name!r} handed nothing in in that round, so there is nothing to give again; there is "
                f"{', '.join(known)}. --round N names another one."
            )
    return [known_as(name, known) for name in said]


def _nothing(purpose: Purpose, subjects: int, round_: int) -> str:
    if purpose == "retest":
        return (
            f"Of those named, nobody handed anything in in round {short(round_)} without seeing others' answers since."
        )
    return (
        f"Everybody named had all of the {subjects:,} subjects of round {short(round_)}; name further people with --to."
    )


def _is_own(former: _Former, subject: int, name: str) -> bool:
    """Whether somebody handed a subject in and has not seen others' answers since."""
    return name in former.handed_in.get(subject, ()) and name not in former.seen.get(subject, ())


def close(
    project: Project, taxonomy: str, round_: int, by: str, *, take_back: bool = False, dry_run: bool = False
) -> Closed:
    """Close a round: nothing new is begun in it, and what is begun may be handed in; raises RequestError in words.

    What nobody has begun is taken back, if that was asked for; otherwise it keeps the round from closing.
    """
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "closes rounds")
        found = _known(transaction, taxonomy, round_)
        if found.is_closed:
            raise RequestError(f"{in_words(found.round, found.purpose)} under {taxonomy} is closed already.")
        still_open = assignments.still_open(transaction, found.round, taxonomy)
        untouched = [each for each in still_open if not each.is_begun]
        if untouched and not (take_back or dry_run):
            raise RequestError(
                f"In {in_words(found.round, found.purpose)} under {taxonomy}, {_whose(untouched)}. Wait, or take "
                "that back in closing: --take-back."
            )
        if not dry_run:
            assignments.take(transaction, untouched, by)
            team.close_round(transaction, by, taxonomy, found.round)
        begun = assignments.begun(transaction, taxonomy, found.round)
    return Closed(taxonomy, found.round, found.purpose, len(untouched), begun)


def _whose(untouched: list[StillOpen]) -> str:
    """How much nobody has begun, and whose it is."""
    named = counts_in_words(Counter(each.annotator for each in untouched))
    many = len(untouched)
    return f"{many:,} {'assignment is' if many == 1 else 'assignments are'} not begun yet ({named})"


def reopen(project: Project, taxonomy: str, round_: int, by: str) -> None:
    """Open a closed round again; what was taken back in closing is not dealt again. Raises RequestError in words."""
    with project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "opens rounds")
        found = _known(transaction, taxonomy, round_)
        if not found.is_closed:
            raise RequestError(f"{in_words(found.round, found.purpose)} under {taxonomy} is open.")
        team.close_round(transaction, by, taxonomy, found.round, again=True)


def _known(transaction: Transaction, taxonomy: str, round_: int) -> rounds.Round:
    found = rounds.one(transaction, taxonomy, round_)
    if found is None:
        raise NotFoundError(f"Under {taxonomy} there is no round {short(round_)}; `annotator round` lists the rounds.")
    return found


class Rounds:
    """One person who looks at the rounds, starts and closes them."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str, named: int) -> None:
        """Take the project, what may be seen of it, who answers for a round, and the one to deal again, if named."""
        self.project = project
        self.visibility = visibility
        self.annotator = annotator
        self.named = named

    def all(self, taxonomy: str = "") -> list[RoundLine]:
        """Every round that there is, by taxonomy, in order; of one taxonomy, if named."""
        return all_rounds(self.project, taxonomy)

    def to_work(self) -> list[ToWork]:
        """The rounds this person can work in, of every taxonomy that has several, the newest first."""
        with self.project.store.reading() as transaction:
            known = rounds.started(transaction)
            counts = to_do.open_counts(transaction, self.annotator) if known else {}
        found: dict[str, list[ToWork]] = {}
        for each in known:
            first = ToWork(each.taxonomy, FIRST, "first", counts.get((each.taxonomy, FIRST), 0))
            of = found.setdefault(each.taxonomy, [first])
            many = counts.get((each.taxonomy, each.round), 0)
            of.insert(0, ToWork(each.taxonomy, each.round, each.purpose, many, each.is_closed))
        return [each for name in sorted(found) for each in found[name]]

    def start(self, wish: RoundWish, *, dry_run: bool = False) -> Dealt:
        """Start a round and deal its subjects; raises RequestError in words."""
        return start(self.project, wish, self.named, self.annotator, self.visibility, dry_run=dry_run)

    def norming(self, round_: int, taxonomy: str = "") -> Norming:
        """Everybody's answers side by side, once all have handed in; raises RequestError and NotFoundError in words."""
        from annotator.desk.team.norming import norming_of

        return norming_of(self.project, self.visibility, self._taxonomy(round_, taxonomy), round_)

    def close(self, round_: int, taxonomy: str = "", *, take_back: bool = False, dry_run: bool = False) -> Closed:
        """Close a round; raises RequestError and NotFoundError in words."""
        name = self._taxonomy(round_, taxonomy)
        return close(self.project, name, round_, self.annotator, take_back=take_back, dry_run=dry_run)

    def reopen(self, round_: int, taxonomy: str = "") -> RoundLine:
        """Open a closed round again; raises RequestError and NotFoundError in words."""
        name = self._taxonomy(round_, taxonomy)
        reopen(self.project, name, round_, self.annotator)
        return next(each for each in self.all(name) if each.round == round_)

    def _taxonomy(self, round_: int, taxonomy: str) -> str:
        """The taxonomy of a round, which tells it unless several have it; raises RequestError and NotFoundError."""
        if taxonomy:
            return self.project.named(taxonomy)
        having = sorted({each.taxonomy for each in self.all() if each.round == round_})
        if len(having) == 1:
            return having[0]
        if not having:
            raise NotFoundError(f"There is no round {short(round_)}; `annotator round` lists those that there are.")
        raise RequestError(f"Round {short(round_)} is one under {', '.join(having)}; say which: --taxonomy NS.")
