"""Somebody walks through a confusion matrix, to the subjects behind any cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from annotator.agreement.pairs import Met
from annotator.desk import Desk
from annotator.desk.comparison.pairs import Matrix
from annotator.desk.settings import change
from annotator.tui.agreement.matrix import cell_in_words, heads, layout, shade
from annotator.tui.app import AnnotatorApp
from tests.comparison.classified import COMPARED, Said, add, classified, crowd, verdicts
from tests.tui.agreement_content import comparing, field_screen, go_to, lines, listed, press, settle, shown, three


async def test_the_matrix_of_everybody_counts_pairs_with_the_diagonal_in_brackets(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "enter")
        text = shown(pilot)
        assert "All pairs of annotators, both halves alike" in text
        rows = [" ".join(line.split()) for line in lines(pilot.app.screen) if line[1:6] in {"1 Yes", "2 No ", "3 (un"}]
        assert [row.replace("░", "").replace("▒", "").replace("▓", "").replace("█", "").split() for row in rows] == [
            ["1", "Yes", "[3]", "4", "·", "7"],
            ["2", "No", "4", "[1]", "2", "7"],
            ["3", "(unknown)", "·", "2", "[·]", "2"],
        ]


async def test_arrows_and_letters_walk_from_cell_to_cell_and_tell_what_is_there(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "enter", "tab", "tab", "tab")
        screen = field_screen(pilot)
        assert screen.matrix.has_focus
        assert "Yes = Yes · 3 of 7 pairs in this row (43 %) · 3 subjects" in shown(pilot)
        await press(pilot, "l")
        assert "Yes ≠ No · 4 of 7 pairs in this row (57 %) · 2 subjects" in shown(pilot)
        await press(pilot, "right", "right", "j", "k", "down", "left", "h", "h")
        assert (screen.matrix.cursor, screen.matrix.column) == (1, 0)
        await press(pilot, "G", "g", "tab")
        assert screen.rows.has_focus and screen.rows.cursor == 1


async def test_every_cell_leads_to_its_subjects(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "enter", "tab", "tab", "tab", "enter")
        assert listed(pilot) == ["demo:1", "demo:2", "demo:3"]  # two of them said yes
        await press(pilot, "escape", "l", "enter")
        assert listed(pilot) == ["demo:1", "demo:2"]
        await press(pilot, "escape", "l", "enter")
        assert listed(pilot) == []
        assert "There is none." in shown(pilot)
        await press(pilot, "escape", "d")
        assert listed(pilot) == ["demo:1", "demo:2", "demo:4"]


async def test_a_pair_has_a_matrix_of_its_own_and_escape_leads_back_to_everybody(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "enter")
        await go_to(pilot, "ana – eva")
        await press(pilot, "enter")
        screen = field_screen(pilot)
        assert screen.matrix.has_focus
        assert "ana in rows, eva in columns" in shown(pilot)
        await press(pilot, "l")
        assert "ana: Yes · eva: No · 1 of 1 subjects in this row (100 %)" in shown(pilot)
        await press(pilot, "enter")
        assert listed(pilot) == ["demo:1"]
        await press(pilot, "escape", "d")
        assert "ana and eva differ" in shown(pilot)
        await press(pilot, "escape", "escape")
        assert field_screen(pilot).rows.has_focus and "All pairs of annotators" in shown(pilot)
        await press(pilot, "escape")
        assert "Field, worst first" in shown(pilot)


async def test_the_matrix_is_written_as_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "enter", "tab", "tab", "tab", "x", "enter")
        written = (tmp_path / "matrix-compared-verdict.csv").read_text().splitlines()
        head = "each two annotators,Yes,No,(unknown),all"
        assert written == [head, "Yes,3,4,0,7", "No,4,1,2,7", "(unknown),0,2,0,2", "all,7,7,2,16"]
        await press(pilot, "tab", "tab", "enter", "x", *"pair.csv", "enter")
        assert (tmp_path / "pair.csv").read_text().startswith('"ana in rows, bo in columns",Yes,No,all\n')
        assert f"Written to {tmp_path / 'pair.csv'}." in [each.message for each in pilot.app._notifications]


async def test_several_choices_of_one_answer_are_one_value_and_that_is_said(tmp_path: Path) -> None:
    async with comparing(three(tmp_path), (120, 30)) as pilot:
        await press(pilot, "j", "enter")
        assert "several choices together are one value" in field_screen(pilot).title_line.text
        assert "one value" in shown(pilot)
        assert "Age; Sex" in shown(pilot)


async def test_a_field_without_answers_in_common_has_no_matrix(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "G", "enter", "tab", "tab", "x", "escape")
        assert not field_screen(pilot).confusion.display


JAPANESE = COMPARED.replace("label: Yes", "label: はい、その通りです").replace("label: No", "label: いいえ")


async def test_wide_characters_keep_the_columns_straight(tmp_path: Path) -> None:
    work: dict[str, list[Said | None]] = {"花子": verdicts("yes", "no", "maybe"), "太郎": verdicts("no", "no", "yes")}
    async with comparing(Desk(classified(tmp_path, work, JAPANESE), "zoe")) as pilot:
        await press(pilot, "enter")
        assert all(cell_len(line) == 80 for line in lines(pilot.app.screen))
        await go_to(pilot, "花子")
        await press(pilot, "enter")
        assert "はい、その通りです" in shown(pilot) and "in rows" in shown(pilot)
        await press(pilot, "enter")
        assert all(cell_len(line) == 80 for line in lines(pilot.app.screen))


@pytest.mark.slow
async def test_two_hundred_annotators_and_ten_thousand_subjects_are_shown(tmp_path: Path) -> None:
    many = three(tmp_path / "a", work={f"a{n:03}": verdicts("yes", "no" if n % 3 else "yes") for n in range(200)})
    async with comparing(many) as pilot:
        assert "200 annotators" in shown(pilot)
        await press(pilot, "enter")
        assert "a000 – a001" in [line.text for line in field_screen(pilot).rows.lines]
        await press(pilot, "escape", "f", "G")
        assert "a199" in shown(pilot)
    crowded = three(tmp_path / "b", work={name: verdicts(*["yes", "no"] * 5_000) for name in ("ana", "bo")})
    async with comparing(crowded) as pilot:
        await press(pilot, "enter", "tab", "tab", "enter")
        assert len(listed(pilot)) == 5_000
        await press(pilot, "G")
        assert "5,000 of 5,000 subjects" in shown(pilot)


async def test_ten_thousand_annotators_have_a_matrix_and_are_told_why_there_are_no_pairs(tmp_path: Path) -> None:
    desk = Desk(crowd(tmp_path, 10_000, 1), "zoe")
    change(desk.store, "zoe", "reviewers", "zoe")
    async with comparing(desk) as pilot:
        assert "10,000 annotators" in shown(pilot)
        await press(pilot, "enter")
        await go_to(pilot, "10,000 annotators make")
        assert field_screen(pilot).detail.text.endswith("choose some of them with f.")
        assert field_screen(pilot).confusion.display


async def test_a_terminal_that_shrinks_and_grows_keeps_the_cell(tmp_path: Path) -> None:
    async with comparing(three(tmp_path), (200, 50)) as pilot:
        await press(pilot, "enter", "tab", "tab", "tab", "l")
        for size in ((60, 15), (50, 12), (80, 24), (200, 50)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        screen = field_screen(pilot)
        assert (screen.matrix.cursor, screen.matrix.column) == (0, 1)
        assert "Yes ≠ No" in shown(pilot)


async def test_another_round_is_reviewed_in_that_round(tmp_path: Path) -> None:
    desk = three(tmp_path)
    add(desk.project, {"ana": verdicts("yes"), "bo": verdicts("no")}, round_=2)
    async with comparing(desk) as pilot:
        await press(pilot, "f", "right", "enter", "enter", "d", "enter")
        assert "round 2" in shown(pilot) and "demo:1" in shown(pilot)


def matrix(*labels: str, count: int = 3) -> Matrix:
    places = range(len(labels))
    return Matrix(labels, labels, {(row, column): Met(count, count) for row in places for column in places})


def test_labels_share_the_width_and_what_does_not_fit_scrolls() -> None:
    few, many = matrix("yes", "no"), matrix(*(f"category {n}" for n in range(40)), count=1_234)
    assert layout(few, 79).shown == 2
    sizes = layout(many, 79)
    assert sizes.shown < 40 and sizes.head + sizes.cell * (sizes.shown + 1) <= 79
    assert sizes.first(39, 0) == 40 - sizes.shown and sizes.first(2, 30) == 2 and sizes.first(5, 4) == 4
    upper, lower = heads(many, sizes, 30)
    assert upper.startswith("31–") and "of 40" in upper and "31" in upper
    assert cell_len(lower) == sizes.head + sizes.cell * sizes.shown


@pytest.mark.parametrize(("share", "drawn"), [(0, " "), (0.01, "░"), (0.25, "▒"), (0.5, "▓"), (0.75, "█"), (1, "█")])
def test_shares_are_told_apart_without_colour(share: float, drawn: str) -> None:
    assert shade(share) == drawn


def test_numbers_stand_right_aligned_in_cells_of_one_width() -> None:
    square = Matrix(("a", "b"), ("a", "b"), {(0, 0): Met(1_204, 9), (0, 1): Met(7, 7)})
    sizes = layout(square, 60)
    cells = ["".join(cell_in_words(square, row, column, sizes)) for row in (0, 1) for column in (0, 1)]
    assert {len(each) for each in cells} == {sizes.cell - 1}
    assert [each[-7:] for each in cells] == ["[1,204]", "     7 ", "     · ", "[    ·]"]


# What it looks like


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_an_editor_walks_through_the_matrix_of_a_pair(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    async def walk(pilot: Any) -> None:
        await settle(pilot)
        await press(pilot, "A", "enter", "tab", "enter", "l", "j")

    assert snap_compare(AnnotatorApp(three(tmp_path)), terminal_size=size, run_before=walk)


def test_an_editor_without_colours_finds_the_cell(
    snap_compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def walk(pilot: Any) -> None:
        await settle(pilot)
        await press(pilot, "A", "enter", "tab", "tab", "tab", "j")

    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(AnnotatorApp(three(tmp_path)), terminal_size=(80, 24), run_before=walk)
