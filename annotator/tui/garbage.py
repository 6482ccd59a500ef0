"""Garbage: not looked for while the desk starts, and never among what it loaded: that takes as long as a frame."""

from __future__ import annotations

import gc


def put_off() -> None:
    """Collect no garbage until further notice."""
    gc.disable()


def collect_again() -> None:
    """Collect garbage again if that was put off, and leave alone what is there now; call it in any thread."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
