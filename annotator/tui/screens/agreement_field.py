"""One field: its choices, the pairs of annotators, and the values they confuse."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual import getters
from textual.app import ComposeResult

from annotator.comparing.rows import ChoiceRow, PairRow
from annotator.comparing.scope import Scope
from annotator.session import Session
from annotator.session.agreement_tables import Table, table_of, table_of_confusions
from annotator.session.comparing import (
    Confused,
    FieldSeen,
    agreement_field,
    subjects_confused,
    subjects_of_pair,
)
from annotator.tui.agreement_words import figure, filters_in_words, name_of, percent, row_in_words
from annotator.tui.screens.agreement_desk import AgreementDesk
from annotator.tui.screens.agreement_subjects import AgreementSubjectsScreen, Asked
from annotator.tui.widgets.agreement_rows import DetailLines, Line
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.text_line import TextLine


class AgreementFieldScreen(AgreementDesk[FieldSeen]):
    """Shows the parts one below the other; a pair and a confusion lead to their subjects."""

    rows = getters.query_one("#rows", DetailLines)
    seen: FieldSeen | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out: the field, its figures, its parts, the line of the cursor, keys."""
        yield TextLine(id="where")
        yield TextLine(id="note")
        yield DetailLines(id="rows")
        yield TextLine(id="detail")
        yield KeyBar(self.keys.footer("agreement"))

    def on_mount(self) -> None:
        """Begin to compute."""
        self.rows.focus()
        self.rows.empty = "Computing …"
        self.where.text = f" {self.scope.taxonomy} · {self.scope.field}"
        self.look(self.scope)

    def ask(self, session: Session, scope: Scope) -> FieldSeen:
        """Compare one field in detail."""
        return agreement_field(session, scope)

    def show(self, seen: FieldSeen) -> None:
        """Show all parts."""
        is_first = self.seen is None
        self.seen = seen
        parts = [self.scope.taxonomy, name_of(seen.row), *filters_in_words(self.scope)]
        self.where.text = " " + " · ".join(parts)
        self.note.text = " " + row_in_words(seen.row)
        self.rows.fill(list(_lines(seen)))
        if is_first:
            self.rows.cursor = 1
        self._describe()

    def _describe(self) -> None:
        item = self.rows.item
        words = {
            Confused: "enter lists the subjects given both values",
            PairRow: "enter lists the subjects these two differ on",
            ChoiceRow: "specific: how often the others chose it too · α: it against all the rest",
        }
        self.detail.text = f" {words.get(type(item), '')}"

    def on_line_list_moved(self) -> None:
        """Tell what the line of the cursor leads to."""
        self._describe()

    def on_line_list_chosen(self) -> None:
        """List the subjects behind a pair or a confusion."""
        item = self.rows.item
        if isinstance(item, Confused):
            self._list(f"{item.a} ≠ {item.b}", partial(subjects_confused, confusion=item.row))
        elif isinstance(item, PairRow):
            self._list(f"{item.a} – {item.b} differ", partial(subjects_of_pair, a=item.a, b=item.b))

    def _list(self, title: str, asked: Asked) -> None:
        screen = AgreementSubjectsScreen(self.session, self.keys, self.scope, title, asked)
        self.app.push_screen(screen, lambda _: self.look(self.scope))

    def action_next_part(self) -> None:
        """Go to the next part."""
        self.rows.next_part()

    def action_export_shown(self) -> None:
        """Write the part of the cursor to a file."""
        part = {Confused: "confusion", PairRow: "pairs"}.get(type(self.rows.item), "choices")
        self.ask_where_to_write(f"{part}-{self.scope.taxonomy}-{self.scope.field}.csv")

    def table(self) -> Table:
        """The part of the cursor."""
        seen, item = self.seen, self.rows.item
        if isinstance(item, Confused):
            return table_of_confusions(seen.confusions if seen else ())
        if isinstance(item, PairRow):
            return table_of(PairRow, seen.pairs if seen else ())
        return table_of(ChoiceRow, seen.choices if seen else ())


def _lines(seen: FieldSeen) -> Iterator[Line]:
    """The parts with their headlines; what is missing, and that nobody differs, in words."""
    if seen.choices:
        yield Line("Choices", f"{'specific':>8}  {'α':>6}")
        for choice in seen.choices:
            figures = f"{figure(choice.specific):>8}  {figure(choice.alpha_one_vs_rest):>6}"
            yield Line(choice.label, figures, choice)
        yield Line("")
    if seen.pairs:
        yield Line("Pairs of annotators", f"{'κ':>8}  {'agree':>6}  {'shared':>7}")
        for pair in seen.pairs:
            figures = f"{figure(pair.kappa):>8}  {percent(pair.percent):>6}  {pair.units:>7,}"
            yield Line(f"{pair.a} – {pair.b}", figures, pair)
        yield Line("")
    if seen.confusions:
        yield Line("Confused values, most frequent first", f"{'pairs':>8}  {'subjects':>8}")
        for each in seen.confusions:
            figures = f"{each.row.count:>8,}  {len(each.row.subjects):>8,}"
            yield Line(f"{each.a} ≠ {each.b}", figures, each)
    elif not seen.notes:
        yield Line("Nobody differed here." if seen.row.pairable else "No subject was answered here by two annotators.")
    for note in seen.notes:
        yield Line(note)
