"""The lines of the queue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from annotator.model.queue import IMPORT, MODEL, PERSON, QueueRow, QueueView
from annotator.model.rounds import FIRST, InRounds, in_words, short
from annotator.tui.cells import clip, fit, inert
from annotator.tui.keys import Keys
from annotator.tui.widgets.line_list import Heads, KnownRows

if TYPE_CHECKING:
    from annotator.desk.team.rounds import ToWork

WIDE = 120
"""From this width on, taxonomies are named in full, as far as there is room."""
LEAST_TITLE = 24
READABLE_TITLE = 30
"""Cells that titles keep before names of taxonomies are cut."""
LEAST_HEAD = 4
"""Cells of a name that is cut; two letters that tell them apart say more than less of it."""

SYMBOLS = {"untouched": "·", "draft": "◐", "submitted": "✓", "skipped": "–", "adjudicated": "★"}
FLAG = "⚑"
UNSAVED = "✎"
"""Marks a subject about which one has typed something that is not saved."""
NAMED, TALK = "@", "“"
"""Mark a subject where a comment asks for whoever looks, and one where there are comments."""
UNSAVED_IN_WORDS = f"{UNSAVED} typed and not saved"
APART = "≠"
"""Stands instead of the state under a taxonomy where what was done apart does not say the same."""
ASSIGNED = "◂"
"""Stands behind the state under a taxonomy that is still to be done."""
STALE = "↺"
"""Stands behind the state under a taxonomy whose decision is stale, which is nobody's who has it still to do."""


class Columns(NamedTuple):
    """Widths in cells, each with the gap after it; a column of width 0 is left out."""

    title: int
    key: int
    date: int
    reports: int
    statuses: tuple[tuple[str, int], ...]
    """The head over each taxonomy's column, and its width."""
    flag: int = 2


def columns_for(width: int, taxonomies: Sequence[str]) -> Columns:
    """Share a width: the title takes what is left, others give way when that is too little."""
    key, date, reports = (18 if width >= WIDE else 12), 11, 4
    heads = _long_names(taxonomies, width - key - date - reports - READABLE_TITLE - 2) if width >= WIDE else []
    statuses = tuple((head, max(2, len(head)) + 1) for head in heads or short_names(taxonomies))
    taken = sum(each for _, each in statuses) + 2
    for part in ("reports", "date", "key"):
        if width - taken - key - date - reports >= LEAST_TITLE:
            break
        reports = 0 if part == "reports" else reports
        date = (5 if part == "date" else date) if part != "key" else 0
        key = 0 if part == "key" else key
    return Columns(max(1, width - taken - key - date - reports), key, date, reports, statuses)


def _long_names(taxonomies: Sequence[str], room: int) -> list[str]:
    """Name taxonomies in full, or the longest as far as so many cells allow; none where that tells them not apart."""
    names = [inert(name) for name in taxonomies]
    for most in range(max(map(cell_len, names), default=0), LEAST_HEAD - 1, -1):
        if sum(max(2, min(cell_len(name), most)) + 1 for name in names) <= room:
            heads = [clip(name, most) for name in names]
            return heads if len({*heads}) == len(names) else []
    return []


def short_names(taxonomies: Sequence[str]) -> list[str]:
    """Name each taxonomy in two letters, no two alike: CSETv1 C1, harm_type HT, GMF GM."""
    taken: list[str] = []
    for name in taxonomies:
        choices = (_two_letters(name), *(f"{name[0].upper()}{end}" for end in (*name[1:].upper(), *"23456789")))
        taken.append(next((choice for choice in choices if choice not in taken), name[:2]))
    return taken


def _two_letters(name: str) -> str:
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name) or [name]
    return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else name[:2].upper()


