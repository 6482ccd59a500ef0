"""The desk as one Textual app: themes, keys, the queue, and words for what went wrong."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual._context import active_message_pump
from textual.app import App
from textual.css.query import NoMatches
from textual.events import Event, Key, Paste, Resize
from textual.message import Message
from textual.message_pump import MessagePump
from textual.notifications import Notify
from textual.screen import Screen
from textual.worker import WorkerFailed, active_worker

from annotator.config import config_path
from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.errors import AnnotatorError, RequestError, StoreBusyError, StoreError, StoreReplacedError
from annotator.files import refusal
from annotator.tui.cells import inert
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.garbage import collect_again, put_off
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.lost_file import EVERY as FILE_EVERY
from annotator.tui.lost_file import LostFile
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen, is_left, surviving
from annotator.tui.terminal import Leaving, TerminalWatch, driver_for
from annotator.tui.themes import DARK, LIGHT, THEMES, theme_named
from annotator.tui.typeahead import KeysFree, TypeAhead, is_typed
from annotator.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import Provider
    from textual.driver import Driver

LONGEST_TOLD = 400
"""Characters of dropped text that find room in a message."""
TOLD_FOR = 20.0
"""Seconds that dropped text stays to be read."""
OF_DATABASE = "The database"
"""The title of messages about it."""
NAMED = Callable[[str], Desk]
"""Keeps the name somebody gave, and opens the desk under it."""


def _palette() -> type[Provider]:
    from annotator.tui.palette import ActionProvider

    return ActionProvider


class AnnotatorApp(App[None], inherit_bindings=False):
    """Opens on the queue. The one place where an AnnotatorError becomes words on screen."""

    TITLE = "annotator"
    CSS_PATH: ClassVar = [
        "app.tcss",
        "queue/queue.tcss",
    ]  # read with the app's: no second parse before the first frame
    BINDINGS = bindings_for("everywhere")
    COMMANDS: ClassVar = {_palette}

    _loop_of_screens: AbstractEventLoop | None = None
    _is_opening = False
    """Whether the subject to begin with is still to be opened."""

    def __init__(
        self,
        desk: Desk,
        keys: Keys | None = None,
        theme: str = "",
        on_named: NAMED | None = None,
        first: tuple[str, str] | None = None,
        suggested_name: str = "",
    ) -> None:
        """Take an open desk; one without an annotator asks for a name when `on_named` can keep it.

        `first` is a subject to open at once, and the taxonomy to open it under or nothing; `suggested_name` is what
        stands in the question for a name at first.
        """
        super().__init__()
        self.desk = desk
        self.keys = keys or Keys()
        self._ending_keys = {action: self.keys.of(action) for action in ("stop_waiting", "quit", "cancel")}
        """The keys that end a wait, which are asked for at every key."""
        self.on_named = on_named
        self.first = first
        self.suggested_name = suggested_name
        self.saving = self._saving_of(desk)
        self.leaving = Leaving()
        self.leaving.append(self._finish_saving)
        self.lost_file = LostFile(self)
        self.typeahead = TypeAhead(self, self._hand_out, self._are_keys_held, self._keep_typed)
        self.animation_level = "none"
        self.set_keymap(self.keys.keymap)
        for each in THEMES:
            self.register_theme(each)
        self._begin_with(theme_named(theme))

    def _begin_with(self, theme: str) -> None:
        """Set the first theme without the second parse of all styles that a change of theme costs."""
        if theme not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise RequestError(f"There is no theme {theme!r}. There are: light, dark, {known}.")
        self.set_reactive(App.theme, theme)
        self.set_class(self.current_theme.dark, "-dark-mode", update=False)
        self.set_class(not self.current_theme.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_driver_class(self) -> type[Driver]:
        """Draw in a way that a terminal which goes cannot stop."""
        return driver_for(super().get_driver_class())

    def get_default_screen(self) -> Screen[None]:
        """Open on the queue."""
        return QueueScreen(self.desk, self.keys, self.saving)

    async def _dispatch_message(self, message: Message) -> None:
        await surviving(self, super()._dispatch_message(message))

    def deliver(self, call: Callable[[], None]) -> None:
        """Have a call of another thread made on the loop; after the end there is nobody to tell."""
        if self._loop_of_screens and not self._loop_of_screens.is_closed():
            self._loop_of_screens.call_soon_threadsafe(self.call_later, call)

    def _finish_saving(self, seconds: float) -> None:
        """Write what is on its way, and keep the words of what cannot be."""
        self.saving.finish(seconds)

    def _saving_of(self, desk: Desk) -> Saving:
        return Saving(desk, self.deliver, self._show_wait, self._show_landing)

    @property
    def _shown(self) -> list[DeskScreen[Any]]:
        """The screens from the one that is open on down, without one that is still being laid out."""
        return [each for each in reversed(self.screen_stack) if isinstance(each, DeskScreen) and each.is_mounted]

    def _show_wait(self) -> None:
        """Have the open screen, and a dialog before it, say whether another process holds the file."""
        for screen in self._shown[:1]:
            screen.show_wait()
        self.on_dialog_saves()

    def show_loss(self) -> None:
        """Have every screen say that nothing is saved any more, and no message what came of it."""
        for each in [each for each in self._notifications if each.title == OF_DATABASE]:
            self._unnotify(each)
        for screen in self._shown:
            screen.show_pending()

    def _show_landing(self, found: object) -> None:
        """Have every screen follow what an edit led to, and the open one read anew what else that changed."""
        for screen in self._shown:
            screen.follow_landing(found)
        for screen in self._shown[:1]:  # one that is covered says so when it is open again
            screen.show_pending()
            screen.read_soon()

    def on_dialog_saves(self) -> None:
        """Have a dialog say whether what it gave waits for another process."""
        if isinstance(holding := self._holding(), Dialog):
            holding.show_wait(self.saving.is_stalled)

    def on_mount(self) -> None:
        """Ask who is there, when nobody said."""
        self._loop_of_screens = get_running_loop()
        self.set_interval(FILE_EVERY, self.lost_file.look)
        if why := self.desk.why_read_only:
            words = inert(f"{why} Until then it is open here for reading only.")
            self.notify(words, title=OF_DATABASE, severity="warning", timeout=TOLD_FOR, markup=False)
        if not self.desk.annotator and self.on_named:
            from annotator.tui.dialogs.ask import AskName

            known = self.desk.people.offered()
            self.push_screen(AskName(self.keys, self.suggested_name, self._trouble_with, known), self._be_named)
        else:
            self._open_first()

    def _trouble_with(self, name: str) -> str:
        """What keeps somebody from working here under a name, in words; nothing when they can."""
        from annotator.desk.names import working_name

        try:
            working_name(self.desk.store, name)
        except RequestError as error:
            return str(error)
        return ""

    def _be_named(self, name: str | None) -> None:
        if name and self.on_named:
            self.desk = self.on_named(name)
            self.saving = self._saving_of(self.desk)
            cast(QueueScreen, self.screen_stack[0]).use(self.desk, self.saving)
            self._open_first()

    def _open_first(self) -> None:
        if self.first:
            self._is_opening = True
            self.call_after_refresh(self._open, *self.first)

    def _open(self, key: str, taxonomy: str) -> None:
        try:
            cast(QueueScreen, self.screen_stack[0]).open(key, taxonomy)
        finally:
            self._is_opening = False
            self.post_message(KeysFree())

    # What is typed

    async def on_event(self, event: Event) -> None:
        """Let keys, clicks and pastes wait for their turn."""
        if self._leaves_a_wait(event):
            cast(DeskScreen[Any], self._holding()).stop_waiting()
        elif is_typed(event):
            await self.typeahead.take(event, now=self._ends_a_wait(event))
        else:
            await super().on_event(event)

    def _ends_a_wait(self, event: Event) -> bool:
        """Whether a key is not for the place that is awaited, but against waiting for it."""
        if not isinstance(event, Key):
            return False
        ends = ["stop_waiting"]
        if self.saving.is_stalled:  # before somebody sees that, these keys are for what is awaited too
            ends += ["quit", "cancel"] if isinstance(self._holding(), Dialog) else ["quit"]
        return any(event.key in self._ending_keys[action] for action in ends)

    def _leaves_a_wait(self, event: Event) -> bool:
        """Whether a key goes back from where somebody waits for a look or publishing, once that wait is shown."""
        held = self._holding() if isinstance(event, Key) and self.saving.is_stalled else None
        if not isinstance(event, Key) or not isinstance(held, DeskScreen) or not held.ends_its_wait_by_leaving():
            return False
        return bool(held.LEAVE) and event.key in self.keys.of(held.LEAVE)

    async def _hand_out(self, event: Event) -> None:
        """Give a key to its widget; what is pasted takes the shape of its place, or is refused when it is too long."""
        if isinstance(event, Paste):
            from annotator.tui.widgets.pasting import pasted

            event.text = pasted(event.text, self.focused)
        await super().on_event(event)

    def _holding(self) -> DeskScreen[Any] | Dialog[Any] | None:
        """The screen that is about to show what the next keys are meant for."""
        screens = (each for each in self.screen_stack if isinstance(each, DeskScreen | Dialog))
        return next((each for each in screens if each.holds_keys), None)

    def _are_keys_held(self) -> bool:
        return self._is_opening or self.saving.is_leaving or self._holding() is not None

    def _keep_typed(self) -> None:
        """Keep the text among the keys that wait, until they are carried out or dropped."""
        if self.typeahead.is_done:
            self.saving.forget_ahead()
        elif (text := self.typeahead.text) and (holding := self._holding()):
            self.saving.keep_ahead(self._awaited_at(holding), text)

    def _awaited_at(self, holding: DeskScreen[Any] | Dialog[Any]) -> Place:
        """What keys wait for; a dialog's is about what the screen below it shows."""
        if isinstance(holding, DeskScreen):
            return holding.awaited_at
        return next(each.about for each in reversed(self.screen_stack) if isinstance(each, DeskScreen))

    async def on_keys_free(self, event: KeysFree) -> None:
        """Carry out the keys that waited, or say that they are dropped."""
        if event.dropped_for and not self.saving.is_leaving:
            self._drop_keys(event.dropped_for)
        await self.typeahead.go_on()

    def _drop_keys(self, why: str) -> None:
        """Drop the keys that wait, and say so with the text among them; what is too long to show is told later."""
        text = self.typeahead.text
        count = self.typeahead.drop()
        sentences = [why]
        if count == 1:
            sentences += ["The key you pressed after that is dropped."]
        elif count:
            sentences += [f"The {count} keys you pressed after that are dropped."]
        elif text:
            sentences += ["What you pasted after that is dropped."]
        if text:
            shown = text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
            sentences += [f"You had typed “{inert(shown)}”."]
            self.saving.forget_ahead(is_told=shown == text)
        if len(sentences) > 1:
            self.notify(" ".join(sentences), markup=False, timeout=TOLD_FOR if text else None)

    def on_notify(self, event: Notify) -> None:
        """Take away what says the same already, so that no sentence is on screen twice; the new one stays longer."""
        new = event.notification
        for old in list(self._notifications):
            if (old.message, old.title, old.severity) == (new.message, new.title, new.severity):
                self._unnotify(old, refresh=False)

    def on_resize(self, event: Resize) -> None:
        """Cover everything while the terminal is too small."""
        from annotator.tui.dialogs.too_small import TooSmall, is_too_small

        covered = isinstance(self.screen, TooSmall)
        too_small = is_too_small(event.size.width, event.size.height)
        if too_small and not covered:
            self.push_screen(TooSmall())
        elif covered and not too_small:
            self.pop_screen()

    async def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """Do what was clicked in the footer, as if its key had been pressed."""
        for node, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.id == event.action and enabled:
                await self.run_action(binding.action, node)
                return

    def action_stop_waiting(self) -> None:
        """Take back what waits for another process; each field and dialog keeps what was meant."""
        if self.saving.is_pending():
            self.saving.stop_waiting()
        else:
            self.notify("Nothing waits to be saved.", markup=False)

    async def action_quit(self) -> None:
        """Quit, when what is on its way is finished."""
        with ThreadPoolExecutor(1) as apart:
            await get_running_loop().run_in_executor(apart, self.leaving.finish)
        self.exit()

    def leaving_with(self, words: RenderableType, code: int) -> None:
        """End the desk, and leave a sentence in the terminal."""
        self.exit(return_code=code, message=words)

    def action_help(self) -> None:
        """Show all keys that work here, also from the palette over it; leave them when they are shown."""
        from annotator.tui.help import HelpScreen, lines_about
        from annotator.tui.palette import Palette

        if isinstance(self.screen, Palette):
            self.screen.dismiss(None)
        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
        elif isinstance(self.screen, DeskScreen | Dialog):
            self.push_screen(HelpScreen(self.keys, lines_about(self.screen)))

    def action_command_palette(self) -> None:
        """Find an action of the current screen by its name."""
        from annotator.tui.palette import Palette

        if isinstance(self.screen, DeskScreen | Dialog):
            self.push_screen(Palette())

    def action_toggle_theme(self) -> None:
        """Go from dark to light or back."""
        self.theme = DARK if self.theme == LIGHT else LIGHT

    def _handle_exception(self, error: Exception) -> None:
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, NoMatches) and is_left(self._whose_code):
            return  # as where the palette is closed while it still gathers, or is about to say that nothing matches
        if isinstance(cause, OSError):
            cause = refusal(cause) or cause
        told = cause if isinstance(cause, AnnotatorError) else self._altered(cause)
        if told is None:
            super()._handle_exception(error)
        elif told is not cause or not self._has_begun:  # there is nothing to show the words on, nor to go on with
            self.leaving_with(Text(inert(str(told), newlines=True)), told.exit_code)
        elif isinstance(told, StoreReplacedError) and not self.lost_file.is_told:
            self.lost_file.tell(told)
        else:
            self.tell_trouble(told)
            if isinstance(told, StoreError) and not isinstance(told, StoreBusyError):
                self.lost_file.look()

    @property
    def _whose_code(self) -> MessagePump:
        """Whose code runs here: that of whoever began the worker, or of whoever handles a message."""
        worker = active_worker.get(None)
        return worker.node if worker else active_message_pump.get(self)

    @property
    def _has_begun(self) -> bool:
        return any(isinstance(each, QueueScreen) and each.has_begun for each in self.screen_stack)

    def _altered(self, error: BaseException) -> AnnotatorError | None:
        """What of the database is not what was written, where that may be why something failed that nobody foresaw."""
        try:
            with closing(self.desk.store.another()) as own:
                own.refuse_altered(error)
        except AnnotatorError as altered:
            return altered
        return None

    def tell_trouble(self, cause: AnnotatorError) -> None:
        """Show in passing what a person can put right; of a lost file a dialog says it."""
        title = OF_DATABASE if isinstance(cause, StoreError) else ""
        if title and self.lost_file.is_asking:
            return
        words = inert(str(cause), newlines=True)
        self.notify(words, title=title, severity="error", timeout=10, markup=False)


def run(
    desk: Desk,
    keys: Mapping[str, str] | None = None,
    theme: str = "",
    on_named: NAMED | None = None,
    first: tuple[str, str] | None = None,
    suggested_name: str = "",
) -> int:
    """Open the desk and stay until somebody quits or the terminal goes; returns the exit code.

    `keys` and `theme` are what the settings file says of them; RequestError naming it when that is wrong.
    """
    put_off()
    try:
        try:
            app = AnnotatorApp(desk, Keys(keys), theme, on_named, first, suggested_name)
        except RequestError as error:
            raise RequestError(f"{config_path()}: {error}") from error
        with TerminalWatch(app, app.leaving):
            app.run()
    finally:
        collect_again()
    app.lost_file.look_last()
    return app.return_code or 0
