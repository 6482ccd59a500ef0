"""A season of a team: thirty people on several laptops, and after every deed all of it still adds up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.season.deeds import DEEDS, look_away
from tests.season.holding import firsts_stand, holds, is_sound
from tests.season.season import Season, Size, season

SMALL = Size(people=9, copies=2, subjects=12, steps=40)
WHOLE = Size(people=30, copies=4, subjects=60, steps=300)
SEEDS = range(2 if settings().max_examples < 1_000 else 20)
"""More of them by `make properties`."""


def live_through(played: Season) -> None:
    """Let one thing happen after the other; all must hold on the copy where it did."""
    for step in range(played.size.steps):
        (deed,) = played.random.choices([*DEEDS], [*DEEDS.values()])
        if step in {played.size.steps // 2, played.size.steps // 2 + 20}:
            deed = look_away
        copy = deed(played)
        if copy is not None:
            here = [who for who in played.homes if played.book.name(copy, who)]
            holds(played, copy, played.watching.choice(here))
            if played.told[-1].startswith("merged") and played.book.is_whole(copy):
                firsts_stand(played, copy)


def come_together(played: Season) -> None:
    """Bring all copies together; they are one then, and sound."""
    others = range(1, played.size.copies)
    for copy in others:
        played.merge(0, copy)
    for copy in others:
        played.merge(copy, 0)
    for copy in range(played.size.copies):
        holds(played, copy)
        firsts_stand(played, copy)
    for who in played.homes:
        holds(played, played.homes[who], who)
    digests = {is_sound(played, copy) for copy in range(played.size.copies)}
    assert len(digests) == 1


def test_a_short_season_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with season(tmp_path, monkeypatch, 1, SMALL) as played:
        live_through(played)
        come_together(played)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_season_of_thirty_people_adds_up(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with season(tmp_path, monkeypatch, seed, WHOLE) as played:
        live_through(played)
        come_together(played)
