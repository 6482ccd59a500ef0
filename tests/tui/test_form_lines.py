"""What the form shows, as text: pure, without a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from annotator.model.classification import Answer, Classification, Evidence, Flag, Identity
from annotator.resources import data_folder
from annotator.taxonomy.library import Library
from annotator.tui.widgets.form.choices import KeyPlan
from annotator.tui.widgets.form.lines import form_lines
from annotator.tui.widgets.form.state import SUBMIT, FormState, Questionnaire

LIBRARY = Library([data_folder("taxonomies")])
NAMESPACES = LIBRARY.namespaces()
PLAN = KeyPlan(frozenset("jkue"), frozenset("nprozx"))


def form(namespace: str, width: int = 36, **answers: Answer) -> FormState:
    """A form with some answers, open at its first field."""
    of = Identity(subject="demo:1", taxonomy=namespace, annotator="eva")
    now = Classification(identity=of, version=1, answers=answers)
    return FormState.of(Questionnaire(LIBRARY.get(namespace), "incident"), now, PLAN, width)


def shown(state: FormState) -> list[str]:
    """The lines as text."""
    return [row.text.rstrip() for row in form_lines(state).rows]


def test_every_field_is_one_line_and_the_focused_one_opens_in_place() -> None:
    lines = shown(form("CSETv1").at("entertainment_industry"))
    place = next(number for number, line in enumerate(lines) if line.startswith("▸"))
    assert lines[place].split() == ["▸2.2", "Entertainment", "Industry", "···"]
    assert lines[place + 1] == "  y yes  n no  m maybe"
    assert sum(line.endswith("···") for line in lines) == 62


def test_states_and_answers_look_different_without_colour() -> None:
    state = form(
        "CSETv1",
        physical_objects=Answer(value="yes"),
        deployed=Answer(state="unknown"),
        lives_lost=Answer(state="not_applicable"),
        data_inputs=Answer(state="empty"),
    )
    ends = {line[:4].strip(): line for line in shown(state)}
    for number, words in (("2.1", "yes"), ("2.4", "? unknown"), ("8.1", "– n/a"), ("9.2", "∅ none"), ("2.2", "···")):
        assert ends[number].endswith(f" {words}")


def test_required_evidence_problems_and_flags_are_marked_at_the_field() -> None:
    quote = Evidence(report="r", start=0, end=4, quote="Some words of a report")
    state = form("harm_type", outcome=Answer(value="realised"), harm=Answer(value=["death"])).at("harm")
    text = "\n".join(shown(state))
    assert "Kind of harm❝?" in text
    assert "Severity*" in text
    with_quote = form(
        "harm_type", 60, outcome=Answer(value="realised"), harm=Answer(value=["death"], evidence=(quote,))
    )
    assert "  ❝ Some words of a report" in shown(with_quote.at("harm"))
    flag = Flag(id="1", field="harm", reason="odd", raised_by="bob", raised_at="2021")
    flagged = with_quote.classification.model_copy(update={"flags": (flag,)})
    assert "  ⚑ odd (bob)" in shown(with_quote.with_classification(flagged).at("harm"))


def test_a_hidden_field_is_not_shown() -> None:
    assert not any("Kind of harm" in line for line in shown(form("harm_type", outcome=Answer(value="no_harm"))))
    assert any("Kind of harm" in line for line in shown(form("harm_type", outcome=Answer(value="realised"))))


def test_a_tree_unfolds_by_key_and_shows_what_is_chosen_below_a_closed_branch() -> None:
    state = form("harm_type", outcome=Answer(value="realised"), harm=Answer(value=["death"])).at("harm")
    assert any("[x] Death" in line for line in shown(state))
    closed = state.fold()
    assert any("(1 chosen)" in line for line in shown(closed))
    other = state.option_for("2")
    assert other is not None
    assert other.label == "Money and living"
    option = closed.option_for("1")
    assert option is not None
    assert any("[x] Death" in line for line in shown(closed.enter_branch(option.id)))


def test_typing_finds_choices_deep_in_a_tree_with_what_was_used_before_first() -> None:
    state = form("harm_type", 60, outcome=Answer(value="realised")).at("harm").with_filter("")
    first = state.options[0].id
    other = state.options[5].id
    renewed = replace(state, opening=replace(state.opening, recent=(other,))).with_filter("")
    assert first != other
    assert renewed.options[0].id == other
    found = state.with_filter("dea")
    assert [option.id for option in found.options][:1] == ["death"]
    assert any(line.startswith("  / ") and line.endswith(f"{len(found.options)} found") for line in shown(found))


def test_long_lists_give_every_choice_a_key_that_no_action_has() -> None:
    state = form("CSETv1", 60).at("sector_of_deployment")
    keys = [option.key for option in state.options]
    assert keys[:9] == list("123456789")
    given_out = [key for key in keys if key]
    assert len(set(given_out)) == len(given_out)
    assert not set(given_out) & PLAN.reserved


def test_a_change_on_its_way_and_a_refused_one_are_not_taken_for_saved() -> None:
    state = form("CSETv1").at("injuries").with_change("injuries", Answer(value="many"))
    assert any(line.endswith("many …") for line in shown(state))
    refused = state.with_refusal("injuries", "expects a whole number")
    assert any(line.endswith("✗ many") for line in shown(refused))
    assert "  ! expects a whole number" in shown(refused)


@pytest.mark.parametrize("namespace", NAMESPACES)
@given(width=st.integers(20, 120), steps=st.integers(0, 80))
def test_no_line_is_wider_than_the_form_and_the_cursor_is_in_the_open_field(
    namespace: str, width: int, steps: int
) -> None:
    state = form(namespace, width)
    for _ in range(steps):
        state = state.step(1)
    lines = form_lines(state)
    assert all(cell_len(row.text) <= width for row in lines.rows)
    assert lines.start <= lines.cursor < lines.end <= len(lines.rows)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_walking_down_and_up_reaches_every_field_and_comes_back(namespace: str) -> None:
    state = form(namespace)
    seen = {state.focus}
    while state.focus != SUBMIT:
        state = state.step(1)
        seen.add(state.focus)
    assert seen == set(state.order)
    while state.to_field(-1) != state and state.focus != state.order[0]:
        state = state.step(-1)
    assert state.focus == state.order[0]


def test_headings_are_walked_in_both_directions() -> None:
    state = form("CSETv1")
    down = [state := state.to_heading(1) for _ in range(10)]
    assert [each.focus for each in down][:2] == ["physical_objects", "tangible_harm"]
    assert down[-1].focus == SUBMIT
    assert down[0].to_heading(-1).focus == "incident_number"
