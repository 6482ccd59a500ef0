"""Map a classification in a source's words to a taxonomy's fields; what does not fit becomes an issue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from annotator.desk.exchange.cells import (
    NOTHING_CHOSEN,
    Reading,
    has_names_only,
    read_cell,
    read_json,
    read_rows_cell,
    read_rows_json,
)
from annotator.errors import AnswerError, Problem
from annotator.foreign import reading
from annotator.model.classification import Answer
from annotator.model.outline import in_every_language
from annotator.model.record import ClassificationRecord, ImportIssue, RawValue
from annotator.model.taxonomy import Field, Taxonomy
from annotator.store.readable import to_json
from annotator.taxonomy.compiling import check_answer

if TYPE_CHECKING:
    from annotator.desk.exchange.importing import Tally

BOOLS = {"true": True, "false": False}


def own_answer(field: Field, said: dict[str, Any]) -> Answer:
    """Read an answer; `texts` instead of `value` holds the values as the long table writes them.

    Raises AnswerError when it has not the form of an answer.
    """
    given = {name: value for name, value in said.items() if name != "texts"}
    if said.get("texts"):
        given["value"] = _value(field, said["texts"])
    try:
        return Answer.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        problem = f"is no answer as this program exports it: {place} is missing or has another form"
        raise AnswerError([Problem(field.id, problem)]) from error


def _value(field: Field, texts: list[str]) -> Any:
    """The inverse of writing one row per value."""
    values = [_one(field, text) for text in texts]
    if field.holds_many:
        return values
    if len(values) > 1:
        raise AnswerError([Problem(field.id, f"takes one value, and there are {len(values)}")])
    return values[0]


def _one(field: Field, text: str) -> Any:
    if field.kind == "bool":
        return BOOLS.get(text, text)
    if field.kind not in {"group", "integer", "number"}:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the field says what it expects
        return text


class Mapper:
    """Reads the classifications of one source under one taxonomy."""

    def __init__(self, taxonomy: Taxonomy, source: str, tally: Tally) -> None:
        """Index the taxonomy's fields by every name a source may use."""
        self.taxonomy = taxonomy
        self.source = source
        self.tally = tally
        self._fields: dict[str, list[Field]] = {}
        for field in taxonomy.fields:
            for name in dict.fromkeys([*in_every_language(field.label), field.id, *field.alias]):
                self._fields.setdefault(name, []).append(field)

    def answers(self, record: ClassificationRecord) -> dict[str, Answer]:
        """The answers that fit, by field id; everything else goes to the tally."""
        answers: dict[str, Answer] = {}
        for raw in record.values:
            field = self._field_for(raw)
            if field is None:
                self._keep_aside(record, raw.name, raw.value, "the taxonomy has no such field")
            elif not self._says_nothing(raw):
                answer = self._answer(field, raw, record)
                if answer is not None and answers.setdefault(field.id, answer) != answer:
                    self._keep_aside(record, field.id, raw.value, "is answered twice; the first answer was kept")
        return answers

    def _field_for(self, raw: RawValue) -> Field | None:
        """The nth field of that name: two may share a label, and some differ by case alone."""
        if raw.form == "id":
            return self.taxonomy.by_id.get(raw.name)
        fields = self._fields.get(raw.name) or self._fields.get(raw.name.strip()) or []
        return fields[raw.nth] if raw.nth < len(fields) else None

    def _says_nothing(self, raw: RawValue) -> bool:
        """Whether the source wrote something down although nobody answered."""
        blank = isinstance(raw.value, str) and not raw.value.strip()
        if blank or raw.value is None or raw.value in ([], {}):
            self.tally.lose("empty values read as unanswered", self.taxonomy.namespace)
            return True
        if raw.value == NOTHING_CHOSEN:
            self.tally.lose(f"`{NOTHING_CHOSEN}` (nothing chosen) read as unanswered", self.taxonomy.namespace)
            return True
        return False

    def _answer(self, field: Field, raw: RawValue, record: ClassificationRecord) -> Answer | None:
        if raw.form == "id":
            return self._checked(field, lambda: own_answer(field, raw.value), raw, record)

        def understood() -> Answer | None:
            read = self._reading(field, raw)
            for part in read.outside:
                self._keep_aside(record, field.id, part, "is not a permitted value")
            return None if read.value is None else Answer(value=read.value)

        return self._checked(field, understood, raw, record)

    def _reading(self, field: Field, raw: RawValue) -> Reading:
        if field.kind != "group":
            return read_json(field, raw.value) if raw.form == "json" else read_cell(field, str(raw.value))
        if raw.form == "json":
            return read_rows_json(field, raw.value)
        if has_names_only(field, str(raw.value)):
            where = f"{self.taxonomy.namespace} {field.name}"
            self.tally.lose("rows that the source reduced to their first column", where)
        return read_rows_cell(field, str(raw.value))

    def _checked(
        self, field: Field, make: Callable[[], Answer | None], raw: RawValue, record: ClassificationRecord
    ) -> Answer | None:
        def misfit(why: str) -> AnswerError:
            return AnswerError([Problem(field.id, f"cannot be read: {why}")])

        try:
            with reading(misfit):
                made = make()
                return made and check_answer(self.taxonomy, field.id, made)
        except AnswerError as error:
            self._keep_aside(record, field.id, raw.value, "; ".join(problem.message for problem in error.problems))
            return None

    def _keep_aside(self, record: ClassificationRecord, field: str, value: Any, problem: str) -> None:
        self.tally.issues.append(issue_of(record, self.source, field, value, problem))


def issue_of(record: ClassificationRecord, source: str, field: str, value: Any, problem: str) -> ImportIssue:
    """An import issue about one value of a classification."""
    return ImportIssue(
        source=source,
        place=record.place,
        subject=record.subject,
        taxonomy=record.taxonomy,
        annotator=record.annotator,
        field=field,
        value=value if isinstance(value, str) else to_json(value),
        problem=problem,
    )
