"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.store.store import Store
from tests.store.making import make_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with three incidents."""
    made = make_store(tmp_path / "desk.db")
    yield made
    made.close()
