"""Every disagreement: which subject, which field, who said what, and what was ruled."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from annotator.desk.comparison.policy import Scope, versions
from annotator.desk.comparison.rows import Disagreement
from annotator.desk.project import Project
from annotator.model.outline import TaxonomyOutline, choice_words, readable_values
from annotator.store.deciding.disagreements import Dispute, disputes
from annotator.taxonomy.naming import find_field


def disagreements(project: Project, scope: Scope) -> list[Disagreement]:
    """The disagreements of one round by subject, its fields in the order of the taxonomy.

    They are between what annotators handed in, first or as it shows now, which is what is reviewed; AIID's published
    answers are apart. Subjects of which work is closed to who asks are left out. Raises NotFoundError for an
    unknown taxonomy or field.
    """
    taxonomy, _ = versions(project, project.named(scope.taxonomy))
    field = find_field(taxonomy, scope.field).id if scope.field else ""
    place = {name: number for number, name in enumerate(taxonomy.by_id)}
    found: list[Disagreement] = []
    with project.store.reading() as transaction:
        read = disputes(
            transaction, taxonomy.namespace, scope.round, scope.viewer, field, scope.since, scope.until,
            at_first=scope.hand_in == "first",
        )  # fmt: skip
        for _, of_one in groupby(read, key=lambda each: each.subject):
            ordered = sorted(of_one, key=lambda each: place.get(each.field, len(place)))
            found += [_row(taxonomy, each) for each in ordered]
    return found


def removed(project: Project, scope: Scope, rows: Iterable[Disagreement]) -> list[str]:
    """The choices that rows hold and the newest version in use no longer has, in sentences."""
    taxonomy, _ = versions(project, project.named(scope.taxonomy))
    found: dict[str, None] = {}
    for row in rows:
        field = taxonomy.by_id.get(row.field)
        held = [each for value in (*row.answers.values(), row.ruled) for each in readable_values(value)]
        gone = [each for each in held if field and each in field.removed]
        found |= {f"{row.field}: {each} is {choice_words(field, each)}.": None for each in gone if field and each}
    return list(found)


def _row(taxonomy: TaxonomyOutline, dispute: Dispute) -> Disagreement:
    field = taxonomy.by_id.get(dispute.field)
    answers = {annotator: _value(answer) for annotator, answer in dispute.answers.items()}
    ruled = None if dispute.ruled is None else _value(dispute.ruled)
    return Disagreement(dispute.subject, dispute.field, field.name if field else dispute.field, answers, ruled)


def _value(answer: dict[str, Any]) -> Any:
    """The value, or the state in brackets, which no value can be mistaken for by its place alone."""
    return answer["value"] if answer["state"] == "answered" else f"({answer['state']})"
