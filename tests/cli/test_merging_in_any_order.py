"""Files that are named together, in whatever order, and what is told of those in a shared folder."""

from __future__ import annotations

import gzip
import re
from itertools import permutations
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops

HEX = re.compile("[0-9a-f]{32}")


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Laptop, Laptop]:
    """Lead, who reviews and dealt Ann three incidents, and Ann."""
    lead, ann = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    assert lead("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident", "--limit", "3").code == 0
    return lead, ann


@pytest.fixture
def three(two: tuple[Laptop, Laptop], tmp_path: Path) -> tuple[Path, ...]:
    """Bundles of Lead, each of which goes on where the one before ends."""
    lead, _ = two
    made: list[Path] = []
    for number in range(3):
        lead.answer(f"d:{number + 1}", f"maker=Maker{number}")
        made.append(tmp_path / f"{number}.bundle")
        since = ("--since", made[-2]) if number else ()
        assert lead("bundle", made[-1], *since).code == 0
    return tuple(made)


def test_files_named_together_are_taken_in_whatever_order_works(
    two: tuple[Laptop, Laptop], three: tuple[Path, ...]
) -> None:
    lead, _ = two
    for number, order in enumerate(permutations(three)):
        new = beside(lead, "kim", f"new-{number}")
        rehearsed = new("merge", "--dry-run", *order)
        assert (rehearsed.code, new.path.exists()) == (0, False)
        said = new("merge", *order)
        assert said.code == 0, said.err
        in_order = f"They were taken in as {', then '.join(map(str, three))}, because one needs what another brings."
        assert (in_order in said.err) is (order != three)
        assert new.digest == lead.digest
        new.fine()


def test_what_no_order_helps_is_refused_and_all_that_was_taken_in_is_taken_back(
    two: tuple[Laptop, Laptop], three: tuple[Path, ...]
) -> None:
    _, ann = two
    said = ann("merge", three[2], three[0])
    assert said.code == 5
    assert f"{three[2]}: begins at event" in said.err
    assert "To take the other files in first did not help." in said.err
    assert not ann.path.exists()
    assert ann("merge", three[0]).code == 0
    before = ann.digest
    three[2].write_bytes(gzip.compress(b"{}\n"))
    assert ann("merge", three[2], three[1]).code == 5
    assert ann.digest == before
    ann.fine()


def test_a_shared_folder_says_whose_each_file_is(two: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    lead, ann = two
    share = tmp_path / "share"
    share.mkdir()
    left = lead("sync", share)
    assert left.code == 0, left.err
    copy = next(iter(share.glob("*.bundle"))).name[:8]
    assert f"Left by lead (copy {copy}): " in left.err
    assert f"Left by lead (copy {copy}, for ann): " in left.err
    taken = ann("sync", share)
    assert f"From lead (copy {copy}, for ann): brought " in taken.err
    ann.hand_in("d:1", "Anntell")
    assert "Left by ann (copy " in ann("sync", share).err
    assert not HEX.search(left.err + taken.err)
    own = next(file for file in share.glob("*.bundle") if not file.name.startswith(copy))
    packed = own.read_bytes()
    own.write_bytes(packed[:-20])
    refused = lead("sync", share)
    assert refused.code == 5
    assert re.search(rf"From ann \(copy {own.name[:8]}\):.*It was left where it is, as {own.name}\.", refused.err)
    again = lead("sync", share, "--json").json
    assert list(again["refused"]) == [own.name]
    assert again["whose"][own.name] == f"ann (copy {own.name[:8]})"
