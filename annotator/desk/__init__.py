"""The headless desk: what a person does at the screen, a script can do here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotator.desk.desk import Desk, open_desk
    from annotator.desk.place import Change
    from annotator.desk.queue import Queue

__all__ = ["Change", "Desk", "Queue", "open_desk"]
WHERE = {"Change": "place", "Queue": "queue"}


def __getattr__(name: str) -> Any:
    """Load what a script asks for when it does; a command that only needs one module here stays light."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{WHERE.get(name, 'desk')}"), name)
