"""Deal subjects out to annotators: what is wished for in, what was dealt out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.names import in_use
from annotator.desk.project import Project
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.closing import refuse_closed, refuse_past
from annotator.desk.team.dealing import Deal, Dealable, deal, sample, shuffled
from annotator.desk.team.people import idle, new_among, read_part, read_people
from annotator.desk.team.rebalancing import Balance, Rebalanced, rebalance
from annotator.desk.team.redating import Redated, redate
from annotator.desk.team.strata import Strata, Stratum, counted, strata_of
from annotator.desk.team.taking_back import EVERYTHING, OpenWork, TakenBack, take_back
from annotator.errors import RequestError
from annotator.model.queue import QueueView
from annotator.model.rounds import FIRST_ROUNDS
from annotator.model.taxonomy import Taxonomy
from annotator.model.visibility import NOBODY, Viewer
from annotator.store.connection import Transaction
from annotator.store.queue import QueueQuery
from annotator.store.team import assignments, rounds
from annotator.store.team.assignments import Assignment, Chosen

if TYPE_CHECKING:
    from annotator.desk.team.gold import MixedIn
    from annotator.desk.visibility import Visibility

Given = Sequence[tuple[str, tuple[str, ...]]]
"""Keys of subjects with those who get them, in the order to do them."""


class Share(NamedTuple):
    """What one annotator gets."""

    annotator: str
    assigned: int
    shared: int
    """How many of them somebody else has too."""
    batches: tuple[int, ...]
    """How many are in each new batch."""


class HandOut(NamedTuple):
    """Where work is handed out: under which taxonomy, in which round, in batches of how many (0: one each), by when."""

    taxonomy: str
    round: int
    batch_size: int = 0
    due: str = ""


Chances = Mapping[str, tuple[float, float | None]]
"""By key: how likely a subject was to be dealt, and to be dealt to two people or more; None where it was not."""


def cut(
    where: HandOut, given: Given, ids: Mapping[str, int], last: Mapping[str, int], chances: Chances | None = None
) -> list[Assignment]:
    """Assignments in batches; a subject has the same position in everybody's."""
    known = chances or {}
    return [
        one._replace(dealt=known[key][0], compared=known[key][1]) if key in known else one
        for key, one in _cut(where, given, ids, last)
    ]


def shares(
    given: Given, names: Sequence[str], dealt: Sequence[Assignment], is_shared: Mapping[str, bool]
) -> list[Share]:
    """What everybody gets, in the order of the names."""
    assigned, shared = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for key, hand in given:
        for name in hand:
            assigned[name] += 1
            shared[name] += is_shared[key]
    batches: dict[str, dict[int, int]] = {name: {} for name in names}
    for one in dealt:
        batches[one.annotator][one.batch] = batches[one.annotator].get(one.batch, 0) + 1
    return [Share(name, assigned[name], shared[name], tuple(batches[name].values())) for name in names]


def _cut(
    where: HandOut, given: Given, ids: Mapping[str, int], last: Mapping[str, int]
) -> Iterator[tuple[str, Assignment]]:
    had: dict[str, int] = {}
    for position, (key, names) in enumerate(given, 1):
        for name in names:
            had[name] = had.get(name, 0) + 1
            further = (had[name] - 1) // where.batch_size if where.batch_size else 0
            yield key, Assignment(ids[key], name, last.get(name, 0) + 1 + further, position, due=where.due)


@dataclass(frozen=True)
class Overlap:
    """Some subjects that more annotators share than the others."""

    part: str
    """How many, as a person says it: `20%` or `50`."""
    per_subject: int = 2
    stratify: str = ""
    """What the sample is spread over: `date` (years), `month`, or a field."""


