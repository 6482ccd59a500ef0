"""Evidence: quoted from a report, and found again after the report changed."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.desk import Desk
from annotator.errors import AnswerError
from annotator.model.classification import Answer, Evidence
from annotator.model.quoting import locate, quote
from annotator.model.record import ReportRecord
from annotator.model.subject import Report
from tests.desk.making import TEXT, choose

WORDS = st.lists(st.text("abc あ", min_size=1, max_size=4), min_size=1, max_size=12).map(" ".join)
LETTERS = st.text(st.characters(exclude_categories=["Cs"]))


def span(text: str, start: int, end: int) -> Evidence:
    return quote(Report(key="d:r1", text=text), start, end)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[str, Evidence]:
    """A text and evidence from it."""
    text = draw(st.one_of(WORDS, LETTERS))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    assume(text[start:end].strip())
    return text, span(text, start, end)


def test_a_quote_keeps_its_place_words_and_surroundings() -> None:
    assert span(TEXT, 28, 66) == Evidence(
        report="d:r1", start=29, end=66, quote="A man fell over it and broke his arm.",
        prefix="The robot stood on the ramp. ", suffix=" The robot stood there again.",
    )  # fmt: skip


@pytest.mark.parametrize(("start", "end"), [(3, 3), (5, 4), (3, 4), (95, 400), (400, 500), (-9, 0)])
def test_a_selection_without_words_is_refused(start: int, end: int) -> None:
    with pytest.raises(AnswerError, match="select the words that support the answer"):
        span(TEXT, start, end)


def test_a_selection_beyond_the_text_ends_with_it() -> None:
    assert span(TEXT, -5, 3).quote == "The"
    assert span(TEXT, 89, 4_000).quote == "again."


@given(quoted())
def test_a_quote_is_found_where_it_stands(made: tuple[str, Evidence]) -> None:
    text, evidence = made
    assert locate(text, evidence) == (evidence.start, evidence.end)
    assert text[evidence.start : evidence.end] == evidence.quote


@given(quoted(), LETTERS)
def test_a_quote_is_found_again_after_text_was_put_before_it(made: tuple[str, Evidence], more: str) -> None:
    text, evidence = made
    found = locate(more + text, evidence)
    assert found
    assert (more + text)[slice(*found)].split() == evidence.quote.split()


@given(quoted(), LETTERS, LETTERS)
def test_a_quote_is_found_again_after_text_was_put_somewhere(made: tuple[str, Evidence], one: str, other: str) -> None:
    text, evidence = made
    changed = one + text[: evidence.start] + evidence.quote + text[evidence.end :] + other
    found = locate(changed, evidence)
    assert found
    assert changed[slice(*found)].split() == evidence.quote.split()


@given(st.integers(0, 7), st.text("xyz ", max_size=90))
def test_among_equal_quotes_the_surroundings_decide(which: int, more: str) -> None:
    text = " ".join(f"The witness of day {day} said yes on that day." for day in range(8))
    starts = [at for at in range(len(text)) if text.startswith("said yes", at)]
    evidence = span(text, starts[which], starts[which] + len("said yes"))
    found = locate(more + text, evidence)
    assert found == (len(more) + starts[which], len(more) + starts[which] + len("said yes"))


def test_the_old_place_does_not_win_against_the_right_surroundings() -> None:
    text = "One yes here. Two yes there."
    evidence = span(text, text.index("yes there"), text.index("yes there") + 3)
    shifted = "Three yes yes yes yes yes. " + text
    found = locate(shifted, evidence)
    assert found == (shifted.index("yes there"), shifted.index("yes there") + 3)


def test_other_line_breaks_and_blanks_do_not_hide_a_quote() -> None:
    evidence = span(TEXT, 29, 66)
    found = locate(TEXT.replace(" ", "\n   "), evidence)
    assert found
    assert TEXT.replace(" ", "\n   ")[slice(*found)].split() == evidence.quote.split()


def test_what_is_gone_is_not_found() -> None:
    assert locate("Something else altogether.", span(TEXT, 29, 66)) is None
    assert locate("", span(TEXT, 29, 66)) is None
    assert locate(TEXT, Evidence(report="d:r1", start=4, end=5, quote=" ")) is None


def test_signs_of_search_patterns_are_only_text() -> None:
    text = "It cost $5 (or *more*) [sic] \\ and ^that^ was it?"
    for start in range(0, len(text) - 8):
        evidence = span(text, start, start + 8)
        assert locate("… " + text, evidence) == (evidence.start + 2, evidence.end + 2)


def test_a_long_quote_in_a_long_text_is_found_quickly() -> None:
    text = "word " * 20_000 + "the end " * 500
    evidence = span(text, 99_000, 103_000)
    assert locate("new words. " + text, evidence)


def test_evidence_survives_a_report_that_was_imported_anew(eva: Desk) -> None:
    report = eva.subjects.subject("d:1").reports[0]
    evidence = eva.tagging.quote(report, 41, 53)
    choose(eva, "d:1", "outcome", "happened")
    choose(eva, "d:1", "harm", Answer(value=["injury"], evidence=(evidence,)))
    changed = report.model_copy(update={"text": "Updated: names removed.\n\n" + TEXT.replace("  ", " ")})
    with closing(eva.another()) as other:
        other.importing.import_records([ReportRecord(changed, "")], "made.json")
    kept = eva.tagging.classification("d:1", "desk").answers["harm"].evidence[0]
    text = eva.subjects.subject("d:1").reports[0].text
    assert text.startswith("Updated")
    found = eva.tagging.locate(text, kept)
    assert found
    assert text[slice(*found)] == kept.quote == TEXT[41:53]
