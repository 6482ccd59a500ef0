"""From several answers to one: what they agree on, their union, and what most of them say. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from annotator.desk.names import is_among
from annotator.errors import AnswerError, Problem
from annotator.model.classification import Answer, Classification, Evidence, Ruling
from annotator.model.handing_in.revisions import Told
from annotator.model.outline import Position, position
from annotator.model.review import Comparison, Review, digest
from annotator.model.staleness import Decided, contradicts, reasons
from annotator.model.taxonomy import Field, Taxonomy, hidden_fields
from annotator.store.deciding.reviews import Work


def agreed(answers: Iterable[Answer]) -> Answer:
    """The answer that all of them are, with everybody's evidence; a confidence they do not share is left out."""
    given = list(answers)
    shared = {each.confidence for each in given}
    confidence = shared.pop() if len(shared) == 1 else None
    return given[0].model_copy(update={"evidence": _evidence(given), "confidence": confidence})


def union(field: Field, answers: Mapping[str, Answer]) -> Answer:
    """Every value that anybody gave, long texts one below the other; AnswerError where a union means nothing."""
    if not field.holds_many and field.kind != "long_text":
        raise _refusal(field, "takes one value, so there is no union; adopt an answer, or rule a value")
    if odd := sorted({each.state for each in answers.values()} - {"answered", "empty"}):
        raise _refusal(field, f"was answered {' and '.join(odd)} too, which joins with no value; rule a value")
    given = [each for each in answers.values() if each.state == "answered"]
    if not given:
        raise _refusal(field, "has no values to join; adopt an answer")
    if field.kind == "long_text":
        return Answer(value="\n\n".join(_distinct(each.value for each in given)), evidence=_evidence(given))
    return Answer(value=_distinct(value for each in given for value in each.value), evidence=_evidence(given))


def majority(field: Field, answers: Mapping[str, Answer], positions: Mapping[str, Position]) -> Answer:
    """What more than half of those who answered say: the whole answer, else single values of a list.

    Raises AnswerError where no majority exists.
    """
    whole = majority_of(answers, positions)
    if whole is not None:
        return whole
    given = [each for each in answers.values() if each.state == "answered"]
    values = _distinct(value for each in given for value in each.value) if field.holds_many else []
    frequent = [value for value in values if sum(value in each.value for each in given) * 2 > len(answers)]
    if not frequent:
        raise _refusal(field, f"has no majority among {len(answers)} answers; adopt one, or rule a value")
    return Answer(value=frequent, evidence=_evidence(each for each in given if set_of(each) & set(map(repr, frequent))))


def majority_of(answers: Mapping[str, Answer], positions: Mapping[str, Position]) -> Answer | None:
    """The whole answer that more than half of those who answered gave; None when there is none."""
    counted = Counter(positions.values()).most_common(1)
    if not counted or counted[0][1] * 2 <= len(answers):
        return None
    return agreed(answer for name, answer in answers.items() if positions[name] == counted[0][0])


def set_of(answer: Answer) -> set[str]:
    """The values of a list as texts, because rows of a group cannot be hashed."""
    return set(map(repr, answer.value))


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _evidence(answers: Iterable[Answer]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(span for answer in answers for span in answer.evidence))


def _refusal(field: Field, message: str) -> AnswerError:
    return AnswerError([Problem(field.id, message)])


def review(
    taxonomy: Taxonomy, work: list[Work], adjudicated: Classification, barred: frozenset[str], elsewhere: str = "",
    left_out: Collection[str] | None = None,
) -> Review:  # fmt: skip
    """Compare field by field; `barred` are those whose decisions do not count, because they classified it too.

    `elsewhere` says where what an import brought as decided comes from; `left_out` are the fields about the work by
    the version that was decided under, where that may be another one.

    Fields about the work itself are left out: whoever filled them in differs by right. So are those that the
    taxonomy does not have, unless they are decided: what was answered to them is set aside. An answer in conflict is
    nobody's yet.
    """
    aside = about_work(taxonomy)
    answers = {
        each.annotator: {
            field: _answer(said)
            for field, said in each.answers.items()
            if field not in aside and said.get("state") != "conflict"
        }
        for each in work
    }
    positions = {name: {field: _position(one) for field, one in given.items()} for name, given in answers.items()}
    digests = {name: digest(held) for name, held in positions.items()}
    rulings, brought = adjudicated.rulings, _brought(adjudicated, digests, aside)
    fields = [
        _comparison(field, answers, positions, rulings.get(field), barred, brought)
        for field in _in_order(
            taxonomy, {*rulings, *brought.answers, *(field for given in answers.values() for field in given)}
        )
    ]
    decided = {*rulings, *brought.answers}
    fields = [each for each in fields if each.field in taxonomy.by_id or (each.field in decided and not each.is_open)]
    at = {each.annotator: each.submitted_at for each in work}
    held = _held(work, aside if left_out is None else left_out)
    of = adjudicated.identity
    return Review(
        of.subject, taxonomy.namespace, taxonomy.version, tuple(answers), _without_moot(taxonomy, fields),
        adjudicated, tuple(_stale(taxonomy, adjudicated, held, at, barred)), digests,
        (
            *((each.annotator, place) for each in work for place in each.conflicts),
            *(("", each.place) for each in adjudicated.conflicts),
        ),
        tuple((each.annotator, each.handed_in) for each in work if each.handed_in != Told()),
        elsewhere if brought.answers or any(each.is_imported for each in rulings.values()) else "",
    )  # fmt: skip


