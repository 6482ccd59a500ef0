"""What the statistics do with answers that are no value: left out, or a category of their own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.model.outline import FieldOutline, TaxonomyOutline
from annotator.model.rounds import FIRST_ROUNDS, InRounds
from annotator.model.visibility import NOBODY, Viewer
from annotator.store.team.samples import AfterOthers, Which, versions_used

State = Literal["empty", "unknown", "not_applicable", "hidden"]
Treatment = Literal["", "value", "missing"]
WITH_EMPTY_SET = frozenset({"multi", "tags", "tree", "group"})
"""Kinds whose `empty` is a value like any other: the empty set."""
WITHOUT_ORDER = frozenset({"nominal", "set", "tree"})
"""Levels on which a state can be a category; on a scale it has no place."""


@dataclass(frozen=True)
class StatePolicy:
    """How each state counts; empty text is the usual way of the field's kind and level."""

    empty: Treatment = ""
    unknown: Treatment = ""
    not_applicable: Treatment = ""
    hidden: Treatment = ""

    def counts(self, state: State, field: FieldOutline) -> bool:
        """Whether a state takes part in a field's statistics."""
        treatment: Treatment = getattr(self, state)
        if treatment == "missing":
            return False
        if state == "hidden":
            return treatment == "value"
        if field.measured_as not in WITHOUT_ORDER:
            return False
        return treatment == "value" or state != "empty" or field.kind in WITH_EMPTY_SET

    @property
    def words(self) -> str:
        """The policy in one sentence for people."""
        return f"Unanswered is missing; {'; '.join(_WORDS[name][getattr(self, name)] for name in _WORDS)}."


_WORDS: dict[str, dict[str, str]] = {
    "hidden": {
        "": "hidden is missing",
        "missing": "hidden is missing",
        "value": "hidden answers count with the value they kept",
    },
    "empty": {
        "": "empty is the empty set for fields of several values and trees, and missing elsewhere",
        "missing": "empty is missing",
        "value": "empty is the empty set or a category of its own, and missing on ordered and numeric fields",
    },
    "unknown": {
        "": "unknown is a category of its own, and missing on ordered and numeric fields",
        "missing": "unknown is missing",
        "value": "unknown is a category of its own, and missing on ordered and numeric fields",
    },
    "not_applicable": {
        "": "not applicable is a category of its own, and missing on ordered and numeric fields",
        "missing": "not applicable is missing",
        "value": "not applicable is a category of its own, and missing on ordered and numeric fields",
    },
}
STATES = tuple(each.name for each in fields(StatePolicy))
USUAL_STATES = StatePolicy()
ANSWERED_ONLY = StatePolicy("missing", "missing", "missing", "missing")


def read_policy(text: str) -> StatePolicy:
    """Read `default`, `answered` (answered values alone) or `unknown=missing,hidden=value`; raises RequestError."""
    said = text.strip().casefold()
    if said in {"", "default"}:
        return USUAL_STATES
    if said == "answered":
        return ANSWERED_ONLY
    chosen: dict[str, Treatment] = {}
    for part in said.split(","):
        state, _, treatment = (each.strip() for each in part.partition("="))
        if state not in STATES or treatment not in {"value", "missing"}:
            raise RequestError(
                f"{part.strip()!r} is no policy for states. Write `default`, `answered`, or a list such as "
                f"unknown=missing,hidden=value; the states are {', '.join(STATES)}."
            )
        chosen[state] = "value" if treatment == "value" else "missing"
    return StatePolicy(**chosen)


@dataclass(frozen=True)
class Scope:
    """What a person asks to compare; nothing given means everything handed in in the first rounds."""

    taxonomy: str
    field: str = ""
    """Id, number or label of one field."""
    rounds: InRounds = FIRST_ROUNDS
    annotators: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    """Bounds on the subject's date, both included."""
    states: StatePolicy = USUAL_STATES
    drafts: bool = False
    """Whether work that was not handed in yet counts too."""
    weighted: bool = False
    """Whether subjects count by how likely they were to be drawn, where a figure speaks of all of them."""
    hand_in: Which = "first"
    """Whether a classification counts as it was first handed in, or as it shows now."""
    after_others: AfterOthers = ""
    """What becomes of what was handed in after others' answers were open to its annotator."""
    viewer: Viewer = NOBODY
    """Who asks: what is closed to them takes no part."""

    @property
    def round(self) -> int:
        """The round that is compared under the taxonomy."""
        return self.rounds.under(self.taxonomy)


FREE_TEXT = "not compared: free text, and equal wording is no measure of agreement"
ABOUT_THE_WORK = "not compared: says something about the work, not about the subject"


def reason_against(field: FieldOutline, *, is_asked_for: bool) -> str:
    """Why a field is not compared; empty when it is.

    Short texts are compared word for word when the taxonomy gives them a level, or when
    somebody asks for the field by name.
    """
    if field.kind == "long_text":
        return FREE_TEXT
    if is_asked_for:
        return ""
    if not field.public:
        return ABOUT_THE_WORK
    return FREE_TEXT if field.kind == "text" and field.level is None else ""


def versions(project: Project, namespace: str) -> tuple[TaxonomyOutline, dict[int, TaxonomyOutline]]:
    """The newest version anything was classified under, which is what is compared, and the earlier ones."""
    with project.store.reading() as transaction:
        used = versions_used(transaction, namespace)
    if not used:
        return project.taxonomy(namespace), {}
    *before, newest = used
    earlier = {each: project.outline(namespace, each) for each in before}
    return project.outline(namespace, newest, list(earlier.values())), earlier


def unlike(field: FieldOutline, others: dict[int, TaxonomyOutline]) -> dict[int, str]:
    """The versions under which a field was another kind of question, with that kind."""
    found: dict[int, str] = {}
    for version, taxonomy in others.items():
        then = taxonomy.by_id.get(field.id)
        if then and (then.kind, then.holds_many, then.measured_as) != (field.kind, field.holds_many, field.measured_as):
            found[version] = then.kind
    return found
