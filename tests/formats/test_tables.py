"""A CSV is read column by column as it stands, and damage is told with its line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SourceError
from annotator.formats import table as table_module
from annotator.formats.format import ReadOptions
from annotator.formats.table import Column, Table
from annotator.formats.text.reading import TextFile
from annotator.model.record import Loss, Unfit


def table_of(path: Path, content: str | bytes) -> Table:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Table(TextFile.find(path, ReadOptions(), "table"))


def test_repeated_columns_are_kept_apart_by_position(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", "id,AI System,Link,AI System,link\n1,yes,a,no,b\n")
    assert table.columns[1:4] == [Column("AI System", 0), Column("Link", 0), Column("AI System", 1)]
    (row,) = table.rows()
    assert table.named(row) == {"id": "1", "AI System": "yes", "Link": "a", "AI System (2)": "no", "link": "b"}


def test_rows_are_numbered_as_spreadsheets_do(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", 'a,b\n1,"two\nlines"\n\n2,c\n')
    assert [(row.number, row.cells) for row in table.rows()] == [(2, ["1", "two\nlines"]), (3, ["2", "c"])]


def test_a_missing_column_is_named_with_file_and_line(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", "a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"t\.csv:1: lacks the columns title, url; it has a, b"):
        table.need("a", "title", "url")


@pytest.mark.parametrize("content", [",,\n1,2,3\n", "\n\n\n"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match="has no header row"):
        table_of(tmp_path / "t.csv", content)


def test_a_quote_that_never_closes_is_a_file_cut_off(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", 'a,b\n1,2\n3,"begins here\nand never en')
    with pytest.raises(SourceError, match=r"t\.csv:4: a quoted cell is never closed; .* cut off"):
        list(table.rows())


def test_a_file_that_ends_inside_a_row_is_cut_off(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", "a,b,c\n1,2,3\n4,5")
    with pytest.raises(SourceError, match=r"t\.csv:3: the file ends inside a row with 2 of 3 cells"):
        list(table.rows())


def test_a_file_that_ends_inside_its_header_is_cut_off(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"t\.csv:1: the file ends inside its header"):
        list(table_of(tmp_path / "t.csv", "report_number,titl").rows())


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    assert list(table_of(tmp_path / "t.csv", "a,b\n").rows()) == []


def test_a_last_line_without_its_end_is_whole(tmp_path: Path) -> None:
    assert [row.cells for row in table_of(tmp_path / "t.csv", "a,b\n1,2").rows()] == [["1", "2"]]


def test_stray_quotes_are_refused_with_the_line(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", 'a,b\n1,"two"x\n')
    with pytest.raises(SourceError, match=r"t\.csv:2: is not well-formed CSV"):
        list(table.rows())


def test_a_cell_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "LONGEST_CELL", 100)
    before = csv.field_size_limit(100)
    try:
        read = table_of(tmp_path / "t.csv", 'a,b\n1,2\n3,"' + "words\n" * 40 + '"\n')
        with pytest.raises(SourceError, match=r"t\.csv:\d+: a cell is longer than 100 characters; a closing quote is"):
            list(read.rows())
    finally:
        csv.field_size_limit(before)


def test_rows_of_another_length_are_told(tmp_path: Path) -> None:
    table = table_of(tmp_path / "t.csv", "a,b\n1\n2,3,,\n4,5,surplus\n6,7\n")
    assert [row.cells for row in table.rows()] == [["1", ""], ["2", "3"], ["6", "7"]]
    aside, missing = table.losses()
    assert isinstance(aside, Unfit)
    assert (aside.place, "more cells than the header" in aside.problem) == ("t.csv row 4", True)
    assert missing == Loss("row has missing cells", "t.csv row 2")


def test_long_texts_fit_in_a_cell(tmp_path: Path) -> None:
    (row,) = table_of(tmp_path / "t.csv", f"a,b\n1,{'x' * 300_000}\n").rows()
    assert len(row.cells[1]) == 300_000


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    header = delimiter.join(["id", '"Report, Test, or Study; all"', "title"])
    table = table_of(tmp_path / "t.csv", f"{header}\n{delimiter.join('123')}\n")
    assert [column.name for column in table.columns] == ["id", "Report, Test, or Study; all", "title"]
    assert [row.cells for row in table.rows()] == [["1", "2", "3"]]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_table_in_another_unicode_is_read(tmp_path: Path, codec: str) -> None:
    table = table_of(tmp_path / "t.csv", "title,url\nロボット,a\n".encode(codec))
    assert [column.name for column in table.columns] == ["title", "url"]
    assert [row.cells for row in table.rows()] == [["ロボット", "a"]]
    assert list(table.losses()) == []


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8))
def test_what_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([("first", "second", "third"), *rows])
    table = Table(TextFile.find(path, ReadOptions(), "table"))
    assert [tuple(row.cells) for row in table.rows()] == [row for row in rows if any(row)]
    assert list(table.losses()) == []
