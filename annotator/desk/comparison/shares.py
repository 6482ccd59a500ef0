"""How often each choice was given: the share of the subjects, every subject counting once or by its weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from annotator.agreement.specific import itself
from annotator.desk.comparison.categories import identifier, label
from annotator.desk.comparison.comparison import Comparison
from annotator.desk.comparison.rows import ShareRow
from annotator.model.outline import FieldOutline

ON_A_LINE = {"interval", "ratio"}


def share_rows(comparison: Comparison) -> list[ShareRow]:
    """One row per choice of each field that has choices, in the order of the taxonomy."""
    fields = (field for field in comparison.compared if field.measured_as not in ON_A_LINE and field.kind != "group")
    return [row for field in fields for row in _rows(comparison, field)]


def _rows(comparison: Comparison, field: FieldOutline) -> list[ShareRow]:
    """The answers of a unit share its weight; who chose several counts for each of them."""
    known, weights = comparison.categories(field), comparison.weights.alone if comparison.weights else None
    held, counted, total = Counter[Hashable](), dict[Hashable, float](), 0.0
    for subject, pattern in comparison.unit_patterns(field):
        weight = 1.0 if weights is None else weights.get(subject, 0.0)
        categories = [each for said in pattern if (each := known.category(said)) is not None]
        if not categories or not weight:
            continue
        total += weight
        for each in categories:
            known.place(each)
            for choice in itself(each):
                counted[choice] = counted.get(choice, 0.0) + weight / len(categories)
        held.update({choice for each in categories for choice in itself(each)})
    return [
        ShareRow(field.id, identifier(each), label(field, each), held[each], 100 * counted.get(each, 0.0) / total)
        for each in known.single_choices
        if total
    ]
