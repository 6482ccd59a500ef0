"""What the tests of importing share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk.project import Project
from tests.importing.making import ailments


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A new database with the shipped taxonomies; whatever is imported, it stays sound."""
    opened = Project.open(tmp_path / "desk.db")
    yield opened
    assert ailments(opened) == []
    opened.store.close()
