"""No command, in whatever form, tells somebody what they may not see yet."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from shutil import copyfile, copytree
from typing import NamedTuple

import click
import pytest

from annotator.cli.commands import TABLE, commands
from annotator.model.person import same_name
from tests.cli.conftest import Program
from tests.desk.blinded import (
    ALL,
    ASKED,
    BROUGHT,
    EARLIER,
    EVERYBODY,
    GUS,
    ONE,
    OPEN,
    STRANGERS,
    TALK,
    TALK_ONE,
    TALK_THREE,
    TALK_TWO,
    TWO,
    make_blinded,
    shown,
)

pytestmark = pytest.mark.long

NS = ("--taxonomy", "desk")
WORDS = ("--field", "words")
HANDED_IN = ONE - {"ruledtell"}
COMPARED = HANDED_IN | TWO | EARLIER | GUS
ANNS = frozenset({"anntell", "anntwotell"}) | EARLIER
NOTHING: frozenset[str] = frozenset()
OUT = "out.txt"
"""What a command may write; it is read like what it prints."""


class Try(NamedTuple):
    """One way to call a command."""

    arguments: tuple[str, ...]
    shows: frozenset[str] = NOTHING
    """What it tells those who may see everything."""
    lets_in: str = ""
    """The subject that it lets somebody look at who does not classify it, and keeps that they have."""


def a(*arguments: str, shows: frozenset[str] = NOTHING, lets_in: str = "") -> Try:
    return Try(arguments, shows, lets_in)


def deciding(*arguments: str, shows: frozenset[str] = NOTHING) -> list[Try]:
    """The same way on each subject."""
    of = {"1": ONE, "2": TWO, "3": EARLIER | GUS}
    return [
        Try(tuple(each.replace("KEY", key) for each in arguments), shows & of[key], lets_in=key) for key in STRANGERS
    ]


def exports() -> Iterator[Try]:
    whole = COMPARED | {"aiidtell"}
    for form in ("json", "jsonl", "csv"):
        yield a("export", form, shows=whole)
        yield a("export", form, *NS, "--what", "both", "--with-hidden", shows=whole | {"ruledtell"})
        decided = frozenset({"ruledtell", "anntell"}) if form == "csv" else ONE  # with what was ruled between
        yield a("export", form, "--what", "adjudicated", shows=decided)
        yield a("export", form, "--taxonomy", "DESK", "--annotator", "ann", shows=ANNS)
        yield a("export", form, "--round", "1", "--out", OUT, shows=whole)
    yield a("export", "csv", *NS, "--shape", "wide", shows=whole)
    yield a("export", "csv", *NS, "--shape", "subjects", shows=whole | {"ruledtell"})
    yield a("export", "csv", *NS, "--shape", "subjects", "--what", "raw", "--round", "1", shows=whole)


def forms(*arguments: str, shows: frozenset[str] = NOTHING) -> Iterator[Try]:
    for form in ((), ("--json",), ("--csv",)):
        yield Try((*arguments, *form), shows)


WAYS: dict[str, Sequence[Try]] = {
    "desk": [a("desk"), a("desk", "1", *NS)],
    "demo": [a("demo")],
    "list": [
        a("list"),
        a("list", "--json", "--annotator", "ann", *NS, "--status", "submitted"),
        a("list", "--flagged", "--sort", "updated"),
        a("list", "--stale"),
        a("list", "--commented"),
        a("list", "--mentioned", "--json"),
        a("list", "--stale", "--json", *NS, "--annotator", "ann"),
        a("list", "--status", "adjudicated", "--json"),
        *(a("list", "--json", tell) for tell in sorted(ALL)),
    ],
    "show": [
        a("show", "1", shows=HANDED_IN | {"ruledtell", "aiidtell"}),
        a("show", "1", "--json", shows=HANDED_IN | {"ruledtell", "aiidtell"}),
        a("show", "d:2", "--text", shows=TWO),
        a("show", "3", "--round", "2", shows=EARLIER | GUS),
    ],
    "classify": [
        a("classify", key, *NS, "--note", "x", "--json", *more) for key in "123" for more in ((), ("--round", "2"))
    ],
    "skip": [a("skip", key, *NS, "--reason", "x") for key in "123"],
    "reopen": [a("reopen", key, *NS) for key in "123"],
    "flag": [*(a("flag", key, *NS, "--reason", "x") for key in "123"), a("flag", "1", *NS, "--resolve")],
    "undo": [a("undo"), a("undo", "--round", "2")],
    "redo": [a("redo")],
    "history": [
        a("history", "1", shows=HANDED_IN | {"ruledtell"} | TALK_ONE),
        a("history", "1", "--json", shows=ONE | {"aiidtell"} | TALK_ONE),
        a("history", "2", "--json", "--annotator", "ann", shows=frozenset({"anntwotell"}) | TALK_TWO),
        a("history", "3", "--taxonomy", "DESK", shows=EARLIER | GUS),
        a("history", "--team"),
        a("history", "--team", "--json"),
    ],
    "assign": [
        a("assign", *NS, "--to", "zed,cy", "--dry-run", "--json"),
        a("assign", *NS, "--to", "ann,bob,zed", "--overlap", "50%", "--stratify", "outcome", "--dry-run"),
        a("assign", *NS, "--to", "ann,bob,zed", "--overlap", "50%", "--stratify", "desk:sectors", "--json"),
        a("assign", *NS, "--to", "zed", "--random", "1", "--limit", "3", "--stratify", "sectors", "--json"),
        a("assign", "--take-back", "cy"),
        a("assign", "--redate", "cy", "--due", "2999-12-31", "--json"),
        a("assign", "--take-back", "cy", *NS, "--status", "draft", "--json"),
        a("assign", *NS, "--rebalance", "--to", "zed,cy", "--json"),
    ],
    "round": [a("round"), a("round", "--json")],
    "gold set": [
        a("gold", "set", *NS, *who, *more)
        for who in ((), ("--from", "ann"), ("--from", "ben"))
        for more in ((), ("--dry-run", "--json"))
    ],
    "gold unset": [a("gold", "unset", *NS), a("gold", "unset", "1", *NS, "--dry-run")],
    "gold list": [a("gold", "list"), a("gold", "list", *NS, "--json")],
    "gold scores": [a("gold", "scores", *NS), a("gold", "scores", *NS, "--json")],
    "round list": [a("round", "list", *NS), a("round", "list", "--json")],
    "round start": [
        *(a("round", "start", *NS, "--purpose", purpose, "--json") for purpose in ("retest", "second-pass")),
        *(
            a("round", "start", *NS, "--purpose", purpose, "--to", "zed,yan", *more)
            for purpose in ("first", "calibration", "training")
            for more in ((), ("--dry-run", "--json"))
        ),
    ],
    "round close": [a("round", "close", "1", *NS, *more) for more in ((), ("--take-back",), ("--dry-run", "--json"))],
    "round show": [a("round", "show", number, *NS, *more) for number in "12" for more in ((), ("--json",), ("--all",))],
    "round open": [a("round", "open", "1", *NS)],
    "progress": [
        a("progress"),
        a("progress", "--json"),
        a("progress", "--pace"),
        a("progress", "--pace", "--json"),
        a("progress", "--decisions"),
        a("progress", "--decisions", "--json"),
    ],
    "comment": [a("comment", key, "x, @ann", *more) for key in "123" for more in ((), ("--json",), NS)],
    "comments": [
        a("comments", shows=TALK),
        a("comments", "--json", shows=TALK),
        a("comments", "1", shows=TALK_ONE),
        a("comments", "d:2", "--json", "--since", "2000", shows=TALK_TWO | ASKED),
        a("comments", "--mentioning", "ANN", shows=TALK_THREE),
    ],
    "people list": [a("people", "list"), a("people", "list", "--json")],
    "people role": [
        a("people", "role"),
        a("people", "role", "--json"),
        a("people", "role", "ann", "adjudicator", "--dry-run"),
        a("people", "role", "--proposed", "--dry-run"),
        a("people", "role", "ann", "lead", "--claim", "--dry-run"),
    ],
    "people add": [a("people", "add", "Quinn")],
    "people rename": [a("people", "rename", "ann", "Anna", "--dry-run"), a("people", "rename", "ben", "Benno")],
    "people alias": [a("people", "alias", "ann", "Anna")],
    "people merge": [a("people", "merge", "ann", name, "--dry-run") for name in ("ben", "cy", "zed", "gus")],
    "people split": [a("people", "split", "ann", "Anna")],
    "people leave": [a("people", "leave", "ann")],
    "people undo": [a("people", "undo"), a("people", "undo", "x:1")],
    "conflicts": [a("conflicts"), a("conflicts", "--json"), a("conflicts", *NS)],
    "conflicts keep": [a("conflicts", "keep", "x:1")],
    "waiting": [a("waiting"), a("waiting", "--json")],
    "waiting accept": [a("waiting", "accept", "--all"), a("waiting", "accept", "x:1")],
    "waiting decline": [
        a("waiting", "decline", "x:1", "--reason", "x"),
        a("waiting", "decline", "--all", "--reason", "x"),
    ],
    "agreement": [
        *forms("agreement"),
        a("agreement", *NS, *WORDS, "--csv"),
        a("agreement", *NS, *WORDS, shows=COMPARED),
        a("agreement", *NS, *WORDS, "--json", shows=COMPARED),
        a(
            "agreement",
            "--taxonomy",
            "DESK",
            "--field",
            "maker",
            "--annotators",
            "ann,ben",
            shows=HANDED_IN | TWO | EARLIER,
        ),
        a("agreement", *NS, *WORDS, "--annotators", "AIID,ann", shows=ANNS | {"aiidtell"}),
        a("agreement", *NS, *WORDS, "--drafts", "--until", "2022", shows=TWO),
        a("agreement", *NS, *WORDS, "--since", "2022", "--until", "2022", shows=TWO),
        a("agreement", *NS, *WORDS, "--round", "2"),
    ],
    "agreement shares": list(forms("agreement", "shares", *NS, *WORDS, shows=COMPARED)),
    "agreement pairs": list(forms("agreement", "pairs", *NS)),
    "agreement confusion": [
        *forms("agreement", "confusion", *NS, *WORDS, shows=COMPARED),
        a("agreement", "confusion", *NS, "--field", "maker", "--annotators", "ann,gus", shows=EARLIER | GUS),
    ],
    "agreement annotators": [
        *forms("agreement", "annotators", *NS),
        a("agreement", "annotators", *NS, "--round", "2", "--drafts"),
    ],
    "disagreements": [
        *forms("disagreements", shows=COMPARED | {"ruledtell"}),
        *forms("disagreements", "--taxonomy", "DESK", *WORDS, shows=COMPARED),
        a("disagreements", *NS, "--likely", "--json", shows=COMPARED | {"ruledtell"}),
        a("disagreements", *NS, "--round", "2"),
        a("disagreements", *NS, "--since", "2022", shows=TWO | EARLIER | GUS),
    ],
    "report": [
        a("report", OUT, shows=COMPARED),
        a("report", OUT, *NS, "--field", "maker", "--annotators", "ann,ben", shows=HANDED_IN | TWO),
    ],
    "review": [
        *(
            a("review", *NS, "--order", order, *more)
            for order in ("effect", "subject", "field")
            for more in ((), ("--json",), ("--settled",), ("--stale",), ("--field", "words"))
        ),
        *deciding("review", "KEY", *NS, shows=ONE | TWO | EARLIER | GUS),
        *deciding("review", "KEY", *NS, "--json", shows=ONE | TWO | EARLIER | GUS),
    ],
    "rule": [
        *deciding("rule", "KEY", *NS, *WORDS, "--adopt", "ann", "--cause", "slip"),
        *deciding("rule", "KEY", *NS, *WORDS, "--adopt", "zed", "--cause", "slip"),
        *deciding("rule", "KEY", *NS, *WORDS, "--majority", "--cause", "slip"),
        *deciding("rule", "KEY", *NS, *WORDS, "--union", "--cause", "slip"),
        *deciding("rule", "KEY", *NS, *WORDS, "--value", "odd", "--cause", "slip"),
    ],
    "adjudicate": [
        *deciding("adjudicate", "KEY", *NS),
        *deciding("adjudicate", "KEY", *NS, "--reopen"),
        *(a("adjudicate", *NS, "--agreed", strategy) for strategy in ("unanimous", "majority", "single")),
    ],
    "publish": [
        *deciding("publish", "KEY", *NS),
        a("publish", *NS, "--where", "status=submitted", "--dry-run"),
        a("publish", *NS, "--where", "status=submitted", "--where", "words=Anntell", "--dry-run", "--json"),
        a("publish", *NS, "--where", "reviewed", "--dry-run"),
        *deciding("publish", "KEY", *NS, "--released", "--annotator", "ann", "--reason", "x"),
    ],
    "withdraw": [*deciding("withdraw", "KEY", *NS), *deciding("withdraw", "KEY", *NS, "--annotator", "AIID")],
    "import": [a("import", "more.jsonl", "--json", "--report", OUT), a("import", "more.jsonl", "--dry-run")],
    "issues": [a("issues", shows=frozenset({"issuetell"})), a("issues", "--json", shows=frozenset({"issuetell"}))],
    "formats": [a("formats")],
    "export": list(exports()),
    "taxonomy list": [a("taxonomy", "list")],
    "taxonomy show": [a("taxonomy", "show", "desk")],
    "taxonomy check": [a("taxonomy", "check", "taxonomies/desk.yaml")],
    "taxonomy new": [a("taxonomy", "new", "mine")],
    "doctor": [a("doctor"), a("doctor", "--rebuild", "--json")],
    "backup": [a("backup", "copy.db")],
    "restore": [a("restore", "other.db"), a("restore", "gone.db")],
    "salvage": [a("salvage", "other.db", "--out", "new.db"), a("salvage", "other.db", "--out", "newer.db", "--json")],
    "merge": [a("merge", "other.db"), a("merge", "other.db", "--json"), a("merge", "other.db", "--dry-run")],
    "bundle": [a("bundle", "some.bundle"), a("bundle", "some.bundle", "--for", "ben", "--json")],
    "sync": [a("sync", "."), a("sync", ".", "--json")],
    "join": [a("join", "1", "2"), a("join", "1", "1")],
    "erase": [a("erase", f"{'0' * 32}:1", "--reason", "x", *more) for more in ((), ("--dry-run",))],
    "verify": [a("verify"), a("verify", "--json"), a("verify", "other.db")],
    "settings": [a("settings"), a("settings", "--json")],
}
"""Every command, in every form in which it prints or writes."""


def leaves() -> Iterator[str]:
    """The names of all commands that do something."""
    for name in TABLE:
        command = commands.get_command(click.Context(commands), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from (f"{name} {sub}" for sub in command.commands)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield name


def test_every_command_is_tried() -> None:
    assert set(leaves()) == WAYS.keys()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with everything in it, made once."""
    return make_blinded(tmp_path_factory.mktemp("blinded"))


