"""Agreement: the fields of a taxonomy, from the one annotators differ on most."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual import getters
from textual.app import ComposeResult

from annotator.desk import Desk
from annotator.desk.comparison.figures import FieldsSeen
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.comparison.tables import table_of
from annotator.tui.agreement.comparing import COMPUTING_WORDS, ComparingScreen, Content, Part
from annotator.tui.agreement.rows import FieldBars, FieldHeads
from annotator.tui.agreement.words import beside_in_words, filters_in_words, ranked, row_in_words
from annotator.tui.keys import Keys
from annotator.tui.saving import Saving
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine, TextLines


def _compared(desk: Desk, scope: Scope) -> FieldsSeen:
    return desk.comparison.fields(scope)


class AgreementScreen(ComparingScreen[FieldsSeen]):
    """Ranks fields, and opens one."""

    WITHOUT = frozenset({"next_part", "differing", "column_after", "column_before"})

    rows = getters.query_one("#rows", FieldBars)
    heads = getters.query_one("#heads", FieldHeads)
    note = getters.query_one("#note", TextLines)

    def __init__(self, desk: Desk, keys: Keys, saving: Saving, scope: Scope) -> None:
        """Take the desk to ask, and what to compare."""
        super().__init__(desk, keys, saving, scope, Content(_compared, self._show, self._part))
        self.seen: FieldsSeen | None = None

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

    def _show(self, seen: FieldsSeen) -> None:
        """Show the fields; the cursor stays on its field."""
        kept = self.row.field if self.row else ""
        self.seen, self.scope = seen, seen.scope
        self.rows.empty = seen.notes[0]
        rows = ranked(seen.rows)
        self.rows.fill(rows)
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
        self.detail.text = row_in_words(self.row) if self.row else ""

    def on_line_list_moved(self) -> None:
        """Tell about the field at the cursor."""
        self._describe()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the field at the cursor."""
        from annotator.tui.agreement.field import AgreementFieldScreen

        scope = replace(self.scope, field=self.rows.rows[event.index].field)
        self.app.push_screen(AgreementFieldScreen(self.desk, self.keys, self.saving, scope), self.come_back)

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

    def _part(self) -> Part:
        """The fields in the order shown."""
        rows = self.rows.rows
        return Part(f"agreement-{self.scope.taxonomy}.csv", len(rows), partial(table_of, FieldRow, rows))
