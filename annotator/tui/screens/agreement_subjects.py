"""The subjects behind a pair of annotators or of values, with what everybody said."""

from __future__ import annotations

from collections.abc import Callable

from textual import getters
from textual.app import ComposeResult

from annotator.comparing.scope import Scope
from annotator.session import Session
from annotator.session.agreement_tables import Table, table_of_subjects
from annotator.session.comparing import SubjectSeen
from annotator.tui.keys import Keys
from annotator.tui.screens.agreement_desk import AgreementDesk
from annotator.tui.widgets.agreement_rows import DetailLines, Line
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.text_line import TextLine

Asked = Callable[[Session, Scope], list[SubjectSeen]]
"""Finds the subjects."""
WITHHELD = "(submit your own answers first)"


class AgreementSubjectsScreen(AgreementDesk[list[SubjectSeen]]):
    """Lists subjects; enter opens one."""

    rows = getters.query_one("#rows", DetailLines)

    def __init__(self, session: Session, keys: Keys, scope: Scope, title: str, asked: Asked) -> None:
        """Take what the subjects have in common, and how to find them."""
        super().__init__(session, keys, scope)
        self.headline = title
        self.asked = asked
        self.seen: list[SubjectSeen] = []

    def compose(self) -> ComposeResult:
        """Lay the screen out: what is listed, subjects, the line of the cursor, keys."""
        yield TextLine(id="where")
        yield DetailLines(id="rows")
        yield TextLine(id="detail")
        yield KeyBar(self.keys.footer("agreement"))

    def on_mount(self) -> None:
        """Begin to look."""
        self.rows.focus()
        self.rows.empty = "Computing …"
        self.where.text = f" {self.scope.taxonomy} · {self.scope.field} · {self.headline}"
        self.look(self.scope)

    def ask(self, session: Session, scope: Scope) -> list[SubjectSeen]:
        """Find the subjects."""
        return self.asked(session, scope)

    def show(self, seen: list[SubjectSeen]) -> None:
        """List the subjects."""
        self.seen = seen
        self.rows.empty = "No subject is like that any more."
        longest = max((len(each.key) for each in seen), default=0)
        self.rows.fill([Line(f"{each.key:<{longest}}  {said_in_words(each)}", "", each) for each in seen])
        self._describe()

    def _describe(self) -> None:
        item = self.rows.item
        if isinstance(item, SubjectSeen):
            self.detail.text = f" {self.session.subject(item.key).title or item.key}"
            self.detail.right = f"{self.rows.cursor + 1:,} of {self.rows.count:,} "

    def on_line_list_moved(self) -> None:
        """Name the subject at the cursor."""
        self._describe()

    def on_line_list_chosen(self) -> None:
        """Open the subject at the cursor."""
        item = self.rows.item
        if isinstance(item, SubjectSeen):
            self.open_subject(item.key)

    def action_export_shown(self) -> None:
        """Write the subjects with everybody's answers to a file."""
        self.ask_where_to_write(f"subjects-{self.scope.taxonomy}-{self.scope.field}.csv")

    def table(self) -> Table:
        """The subjects, with a column for each annotator."""
        return table_of_subjects(self.seen)


def said_in_words(seen: SubjectSeen) -> str:
    """Who said what, in one line."""
    return " | ".join(f"{name}: {value}" for name, value in seen.said.items()) or WITHHELD
