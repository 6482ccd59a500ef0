"""What was published while decisions were made apart: it counts for the decision that was published and no other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops

ON = ("d:1", "--taxonomy", NS)
Two = tuple[Laptop, Laptop]


def do(laptop: Laptop, *deed: str) -> None:
    said = laptop(*deed)
    assert said.code == 0, said.err


def meet(two: Two) -> None:
    """Merge both ways."""
    for here, there in (two, two[::-1]):
        do(here, "merge", str(there.path))
    assert two[0].digest == two[1].digest


def counted(laptop: Laptop) -> tuple[int, int]:
    """How many decisions there are, and how many are published."""
    (found,) = laptop("progress", "--decisions", "--json").json
    return found["adjudicated"], found["published"]


def keep(laptop: Laptop, words: str) -> None:
    """Keep what was said so: first a ruling, then the decision."""
    for place in ("ruling:maker", "status"):
        (found,) = (each for each in laptop("conflicts", "--json").json if each["place"] == place)
        (event,) = (each["event"] for each in found["versions"] if words in each["words"])
        do(laptop, "conflicts", "keep", event)


@pytest.fixture
def two(tmp_path: Any, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Kim and Lea rule and decide otherwise on the same, each on a laptop."""
    kim, lea = laptops(tmp_path, program, monkeypatch, "kim", "lea")
    do(kim, "settings", "blind_annotation", "no")
    for name in ("ann", "bob"):
        kim.used_by(name).hand_in("d:1", f"By {name}")
    do(lea, "merge", str(kim.path))
    for laptop, whose in ((kim, "ann"), (lea, "bob")):
        do(laptop, "rule", *ON, "--field", "maker", "--adopt", whose, "--cause", "slip")
        do(laptop, "adjudicate", *ON)
    return kim, lea


def test_nothing_is_published_while_the_decisions_are_in_conflict(two: Two) -> None:
    for laptop in two:
        do(laptop, "publish", *ON)
        assert counted(laptop) == (1, 1)
    meet(two)
    kim, lea = two
    assert counted(kim) == (0, 0)
    said = kim("publish", *ON)
    assert (said.code, "does not say the same (" in said.err) == (4, True)
    assert "the decision" in said.err and "whether it is handed in" not in said.err
    assert "in conflict: the decision (" in kim("review", *ON).out
    keep(kim, "By ann")
    assert counted(kim) == (1, 1), "that one was published"
    meet(two)
    assert counted(lea) == (1, 1)
    for laptop in two:
        laptop.fine()
        assert laptop("doctor", "--rebuild").code == 0
        assert counted(laptop) == (1, 1)


@pytest.mark.parametrize(("kept", "published"), [("By ann", 1), ("By bob", 0)])
def test_what_is_kept_counts_as_published_where_that_was_published(two: Two, kept: str, published: int) -> None:
    kim, lea = two
    do(kim, "publish", *ON)
    meet(two)
    keep(lea, kept)
    meet(two)
    for laptop in two:
        assert counted(laptop) == (1, published)
        laptop.fine()
    do(kim, "publish", *ON)
    assert counted(kim) == (1, 1)
    do(kim, "withdraw", *ON)
    assert counted(kim) == (1, 0)


def test_what_was_decided_anew_apart_from_its_publication_is_not_published(two: Two) -> None:
    kim, lea = two
    meet(two)
    keep(kim, "By ann")
    meet(two)
    do(kim, "publish", *ON)
    do(lea, "adjudicate", *ON, "--reopen")
    do(lea, "rule", *ON, "--field", "maker", "--adopt", "bob", "--cause", "slip")
    do(lea, "adjudicate", *ON)
    meet(two)
    assert kim("conflicts", "--json").json == []
    assert counted(kim) == counted(lea) == (1, 0)
