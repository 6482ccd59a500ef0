"""What was decided about people on two laptops and does not go together is listed, and settled by keeping one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops

Two = tuple[Laptop, Laptop]
NONE = "Nothing is in conflict: what was done apart says the same everywhere.\n"


@pytest.fixture
def two(tmp_path: Any, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Lead and Kim, each with a copy in which Ann, Bob and Cy have each answered something; annotation is open."""
    lead, kim = laptops(tmp_path, program, monkeypatch, "lead", "kim")
    assert lead("settings", "blind_annotation", "no").code == 0
    for name in ("ann", "bob", "cy"):
        said = lead("--as", name, "classify", "d:1", "--taxonomy", NS, "--set", f"maker=By {name}")
        assert said.code == 0, said.err
    assert kim("merge", lead.path).code == 0
    return lead, kim


def people(laptop: Laptop, *deed: str) -> str:
    """Decide something about people; returns the id of the deed."""
    said = laptop("people", *deed)
    assert said.code == 0, said.err
    return said.err.splitlines()[-1].split("`")[1].split()[-1]


def meet(two: Two) -> None:
    """Merge both ways, twice, after which both hold the same and nothing speaks against it."""
    one, other = two
    for _ in range(2):
        for here, there in (two, two[::-1]):
            assert here("merge", there.path).code == 0
    assert one.digest == other.digest
    for laptop in two:
        laptop.fine()
        before = laptop.digest
        assert laptop("doctor", "--rebuild").code == 0
        assert laptop.digest == before


def listed(laptop: Laptop) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in laptop("people", "list", "--json").json}


def marked(laptop: Laptop) -> list[str]:
    return [name for name, each in listed(laptop).items() if each["in_conflict"]]


def conflict(laptop: Laptop) -> tuple[str, dict[str, str], str]:
    """What the one place of the team in conflict is called, its sides by their words, and what shows."""
    (found,) = (each for each in laptop("conflicts", "--json").json if each["subject"] is None)
    sides = {each["words"]: each["event"] for each in found["versions"]}
    (shown,) = (each["words"] for each in found["versions"] if each["shown"])
    return found["label"], sides, shown


def test_two_names_of_one_person_are_told_and_one_is_kept(two: Two) -> None:
    lead, kim = two
    people(lead, "rename", "bob", "Rob")
    people(kim, "rename", "bob", "Bert")
    assert "1 place in conflict" in kim("merge", lead.path).err
    meet(two)
    for laptop in two:
        label, sides, shown = conflict(laptop)
        assert (label, {*sides}) == (f"the name of {shown}", {"Rob", "Bert"})
        assert marked(laptop) == [shown]
        told = laptop("conflicts").out
        assert "(lead · 20" in told and "(kim · 20" in told, "who, and when"
        table = laptop("people", "list")
        assert f"≠ {shown}" in table.out and "`annotator conflicts` lists it" in table.err
    _, sides, shown = conflict(lead)
    (other,) = sides.keys() - {shown}
    said = lead("conflicts", "keep", sides[other])
    assert said == (0, "", f"Kept for team, the name of {shown}: {other}.\n")
    meet(two)
    for laptop in two:
        assert listed(laptop)[other]["spellings"] == sorted(["bob", shown])
        assert (marked(laptop), laptop("conflicts").err) == ([], NONE)
        assert listed(laptop)[other]["classifications"] == 1


@pytest.mark.parametrize("name", ["Robert", "the name that shows"])
def test_a_name_given_anew_settles_it_until_that_is_taken_back(two: Two, name: str) -> None:
    lead, kim = two
    people(lead, "rename", "bob", "Rob")
    people(kim, "rename", "bob", "Bert")
    meet(two)
    _, sides, shown = conflict(kim)
    wanted = name if name == "Robert" else shown
    deed = people(kim, "rename", "bob", wanted)
    meet(two)
    assert lead("conflicts").err == NONE and wanted in listed(lead)
    people(lead, "undo", deed)
    meet(two)
    assert conflict(kim)[1] == sides


def test_taking_one_of_two_names_back_settles_it_too(two: Two) -> None:
    lead, kim = two
    mine = people(lead, "rename", "bob", "Rob")
    people(kim, "rename", "bob", "Bert")
    meet(two)
    people(lead, "undo", mine)
    meet(two)
    assert kim("conflicts").err == NONE and listed(kim)["Bert"]["spellings"] == ["bob"]


def test_the_same_name_said_twice_and_a_name_given_after_another_are_in_no_conflict(two: Two) -> None:
    lead, kim = two
    for laptop in two:
        people(laptop, "rename", "bob", "Rob")
    people(kim, "rename", "ann", "Anna")
    assert lead("merge", kim.path).code == 0
    people(lead, "rename", "anna", "Annie")
    people(lead, "rename", "annie", "Ann")
    meet(two)
    assert kim("conflicts").err == NONE
    assert {"Rob", "Ann"} <= listed(kim).keys()


