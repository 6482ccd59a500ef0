"""Text cut to terminal cells, after it was made safe to draw."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from annotator.plain import HIDDEN, SUSPECT, inert

__all__ = ["HIDDEN", "SUSPECT", "clip", "fit", "inert"]


def clip(text: str, cells: int) -> str:
    """Cut inert text to at most so many cells, ending in "…" when something is left out."""
    if cells <= 0:
        return ""
    if (len(text) <= cells and text.isascii()) or cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…"


def shortened(name: str, cells: int) -> str:
    """Leave out the middle of an inert name that takes more cells: files are told apart by how they begin and end."""
    if cell_len(name) <= cells:
        return name
    half = (cells - 1) // 2
    end = len(name)
    while cell_len(name[end - 1 :]) <= half:
        end -= 1
    return f"{set_cell_size(name, half).rstrip()}…{name[end:]}"


def fit(text: str, cells: int) -> str:
    """Cut or fill inert text to exactly so many cells."""
    return set_cell_size(clip(text, cells), max(cells, 0))
