"""Where an editor stands in the form and what is open there. Pure: every change makes a new state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as setting
from functools import cached_property
from itertools import pairwise

from rich.cells import cell_len

from annotator.model.classification import Answer, Classification, Evidence
from annotator.model.outline import SubjectKind, in_language
from annotator.model.taxonomy import Field, Taxonomy, hidden_fields
from annotator.tui.cells import inert
from annotator.tui.widgets.form.answering import chosen_in, rows_of, with_row
from annotator.tui.widgets.form.choices import DIGITS, ChoiceList, KeyPlan, Opening, Option
from annotator.tui.words import numbered, row_words


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

    def called(self, field_id: str) -> str:
        """Number and name of a field, also of one that only earlier versions had, else its id."""
        known = self.taxonomy.known(field_id)
        return numbered(known) if known else field_id

    def choices(self, field_id: str) -> ChoiceList:
        """The choices of a field, prepared once."""
        if field_id not in self._choices:
            self._choices[field_id] = ChoiceList(self.by_id[field_id])
        return self._choices[field_id]


SUBMIT = "*submit*"
"""Stands for the line below the last field."""
ADD = "*add*"
"""Stands for the line that adds a tag or a row; ids of fields and choices cannot look like this."""
Spot = tuple[str, str]
"""Where something is written: a field, and its row where it holds rows."""
INLINE = frozenset({"single", "bool", "scale"})
ROWED = frozenset({"tags", "group"})


@dataclass(frozen=True)
class FormState:
    """A classification as the form shows it."""

    asked: Questionnaire
    classification: Classification
    fields: tuple[Field, ...]
    """The fields asked now, without those a condition hides."""
    focus: str = SUBMIT
    opening: Opening = setting(default_factory=Opening)
    filter: str | None = None
    """What narrows the choices down; None while all are shown."""
    written: str | None = None
    """What stands in the line being written; None while none is."""
    completions: tuple[str, ...] = ()
    picked: int = -1
    """The completion that is marked; -1 for none."""
    problems: Mapping[str, str] = setting(default_factory=dict)
    """What keeps the classification from being submitted, by field."""
    refused: Mapping[str, str] = setting(default_factory=dict)
    """Why the last change of a field was not saved, by field."""
    pending: Mapping[str, Answer | None] = setting(default_factory=dict)
    """Changes that are not saved: on their way, or refused and to be put right. None takes an answer back."""
    left_over: frozenset[str] = frozenset()
    """Fields whose pending answer was not saved when the desk was closed, and can be as it is."""
    unfinished: Mapping[Spot, str] = setting(default_factory=dict)
    """What was being written when the desk was closed."""
    waiting: Mapping[str, tuple[Evidence, ...]] = setting(default_factory=dict)
    """Evidence quoted for fields that have no answer yet."""
    keys: KeyPlan = setting(default_factory=KeyPlan)
    width: int = 40
    """Cells of the form."""

    @classmethod
    def of(cls, asked: Questionnaire, classification: Classification, keys: KeyPlan, width: int) -> FormState:
        """Open a form at its first field."""
        fields = asked.shown(classification.answers)
        state = cls(asked, classification, fields, keys=keys, width=width)
        return state.at(state.order[0])

    # What there is

    @cached_property
    def order(self) -> list[str]:
        """The stations of the form from top to bottom."""
        return [*(each.id for each in self.fields), *self.aside, SUBMIT]

    @cached_property
    def aside(self) -> list[str]:
        """The fields that are not asked here and have an answer, which is set aside."""
        held = [each for each in self.classification.answers if each not in self.asked.by_id]
        return [each for each in held if each in self.refused or self.answer(each) is not None]

    @property
    def field(self) -> Field | None:
        """The focused field."""
        return self.asked.by_id.get(self.focus)

    def answer(self, field_id: str) -> Answer | None:
        """The answer as it is shown, saved or not."""
        return self.pending[field_id] if field_id in self.pending else self.classification.answers.get(field_id)

    @cached_property
    def options(self) -> list[Option]:
        """The lines of the focused field that can be marked."""
        asked = self.field
        if asked is None:
            return []
        if asked.kind in ROWED:
            return self._row_options(asked)
        return self.asked.choices(asked.id).options(self.opening)

    @property
    def marked(self) -> Option | None:
        """The option under the cursor."""
        return self.option(self.opening.marked)

    def option(self, option_id: str) -> Option | None:
        """An option of the focused field; None when it has no such option now."""
        return next((option for option in self.options if option.id == option_id), None)

    @cached_property
    def is_inline(self) -> bool:
        """Whether the choices of the focused field stand beside each other in one line."""
        asked = self.field
        if asked is None or asked.kind not in INLINE or self.filter is not None:
            return False
        return 1 + sum(3 + cell_len(inert(option.label)) + len(option.key) for option in self.options) <= self.width - 1

    @property
    def spot(self) -> Spot:
        """Where the next text is written."""
        return self.focus, self.opening.marked if self.field and self.field.kind in ROWED else ""

    @property
    def is_writing(self) -> bool:
        """Whether keys are text now."""
        return self.written is not None or self.filter is not None

    def option_for(self, character: str) -> Option | None:
        """The option a character stands for."""
        asked = self.field
        if asked is None or self.is_writing:
            return None
        if asked.kind in ROWED:
            return next((option for option in self.options if option.key == character), None)
        return self.asked.choices(asked.id).option_for(character, self.opening)

    @property
    def stand(self) -> tuple[object, ...]:
        """What others follow: the field, the choice, and what the keys mean there."""
        return self.focus, self.opening.marked, self.opening.opened, self.is_writing

    @property
    def unsent(self) -> dict[str, Answer | None]:
        """Changes that were not refused, and may be on their way."""
        return {key: each for key, each in self.pending.items() if key not in self.refused}

    @property
    def unsaved(self) -> list[str]:
        """The fields whose change was refused, or whose evidence waits for an answer."""
        return [field for field in self.order if field in self.refused or field in self.waiting]

    @property
    def cleared(self) -> Answer | None:
        """The answer of the focused field taken back, or without the marked row."""
        answer = self.answer(self.focus)
        has_row = self.field is not None and self.field.kind in ROWED and self.opening.marked != ADD
        return with_row(answer, int(self.opening.marked), None) if has_row and rows_of(answer) else None

    # Going about

    def at(self, station: str, mark: str = "") -> FormState:
        """Go to a field and open it; the mark starts on the answer, else on the default, else on the first choice."""
        if station not in self.order:
            station = self.order[0]
        asked = self.asked.by_id.get(station)
        chosen = chosen_in(asked, self.answer(station)) if asked else frozenset[str]()
        opened = (
            self.asked.choices(station).branches_of({*chosen, mark})
            if asked and asked.has_choices
            else frozenset[str]()
        )
        opening = Opening(chosen=chosen, opened=opened, keys=self.keys)
        there = replace(self, focus=station, opening=opening, filter=None, written=None, completions=(), picked=-1)
        return there.mark(mark or there._first_mark())

    def mark(self, option_id: str) -> FormState:
        """Put the mark on an option."""
        if option_id == self.opening.marked:
            return self
        return replace(self, opening=replace(self.opening, marked=option_id))

    def step(self, by: int) -> FormState:
        """Go one line down or up: through the open choices, then to the field beyond."""
        if self.options and not self.is_inline:
            ids = [option.id for option in self.options]
            place = (ids.index(self.opening.marked) if self.opening.marked in ids else -1) + by
            if 0 <= place < len(ids):
                return self.mark(ids[place])
        if self.filter is not None:
            return self
        there = self.to_field(by)
        if by < 0 and there.focus != self.focus and there.options and not there.is_inline:
            return there.mark(there.options[-1].id)
        return there

    def to_field(self, by: int = 1) -> FormState:
        """Go so many fields on or back; stays when there is none."""
        place = self.order.index(self.focus) + by if self.focus in self.order else 0
        return self.at(self.order[place]) if 0 <= place < len(self.order) else self

    def to_heading(self, by: int) -> FormState:
        """Go to the first field of the next heading, or the nearest such field above."""
        headings = self.asked.headings
        first = [after.id for before, after in pairwise(self.fields) if headings[before.id] != headings[after.id]]
        here = self.order.index(self.focus) if self.focus in self.order else 0
        places = [0, *(self.order.index(each) for each in first), len(self.order) - 1]
        beyond = [place for place in places if (place > here if by > 0 else place < here)]
        return self.at(self.order[(min if by > 0 else max)(beyond)]) if beyond else self

    def sideways(self, by: int) -> FormState:
        """Go along a row of choices, or unfold and fold a branch."""
        if not self.is_inline:
            return self.unfold() if by > 0 else self.fold()
        ids = [option.id for option in self.options]
        place = ids.index(self.opening.marked) + by if self.opening.marked in ids else 0
        return self.mark(ids[place]) if 0 <= place < len(ids) else self

    def unfold(self) -> FormState:
        """Open the marked branch; step into it when it is open."""
        marked = self.marked
        if self.filter is not None or marked is None or not marked.is_branch:
            return self
        return self.step(1) if marked.is_open else self._with_branches(self.opening.opened | {marked.id})

    def enter_branch(self, branch: str) -> FormState:
        """Open a branch instead of those beside it, and mark the first choice below it."""
        path = self.asked.choices(self.focus).path(branch)
        return self._with_branches(frozenset(path)).mark(branch).step(1)

    def fold(self) -> FormState:
        """Close the marked branch, else the one around the mark."""
        asked, marked = self.field, self.opening.marked
        if self.filter is not None or asked is None or asked.kind != "tree":
            return self
        branch = marked if marked in self.opening.opened else self.asked.choices(asked.id).parents.get(marked, "")
        return self._with_branches(self.opening.opened - {branch}).mark(branch or marked)

    def _with_branches(self, opened: frozenset[str]) -> FormState:
        return replace(self, opening=replace(self.opening, opened=opened))

    def with_filter(self, typed: str | None) -> FormState:
        """Narrow the choices down to what is typed; None shows them all again."""
        if typed is None:
            return self.at(self.focus, self.opening.marked)
        there = replace(self, filter=typed, opening=replace(self.opening, typed=typed))
        return there.mark(there.options[0].id if there.options else "")

    def writing(self, text: str | None) -> FormState:
        """Show what is written in the focused field; None ends it."""
        if text is None:
            return replace(self, written=None, completions=(), picked=-1)
        return replace(self.taken_up(), written=text, picked=-1)

    def taken_up(self) -> FormState:
        """Go on with what was being written here."""
        if self.spot not in self.unfinished:
            return self
        return replace(self, unfinished={spot: text for spot, text in self.unfinished.items() if spot != self.spot})

    def pick(self, by: int) -> FormState:
        """Mark the completion so many lines below; above the first, none is."""
        return replace(self, picked=min(max(self.picked + by, -1), len(self.completions) - 1))

    # What comes from outside

    def with_change(self, field_id: str, answer: Answer | None) -> FormState:
        """Show a change that is on its way to be saved."""
        refused = {key: value for key, value in self.refused.items() if key != field_id}
        pending = {**self.pending, field_id: answer}
        there = replace(self, pending=pending, refused=refused, left_over=self.left_over - {field_id})
        return replace(there, fields=there._asked_now())._renewed(self)

    def with_classification(self, classification: Classification, saved: str = "") -> FormState:
        """Show a classification as it is now; `saved` names the field whose change it holds."""
        pending = {key: value for key, value in self.pending.items() if key != saved}
        refused = {key: value for key, value in self.refused.items() if key != saved}
        left_over = self.left_over - {saved}
        there = replace(self, classification=classification, pending=pending, refused=refused, left_over=left_over)
        return replace(there, fields=there._asked_now())._renewed(self)

    def with_unsaved(self, pending: Mapping[str, Answer | None], refused: Mapping[str, str]) -> FormState:
        """Show changes made earlier that are not saved: on their way, or refused with these reasons."""
        kept = {key: value for key, value in self.refused.items() if key not in pending}
        there = replace(self, pending={**self.pending, **pending}, refused={**kept, **refused})
        return replace(there, fields=there._asked_now())._renewed(self)

    def with_left_over(self, left_over: frozenset[str], unfinished: Mapping[Spot, str]) -> FormState:
        """Show what was answered or being written when the desk was closed."""
        there = replace(self, left_over=left_over, unfinished=unfinished)
        return there.mark(there._first_mark()) if there.opening.marked == ADD else there

    def with_refusal(self, field_id: str, reason: str) -> FormState:
        """Show why a change was not saved, at its field."""
        refused = {**self.refused, field_id: reason}
        there = replace(self, refused=refused, left_over=self.left_over - {field_id})
        return replace(there, fields=there._asked_now()).at(field_id)

    def _asked_now(self) -> tuple[Field, ...]:
        """The fields asked with what is stored and on its way; what was refused switches nothing on or off."""
        on_their_way = {key: value for key, value in self.pending.items() if key not in self.refused}
        answers = {**self.classification.answers, **on_their_way}
        return self.asked.shown({key: value for key, value in answers.items() if value is not None})

    def _renewed(self, before: FormState) -> FormState:
        """Bring the open field in line with its answer; go on to the next one when it is hidden now."""
        asked = self.field
        if self.focus not in self.order:
            later = before.order[before.order.index(self.focus) :] if self.focus in before.order else []
            return self.at(next((each for each in later if each in self.order), self.order[0]))
        if asked is None:
            return self
        opening = replace(self.opening, chosen=chosen_in(asked, self.answer(asked.id)))
        there = replace(self, opening=opening)
        known = any(option.id == opening.marked for option in there.options)
        return there if known or not there.options else there.mark(there.options[-1].id)

    def _first_mark(self) -> str:
        asked = self.field
        options = self.options
        if asked is None or not options:
            return ""
        if asked.kind in ROWED:
            return next((row for field, row in self.unfinished if field == asked.id), ADD)
        default = chosen_in(asked, Answer(value=asked.default)) if asked.default is not None else frozenset[str]()
        wanted = self.opening.chosen or default
        return next((option.id for option in options if option.id in wanted), options[0].id)

    def _row_options(self, asked: Field) -> list[Option]:
        rows = rows_of(self.answer(asked.id))
        words = [str(row) if asked.kind == "tags" else row_words(asked, row) for row in rows]
        listed = [Option(str(place), text, key=DIGITS[place : place + 1]) for place, text in enumerate(words)]
        return [*listed, Option(ADD, "add a tag" if asked.kind == "tags" else "add a row")]
