"""Two copies in which one version of a taxonomy says two things: refused in words, with a way out that works."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops

Two = tuple[Laptop, Laptop]


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Lead and Ann, who has the same subjects and nothing of the taxonomy yet."""
    lead, ann = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    deal = ("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident", "--limit", "3")
    assert lead(*deal).code == 0
    assert lead("bundle", tmp_path / "for.bundle", "--for", "ann").code == 0
    assert ann("merge", tmp_path / "for.bundle").code == 0
    return lead, ann


def yaml_of(laptop: Laptop) -> Path:
    (file,) = (laptop.folder / "taxonomies").iterdir()
    return file


def work_apart(two: Two, was: str, now: str, *answers: str) -> None:
    """Both hand something in, Ann under a text that she changed."""
    lead, ann = two
    file = yaml_of(ann)
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")
    lead.hand_in("d:4", "Leadtell")
    ann.answer("d:1", *(answers or ("outcome=none", "maker=Anntell")), submit=True)


def bundle_of(laptop: Laptop, tmp_path: Path) -> Path:
    assert laptop("bundle", tmp_path / f"{laptop.name}.bundle").code == 0
    return tmp_path / f"{laptop.name}.bundle"


def takes_theirs(two: Two, tmp_path: Path) -> None:
    """Ann gives her text up as she is told to, and both go on together."""
    lead, ann = two
    theirs = bundle_of(lead, tmp_path)
    assert ann("merge", theirs).code == 5
    shutil.copy(yaml_of(lead), yaml_of(ann))
    before = ann.digest
    said = ann("merge", theirs, "--take-taxonomies", "--dry-run")
    assert (said.code, ann.digest) == (0, before)
    said = ann("merge", theirs, "--take-taxonomies")
    assert said.code == 0, said.err
    assert "desk version 1 says here now what it says there" in said.err
    ann.answer("d:2", "outcome=none", "maker=Annagain", submit=True)
    for _ in range(2):
        assert lead("merge", bundle_of(ann, tmp_path)).code == 0
        assert ann("merge", bundle_of(lead, tmp_path)).code == 0
    for laptop in two:
        laptop.fine()
    assert lead.digest == ann.digest
    made = [json.loads(line) for line in lead("export", "jsonl", "--taxonomy", NS).out.splitlines()]
    assert {each["annotator"] for each in made} == {"lead", "ann"}


def test_a_version_in_two_wordings_is_one_again_once_somebody_takes_the_other(two: Two, tmp_path: Path) -> None:
    lead, ann = two
    work_apart(two, "label: Maker", "label: Producer")
    said = lead("merge", bundle_of(ann, tmp_path))
    assert said.code == 5
    assert "desk version 1 says something else there than here (in its wording alone)" in said.err
    assert "annotator merge --take-taxonomies" in said.err
    takes_theirs(two, tmp_path)


def test_a_version_with_other_fields_is_one_again_and_answers_stay(two: Two, tmp_path: Path) -> None:
    lead, ann = two
    work_apart(
        two,
        "  - {id: maker, label: Maker, kind: text}",
        "  - {id: maker, label: Maker, kind: text, visible_if: {field: outcome, in: [happened, near]}}\n"
        "  - {id: colour, label: Colour, kind: text}",
        "outcome=none", "maker=Anntell", "colour=Redtell",
    )  # fmt: skip
    said = lead("merge", bundle_of(ann, tmp_path))
    assert said.code == 5
    assert "(not in its wording alone, but in maker, colour)" in said.err
    takes_theirs(two, tmp_path)
    (one,) = (
        each
        for each in map(json.loads, lead("export", "jsonl", "--taxonomy", NS).out.splitlines())
        if "Redtell" in str(each)
    )
    assert one["answers"]["colour"]["value"] == "Redtell"
    assert lead("show", "d:1").code == lead("agreement", "--taxonomy", NS).code == 0
