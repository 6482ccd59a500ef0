"""What is taken back is what was asked for, and what would be without effect is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said

DEAL = ("assign", "--taxonomy", "small", "--as", "zoe")
BACK = ("assign", "--take-back", "bob", "--as", "zoe")


@pytest.fixture
def thirty_nine(program: Program, eva: Desk, tmp_path: Path) -> Program:
    """The program beside a database in which Bob has 39 subjects to do, in batches of 20, and has begun the last."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(36):
        year = 2001 + number % 4
        text = f"---\ndate: {year}-05-01\n---\n# {'Robot' if number < 12 else 'Router'} {number}\n\nIt failed.\n"
        (folder / f"report-{number:02}.md").write_text(text, encoding="utf-8")
    assert program("import", folder, "--as", "zoe").code == 0
    assert "Dealt 39 assignments" in program(*DEAL, "--to", "bob", "--batch-size", "20").err
    (*_, last) = program("list", "--assigned", "--as", "bob", "--json").json
    assert program("classify", last["key"], "--taxonomy", "small", "--as", "bob", "--set", "words=begun").code == 0
    return program


def still_open(program: Program) -> set[str]:
    return {each["key"] for each in program("list", "--assigned", "--as", "bob", "--json").json}


def taken(said: Said) -> list[tuple[int, int, int]]:
    return [(each["batch"], each["taken"], each["left"]) for each in said.json["batches"]]


def test_taking_back_ten_assignments_takes_ten(thirty_nine: Program) -> None:
    before = thirty_nine("list", "--assigned", "--as", "bob", "--json").json
    rehearsed = thirty_nine(*BACK, "--limit", "10", "--dry-run")
    assert (rehearsed.code, rehearsed.err) == (
        0, "Would take 10 assignments back from bob, of 39 that were open; what is done stays.\n",
    )  # fmt: skip
    assert [line.split() for line in rehearsed.out.splitlines()] == [
        ["TAXONOMY", "ROUND", "BATCH", "TAKEN", "BEGUN", "LEFT"], ["small", "1", "2", "10", "0", "9"],
    ]  # fmt: skip
    said = thirty_nine(*BACK, "--limit", "10")
    assert said.out == rehearsed.out and said.err == rehearsed.err.replace("Would take", "Took")
    # The last ones, but for the one that was begun.
    assert still_open(thirty_nine) == {each["key"] for each in (*before[:28], before[-1])}


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (("robot",), [(1, 12)]),
        (("--kind", "incident"), [(1, 2)]),
        (("--since", "2002", "--until", "2003"), [(1, 18)]),
        (("--batch", "2"), [(2, 19)]),
        (("--batch", "1", "--batch", "2", "--status", "draft"), [(2, 1)]),
        (("--status", "untouched", "--limit", "20"), [(1, 2), (2, 18)]),
        (("--taxonomy", "GMF"), []),
        (("--taxonomy", "small", "--limit", "0"), []),
        (("--random", "3", "--limit", "10"), [(1, 10)]),
        (("--keys", "keys.txt"), [(1, 1)]),
        ((), [(1, 20), (2, 19)]),
    ],
)
def test_every_selector_is_obeyed(
    thirty_nine: Program, tmp_path: Path, selectors: tuple[str, ...], expected: list[tuple[int, int]]
) -> None:
    (tmp_path / "keys.txt").write_text("demo:2\n", encoding="utf-8")
    before, wanted = still_open(thirty_nine), sum(many for _, many in expected)
    said = thirty_nine(*BACK, *selectors, "--json")
    assert (said.code, said.json["taken_back"], said.json["open"]) == (0, wanted, 39)
    if "--random" not in selectors and "--since" not in selectors and len(expected) == 1 and "robot" not in selectors:
        assert [(batch, many) for batch, many, _ in taken(said)] == expected
    gone = before - still_open(thirty_nine)
    assert len(gone) == wanted
    if selectors == ("robot",):
        assert gone == {f"file:report-{number:02}.md" for number in range(12)}


def test_with_nothing_but_a_name_all_open_work_is_taken_and_said(thirty_nine: Program) -> None:
    said = thirty_nine(*BACK)
    assert "Took 39 assignments back from bob, all that was open; what is done stays." in said.err
    assert "1 of them is begun; drafts stay in the file." in said.err
    assert still_open(thirty_nine) == set()


