"""Names on the command line: any spelling finds whoever is known, and nobody new looks like them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said

NS = ("--taxonomy", "small")
LOOKS = "'еva' looks like 'eva', who is somebody else here, but has CYRILLIC SMALL LETTER IE where that has LATIN"
SPELLINGS = ["EVA", "Ｅｖａ", " eva "]


def answer(program: Program, name: str, value: str = "happened", key: str = "10", *more: str) -> Said:
    return program("--as", name, "classify", key, *NS, "--set", f"outcome={value}", *more)


def annotators(program: Program) -> list[str]:
    """Whose classifications there are, as often as there are some."""
    return [each["annotator"] for each in program("show", "10", "--json").json["classifications"]]


@pytest.fixture
def begun(eva: Desk, program: Program) -> Program:
    """Eva, José and Dora have handed in the same subject, and differ."""
    eva.close()
    for name, value in (("eva", "happened"), ("José", "near"), ("dora", "near")):
        assert answer(program, name, value, "10", "--submit").code == 0
    assert program("--as", "zoe", "settings", "blind_annotation", "no").code == 0
    return program


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_person_in_three_spellings_is_one_annotator(begun: Program, spelling: str) -> None:
    said = begun("--as", spelling, "reopen", "10", *NS, "--reason", "again")
    assert (said.code, "· eva: draft" in said.err) == (0, True)
    assert answer(begun, spelling, "near").err == "10".join(("demo:", " · small · eva: draft, 1 answer.\n"))
    assert sorted(annotators(begun)) == ["José", "dora", "eva"]


@pytest.mark.parametrize(
    ("known", "new", "like"),
    [
        ("bob", "B0B", "BOB"), ("bob", "b0b", "BOB"), ("B0B", "bob", "B0B"), ("B0B", "BOB", "B0B"),
        ("Ian", "lan", "Ian"), ("ian", "lan", "Ian"), ("lan", "Ian", "lan"), ("Otto", "0tto", "Otto"),
    ],
)  # fmt: skip
def test_a_name_that_looks_like_any_spelling_of_somebody_known_is_refused(
    program: Program, eva: Desk, known: str, new: str, like: str
) -> None:
    eva.close()
    assert program("--as", "zoe", "people", "add", known).code == 0
    said = answer(program, new)
    assert said.code == 2
    assert said.err.startswith(f"{new!r} looks like {like!r}, who is somebody else here, but has ")
    assert f"write {known!r} if you mean them" in said.err
    assert answer(program, known).code == 0


@pytest.mark.parametrize(("known", "new"), [("ian", "Lan"), ("Ali", "All"), ("mia", "nia"), ("otto", "ott")])
def test_names_that_can_be_told_apart_are_two(program: Program, eva: Desk, known: str, new: str) -> None:
    eva.close()
    assert program("--as", "zoe", "people", "add", known).code == 0
    assert answer(program, new).code == 0


def test_either_unicode_form_of_a_name_is_the_same_person(begun: Program) -> None:
    assert begun("--as", "jose\u0301", "reopen", "10", *NS).code == 0
    assert sorted(annotators(begun)) == ["José", "dora", "eva"]


def test_the_settings_file_names_somebody_in_any_spelling(begun: Program, tmp_path: Path) -> None:
    (tmp_path / "settings" / "annotator").mkdir(parents=True)
    (tmp_path / "settings" / "annotator" / "config.yaml").write_text("annotator: EVA\n", encoding="utf-8")
    assert "· eva: draft" in begun("reopen", "10", *NS).err


@pytest.mark.parametrize(
    "command",
    [
        ("classify", "10", *NS, "--set", "outcome=near"),
        ("skip", "2", *NS, "--reason", "x"),
        ("undo",),
        ("rule", "10", *NS, "--field", "outcome", "--value", "near", "--cause", "slip"),
        ("adjudicate", "10", *NS),
        ("review", "10", *NS),
        ("publish", "10", *NS),
        ("assign", *NS, "--to", "dora"),
        ("settings", "blind_annotation", "no"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("еva", LOOKS),
        ("AIID", "nobody works under this name"),
        ("rest", "stands for everybody else"),
        ("a=b", "no `=`"),
    ],
)
def test_nobody_begins_to_work_under_a_name_that_cannot_be(
    begun: Program, command: tuple[str, ...], name: str, why: str
) -> None:
    assert begun("--as", "zoe", "settings", "blind_annotation", "yes").code == 0
    before = begun("--as", "zoe", "history", "10", "--json").out
    said = begun("--as", name, *command)
    assert (said.code, why in said.err) == (2, True), said.err
    assert begun("--as", "zoe", "history", "10", "--json").out == before
    assert begun("--as", name, "list", "--status", "submitted").err == "0 subjects.\n"


def test_for_looking_only_nobody_is_refused_and_nothing_is_found(begun: Program) -> None:
    submitted = ("list", "--status", "submitted")
    assert begun("--as", "EVA", *submitted).out == begun("--as", "eva", *submitted).out
    said = begun("--as", "еva", *submitted)
    assert (said.code, said.err) == (0, "0 subjects.\n")


@pytest.mark.parametrize("spelling", ["DORA", "Ｄｏｒａ"])
@pytest.mark.parametrize(
    "command",
    [
        ("list", "--status", "submitted", "--annotator", "dora"),
        ("history", "10", "--annotator", "dora"),
        ("export", "jsonl", "--annotator", "dora"),
        ("agreement", *NS, "--annotators", "dora,EVA"),
        ("agreement", "pairs", *NS, "--annotators", "eva,dora"),
    ],
    ids=" ".join,
)
def test_options_find_whoever_is_meant(begun: Program, command: tuple[str, ...], spelling: str) -> None:
    usual = begun(*command)
    assert (usual.code, bool(usual.out)) == (0, True)
    assert begun(*(each.replace("dora", spelling) for each in command)) == usual


def test_an_answer_is_adopted_and_work_is_released_and_withdrawn_by_any_spelling(begun: Program) -> None:
    ruling = ("--as", "zoe", "rule", "10", *NS, "--field", "outcome", "--cause", "slip")
    assert begun(*ruling, "--adopt", "JOSE\u0301").code == 0
    ruled = begun("review", "10", *NS, "--json").json["fields"][0]["ruling"]
    assert ruled["value"] == "near"
    release = begun("--as", "zoe", "publish", "10", *NS, "--released", "--reason", "x", "--annotator", "DORA")
    assert release.err == "demo:10 · small · dora: published.\n"
    withdrawn = begun("--as", "zoe", "withdraw", "10", *NS, "--annotator", "Ｄｏｒａ")
    assert withdrawn.err == "demo:10 · small · dora: withdrawn.\n"


def test_what_the_published_and_the_decided_are_kept_under_is_found_in_any_case(begun: Program, tmp_path: Path) -> None:
    line = '{"subject": "demo:2", "taxonomy": "small", "annotator": "AIID", "status": "submitted", "answers": {}}\n'
    (tmp_path / "more.jsonl").write_text(line, encoding="utf-8")
    assert begun("import", tmp_path / "more.jsonl").code == 0
    assert begun("export", "jsonl", "--annotator", "aiid").out.count("AIID") == 1


def test_work_is_dealt_and_taken_back_by_any_spelling(begun: Program) -> None:
    dealt = begun("--as", "zoe", "assign", *NS, "--to", "EVA=2,Jose\u0301", "--per-subject", "2", "--json")
    assert [each["annotator"] for each in dealt.json["shares"]] == ["eva", "José"]
    assert begun("--as", "zoe", "assign", *NS, "--to", "еva").code == 2
    back = begun("--as", "zoe", "assign", "--take-back", "Eva")
    assert "back from eva, all that was open" in back.err
    started = begun("--as", "zoe", "round", "start", "--purpose", "retest", *NS, "--to", "DORA", "--json")
    assert [each["annotator"] for each in started.json["shares"]] == ["dora"]


def test_an_import_keeps_a_name_that_nobody_could_begin_to_work_under(begun: Program, tmp_path: Path) -> None:
    for name in ("еva", "a=b", "rest"):
        whose = f'"annotator": "{name}", "status": "draft", "answers": {{}}'
        line = f'{{"subject": "demo:10", "taxonomy": "small", {whose}}}\n'
        (tmp_path / "more.jsonl").write_text(line, encoding="utf-8")
        assert begun("import", tmp_path / "more.jsonl").code == 0
        assert name in annotators(begun)
        assert f"· {name}: draft" in answer(begun, name, "near", "2").err


def test_the_desk_opens_under_the_name_that_is_kept_and_keeps_it(
    begun: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def run(desk: Desk, _keys: object, _theme: str, name: Callable[[str], Desk], *_: object) -> int:
        opened.append(desk.annotator or name("ＥＶＡ").annotator)
        return 0

    monkeypatch.setattr("annotator.cli.desk.has_terminal", lambda: True)
    monkeypatch.setattr("annotator.tui.app.run", run)
    assert begun("--as", "DORA", "desk").code == 0
    assert begun("desk").code == 0
    assert opened == ["dora", "eva"]
    assert (tmp_path / "settings" / "annotator" / "config.yaml").read_text(encoding="utf-8") == "annotator: eva\n"
    assert begun("--as", "еva", "desk").err.startswith(LOOKS)
    assert opened == ["dora", "eva"]


WIDE = "山田\u3000太郎"
IMPOSSIBLE = {
    "e\u200dva": "ZERO WIDTH JOINER in it cannot be seen",
    "e\x07va": "the character U+0007 in it cannot be seen",
    "x" * 201: "a name has 200 characters at most, and this one 201",
    "-eve": "a name does not begin with `-`",
    "－eve": "a name does not begin with `-`",
    "@eve": "a name does not begin with `@`",
    "0a1b2c": "reads like the beginning of an id",
    "FACADE": "reads like the beginning of an id",
    "ab" * 16: "reads like the beginning of an id",
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize(
    "door",
    [
        ("--as", "NAME", "classify", "10", *NS, "--set", "outcome=near"),
        ("--as", "zoe", "people", "add", "--", "NAME"),
        ("--as", "zoe", "people", "rename", "--", "dora", "NAME"),
        ("--as", "zoe", "people", "alias", "--", "dora", "NAME"),
        ("--as", "zoe", "settings", "--", "reviewers", "NAME"),
        ("--as", "zoe", "assign", *NS, "--to", "NAME"),
    ],
    ids=lambda door: " ".join(door[2:4]),
)
def test_a_name_that_nobody_can_begin_with_is_refused_with_the_reason_at_every_door(
    begun: Program, door: tuple[str, ...], name: str
) -> None:
    before = begun("people", "list", "--json").out
    said = begun(*(name if each == "NAME" else each for each in door))
    assert (said.code, IMPOSSIBLE[name] in said.err) == (2, True), said.err
    assert begun("people", "list", "--json").out == before


def test_a_wide_blank_in_a_name_is_a_blank(begun: Program) -> None:
    assert answer(begun, WIDE, "near", "10", "--submit").code == 0
    assert begun("--as", WIDE, "people", "rename", "dora", "佐藤\u3000花子").code == 0
    assert answer(begun, "山田 太郎", "near", "2").code == 0
    people = {each["name"] for each in begun("people", "list", "--json").json}
    assert {"山田 太郎", "佐藤 花子"} <= people
    assert WIDE not in people


def test_an_import_keeps_such_names_and_whoever_is_known_by_one_goes_on(begun: Program, tmp_path: Path) -> None:
    for name in ("-eve", "facade", "x" * 300, "e\u200dva"):
        whose = f'"annotator": "{name}", "status": "draft", "answers": {{}}'
        line = f'{{"subject": "demo:10", "taxonomy": "small", {whose}}}\n'
        (tmp_path / "more.jsonl").write_text(line, encoding="utf-8")
        assert begun("import", tmp_path / "more.jsonl").code == 0
        assert name in annotators(begun)
    assert answer(begun, "facade").code == 0
    assert begun("--as", "zoe", "settings", "--", "reviewers", "e\u200dva,-eve").code == 0
    assert begun("--as", "zoe", "list").code == 0
