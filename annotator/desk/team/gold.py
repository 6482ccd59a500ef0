"""Known answers: which subjects have them, and how annotators did on those they were given among their work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.comparison.policy import reason_against
from annotator.desk.names import kept_name
from annotator.desk.project import Project
from annotator.desk.roles import may_lead, refuse_who_leads_not
from annotator.desk.team.dealing import shuffled
from annotator.errors import NotFoundError, RequestError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from annotator.model.rounds import FIRST_ROUNDS
from annotator.model.taxonomy import Taxonomy
from annotator.model.visibility import LeftOut, Viewer
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.queue import QueueQuery
from annotator.store.team import assignments, gold, team
from annotator.store.team.gold import USUAL, Gold, Known, Scored
from annotator.store.team.handed_in import Answers
from annotator.taxonomy.compiling import check_classification

if TYPE_CHECKING:
    from annotator.desk.visibility import Visibility
    from annotator.model.outline import SubjectKind

ANSWERED = frozenset({"answered", "empty", "unknown", "not_applicable"})
"""States that say something about the subject."""


@dataclass(frozen=True)
class GoldWish:
    """Which answers somebody wants to be taken as known."""

    taxonomy: str
    whose: str = ""
    """An annotator's, `adjudicated` or `AIID`; empty: what was decided, else what is published."""
    view: QueueView = field(default_factory=QueueView)
    keys: tuple[str, ...] | None = None
    limit: int | None = None
    seed: int = 0
    """Draws as many as the limit."""


class GoldLine(NamedTuple):
    """A subject with known answers, as a list tells it."""

    key: str
    taxonomy: str
    whose: str
    round: int
    fields: int
    """How many fields annotators are scored by."""
    not_permitted: tuple[str, ...]
    """Fields whose known answer the taxonomy no longer permits, by id: nobody is scored by them."""
    set_by: str
    set_at: str


class Score(NamedTuple):
    """How somebody did on one field of the subjects with known answers that they handed in."""

    annotator: str
    taxonomy: str
    field: str
    label: str
    right: int
    of: int

    @property
    def share(self) -> float:
        """The part that was right, 0 … 1."""
        return self.right / self.of


class Scores(NamedTuple):
    """How annotators did."""

    rows: tuple[Score, ...]
    subjects: dict[str, int]
    """By annotator: on how many subjects with known answers."""
    notes: tuple[str, ...]
    """What must be known beside it, in sentences."""


class SetGold(NamedTuple):
    """What was set, or would be."""

    taxonomy: str
    set: int
    refused: tuple[str, ...]
    """Why subjects were passed over, in sentences, each with its key."""
    closed: str
    """How many were left out because the answers are closed to who asks, in a sentence; empty where none was."""


def permitted(taxonomy: Taxonomy, kind: SubjectKind, known: Answers) -> tuple[list[str], list[str]]:
    """The fields of known answers that annotators are scored by, and those the taxonomy no longer permits."""
    answers = {name: Answer.model_validate(said) for name, said in known.items()}
    odd = {problem.field for problem in check_classification(taxonomy, kind, answers)}
    odd |= {name for name in answers if name not in taxonomy.by_id}
    counted, refused = [], []
    for name, answer in answers.items():
        if answer.state not in ANSWERED:
            continue
        if name in odd:
            refused.append(name)
        elif not reason_against(taxonomy.by_id[name], is_asked_for=False):
            counted.append(name)
    return counted, refused


def alike(said: Mapping[str, Any] | None, known: Mapping[str, Any]) -> bool:
    """Whether an answer says what is known; of several values the order does not matter."""
    if said is None or said.get("state", "answered") != known.get("state", "answered"):
        return False
    one, other = said.get("value"), known.get("value")
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return bool(one == other)