def test_one_person_merged_into_two_is_told_and_the_others_stay_two(two: Two) -> None:
    lead, kim = two
    people(lead, "merge", "bob", "ann")
    people(kim, "merge", "bob", "cy")
    meet(two)
    for laptop in two:
        label, sides, shown = conflict(laptop)
        assert label == "who bob is"
        assert {*sides} == {"bob is the same person as ann", "bob is the same person as cy"}
        assert {"ann", "cy"} <= listed(laptop).keys(), "nobody said that all three are one"
        assert marked(laptop) == [shown.split()[-1]]
    _, sides, shown = conflict(kim)
    kept = f"bob is the same person as {'cy' if shown.endswith('ann') else 'ann'}"
    assert kim("conflicts", "keep", sides[kept]).code == 0
    meet(two)
    for laptop in two:
        assert laptop("conflicts").out.count("who bob is") == 0 and marked(laptop) == []
        found = listed(laptop)
        assert {name: each["spellings"] for name, each in found.items() if name in {"ann", "cy"}} == {
            name: ["bob"] if kept.endswith(name) else [] for name in ("ann", "cy")
        }


def test_that_all_are_one_settles_into_whom_somebody_was_merged(two: Two) -> None:
    lead, kim = two
    people(lead, "merge", "bob", "ann")
    people(kim, "merge", "bob", "cy")
    meet(two)
    people(kim, "merge", "ann", "cy")
    meet(two)
    assert marked(lead) == []
    assert listed(lead)["cy"]["spellings"] == ["ann", "bob"]


def test_a_split_against_a_merge_is_told(two: Two) -> None:
    lead, kim = two
    people(lead, "merge", "bob", "ann")
    uids = [each["uid"] for each in listed(kim).values() if each["name"] == "bob"]
    people(lead, "split", uids[0], "Bobby")
    people(kim, "merge", "bob", "ann")
    meet(two)
    label, sides, _ = conflict(lead)
    assert label == "who bob is"
    assert {*sides} == {"bob is the same person as ann", "Bobby is a person of their own, and not ann"}
    assert lead("conflicts", "keep", sides["Bobby is a person of their own, and not ann"]).code == 0
    meet(two)
    assert {"ann", "Bobby"} <= listed(kim).keys() and marked(kim) == []


def test_one_name_given_to_two_is_told_and_they_stay_two(two: Two) -> None:
    lead, kim = two
    people(lead, "rename", "ann", "Zoe")
    people(kim, "rename", "bob", "zoe")
    meet(two)
    for laptop in two:
        label, sides, shown = conflict(laptop)
        assert label.casefold() == "who is called zoe"
        assert {*sides} == {"ann, renamed so", "bob, renamed so"}
        found = {name.casefold(): each for name, each in listed(laptop).items()}
        assert found["zoe"]["spellings"] == [shown.split(",")[0]] and found["zoe"]["classifications"] == 1
    assert kim("conflicts", "keep", sides["ann, renamed so"]).code == 0
    meet(two)
    assert listed(lead)["Zoe"]["spellings"] == ["ann"] and "bob" in listed(lead)


@pytest.mark.parametrize("last_stands", [False, True])
def test_a_name_that_stays_after_a_merge_is_the_one_that_shows(two: Two, last_stands: bool) -> None:
    """Whoever was merged before gives the name, whichever of them stands for the others."""
    lead, _ = two
    one, stays = ann_and_bob(lead, last_stands=last_stands)
    people(lead, "merge", one, stays)
    people(lead, "merge", "cy", stays)
    assert listed(lead)[stays]["spellings"] == sorted(["cy", one])
    people(lead, "rename", stays, "Robin")
    people(lead, "add", "dan")
    people(lead, "merge", "dan", "robin")
    assert listed(lead)["Robin"]["spellings"] == ["ann", "bob", "cy", "dan"]


def ann_and_bob(laptop: Laptop, *, last_stands: bool) -> list[str]:
    """Both, with the one last, or first, who is going to stand for both."""
    found = listed(laptop)
    return sorted(("ann", "bob"), key=lambda name: str(found[name]["uid"]), reverse=last_stands)


@pytest.mark.parametrize("last_stands", [False, True])
def test_what_is_said_of_a_name_is_of_whoever_gives_it_when_who_is_one_is_taken_back(
    two: Two, last_stands: bool
) -> None:
    lead, kim = two
    one, stays = ann_and_bob(lead, last_stands=last_stands)
    deed = people(lead, "merge", one, stays)
    meet(two)
    people(lead, "undo", deed)
    people(kim, "merge", stays, "cy")
    people(kim, "alias", "cy", "Sigh")
    meet(two)
    found = listed(lead)
    assert (found["cy"]["spellings"], found[one]["spellings"]) == (sorted([stays, "Sigh"]), [])


@pytest.mark.parametrize("last_stands", [False, True])
def test_whoever_was_merged_is_split_off_again_whichever_of_both_stands(two: Two, last_stands: bool) -> None:
    lead, _ = two
    one, stays = ann_and_bob(lead, last_stands=last_stands)
    people(lead, "merge", one, stays)
    people(lead, "split", stays, "Bobby")
    assert {"Bobby", stays} <= listed(lead).keys()


def test_who_leads_not_settles_nothing_about_people(two: Two) -> None:
    lead, kim = two
    people(lead, "rename", "bob", "Rob")
    people(kim, "rename", "bob", "Bert")
    meet(two)
    assert lead("people", "role", "lead", "lead").code == 0
    meet(two)
    _, sides, _ = conflict(kim)
    said = kim("conflicts", "keep", next(iter(sides.values())))
    assert said.code == 2 and "lead" in said.err
    assert conflict(kim)[1] == sides