class _Brought(NamedTuple):
    """What an import brought as decided and is on record."""

    answers: Mapping[str, Answer]
    unseen: tuple[str, ...]
    """Those who hold other answers here than came with it."""

    def against(self, field: str, positions: Mapping[str, Position], ruling: Ruling | None) -> Iterator[str]:
        """Who holds another position on a field than was decided, and not one that was ruled between."""
        decided = self.answers.get(field)
        between = ruling.between if ruling is not None else {}
        for name in self.unseen if decided is not None else ():
            held = positions.get(name)
            was = between.get(name)
            if contradicts(held, _position(decided) if decided else None, _position(was) if was else None):
                yield name


def _brought(adjudicated: Classification, digests: Mapping[str, str], aside: set[str]) -> _Brought:
    decision = adjudicated.decision
    if adjudicated.status != "adjudicated" or decision is None or not decision.is_imported:
        return _Brought({}, ())
    answers = {field: answer for field, answer in adjudicated.shown.items() if field not in aside}
    return _Brought(answers, tuple(name for name in digests if decision.seen.get(name) != digests[name]))


def tentative(fields: list[Comparison] | tuple[Comparison, ...], by_majority: bool = False) -> dict[str, Answer]:
    """The answers on record if it were decided now: rulings, what is agreed, and if asked what most say."""
    found: dict[str, Answer] = {}
    for each in fields:
        if each.ruling is not None:
            found[each.field] = each.ruling.answer
        elif each.elsewhere is not None:
            found[each.field] = each.elsewhere
        elif each.answers and not each.differs:
            found[each.field] = agreed(each.answers.values())
        elif by_majority and (most := majority_of(each.answers, each.positions)) is not None:
            found[each.field] = most
    return found


def about_work(taxonomy: Taxonomy) -> set[str]:
    """The fields that speak of the work and not of the subject: not public."""
    return {field.id for field in taxonomy.by_id.values() if not field.public}


def _answer(said: dict[str, object]) -> Answer:
    return Answer.model_validate(said)


def _position(answer: Answer) -> Position:
    return position(answer.state, answer.value)


def _in_order(taxonomy: Taxonomy, fields: set[str]) -> list[str]:
    return [*(field for field in taxonomy.by_id if field in fields), *sorted(fields.difference(taxonomy.by_id))]


def _comparison(
    field: str,
    answers: Mapping[str, Mapping[str, Answer]],
    positions: Mapping[str, Mapping[str, Position]],
    ruling: Ruling | None,
    barred: frozenset[str],
    brought: _Brought,
) -> Comparison:
    held = {name: given[field] for name, given in positions.items() if field in given}
    said = {name: given[field] for name, given in answers.items() if field in given}
    elsewhere, against = brought.answers.get(field), tuple(brought.against(field, held, ruling))
    compared = Comparison(field, said, held, elsewhere=elsewhere, against=against)
    if ruling is None:
        return compared
    was = {_position(each) for each in ruling.between.values()}
    holds = was == set(held.values()) if elsewhere is None else not against
    if holds and not is_among(ruling.by, barred):
        return compared._replace(ruling=ruling)
    return compared._replace(outdated=ruling)


def _without_moot(taxonomy: Taxonomy, fields: list[Comparison]) -> tuple[Comparison, ...]:
    """Mark the disagreements on fields that what is decided hides; those that wait for another field stay."""
    hidden = hidden_fields(taxonomy, tentative(fields))
    undecided = {each.field for each in fields if each.differs and each.ruling is None and each.elsewhere is None}
    return tuple(
        each._replace(is_moot=each.field in hidden and not _waits(taxonomy, each.field, undecided)) for each in fields
    )


def _waits(taxonomy: Taxonomy, field: str, undecided: set[str]) -> bool:
    """Whether a condition reads, directly or through other conditions, a field that is not decided yet."""
    known = taxonomy.by_id.get(field)
    read = known.visible_if.fields_read() if known and known.visible_if else set()
    return any(each in undecided or _waits(taxonomy, each, undecided) for each in read)


def _held(work: Iterable[Work], left_out: Collection[str]) -> dict[str, dict[str, Position]]:
    """What everybody who handed in holds, by field."""
    return {
        each.annotator: {
            field: _position(_answer(said))
            for field, said in each.answers.items()
            if field not in left_out and said.get("state") != "conflict"
        }
        for each in work
    }


def _stale(
    taxonomy: Taxonomy, adjudicated: Classification, held: Mapping[str, Mapping[str, Position]], at: Mapping[str, str],
    barred: frozenset[str],
) -> Iterator[str]:  # fmt: skip
    """Say why a decision no longer covers what was handed in; one made elsewhere covers all but what contradicts it."""
    decision = adjudicated.decision
    if adjudicated.status != "adjudicated" or decision is None:
        return
    between = {
        field: {name: _position(one) for name, one in each.between.items()}
        for field, each in adjudicated.rulings.items()
    }
    answers = {field: _position(one) for field, one in adjudicated.shown.items() if one.state != "conflict"}
    deciders = frozenset({decision.by, *(ruling.by for ruling in adjudicated.rulings.values())})
    decided = Decided(deciders, decision.seen, decision.is_imported, answers, between)
    for why, name, fields in reasons(decided, held, barred):
        about = ", ".join(
            taxonomy.by_id[field].name if field in taxonomy.by_id else field
            for field in _in_order(taxonomy, set(fields))
        )
        yield REASONS[why].format(name=name, at=at.get(name, ""), fields=about)


REASONS = {
    "taken back": "{name} took back what they had handed in",
    "contradicts": "{name} handed in other answers than were decided elsewhere ({fields}), on {at}",
    "handed in too": "{name} handed in too, on {at}",
    "handed in otherwise": "{name} handed in other answers, on {at}",
    "classified too": "{name} decided about it and has classified it too",
}
"""Why a decision is stale, in words."""