def scored(taxonomy: Taxonomy, found: Iterable[Scored]) -> Scores:
    """How annotators did, by field in the order of the taxonomy; pure."""
    right: dict[tuple[str, str], int] = {}
    of: dict[tuple[str, str], int] = {}
    subjects: dict[str, set[str]] = {}
    odd: dict[str, set[str]] = {}
    for one in found:
        counted, refused = permitted(taxonomy, one.kind, one.known)  # type: ignore[arg-type]
        for name in refused:
            odd.setdefault(name, set()).add(one.key)
        if counted:
            subjects.setdefault(one.annotator, set()).add(one.key)
        for name in counted:
            place = one.annotator, name
            of[place] = of.get(place, 0) + 1
            right[place] = right.get(place, 0) + alike(one.said.get(name), one.known[name])
    order = {each.id: at for at, each in enumerate(taxonomy.fields)}
    rows = [
        Score(who, taxonomy.namespace, name, taxonomy.by_id[name].name, right[who, name], of[who, name])
        for who, name in sorted(of, key=lambda place: (place[0], order[place[1]]))
    ]
    notes = [
        f"{name}: the known answer on {', '.join(sorted(keys))} is nothing that {taxonomy.namespace} permits any more, "
        "so nobody is scored by it."
        for name, keys in sorted(odd.items())
    ]
    return Scores(tuple(rows), {who: len(keys) for who, keys in sorted(subjects.items())}, tuple(notes))


class MixedIn(NamedTuple):
    """Subjects with known answers that are dealt among others."""

    given: list[tuple[str, tuple[str, ...]]]
    """Keys with all who get them; of those chosen too, where they have everybody already or are dealt to others."""
    ids: dict[str, int]
    by_chance: tuple[str, ...]
    """Keys, of what is dealt anyway, and no further: somebody gets it and is scored by it."""
    many: int
    """How often somebody gets a subject by which they are scored."""
    notes: list[str]
    """Who gets fewer than were asked for, and why, in sentences."""


def mixed_in(
    transaction: Transaction,
    taxonomy: Taxonomy,
    many: int,
    names: Sequence[str],
    seed: int,
    dealt: Sequence[tuple[str, tuple[str, ...]]],
) -> MixedIn:
    """Subjects with known answers for people who have not had them, the same for all where they may.

    Everybody gets `many`, of which those count that are `dealt` to them anyway; what is dealt to others alone comes
    last. What has everybody it needs already, and so is not dealt, is mixed in like any other.
    """
    name_of = taxonomy.namespace
    had, looked = assignments.ever_had(transaction, name_of), assignments.who_looked(transaction, name_of)
    found = {each.key: each for each in gold.listed(transaction, name_of)}
    if not found:
        raise RequestError(f"Under {name_of} no answers are known; `annotator gold set` says which are.")
    fit = _that_score(transaction, taxonomy, found)
    by_chance = {
        key: who for key, named in dealt if key in fit and (who := tuple(one for one in named if one != fit[key].whose))
    }
    left = {name: max(0, many - sum(name in who for who in by_chance.values())) for name in names}
    hands = dict[str, list[str]]()
    dealt_to = dict(dealt)
    for key in sorted(shuffled([*fit], seed), key=lambda each: each in dealt_to):
        subject = fit[key].subject_id
        barred = had.get(subject, frozenset()) | looked.get(subject, frozenset()) | {fit[key].whose}
        barred |= {*dealt_to.get(key, ())}
        for name in names:
            if left[name] and name not in barred:
                hands.setdefault(key, []).append(name)
                left[name] -= 1
    given = [(key, (*dealt_to.get(key, ()), *who)) for key, who in hands.items()]
    known = sum(len(who) for who in (*hands.values(), *by_chance.values()))
    notes = _lacking(name_of, many, left, len(found) - len(fit))
    no_further = tuple(key for key in by_chance if key not in hands)
    return MixedIn(given, {key: fit[key].subject_id for key in hands}, no_further, known, notes)


def _that_score(transaction: Transaction, taxonomy: Taxonomy, found: Mapping[str, Gold]) -> dict[str, Gold]:
    """Those by whose known answers the taxonomy lets annotators be scored."""
    kinds = {
        each.id: each.kind
        for each in assignments.subjects(transaction, sorted(one.subject_id for one in found.values()))
    }
    return {
        key: one
        for key, one in found.items()
        if permitted(taxonomy, kinds[one.subject_id], gold.answers_of(transaction, one))[0]  # type: ignore[arg-type]
    }


