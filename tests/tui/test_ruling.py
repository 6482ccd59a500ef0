"""Somebody rules: what a number adopts, which cause is offered, and where the screen stands afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from annotator.desk import open_desk
from annotator.desk.adjudication import Adjudication
from annotator.model.classification import Classification
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.review.screen import ReviewScreen
from annotator.tui.saving import NOT_SAVED
from tests.tui.review_content import at_desk, disputed_desk, press, reviewing, shown, told, told_before
from tests.tui.settling import locked, written
from tests.tui.tagging_content import strike
from tests.tui.test_deciding_meanwhile import bo_hands_in, meanwhile
from tests.tui.test_saving_reviews import decided, full


async def test_the_number_of_somebody_who_did_not_answer_rules_nothing(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "space", "end")
        assert screen.state.focus == "day"
        await press(pilot, "1")
        assert "A bo did not answer this field." in told(pilot)
        assert cast(ReviewScreen, pilot.app.screen) is screen
        await press(pilot, "3")
        assert "There are 2 annotators here." in told(pilot)
        await press(pilot, "2", "enter")
    assert list(decided(judge).rulings) == ["day"]


async def test_the_cause_given_last_is_offered_for_the_next_field(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (_, pilot):
        await press(pilot, "2", "5", "enter", "1")
        assert isinstance(pilot.app.screen, RulingDialog)
        assert "5 (•) slip" in shown(pilot)
        await press(pilot, "2", "enter", "1")
        assert "2 (•) guideline unclear" in shown(pilot)
        await press(pilot, "enter")
    assert [each.cause for each in decided(judge).rulings.values()] == [
        "slip",
        "guideline_unclear",
        "guideline_unclear",
    ]


async def test_what_was_refused_does_not_come_back_over_the_next_subject(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge, "demo:2") as (screen, pilot):
        with locked(judge):  # so that the walk is on its way before the ruling is refused
            meanwhile(screen, bo_hands_in(judge, "demo:2"))
            await strike(pilot, "2", "enter", "N")
        await written(pilot)
        assert (screen.key, screen.state.review.subject) == ("demo:1", "demo:1")
        assert not screen.state.refused
        await press(pilot, "P")
        assert list(screen.state.refused) == ["one"]
    assert decided(judge, "demo:2").rulings == {}


async def test_who_has_gone_elsewhere_stays_there_when_a_ruling_is_saved(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):
            await strike(pilot, "2", "enter", "j")
            assert screen.state.focus == "name"
        await written(pilot)
        assert not screen.state.pending
        assert screen.state.focus == "name"


async def test_the_last_ruling_leads_back_to_one_that_was_refused_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    monkeypatch.setattr(Adjudication, "rule", refusing("one"))
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):  # what waits first keeps the refusal from coming before all is ruled
            meanwhile(screen, lambda desk: desk.tagging.skip("demo:3", "kinds", "later"))
            await strike(pilot, *["2", "enter"] * 3)
            assert screen.state.focus == "name"
        await written(pilot)
        assert screen.state.focus == "one"
        assert "Every disagreement is ruled" not in told(pilot)


async def test_nobody_is_told_that_all_is_ruled_while_a_ruling_is_on_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    monkeypatch.setattr(Adjudication, "rule", refusing("one"))
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):
            await strike(pilot, "j", "j", *["2", "enter"] * 3, "end", "k")
            assert list(screen.state.pending) == ["name", "one", "several"]
            assert screen.state.focus == "name"
        await written(pilot)
        assert list(screen.state.refused) == ["one"]
        assert "Every disagreement is ruled" not in told(pilot)


async def test_who_may_not_decide_is_told_so_also_of_what_is_on_record(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    for field in ("one", "several", "name"):
        judge.adjudication.adopt("demo:1", "kinds", field, "eva", "slip")
    judge.adjudication.adjudicate("demo:1", "kinds")
    async with reviewing(at_desk(judge, "eva")) as (screen, pilot):
        await press(pilot, "ctrl+s")
        assert "classified it yourself" in told(pilot)
        assert screen.key == "demo:1"


@pytest.mark.parametrize("key", ["1", "a", "plus", "m"])
async def test_the_line_of_the_agreed_fields_is_no_field_to_rule_on(tmp_path: Path, key: str) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "end", key)
        assert "Go to a field first." in told(pilot)
        assert cast(ReviewScreen, pilot.app.screen) is screen
    assert decided(judge).status == "untouched"


async def test_a_ruling_on_its_way_offers_its_own_cause_again(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):
            await strike(pilot, "2", "5", "enter", "2", "2", "enter")
            assert list(screen.state.pending) == ["one", "several"]
            screen.sides.show(screen.state.at("one"))
            await strike(pilot, "1")
            assert "5 (•) slip" in shown(pilot), "not the one given last"
            await strike(pilot, "escape")
        await written(pilot)


async def test_a_refused_ruling_offers_its_own_cause_again_and_is_not_forgotten_when_another_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    monkeypatch.setattr(Adjudication, "rule", refusing("one"))
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "2", "5", "enter")
        screen.sides.show(screen.state.at("several"))
        await press(pilot, "2", "2", "enter")
        assert list(decided(judge).rulings) == ["several"]
        assert screen.saved_words == NOT_SAVED
        screen.sides.show(screen.state.at("one"))
        await press(pilot, "1")
        assert "5 (•) slip" in shown(pilot), "not the one given last"


@pytest.mark.parametrize("key", ["1", "a", "plus", "m", "v"])
async def test_what_is_on_record_is_not_ruled_on_before_it_is_reopened(tmp_path: Path, key: str) -> None:
    judge = disputed_desk(tmp_path)
    for field in ("one", "several", "name"):
        judge.adjudication.adopt("demo:1", "kinds", field, "eva", "slip")
    judge.adjudication.adjudicate("demo:1", "kinds")
    async with reviewing(judge, field="several") as (screen, pilot):
        await press(pilot, key)
        assert "demo:1 under kinds is adjudicated; reopen it before changing it." in told(pilot)
        assert cast(ReviewScreen, pilot.app.screen) is screen


async def test_what_is_open_is_not_reopened(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "R")
        assert "It is open already." in told(pilot)
        assert cast(ReviewScreen, pilot.app.screen) is screen


def rename_a_field(folder: Path) -> None:
    """A new version of the taxonomy calls the field `name` otherwise."""
    file = next((folder / "taxonomies").glob("*.yaml"))
    later = (
        file.read_text(encoding="utf-8")
        .replace("{id: name,", "{id: called,")
        .replace("title:", "version: 2\ntitle:", 1)
    )
    file.write_text(later, encoding="utf-8")


async def test_a_field_that_the_taxonomy_no_longer_has_is_compared_no_more(tmp_path: Path) -> None:
    disputed_desk(tmp_path).close()
    rename_a_field(tmp_path)
    judge = told_before(open_desk(tmp_path / "desk.db", "judge"))
    async with reviewing(judge, field="name") as (screen, _):
        assert screen.state.focus == "one"
        assert "name" not in screen.state.by_field
        assert "one" in screen.state.by_field


async def test_a_field_that_the_taxonomy_no_longer_has_is_not_ruled_on_again(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    judge.adjudication.adopt("demo:1", "kinds", "name", "eva", "slip")
    judge.close()
    rename_a_field(tmp_path)
    judge = told_before(open_desk(tmp_path / "desk.db", "judge"))
    async with reviewing(judge, field="name") as (screen, pilot):
        assert screen.state.focus == "name"
        for key in ("1", "v"):
            await press(pilot, key)
            assert "The taxonomy no longer has this field." in told(pilot)
            assert cast(ReviewScreen, pilot.app.screen) is screen
            pilot.app.clear_notifications()


def refusing(refused: str) -> Any:
    """A way to rule that a full disk refuses for one field."""
    rule = Adjudication.rule

    def ruled(self: Adjudication, key: str, namespace: str, field: str, *said: Any) -> Classification:
        if field == refused:
            full()
        return rule(self, key, namespace, field, *said)

    return ruled
