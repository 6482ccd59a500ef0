"""Listing subjects and showing one."""

from __future__ import annotations

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from annotator.model.record import ReportRecord
from annotator.model.subject import Report
from tests.cli.conftest import Program

NASTY = "\x1b[31mRed\x07 [bold]loud[/bold] \u202etxt.exe\nsecond"


@pytest.fixture
def worked(eva: Desk) -> Desk:
    """Eva submitted one subject and skipped another; ann has a draft of the first."""
    for field, value in {"outcome": "near", "words": "fell"}.items():
        eva.tagging.answer("demo:2", "small", field, Answer(value=value))
    eva.tagging.submit("demo:2", "small")
    eva.tagging.skip("demo:10", "small", "not about AI")
    ann = Desk(eva.project, "ann")
    ann.tagging.note("demo:2", "small", "mine")
    ann.tagging.raise_flag("demo:r1", "small", "what is this?")
    return eva


def keys(program: Program, *arguments: str) -> list[str]:
    return [each["key"] for each in program("list", "--json", *arguments).json]


def test_the_document_has_the_promised_shape(program: Program, worked: Desk) -> None:
    document = program("list", "--json").json
    assert [each["key"] for each in document] == ["demo:10", "demo:2", "demo:r1"]
    assert document[1] == {
        "key": "demo:2", "kind": "incident", "title": "Second", "date": "2020-02-02", "reports": 1,
        "status": {"small": "submitted"},
    }  # fmt: skip


def test_the_status_is_that_of_whoever_calls_else_the_most_advanced(program: Program, worked: Desk) -> None:
    def status(*arguments: str) -> dict[str, str]:
        return {each["key"]: each["status"].get("small", "") for each in program(*arguments, "list", "--json").json}

    assert status() == {"demo:10": "skipped", "demo:2": "submitted", "demo:r1": "draft"}
    assert status("--as", "ann") == {"demo:10": "", "demo:2": "draft", "demo:r1": "draft"}
    assert status("--as", "nobody") == {"demo:10": "", "demo:2": "", "demo:r1": ""}
    assert status("--round", "2") == {"demo:10": "", "demo:2": "", "demo:r1": ""}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["second"], ["demo:2"]),
        (["man", "died"], ["demo:r1"]),
        (['"died man"'], []),
        (["--kind", "report"], ["demo:r1"]),
        (["--status", "draft"], ["demo:r1"]),
        (["--status", "submitted", "--taxonomy", "Small"], ["demo:2"]),
        (["--status", "untouched", "--taxonomy", "GMF"], ["demo:10", "demo:2", "demo:r1"]),
        (["--status", "untouched"], []),
        (["--as", "ann", "--status", "draft"], ["demo:2", "demo:r1"]),
        (["--as", "ann", "--status", "untouched"], ["demo:10"]),
        (["--annotator", "ann"], ["demo:2", "demo:r1"]),
        (["--annotator", "ann", "--status", "submitted"], []),
        (["--since", "2020", "--until", "2020"], ["demo:2"]),
        (["--since", "2020-03"], []),
        (["--flagged"], ["demo:r1"]),
        (["--sort", "key"], ["demo:2", "demo:10", "demo:r1"]),
        (["--sort", "title", "--reverse"], ["demo:10", "demo:2", "demo:r1"]),
        (["--sort", "updated", "--reverse"], ["demo:r1", "demo:2", "demo:10"]),
        (["--limit", "1"], ["demo:10"]),
        (["--limit", "0"], []),
    ],
)
def test_filters_and_orders(program: Program, worked: Desk, arguments: list[str], expected: list[str]) -> None:
    assert keys(program, *arguments) == expected


@pytest.mark.parametrize(
    "query",
    [["word " * 20_000], [f"w{n}" for n in range(1_000)], ["a" * 100_000], ["事故" * 50_000], ['"' * 100_000]],
    ids=["one-text", "many-words", "no-space", "japanese", "quotes"],
)
@pytest.mark.parametrize(
    "command", [("list",), ("assign", "--taxonomy", "small", "--to", "ann", "--as", "zoe")], ids=["list", "assign"]
)
def test_a_search_too_long_to_run_says_so(
    program: Program, eva: Desk, command: tuple[str, ...], query: list[str]
) -> None:
    said = program(*command, "--", *query)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("This search is too long to run: it has ")
    assert said.err.count("\n") == 1


def test_a_search_for_a_hundred_words_is_run(program: Program, eva: Desk) -> None:
    assert keys(program, *[f"w{n}" for n in range(100)]) == []


def test_the_table_puts_words_on_stderr_and_lines_on_stdout(program: Program, worked: Desk) -> None:
    said = program("list")
    assert said.err == "3 subjects.\n"
    head, first, second, third = said.out.splitlines()
    assert head.split() == ["KEY", "DATE", "REPORTS", "STATUS", "TITLE"]
    assert first.split() == ["demo:10", "0", "small", "skipped", "Tenth"]
    assert "small submitted" in second
    assert "small draft; flagged" in third


