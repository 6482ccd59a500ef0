"""What the desk does where the database at its path is not what it opened: say so at once, and offer what can be done.

Nothing more is called saved then. What was being written stays among the unsaved words of the path.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from annotator.errors import AnnotatorError, StoreBusyError, StoreReplacedError
from annotator.store.file.open_file import LINKED
from annotator.tui.cells import inert, shortened

if TYPE_CHECKING:
    from pathlib import Path

    from annotator.desk import Desk
    from annotator.tui.app import AnnotatorApp
    from annotator.tui.dialogs.ask import Choose, Option

EVERY = 1.0
"""Seconds between two looks at the path; each costs a question to the system, in a thread."""
NOTHING_SAVED, READING_ONLY = "✗ nothing is saved", "for reading only"
"""How a head line says that the file is lost, or cannot be written."""
STAY, BESIDE, INTO, LEAVE = "stay", "beside", "into", "leave"


LONGEST_PATH, LONGEST_NAME = 50, 40
"""Cells of the path of the database in a dialog, and of its name where the path is longer."""


def with_short_names(words: str, path: Path) -> str:
    """Words about a database, inert, whose long path leaves room for the way out on the smallest screen.

    Whoever leaves reads the words whole in the terminal.
    """
    words, whole, name = inert(words), inert(str(path)), inert(path.name)
    if cell_len(whole) <= LONGEST_PATH:
        return words
    return words.replace(whole.removesuffix(name), "").replace(name, shortened(name, LONGEST_NAME))


def words_of_file(desk: Desk) -> str:
    """What a head line says of the file instead of what was saved last; nothing of one that can be written."""
    if desk.has_lost_file:
        return NOTHING_SAVED
    return READING_ONLY if desk.why_read_only else ""


class LostFile:
    """Looks at the path of an app's database regularly. Belongs to the loop, but for what it says runs in a thread."""

    def __init__(self, app: AnnotatorApp) -> None:
        self.app = app
        self.is_told = False
        """Whether it was asked what to do."""
        self.is_asking = False
        """Whether that is being asked."""
        self.error: StoreReplacedError | None = None
        """What was found last, which may know more than what was told first."""
        self._is_left = False
        """Whether the desk was left with what is wrong, or what was done about it, in the terminal."""
        self._dialog: Choose | None = None
        self._is_told_of_link = self._is_told_of_trouble = False

    def look(self) -> None:
        """Look in a thread: the path may be on a network that hangs."""
        if not self.is_told:
            self.app.run_worker(self._look, group="file", exclusive=True, thread=True)

    def _look(self) -> None:
        try:
            is_linked = self.app.desk.look_at_file()
        except StoreReplacedError as error:
            self.error = error
            self.app.deliver(partial(self.tell, error))
        except StoreBusyError:
            return  # somebody reads; the next look comes soon
        except AnnotatorError as error:
            self.app.deliver(partial(self._cannot_look, error))
        else:
            self.app.deliver(partial(self._is_there, is_linked))

    def _cannot_look(self, error: AnnotatorError) -> None:
        """Say so once, until it can be looked at again."""
        if not self._is_told_of_trouble:
            self._is_told_of_trouble = True
            self.app.tell_trouble(error)

    def _is_there(self, is_linked: bool) -> None:
        self._is_told_of_trouble = False
        if is_linked and not self._is_told_of_link:
            path = inert(str(self.app.desk.path))
            self.app.notify(LINKED.format(path=path), severity="warning", timeout=20, markup=False)
        self._is_told_of_link = is_linked

    def tell(self, error: StoreReplacedError) -> None:
        """Say what is wrong and ask what to do, once; what is known only later is said there too."""
        self.error = error
        words = with_short_names(str(error), self.app.desk.path)
        if self.is_told:
            if self._dialog and self.is_asking:
                self._dialog.ask_otherwise(words)
            return
        self.is_told = self.is_asking = True
        self.app.show_loss()
        from annotator.tui.dialogs.ask import Choose

        self._dialog = Choose(self.app.keys, words, self._options(error))
        self.app.push_screen(self._dialog, self._do)
        if error.is_being_saved:  # to look again is to wait for that, or to do it
            self.app.run_worker(self._look, group="file", thread=True)

    def _options(self, error: StoreReplacedError) -> list[Option]:
        """What can be done; of an overwritten file everything that could be was saved already."""
        stay, leave = (STAY, "stay here to read; nothing is saved"), (LEAVE, "leave; words not saved are kept")
        if self.app.desk.why_read_only:
            return [stay, leave]
        if error.is_overwritten:
            return [(STAY, "stay to copy what is on screen; nothing is saved"), leave]
        where = "beside" if self.app.desk.path.parent.is_dir() else "of yours, as its folder is gone"
        beside = (BESIDE, f"save all work to a new file {where}, and leave")
        into = (INTO, "take the work into the database that is there now, and leave")
        is_another = not error.has_lost_log and self.app.desk.path.is_file()
        return [stay, beside, *([into] if is_another else []), leave]

    def _do(self, chosen: str | None) -> None:
        self.is_asking = False
        if chosen == LEAVE:
            self.app.run_worker(self._leave_saved, group="leaving", thread=True)
        elif chosen in {BESIDE, INTO}:
            self.app.run_worker(partial(self._save, chosen), group="file", thread=True)

    def _leave_saved(self) -> None:
        """Leave with what is wrong, once it is known where what could be saved of the file is."""
        if self.error and self.error.is_being_saved:
            self._look()
        if self.error:
            self.app.deliver(partial(self._leave, str(self.error), self.error.exit_code))

    def _save(self, chosen: str) -> None:
        desk = self.app.desk
        try:
            if chosen == BESIDE:
                words = f"{desk.save_beside()}: written; it holds all that had been saved."
            else:
                words = (
                    f"{desk.path}: took in the work of this desk, which is kept in {desk.take_into_what_is_there()}."
                )
        except AnnotatorError as refusal:
            self.is_told = False  # the next look offers it again, beside why it was refused
            self.app.deliver(partial(self.app.tell_trouble, refusal))
        else:
            self.app.deliver(partial(self._leave, words, 0))

    def look_last(self) -> None:
        """Raise StoreReplacedError, when the desk was left otherwise: a dialog is closed before it is read."""
        if self.app.desk.why_read_only or self._is_left:
            return
        try:
            self.app.desk.look_at_file()
        except StoreReplacedError:
            raise
        except AnnotatorError:  # closing asks again, and more patiently
            return

    def _leave(self, words: str, code: int) -> None:
        self._is_left = True
        self.app.leaving_with(Text(inert(words)), code)
