"""Files that cannot be merged: each is refused in a sentence, with its exit code, and nothing is changed."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from annotator.model import payloads
from annotator.model.classification import Identity
from annotator.store.log import events
from annotator.store.store import Store
from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of, sealed
from tests.conftest import Lock
from tests.proofs import mostly_slow
from tests.store.databases import schemas, unpack
from tests.store.making import finish, script

Two = tuple[Laptop, Laptop]


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Lead, who reviews, and Ann, who handed something in that Lead has not got."""
    lead, ann = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    assert lead("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident", "--limit", "3").code == 0
    assert lead("bundle", tmp_path / "for.bundle", "--for", "ann").code == 0
    assert ann("merge", tmp_path / "for.bundle").code == 0
    ann.hand_in("d:1", "Anntell")
    ann.answer("d:2", "maker=Anntell")
    assert ann("bundle", tmp_path / "own.bundle").code == 0
    return lead, ann


@pytest.fixture
def own(two: Two, tmp_path: Path) -> Path:
    """Ann's bundle."""
    return tmp_path / "own.bundle"


def refused(laptop: Laptop, file: Path, code: int, words: str) -> None:
    """See that a file is refused in words and changes nothing."""
    before, bytes_before = laptop.digest, file.read_bytes() if file.is_file() else b""
    said = laptop("merge", file)
    assert (said.code, said.out) == (code, ""), said
    assert words in said.err
    assert "Traceback" not in said.err
    assert laptop.digest == before
    assert not file.is_file() or file.read_bytes() == bytes_before
    laptop.fine()


@pytest.mark.parametrize("left", [0, 1, 9, 10, 11, 0.2, 0.5, 0.8, -9, -8, -4, -1])
def test_a_bundle_that_was_cut_off(two: Two, own: Path, left: float) -> None:
    whole = own.read_bytes()
    own.write_bytes(whole[: int(left * len(whole)) if isinstance(left, float) else left])
    refused(two[0], own, 5, str(own))


def test_a_bundle_whose_last_lines_are_missing(two: Two, own: Path) -> None:
    lines = gzip.decompress(own.read_bytes()).splitlines(keepends=True)
    for number in range(len(lines)):
        own.write_bytes(gzip.compress(b"".join(lines[:number])))
        refused(two[0], own, 5, "was cut off: its end is missing")


