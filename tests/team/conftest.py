"""What the tests of working together share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.desk import Session, open_session
from tests.desk.making import ailments, make_desk

At = Callable[..., Session]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    """Sit somebody down at a desk of six incidents and two reports; whatever happens, the file stays sound."""
    path = make_desk(tmp_path)
    seated: list[Session] = []

    def sit(name: str = "zoe", round_: int = 1) -> Session:
        seated.append(open_session(path, name, round_=round_))
        return seated[-1]

    yield sit
    assert ailments(sit()) == []
    for session in seated:
        session.close()
