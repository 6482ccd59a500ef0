"""Whatever a disk or another program did to a file: the doctor finds it, and nothing ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.damaged import Ward
from tests.trust.damaging import KINDS

QUICK, SLOW = 2, 170
"""Files of each kind."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    return Ward(tmp_path_factory.mktemp("ward"))


@pytest.fixture
def ward(made: Ward, monkeypatch: pytest.MonkeyPatch) -> Ward:
    monkeypatch.chdir(made.path.parent)
    return made


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_the_doctor_finds_what_was_done_to_a_file(ward: Ward, kind: str) -> None:
    assert [why for seed in range(QUICK) if (why := ward.examine(seed, kind))] == []


@pytest.mark.long
@pytest.mark.parametrize("kind", ["a page garbled", "the schema garbled", "rows deleted", "a column garbled"])
def test_everything_else_meets_a_damaged_file_with_words(ward: Ward, kind: str) -> None:
    for tried in (ward.rebuild, ward.command, ward.salvage):
        assert tried(1, kind) == ""


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("tried", "times"), [(Ward.examine, SLOW), (Ward.command, SLOW), (Ward.rebuild, 20),
                                              (Ward.salvage, 20)])  # fmt: skip
def test_so_are_two_thousand(ward: Ward, tried: object, times: int, kind: str) -> None:
    assert callable(tried)
    assert [why for seed in range(1000, 1000 + times) if (why := tried(ward, seed, kind))] == []


def test_a_name_in_the_schema_that_is_no_text_is_met_with_words(ward: Ward) -> None:
    """SQLite quotes it in what it says, which Python cannot read then."""
    assert [why for seed in (463, 1145, 1489) if (why := ward.examine(seed))] == []
    assert ward.rebuild(431) == ""  # an index of subjects that finds none


def test_damage_is_the_same_for_the_same_seed(ward: Ward) -> None:
    for kind in KINDS:
        first = ward.damage(7, kind), ward.path.read_bytes()
        assert (ward.damage(7, kind), ward.path.read_bytes()) == first, kind
    assert not Path("annotator.db").exists()
