"""The fields of a taxonomy that one kind of subject is asked, prepared for the form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from annotator.models.classification import Answer
from annotator.models.outline import SubjectKind
from annotator.models.taxonomy import Field, Taxonomy
from annotator.models.words import in_language
from annotator.taxonomy.conditions import hidden_fields
from annotator.tui.choice_filter import ChoiceList


class Questionnaire:
    """Made once per taxonomy and kind of subject; holds no answers."""

    def __init__(self, taxonomy: Taxonomy, kind: SubjectKind, submit_words: str = "Submit & next subject") -> None:
        """Take the taxonomy, and the words of the line below its last field."""
        self.submit_words = submit_words
        self.taxonomy = taxonomy
        self.kind = kind
        self.fields = taxonomy.fields_for(kind)
        self.by_id = {field.id: field for field in self.fields}
        self._choices: dict[str, ChoiceList] = {}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The number of each field, else its place: what marks its evidence in the text."""
        return {field.id: field.number or str(place) for place, field in enumerate(self.fields, 1)}

    @cached_property
    def number_width(self) -> int:
        """Cells of the widest number."""
        return max((len(number) for number in self.numbers.values()), default=1)

    @cached_property
    def headings(self) -> dict[str, str]:
        """The heading over each field, with its number where the taxonomy gives it one."""
        numbers = {in_language(heading.label): heading.number for heading in self.taxonomy.headings}
        words = self.taxonomy.headings_of
        return {field.id: f"{numbers.get(words[field.id], '')} {words[field.id]}".strip() for field in self.fields}

    def shown(self, answers: Mapping[str, Answer]) -> tuple[Field, ...]:
        """The fields that are asked with these answers, without those a condition hides."""
        if not self._has_conditions:
            return tuple(self.fields)
        hidden = hidden_fields(self.taxonomy, answers)
        return tuple(field for field in self.fields if field.id not in hidden)

    @cached_property
    def _has_conditions(self) -> bool:
        return any(field.visible_if for field in self.fields)

    def choices(self, field_id: str) -> ChoiceList:
        """The choices of a field, prepared once."""
        if field_id not in self._choices:
            self._choices[field_id] = ChoiceList(self.by_id[field_id])
        return self._choices[field_id]
