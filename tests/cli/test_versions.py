"""Work begun under one version of a taxonomy and gone on with under the next, from the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program, Said
from tests.versions import make_versions

Under = Callable[..., Said]


@pytest.fixture
def under(tmp_path: Path, program: Program) -> Under:
    """Call a command as somebody under a version; two texts are there."""
    make_versions(tmp_path)
    for number in (1, 2):
        (tmp_path / f"t{number}.txt").write_text(f"Text {number}: a taxi stood before a fire engine.")
        assert program("import", f"t{number}.txt").code == 0
    return lambda who, version, *said: program("--as", who, "--taxonomies", f"v{version}", *said)


def classify(under: Under, who: str, version: int, *said: str, key: str = "file:t1.txt") -> Said:
    return under(who, version, "classify", key, "--taxonomy", "team", *said)


def go_on(under: Under, who: str, version: int, *said: str, key: str = "file:t1.txt") -> Said:
    return classify(under, who, version, "--take-version", *said, key=key)


@pytest.fixture
def begun(under: Under) -> Under:
    """A draft of ann's under the first version, with evidence at the field that goes."""
    answers = ("--set", "kind=a", "--set", "old=words", "--quote", "old=fire engine")
    assert classify(under, "ann", 1, *answers).code == 0
    return under


def exported(under: Under, *said: str) -> str:
    return under("ann", 2, "export", *said).out


def document(under: Under, whose: str = "ann") -> dict[str, Any]:
    found = json.loads(exported(under, "json"))
    return next(each for each in found if each["annotator"] == whose)


def test_an_answer_to_a_field_that_is_gone_is_set_aside_and_does_not_block(begun: Under) -> None:
    said = go_on(begun, "ann", 2, "--submit")
    assert (said.code, said.err) == (0, "file:t1.txt · team · ann: submitted, 1 answer, 1 set aside.\n")
    shown = begun("ann", 2, "show", "t1.txt").out
    assert "  2.1 Old field: words  (set aside: not in version 2)\n      “fire engine” (file:t1.txt)" in shown
    assert begun("ann", 2, "doctor").code == 0


def test_under_the_version_that_has_it_nothing_is_set_aside(begun: Under) -> None:
    assert "set aside" not in begun("ann", 1, "show", "t1.txt").out
    assert '"state":"answered","value":"words"' in begun("ann", 1, "export", "jsonl").out


@pytest.mark.parametrize("name", ["old", "2.1", "Old field"])
def test_it_is_cleared_by_any_of_its_names_and_comes_back_when_that_is_undone(begun: Under, name: str) -> None:
    assert go_on(begun, "ann", 2, "--clear", name).err.endswith("draft, 1 answer.\n")
    assert "words" not in begun("ann", 2, "show", "t1.txt").out
    assert "2.1 Old field: taken back" in begun("ann", 2, "history", "t1.txt").out
    assert begun("ann", 2, "undo").err == "file:t1.txt · team: undid: cleared answer to 2.1 Old field.\n"
    assert "set aside" in begun("ann", 2, "show", "t1.txt").out


def test_to_go_on_under_a_newer_version_is_a_step_that_is_asked_for_and_recorded_once(begun: Under) -> None:
    for answer in ("--set=kind=b", "--clear=old", "--submit"):
        said = classify(begun, "ann", 2, answer)
        assert said.code == 4
        assert said.err == (
            "file:t1.txt under team was begun under version 1, and version 2 is here; "
            "`classify --take-version` goes on under that one.\n"
        )
    assert "version 1 · ann · round 1 · draft\n  Kind: Alpha\n" in begun("ann", 2, "show", "t1.txt").out
    assert go_on(begun, "ann", 2, "--set", "kind=b").code == go_on(begun, "ann", 2, "--submit").code == 0
    events = json.loads(begun("ann", 2, "history", "t1.txt", "--json").out)
    assert [each["payload"] for each in events if each["kind"] == "version_taken"] == [{"from": 1, "to": 2}]
    told = begun("ann", 2, "history", "t1.txt").out
    assert told.count("ann  went on under version 2, begun under version 1\n") == 1
    assert begun("ann", 2, "doctor").code == 0


def test_the_step_alone_can_be_taken_and_is_not_undone(begun: Under) -> None:
    assert go_on(begun, "ann", 2).code == 0
    assert begun("ann", 2, "undo").err == "file:t1.txt · team: undid: answer to 2.1 Old field.\n"
    assert document(begun)["version"] == 2


def test_taking_the_version_does_nothing_where_that_is_not_needed(under: Under) -> None:
    assert go_on(under, "ann", 2, "--set", "kind=a").code == 0
    assert go_on(under, "ann", 2, "--submit").code == 0
    assert "went on" not in under("ann", 2, "history", "t1.txt").out


