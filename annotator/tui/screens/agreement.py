"""Agreement: the fields of a taxonomy, from the one annotators differ on most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual import getters
from textual.app import ComposeResult

from annotator.comparing.rows import FieldRow
from annotator.comparing.scope import Scope
from annotator.session import Session
from annotator.session.agreement_tables import Table, table_of
from annotator.session.comparing import FieldsSeen
from annotator.session.following import Follower
from annotator.tui.agreement_words import beside_in_words, filters_in_words, ranked, row_in_words
from annotator.tui.keys import Keys
from annotator.tui.screens.agreement_desk import COMPUTING_WORDS, AgreementDesk
from annotator.tui.widgets.agreement_rows import FieldBars, FieldHeads
from annotator.tui.widgets.rows import LineList
from annotator.tui.widgets.text_line import TextLine
from annotator.tui.widgets.text_lines import TextLines


class AgreementScreen(AgreementDesk[FieldsSeen]):
    """Ranks fields, and opens one."""

    WITHOUT = frozenset({"next_part", "differing", "column_after", "column_before"})

    rows = getters.query_one("#rows", FieldBars)
    heads = getters.query_one("#heads", FieldHeads)
    note = getters.query_one("#note", TextLines)

    def __init__(self, session: Session, keys: Keys, scope: Scope) -> None:
        """Take the session to ask, and what to compare."""
        super().__init__(session, keys, scope)
        self.seen: FieldsSeen | None = None
        self.follower = Follower()

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, fields, the field of the cursor, whose work, keys."""
        rows = FieldBars(id="rows")
        yield TextLine(id="where")
        yield FieldHeads(rows, id="heads")
        yield rows
        yield TextLines(id="detail", most=2)
        yield TextLines(id="note")
        yield self.key_bar()

    def on_mount(self) -> None:
        """Say what is going on."""
        self.rows.focus()
        self.rows.empty = COMPUTING_WORDS
        self.where.text = " Agreement"

    def ask(self, session: Session, scope: Scope) -> Iterator[FieldsSeen]:
        """Compare every field; intervals come later."""
        return self.follower.fields(session, scope)

    def show(self, seen: FieldsSeen) -> None:
        """Show the fields; the cursor stays on its field."""
        kept = self.row.field if self.row else ""
        self.seen, self.scope = seen, seen.scope
        self.rows.empty = seen.notes[0]
        rows = ranked(seen.rows)
        self.rows.fill(rows, seen.pending)
        self.rows.cursor = next((place for place, row in enumerate(rows) if row.field == kept), 0)
        parts = ["Agreement", seen.scope.taxonomy, *self._place(), *filters_in_words(seen.scope)]
        self.where.text = " " + " · ".join(part for part in parts if part)
        self.note.text = beside_in_words(seen) if rows else ""
        self.heads.refresh()
        self._describe()

    def _place(self) -> list[str]:
        """Which of the taxonomies that can be compared this is."""
        names = self.seen.taxonomies if self.seen else ()
        if len(names) < 2 or self.scope.taxonomy not in names:
            return []
        return [f"{names.index(self.scope.taxonomy) + 1} of {len(names)}"]

    @property
    def row(self) -> FieldRow | None:
        """The field at the cursor."""
        return self.rows.rows[self.rows.cursor] if self.rows.count else None

    def _describe(self) -> None:
        row = self.row
        self.detail.text = row_in_words(row, is_pending=row.field in self.rows.pending) if row else ""

    def on_line_list_moved(self) -> None:
        """Tell about the field at the cursor."""
        self._describe()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the field at the cursor."""
        from annotator.tui.screens.agreement_field import AgreementFieldScreen

        scope = replace(self.scope, field=self.rows.rows[event.index].field)
        self.app.push_screen(AgreementFieldScreen(self.session, self.keys, scope), self.come_back)

    # Other taxonomies and other work

    def action_agreement_taxonomy_after(self) -> None:
        """Compare the next taxonomy."""
        self._turn(1)

    def action_agreement_taxonomy_before(self) -> None:
        """Compare the taxonomy before."""
        self._turn(-1)

    def _turn(self, steps: int) -> None:
        names = self.seen.taxonomies if self.seen else ()
        others = [name for name in names if name != self.scope.taxonomy]
        if not others:
            self.notify("There is no other taxonomy in which two annotators handed in the same subject.")
            return
        at = names.index(self.scope.taxonomy) if self.scope.taxonomy in names else -max(steps, 0)
        self.look(replace(self.scope, taxonomy=names[(at + steps) % len(names)]))

    def action_export_shown(self) -> None:
        """Write what is shown to a file, once it is complete."""
        if self.rows.pending:
            self.notify("Intervals are still being drawn; try again in a moment.")
        else:
            super().action_export_shown()

    def table(self) -> Table:
        """The fields in the order shown."""
        return table_of(FieldRow, self.rows.rows)
