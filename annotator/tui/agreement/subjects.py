"""The subjects behind a choice, a pair of annotators or of values, with what everybody said."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from textual import getters
from textual.app import ComposeResult

from annotator.desk import Desk
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.subjects import SubjectSeen, SubjectsSeen
from annotator.desk.comparison.tables import table_of_subjects
from annotator.tui.agreement.comparing import COMPUTING_WORDS, ComparingScreen, Content, Part
from annotator.tui.agreement.rows import DetailLines, Laid, Line
from annotator.tui.agreement.words import filters_in_words
from annotator.tui.cells import fit, inert
from annotator.tui.keys import Keys
from annotator.tui.saving import Saving
from annotator.tui.widgets.line_view import TextLine, TextLines

Asked = Callable[[Desk, Scope], SubjectsSeen]
"""Finds the subjects."""
LONGEST_KEY = 24
"""Cells."""


class Shown(NamedTuple):
    """Subjects, and their lines."""

    seen: SubjectsSeen
    lines: Laid


class AgreementSubjectsScreen(ComparingScreen[Shown]):
    """Lists subjects; enter opens one."""

    WITHOUT = frozenset(
        {
            "agreement_taxonomy_after",
            "agreement_taxonomy_before",
            "next_part",
            "differing",
            "column_after",
            "column_before",
        }
    )

    rows = getters.query_one("#rows", DetailLines)
    note = getters.query_one("#note", TextLines)

    def __init__(
        self, desk: Desk, keys: Keys, saving: Saving, scope: Scope, field: str, title: str, asked: Asked
    ) -> None:
        """Take the name of the field, what the subjects have in common, and how to find them."""
        super().__init__(desk, keys, saving, scope, Content(self._find, self._show, self._part))
        self.field = field
        self.headline = title
        self.asked = asked
        self.seen = SubjectsSeen()

    def compose(self) -> ComposeResult:
        """Lay the screen out: what is listed, subjects, the line of the cursor, keys."""
        yield TextLine(id="where")
        yield TextLines(self.headline, id="note")
        yield DetailLines(id="rows")
        yield TextLines(id="detail", least=2, most=4)
        yield self.key_bar()

    def on_mount(self) -> None:
        """Say what is going on."""
        self.rows.focus()
        self.rows.empty = COMPUTING_WORDS
        self._tell_where()

    def _find(self, desk: Desk, scope: Scope) -> Shown:
        """Find the subjects, and draw their lines up."""
        seen = self.asked(desk, scope)
        longest = min(max((len(each.key) for each in seen.rows), default=0), LONGEST_KEY)
        return Shown(seen, Laid.out(Line(subject_in_words(each, longest), "", each) for each in seen.rows))

    def _show(self, shown: Shown) -> None:
        """List the subjects; the cursor stays on its subject."""
        seen, kept = shown.seen, self.row.key if self.row else ""
        self.seen = seen
        self.rows.empty = "There is none." if not seen.withheld else "There is none that is open to you."
        self.rows.fill(shown.lines)
        self.rows.cursor = next((place for place, each in enumerate(seen.rows) if each.key == kept), 0)
        self.note.text = " ".join([f"{self.headline}.", *([withheld_in_words(seen)] if seen.withheld else [])])
        self._describe()

    @property
    def row(self) -> SubjectSeen | None:
        """The subject at the cursor."""
        item = self.rows.item
        return item if isinstance(item, SubjectSeen) else None

    def _tell_where(self) -> None:
        place = f"{self.rows.cursor + 1:,} of {self.rows.count:,} subjects" if self.rows.count else ""
        parts = [self.scope.taxonomy, self.field, *filters_in_words(self.scope), place]
        self.where.text = " " + " · ".join(part for part in parts if part)

    def _describe(self) -> None:
        self._tell_where()
        row = self.row
        self.detail.text = f"{row.title or row.key} — {said_in_words(row)}" if row else ""

    def on_line_list_moved(self) -> None:
        """Name the subject at the cursor."""
        self._describe()

    def on_line_list_chosen(self) -> None:
        """Open the subject at the cursor."""
        if self.row:
            self.open_subject(self.row.key)

    def _part(self) -> Part:
        """The subjects, with a column for each annotator."""
        rows = self.seen.rows
        name = f"subjects-{self.scope.taxonomy}-{self.scope.field}.csv"
        return Part(name, len(rows), partial(table_of_subjects, rows))


def subject_in_words(seen: SubjectSeen, longest: int) -> str:
    """A subject and who said what, in one line; those that annotators differ on are marked."""
    return f"{'≠' if seen.differs else '='} {fit(inert(seen.key), longest)}  {said_in_words(seen)}"


def said_in_words(seen: SubjectSeen) -> str:
    """Who said what."""
    return " | ".join(f"{name}: {value}" for name, value in seen.said.items())


def withheld_in_words(seen: SubjectsSeen) -> str:
    """How much of the whole comparison is closed, and the way out."""
    subjects = "1 subject is" if seen.withheld == 1 else f"{seen.withheld:,} subjects are"
    return f"{subjects} closed to you until you hand in your own answers, or review."