class Drawing(NamedTuple):
    """A draw of the subjects to deal from all that match."""

    seed: int
    stratify: str = ""
    """What it is spread over; an overlap sample that is to be spread is spread over the same."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants dealt, to whom, and how."""

    taxonomy: str
    to: tuple[str, ...]
    """Names, with weights as in `bob=2`; several may stand in one text, separated by commas."""
    view: QueueView = field(default_factory=QueueView)
    limit: int | None = None
    keys: tuple[str, ...] | None = None
    """These subjects alone, instead of those of the view."""
    random: Drawing | None = None
    """Draws as many as the limit; else the first are taken."""
    per_subject: int = 1
    overlap: Overlap | None = None
    batch_size: int = 0
    """How many make a batch; 0: all of one deal."""
    seed: int = 0
    due: str = ""
    """The day until which it is to be done; empty where none was said."""
    gold: int = 0
    """How many subjects with known answers everybody gets among the others."""

    @property
    def stratify(self) -> str:
        """What the samples are spread over."""
        return (self.random.stratify if self.random else "") or (self.overlap.stratify if self.overlap else "")


@dataclass(frozen=True)
class Dealt:
    """What was dealt, or would be."""

    taxonomy: str
    round: int
    """0: the one that would be started."""
    seed: int
    subjects: int
    """How many were chosen, those with nothing missing included."""
    assigned: int
    """How many assignments are new."""
    short: int
    """How many assignments nobody could be found for."""
    shares: tuple[Share, ...]
    strata: tuple[Stratum, ...] = ()
    """Of what is drawn and of the overlap sample; empty without both."""
    random: int | None = None
    """The seed of the draw; None where nothing was drawn."""
    matched: int = 0
    """From how many the subjects were drawn."""
    notes: tuple[str, ...] = ()
    """What must be known beside it, in sentences."""
    due: str = ""
    gold: int = 0
    """How many of the new assignments are of subjects with known answers."""
    new: tuple[str, ...] = ()
    """Those named whom nobody knew before."""
    known: int = 0
    """How many subjects with known answers are dealt beside those chosen."""
    known_by_chance: int = 0
    """How many of those chosen have known answers, where such subjects are dealt."""


class _Plan(NamedTuple):
    matched: Strata
    chosen: Sequence[Chosen]
    strata: Mapping[str, str]
    """Of those chosen."""
    sampled: frozenset[str]
    names: Sequence[str]
    is_shared: Mapping[str, bool]
    deal: Deal
    passed_over: int
    """How many subjects match that not everybody named gets, because they had them in a calibration or training."""


def assign(
    project: Project, wish: Wish, named: int, by: str, viewer: Viewer = NOBODY, *, dry_run: bool = False
) -> Dealt:
    """Deal out what is missing, in one transaction; raises RequestError and NotFoundError in words.

    `named` is a round; 0: the newest for results that is open. Those who have a subject in it already, or have done
    it, count towards how many are to have it. Strata are made of what is open to the viewer. A dry run changes nothing.
    """
    taxonomy = project.taxonomy(wish.taxonomy)
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "deals work out")
        round_ = named or rounds.dealt_in(transaction, taxonomy.namespace)
        refuse_closed(transaction, taxonomy.namespace, round_)
        return deal_out(project, transaction, wish, round_, by, viewer, dry_run=dry_run)


def deal_out(
    project: Project, transaction: Transaction, wish: Wish, round_: int, by: str, viewer: Viewer, *,
    dry_run: bool, is_new: bool = False,
) -> Dealt:  # fmt: skip
    """Deal what is missing out in a round; in a new one, nobody gets what they had in another."""
    taxonomy = project.taxonomy(wish.taxonomy)
    refuse_past(wish.due)
    plan = _plan(project, transaction, wish, taxonomy, round_, viewer, is_new=is_new)
    where = HandOut(taxonomy.namespace, round_, wish.batch_size, wish.due)
    ids = {each.key: each.id for each in plan.chosen}
    known = _known(transaction, wish, plan, taxonomy)
    given = mixed(plan.deal.given, known.given, wish.seed)
    last = assignments.last_batches(transaction)
    chances = _chances(wish, plan)
    dealt = cut(where, given, {**ids, **known.ids}, last, {**chances, **_like_drawn(wish, plan, known, chances)})
    new = new_among(transaction, plan.names, by)
    if not dry_run:
        assignments.put(transaction, where.taxonomy, round_, dealt, by, _drawn(wish, plan))
    is_drawn = wish.overlap or wish.random
    beside = sum(key not in ids for key, _ in known.given)
    return Dealt(
        taxonomy.namespace,
        round_,
        wish.seed,
        len(plan.chosen),
        len(dealt),
        sum(plan.deal.short.values()),
        tuple(shares(given, plan.names, dealt, {**plan.is_shared, **_is_shared(known.given)})),
        tuple(counted(plan.matched.of, plan.strata, plan.sampled, wish.stratify)) if is_drawn else (),
        wish.random.seed if wish.random else None,
        len(plan.matched.of),
        (*_notes(wish, plan), *known.notes),
        wish.due,
        known.many,
        new,
        beside,
        len(known.given) - beside + len(known.by_chance),
    )


