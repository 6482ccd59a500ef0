"""A deed that waits for a lead, or was declined, opens and closes answers on copies where it counted, and there alone.

What is handed in there tells so itself, whatever becomes of the deed, and in whatever order copies meet.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops
from tests.cli.test_waiting import do, met, waiting
from tests.proofs import mostly_slow

IN = ("--taxonomy", NS)
UNBLIND = (("settings", "blind_annotation", "no"),)
REVIEWING = (("settings", "reviewers", "ann"),)
LEADING = (("people", "role", "ann", "lead"),)
RULED = ("rule", "1", *IN, "--field", "maker", "--adopt", "eva", "--cause", "slip")
PUBLISHING = (RULED, ("adjudicate", "1", *IN), ("publish", "1", *IN))
Deeds = Sequence[tuple[str, ...]]


def marked(at: Laptop, key: str = "1") -> dict[str, bool]:
    """By annotator: whether what they handed in is marked, as the file tells who leads."""
    shown = do(at.used_by("lead"), "show", key, "--json").json["classifications"]
    return {
        each["annotator"]: bool(each["hand_in"] and each["hand_in"]["after_others"])
        for each in shown
        if each["annotator"] != "adjudicated"
    }


def on_both(copies: Sequence[Laptop], key: str = "1") -> dict[str, bool]:
    """The same, once all know of each other."""
    met(*copies)
    found = [marked(each, key) for each in copies]
    assert all(each == found[0] for each in found)
    return found[0]


def go_on(at: Laptop, times: int = 12) -> None:
    """Write on, so that what follows comes later in the order of the record."""
    at.answer("3", *(f"maker={number}" for number in range(2)))
    for number in range(times):
        at.answer("3", f"maker={number}")


def decide_all(at: Laptop, word: str) -> None:
    do(at, "waiting", word, "--all", *(("--reason", "no") if word == "decline" else ()))
    assert waiting(at) == []


@pytest.fixture
def apart(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Laptop, Laptop]:
    """Eva and Bob differ; the lead gave roles on one laptop, of which Ann, on the other one, has not heard."""
    lead, ann = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    for name in ("eva", "bob"):
        lead.used_by(name).hand_in("1", name)
    shutil.copy(lead.path, ann.path)
    for name in ("cleo", "ann", "zoe"):
        do(lead, "people", "add", name)
    do(lead, "people", "role", "lead", "lead")
    do(lead, "people", "role", "cleo", "adjudicator")
    go_on(ann)
    return lead, ann


@pytest.mark.parametrize(
    ("deeds", "word"),
    [(UNBLIND, "decline"), (UNBLIND, "accept"), (REVIEWING, "decline"), (LEADING, "decline"), (LEADING, "accept"),
     (PUBLISHING, "decline"), (PUBLISHING, "accept")],
    ids=lambda each: each if isinstance(each, str) else each[-1][-1],
)  # fmt: skip
def test_what_was_opened_on_a_laptop_marks_who_handed_in_there(
    apart: tuple[Laptop, Laptop], deeds: Deeds, word: str
) -> None:
    lead, ann = apart
    ann.used_by("zoe").hand_in("1", "zoe")
    for deed in deeds:
        do(ann.used_by("dan") if deeds == PUBLISHING else ann, *deed)
    assert "eva" in do(ann, "show", "1").out
    ann.hand_in("1", "eva")
    others = {"eva": False, "bob": False, "zoe": False}
    assert on_both(apart) == {"ann": True, **others}
    assert waiting(lead)
    decide_all(lead, word)
    assert on_both(apart) == {"ann": True, **others}


def test_it_marks_nobody_who_handed_in_elsewhere(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *UNBLIND[0])
    go_on(lead, 20)
    lead.used_by("zoe").hand_in("1", "zoe")
    assert on_both(apart) == {"eva": False, "bob": False, "zoe": False}
    decide_all(lead, "accept")  # it counts from its place in the record, but nobody knew of it on that laptop
    assert on_both(apart)["zoe"] is False


def test_who_did_it_is_marked_wherever_they_hand_in(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *UNBLIND[0])
    go_on(lead, 30)
    for name in ("ann", "zoe"):
        lead.used_by(name).hand_in("1", name)
    assert marked(lead)["ann"] is False
    assert on_both(apart) == {"eva": False, "bob": False, "zoe": False, "ann": True}


@pytest.mark.parametrize("one", [("zoe", "ann"), ("ann", "zoe")])
def test_who_turns_out_to_be_one_person_with_who_did_it_is_marked(
    apart: tuple[Laptop, Laptop], one: tuple[str, str]
) -> None:
    lead, ann = apart
    do(ann, *UNBLIND[0])
    go_on(lead, 30)
    lead.used_by("zoe").hand_in("1", "zoe")
    assert on_both(apart)["zoe"] is False
    do(lead, "people", "merge", *one)
    assert on_both(apart)[one[1]] is True


def test_it_ends_once_it_is_known_on_the_laptop_that_it_was_declined(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *UNBLIND[0])
    do(lead, "merge", str(ann.path))
    decide_all(lead, "decline")
    go_on(ann, 5)  # who has not heard of it
    ann.hand_in("1", "eva")
    met(*apart)
    for _ in range(2):
        go_on(lead, 20)
        met(*apart)
    for name in ("eva", "ann"):
        ann.used_by(name).hand_in("2", name)
    assert on_both(apart) == {"eva": False, "bob": False, "ann": True}
    assert on_both(apart, "2") == {"eva": False, "ann": False}


@pytest.mark.parametrize("deeds", [UNBLIND, REVIEWING], ids=["unblind", "reviewing"])
def test_it_ends_once_the_laptop_knows_that_it_waits(apart: tuple[Laptop, Laptop], deeds: Deeds) -> None:
    lead, ann = apart
    do(ann, *deeds[0])
    met(*apart)
    assert waiting(ann)
    ann.used_by("eva").hand_in("2", "eva")
    assert "1 classification left out" in do(ann, "show", "2").err
    for name in ("ann", "zoe"):
        ann.used_by(name).hand_in("2", name)
    assert on_both(apart, "2") == {"eva": False, "ann": False, "zoe": False}
    decide_all(lead, "decline")
    assert on_both(apart, "2") == {"eva": False, "ann": False, "zoe": False}


@pytest.mark.parametrize("deeds", [UNBLIND, REVIEWING], ids=["unblind", "reviewing"])
@pytest.mark.parametrize("word", ["decline", "accept"])
def test_what_was_opened_on_laptops_that_merged_it_marks_who_handed_in_there(
    apart: tuple[Laptop, Laptop], deeds: Deeds, word: str
) -> None:
    lead, ann = apart
    other = beside(lead, "dan", "third")
    do(ann, "settings", *deeds[0][1:-1], deeds[0][-1].replace("ann", "dan"))
    do(other, "merge", str(ann.path))
    assert "eva" in do(other, "show", "1").out
    other.hand_in("1", "eva")
    marks = {"eva": False, "bob": False, "dan": True}
    do(lead, "merge", str(other.path))
    assert marked(lead) == marks
    assert waiting(lead)
    decide_all(lead, word)
    assert marked(lead) == marks
    assert on_both((lead, ann, other)) == marks


def test_what_came_to_a_laptop_without_the_lead_s_word_ends_nothing_there(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    other = beside(lead, "dan", "third")
    shutil.copy(ann.path, other.path)  # where nobody knows of any role
    do(ann, *UNBLIND[0])
    do(lead, "merge", str(ann.path))
    decide_all(lead, "decline")
    go_on(other, 60)
    other.used_by("eva").hand_in("2", "eva")
    do(ann, "merge", str(other.path))
    assert "eva" in do(ann, "show", "2").out
    ann.hand_in("2", "eva")
    assert on_both((lead, other, ann), "2") == {"eva": False, "ann": True}


def test_an_assignment_that_waits_and_came_by_a_merge_closes_answers(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    other = beside(lead, "cleo", "third")
    do(ann, "settings", "reviewers", "cleo")
    do(ann, "assign", "2", *IN, "--to", "cleo")
    ann.used_by("eva").hand_in("2", "eva")
    do(other, "merge", str(ann.path))
    assert "maker" not in other("show", "2").out
    other.hand_in("2", "cleo")
    for order in ((ann, other), (other, ann)):
        at = beside(lead, "lead", f"lead-{order[0].name}")
        shutil.copy(lead.path, at.path)
        for each in order:
            do(at, "merge", str(each.path))
        assert marked(at, "2") == {"eva": False, "cleo": False}
        decide_all(at, "decline")
        assert marked(at, "2") == {"eva": False, "cleo": False}


@pytest.mark.parametrize("word", ["decline", "accept"])
def test_who_is_at_work_by_a_deal_that_waits_is_not_marked(apart: tuple[Laptop, Laptop], word: str) -> None:
    lead, ann = apart
    cleo, eva = ann.used_by("cleo"), ann.used_by("eva")
    for key in ("2", "3"):
        do(ann, "assign", key, *IN, "--to", "cleo")
        eva.hand_in(key, "eva")
    do(ann, "assign", "--take-back", "cleo", "3", *IN)
    for key in ("2", "3"):
        cleo.hand_in(key, "cleo")
    for key in ("2", "3"):  # where they had nothing to do they could see nothing either: they review elsewhere
        assert on_both(apart, key)["cleo"] is False
    decide_all(lead, word)
    for key in ("2", "3"):
        assert on_both(apart, key)["cleo"] is False


def test_the_same_is_marked_in_whatever_order_it_comes(apart: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    lead, ann = apart
    do(ann, *UNBLIND[0])
    ann.hand_in("1", "eva")
    do(ann, "assign", "2", *IN, "--to", "cleo")
    ann.used_by("eva").hand_in("2", "eva")
    ann.used_by("cleo").hand_in("2", "cleo")
    do(lead, "merge", str(ann.path))
    decide_all(lead, "decline")
    files = [kept(lead, tmp_path / "declined.db")]
    go_on(ann, 3)
    files.append(kept(ann, tmp_path / "ann.db"))
    ann.used_by("dan").hand_in("1", "dan")
    met(*apart)
    go_on(lead, 10)
    do(ann, "merge", str(lead.path))
    ann.used_by("zoe").hand_in("1", "zoe")
    for name in ("eva", "zoe"):
        ann.used_by(name).hand_in("4", name)
    files.append(kept(ann, tmp_path / "all.db"))
    expected = {
        "1": {"eva": False, "bob": False, "ann": True, "dan": True, "zoe": False},
        "2": {"eva": False, "cleo": True},  # nothing was closed to whoever is at work, either
        "4": {"eva": False, "zoe": False},
    }
    for number, order in enumerate(permutations(files)):
        new = beside(lead, "lead", f"new-{number}")
        for file in order:
            do(new, "merge", str(file))
            assert new("doctor").code == 0
        assert {key: marked(new, key) for key in expected} == expected


def test_what_comes_late_of_a_laptop_of_three_marks_the_same(apart: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    lead, ann = apart
    share = tmp_path / "share"
    share.mkdir()
    bob, cleo = ann.used_by("bob"), ann.used_by("cleo")
    do(ann, "assign", "4", *IN, "--to", "cleo")
    bob.hand_in("4", "bob")
    do(lead, "merge", str(ann.path))
    decide_all(lead, "decline")
    for name in (cleo, bob):
        name.answer("3", "maker=nobody")
    cleo.hand_in("4", "cleo")
    do(bob, "sync", str(share))
    late = next(iter(share.iterdir())).rename(tmp_path / "late.bundle")
    do(cleo, "sync", str(share))
    do(lead, "sync", str(share))
    assert marked(lead, "4") == {"bob": False, "cleo": False}
    do(lead, "merge", str(late))
    lead.fine()
    assert marked(lead, "4") == {"bob": False, "cleo": False}


TRIES: tuple[tuple[str, ...], ...] = (
    ("settings", "blind_annotation", "no"),
    ("settings", "blind_annotation", "yes"),
    ("settings", "reviewers", "eva"),
    ("people", "role", "bob", "adjudicator"),
    ("assign", "KEY", *IN, "--to", "cleo"),
    ("assign", "--take-back", "cleo", "KEY", *IN),
    ("classify", "KEY", *IN, "--set", "outcome=none", "--set", "maker=x", "--submit"),
    ("classify", "KEY", *IN, "--set", "outcome=none", "--set", "maker=y", "--submit"),
    ("skip", "KEY", *IN, "--reason", "later"),
    ("reopen", "KEY", *IN),
    ("undo",),
    ("adjudicate", "KEY", *IN),
    ("publish", "KEY", *IN),
    ("withdraw", "KEY", *IN),
    ("waiting", "accept", "EVENT"),
    *[("waiting", "decline", "EVENT", "--reason", "no")] * 4,
)


@pytest.mark.parametrize("seed", mostly_slow(range(12), 1))
def test_whatever_is_done_apart_is_marked_alike_once_all_know_of_it(apart: tuple[Laptop, Laptop], seed: int) -> None:
    """Each copy computes its marks anew at every merge, from no more than what changed by it."""
    random, copies = Random(seed), (*apart, beside(apart[0], "bob", "third"))
    shutil.copy(apart[1].path, copies[2].path)
    for _ in range(60):
        at = random.choice(copies)
        if random.random() < 0.2:
            at("merge", str(random.choice([each for each in copies if each != at]).path))
            assert at("doctor").code == 0, at("doctor").out
        else:
            key, who = random.choice("14"), random.choice(["ann", "bob", "cleo", "eva", "zoe"])
            deed = random.choice(TRIES)
            by = at.used_by("lead") if deed[0] == "waiting" else at.used_by(who)
            event = random.choice([each["event"] for each in waiting(at)] or ["none"]) if deed[0] == "waiting" else ""
            filled = [{"KEY": key, "EVENT": event}.get(part, part) for part in deed]
            assert by(*filled).code in {0, 2, 3, 4}
            assert at("doctor").code == 0, (filled, at("doctor").out)
    for key in "14":
        on_both(copies, key)


def kept(at: Laptop, path: Path) -> Path:
    """A copy of a laptop's file as it is now."""
    do(at, "backup", str(path))
    return path
