"""Listing, showing, checking and beginning taxonomies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.exporting.desks import SMALL

SHIPPED = ["harm_type", "technology", "affected_group", "CSETv1", "GMF", "MIT", "CSETv0"]


def test_the_shipped_taxonomies_are_listed_without_a_database(program: Program, tmp_path: Path) -> None:
    document = program("taxonomy", "list", "--json").json
    assert [each["namespace"] for each in document] == SHIPPED
    assert list(document[3]) == ["namespace", "version", "fields", "title", "applies_to"]
    assert document[3]["fields"] == 62
    assert [line.split()[0] for line in program("taxonomy", "list").out.splitlines()] == ["TAXONOMY", *SHIPPED]
    assert list(tmp_path.iterdir()) == []


def test_the_settings_put_taxonomies_first(program: Program, tmp_path: Path) -> None:
    settings = tmp_path / "settings" / "annotator" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("taxonomies: [GMF, not_here, CSETv1]\n", encoding="utf-8")
    document = program("taxonomy", "list", "--json").json
    assert [each["namespace"] for each in document][:3] == ["GMF", "CSETv1", "harm_type"]


def test_a_broken_file_beside_the_others_is_named(program: Program, tmp_path: Path) -> None:
    (tmp_path / "taxonomies").mkdir()
    (tmp_path / "taxonomies" / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "taxonomies" / "broken.yaml").write_text("namespace: broken\nfields: []\n", encoding="utf-8")
    said = program("taxonomy", "list")
    assert said.code == 0
    assert "small" in said.out
    assert "broken.yaml:2" in said.err


@pytest.mark.parametrize("name", SHIPPED)
def test_a_taxonomy_reads_well(program: Program, name: str) -> None:
    said = program("taxonomy", "show", name)
    assert said.code == 0
    document = program("taxonomy", "show", name.lower(), "--json").json
    assert document["namespace"] == name
    for field in document["fields"]:
        assert f"[{field['id']}: {field['kind']}" in said.out
    assert max(len(line) for line in said.out.splitlines() if not line.strip().startswith("http")) <= 160


def test_showing_names_numbers_choices_and_guidance(program: Program) -> None:
    out = program("taxonomy", "show", "CSETv1").out
    assert "2.1 Physical Objects  [physical_objects: single" in out
    assert "INCIDENT DOMAIN" in out
    assert "- maybe" in out
    assert program("taxonomy", "show", "CSETv2").code == 3


def test_checking_names_file_line_field_and_the_way_out(program: Program, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SMALL, encoding="utf-8")
    wrong = SMALL.replace("kind: date", "kind: dat")
    (tmp_path / "wrong.yaml").write_text(wrong, encoding="utf-8")
    line = next(number for number, text in enumerate(wrong.splitlines(), 1) if "kind: dat}" in text)
    assert program("taxonomy", "check", "good.yaml").out == "good.yaml: good (small version 1, 9 fields)\n"
    said = program("taxonomy", "check", "good.yaml", "wrong.yaml", "nowhere.yaml")
    assert said.code == 4
    assert f"wrong.yaml:{line}: when" in said.err
    assert "did you mean 'date'" in said.err
    assert "nowhere.yaml: cannot be read" in said.err
    assert "good.yaml: good" in said.out


TOO_LARGE = ("9007199254740992", str(2**63), "9" * 5000, "1.e30")


@pytest.mark.usefixtures("eva")
@pytest.mark.parametrize("number", TOO_LARGE)
def test_a_version_that_no_file_can_hold_is_refused_wherever_it_is_read(
    program: Program, tmp_path: Path, number: str
) -> None:
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "large.yaml"
    file.write_text(SMALL.replace("small", "large").replace("version: 1", f"version: {number}"), encoding="utf-8")
    line = next(at for at, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "version:" in text)
    own = ("--taxonomies", str(file.parent), "--as", "eva")
    for command in (("check", str(file)), ("list",), ("show", "large")):
        said = program(*own, "taxonomy", *command)
        assert f"large.yaml:{line}: version: version is " in said.err, said
        assert (said.code, len(said.err) < 400) == (0 if command == ("list",) else 4, True), said
    said = program(*own, "classify", "2", "--taxonomy", "large", "--set", "words=x")
    assert (said.code, f"large.yaml:{line}: version: " in said.err) == (4, True), said


@pytest.mark.parametrize("number", [str(2**63), "9" * 5000])
def test_counts_in_a_taxonomy_are_what_can_be_sent(program: Program, tmp_path: Path, number: str) -> None:
    (tmp_path / "t.yaml").write_text(
        f"namespace: t\nfields:\n  - {{id: a, label: A, kind: tags, at_least: {number}, at_most: {number}}}\n",
        encoding="utf-8",
    )
    said = program("taxonomy", "check", "t.yaml")
    assert (said.code, said.err.count("t.yaml:3: a: at_")) == (4, 2), said


@pytest.mark.usefixtures("eva")
def test_checking_refuses_a_version_that_was_changed_after_it_was_used(program: Program, tmp_path: Path) -> None:
    said = program("--as", "eva", "classify", "2", "--taxonomy", "small", "--note", "begun")
    assert said.code == 0, said.err
    (file,) = (tmp_path / "taxonomies").iterdir()
    text = file.read_text(encoding="utf-8")
    assert program("taxonomy", "check", file).code == 0
    file.write_text(text.replace("kind: date", "kind: text"), encoding="utf-8")
    said = program("taxonomy", "check", file)
    assert said.code == 4
    assert f"{file}: small version 1 was changed after classifications were made with it." in said.err
    file.write_text(file.read_text(encoding="utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    assert program("taxonomy", "check", file).code == 0


def test_a_new_taxonomy_passes_the_check(program: Program, tmp_path: Path) -> None:
    printed = program("taxonomy", "new", "storms").out
    said = program("taxonomy", "new", "storms", "--out", "storms.yaml")
    assert (said.code, said.out) == (0, "")
    assert Path("storms.yaml").read_text(encoding="utf-8") == printed
    assert program("taxonomy", "check", "storms.yaml").code == 0
    assert program("taxonomy", "new", "storms", "--out", "storms.yaml").code == 7
    (tmp_path / "ours").mkdir()
    assert program("taxonomy", "new", "storms", "--out", "ours").code == 0
    assert (tmp_path / "ours" / "storms.yaml").exists()
    assert program("taxonomy", "new", "not a name").code == 2


OTHER = "namespace: Harm_type\nfields:\n  - {id: mood, kind: text}\n"


@pytest.fixture
def taken(tmp_path: Path, program: Program) -> Path:
    """A file of the team's that calls itself as a shipped taxonomy does, and a report."""
    (tmp_path / "taxonomies").mkdir()
    (tmp_path / "r.txt").write_text("A taxi stood before a fire engine.")
    assert program("import", "r.txt").code == 0
    (tmp_path / "taxonomies" / "ours.yaml").write_text(OTHER)
    return tmp_path / "taxonomies" / "ours.yaml"


