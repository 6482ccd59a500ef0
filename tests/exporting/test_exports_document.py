"""The document on exports names what there is."""

from __future__ import annotations

from pathlib import Path

from annotator.desk.exchange.tables import ABOUT, COLUMNS, WHO

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")


def test_every_column_is_named() -> None:
    assert [name for name in (*COLUMNS, *WHO, *ABOUT) if f"`{name}`" not in TEXT] == []