def test_nothing_found_is_an_empty_document_and_a_word(program: Program, eva: Desk) -> None:
    assert program("list", "--json", "zebra").json == []
    said = program("list", "zebra")
    assert (said.code, said.out, said.err) == (0, "", "0 subjects.\n")


@pytest.mark.parametrize("date", ["yesterday", "2020-13", "20", "2020-1-1"])
def test_what_is_no_date_is_refused(program: Program, eva: Desk, date: str) -> None:
    said = program("list", "--since", date)
    assert said.code == 2
    assert "is no date; write 2020" in said.err


def test_an_unknown_taxonomy_is_refused(program: Program, eva: Desk) -> None:
    assert program("list", "--taxonomy", "smaal").code == 3


def test_show_prints_the_subject_its_reports_and_its_classifications(program: Program, worked: Desk) -> None:
    program("--as", "zoe", "settings", "reviewers", "zoe")  # others may not see it all while ann is at work
    document = program("show", "2", "--json", "--as", "zoe").json
    assert list(document) == [
        "key", "kind", "title", "description", "date", "reports", "missing_reports", "entities", "classifications",
        "comments",
    ]  # fmt: skip
    (report,) = document["reports"]
    assert list(report) == ["key", "title", "text", "url", "source_domain", "date_published", "language"]
    assert report["text"] == "It fell. A man died."
    mine, eva = document["classifications"]
    assert (mine["annotator"], mine["notes"], mine["answers"]) == ("ann", "mine", {})
    assert list(eva) == [
        "taxonomy", "version", "annotator", "round", "status", "publish", "notes", "by", "imported_from", "hand_in",
        "answers",
    ]  # fmt: skip
    assert eva["answers"]["outcome"] == {
        "label": "Outcome", "state": "answered", "value": "near", "evidence": [], "confidence": None,
    }  # fmt: skip


def test_evidence_is_shown_with_its_report_and_place(program: Program, eva: Desk) -> None:
    quote = eva.tagging.quote(eva.subjects.subject("demo:r1").reports[0], 9, 19)
    eva.tagging.answer("demo:r1", "small", "outcome", Answer(value="happened", evidence=(quote,)))
    (classification,) = program("show", "r1", "--json").json["classifications"]
    span = {"report": "demo:r1", "start": 9, "end": 19, "quote": "A man died"}
    assert classification["answers"]["outcome"]["evidence"] == [span]
    assert "“A man died” (demo:r1)" in program("show", "r1").out


def test_show_reads_well_in_a_terminal(program: Program, worked: Desk) -> None:
    program("--as", "zoe", "settings", "reviewers", "zoe")
    out = program("show", "demo:2", "--as", "zoe").out
    assert "demo:2 · incident · 2020-02-02\nSecond\n" in out
    assert "report demo:r1" in out
    assert "small · version 1 · eva · round 1 · submitted\n  1.1 Outcome: Near miss\n" in out
    assert "A man died" not in out
    assert "A man died" in program("show", "demo:2", "--text").out
    assert "skipped: not about AI" in program("show", "10").out
    assert "draft · flagged" in program("show", "r1").out


def test_a_key_may_be_short_where_it_is_clear(program: Program, eva: Desk) -> None:
    assert program("show", "r1", "--json").json["key"] == "demo:r1"
    eva.importing.import_records([ReportRecord(Report(key="other:r1"), "")], "made.json")
    said = program("show", "r1")
    assert said.code == 3
    assert "demo:r1, other:r1" in said.err
    assert program("show", "other:r1").code == 0
    assert program("show", "%").code == 3


def test_foreign_text_cannot_steer_the_terminal(program: Program, eva: Desk) -> None:
    eva.importing.import_records([ReportRecord(Report(key="bad:r1", title=NASTY, text=NASTY), "")], "made.json")
    eva.tagging.note("bad:r1", "small", NASTY)
    for arguments in (["list"], ["show", "bad:r1", "--text"], ["history", "bad:r1"]):
        out = program(*arguments).out
        assert "Red" in out
        assert not any(sign in out for sign in "\x1b\x07\u202e\r")
    for arguments in (["list", "--json"], ["show", "bad:r1", "--json"], ["history", "bad:r1", "--json"]):
        said = program(*arguments)
        assert not any(sign in said.out for sign in "\x1b\x07\u202e\r")
        assert NASTY in _texts(said.json)


@pytest.mark.usefixtures("eva")
def test_history_says_what_was_undone_and_done_again(program: Program) -> None:
    said = program("--as", "eva", "classify", "2", "--taxonomy", "small", "--note", "about a robot")
    assert said.code == 0, said.err
    assert program("--as", "eva", "undo").code == program("--as", "eva", "redo").code == 0
    lines = program("history", "2", "--taxonomy", "small").out.splitlines()
    assert lines[-2].endswith("  undone: note: about a robot")
    assert lines[-1].endswith("  done again: note: about a robot")


def _texts(value: object) -> list[str]:
    """Every text in a document."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for each in inner for text in _texts(each)]