@pytest.mark.parametrize("part", mostly_slow(range(50), 5, 25, 49))
def test_a_bundle_in_which_one_byte_was_altered(two: Two, own: Path, part: int) -> None:
    packed = bytearray(own.read_bytes())
    packed[10 + (len(packed) - 11) * part // 49] ^= 0x10
    own.write_bytes(bytes(packed))
    refused(two[0], own, 5, "the bundle ")


@pytest.mark.parametrize("part", mostly_slow(range(30), 3, 15, 29))
def test_a_bundle_in_which_one_letter_was_altered_and_that_was_packed_again(two: Two, own: Path, part: int) -> None:
    text = bytearray(gzip.decompress(own.read_bytes()))
    text[(len(text) - 2) * part // 29] ^= 0x01
    own.write_bytes(gzip.compress(bytes(text)))
    refused(two[0], own, 5, "the bundle ")


def test_a_bundle_with_two_lines_in_each_others_place(two: Two, own: Path) -> None:
    lines = gzip.decompress(own.read_bytes()).decode().splitlines()
    for number in range(len(lines) - 1):
        swapped = [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]
        own.write_bytes(gzip.compress("".join(f"{line}\n" for line in swapped).encode()))
        refused(two[0], own, 5, "the bundle ")


def events_of(lines: list[str]) -> list[int]:
    return [number for number, line in enumerate(lines) if line.startswith('{"e":')]


def test_a_bundle_sealed_anew_without_one_event_or_with_two_in_each_others_place(two: Two, own: Path) -> None:
    lines = lines_of(own)
    found = events_of(lines)
    for one, other in pairwise(found):
        fewer = lines[:one] + lines[one + 1 :]
        refused(two[0], sealed(own, fewer), 5, "Nothing was changed")
        swapped = list(lines)
        swapped[one], swapped[other] = lines[other], lines[one]
        refused(two[0], sealed(own, swapped), 5, "Nothing was changed")
    refused(two[0], sealed(own, lines[: found[-1]]), 5, "ends at")


def test_a_bundle_sealed_anew_after_an_answer_was_altered(two: Two, own: Path) -> None:
    lines = [line.replace("Anntell", "Leadtell") for line in lines_of(own)]
    refused(two[0], sealed(own, lines), 5, "does not lead to the head that the file tells")


def header_says(own: Path, **said: Any) -> Path:
    first, *lines = lines_of(own)
    return sealed(own, [json.dumps({**json.loads(first), **said}), *lines])


def append_unchecked(laptop: Laptop, kind: Any, said: dict[str, Any]) -> None:
    """Write an event of its owner as another program might."""
    with (
        laptop.in_use(), closing(Store.open(laptop.path)) as store, store.writing() as transaction,
        patch.object(payloads, "can_say", lambda *_: True),
    ):  # fmt: skip
        events.append(transaction, laptop.name, kind, events.NOTHING, 0, said)


def test_a_bundle_of_a_layout_of_the_future(two: Two, own: Path) -> None:
    refused(two[0], header_says(own, **{"annotator-bundle": 99}), 5, "Install the version that wrote it")


def test_an_event_of_a_kind_of_the_future(two: Two, own: Path) -> None:
    lead, ann = two
    append_unchecked(ann, "dreamt", {})
    assert ann("bundle", own).code == 0
    refused(lead, own, 5, "is of the kind 'dreamt', which this annotator does not know; install the newer version")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("setting_set", {"name": "blind_annotation", "value": None}),
        ("version_taken", {"to": 2}),
        ("ruled", {"field": "maker", "answer": {}, "cause": "slip", "confidence": 7}),
        ("imported", {"by": {"kind": "dream"}}),
        ("answer_set", {}),
        ("answer_set", {"field": "maker", "answer": 7}),
        ("setting_set", {"name": 1}),
        ("undone", {}),
    ],
)
def test_an_event_that_says_nothing_its_kind_can_say(two: Two, own: Path, kind: Any, said: dict[str, Any]) -> None:
    lead, ann = two
    append_unchecked(ann, kind, said)
    assert ann("bundle", own).code == 0
    refused(lead, own, 5, f"says nothing that {kind} can say")


@pytest.mark.parametrize("kind", ["looked", "assigned", "taken_back", "round_started"])
def test_an_event_that_is_about_nothing(two: Two, own: Path, kind: Any) -> None:
    lead, ann = two
    said = {"batch": 1, "subjects": [], "purpose": "retest"}
    append_unchecked(ann, kind, said)
    assert ann("bundle", own).code == 0
    refused(lead, own, 5, f"is about nothing that {kind} can be about")


def test_a_bundle_of_another_project_is_taken_in_only_to_join_both(
    two: Two, tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "else").mkdir()
    (other,) = laptops(tmp_path / "else", program, monkeypatch, "zoe")
    assert other("bundle", tmp_path / "zoe.bundle").code == 0
    refused(two[0], tmp_path / "zoe.bundle", 5, "belongs to another project")
    refused(two[0], other.path, 5, "belongs to another project")
    assert two[0]("merge", "--join", tmp_path / "zoe.bundle").code == 0
    two[0].fine()