def afresh(made: Path, folder: Path) -> None:
    """Put the database where the commands find it by themselves, as if nothing had been tried yet."""
    for file in (*folder.glob("*.db*"), folder / OUT):
        file.unlink(missing_ok=True)
    for name in ("annotator.db", "other.db"):
        copyfile(made, folder / name)
    if not (folder / "taxonomies").is_dir():
        copytree(made.parent / "taxonomies", folder / "taxonomies")
        line = '{"subject": "d:5", "taxonomy": "desk", "annotator": "zed", "answers": {"words": {"value": ["x"]}}}\n'
        (folder / "more.jsonl").write_text(line, encoding="utf-8")


def told(program: Program, made: Path, folder: Path, name: str, way: Try) -> frozenset[str]:
    """Everything a command tells somebody, on whatever channel."""
    afresh(made, folder)
    said = program(*(("--as", name) if name else ()), *way.arguments)
    out = folder / OUT
    written = out.read_text(encoding="utf-8") if out.is_file() else ""
    return shown(said.out + said.err + written)


def has_looked(folder: Path, name: str, number: str) -> bool:
    with closing(sqlite3.connect(folder / "annotator.db")) as connection:
        sql = "SELECT annotator FROM looks JOIN subjects ON subjects.id = subject_id WHERE key = ?"
        return any(same_name(name, kept) for (kept,) in connection.execute(sql, (f"d:{number}",)))