WHY = "and this says something else; give this another namespace or a higher version"


def test_checking_refuses_a_file_that_calls_itself_as_a_shipped_one(program: Program, taken: Path) -> None:
    said = program("taxonomy", "check", taken)
    assert (said.code, said.out) == (4, "")
    assert f"{taken}: namespace: harm_type version 1 comes with the program, in " in said.err
    assert "harm_type.yaml" in said.err
    assert WHY in said.err
    taken.write_text(OTHER.replace("Harm_type", "harm_type\nversion: 2"))
    assert program("taxonomy", "check", taken).code == 0


def test_what_names_the_taxonomy_to_answer_it_is_refused_and_stores_nothing(program: Program, taken: Path) -> None:
    for answer in ("--set=mood=x", "--set=outcome=unclear"):
        said = program("--as", "ann", "classify", "r.txt", "--taxonomy", "harm_type", answer)
        assert said.code == 4
        assert said.err.count(WHY) == 1
    assert program("show", "r.txt", "--json").json["classifications"] == []


def test_other_work_goes_on_with_the_shipped_one_and_a_warning(program: Program, taken: Path) -> None:
    said = program("--as", "ann", "classify", "r.txt", "--taxonomy", "technology", "--state", "autonomy=unknown")
    assert said.code == 0
    assert said.err.count(f"{WHY}. The one that comes with the program is used.\n") == 1
    for command in (["taxonomy", "show", "harm_type"], ["skip", "r.txt", "--taxonomy=harm_type", "--reason=x"]):
        said = program("--as", "ann", *command)
        assert said.code == 0
        assert said.err.count("The one that comes with the program is used.") == 1
    assert "Harm type" in program("taxonomy", "show", "harm_type").out
    assert "mood" not in program("taxonomy", "show", "harm_type").out
    assert WHY in program("taxonomy", "list").err
