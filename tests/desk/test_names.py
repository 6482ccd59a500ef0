"""Whom a name means: folding, names that look alike, and names that nobody can begin to work under."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from annotator.desk import Desk
from annotator.desk.names import kept_name, known_as, new_or_known, refuse_new_name, working_name
from annotator.errors import RequestError
from annotator.model.people.likeness import DATA, difference, looks_like, skeleton
from annotator.model.person import plain_name, same_name
from tests.desk.making import choose

NAMES = st.text(min_size=1, max_size=8)
ODD = st.text("ßıİŉſ\u0345\u03b1\u0301\u0308 \u00a8\u1fb7ﬃＢｂ℡㎏ﷺ\u1100\u1161\u0344\u01c5", min_size=1, max_size=6)
"""Letters that case or compatibility takes apart, puts together or moves."""


@given(NAMES | ODD)
@example("ß\u0301")
def test_folding_a_name_twice_is_folding_it_once(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)


@given(NAMES | ODD, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from(["", " ", "\t", "\u3000"]))
def test_form_and_space_around_a_name_are_no_difference(name: str, form: str, around: str) -> None:
    assert same_name(name, around + normalize(form, name) + around)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bob", "BOB"),
        ("bob", "Ｂｏｂ"),
        ("José", "Jose\u0301"),
        ("Ana  María", " ana\u00a0maría"),
        ("Straße", "STRASSE"),
    ],
)
def test_one_person_in_two_spellings(one: str, other: str) -> None:
    assert same_name(one, other)
    refuse_new_name(other, [one])
    assert known_as(other, [one, "zoe"]) == new_or_known(other, {one: one, "zoe": "zoe"}) == one
    assert new_or_known(other, {one: "Robert", "Robert": "Robert"}) == "Robert"


@pytest.mark.parametrize("other", ["rob", "bo", "bobb", "b ob", "böb"])
def test_other_people(other: str) -> None:
    assert not same_name("bob", other)
    assert not looks_like("bob", other)
    assert new_or_known(other, {"bob": "bob"}) == other


# Likeness


@pytest.mark.parametrize(
    ("drawn", "left"),
    [("pаypаl", "paypal"), ("ѕсоре", "scope"), ("ℓ1|Iα", "lllla"), ("m", "rn"), ("b\ufe0fo\u200db", "bob")],
)
def test_what_is_drawn_alike_has_one_skeleton(drawn: str, left: str) -> None:
    assert skeleton(drawn) == skeleton(left)


def test_the_data_say_their_version_and_latin_prototypes_are_their_own() -> None:
    lines = DATA.read_text(encoding="ascii").splitlines()
    assert any("Unicode 17.0" in line for line in lines if line.startswith("#"))
    heads = [line.partition(":")[0].split() for line in lines if not line.startswith("#")]
    prototypes = ["".join(chr(int(point, 16)) for point in head) for head in heads]
    assert len(prototypes) > 2000
    assert [each for each in prototypes if each.isascii() and skeleton(each) != each] == []


ALIKE = st.sampled_from(["oоο", "OОΟ0", "aаα", "lI1|", "pрρ", ["m", "rn"], ["b", "b\ufe00"], "é", "x"])


@given(st.lists(ALIKE.flatmap(lambda drawn: st.tuples(st.sampled_from(drawn), st.sampled_from(drawn))), max_size=6))
def test_likeness_is_told_by_the_first_difference(pairs: list[tuple[str, str]]) -> None:
    one, other = ("".join(names) for names in zip(*pairs, strict=True)) if pairs else ("", "")
    assert looks_like(one, other) and looks_like(other, one)
    assume(not same_name(one, other))
    has, instead = difference(one, other)
    assert has != instead
    assert difference(other, one) == (instead, has)


@pytest.mark.parametrize(
    ("name", "like", "has", "instead"),
    [
        ("Bоb", "bob", "CYRILLIC SMALL LETTER O", "LATIN SMALL LETTER O"),
        ("BiІІ", "Bill", "CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I", "LATIN SMALL LETTER L"),
        ("BiII", "Bill", "LATIN CAPITAL LETTER I", "LATIN SMALL LETTER L"),
        ("ann-1", "ann-l", "DIGIT ONE", "LATIN SMALL LETTER L"),
        ("Bernd", "bemd", "LATIN SMALL LETTER R", "LATIN SMALL LETTER M"),
        ("bob\ufe00", "bob", "VARIATION SELECTOR-1", "nothing"),
        ("аdjudicated", "adjudicated", "CYRILLIC SMALL LETTER A", "LATIN SMALL LETTER A"),
        ("bob", "B0B", "LATIN CAPITAL LETTER O", "DIGIT ZERO"),
    ],
)
def test_a_new_name_that_looks_like_a_known_one_is_refused_with_the_difference(
    name: str, like: str, has: str, instead: str
) -> None:
    with pytest.raises(RequestError) as refused:
        refuse_new_name(name, ["zoe", like])
    assert f"looks like {like!r}" in str(refused.value)
    assert f"has {has} where that has {instead}" in str(refused.value)
    refuse_new_name(name, [name, like])


# New names


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "letters that can be seen"),
        (" ", "letters that can be seen"),
        ("e\nva", "letters that can be seen"),
        ("an\u202en", "letters that can be seen"),
        ("\u3164", "letters that can be seen"),
        ("\ufe0f\ufe0e", "letters that can be seen"),
        ("\udcff", "letters that can be seen"),
        ("Adjudicated", "adjudications are kept under it"),
        ("ＡＩＩＤ", "what AIID published is kept under it"),
        ("Rest", "in figures it stands for everybody else"),
        ("аiid", "looks like 'AIID'"),
        ("ann=2", "no `=`"),
        ("ann＝2", "no `=`"),
        ("ann,bob", "no `,`"),
    ],
)
def test_no_new_name(name: str, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        refuse_new_name(name, ["ann", "bob"])


def test_an_imported_name_that_could_not_be_new_works_on() -> None:
    for name in ("rest", "Smith, John", "a=b", "Bоb"):
        refuse_new_name(name, ["bob", name])
    with pytest.raises(RequestError, match="nobody works under this name"):
        refuse_new_name("aiid", ["AIID"])


def test_one_of_two_spellings_that_are_kept_is_not_chosen_by_itself() -> None:
    assert known_as("BOB", ["BOB", "bob"]) == "BOB"
    with pytest.raises(RequestError, match="'Bob' can be 'BOB' or 'bob'; write the name as it is kept"):
        known_as("Bob", ["BOB", "bob"])


# In a file


def test_a_name_is_found_in_the_file_wherever_it_stands(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    eva.settings.change("reviewers", "José")
    assert kept_name(eva.store, " ＥＶＡ ") == working_name(eva.store, "Eva") == "eva"
    assert kept_name(eva.store, "jose\u0301") == working_name(eva.store, "JOSÉ") == "José"
    assert kept_name(eva.store, "Bob") == working_name(eva.store, "Bob") == "Bob"
    assert kept_name(eva.store, "") == working_name(eva.store, " ") == ""


def test_a_new_name_is_kept_composed_and_with_single_spaces(eva: Desk) -> None:
    assert working_name(eva.store, " Ana  Mari\u0301a ") == "Ana María"


@pytest.mark.parametrize("name", ["еva", "Jоsé"])
def test_a_name_that_looks_like_one_in_the_file_is_nobodys_to_work_under(eva: Desk, name: str) -> None:
    choose(eva, "d:1", "outcome", "happened")
    eva.settings.change("reviewers", "José")
    assert kept_name(eva.store, name) == name
    with pytest.raises(RequestError, match="looks like"):
        working_name(eva.store, name)


def test_reviewers_are_kept_by_the_names_they_work_under(eva: Desk) -> None:
    choose(eva, "d:1", "outcome", "happened")
    assert eva.settings.change("reviewers", "EVA, Dora,dora").value == "eva, Dora"
    assert eva.settings.change("reviewers", "dora").value == "Dora"
    for said in ("еva", "dora, dоra", "AIID"):
        with pytest.raises(RequestError):
            eva.settings.change("reviewers", said)
    assert eva.settings.all()[-1].value == "Dora"
