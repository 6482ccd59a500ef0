"""What an import brings as decided: told wherever it stands, and stale once answers here contradict it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from tests.cli.conftest import Program, Said

SMALL = ("--taxonomy", "small")
Here = Callable[..., Said]


def hand_in(project: Any, name: str, outcome: str = "near", words: str = "Acme") -> None:
    """Somebody hands in demo:2."""
    desk = Desk(project, name)
    desk.tagging.answer("demo:2", "small", "outcome", Answer(value=outcome))
    desk.tagging.answer("demo:2", "small", "words", Answer(value=words))
    desk.tagging.submit("demo:2", "small")


@pytest.fixture
def decided(eva: Desk) -> Desk:
    """Eva and Bob handed in demo:2, and Cleo ruled and adjudicated."""
    hand_in(eva.project, "eva")
    hand_in(eva.project, "bob", words="Inc")
    cleo = Desk(eva.project, "cleo")
    cleo.adjudication.adopt("demo:2", "small", "words", "eva", "slip", "the sign says so")
    cleo.adjudication.adjudicate("demo:2", "small")
    return eva


@pytest.fixture
def here(program: Program, decided: Desk) -> Here:
    """The commands at another database, as somebody who decides; `bring` imports there what was exported."""
    return lambda *said: program("--db", "here.db", "--taxonomies", "taxonomies", *said)


def bring(program: Program, here: Here, what: str, form: str = "jsonl") -> str:
    """Export, import elsewhere, and give how that must read."""
    file = f"{what}.{form}"
    assert program("export", form, "--what", what, "--out", file).code == 0
    assert here("--as", "dan", "import", file).code == 0
    return f"decided elsewhere (imported from {file})"


def works(here: Here, name: str, **answers: str) -> None:
    """Somebody hands in demo:2 there."""
    said = [each for field, value in answers.items() for each in ("--set", f"{field}={value}")]
    assert here("--as", name, "classify", "2", *SMALL, *said, "--submit").code == 0


def review(here: Here) -> dict[str, Any]:
    found: dict[str, Any] = here("--as", "dan", "review", "2", *SMALL, "--json").json
    return found


def test_a_review_show_and_history_say_so(program: Program, here: Here) -> None:
    words = bring(program, here, "adjudicated")
    said = here("--as", "dan", "review", "2", *SMALL).out
    assert said.splitlines() == [
        "demo:2 · small · nobody handed in · adjudicated", "", f"{words}:",
        "  1.1 Outcome: Near miss", "  1.6 Words: Acme, ruled by cleo (slip: the sign says so)",
    ]  # fmt: skip
    assert {each["field"]: each["source"] for each in review(here)["fields"]} == {"outcome": words, "words": words}
    assert f"\n  {words}\n  1.1 Outcome: Near miss\n" in here("show", "2").out
    (shown,) = here("show", "2", "--json").json["classifications"]
    assert {each["provenance"]["source"] for each in shown["answers"].values()} == {words}
    assert here("history", "2").out.endswith(f"  dan  {words}\n")
    assert "imported" not in program("history", "2").out


def test_every_export_says_so_and_keeps_what_was_told(program: Program, here: Here) -> None:
    words = bring(program, here, "both")
    (there,) = program("export", "json", "--what", "adjudicated").json
    for form in ("json", "jsonl"):
        found = json.loads(here("export", form, "--what", "adjudicated").out.strip().strip("[]"))
        for field, answer in found["answers"].items():
            told = there["answers"][field]["provenance"]
            assert answer["provenance"] == {"source": words, "elsewhere": told}
    rows = list(csv.DictReader(io.StringIO(here("export", "csv", "--what", "both").out)))
    assert {row["source"] for row in rows if row["annotator"] == "adjudicated"} == {words}
    assert {row["source"] for row in rows if row["annotator"] != "adjudicated"} == {"imported"}
    (row,) = csv.DictReader(io.StringIO(here("export", "csv", "--shape", "subjects", "--what", "both").out))
    assert (row["outcome@source"], row["words@source"], row["names@source"]) == (words, words, "")


def test_a_table_that_tells_nothing_of_how_it_was_decided_is_decided_elsewhere_too(
    program: Program, here: Here
) -> None:
    words = bring(program, here, "both", "csv")
    assert f"  bob: Inc\n  eva: Acme\n  → Acme, {words}\n" in here("--as", "dan", "review", "2", *SMALL).out
    (found,) = here("export", "json", "--what", "adjudicated").json
    assert {field: each["provenance"] for field, each in found["answers"].items()} == {
        "outcome": {"source": words}, "words": {"source": words},
    }  # fmt: skip
    assert review(here)["stale"] == []


@pytest.mark.parametrize("what", ["both", "adjudicated"])
def test_it_is_stale_once_somebody_here_contradicts_it_and_not_before(program: Program, here: Here, what: str) -> None:
    words = bring(program, here, what)
    assert review(here)["stale"] == [], "what it was decided on came with it"
    works(here, "fay", outcome="near", words="Acme")
    works(here, "gil", outcome="near")
    assert review(here)["stale"] == [], "they agree with it"
    works(here, "gus", outcome="happened", words="Acme")
    (stale,) = review(here)["stale"]
    assert stale.startswith("gus handed in other answers than were decided elsewhere (Outcome), on 20")
    text = here("--as", "dan", "review", "2", *SMALL).out
    assert " handed in · adjudicated · stale\nstale: gus handed in" in text
    assert f"  Near miss, {words}, no longer holds: gus handed in another answer here\n" in text
    refused = here("--as", "dan", "publish", "2", *SMALL)
    assert refused.code == 4
    assert "the adjudication is stale (gus handed in other answers" in refused.err
    here("--as", "gus", "reopen", "2", *SMALL)
    assert review(here)["stale"] == []
    assert here("--as", "dan", "publish", "2", *SMALL).code == 0
    assert here("doctor").code == 0


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_those_whose_answers_it_was_decided_on_make_it_stale_by_answering_anew(
    program: Program, here: Here, form: str
) -> None:
    bring(program, here, "both", form)
    assert here("--as", "dan", "people", "rename", "bob", "Robert").code == 0
    assert review(here)["stale"] == [], "whatever they are called here"
    here("--as", "Robert", "reopen", "2", *SMALL)
    works(here, "Robert", words="Inc")
    assert review(here)["stale"] == [], "it is what was decided on"
    here("--as", "Robert", "reopen", "2", *SMALL)
    works(here, "Robert", words="Incorporated")
    (stale,) = review(here)["stale"]
    assert stale.startswith("Robert handed in other answers than were decided elsewhere (Words), on 20")


def test_the_same_decision_without_what_it_was_decided_on_says_nothing_new(program: Program, here: Here) -> None:
    bring(program, here, "both", "csv")
    bring(program, here, "adjudicated", "csv")
    (report,) = here("import", "adjudicated.csv", "--json").json
    assert report["counts"]["classifications"] == {"added": 0, "updated": 0, "unchanged": 1}
    assert len(here("history", "2", "--annotator", "adjudicated", "--json").json) == 1
    other = ("--db", "other.db", "--taxonomies", "taxonomies")
    assert program(*other, "--as", "kim", "import", "adjudicated.csv").code == 0
    assert here("--as", "dan", "merge", "other.db", "--join").code == 0
    assert len(here("history", "2", "--annotator", "adjudicated", "--json").json) == 2
    assert review(here)["stale"] == []
    assert here("doctor").code == 0


def test_work_that_stood_here_before_contradicts_it_unless_it_was_ruled_on(program: Program, here: Here) -> None:
    program("export", "jsonl", "--annotator", "bob", "--out", "raw.jsonl")
    here("--as", "dan", "import", "raw.jsonl")
    bring(program, here, "adjudicated")
    assert review(here)["stale"] == [], "the ruling was made on bob's answer"
    (bob,) = map(json.loads, Path("raw.jsonl").read_text(encoding="utf-8").splitlines())
    changed = {**bob, "annotator": "cy", "answers": {"words": {"value": "Ink"}}}
    Path("cy.jsonl").write_text(json.dumps(changed), encoding="utf-8")
    here("--as", "dan", "import", "cy.jsonl")
    assert [each.split(",")[0] for each in review(here)["stale"]] == [
        "cy handed in other answers than were decided elsewhere (Words)"
    ]


def test_a_ruling_from_elsewhere_stands_when_the_rest_is_decided_anew_here(program: Program, here: Here) -> None:
    words = bring(program, here, "both")
    works(here, "gus", outcome="happened", words="Acme")
    deciding = ("2", *SMALL)
    assert here("--as", "dan", "adjudicate", *deciding, "--reopen").code == 0
    assert here("--as", "dan", "rule", *deciding, "--field", "outcome", "--adopt", "gus", "--cause", "slip").code == 0
    assert here("--as", "dan", "adjudicate", *deciding).code == 0
    sources = {each["field"]: each["source"] for each in review(here)["fields"]}
    assert sources == {"outcome": "ruled", "words": words}
    assert f"  → Acme, ruled by cleo (slip: the sign says so), {words}\n" in here("review", "2", *SMALL).out
    assert f"  1.1 Outcome: It happened\n  1.6 Words: Acme  ({words})\n" in here("show", "2").out
    (found,) = here("export", "json", "--what", "adjudicated").json
    assert {field: each["provenance"]["source"] for field, each in found["answers"].items()} == sources
    assert found["answers"]["words"]["value"] == "Acme"
    assert here("doctor").code == 0


def test_passed_on_it_comes_from_the_last_file_and_tells_what_the_first_told(
    program: Program, here: Here, tmp_path: Path
) -> None:
    bring(program, here, "both")
    here("export", "jsonl", "--what", "both", "--out", "passed on.jsonl")
    again = ("--db", "third.db", "--taxonomies", "taxonomies")
    (report,) = program(*again, "import", "passed on.jsonl", "--json").json
    assert (report["losses"], report["issues"]) == ([], 0)
    (there,), (found,) = (
        program(*which, "export", "json", "--what", "adjudicated").json for which in ((), again)
    )  # fmt: skip
    for field, answer in found["answers"].items():
        said = {"source": "decided elsewhere (imported from passed on.jsonl)"}
        assert answer["provenance"] == {**said, "elsewhere": there["answers"][field]["provenance"]}
    (report,) = here("import", "passed on.jsonl", "--json").json
    assert report["counts"]["classifications"] == {"added": 0, "updated": 0, "unchanged": 3}


def test_an_import_says_what_it_kept_beside(program: Program, decided: Desk) -> None:
    (bob, eva) = (json.loads(line) for line in program("export", "jsonl").out.splitlines())
    changed = [{**each, "answers": {**each["answers"], "words": {"value": "Ink"}}} for each in (bob, eva)]
    Path("changed.jsonl").write_text("\n".join(map(json.dumps, changed[:1])), encoding="utf-8")
    rehearsed = program("--as", "cleo", "import", "changed.jsonl", "--dry-run").err
    assert "1 classification would be kept beside work done here, as a conflict" in rehearsed
    said = program("--as", "cleo", "import", "changed.jsonl").err
    assert "  classifications: 0 added, 0 updated, 0 unchanged, 1 kept beside\n" in said
    assert "  1 classification kept beside work done here, as a conflict; `annotator conflicts` lists it\n" in said, (
        "nothing is called updated that was not"
    )
    assert [each["place"] for each in program("--as", "cleo", "conflicts", "--json").json] == ["import"]
    Path("changed.jsonl").write_text("\n".join(map(json.dumps, changed)), encoding="utf-8")
    (report,) = program("--as", "cleo", "import", "changed.jsonl", "--json").json
    assert report["counts"]["classifications"] == {"added": 0, "updated": 0, "unchanged": 1, "kept beside": 1}
    assert len(program("--as", "cleo", "conflicts", "--json").json) == 2
    assert program("doctor").code == 0


def test_what_was_erased_returns_when_its_file_is_imported_again(program: Program, here: Here) -> None:
    bring(program, here, "adjudicated")
    here("--as", "dan", "settings", "reviewers", "dan")
    (event,) = here("history", "2", "--json").json
    assert here("--as", "dan", "erase", event["id"], "--reason", "takedown").code == 0
    assert "Acme" not in here("show", "2").out
    here("--as", "dan", "import", "adjudicated.jsonl")
    assert "1.6 Words: Acme" in here("show", "2").out
