"""The least a Textual app can do: show a line, and paint the number of keys pressed."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class BareApp(App[None]):
    """One line that counts keys."""

    pressed = 0

    def compose(self) -> ComposeResult:
        """Show the line."""
        yield Static("ready 0.")

    def on_key(self, _event: Key) -> None:
        """Paint the new count."""
        self.pressed += 1
        self.query_one(Static).update(f"ready {self.pressed}.")


if __name__ == "__main__":
    BareApp().run()