def test_notes_flags_skipping_and_reopening_leave_the_version(begun: Under) -> None:
    assert classify(begun, "ann", 1, "--submit").code == 0
    assert begun("ann", 2, "flag", "t1.txt", "--taxonomy", "team", "--reason", "odd").code == 0
    assert begun("ann", 2, "reopen", "t1.txt", "--taxonomy", "team").code == 0
    assert classify(begun, "ann", 2, "--note", "later").code == 0
    assert begun("ann", 2, "skip", "t1.txt", "--taxonomy", "team", "--reason", "not now").code == 0
    assert document(begun)["version"] == 1
    assert begun("ann", 2, "doctor").code == 0


def test_what_was_never_answered_cannot_be_cleared(begun: Under) -> None:
    said = classify(begun, "bob", 2, "--clear", "old")
    assert (said.code, said.err) == (
        3,
        "team has no field 'old'; did you mean 'role'?\n",
    ) or "no field 'old'" in said.err


def test_a_field_that_is_gone_takes_no_answer(begun: Under) -> None:
    assert go_on(begun, "ann", 2, "--set", "old=more").code == 3


def test_answers_that_are_set_aside_alone_hand_nothing_in(under: Under, tmp_path: Path) -> None:
    for file in tmp_path.glob("v*/team.yaml"):
        file.write_text(file.read_text().replace("required: true, ", ""))
    classify(under, "ann", 1, "--set", "old=words")
    said = go_on(under, "ann", 2, "--submit")
    assert (said.code, said.err[:28]) == (4, "Nothing is answered yet: ans")


def test_every_export_marks_it(begun: Under) -> None:
    go_on(begun, "ann", 2, "--submit")
    kept = document(begun)["answers"]["old"]
    assert (kept["label"], kept["state"], kept["value"]) == ("Old field", "set_aside", "words")
    assert kept["evidence"][0]["quote"] == "fire engine"
    assert json.loads(exported(begun, "jsonl"))["answers"]["old"]["state"] == "set_aside"
    long = {row["field"]: row for row in csv.DictReader(StringIO(exported(begun, "csv")))}
    assert (long["old"]["state"], long["old"]["value"], long["kind"]["state"]) == ("set_aside", "words", "answered")
    (wide,) = csv.DictReader(StringIO(exported(begun, "csv", "--shape", "wide")))
    assert (wide["old"], wide["kind"]) == ("{set_aside} words", "a")
    (by_subject,) = csv.DictReader(StringIO(exported(begun, "csv", "--shape", "subjects")))
    assert by_subject["old@ann"] == "{set_aside} words"


def test_what_is_exported_set_aside_is_read_back_under_a_version_that_has_it(begun: Under, tmp_path: Path) -> None:
    go_on(begun, "ann", 2, "--submit")
    text = exported(begun, "json").replace('"version":2', '"version":1')
    (tmp_path / "back.json").write_text(text)
    assert begun("ann", 1, "--db", "other.db", "import", "t1.txt", "back.json").code == 0
    assert "Old field: words" in begun("cleo", 1, "--db", "other.db", "show", "t1.txt").out


def test_choices_that_are_gone_are_named_where_they_show_and_must_be_answered_anew(under: Under) -> None:
    gone = ("kind=c", "many=x;z", "grade=mid", 'people=[{"role": "cook"}, {"role": "rider"}]')
    classify(under, "ann", 1, *(part for each in gone for part in ("--set", each)))
    shown = under("ann", 2, "show", "t1.txt").out
    assert "  Kind: Gamma (removed in version 2)\n  Sorts: Ex, Zed (removed in version 2)\n" in shown
    assert "Grade: Middle (removed in version 2)" in shown
    assert "People: Cook (removed in version 2); Rider\n" in shown
    said = go_on(under, "ann", 2, "--submit")
    assert said.code == 4
    assert said.err == (
        "kind: holds Gamma (removed in version 2); answer it anew\n"
        "many: holds Zed (removed in version 2); answer it anew\n"
        "grade: holds Middle (removed in version 2); answer it anew\n"
        "people: holds Cook (removed in version 2); answer it anew\n"
    )
    anew = ("kind=a", "many=x", "grade=low", 'people=[{"role": "rider"}]')
    assert go_on(under, "ann", 2, *(part for each in anew for part in ("--set", each)), "--submit").code == 0
    assert "removed" not in under("ann", 2, "show", "t1.txt").out


@pytest.fixture
def differing(under: Under) -> Under:
    """Handed in by ann and bob under the first version, differing on what goes; ann works under the second."""
    for who, kind, grade in (("ann", "c", "mid"), ("bob", "a", "low")):
        answers = (f"kind={kind}", "many=x;z", f"old={who}", f"grade={grade}")
        assert classify(under, who, 1, *(part for each in answers for part in ("--set", each)), "--submit").code == 0
    assert [each["field"] for each in disagreements(under, 1)] == ["kind", "old", "grade"]
    assert classify(under, "ann", 2, "--set", "kind=a", key="file:t2.txt").code == 0
    return under


def disagreements(under: Under, version: int) -> Any:
    return json.loads(under("ann", version, "disagreements", "--taxonomy", "team", "--json").out)


