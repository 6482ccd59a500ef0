"""How far annotators agree on each choice of a field."""

from __future__ import annotations

from annotator.agreement.specific import per_choice
from annotator.comparing.category_words import identifier, label
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import ChoiceRow
from annotator.models.outline import FieldOutline

ON_A_LINE = {"interval", "ratio"}


def choice_rows(comparison: Comparison, field: FieldOutline) -> list[ChoiceRow]:
    """One row per choice in the order of the taxonomy; none for numbers, groups and what is not compared."""
    if comparison.reason_against(field) or field.measured_as in ON_A_LINE or field.kind == "group":
        return []
    table = comparison.table(field)
    choices = comparison.categories(field).single_choices
    return [
        ChoiceRow(identifier(each.choice), label(field, each.choice), each.specific.value, each.alpha_one_vs_rest.value)
        for each in per_choice(table, choices)
    ]