def test_a_draw_of_what_is_taken_back_is_the_same_again(thirty_nine: Program) -> None:
    drawn = [thirty_nine(*BACK, "--random", "3", "--limit", "10", "--dry-run").out for _ in range(2)]
    assert drawn[0] == drawn[1] != thirty_nine(*BACK, "--random", "4", "--limit", "10", "--dry-run").out


def test_named_subjects_that_are_not_theirs_are_counted(thirty_nine: Program, tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("demo:2\nr1\n", encoding="utf-8")
    thirty_nine(*BACK, "--kind", "incident")
    assert "Of the subjects named, 1 are nothing that is open" in thirty_nine(*BACK, "--keys", "keys.txt").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*BACK, "--to", "ann"), "--to: would say how to deal"),
        ((*BACK, "--per-subject", "1"), "--per-subject: would say how to deal"),
        ((*BACK, "--overlap", "20%", "--stratify", "date"), "--overlap and --stratify: would say how to deal"),
        ((*BACK, "--overlap-per-subject", "2"), "--overlap-per-subject: would say how to deal"),
        ((*BACK, "--batch-size", "5"), "--batch-size: would say how to deal"),
        ((*BACK, "--seed", "0"), "--seed: would say how to deal"),
        ((*BACK, "--random", "1"), "say how many: --limit N"),
        ((*BACK, "--keys", "keys.txt", "robot"), "leave out QUERY"),
        ((*BACK, "--keys", "keys.txt", "--limit", "3"), "leave out QUERY"),
        ((*DEAL, "--to", "ann", "--batch", "1"), "--batch: only say"),
        ((*DEAL, "--to", "ann", "--status", "draft"), "--status: only say"),
        ((*DEAL, "--to", "ann", "--random", "1"), "say how many: --limit N"),
        ((*DEAL, "--to", "ann", "--random", "1", "--limit", "3", "--keys", "keys.txt"), "leave out QUERY"),
        ((*BACK, "--rebalance"), "choose one of them"),
        ((*DEAL, "--rebalance", "--limit", "3"), "--limit: would be without effect"),
        ((*DEAL, "--rebalance", "--seed", "3", "--per-subject", "2"), "--per-subject and --seed: would be without"),
        ((*DEAL, "--rebalance", "--status", "draft"), "--status: would be without effect"),
        (("assign", "--rebalance", "--as", "zoe"), "Say under which taxonomy"),
        (("round", "start", "--purpose", "retest", "--taxonomy", "small", "--as", "zoe", "--to", "eva=2"), "eva=2"),
        (("round", "start", "--purpose", "retest", "--taxonomy", "small", "--as", "zoe", "--per-subject", "1"),
         "--per-subject is for a second pass"),
    ],
)  # fmt: skip
def test_what_would_be_without_effect_is_refused(
    program: Program, eva: Desk, arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "keys.txt").write_text("demo:2\n", encoding="utf-8")
    answers = ("--set", "outcome=near", "--set", "words=fell")
    assert program("classify", "2", "--taxonomy", "small", *answers, "--submit", "--as", "eva").code == 0
    program(*DEAL, "--to", "bob")
    said = program(*arguments)
    assert (said.code, words in said.err) == (2, True), said.err
    assert program("list", "--assigned", "--as", "bob", "--json").json != []


def test_who_has_nothing_there_is_not_told_to_be_nobody(thirty_nine: Program) -> None:
    assert thirty_nine("people", "add", "cy", "--as", "zoe").code == 0
    due = ("--due", "2999-01-01")
    for name, where, words in (
        ("cy", (), ""),
        ("CY", ("--taxonomy", "small"), ""),
        ("bob", ("--round", "99"), " in round 99"),
    ):
        for deed in (("--take-back", name), ("--redate", name, *due)):
            said = thirty_nine("assign", *deed, *where, "--as", "zoe")
            told = f"Nothing is assigned to {name.lower()}{words}; `annotator progress` tells who has what."
            assert (said.code, said.err.strip()) == (3, told)
    said = thirty_nine("assign", "--take-back", "bop", "--as", "zoe")
    assert (said.code, "Nobody here is called 'bop'; there is bob." in said.err) == (3, True)
