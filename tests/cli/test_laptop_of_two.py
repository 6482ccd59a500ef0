"""Two people at one laptop, who leave their work in a shared folder beside each other's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of
from tests.cli.test_shared_folder import deal
from tests.cli.test_together import answers, synced

Three = tuple[Laptop, Laptop, Laptop]


@pytest.fixture
def three(tmp_path: Path, share: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Three:
    """Kim, who leads, and Ann and Dan, who share a laptop; all have something to do."""
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    deal = ("--kind", "incident", "--limit", "3", "--per-subject", "2")
    assert kim("assign", "--taxonomy", NS, "--to", "ann,dan", *deal).code == 0
    dan = ann.used_by("dan")
    synced(share, kim, ann, dan)
    return kim, ann, dan


def called_as_before(share: Path) -> None:
    """Call all files as before people had files of their own: after the replica, and whom they are for."""
    for file in sorted(share.iterdir()):
        copy, *rest = file.name.split(".")
        file.rename(share / ".".join([copy, *(part for part in rest if not part.startswith("by-"))]))


def test_what_one_leaves_stays_when_the_other_leaves_theirs(three: Three, share: Path) -> None:
    kim, ann, dan = three
    ann.hand_in("d:1", "Anntell")
    dan.hand_in("d:1", "Dantell")
    synced(share, ann, dan, kim)
    assert answers(kim, "d:1") == {"ann": "Anntell", "dan": "Dantell"}
    dan.answer("d:2", "maker=Dantwo")
    ann.answer("d:2", "maker=Anntwo")
    synced(share, dan, ann, kim)
    assert answers(kim, "d:2") == {"ann": "Anntwo", "dan": "Dantwo"}
    synced(share, *three)
    before = {file.name: file.read_bytes() for file in share.iterdir()}
    synced(share, *three)
    assert {file.name: file.read_bytes() for file in share.iterdir()} == before
    kim.fine()


def test_what_is_whole_stays_when_an_annotator_at_the_same_laptop_leaves_theirs(three: Three, share: Path) -> None:
    kim, ann, _ = three
    ann.hand_in("d:1", "Anntell")
    assert kim("settings", "reviewers", "kim,lea").code == 0
    synced(share, ann, kim, kim.used_by("dan"))
    for file in share.iterdir():
        if '"by_name":"ann"' in lines_of(file)[0]:
            file.unlink()  # so that Kim's alone tells of it
    lea = beside(kim, "lea", "lea")
    synced(share, lea)
    assert answers(lea, "d:1") == {"ann": "Anntell"}


def test_a_folder_of_earlier_names_is_read_and_goes_on_under_those_of_today(three: Three, share: Path) -> None:
    kim, ann, dan = three
    bob = beside(kim, "bob", "bob")
    deal(kim, "bob", "d:5")
    ann.hand_in("d:1", "Anntell")
    synced(share, kim, ann)
    (dans,) = (file for file in share.iterdir() if '"by_name":"dan"' in lines_of(file)[0])
    dans.unlink()  # of a laptop there was but one
    called_as_before(share)
    synced(share, bob, kim)
    assert answers(kim, "d:1") == {"ann": "Anntell"}
    assert len(bob("list", "--assigned", "--json").json) == 1
    before = len(list(share.iterdir()))
    synced(share, dan, ann, kim, bob)
    assert all(".by-" in file.name for file in share.iterdir())
    assert len(list(share.iterdir())) == before + 1, "Dan's is beside Ann's, and none is left under both names"
