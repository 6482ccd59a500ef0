"""Values that no file of ours can hold: what is good comes in, the rest is kept aside with its place and a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program

HUGE = "9" * 400
ENDLESS = ("1e400", "-1e400", "NaN", "Infinity", "-Infinity", HUGE, "9" * 5000)


def reports(tmp_path: Path, *items: str) -> str:
    (tmp_path / "a.json").write_text("[" + ", ".join(items) + "]", encoding="utf-8")
    return "a.json"


def issues(program: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program("issues", "--json").json
    return found


GOOD = '{"report_number": 2, "title": "good", "text": "x"}'


@pytest.mark.parametrize("number", ENDLESS)
@pytest.mark.parametrize("name", ["score", "report_number", "incident_id", "date_published", "authors", "title"])
def test_numbers_beyond_measure(program: Program, tmp_path: Path, number: str, name: str) -> None:
    odd = f'{{"report_number": 1, "title": "t", "text": "x", "{name}": {number}}}'
    wrapped = f'{{"report_number": 3, "title": "v", "text": "y", "{name}": {{"$numberDouble": "{number}"}}}}'
    said = program("import", reports(tmp_path, odd, GOOD, wrapped), "--json")
    assert (said.code, said.json[0]["counts"]["reports"]["added"]) == (0, 3)
    assert program("doctor").code == 0
    assert program("import", "a.json", "--json").json[0]["counts"]["reports"]["updated"] == 0


@pytest.mark.parametrize(
    ("number", "kept", "said"),
    [
        ("NaN", "", "NaN is no value: read as nothing"),
        ("-Infinity", "", "-Infinity is no value: read as nothing"),
        ("1e999", "1e999", "number too large to count with, kept as a text"),
    ],
)
def test_a_wrapped_number_is_read_as_a_bare_one(
    program: Program, tmp_path: Path, number: str, kept: str, said: str
) -> None:
    for name, written in (("bare", number), ("wrapped", f'{{"$numberDouble": "{number}"}}')):
        (tmp_path / name).mkdir()
        odd = f'{{"report_number": 1, "text": "x", "title": {written}}}'
        file = f"{name}/{reports(tmp_path / name, odd)}"
        done = program("--db", f"{name}.db", "import", file, "--json")
        assert [(each["what"], each["count"]) for each in done.json[0]["losses"]] == [(said, 1)]
        assert program("--db", f"{name}.db", "show", "aiid:r1", "--json").json["title"] == kept


def test_each_sign_that_is_no_text_is_counted(program: Program, tmp_path: Path) -> None:
    odd = r'{"report_number": 1, "title": "t\ud800\ud800", "text": "x\udfff y\udfff\ud83d"}'
    (each,) = program("import", reports(tmp_path, odd), "--json").json[0]["losses"]
    assert (each["what"], each["count"]) == ("half of a character's code, read as �", 5)
    (tmp_path / "b.csv").write_text('report_number,title,text,authors\n2,u,y,"[""\\ud800\\ud800 a\\udfff""]"\n')
    (each,) = program("import", "b.csv", "--json").json[0]["losses"]
    assert each["count"] == 3


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800", "\\udfff\\ud800", "\\uffff", "\\u001b[2J", "\\u202e"])
def test_signs_that_are_no_text(program: Program, tmp_path: Path, sign: str) -> None:
    odd = (
        f'{{"report_number": 1, "title": "t{sign}", "text": "x{sign}y", "authors": ["a{sign}"], "n{sign}": '
        f'["{sign}", {{"{sign}": 1}}], "url": "https://e.org/{sign}", "tags": "[\\"{sign}\\"]"}}'
    )
    said = program("import", reports(tmp_path, odd, GOOD), "--json")
    assert (said.code, said.json[0]["counts"]["reports"]["added"]) == (0, 2)
    assert program("doctor").code == 0
    assert program("--as", "eva", "bundle", "out.bundle").code == 0
    assert program("--db", "other.db", "merge", "out.bundle").code == 0
    assert program("show", "aiid:r1", "--json").code == 0


@pytest.mark.parametrize("cell", ['"[""\\ud800""]"', "\"['\\ud800']\"", '"[""\\u0000""]"', "\"[b'x', 1j, ...]\""])
def test_lists_in_cells(program: Program, tmp_path: Path, cell: str) -> None:
    (tmp_path / "a.csv").write_text(f"report_number,title,text,authors\n1,t,x,{cell}\n2,u,y,b\n", encoding="utf-8")
    said = program("import", "a.csv", "--json")
    assert (said.code, said.json[0]["counts"]["reports"]["added"]) == (0, 2)
    assert program("doctor").code == 0


def work(**said: Any) -> dict[str, Any]:
    return {"subject": "aiid:1", "taxonomy": "GMF", "annotator": "ann", "answers": {}, **said}


ODD: tuple[dict[str, Any], ...] = (
    {"round": 2**63}, {"round": 0}, {"round": "x"}, {"round": -1}, {"round": [1]}, {"round": int(HUGE)},
    {"annotator": "x" * 20_000}, {"subject": "x" * 20_000}, {"subject": {"a": 1}}, {"annotator": ["x"]},
)  # fmt: skip
ODD_VALUES: tuple[dict[str, Any], ...] = (
    {"version": 2**63}, {"version": "x"}, {"version": int(HUGE)}, {"notes": 5}, {"notes": ["a"]}, {"publish": 9},
    {"status": ["x"]}, {"by": 5}, {"hand_in": 5}, {"hand_in": {"revisions": 2**63}},
    {"hand_in": {"first": {"version": 2**63, "answers": {}}}},
    {"answers": {"known_ai_goal": {"value": ["x"], "evidence": 5}}},
    {"answers": {"known_ai_goal": {"value": ["x"], "evidence": [5, None, {"report": 1}]}}},
    {"answers": {"known_ai_goal": {"value": 2**70}}}, {"answers": {"known_ai_goal": {"value": [int(HUGE)]}}},
    {"answers": {"known_ai_goal": {"value": ["x"], "confidence": "high"}}},
    {"answers": {"known_ai_goal": {"value": {"a": {"b": []}}, "state": ["x"]}}},
    {"answers": {"known_ai_goal": 5, "no such": None}},
    {"answers": {"known_ai_goal": {
        "value": ["x"], "evidence": [{"report": "aiid:r1", "start": 2**63, "end": 2**64, "quote": "x"}]}}},
)  # fmt: skip


@pytest.mark.parametrize("odd", [*ODD, *ODD_VALUES], ids=lambda each: json.dumps(each)[:40])
def test_work_of_odd_types(program: Program, tmp_path: Path, odd: dict[str, Any]) -> None:
    lines = map(json.dumps, (work(**odd), work(subject="aiid:2")))
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = program("import", "a.jsonl", "--json")
    (report,) = said.json
    added = report["counts"]["classifications"]["added"]
    assert (said.code, added) == (0, 1 if odd in ODD else 2)
    assert odd not in ODD or report["issues"] or report["losses"]
    assert program("doctor").code == 0


def test_what_is_kept_aside_names_the_place_and_goes_when_it_is_put_right(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(work(round=2**63)), encoding="utf-8")
    assert program("import", "a.jsonl").code == 0
    (issue,) = issues(program)
    assert (issue["place"], issue["subject"]) == ("a.jsonl line 1", "aiid:1")
    assert "9223372036854775808" in issue["problem"]
    file.write_text(json.dumps(work(round=1)), encoding="utf-8")
    assert program("import", "a.jsonl").code == 0
    assert issues(program) == []


def test_a_number_of_400_digits_in_a_cell(program: Program, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text(
        "namespace: mine\nversion: 1\ntitle: M\napplies_to: [incident]\nfields:\n"
        "  - {id: whole, label: Whole, kind: integer}\n  - {id: any, label: Any, kind: number}\n",
        encoding="utf-8",
    )
    rows = [f"mine,1,True,{HUGE},{HUGE}", "mine,2,True,1e400,NaN", f"mine,3,True,-{HUGE}.0,1", "mine,4,True,4,4.5"]
    (tmp_path / "classifications_mine.csv").write_text(
        "\n".join(["Namespace,Incident ID,Published,Whole,Any", *rows, ""]), encoding="utf-8"
    )
    said = program("--taxonomies", "mine", "import", "classifications_mine.csv", "--json")
    assert (said.code, said.json[0]["counts"]["classifications"]["added"]) == (0, 4)
    assert {(each["subject"], each["field"]) for each in issues(program)} >= {
        ("aiid:1", "whole"), ("aiid:2", "whole"), ("aiid:2", "any"), ("aiid:3", "whole"),
    }  # fmt: skip
    assert program("doctor").code == 0


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
@pytest.mark.parametrize("kind", ["number", "integer"])
def test_a_number_too_large_to_count_with_is_said_to_be(
    program: Program, tmp_path: Path, number: str, kind: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text(
        "namespace: mine\nversion: 1\ntitle: M\napplies_to: [incident]\nfields:\n"
        f"  - {{id: any, label: Any, kind: {kind}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "classifications_mine.csv").write_text(
        f"Namespace,Incident ID,Published,Any\nmine,1,True,{number}\n", encoding="utf-8"
    )
    item = json.dumps(work(taxonomy="mine", subject="aiid:2", answers={"any": {"value": 7}})).replace("7", number)
    (tmp_path / "a.jsonl").write_text(item, encoding="utf-8")
    assert program("--taxonomies", "mine", "import", "classifications_mine.csv", "a.jsonl").code == 0
    said = f"is a number too large to count with, {number!r}"
    assert [(each["subject"], each["problem"]) for each in issues(program)] == [("aiid:1", said), ("aiid:2", said)]
    done = program("--as", "eva", "classify", "aiid:1", "--taxonomy", "mine", "--set", f"any={number}")
    assert (done.code, said in done.err) == (4, True)


@pytest.mark.parametrize(
    "encoding",
    ["rot13", "base64", "hex", "undefined", "idna", "punycode", "unicode_escape", "zlib", "nonsense", "x" * 3000],
)
def test_encodings_that_are_none(program: Program, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_text("Some words.\n", encoding="utf-8")
    said = program("import", "a.txt", "--encoding", encoding)
    assert (said.code, "is no encoding of texts known here" in said.err) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "ascii"])
def test_encodings_that_a_text_is_not_in(program: Program, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_text("Some wörds.\n", encoding="utf-8")
    said = program("import", "a.txt", "--encoding", encoding)
    assert (said.code, f"is not {encoding} text" in said.err) == (5, True)
