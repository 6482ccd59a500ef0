"""How a review is laid out: lines of one width, evidence that can be told apart, and names that stay hidden."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from annotator.desk.settings import Manner, letter
from annotator.model.classification import Answer, Classification, Evidence, Identity, Ruling
from annotator.model.outline import position
from annotator.model.review import Comparison, Review
from annotator.model.taxonomy import Taxonomy
from annotator.taxonomy.reading import read_taxonomy
from annotator.tui.review.evidence import SEVERAL, cut, letters
from annotator.tui.review.lines import review_lines
from annotator.tui.review.sides import short_head
from annotator.tui.review.state import AGREED, Column, ReviewState, columns_of, grid_of
from tests.tui.tagging_content import ALL_KINDS

KINDS: Taxonomy = read_taxonomy(ALL_KINDS, "kinds.yaml")
NAMES = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30), min_size=1, max_size=14,
                 unique=True)  # fmt: skip
ANSWERS = st.one_of(
    st.builds(Answer, value=st.text(max_size=80)),
    st.builds(Answer, state=st.sampled_from(["unknown", "not_applicable", "empty"])),
)


def comparison(field: str, answers: dict[str, Answer], ruled: Answer | None = None) -> Comparison:
    """A field with what everybody said, and a ruling on it."""
    held = {name: position(each.state, each.value) for name, each in answers.items()}
    ruling = Ruling(answer=ruled, by="judge", at="2026-01-02", cause="slip", event="e") if ruled else None
    return Comparison(field, answers, held, ruling)


def review(*fields: Comparison, names: tuple[str, ...] = ("ana", "bo")) -> Review:
    of = Identity(subject="demo:1", taxonomy="kinds", annotator="adjudicated")
    return Review("demo:1", "kinds", 1, names, fields, Classification(identity=of, version=1), (), {})


def state(*fields: Comparison, names: tuple[str, ...] = ("ana", "bo"), width: int = 80) -> ReviewState:
    one = review(*fields, names=names)
    return ReviewState(one, KINDS, columns_of(one, Manner()), width=width).at(fields[0].field if fields else AGREED)


@given(NAMES, st.lists(ANSWERS, min_size=1, max_size=14), st.integers(40, 220), st.booleans())
def test_no_line_is_wider_than_the_screen(names: list[str], said: list[Answer], width: int, is_hidden: bool) -> None:
    answers = dict(zip(names, said, strict=False))
    fields = (comparison("name", answers, said[0]), comparison("story", answers), comparison("gone", answers))
    one = review(*fields, names=tuple(names))
    columns = columns_of(one, Manner(hides_names=is_hidden))
    at = ReviewState(one, KINDS, columns, is_hidden=is_hidden, width=width)
    for focus in [*at.order, *(each.field for each in fields)]:
        rows = review_lines(at.at(focus)).rows
        assert max(cell_len(row.text) for row in rows) <= width


def test_of_long_lists_the_values_that_others_do_not_share_come_first() -> None:
    shared = ["a1", "b1"]
    fields = comparison("several", {"ana": Answer(value=shared), "bo": Answer(value=[*shared, "c1", "d1"])})
    line = next(row.text for row in review_lines(state(fields, width=70)).rows if row.kind == "field")
    assert "Anchor, Bell" in line and "Candle, Dru" in line
    wide = next(row.text for row in review_lines(state(fields, width=160)).rows if row.kind == "field")
    assert "Anchor, Bell, Candle, Drum" in wide


def test_the_focus_goes_from_one_open_field_to_the_next_and_round() -> None:
    fields = [comparison(name, {"ana": Answer(value="x"), "bo": Answer(value="y")}) for name in ("name", "city")]
    ruled = comparison("story", {"ana": Answer(value="x"), "bo": Answer(value="y")}, Answer(value="x"))
    at = state(fields[0], ruled, fields[1])
    assert [at.focus, at.to_open(1).focus, at.to_open(1).to_open(1).focus, at.to_open(-1).focus] == [
        "name", "city", "name", "city",
    ]  # fmt: skip
    assert at.step(1).focus == "story" and at.step(9).focus == "city" and at.step(-9).focus == "name"


@given(st.integers(30, 250), st.integers(1, 10_000))
def test_columns_share_what_there_is(width: int, columns: int) -> None:
    grid = grid_of(width, columns)
    assert grid.name + grid.shown * grid.cell + grid.ruling == width
    assert 1 <= grid.shown <= columns


COLUMNS = tuple(Column(name, name, letter(place), place + 1) for place, name in enumerate("xyz"))
HELD = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20), st.sampled_from(COLUMNS)).map(
        lambda one: (one[0], one[0] + one[1], one[2])
    ),
    max_size=8,
)


@given(HELD)
def test_overlapping_evidence_is_cut_so_that_each_stretch_names_everybody(held: list[tuple[int, int, Column]]) -> None:
    spans = list(cut(held))
    assert all(one.end <= other.start for one, other in pairwise(spans))
    for place in range(70):
        there = {column.mark for start, end, column in held if start <= place < end}
        marked = {mark for span in spans if span.start <= place < span.end for mark in span.marker.split()}
        assert marked == there
        assert set(letters(place, place + 1, spans, COLUMNS)) == there
    assert all((span.style == SEVERAL) == (" " in span.marker) for span in spans)


@given(st.lists(st.from_regex(r"[A-Za-z0-9-]{2,12}", fullmatch=True), min_size=2, unique=True), st.text(max_size=20))
def test_hidden_names_become_letters_and_stand_in_no_text(names: list[str], salt: str) -> None:
    one = review(names=tuple(names))
    manner = Manner(hides_names=True, salt=salt)
    assert sorted(manner.names(one).values()) == sorted(letter(place) for place in range(len(names)))
    assert set(manner.names(one)) == set(names)
    assert list(Manner().names(one).values()) == names
    told = manner.told(" ".join(f"({name}),," for name in names), one)
    assert sorted(told.split()) == sorted(f"({letter(place)}),," for place in range(len(names)))


def test_the_order_of_hidden_names_differs_between_subjects() -> None:
    manner, names = Manner(hides_names=True, salt="s"), tuple(f"n{number}" for number in range(8))
    one, other = review(names=names), review(names=names)._replace(subject="demo:2")
    assert manner.order(one) != manner.order(other)
    assert manner.order(one) == manner.order(one)
    assert manner.told("kim and n1 differ", one, ["kim"]).startswith("somebody and ")


def test_a_long_name_is_known_by_its_end() -> None:
    first, second = Column("Annotator-1", "Annotator-1", "A", 1), Column("Annotator-2", "Annotator-2", "B", 2)
    assert (short_head(first, 12), short_head(second, 12)) == ("1 A …tator-1", "2 B …tator-2")
    assert short_head(first, 40) == "1 A Annotator-1"


def test_evidence_is_shown_below_the_answer_it_supports() -> None:
    quote = Evidence(report="demo:r1", start=0, end=5, quote="It fell.")
    fields = comparison("name", {"ana": Answer(value="x", evidence=(quote,)), "bo": Answer(value="y")})
    rows = [row.text for row in review_lines(state(fields)).rows]
    at = next(place for place, text in enumerate(rows) if "1 A ana" in text)
    assert "❝ It fell.  demo:r1" in rows[at + 1]
