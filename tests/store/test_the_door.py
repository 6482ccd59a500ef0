"""SQLite ends at the door of the store: import contracts forbid the module, this the statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import annotator

PACKAGE = Path(annotator.__file__).parent
STORE = PACKAGE / "store"
INSIDE = {"execute", "executemany", "executescript", "transaction", "_connection"}
"""What only the store's own functions may ask of a store or of what happens in it."""


def asked(modules: Iterator[Path]) -> set[str]:
    """Places where modules reach for what is the store's own, as `path:line attribute`."""
    return {
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.attr}"
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in INSIDE
    }


def test_nobody_but_the_store_runs_sql_or_keeps_a_connection() -> None:
    assert asked(STORE.rglob("*.py"))
    assert asked(path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(STORE)) == set()
