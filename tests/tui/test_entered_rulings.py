"""What is entered as the value of a ruling and not ruled when the desk ends is there again."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.unsaved.words import UnsavedWords
from annotator.model.person import CAUSES
from annotator.tui.review.entered import entered_by
from tests.proofs import mostly_slow
from tests.tui.review_content import at_desk, hand_in, press, reviewing, shown, told
from tests.tui.tagging_content import tagging_desk
from tests.tui.test_saving_reviews import decided


@pytest.fixture
def judge_of_places(tmp_path: Path) -> Desk:
    """Somebody who decides where two annotators differ in a field that asks for evidence, and elsewhere."""
    eva = tagging_desk(tmp_path)
    hand_in(eva, quotes={"where": (0, 30)}, one="red", where=["road"], name="Rollo", story="It stopped.")
    hand_in(at_desk(eva, "bo"), quotes={"where": (0, 30)}, one="red", where=["rail"], name="Bo", story="It fell.")
    return at_desk(eva, "judge")


def left(desk: Desk) -> dict[tuple[str, str], str]:
    """What the file of unsaved words holds, by field and kind."""
    words = UnsavedWords(desk.path, "judge").all()
    return {(each.place.field, each.place.kind): each.text for each in words}


async def enter_and_end(judge: Desk, field: str, *keys: str) -> None:
    """Enter something in the form of a value to rule, and end the desk."""
    async with reviewing(judge, field=field, size=(120, 40)) as (screen, pilot):
        await press(pilot, "v", *keys)
        screen.saving.finish(1.0)


async def test_a_line_being_written_as_a_ruling_is_there_again_after_the_end(judge_of_places: Desk) -> None:
    judge = judge_of_places
    await enter_and_end(judge, "name", "enter", *"Rollo R")
    async with reviewing(at_desk(judge, "judge"), field="name", size=(120, 40)) as (screen, pilot):
        await press(pilot, "v")
        assert "“Rollo R” was being written" in " ".join(shown(pilot).split())
        assert "You entered this before and did not save it." in told(pilot)
        await press(pilot, "enter", *"ob", "enter", "ctrl+s")
        assert "→ Rollo Rob" in shown(pilot)
        assert screen.saving.words.all(), "until it is ruled"
        await press(pilot, "enter")
        screen.saving.finish(1.0)
    assert decided(judge).rulings["name"].answer.value == "Rollo Rob"
    assert left(judge) == {}


async def test_a_quote_for_a_ruling_without_an_answer_is_there_again_after_the_end(judge_of_places: Desk) -> None:
    judge = judge_of_places
    await enter_and_end(judge, "where", "backspace", "e", "s", "enter")
    async with reviewing(at_desk(judge, "judge"), field="where", size=(120, 40)) as (screen, pilot):
        await press(pilot, "v")
        assert "is kept with the answer" in shown(pilot)
        await press(pilot, "2", "2", "ctrl+s", "enter")
        screen.saving.finish(1.0)
    ruled = decided(judge).rulings["where"].answer
    assert [each.quote for each in ruled.evidence] == ["The delivery robot stopped on the ramp at noon."]
    assert left(judge) == {}


async def test_a_value_entered_for_a_ruling_is_there_again_after_the_end(judge_of_places: Desk) -> None:
    judge = judge_of_places
    await enter_and_end(judge, "name", "enter", *"Kim", "enter")
    async with reviewing(at_desk(judge, "judge"), field="name", size=(120, 40)) as (_, pilot):
        await press(pilot, "v", "ctrl+s")
        assert "→ Kim" in shown(pilot)


async def test_an_answer_taken_back_in_the_form_of_a_ruling_stays_taken_back_after_the_end(
    judge_of_places: Desk,
) -> None:
    judge = judge_of_places
    async with reviewing(judge, field="where", size=(120, 40)) as (_, pilot):
        await press(pilot, "1", "enter")
    await enter_and_end(at_desk(judge, "judge"), "where", "backspace")
    async with reviewing(at_desk(judge, "judge"), field="where", size=(120, 40)) as (_, pilot):
        await press(pilot, "v", "ctrl+s")
        assert "Answer first" in told(pilot)


async def test_the_cause_a_note_and_how_sure_one_is_are_there_again_together_after_the_end(
    judge_of_places: Desk,
) -> None:
    judge = judge_of_places
    async with reviewing(judge, field="name") as (screen, pilot):
        await press(pilot, "1", "3", "tab", *"see p", "tab", "8", "0")
        screen.saving.finish(1.0)
    async with reviewing(at_desk(judge, "judge"), field="name") as (screen, pilot):
        await press(pilot, "1")
        assert "3 (•)" in shown(pilot)
        assert "see p" in shown(pilot)
        assert "You entered this before and did not save it." in shown(pilot)
        await press(pilot, "enter")
        screen.saving.finish(1.0)
    ruled = decided(judge).rulings["name"]
    assert (ruled.cause, ruled.note, ruled.confidence) == (CAUSES[2], "see p", 0.8)
    assert left(judge) == {}


async def test_a_cause_that_was_chosen_without_a_word_is_there_again_after_the_end(judge_of_places: Desk) -> None:
    judge = judge_of_places
    async with reviewing(judge, field="name") as (screen, pilot):
        await press(pilot, "1", "2", "down")
        screen.saving.finish(1.0)
    async with reviewing(at_desk(judge, "judge"), field="name") as (_, pilot):
        await press(pilot, "1")
        assert "3 (•)" in shown(pilot)


async def test_a_long_text_being_written_as_a_ruling_is_there_again_after_the_end(judge_of_places: Desk) -> None:
    judge = judge_of_places
    await enter_and_end(judge, "story", "enter", *"It rolled")
    async with reviewing(at_desk(judge, "judge"), field="story", size=(120, 40)) as (screen, pilot):
        await press(pilot, "v", "enter")
        assert "It rolled" in shown(pilot)
        await press(pilot, "ctrl+s", "ctrl+s", "enter")
        screen.saving.finish(1.0)
    assert decided(judge).rulings["story"].answer.value == "It rolled"
    assert left(judge) == {}


WAYS = (["v", "escape", "y"], ["v", "enter", *"ob", "enter", "ctrl+s", "escape"], ["1", "enter"])
"""Keys after which what was entered is not wanted."""


@pytest.mark.parametrize("keys", mostly_slow(WAYS, WAYS[1]))
async def test_what_was_entered_for_a_ruling_is_gone_once_it_is_not_wanted(
    judge_of_places: Desk, keys: list[str]
) -> None:
    judge = judge_of_places
    await enter_and_end(judge, "name", "enter", *"Rollo R")
    async with reviewing(at_desk(judge, "judge"), field="name", size=(120, 40)) as (screen, pilot):
        await press(pilot, *keys)
        screen.saving.finish(1.0)
    assert left(judge) == {}


@pytest.mark.parametrize("words", [None, "", "3", "[1]", "half a", '[{"of": "another version"}, [], "[]"]'])
def test_a_value_to_rule_that_was_kept_by_another_version_is_none(words: str | None) -> None:
    assert entered_by(words) is None


async def test_words_of_another_round_are_one_set_and_written_when_the_desk_ends(judge_of_places: Desk) -> None:
    judge = judge_of_places
    note = Place("demo:1", "kinds", "name", "ruling")
    async with reviewing(judge) as (screen, _):
        other = screen.saving.of(judge.in_round(2))
        other.words.keep(note, "typed in the last second")
        found = screen.saving.of(judge.in_round(2)).words.at(note)
        assert found and found.text == "typed in the last second"
        screen.saving.finish(1.0)
    assert left(judge) == {("name", "ruling"): "typed in the last second"}