def _lacking(taxonomy: str, many: int, lacks: Mapping[str, int], unfit: int) -> list[str]:
    """Who gets fewer than were asked for, and why, in sentences."""
    few = [f"{name} gets {many - lacking} of {many}" for name, lacking in lacks.items() if lacking]
    if not few:
        return []
    notes = [f"Of subjects with known answers that they have not had, {', '.join(few)}; set more."]
    if unfit:
        answers = "The known answers on 1 subject are" if unfit == 1 else f"The known answers on {unfit:,} subjects are"
        notes.append(f"{answers} nothing that {taxonomy} permits any more; `annotator gold list` tells which.")
    return notes


def own_alone(own: str, told: Scores) -> str:
    """Say that only a lead sees others' scores."""
    if not own:
        return "A lead sees everybody's scores, and others their own: say who you are with --as NAME."
    if told.rows:
        return "These are your own scores; a lead sees everybody's."
    return "You handed in no subject with known answers yet; a lead sees everybody's scores."


def left_out(viewer: Viewer, many: int) -> str:
    """Say that known answers, or hand-ins on such subjects, are closed to somebody; empty where none are."""
    return LeftOut(not_handed_in=many).words(viewer, "classification")


class Golds:
    """One person who says which answers are known, and looks at how annotators did on them."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take the project, what may be seen of it, and who asks."""
        self.project = project
        self.visibility = visibility
        self.annotator = annotator

    def set(self, wish: GoldWish, *, dry_run: bool = False) -> SetGold:
        """Take somebody's answers as known; raises RequestError and NotFoundError in words."""
        store = self.project.store
        with store.reading() if dry_run else store.writing() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "says which answers are known")
            taxonomy = self.project.taxonomy(wish.taxonomy)
            found, refused, closed = self._fitting(transaction, wish, taxonomy)
            if not found:
                raise RequestError(next(iter(refused), "") or closed or self._nothing(wish))
            if not dry_run:
                self._put(transaction, taxonomy.namespace, found)
        return SetGold(taxonomy.namespace, len(found), tuple(refused), closed)

    def unset(self, taxonomy: str, keys: Sequence[str] = (), *, dry_run: bool = False) -> int:
        """Take none, or none of some subjects, as known any more; returns how many that were."""
        store = self.project.store
        with store.reading() if dry_run else store.writing() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "says which answers are known")
            name = self.project.named(taxonomy)
            found = [each for each in gold.listed(transaction, name) if not keys or each.key in keys]
            if keys and (missing := [key for key in keys if key not in {each.key for each in found}]):
                raise NotFoundError(f"{missing[0]}: no answers are known there under {name}; `annotator gold list`.")
            if found and not dry_run:
                team.unset_gold(transaction, self.annotator, name, [each.subject_id for each in found])
        return len(found)

    def listed(self, taxonomy: str = "") -> tuple[list[GoldLine], str]:
        """Subjects with known answers that are open to who asks, and how many are left out, in words.

        Of those one is at work on nothing is told. Raises RequestError for who does not lead.
        """
        name = self.project.named(taxonomy) if taxonomy else ""
        with self.project.store.reading() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "is told which answers are known")
            viewer = self.visibility.viewer()
            found = [self._line(transaction, each) for each in gold.listed(transaction, name, viewer)]
            return found, left_out(viewer, gold.closed(transaction, name, viewer))

    def scores(self, taxonomy: str) -> Scores:
        """How annotators did, as far as it is open to a lead; everybody is told of themselves. Raises NotFoundError."""
        found = self.project.remembering(self.project.taxonomy(taxonomy))
        with self.project.store.reading() as transaction:
            leads = may_lead(transaction, self.annotator)
            own = people.known_as(transaction, self.annotator) if self.annotator else ""
            viewer = self.visibility.viewer()
            work = list(gold.handed_in(transaction, found.namespace, viewer, own))
        told = scored(found, [each for each in work if each and (leads or each.annotator == own)])
        closed = left_out(viewer, work.count(None)) if leads else own_alone(own, told)
        return told._replace(notes=(*told.notes, closed)) if closed else told

    def _line(self, transaction: Transaction, one: Gold) -> GoldLine:
        taxonomy = self.project.taxonomy(one.taxonomy)
        kind = self._kind(transaction, one.subject_id)
        counted, odd = permitted(taxonomy, kind, gold.answers_of(transaction, one))
        told = one.key, one.taxonomy, one.whose, one.round
        return GoldLine(*told, len(counted), tuple(odd), one.set_by, one.set_at)

    def _kind(self, transaction: Transaction, subject: int) -> SubjectKind:
        (found,) = assignments.subjects(transaction, [subject])
        return found.kind  # type: ignore[return-value]

    def _fitting(
        self, transaction: Transaction, wish: GoldWish, taxonomy: Taxonomy
    ) -> tuple[list[Known], list[str], str]:
        """Those wished for by whose answers annotators can be scored, why others are passed over, what is closed."""
        ids = self._asked(transaction, wish)
        sources = (kept_name(self.project.store, wish.whose),) if wish.whose else USUAL
        by_subject: dict[int, Known] = {}
        viewer, closed = self.visibility.viewer(), 0
        for whose in sources:
            for one in gold.standards(transaction, taxonomy.namespace, whose, ids, viewer):
                former = by_subject.get(one.subject_id)
                if former is None or one.is_open > former.is_open:
                    by_subject[one.subject_id] = one
        names = {each.id: each for each in assignments.subjects(transaction, sorted(by_subject))}
        fitting, refused = [], []
        for subject in (each.id for each in self._drawn(names.values(), wish)):
            one, named = by_subject[subject], names[subject]
            if self.visibility.standing(named.key, taxonomy.namespace).work:
                refused.append(f"{named.key}: you are at work on it, so what others answered is closed to you.")
                continue
            if not one.is_open:
                closed += 1
                continue
            known = gold.answers_of(transaction, Gold(subject, "", taxonomy.namespace, one.whose, one.round, "", ""))
            counted, odd = permitted(taxonomy, named.kind, known)  # type: ignore[arg-type]
            if odd:
                refused.append(f"{named.key}: {taxonomy.namespace} does not permit what is answered to {odd[0]}.")
            elif not counted:
                refused.append(f"{named.key}: nothing is answered that annotators could be scored by.")
            else:
                fitting.append(one)
            if wish.limit is not None and len(fitting) == wish.limit:
                break
        return fitting, refused, left_out(viewer, closed)

    def _drawn(self, found: Iterable[assignments.Chosen], wish: GoldWish) -> Iterator[assignments.Chosen]:
        by_key = {each.key: each for each in found}
        ordered = shuffled(by_key, wish.seed) if wish.limit is not None else by_key
        yield from (by_key[key] for key in ordered)

    def _asked(self, transaction: Transaction, wish: GoldWish) -> list[int] | None:
        if wish.keys is not None:
            return assignments.ids_of(transaction, wish.keys)
        if wish.view.selects_all:
            return None
        return QueueQuery(wish.view, None, FIRST_ROUNDS).ids(transaction).tolist()

    def _nothing(self, wish: GoldWish) -> str:
        whose = f"{wish.whose!r} handed nothing in" if wish.whose else "Nothing is decided or published"
        return f"{whose} under {wish.taxonomy} on such subjects, so no answers are known there."

    def _put(self, transaction: Transaction, taxonomy: str, found: Sequence[Known]) -> None:
        hands: dict[tuple[str, int], list[int]] = {}
        for one in found:
            hands.setdefault((one.whose, one.round), []).append(one.subject_id)
        for (whose, round_), subjects in hands.items():
            team.set_gold(transaction, self.annotator, (taxonomy, whose, round_), subjects)