@EVERYBODY
@pytest.mark.parametrize("command", WAYS)
def test_nothing_closed_is_told(
    program: Program, made: Path, tmp_path: Path, command: str, names: tuple[str, ...]
) -> None:
    for way in WAYS[command]:
        for name in names:
            found = told(program, made, tmp_path, name, way) - OPEN[name]
            if found:
                assert way.lets_in and name in STRANGERS[way.lets_in], (name, way.arguments, found)
                assert has_looked(tmp_path, name, way.lets_in)


@pytest.mark.parametrize("command", WAYS)
def test_whoever_may_see_it_does(program: Program, made: Path, tmp_path: Path, command: str) -> None:
    """So that the test above cannot pass by accident."""
    for way in WAYS[command]:
        assert told(program, made, tmp_path, "eve", way) == way.shows, way.arguments
        assert told(program, made, tmp_path, "ann", way) <= OPEN["ann"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "jsonl"), "classifications left out, "),
        (("show", "1"), "4 classifications left out, 4 because you are at work on the same"),
        (("show", "2", "--json"), "2 classifications left out, 2 because you have not handed in yours"),
        (("history", "1"), "left out, 4 because you are at work on the same (submit or skip yours first)"),
        (("comments",), "3 comments left out, 1 because you are at work on the same"),
        (("comments", "2", "--json"), "1 comment left out, 1 because you have not handed in yours"),
        (("issues", "--json"), "1 issue left out, 1 because you are at work on the same"),
        (("agreement", *NS), "3 subjects left out, 1 because you are at work on the same"),
        (("disagreements", *NS, "--json"), "3 subjects left out"),
        (("export", "csv", *NS, "--shape", "subjects"), "`annotator settings reviewers 'eve, bob'`"),
    ],
)
def test_what_is_left_out_is_said_with_the_way_out(
    program: Program, made: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    afresh(made, tmp_path)
    answer = program("--as", "bob", *arguments)
    assert answer.code == 0
    assert "Annotation is blind: " in answer.err
    assert said in answer.err
    assert "Annotation is blind" not in answer.out
    assert "Annotation is blind" not in program("--as", "eve", *arguments).err
    program("--as", "eve", "settings", "blind_annotation", "no")
    assert "Annotation is blind" not in program("--as", "bob", *arguments).err


def test_the_way_out_works(program: Program, made: Path, tmp_path: Path) -> None:
    afresh(made, tmp_path)
    assert shown(program("--as", "dora", "show", "2").out) == NOTHING
    assert program("--as", "dora", "settings", "reviewers", "eve, dora").err == "reviewers: eve, dora.\n"
    assert shown(program("--as", "dora", "show", "2").out) == TWO
    assert program("--as", "dora", "settings", "reviewers", "").err == "reviewers: nobody.\n"
    assert shown(program("--as", "dora", "show", "2").out) == NOTHING
    program("--as", "dora", "classify", "2", *NS, "--set", "outcome=none", "--submit")
    assert shown(program("--as", "dora", "show", "2").out) == TWO


@pytest.mark.parametrize("value", ["adjudicated, eve", "eve, Ａdjudicated", "a\tb\x1b,c"])
def test_names_that_cannot_be_are_no_reviewers(program: Program, made: Path, tmp_path: Path, value: str) -> None:
    afresh(made, tmp_path)
    said = program("--as", "dora", "settings", "reviewers", value)
    assert said.code == 2
    assert "is no name for an annotator" in said.err


def test_the_name_in_the_settings_file_counts_like_one_that_is_typed(
    program: Program, made: Path, tmp_path: Path
) -> None:
    afresh(made, tmp_path)
    settings = tmp_path / "settings" / "annotator" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("annotator: BOB\n", encoding="utf-8")
    assert shown(program("export", "jsonl").out) == NOTHING
    assert shown(program("--as", "eve", "export", "jsonl").out) >= TWO


def test_an_import_of_what_is_known_is_open_to_strangers(program: Program, made: Path, tmp_path: Path) -> None:
    afresh(made, tmp_path)
    assert shown(program("--as", "dora", "show", "1").out) == BROUGHT - {"issuetell"}
    assert shown(program("--as", "dora", "issues").out) == {"issuetell"}


def test_that_somebody_differs_is_not_told_beside_what_is_open(program: Program, made: Path, tmp_path: Path) -> None:
    afresh(made, tmp_path)
    line = '{"subject": "d:5", "taxonomy": "desk", "annotator": "%s", "answers": {"maker": {"value": "x"}}, %s}\n'
    two = "".join(line % (name, '"status": "submitted", "version": 1') for name in ("zed", "zoe"))
    (tmp_path / "two.jsonl").write_text(two, encoding="utf-8")
    assert program("import", "two.jsonl").code == 0
    program("--as", "gus", "classify", "5", *NS, "--set", "outcome=none", "--set", "maker=y", "--submit")

    def source(name: str) -> str:
        said = program("--as", name, "export", "csv", *NS, "--shape", "subjects")
        (row,) = (row for row in csv.DictReader(io.StringIO(said.out)) if row["subject"] == "d:5")
        assert (row["maker@zed"], row["maker@zoe"]) == ("x", "x")
        return row["maker@source"]

    assert (source("eve"), source("dora")) == ("unresolved", "")


def test_whoever_looks_is_told_what_follows(program: Program, made: Path, tmp_path: Path) -> None:
    afresh(made, tmp_path)
    first = program("--as", "dora", "review", "2", *NS)
    assert "you can decide about d:2, and no longer classify it" in first.err
    assert program("--as", "dora", "review", "2", *NS).err == ""
    refused = program("--as", "DORA", "classify", "2", *NS, "--set", "outcome=none")
    assert (refused.code, "you have looked at others' answers on" in refused.err) == (4, True)
    assert program("--as", "ann", "review", "2", *NS).err == ""
