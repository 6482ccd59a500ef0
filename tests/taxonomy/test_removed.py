"""What a taxonomy remembers of its earlier versions, and how that reads and ranks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from annotator.desk.comparison.categories import Categories
from annotator.desk.comparison.policy import StatePolicy
from annotator.model.outline import FieldOutline, TaxonomyOutline, choice_words, outline_of
from annotator.model.taxonomy import Taxonomy, removed_in
from annotator.taxonomy.reading import read_taxonomy
from tests.versions import FIRST, SECOND

THIRD = SECOND.replace("version: 2", "version: 3").replace(", {id: b, label: Beta}", ", {id: c, label: Gamma again}")


Made = Callable[..., TaxonomyOutline]


def outlines(*texts: str) -> TaxonomyOutline:
    """The last of some versions as the file keeps them, knowing those before it."""
    found: list[TaxonomyOutline] = []
    for text in texts:
        document = json.loads(read_taxonomy(text).model_dump_json(exclude_defaults=True, by_alias=True))
        found.append(outline_of(document, found))
    return found[-1]


def remembering(*texts: str) -> Taxonomy:
    *earlier, now = map(read_taxonomy, texts)
    return now.remembering(earlier)


@pytest.mark.parametrize("made", [outlines, remembering])
def test_a_choice_that_is_gone_reads_with_the_version_it_went_in(made: Made) -> None:
    kind = made(FIRST, SECOND).by_id["kind"]
    assert [choice_words(kind, each) for each in ("a", "c", "?")] == ["Alpha", "Gamma (removed in version 2)", "?"]


@pytest.mark.parametrize("made", [outlines, remembering])
def test_a_choice_that_is_there_again_is_not_marked(made: Made) -> None:
    kind = made(FIRST, SECOND, THIRD).by_id["kind"]
    assert [choice_words(kind, each) for each in ("b", "c")] == ["Beta (removed in version 3)", "Gamma again"]


def test_a_field_that_is_gone_is_known_as_it_last_was() -> None:
    now = remembering(FIRST, SECOND, THIRD)
    assert {name: (gone.field.name, gone.version) for name, gone in now.removed.items()} == {"old": ("Old field", 2)}
    known = now.known("old")
    assert known
    assert known.number == "2.1"
    assert now.known("never") is None
    assert remembering(FIRST).removed == {}


def test_what_is_remembered_is_no_part_of_the_taxonomy() -> None:
    assert remembering(FIRST, SECOND).sha256 == read_taxonomy(SECOND).sha256
    assert not read_taxonomy(SECOND).by_id["kind"].removed


def test_every_choice_of_a_value_that_is_gone_is_named() -> None:
    now = remembering(FIRST, SECOND)
    assert removed_in(now.by_id["many"], ["x", "z"]) == ["Zed (removed in version 2)"]
    assert removed_in(now.by_id["people"], [{"role": "cook"}, {}, {"role": "rider"}]) == ["Cook (removed in version 2)"]
    assert removed_in(now.by_id["kind"], None) == removed_in(now.by_id["kind"], "a") == []


def test_a_text_is_no_choice_though_it_was_one() -> None:
    choices = "single, required: true, choices: [\n      {id: a, label: Alpha}, {id: b, label: Beta}]"
    text = SECOND.replace(choices, "text")
    kind = remembering(FIRST, text).by_id["kind"]
    assert (kind.kind, removed_in(kind, "c")) == ("text", [])


SCALE = "namespace: s\nversion: {}\nfields: [{{id: f, kind: scale, choices: [{}]}}]"


def scale(*versions: str) -> FieldOutline:
    """A scale whose choices each version lists by their letters."""
    listed = [", ".join(f"{{id: {each}, label: {each.upper()}}}" for each in letters) for letters in versions]
    return outlines(*(SCALE.format(number, each) for number, each in enumerate(listed, 1))).by_id["f"]


@pytest.mark.parametrize(
    ("versions", "met", "order"),
    [
        (("abc", "ac"), "b", "abc"),
        (("abc", "bc"), "a", "abc"),
        (("abc", "ab"), "c", "abc"),
        (("abcde", "ae"), "cd", "acde"),
        (("abcde", "ae"), "dcb", "abcde"),
        (("abcd", "acd", "ad"), "c", "acd"),
        (("abc", "ac"), "bx", "abcx"),
    ],
)
def test_a_removed_step_of_a_scale_keeps_its_rank(versions: tuple[str, ...], met: str, order: str) -> None:
    known = Categories(scale(*versions), dict(enumerate(met, 1)), StatePolicy())
    places = [known.position((code,)) for code in range(1, len(met) + 1)]
    found, moved = known.in_order()
    assert "".join(map(str, found)) == order
    assert [found[moved[place]] for place in places if place is not None] == list(met)
    assert known.met == set(met)