def test_a_persons_bundle_with_a_feed_of_somebody_else(two: Two, own: Path, tmp_path: Path) -> None:
    lead, ann = two
    bob = beside(lead, "bob", "laptop-bob")
    assert bob("merge", tmp_path / "for.bundle").code == 0
    bob.answer("d:3", "maker=Bobtell")
    assert ann("merge", bob.path).code == 0
    assert bob("bundle", tmp_path / "bob.bundle").code == 0
    by = json.loads(lines_of(tmp_path / "bob.bundle")[0])["by"]
    refused(lead, header_says(own, by=by, by_name="bob"), 5, "is bob's bundle and holds a feed of ann")


def test_a_whole_bundle_by_somebody_who_does_not_review(two: Two, own: Path) -> None:
    refused(two[0], header_says(own, whole=True, by=""), 5, "was made by ann, who does not review here")


BAD_LINES = {
    "no object": "[]",
    "no JSON": "{",
    "deep": '{"e":' + "[" * 100_000,
    "no event": '{"e":[]}',
    "a text for a number": '{"e":["one",1],"content":"00"}',
    "a number that is too large": '{"e":[1,1e99],"content":"%s"}' % ("00" * 32),
    "a number of many digits": '{"e":[1,%s],"content":"00"}' % ("9" * 5_000),
    "a hash that is too short": '{"e":[1,1],"content":"00"}',
    "about nothing": '{"e":[1,1,"","note_set",77,"","00","{}"]}',
    "nobody's feed": '{"feed":"[]","uid":"","first":1,"before":"00"}',
    "a subject without a row": '{"subject":"d:9","kind":"report","seen":"","run":"","row":[1],"reports":[],'
                               '"entities":[],"versions":[]}',
    "a subject of no kind": '{"subject":"d:9","kind":"dream","seen":"","run":"","row":[],"reports":[],"entities":[],'
                            '"versions":[]}',
    "a part that no incident has": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":["x","","","{}",0],'
                                   '"reports":[["d:r1",7]],"entities":[],"versions":[]}',
    "a role that nobody has": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":["x","","","{}",0],'
                              '"reports":[],"entities":[["Acme","king"]],"versions":[]}',
    "a row that no database keeps": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":["x","","","{",0],'
                                    '"reports":[],"entities":[],"versions":[]}',
    "half a character": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":["\\ud800","","","{}",0],'
                        '"reports":[],"entities":[],"versions":[]}',
    "a taxonomy that is none": '{"taxonomy":"x","version":"one","sha256":"","document":{}}',
    "a person of no kind": '{"person":"9","name":"x","kind":"dream"}',
    "a number without an end": '{"e":[1e999,{}]}',
    "no number": '{"e":[NaN,1],"content":"%s"}' % ("00" * 32),
    "half a number": '{"e":[1.5,1],"content":"%s"}' % ("00" * 32),
    "a name said twice": '{"person":"%s","name":"x","name":"y","kind":"person"}' % ("ab" * 16),
    "a taxonomy without a document": '{"taxonomy":"x","version":1,"sha256":"%s","document":null}' % ("00" * 32),
    "a taxonomy that says nothing": '{"taxonomy":"x","version":1,"sha256":"%s","document":{}}' % ("00" * 32),
    "a row of nothings": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":[null,null,null,null,null],'
                         '"reports":[],"entities":[],"versions":[]}',
    "no row": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":null,"reports":[],"entities":[],'
              '"versions":[]}',
    "an earlier row that is none": '{"subject":"d:8","kind":"incident","seen":"","run":"","row":[],"reports":[],'
                                   '"entities":[],"versions":[["d:8","%s","","[]"]]}' % ("ab" * 16),
    "a key with a null in it": '{"subject":"d:8\\u0000","kind":"incident","seen":"","run":"","row":[],"reports":[],'
                               '"entities":[],"versions":[]}',
    "an event about a key with a null in it": '{"about":["d:8\\u0000","","","",0,0]}',
    "a version of nothing": '{"about":["","%s","","",0,0]}' % ("ab" * 16),
    "a result that is none": '{"person":"%s","name":"lead","kind":"result"}' % ("ab" * 16),
    "something unknown": '{"dream":1}',
}  # fmt: skip


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=list(BAD_LINES))
def test_a_bundle_with_a_line_that_says_nothing(two: Two, own: Path, line: str) -> None:
    first, *lines = lines_of(own)
    refused(two[0], sealed(own, [first, line, *lines]), 5, "Nothing was changed")