def _known(transaction: Transaction, wish: Wish, plan: _Plan, taxonomy: Taxonomy) -> MixedIn:
    """The subjects with known answers that are dealt among the others, where that is wished for."""
    from annotator.desk.team.gold import MixedIn, mixed_in

    if not wish.gold:
        return MixedIn([], {}, (), 0, [])
    return mixed_in(transaction, taxonomy, wish.gold, plan.names, wish.seed, plan.deal.given)


def _is_shared(given: Given) -> dict[str, bool]:
    """Which subjects more than one gets."""
    return {key: len(names) > 1 for key, names in given}


def mixed(given: Given, others: Given, seed: int) -> Given:
    """A deal with others in the place of what they are about too, in the order that the seed gives all subjects."""
    if not others:
        return given
    hands = dict([*given, *others])
    return [(key, hands[key]) for key in shuffled(hands, seed)]


def _notes(wish: Wish, plan: _Plan) -> Iterator[str]:
    if plan.passed_over:
        yield (
            f"{plan.passed_over:,} of the subjects that match are passed over for who had them in a calibration or "
            "training, where they saw others' answers."
        )
    if plan.matched.closed:
        yield plan.matched.closed
    if (wish.overlap or wish.random) and not plan.matched.is_open:
        yield (
            "How likely each subject was is not kept, because it would tell which of them have the same answer; "
            "`annotator agreement --weighted` leaves them out."
        )
    elif wish.random and (had := set(plan.strata).difference(plan.deal.short, (key for key, _ in plan.deal.given))):
        yield (
            f"{len(had):,} of those drawn had everybody already, so nothing is kept of this draw about them; "
            "`annotator agreement --weighted` knows only what an earlier draw kept."
        )


def _drawn(wish: Wish, plan: _Plan) -> dict[str, Any]:
    """How the subjects of a deal were drawn, as the log keeps it."""
    said: dict[str, Any] = {"matched": len(plan.matched.of), "drawn": len(plan.chosen)}
    if wish.random:
        said["seed"] = wish.random.seed
    if wish.stratify:
        said["by"] = wish.stratify
    return said


def _chances(wish: Wish, plan: _Plan) -> Chances:
    """How likely each subject was; nothing where none was drawn, or where it would tell answers."""
    if not (wish.overlap or wish.random) or not plan.matched.is_open:
        return {}
    matched, drawn = Counter(plan.matched.of.values()), Counter(plan.strata.values())
    sampled = Counter(plan.strata[key] for key in plan.sampled)
    found: dict[str, tuple[float, float | None]] = {}
    for key, stratum in plan.strata.items():
        compared = drawn[stratum] if wish.per_subject > 1 else sampled[stratum] if key in plan.sampled else 0
        chance = compared / matched[stratum] if compared else None
        found[key] = drawn[stratum] / matched[stratum], chance
    return found


