"""What the tests of working together share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.desk import Desk, open_desk
from tests.desk.making import ailments, make_desk

At = Callable[..., Desk]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    """Sit somebody down at a desk of six incidents and two reports; whatever happens, the file stays sound."""
    path = make_desk(tmp_path)
    seated: list[Desk] = []

    def sit(name: str = "zoe", round_: int = 1) -> Desk:
        seated.append(open_desk(path, name, round_=round_))
        return seated[-1]

    yield sit
    assert ailments(sit()) == []
    for desk in seated:
        desk.close()