def resaid(file: Path, kind: str, **said: Any) -> Path:
    """A bundle in which the first line of a kind says something else, sealed anew."""
    lines = [json.loads(line) for line in lines_of(file)]
    place = next(number for number, line in enumerate(lines) if kind in line)
    return sealed(file, [json.dumps({**line, **said} if line is lines[place] else line) for line in lines])


@pytest.fixture
def sent(two: Two, tmp_path: Path) -> tuple[Laptop, Path]:
    """Somebody who has nothing yet, and what the lead sends them."""
    lead, _ = two
    assert lead("settings", "blind_annotation", "no").code == 0
    lead.answer("d:2", "maker=Leadtell")
    assert lead("bundle", tmp_path / "sent.bundle").code == 0
    return beside(lead, "zoe", "laptop-zoe"), tmp_path / "sent.bundle"


def refused_whole(laptop: Laptop, file: Path, *words: str) -> None:
    """See that a file is refused by merge and verify, and that nothing at all is left of it."""
    for command in ("merge", "verify"):
        said = laptop(command, file)
        assert (said.code, said.out) == (5, ""), said
        assert all(each in said.err for each in (*words, "Nothing was changed")), said.err
        assert "Traceback" not in said.err
    assert not laptop.path.exists()


def row_of(file: Path, kind: str) -> list[Any]:
    """The row of the first subject of a kind, and its key first."""
    found = next(said for said in map(json.loads, lines_of(file)) if said.get("kind") == kind and "subject" in said)
    return [found["subject"], *found["row"]]


def test_a_subject_whose_text_is_not_the_one_its_digest_says(sent: tuple[Laptop, Path]) -> None:
    zoe, file = sent
    key, *row = row_of(file, "incident")
    refused_whole(zoe, resaid(file, "subject", row=["Another title", *row[1:]]), f"the text of {key} is not the one")


@pytest.mark.parametrize("with_digest", [False, True])
def test_a_report_whose_text_is_not_the_one_its_digest_says(sent: tuple[Laptop, Path], with_digest: bool) -> None:
    zoe, file = sent
    key, *row = row_of(file, "report")
    row[2] = "Another text"
    row[3] = sha256(b"Another text").hexdigest() if with_digest else row[3]
    lines = [json.loads(line) for line in lines_of(file)]
    changed = [{**line, "row": row} if line.get("subject") == key else line for line in lines]
    refused_whole(zoe, sealed(file, [json.dumps(line) for line in changed]), f"the text of {key} is not the one")


def test_an_earlier_text_of_a_subject_that_is_not_the_one_its_digest_says(sent: tuple[Laptop, Path]) -> None:
    zoe, file = sent
    key, *row = row_of(file, "incident")
    earlier = [key, "ab" * 16, "", json.dumps(row)]
    refused_whole(zoe, resaid(file, "subject", versions=[earlier]), f"an earlier text of {key} is not the one")


def test_a_taxonomy_that_is_not_the_one_its_digest_says(sent: tuple[Laptop, Path]) -> None:
    zoe, file = sent
    kept = next(said["document"] for said in map(json.loads, lines_of(file)) if "taxonomy" in said)
    for changed, words in (
        ({**kept, "title": "Another title"}, "is not the one whose digest"),
        ({**kept, "namespace": "other"}, "calls itself 'other'"),
        ({}, "is none"),
    ):
        refused_whole(zoe, resaid(file, "taxonomy", document=changed), "the taxonomy", words)