class QueueRows(KnownRows[QueueRow]):
    """Subjects, one a line."""

    COMPONENT_CLASSES = {"queue--aside", "queue--flag", "queue--assigned", *(f"queue--{status}" for status in SYMBOLS)}

    taxonomies: reactive[tuple[str, ...]] = reactive(())

    def __init__(
        self, taxonomies: Sequence[str], unsaved: Callable[[], frozenset[str]], *, id: str | None = None
    ) -> None:
        """Take the namespaces that have a column, in order, and what tells the keys that hold unsaved words."""
        super().__init__(self.draw, id=id)
        self._ask_unsaved = unsaved
        self.unsaved: frozenset[str] = frozenset()
        """Those that were marked when the lines were drawn last."""
        self.set_reactive(QueueRows.taxonomies, tuple(taxonomies))
        self._columns: tuple[int, Columns] = (0, columns_for(0, ()))
        self._styles: dict[str, Style] = {}

    def columns(self, width: int) -> Columns:
        """The columns at a width."""
        if self._columns[0] != width:
            self._columns = (width, columns_for(width, self.taxonomies))
        return self._columns[1]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Ask once which subjects hold unsaved words, then draw the lines."""
        self.unsaved = self._ask_unsaved()
        return super().render_lines(crop)

    def draw(self, index: int, width: int) -> Strip:
        """Draw one subject."""
        row, columns = self._rows.get(index), self.columns(width)
        if row is None:
            return Strip([Segment("…")])
        aside = self._style("aside")
        segments = [Segment(fit(_title(row), columns.title - 1) + " ")]
        segments += [
            Segment(_cell(row.key, columns.key), aside),
            Segment(_cell(row.date, columns.date), aside),
            Segment(_cell(str(row.reports).rjust(3), columns.reports), aside),
        ]
        return Strip([*segments, *self._statuses(row, columns), *self._flags(row)])

    def _statuses(self, row: QueueRow, columns: Columns) -> Iterable[Segment]:
        for taxonomy, (_, width) in zip(self.taxonomies, columns.statuses, strict=True):
            status, is_apart = row.status.get(taxonomy, "untouched"), taxonomy in row.conflicts
            symbol, style = APART if is_apart else SYMBOLS[status], self._style("flag" if is_apart else status)
            yield Segment(symbol, style)
            if taxonomy in row.assigned:
                yield Segment(ASSIGNED.ljust(width - 1), self._style("assigned"))
            elif taxonomy in row.stale:
                yield Segment(STALE.ljust(width - 1), self._style("flag"))
            else:
                yield Segment(" " * (width - 1), style)

    def _flags(self, row: QueueRow) -> Iterable[Segment]:
        flag, style = FLAG if row.flagged else " ", self._style("flag")
        mark = UNSAVED if row.key in self.unsaved else NAMED if row.names_you else " "
        if mark == " " and row.comments:  # a quiet one
            yield from (Segment(flag, style), Segment(TALK, self._style("aside")))
        else:
            yield Segment(f"{flag}{mark}", style)

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"queue--{name}", partial=True)
        return self._styles[name]

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._styles = {}


class QueueHeads(Heads[QueueRows]):
    """The heads over the columns, with a mark at the one the queue is sorted by."""

    sorted_by: reactive[tuple[str, bool]] = reactive(("order", False))

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        columns = self.rows.columns(self.rows.line_width - 1)
        cells = [
            fit(self._head("title", "Title"), columns.title),
            _cell(self._head("key", "Key"), columns.key),
            _cell(self._head("date", "Date"), columns.date),
            _cell("Rep", columns.reports),
            *(head.ljust(width) for head, width in columns.statuses),
            FLAG,
        ]
        return Strip([Segment(" " + "".join(cells))]).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _head(self, name: str, words: str) -> str:
        sort, descending = self.sorted_by
        return f"{words} {'↓' if descending else '↑'}" if sort == name else words


def _title(row: QueueRow) -> str:
    return inert(row.title) or f"({row.kind} without a title)"


def _cell(text: str, width: int) -> str:
    return fit(inert(text), width - 1) + " " if width else ""


KINDS = {"": "any", "incident": "incidents", "report": "reports"}
MADE_BY = {PERSON: "classified by people", MODEL: "classified by models", IMPORT: "imported"}
STATUSES = ("untouched", "draft", "skipped", "submitted", "adjudicated")
SORT_WORDS = {"order": "as imported", "title": "title", "date": "date", "updated": "last worked on", "key": "key"}


def filters_in_words(view: QueueView) -> list[str]:
    """Each active filter as a few words."""
    parts = [
        f"“{view.search.strip()}”" if view.search.strip() else "",
        KINDS[view.kind] if view.kind else "",
        _work_in_words(view),
        f"from {view.since}" if view.since else "",
        f"until {view.until}" if view.until else "",
        "flagged" if view.flagged else "",
        _assigned_in_words(view),
        _stale_in_words(view),
        "commented" if view.commented else "",
        "naming you" if view.mentioned else "",
        _made_in_words(view),
    ]
    return [part for part in parts if part]


def _assigned_in_words(view: QueueView) -> str:
    if not view.assigned:
        return ""
    under = f" under {view.taxonomy}" if view.taxonomy else ""
    return f"still to be done by {view.annotator}{under}" if view.annotator else f"still to do{under}"


def _stale_in_words(view: QueueView) -> str:
    if not view.stale:
        return ""
    return f"stale decisions under {view.taxonomy}" if view.taxonomy else "stale decisions"


def _made_in_words(view: QueueView) -> str:
    """Who or what classified, and of what; the status says the rest where there is one."""
    if not view.made_by:
        return ""
    by = MADE_BY.get(view.made_by, f"classified by {view.maker}")
    under = f" under {view.taxonomy}" if view.taxonomy else ""
    return f"{by}{under} for {view.annotator}" if view.annotator else f"{by}{under}"


def _work_in_words(view: QueueView) -> str:
    if not (view.speaks_of_work or view.status):
        return ""
    work = " ".join(part for part in (view.taxonomy, view.status) if part)
    if view.annotator:
        return f"{work or 'touched'} by {view.annotator}"
    return work if view.status or not work else f"{work} touched"


def order_in_words(view: QueueView) -> str:
    """The order as a few words; nothing for the usual one."""
    if view.sort == "order" and not view.descending:
        return ""
    return f"by {SORT_WORDS[view.sort]} {'↓' if view.descending else '↑'}"


def summary(count: int, total: int, view: QueueView) -> str:
    """Say how many subjects are shown, out of how many, and why those."""
    shown = f"{count:,} of {total:,}" if count != total else f"{total:,}"
    noun = "subject" if total == 1 else "subjects"
    return " · ".join([f"{shown} {noun}", *filters_in_words(view), *filter(None, [order_in_words(view)])])


def row_in_words(row: QueueRow, room: int, *, is_unsaved: bool = False) -> str:
    """Name the subject of a line and spell its states out, as many of them as there is room for in cells."""
    states = [_state(row, taxonomy) for taxonomy in row.status] or ["untouched"]
    to_do = f"{ASSIGNED} to do: {row.to_do_in_words}" if row.to_do else ""
    flagged, unsaved = "flagged" if row.flagged else "", UNSAVED_IN_WORDS if is_unsaved else ""
    stale = f"{STALE} decision stale: {', '.join(row.stale)}" if row.stale else ""
    talk = talk_in_words(row)
    shorter = f"{ASSIGNED} {len(row.to_do):,} to do" if row.to_do else ""
    for assigned in (to_do, shorter):
        for named in range(len(states), -1, -1):
            more = f"{len(states) - named:,} more" if named < len(states) else ""
            parts = (row.key, row.kind, *states[:named], more, stale, assigned, flagged, talk, unsaved)
            words = " · ".join(filter(None, parts))
            if cell_len(inert(words)) <= room:
                return words
    return words


def talk_in_words(row: QueueRow) -> str:
    """How many comments there are, and whether one asks for whoever looks."""
    if not row.comments:
        return ""
    many = "1 comment" if row.comments == 1 else f"{row.comments:,} comments"
    return f"{NAMED} {many}, names you" if row.names_you else f"{TALK} {many}"


def naming_in_words(count: int, keys: Keys) -> str:
    """Say on how many subjects somebody is named, and the way to them."""
    if count == 1:
        return keys.told("One subject names you. {filter} shows it with the filter Comments, and {comments} opens it.")
    many = f"{count:,}"
    return keys.told("{many} subjects name you. {filter} shows them, and {comments} opens the comments.", many=many)


def _state(row: QueueRow, taxonomy: str) -> str:
    apart = f" in conflict {APART}" if taxonomy in row.conflicts else ""
    return f"{taxonomy} {row.status[taxonomy]}{apart}"


def round_in_words(round_: int) -> str:
    """Which round it is, when it is not the first."""
    return f"round {short(round_)}" if round_ != FIRST else ""


def round_to_choose(one: ToWork) -> str:
    """A round with what it is for, and how much of it is still to be done."""
    to_do = f"  {one.open:,} to do" if one.open else ""
    return f"{one.taxonomy}  {in_words(one.round, one.purpose)}{to_do}{'  closed' if one.is_closed else ''}"


def elsewhere_in_words(found: Sequence[ToWork], in_rounds: InRounds, keys: Keys) -> Iterator[str]:
    """Where there is work to do in a newer round than the one that is worked in, or in any where that has none left."""
    busy, passed = (
        {each.taxonomy for each in found if each.open and each.round == in_rounds.under(each.taxonomy)},
        set(),
    )
    for each in found:
        if each.round == in_rounds.under(each.taxonomy):
            passed.add(each.taxonomy)
        elif each.open and not (each.taxonomy in busy and each.taxonomy in passed):
            where = f"{each.taxonomy} {in_words(each.round, each.purpose)}"
            yield keys.told("{many} to do in {where}; {choose_round} goes there.", many=f"{each.open:,}", where=where)


def rounds_in_words(in_rounds: InRounds) -> str:
    """Which rounds somebody works in, where they are not the first."""
    if in_rounds.named or not in_rounds.others:
        return round_in_words(in_rounds.named or FIRST)
    return ", ".join(f"{taxonomy} {round_in_words(number)}" for taxonomy, number in in_rounds.others)


def nothing_in_words(view: QueueView, keys: Keys) -> str:
    """Say why no line is shown, and what to do about it."""
    if view.selects_all:
        return keys.told("Nothing here yet. Leave with {leave}, and bring reports in with: annotator import PATH")
    if view == QueueView(assigned=True, sort=view.sort, descending=view.descending):
        return keys.told("Nothing assigned is left to do. {show_all} shows all subjects again.")
    if view.made_by or view.stale or view.speaks_of_comments:
        return keys.told("No subject is like that, as far as it is open to you. {show_all} shows all of them again.")
    return keys.told("No subject is like that. {show_all} shows all of them again.")


MOST_NAMED = 3
"""Subjects named one by one."""


def left_over_in_words(subjects: Sequence[str], enter: str) -> str:
    """Say what was typed and not saved when the desk was closed, and the way to it; nothing without subjects."""
    if not subjects:
        return ""
    if len(subjects) == 1:
        return (
            f"What you typed on {subjects[0]} was not saved when the desk was closed. It is kept there: "
            f"the queue marks the subject with {UNSAVED}, and {enter} opens it."
        )
    return (
        f"What you typed on {_named(subjects)} was not saved when the desk was closed. It is kept there: "
        f"the queue marks these subjects with {UNSAVED}, and {enter} opens one."
    )


def left_in_reviews_in_words(reviews: Sequence[tuple[str, str]], keys: Keys) -> str:
    """Say in which reviews, by subject and taxonomy, something was not saved, and the way to it; nothing without."""
    if not reviews:
        return ""
    return keys.told(
        "What you entered in the review of {reviews} was not saved when the desk was closed. It is kept there: "
        "under Disagreements ({disagreements}), {choose_line} opens a subject, and {settled} shows the settled ones; "
        "{unsaved} marks those that hold it.",
        unsaved=UNSAVED,
        reviews=_named([f"{subject} under {taxonomy}" for subject, taxonomy in reviews]),
    )


def _named(ones: Sequence[str]) -> str:
    """Name the first few, and count the others."""
    more = f" and {len(ones) - MOST_NAMED:,} more" if len(ones) > MOST_NAMED else ""
    return ", ".join(ones[:MOST_NAMED]) + more
