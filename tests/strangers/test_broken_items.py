"""One broken line, item or row keeps none of the others away; a file of which most is broken is none of the format."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from annotator.formats.one_by_one import FEW
from tests.cli.conftest import Program

DEEP = "[" * 70 + "]" * 70
BROKEN = {
    "no JSON": ("nonsense", "'n' cannot stand here"),
    "a lacking value": ('{"report_number": 9, "title": }', "'}' cannot stand here"),
    "a NUL byte": ('{"report_number": 9, "title": "a\0b"}', "a NUL byte cannot stand here"),
    "two in one": ('{"report_number": 9} {"report_number": 8}', "is not JSON"),
    "too deep": (f'{{"report_number": 9, "title": "t", "x": {DEEP}}}', "nested deeper than 60 levels"),
    "too many": (f'{{"report_number": 9, "title": "t", "x": [{"0," * 100_000}0]}}', "more than 100,000 values"),
    "a lone quote": ('{"report_number": 9, "title": "5" tall"x"}', "cannot stand here"),
}
"""What stands in place of an item, and what is said of it."""


def report(number: int) -> str:
    return json.dumps({"report_number": number, "title": f"t{number}", "text": "x"})


def issues(program: Program) -> list[tuple[str, str]]:
    return [(each["place"], each["problem"]) for each in program("issues", "--json").json]


def added(document: Any) -> int:
    number: int = document[0]["counts"]["reports"]["added"]
    return number


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_broken_line_is_kept_aside_wherever_it_stands(program: Program, tmp_path: Path, kind: str, at: int) -> None:
    broken, said = BROKEN[kind]
    lines = [report(1), report(2)]
    lines.insert(at, broken)
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = program("import", "a.jsonl", "--json")
    assert (done.code, added(done.json), done.json[0]["issues"]) == (0, 2, 1)
    ((place, problem),) = issues(program)
    assert place == f"a.jsonl line {at + 1}"
    assert problem.startswith("cannot be read: ")
    assert said in problem
    (tmp_path / "a.jsonl").write_text("\n".join([report(1), report(2), report(9)]), encoding="utf-8")
    assert program("import", "a.jsonl").code == 0
    assert issues(program) == []


@pytest.mark.parametrize("kind", [each for each in BROKEN if each != "no JSON"])
@pytest.mark.parametrize("around", ["[%s]", '{"reports": [%s]}'])
def test_a_broken_item_of_an_array_is_kept_aside(program: Program, tmp_path: Path, kind: str, around: str) -> None:
    broken, said = BROKEN[kind]
    if around != "[%s]" and not kind.startswith("too"):
        pytest.skip("what is no JSON inside of an object is the object's")
    (tmp_path / "a.json").write_text(around % f"{report(1)},\n{broken},\n{report(2)}", encoding="utf-8")
    done = program("import", "a.json", "--json")
    assert (done.code, added(done.json), done.json[0]["issues"]) == (0, 2, 1)
    ((place, problem),) = issues(program)
    assert (place, said in problem) == ("a.json item 2", True)
    assert around != "[%s]" or "begins on line 2" in problem


def test_each_broken_item_is_told_with_its_line(program: Program, tmp_path: Path) -> None:
    items = [report(1), "{x}", report(2), '{"a":\n\n}', report(3), report(4), "{y}"]
    (tmp_path / "a.json").write_text("[\n" + ",\n".join(items) + "\n]", encoding="utf-8")
    done = program("import", "a.json", "--json")
    assert (done.code, added(done.json)) == (0, 4)
    told = {place: problem.rpartition(" ")[2] for place, problem in issues(program)}
    assert told == {"a.json item 2": "3)", "a.json item 4": "5)", "a.json item 7": "10)"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", f"{report(1)}\n{{x}}\n{{y}}\n", "a.jsonl:2:2: is not JSON"),
        ("a.json", f"[{report(1)}, {{x}}, {{y}}]", "is not JSON"),
        ("a.jsonl", "Just some words.\n" * 1000, "a.jsonl:1:1: is not JSON"),
        ("a.jsonl", f'{report(1)}\n{report(2)}\n{{"report_number": 3, "tit', "the JSON ends too early"),
        ("a.json", f'[{report(1)}, {report(2)}, {{"report_number": 3, "tit', "the JSON ends too early"),
        ("a.json", f'[{report(1)}, {report(2)}, {{"title": "}}, {report(3)}]', "is not JSON"),
        ("a.csv", "report_number,title,text\n1,a,b\n2,\0,b\n3,\0,b\n", "a.csv:3: holds NUL bytes"),
        ("a.csv", "report_number,title,text\0\n1,a,b\n", "a.csv:1: holds NUL bytes"),
    ],
)
def test_a_file_that_is_broken_mostly_or_cut_off_is_refused(
    program: Program, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = program("import", name)
    assert (done.code, said in done.err) == (5, True)
    assert not (tmp_path / "annotator.db").exists() or issues(program) == []


def test_of_a_file_that_is_broken_from_its_beginning_the_rest_is_not_looked_at(tmp_path: Path) -> None:
    from annotator.errors import SourceError
    from annotator.formats.format import ReadOptions
    from annotator.formats.json_source import JsonSource
    from annotator.formats.text.reading import TextFile

    path = tmp_path / "a.jsonl"
    path.write_text("{x}\n" * FEW + '{"a": 1}\n' + "{x}\n" * FEW + '{"a": 2}\n' * 10 * FEW, encoding="utf-8")
    source = JsonSource(TextFile.find(path, ReadOptions(), "table"), ())
    with pytest.raises(SourceError, match=r"a\.jsonl:1:2"):
        list(source.items())
    assert len(list(source.losses())) == FEW + 1


@pytest.mark.parametrize(
    ("header", "row"),
    [("report_number,title,text", "{0},t,x"), ("incident_id,date,title,reports", '{0},2020,t,"[1]"')],
)
def test_a_row_with_a_nul_byte_is_kept_aside(program: Program, tmp_path: Path, header: str, row: str) -> None:
    rows = [row.format(number) for number in (1, "2\0", 3)]
    (tmp_path / "a.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    done = program("import", "a.csv", "--json")
    assert (done.code, done.json[0]["issues"]) == (0, 1)
    assert sum(each["added"] for each in done.json[0]["counts"].values()) == 2
    assert issues(program) == [("a.csv row 3", "cannot be read: it holds a NUL byte; correct it")]


def test_rows_of_nothing_are_passed_over_and_rows_are_numbered_as_spreadsheets_do(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("report_number,title,text\n,,\n1,a,b\n,\n\nx,,\n", encoding="utf-8")
    done = program("import", "a.csv", "--json")
    assert (done.code, added(done.json)) == (0, 1)
    assert {each["where"] for each in done.json[0]["losses"]} == {"a.csv row 5"}


MIXED = ("1", "2", '"a"', "null", "[1]", '{"other": 1}')


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_of_reports_too_an_item_of_another_shape_is_kept_aside(program: Program, tmp_path: Path, name: str) -> None:
    def written(*items: str) -> None:
        content = "\n".join(items) if name == "a.jsonl" else f"[{','.join(items)}]"
        (tmp_path / name).write_text(content, encoding="utf-8")

    what = "line" if name == "a.jsonl" else "item"
    written(*map(report, range(1, 7)), *MIXED)
    done = program("import", name, "--json")
    assert (done.code, added(done.json), done.json[0]["losses"]) == (0, 6, [])
    assert [place for place, _ in issues(program)] == [f"{name} {what} {number}" for number in range(7, 13)]
    assert all("is JSON of another shape" in problem for _, problem in issues(program))
    written(*map(report, range(1, 6)), *MIXED)
    done = program("import", name)
    assert (done.code, f"{name} {what} 6 is JSON of another shape" in done.err) == (5, True)


def test_of_a_report_and_millions_of_numbers_the_rest_is_not_looked_at(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(f"[{report(1)}{',1' * 1_000_000}]", encoding="utf-8")
    began = perf_counter()
    done = program("import", "a.json")
    assert (done.code, len(done.err.splitlines())) == (5, 2), "and that no database was made"
    assert perf_counter() - began < 2


def test_a_row_with_more_cells_than_columns_is_kept_aside(program: Program, tmp_path: Path) -> None:
    head, good, odd = "report_number,title,text\n", "1,a,b\n2,c,d\n", "3,e,f,g\n"
    (tmp_path / "a.csv").write_text(head + good + odd, encoding="utf-8")
    done = program("import", "a.csv", "--json")
    assert (done.code, added(done.json), done.json[0]["losses"]) == (0, 2, [])
    ((place, problem),) = issues(program)
    assert (place, "it has more cells than the header has columns" in problem) == ("a.csv row 4", True)
    (tmp_path / "a.csv").write_text(head + good + odd * 3, encoding="utf-8")
    assert program("import", "a.csv").code == 5


def test_a_related_item_that_is_no_object_is_kept_aside(program: Program, tmp_path: Path) -> None:
    head = "---\ntitle: T\nwebUrl: https://a.example/x\nprovider: {domain: a.example}\nrelated: "
    for number, related in enumerate(("[5, {webUrl: https://b.example/y, title: U}]", "words")):
        (tmp_path / f"{number}.md").write_text(f"{head}{related}\n---\nBody.\n", encoding="utf-8")
        assert program("import", f"{number}.md").code == 0
    assert [place for place, _ in issues(program)] == ["0.md related item 1", "1.md related item 1"]


def test_places_are_told_in_the_order_of_their_numbers(program: Program, tmp_path: Path) -> None:
    blank = '{"text": " "}'
    (tmp_path / "a.jsonl").write_text("\n".join([report(1), *[blank] * 11]), encoding="utf-8")
    told = program("import", "a.jsonl", "--json").json[0]["losses"]
    assert [each["where"] for each in told] == [f"a.jsonl line {number}" for number in range(2, 13)]


@pytest.mark.parametrize("shape", ["5", "[1]", '{"other": 1}', '{"subject": 1, "taxonomy": 2}'])
def test_an_item_of_another_shape_is_kept_aside(program: Program, tmp_path: Path, shape: str) -> None:
    work = json.dumps({"subject": "aiid:1", "taxonomy": "GMF", "annotator": "ann", "answers": {}})
    (tmp_path / "a.jsonl").write_text(f"{work}\n{shape}\n", encoding="utf-8")
    done = program("import", "a.jsonl", "--json")
    assert (done.code, done.json[0]["counts"]["classifications"]["added"]) == (0, 1)
    ((place, problem),) = issues(program)
    assert (place, "is of another shape" in problem) == ("a.jsonl line 2", True)
    (tmp_path / "b.jsonl").write_text(f"{shape}\n", encoding="utf-8")
    assert program("import", "b.jsonl", "--format", "annotator-export").code == 5