def test_somebody_who_is_called_otherwise_than_they_were_made_known(
    sent: tuple[Laptop, Path], two: Two, own: Path
) -> None:
    zoe, file = sent
    refused_whole(zoe, resaid(file, "person", name="mallory"), "it calls somebody 'mallory'", "who was made known as '")
    refused(two[0], resaid(own, "person", name="lead"), 5, "it calls somebody 'lead' (person, ")


def test_a_database_in_which_a_text_was_altered_is_not_taken_in(sent: tuple[Laptop, Path], two: Two) -> None:
    zoe, _ = sent
    with closing(sqlite3.connect(two[0].path)) as other, other:
        other.execute(
            "UPDATE reports SET language = 'xx', text = 'Another text' WHERE id = (SELECT min(id) FROM reports)"
        )
    said = zoe("merge", two[0].path)
    assert said.code == 5
    assert "was altered: the text of d:r1 is not the one" in said.err
    assert not zoe.path.exists()


@pytest.mark.parametrize(
    "said", [{"heads": {"x": [1, "zz"]}}, {"heads": {"x": [-1, "00" * 32]}}, {"heads": []}, {"projects": 1}]
)
def test_a_bundle_that_does_not_say_what_it_holds(two: Two, own: Path, said: dict[str, Any]) -> None:
    refused(two[0], header_says(own, **said), 5, "does not say what it holds")


