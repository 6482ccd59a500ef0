"""Events are called by names that tell them apart, and whoever writes such a name, or the whole one, is understood."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.chain import event_id, meant_by, shortened
from annotator.store.log import replicas
from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops


@pytest.fixture
def forked(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Lead, whose file was copied and went on in both places as one replica: the same field, answered apart."""
    (lead,) = laptops(tmp_path, program, monkeypatch, "lead")
    lead.answer("d:1", "outcome=none")
    copy = beside(lead, "lead", "copy")
    shutil.copy(lead.path, copy.path)
    with monkeypatch.context() as patches:
        patches.setattr(replicas, "_is_same", lambda *_: True)
        lead.answer("d:1", "maker=Ajax")
        copy.answer("d:1", "maker=Bolt")
    said = lead("merge", copy.path)
    assert "two copies went on as one" in said.err
    return lead


@pytest.mark.parametrize("words", ["Ajax", "Bolt"])
@pytest.mark.parametrize("is_whole", [True, False], ids=["the whole name", "as the list writes it"])
def test_both_branches_of_a_fork_are_told_apart_and_either_can_be_kept(
    forked: Laptop, words: str, is_whole: bool
) -> None:
    listed = dict(re.findall(r"(\S+:\d+)  .*?(Ajax|Bolt)", forked("conflicts").out))
    assert len(listed) == 2
    (place,) = forked("conflicts", "--json").json
    whole = {side["words"]: side["event"] for side in place["versions"]}
    names = {said: name for name, said in listed.items()}
    said = forked("conflicts", "keep", whole[words] if is_whole else names[words])
    assert said.code == 0, said.err
    assert words in said.err
    assert forked("conflicts", "--json").json == []
    shown = forked("show", "d:1", "--json").json["classifications"]
    assert shown[0]["answers"]["maker"]["value"] == words
    assert shown[0]["taxonomy"] == NS


def test_what_was_imported_on_both_branches_of_a_fork_is_kept_of_each(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead,) = laptops(tmp_path, program, monkeypatch, "lead")
    copy = beside(lead, "lead", "copy")
    shutil.copy(lead.path, copy.path)
    with monkeypatch.context() as patches:
        patches.setattr(replicas, "_is_same", lambda *_: True)
        for number, laptop in enumerate((lead, copy), 7):
            told = [{"report_number": number, "title": f"Report {number}", "text": f"The {number}th robot fell."}]
            (tmp_path / f"{number}.json").write_text(json.dumps(told), encoding="utf-8")
            assert laptop("import", tmp_path / f"{number}.json").code == 0
    for here, other in ((lead, copy), (copy, lead)):
        assert here("merge", other.path).code == 0
    for laptop in (lead, copy):
        imported = laptop("history", "--team").out
        assert "7.json" in imported
        assert "8.json" in imported
        laptop.fine()


FEED = st.sampled_from(["a" * 32, "a" * 31 + "b", "a" * 12 + "c" * 20, "d" * 32])
BRANCH = st.sampled_from(["", f"~3~{'e' * 16}", f"~3~{'e' * 12}ffff", f"~4~{'e' * 16}"])
EVENTS = st.lists(st.builds(lambda f, b, n: event_id(f + b, n), FEED, BRANCH, st.integers(1, 12)), min_size=1)


@given(EVENTS)
def test_each_of_some_events_has_a_short_name_that_means_it_alone(events: list[str]) -> None:
    names = shortened(events)
    assert len(set(names.values())) == len(set(events))
    for event, name in names.items():
        assert meant_by(name, events) == meant_by(event, events) == [event]