def test_a_field_that_is_gone_is_not_compared(differing: Under) -> None:
    assert [each["field"] for each in disagreements(differing, 2)] == ["kind", "grade"]
    review = json.loads(differing("cleo", 2, "review", "t1.txt", "--taxonomy", "team", "--json").out)
    assert [each["field"] for each in review["fields"]] == ["kind", "many", "grade"]
    rows = json.loads(differing("ann", 2, "agreement", "--taxonomy", "team", "--json").out)
    assert [row["field"] for row in rows] == ["kind", "many", "grade", "people"]
    assert differing("ann", 2, "doctor").code == 0


def test_what_is_handed_in_later_is_compared_without_it_too(differing: Under) -> None:
    for who in ("ann", "bob"):
        classify(differing, who, 1, "--set", f"old={who}", "--set", "kind=a", "--submit", key="file:t2.txt")
    assert {each["subject"] for each in disagreements(differing, 2)} == {"file:t1.txt"}
    assert differing("ann", 2, "doctor").code == 0


def test_a_field_that_comes_back_is_compared_again(differing: Under, tmp_path: Path) -> None:
    text = (tmp_path / "v1" / "team.yaml").read_text().replace("version: 1", "version: 3")
    (tmp_path / "v3").mkdir()
    (tmp_path / "v3" / "team.yaml").write_text(text)
    assert go_on(differing, "ann", 3, "--set", "kind=b", key="file:t2.txt").code == 0
    assert [each["field"] for each in disagreements(differing, 3)] == ["kind", "old", "grade"]
    assert differing("ann", 3, "doctor").code == 0


def test_imports_are_compared_without_it_too(differing: Under, tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(exported(differing, "json").replace('"ann"', '"dora"'))
    assert differing("ann", 2, "import", "all.json").code == 0
    assert "old" not in {each["field"] for each in disagreements(differing, 2)}
    assert differing("ann", 2, "doctor").code == 0
    assert differing("ann", 2, "--db", "new.db", "import", "t1.txt", "t2.txt", "all.json").code == 0
    assert differing("ann", 2, "--db", "new.db", "doctor").code == 0


def test_an_import_that_brings_the_second_version_with_work_under_the_first(differing: Under, tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(exported(differing, "json"))
    new = ("--db", "new.db")
    assert differing("eve", 1, *new, "import", "t1.txt", "t2.txt").code == 0
    begin = ("classify", "t2.txt", "--taxonomy", "team", "--set", "kind=a")
    assert differing("eve", 1, *new, *begin).code == 0  # what is used already is compared beside the file
    assert differing("eve", 2, *new, "import", "all.json").code == 0
    assert differing("eve", 2, *new, "doctor").code == 0


def test_choices_that_are_gone_count_as_marked_categories(differing: Under, tmp_path: Path) -> None:
    said = differing("ann", 2, "agreement", "--taxonomy", "team", "--field", "grade", "--json")
    (row,) = said.json
    labels = [(each["choice"], each["label"]) for each in row["choices"]]
    assert labels == [("low", "Low"), ("mid", "Middle (removed in version 2)"), ("high", "High")]
    assert (
        "grade: answers hold Middle (removed in version 2), stored as mid; it counts as a category of its own."
        in said.err
    )
    assert differing("ann", 2, "agreement", "--taxonomy", "team", "--field", "kind", "--json").json[0]["percent"] == 0
    many = differing("ann", 2, "agreement", "--taxonomy", "team", "--field", "many", "--json").json[0]
    assert ("z", "Zed (removed in version 2)") in [(each["choice"], each["label"]) for each in many["choices"]]
    listed = differing("ann", 2, "disagreements", "--taxonomy", "team")
    assert "kind: c is Gamma (removed in version 2)." in listed.err
    differing("ann", 2, "report", "page.html", "--taxonomy", "team")
    assert "Gamma (removed in version 2)" in (tmp_path / "page.html").read_text()
    reviewed = differing("cleo", 2, "review", "t1.txt", "--taxonomy", "team").out
    assert "  ann: Gamma (removed in version 2)\n  bob: Alpha\n" in reviewed


def test_what_others_hold_is_not_told_to_who_has_not_handed_in(differing: Under) -> None:
    assert classify(differing, "cleo", 2, "--set", "kind=a").code == 0
    for command in ("agreement", "disagreements"):
        said = differing("cleo", 2, command, "--taxonomy", "team")
        assert "left out" in said.err
        assert "removed in" not in said.out + said.err


def test_a_subject_is_adjudicated_under_the_second_version(differing: Under) -> None:
    for field, value in (("kind", "b"), ("grade", "high")):
        ruled = differing("cleo", 2, "rule", "t1.txt", "--taxonomy", "team", "--field", field, "--value", value,
                          "--cause", "slip")  # fmt: skip
        assert ruled.code == 0, ruled.err
    assert "many: holds Zed" in differing("cleo", 2, "adjudicate", "t1.txt", "--taxonomy", "team").err
