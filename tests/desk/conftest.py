"""What the tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from tests.desk.blinded import make_blinded
from tests.desk.making import ailments, make_desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of a small desk."""
    return make_desk(tmp_path)


@pytest.fixture
def eva(path: Path) -> Iterator[Desk]:
    """Eva at the desk; whatever she does, the file stays sound."""
    desk = open_desk(path, "eva")
    yield desk
    assert ailments(desk) == []
    desk.close()


@pytest.fixture
def bob(path: Path) -> Iterator[Desk]:
    """Bob at the same desk."""
    desk = open_desk(path, "bob")
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk full of things that not everybody may see; made once, so it is copied before it is used."""
    return make_blinded(tmp_path_factory.mktemp("blinded"))