def test_a_bundle_that_would_fill_the_memory_is_given_up(two: Two, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.store.merging.bundle.ROOM", 1 << 20)
    monkeypatch.setattr("annotator.store.merging.bundle.LONGEST_LINE", 1 << 19)
    about = '{"about":["","","","",0,0]}'
    first, *_ = lines_of(own)
    refused(two[0], sealed(own, [first, *[about] * 1_000_000]), 5, "unpacks to far more than work does")
    own.write_bytes(gzip.compress(f'{first}\n{{"about":"{"a" * (1 << 24)}"}}\n'.encode()))
    refused(two[0], own, 5, "holds a line that is no")


def test_a_bundle_that_names_no_project_is_another_projects(two: Two, own: Path) -> None:
    lead, ann = two
    first, *rest = lines_of(own)
    sealed(own, [json.dumps({**json.loads(first), "projects": []}, separators=(",", ":")), *rest])
    refused(lead, own, 5, "names no project that it belongs to; nothing was changed")
    refused(ann, own, 5, "annotator merge --join")
    assert lead("merge", "--join", own).code == 0


# What is no bundle


def test_a_database_merged_with_itself_under_whatever_name(two: Two, tmp_path: Path) -> None:
    lead, _ = two
    (tmp_path / "other.db").symlink_to(lead.path)
    for path in (lead.path, tmp_path / "other.db"):
        refused(lead, path, 2, "is the database itself; name another file")


def test_what_is_no_database_and_no_bundle(two: Two, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Not a database.", encoding="utf-8")
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    with closing(sqlite3.connect(tmp_path / "else.db")) as other:
        other.execute("CREATE TABLE x (y)")
    for name in ("text.txt", "empty", "else.db"):
        words = "is neither a database of annotator nor a bundle. Name another file, or have it sent again. Nothing was"
        refused(two[0], tmp_path / name, 5, f"{tmp_path / name}: {words}")
        assert "--db" not in two[0]("verify", tmp_path / name).err
    refused(two[0], tmp_path / "folder", 5, "folder")
    refused(two[0], tmp_path / "nothing", 3, "there is no such file")


@pytest.mark.parametrize("schema", schemas())
def test_a_database_of_an_older_schema_is_taken_in_and_never_written_to(two: Two, tmp_path: Path, schema: int) -> None:
    lead, _ = two
    other = unpack(schema, tmp_path)
    before = other.read_bytes()
    said = lead("merge", "--join", other)
    assert said.code == 0, said.err
    assert "brought" in said.err
    assert "nothing new" in lead("merge", "--join", other).err
    assert other.read_bytes() == before
    assert not any(file.stat().st_size for file in tmp_path.glob("schema_*-wal"))
    lead.fine()


def test_a_database_that_cannot_be_written_is_taken_in(two: Two, tmp_path: Path, write_protect: Lock) -> None:
    lead, ann = two
    folder = tmp_path / "locked"
    folder.mkdir()
    other = shutil.copyfile(ann.path, folder / "ann.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    write_protect(other)
    write_protect(folder)
    assert lead("merge", other).code == 0
    assert sorted(folder.iterdir()) == [other]


def test_a_file_that_may_not_be_read(two: Two, own: Path, tmp_path: Path) -> None:
    lead, ann = two
    other = shutil.copyfile(ann.path, tmp_path / "ann.db")
    before = lead.digest
    for file in (own, other):
        file.chmod(0)
        if os.access(file, os.R_OK):
            pytest.skip("root may read everything")
        said = lead("merge", file)
        assert said.code in {5, 6}
        assert str(file) in said.err
    assert lead.digest == before


# Killed, and at once

KILLED = """
import os, signal, sys
from annotator.cli import main
from annotator.store.merging import taking
from annotator.store.store import Store
step, *arguments = sys.argv[1:]
def killing(self, *given, **named):
    os.kill(os.getpid(), signal.SIGKILL)
if step == "after":
    ended = Store._end_writing
    Store._end_writing = lambda self, *, is_kept: killing(self) if is_kept else ended(self, is_kept=is_kept)
else:
    setattr(taking._Taking, step, killing)
main(arguments)
"""
STEPS = ("_taxonomies", "_subjects", "_feed", "_insert", "_compute", "_keep_runs", "_filled", "after")


@pytest.mark.parametrize("step", STEPS)
def test_a_merge_that_is_killed_is_there_whole_or_not_at_all(two: Two, own: Path, step: str) -> None:
    lead, ann = two
    before = lead.digest
    with ann.patches.context() as patches:
        patches.setenv("XDG_STATE_HOME", str(lead.folder / "state"))
        process = script(KILLED, step, "--db", lead.path, "--as", "lead", "merge", own)
        process.communicate(timeout=60)
    assert process.returncode == -9
    assert (lead.digest == before) == (step != "after")
    lead.fine()
    assert lead("merge", own).code == 0
    assert "nothing new" in lead("merge", own).err
    lead.fine()


MERGE = """
import sys
from annotator.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_two_merges_at_once_both_come_in(two: Two, own: Path, tmp_path: Path) -> None:
    lead, _ = two
    bob = beside(lead, "bob", "laptop-bob")
    assert bob("merge", tmp_path / "for.bundle").code == 0
    bob.answer("d:3", "maker=Bobtell")
    assert bob("bundle", tmp_path / "bob.bundle").code == 0
    files = (own, tmp_path / "bob.bundle") * 2
    for process in [script(MERGE, "--db", lead.path, "--as", "lead", "merge", file) for file in files]:
        finish(process)
    for file in files:
        assert "nothing new" in lead("merge", file).err
    lead.fine()


def test_a_person_merged_with_themselves_is_refused_in_words(two: Two) -> None:
    lead, _ = two
    before = lead.digest
    said = lead("people", "merge", "ann", "ANN")
    assert said.code == 2, said
    assert said.err
    assert lead.digest == before


@pytest.mark.slow
def test_ten_thousand_feeds_are_taken_in(two: Two, tmp_path: Path) -> None:
    lead, _ = two
    many = beside(lead, "zoe", "many")
    assert many("merge", lead.path).code == 0
    with many.in_use(), closing(Store.open(many.path)) as store, store.writing() as transaction:
        for number in range(10_000):
            name = f"person {number}"
            of = Identity.model_construct(subject="d:1", taxonomy=NS, annotator=name, round=0)
            events.append(transaction, name, "looked", of, 0, {})
    assert lead("merge", many.path).code == 0
    assert lead("verify", "--json").json[0]["feeds"] > 10_000
