"""The three default taxonomies guide whoever uses them, in English and in Japanese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.model.taxonomy import Choice, Field, Taxonomy, cycle_in
from annotator.taxonomy.reading import load_taxonomy

FOLDER = Path(__file__).resolve().parents[2] / "taxonomies"
DEFAULTS = ("harm_type", "technology", "affected_group")


@pytest.fixture(params=DEFAULTS)
def taxonomy(request: pytest.FixtureRequest) -> Taxonomy:
    return read(request.param)


def read(namespace: str) -> Taxonomy:
    return load_taxonomy(FOLDER / f"{namespace}.yaml")


def fields_of(taxonomy: Taxonomy) -> Iterator[Field]:
    for field in taxonomy.fields:
        yield field
        yield from field.fields


def choices_of(taxonomy: Taxonomy) -> Iterator[tuple[str, Choice]]:
    for field in fields_of(taxonomy):
        for top in field.choices:
            for choice in top.walk():
                yield f"{field.id}.{choice.id}", choice


def test_the_file_is_named_after_its_namespace(taxonomy: Taxonomy) -> None:
    assert (FOLDER / f"{taxonomy.namespace}.yaml").is_file()
    assert 4 <= len(taxonomy.fields) <= 8


def test_every_choice_says_what_it_means_and_where_it_ends(taxonomy: Taxonomy) -> None:
    for name, choice in choices_of(taxonomy):
        for guidance in (choice.definition, choice.use_when, choice.avoid_when, *choice.examples):
            assert isinstance(guidance, str), name
            assert guidance[0].isupper(), f"{name}: {guidance}"
            assert guidance.endswith("."), f"{name}: {guidance}"
        assert 1 <= len(choice.examples) <= 2, name


def test_no_two_choices_of_a_field_read_alike(taxonomy: Taxonomy) -> None:
    for field in fields_of(taxonomy):
        choices = [choice for top in field.choices for choice in top.walk()]
        for trait in ("id", "key", "definition", "use_when"):
            counted = Counter(str(getattr(choice, trait)) for choice in choices if getattr(choice, trait))
            assert not [each for each, times in counted.items() if times > 1], (field.id, trait)
        for language in ("en", "ja"):
            labels = [choice.label[language] for choice in choices if isinstance(choice.label, dict)]
            assert len(set(labels)) == len(choices), (field.id, language)


def test_every_choice_that_can_be_stored_has_a_key(taxonomy: Taxonomy) -> None:
    for field in fields_of(taxonomy):
        for choice in field.all_choices.values():
            stored = not choice.children or field.select == "any"
            assert bool(choice.key) is stored, f"{field.id}.{choice.id}"


def test_labels_are_there_in_english_and_japanese(taxonomy: Taxonomy) -> None:
    labels = [taxonomy.title, *(field.label for field in fields_of(taxonomy))]
    labels += [choice.label for _, choice in choices_of(taxonomy)]
    labels += [heading.label for heading in taxonomy.headings]
    for label in labels:
        assert isinstance(label, dict), label
        assert set(label) == {"en", "ja"}
        assert not label["ja"].isascii(), label


def test_field_ids_and_numbers_are_unique_and_stand_under_a_heading(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.by_id) == len(taxonomy.fields)
    numbers = [field.number for field in taxonomy.fields]
    assert len(set(numbers)) == len(numbers)
    assert numbers == sorted(numbers, key=str)
    assert all(taxonomy.headings_of.values())


def test_conditions_read_fields_and_choices_that_exist(taxonomy: Taxonomy) -> None:
    assert cycle_in(taxonomy) is None
    conditional = [field for field in taxonomy.fields if field.visible_if]
    assert conditional
    for field in conditional:
        assert field.visible_if
        assert field.visible_if.fields_read() <= taxonomy.by_id.keys()
        for read_field, operands in leaves(field.visible_if.model_dump()):
            asked = taxonomy.by_id[read_field]
            assert not asked.choices or operands <= asked.all_choices.keys(), field.id


def leaves(condition: dict[str, object]) -> Iterator[tuple[str, set[str]]]:
    """The comparisons of a dumped condition, as (field, choice ids compared with)."""
    found: set[str] = set()
    for name, part in condition.items():
        if name in {"all", "any"} and isinstance(part, list):
            for each in part:
                yield from leaves(each)
        elif name == "negated" and isinstance(part, dict):
            yield from leaves(part)
        elif name not in {"field", "state", "answered"} and isinstance(part, str):
            found.add(part)
        elif name not in {"all", "any"} and isinstance(part, list):
            found.update(map(str, part))
    if isinstance(condition.get("field"), str):
        yield str(condition["field"]), found


def test_each_taxonomy_asks_for_evidence_where_it_matters_most(taxonomy: Taxonomy) -> None:
    demanding = [field for field in taxonomy.fields if field.evidence == "required"]
    assert demanding
    assert all(field.required for field in demanding)


def test_together_they_show_most_kinds_of_field() -> None:
    kinds = {field.kind for namespace in DEFAULTS for field in fields_of(read(namespace))}
    assert kinds >= {"single", "multi", "tree", "scale", "bool", "integer", "number", "date", "tags", "group"}
    assert kinds >= {"location", "text", "long_text"}