def _like_drawn(wish: Wish, plan: _Plan, known: MixedIn, chances: Chances) -> Chances:
    """Chances for subjects with known answers such as others of the deal have, so that nothing tells them apart.

    Of the same stratum and shared alike where there are any; figures leave these subjects out (`chances.py`).
    """
    found: dict[str, tuple[float, float | None]] = {}
    keys = shuffled(chances, wish.seed)
    for at, (key, names) in enumerate(known.given):
        alike = [each for each in keys if (chances[each][1] is not None) == (len(names) > 1)] or keys
        near = [each for each in alike if plan.strata[each] == plan.matched.of.get(key)] or alike
        if near:
            found[key] = chances[near[at % len(near)]]
    return found


def _plan(
    project: Project, transaction: Transaction, wish: Wish, taxonomy: Taxonomy, round_: int, viewer: Viewer, *,
    is_new: bool,
) -> _Plan:  # fmt: skip
    people = read_people(wish.to, in_use(transaction), idle(transaction))
    had = _had(transaction, taxonomy.namespace, round_, people.keys(), is_new=is_new)
    least = 1 if is_new else len(people)
    matching = matching_of(transaction, wish, taxonomy, {at for at, names in had.items() if len(names) >= least})
    matched = strata_of(project, transaction, matching, wish.stratify, taxonomy, viewer)
    drawn = _draw(wish, matched)
    chosen = [each for each in matching if each.key in drawn]
    strata = {each.key: matched.of[each.key] for each in chosen}
    holders = _holders(transaction, taxonomy.namespace, round_, frozenset(people))
    looked = assignments.who_looked(transaction, taxonomy.namespace)
    held = {each.key: holders.get(each.id, frozenset()) for each in chosen}
    overlap = wish.overlap
    sampled = _sampled(overlap, wish, strata, held)
    most = overlap.per_subject if overlap else wish.per_subject
    refuse_too_few(most, frozenset(people).union(*held.values()))
    wanted = {key: most if key in sampled else wish.per_subject for key in held}
    barred = {each.key: looked.get(each.id, frozenset()) | had.get(each.id, frozenset()) for each in chosen}
    dealable = [Dealable(key, wanted[key], held[key], barred[key]) for key in held]
    is_shared = {key: wanted[key] > 1 for key in held}
    passed_over = 0
    if had and not is_new:
        every = matching_of(transaction, replace(wish, limit=None), taxonomy)
        passed_over = sum(each.id in had for each in every)
    return _Plan(
        matched, chosen, strata, sampled, list(people), is_shared, deal(dealable, people, wish.seed), passed_over
    )


def _had(
    transaction: Transaction, taxonomy: str, round_: int, named: Collection[str], *, is_new: bool
) -> dict[int, frozenset[str]]:
    """By subject: those named who are not to get it, in a new round because they had it in whatever other one.

    In any other round for results, because they had it in a calibration or training, where they saw others' answers.
    """
    started = rounds.one(transaction, taxonomy, round_)
    if not is_new and started and not started.is_for_results:
        return {}
    had = (assignments.ever_had if is_new else assignments.had_in_practice)(transaction, taxonomy)
    return {at: theirs for at, names in had.items() if (theirs := names.intersection(named))}


def _draw(wish: Wish, matched: Strata) -> frozenset[str]:
    """The keys of those that are dealt, of all that match."""
    if wish.random is None:
        return frozenset(matched.of)
    if wish.limit is None:
        raise RequestError("--random draws some of the subjects that match; say how many: --limit N.")
    return sample(matched.of, min(wish.limit, len(matched.of)), wish.random.seed, {})


