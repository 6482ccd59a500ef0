"""A bundle for somebody tells nothing that is closed to them, and whole ones fill in what was withheld."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from annotator.desk import open_desk
from annotator.desk.exchange.together import Together
from annotator.store.log.digest import lines
from tests.desk.blind_doors import DOORS, told
from tests.desk.blinded import EARLIER, TALK_THREE, TALK_TWO, at, fresh, make_blinded, shown
from tests.proofs import mostly_slow

pytestmark = pytest.mark.long
OWN = {
    "bob": frozenset(),
    "cy": frozenset(),
    "ann": frozenset({"anntell", "anntwotell"}) | EARLIER | TALK_TWO,
    "gus": frozenset({"gustell"}) | TALK_THREE,
}
"""What each said; a bundle for them holds no more."""
KEYS = ("d:1", "d:2", "d:3")
NAMES = pytest.mark.parametrize("name", mostly_slow(OWN, "bob", "ann"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_blinded(tmp_path_factory.mktemp("blinded"))


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return fresh(made, tmp_path)


def bundled(path: Path, name: str) -> Path:
    """What Eve, who reviews, writes for somebody."""
    with at(path, "eve") as eve:
        return eve.together.bundle(path.with_name(f"{name or 'all'}.bundle"), person=name).path


def lines_of(bundle: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(bundle.read_bytes()).decode().splitlines()]


def received(bundle: Path, taxonomies: Path) -> Path:
    """A new database that has taken a bundle in."""
    folder = bundle.with_suffix("")
    copytree(taxonomies, folder / "taxonomies")
    with closing(open_desk(folder / "desk.db", "")) as desk:
        desk.together.merge([bundle])
    return folder / "desk.db"


def texts(value: object) -> Iterator[str]:
    """All that is said in a value, what stands in it as JSON text included."""
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str) and value[:1] in {"{", "["}:
        yield from texts(json.loads(value))
    else:
        yield str(value)


@NAMES
def test_no_line_of_a_bundle_for_somebody_says_what_others_said(path: Path, name: str) -> None:
    said = "\n".join(texts(lines_of(bundled(path, name))))
    assert "Robot on a ramp" in said
    assert shown(said) == OWN[name]


@NAMES
def test_no_event_in_it_is_about_others_work_or_names_a_field_or_subject_of_it(path: Path, name: str) -> None:
    lines = lines_of(bundled(path, name))
    uids = {line["name"]: line["person"] for line in lines if "person" in line}
    about = [line["about"] for line in lines if "about" in line]
    assert all(whose in {"", uids[name]} for _, _, _, whose, *_ in about)
    assert not any(key for key, _, _, whose, *_ in about if not whose)
    feeds = {json.loads(str(line["feed"]))[5] for line in lines if "feed" in line}
    assert not feeds & ({*OWN, "ben", "dora"} - {name})


@NAMES
def test_it_does_not_tell_which_subjects_others_worked_on(path: Path, name: str) -> None:
    subjects = [line for line in lines_of(bundled(path, name)) if "subject" in line]
    assert {"d:1", "d:2", "d:3", "d:6"} <= {line["subject"] for line in subjects}
    assert not any(line["versions"] for line in subjects)


@NAMES
def test_no_door_of_a_desk_that_received_it_tells_more(path: Path, name: str) -> None:
    here = received(bundled(path, name), path.parent / "taxonomies")
    found = {}
    for door in DOORS:
        for key in KEYS:
            with at(here, name) as desk:
                if more := told(desk, DOORS[door], key) - OWN[name]:
                    found[door, key] = more
    assert found == {}
    assert shown(here.read_bytes().decode("utf-8", "replace")) <= OWN[name]


def test_a_whole_bundle_fills_in_later_what_was_withheld(path: Path) -> None:
    here = received(bundled(path, "bob"), path.parent / "taxonomies")
    whole = bundled(path, "")
    with at(here, "eve") as desk:
        (done,) = desk.together.merge([whole])
        assert done.filled > 0
        assert not any(flaw.what == "withheld" for each in desk.together.verify(()) for flaw in each.flaws)
    found = []
    for each in (here, path):
        with at(each, "eve") as desk, desk.store.reading() as transaction:
            found.append(sorted(lines(transaction)))
            assert all(not finding.problems for finding in desk.store.examine())
    assert sorted({*found[0]} ^ {*found[1]}) == []


def test_who_does_not_review_makes_no_bundle_for_others_and_no_whole_one(path: Path) -> None:
    with at(path, "bob") as bob:
        assert isinstance(bob.together, Together)
        own = bob.together.bundle(path.with_name("bob.bundle"))
    assert not own.is_whole
    assert shown("\n".join(texts(lines_of(own.path)))) == frozenset()


def test_what_is_withheld_cannot_be_guessed_from_its_hash(path: Path) -> None:
    lines = lines_of(bundled(path, ""))
    salts = [line["e"][6] for line in lines if "e" in line]
    assert len(salts) > 20
    assert all(len(salt) == 32 for salt in salts)
    assert len({*salts}) == len(salts)
    withheld = [line["content"] for line in lines_of(bundled(path, "bob")) if "content" in line]
    assert withheld
    assert len({*withheld}) == len(withheld)
