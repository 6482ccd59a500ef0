"""The lines of the queue of disagreements."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from annotator.model.review import DisputedSubject, ReviewOrder, ReviewView, Totals
from annotator.model.rounds import FIRST, short
from annotator.model.taxonomy import Taxonomy
from annotator.tui.cells import clip, fit, inert
from annotator.tui.keys import Keys
from annotator.tui.queue.rows import UNSAVED, UNSAVED_IN_WORDS
from annotator.tui.widgets.line_list import Heads, KnownRows
from annotator.tui.words import numbered

ORDER_WORDS: dict[ReviewOrder, str] = {"effect": "", "subject": "by subject", "field": "by field"}
"""Nothing for the usual order: most fields first."""


def named(taxonomy: Taxonomy, field_id: str) -> str:
    """A field's number and name; its id when the taxonomy no longer has it."""
    field = taxonomy.by_id.get(field_id)
    return numbered(field) if field else field_id


def counted(count: int, noun: str) -> str:
    """Such as `1 field` or `1,200 fields`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def heading(view: ReviewView, totals: Totals | None, taxonomy: Taxonomy, place: str, room: int) -> str:
    """Say which disagreements are shown, out of how many, in which order; in so many cells, if that can be."""
    title, order = f"Disagreements · {view.taxonomy}{place}", ORDER_WORDS[view.order]
    round_, later_round = f"round {short(view.round)}", f"round {short(view.round)}" if view.round != FIRST else ""
    now = f"{totals.open:,} open, {totals.settled:,} settled" if totals else "counting …"
    now += f", {totals.stale:,} stale" if totals and totals.stale else ""
    field = f"on {named(taxonomy, view.field)}" if view.field else ""
    settled = "stale ones" if view.stale else "settled ones" if view.settled else ""
    shown = now if totals is None else _shown(view, totals)
    words = ""
    for parts in (
        (title, round_, now, field, settled, order),
        (title, later_round, now, field, settled, order),
        (title, later_round, shown, order, field),
    ):
        words = " · ".join(filter(None, parts))
        if cell_len(inert(words)) <= room:
            break
    return words


def _shown(view: ReviewView, totals: Totals) -> str:
    """How many there are of those that are shown."""
    if view.stale:
        return f"{totals.stale:,} stale ones"
    return f"{totals.settled:,} settled ones" if view.settled else f"{totals.open:,} open"


def line_in_words(row: DisputedSubject, taxonomy: Taxonomy, room: int, *, is_unsaved: bool = False) -> str:
    """Spell a line of the queue out in so many cells; the name of a field gives way."""
    ruled = f"{row.ruled} ruled" if row.ruled else "none ruled"
    differing = f"{counted(row.fields, 'field')} differ{'s' if row.fields == 1 else ''}, {ruled}"
    differing += " · decision stale" if row.stale else ""
    differing += f" · {UNSAVED_IN_WORDS}" if is_unsaved else ""
    if not row.field:
        return f"{row.key} · {differing}"
    name = clip(inert(named(taxonomy, row.field)), room - len(f"{row.key} ·  · {differing}"))
    return f"{row.key} · {name} · {differing}"


def nothing_in_words(view: ReviewView, witnesses: Sequence[str], totals: Totals | None, keys: Keys) -> str:
    """Say why no line is shown, and what to do about it."""
    if totals and view.stale:
        return keys.told("No decision is stale. {settled} shows what is open.")
    if totals and view.settled and totals.open:
        return keys.told("Nothing is settled yet. {settled} shows what is open.")
    if totals and not view.settled and totals.settled:
        return keys.told("Everything is settled. {settled} shows it.")
    if view.field:
        return keys.told("Nobody differs on this field. {disputed_field} chooses another one.")
    if not witnesses:
        return keys.told(
            "Nobody handed anything in under {taxonomy} in round {round}. "
            "{disputed_taxonomy_after} goes to the next taxonomy.",
            taxonomy=view.taxonomy,
            round=short(view.round),
        )
    if len(witnesses) < 2:
        return keys.told(
            "Only {annotator} handed in; disagreement needs two. {accept_agreed} accepts the work of one annotator.",
            annotator=witnesses[0],
        )
    return keys.told("Nobody differs. {accept_agreed} accepts in bulk what annotators agree on.")


COUNT = 7
"""Cells of a number, with the gap after it."""
WIDE = 120
HEAD_OF: dict[str, ReviewOrder] = {"Fields": "effect", "Key": "subject", "Field": "field"}


class DisputedRows(KnownRows[DisputedSubject]):
    """Disputed subjects, one a line."""

    COMPONENT_CLASSES = {"disputed--aside", "disputed--ruled", "disputed--unsaved"}

    def __init__(self, unsaved: Callable[[], frozenset[str]], *, id: str | None = None) -> None:
        """Take what tells the keys whose review holds unsaved words; begin without lines."""
        super().__init__(self.draw, id=id)
        self._ask_unsaved = unsaved
        self.unsaved: frozenset[str] = frozenset()
        """Those that were marked when the lines were drawn last."""
        self.taxonomy: Taxonomy | None = None
        self.has_fields = False
        """Whether each line is about one field."""

    def widths(self, width: int) -> tuple[int, int]:
        """How wide keys and fields are, each with its gap; a field is named only where lines are about one."""
        key = 20 if width >= WIDE else 12
        return key, (min(48, (width - key - 2 * COUNT) // 2) if self.has_fields else 0)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Ask once which reviews hold unsaved words, then draw the lines."""
        self.unsaved = self._ask_unsaved()
        return super().render_lines(crop)

    def draw(self, index: int, width: int) -> Strip:
        """Draw one disputed subject."""
        row = self._rows.get(index)
        if row is None:
            return Strip([Segment("…")])
        key, field = self.widths(width)
        aside = self.get_component_rich_style("disputed--aside", partial=True)
        ruled = self.get_component_rich_style("disputed--ruled", partial=True)
        unsaved = self.get_component_rich_style("disputed--unsaved", partial=True)
        mark = UNSAVED if row.key in self.unsaved else ""
        name = inert(named(self.taxonomy, row.field) if self.taxonomy else row.field)
        title = ("stale · " if row.stale else "") + (inert(row.title) or "(without a title)")
        return Strip(
            [
                Segment(fit(inert(row.key), key - 1) + ("" if mark else " "), aside),
                *([Segment(mark, unsaved)] if mark else ()),
                Segment(f"{row.fields:,}".rjust(COUNT - 1) + " "),
                Segment((f"{row.ruled:,}" if row.ruled else "·").rjust(COUNT - 1) + " ", ruled if row.ruled else aside),
                Segment(fit(name, field - 1) + " " if field else ""),
                Segment(fit(title, width - key - field - 2 * COUNT)),
            ]
        )


class DisputedHeads(Heads[DisputedRows]):
    """The heads over the columns, with a mark at the one the queue is sorted by."""

    order: reactive[ReviewOrder] = reactive("effect")

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        key, field = self.rows.widths(self.rows.line_width - 1)
        cells = [
            fit(self._head("Key"), key),
            self._head("Fields").rjust(COUNT - 1) + " ",
            "Ruled".rjust(COUNT - 1) + " ",
            fit(self._head("Field"), field),
            "Title",
        ]
        words = " " + "".join(cells) if y == 0 else ""
        return Strip([Segment(words)]).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _head(self, words: str) -> str:
        if HEAD_OF[words] != self.order:
            return words
        return f"{words}↓" if self.order == "effect" else f"{words} ↑"