def matching_of(transaction: Transaction, wish: Wish, taxonomy: Taxonomy, had: Collection[int] = ()) -> list[Chosen]:
    """The subjects wished for that the taxonomy asks about; all that match where some are to be drawn.

    Those that somebody `had` are left out, unless their keys are given.
    """
    kinds = [kind for kind in ("incident", "report") if kind in taxonomy.applies_to and taxonomy.fields_for(kind)]
    name = taxonomy.namespace
    if wish.view.kind and wish.view.kind not in kinds:
        raise RequestError(f"{name} asks nothing about {wish.view.kind}s; it is about {' and '.join(kinds)}s.")
    view = wish.view.but(kind=kinds[0]) if len(kinds) == 1 else wish.view
    is_passed_over = False
    if wish.keys is None:
        most = -1 if wish.limit is None or wish.random else wish.limit
        ids = QueueQuery(view, None, FIRST_ROUNDS).ids(transaction, -1 if had else most).tolist()
        if had:
            is_passed_over = any(each in had for each in ids)
            ids = [each for each in ids if each not in had][: None if most < 0 else most]
    else:
        ids = assignments.ids_of(transaction, wish.keys)
    found = assignments.subjects(transaction, ids)
    chosen = [each for each in found if each.kind in kinds]
    if wish.keys is not None and len(chosen) < len(found):
        other = next(each for each in found if each.kind not in kinds)
        raise RequestError(
            f"{other.key} is one of the {other.kind}s, and {name} asks only about {' and '.join(kinds)}s."
        )
    if not chosen and is_passed_over:
        raise RequestError(
            "Whoever is named had all subjects that are like that in another round, so there is nothing to deal. "
            "Name others with --to, or the subjects with --keys."
        )
    if not chosen:
        raise RequestError(
            f"No subject is like that, so there is nothing to deal; {name} is about {' and '.join(kinds)}s."
        )
    return chosen


def _holders(transaction: Transaction, taxonomy: str, round_: int, named: frozenset[str]) -> dict[int, frozenset[str]]:
    """By subject: those who are to do it, have done it or, if they are named, have begun it."""
    holders = assignments.holders(transaction, taxonomy, round_)
    for subject, names in assignments.touched(transaction, taxonomy, round_).items():
        holders[subject] = holders.get(subject, frozenset()) | (names & named)
    return holders


def _sampled(
    overlap: Overlap | None, wish: Wish, strata: Mapping[str, str], held: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    if overlap is None:
        return frozenset()
    if overlap.per_subject <= wish.per_subject:
        raise RequestError(
            f"The overlap sample would be shared by {overlap.per_subject} as the rest is by {wish.per_subject}; "
            f"give --overlap-per-subject {wish.per_subject + 1} or more."
        )
    size = read_part(overlap.part, len(strata), "--overlap")
    shared = {key: len(names) for key, names in held.items() if len(names) > wish.per_subject}
    return sample(strata, size, wish.seed, {key: min(many, overlap.per_subject) for key, many in shared.items()})


def refuse_too_few(wanted: int, people: frozenset[str]) -> None:
    """Raise RequestError where a subject cannot have so many people."""
    if wanted > len(people):
        raise RequestError(
            f"{wanted} annotators per subject need {wanted} people, and there are {len(people)}: "
            f"{', '.join(sorted(people))}. Name more with --to, or ask for fewer per subject."
        )


class Assigning:
    """One person who deals work out."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str, named: int) -> None:
        """Take the project, what may be seen, who answers for what is dealt, and the round, if one was named."""
        self.project = project
        self.visibility = visibility
        self.annotator = annotator
        self.named = named

    def assign(self, wish: Wish, *, dry_run: bool = False) -> Dealt:
        """Deal out what is missing; raises RequestError and NotFoundError in words."""
        viewer = self.visibility.viewer()
        return assign(self.project, wish, self.named, self.annotator, viewer, dry_run=dry_run)

    def take_back(self, name: str, which: OpenWork = EVERYTHING, *, dry_run: bool = False) -> TakenBack:
        """Take what somebody has not done yet from them, or some of it; raises NotFoundError and RequestError."""
        return take_back(self.project, name, self.named, which, self.annotator, dry_run=dry_run)

    def redate(self, name: str, due: str, which: OpenWork = EVERYTHING, *, dry_run: bool = False) -> Redated:
        """Say until when somebody's open work, or some of it, is to be done; raises NotFoundError and RequestError."""
        return redate(self.project, name, due, self.named, which, self.annotator, dry_run=dry_run)

    def rebalance(self, wish: Balance, *, dry_run: bool = False) -> Rebalanced:
        """Move untouched open work to who has less than their share; raises RequestError and NotFoundError."""
        return rebalance(self.project, wish, self.named, self.annotator, dry_run=dry_run)
