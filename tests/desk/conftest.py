"""What the tests of the session share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Session, open_session
from tests.desk.blinded import make_blinded
from tests.desk.making import ailments, make_desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of a small desk."""
    return make_desk(tmp_path)


@pytest.fixture
def eva(path: Path) -> Iterator[Session]:
    """Eva at the desk; whatever she does, the file stays sound."""
    session = open_session(path, "eva")
    yield session
    assert ailments(session) == []
    session.close()


@pytest.fixture
def bob(path: Path) -> Iterator[Session]:
    """Bob at the same desk."""
    session = open_session(path, "bob")
    yield session
    session.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk full of things that not everybody may see; made once, so it is copied before it is used."""
    return make_blinded(tmp_path_factory.mktemp("blinded"))
