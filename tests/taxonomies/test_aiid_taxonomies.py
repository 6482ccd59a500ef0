"""AIID's four taxonomies ship with AIID's names and values, exactly, and with guidance for each question."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.model.outline import in_language
from annotator.model.taxonomy import Field, Taxonomy
from annotator.taxonomy.reading import load_taxonomy

FOLDER = Path(__file__).resolve().parents[2] / "taxonomies"
FILES = {"CSETv0": "cset_v0", "CSETv1": "cset_v1", "GMF": "gmf", "MIT": "mit"}
KINDS = {
    "enum": "single", "multi": "multi", "list": "tags", "string": "text", "long_string": "long_text", "bool": "bool",
    "int": "integer", "date": "date", "location": "location", "object-list": "group",
}  # fmt: skip
# AIID gives two enums the default of a third, and an empty list is no answer.
NOT_OURS = {"Nature of End User": "Accident", "Level of Autonomy": "Accident", "Entities": "[]"}
# What AIID's data holds although AIID's own lists do not have it.
OUTSIDE = {
    ("Annotation Status", "--"),
    ("Location Region", "--"),
    ("Location Region", "Eastern and South-Eastern Asia"),
    ("Location Region", "Europe and Northern America"),
    ("Level of Autonomy", "Unclear/unknown"),
    ("Harm Type", "Other:…"),
    ("Harm Distribution Basis", "Other:…"),
    ("Physical System", "Other:…"),
}

AiidField = dict[str, Any]


def ours(namespace: str) -> Taxonomy:
    return load_taxonomy(FOLDER / f"{FILES[namespace]}.yaml")


def theirs(shared_data: Path, namespace: str) -> dict[str, Any]:
    folder = shared_data / "aiid-taxa"
    stored = {each["namespace"]: each for each in json.loads((folder / "taxa.json").read_text("utf-8"))}
    answered = json.loads((folder / "taxa_graphql.json").read_text("utf-8"))["data"]["taxas"]
    stored["CSETv0"] = next(each for each in answered if each["namespace"] == "CSET")
    found: dict[str, Any] = stored[namespace]
    # A switch of AIID's own form; the snapshot has no column for it.
    found["field_list"] = [each for each in found["field_list"] if each["short_name"] != "Publish"]
    return found


def pairs(ours_: list[Field], theirs_: list[AiidField]) -> Iterator[tuple[Field, AiidField]]:
    """Each of our fields with AIID's in the same place, sub-fields after their group."""
    for field, aiid in zip(ours_, theirs_, strict=True):
        yield field, aiid
        yield from pairs(field.fields, aiid.get("subfields") or [])


def all_fields(taxonomy: Taxonomy) -> list[Field]:
    return [each for field in taxonomy.fields for each in (field, *field.fields)]


def labels(field: Field) -> list[str]:
    return [in_language(choice.label) for choice in field.choices]


@pytest.fixture(params=list(FILES))
def namespace(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def taxonomy(namespace: str) -> Taxonomy:
    return ours(namespace)


@pytest.fixture
def both(namespace: str, shared_data: Path) -> list[tuple[Field, AiidField]]:
    return list(pairs(ours(namespace).fields, theirs(shared_data, namespace)["field_list"]))


def test_the_namespace_is_written_as_aiid_writes_it(namespace: str, taxonomy: Taxonomy) -> None:
    assert taxonomy.namespace == namespace
    assert taxonomy.applies_to == ["incident", "report"]
    assert (taxonomy.source or "").startswith("https://incidentdatabase.ai/taxonomies/")


def test_each_question_is_asked_in_one_line(taxonomy: Taxonomy) -> None:
    for field in all_fields(taxonomy):
        assert isinstance(field.short, str), field.id
        assert field.short.endswith("?"), field.id
        assert len(field.short) <= 100, field.id
        assert "\n" not in field.short, field.id


def test_ids_are_unique_slugs(taxonomy: Taxonomy) -> None:
    for fields in (taxonomy.fields, *(field.fields for field in taxonomy.fields)):
        assert most_often(field.id for field in fields) <= 1
    for field in all_fields(taxonomy):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field.id), field.id
        assert most_often(choice.id for choice in field.choices) <= 1, field.id
        for choice in field.choices:
            assert re.fullmatch(r"[a-z][a-z0-9_]*|\d", choice.id), choice.id


def test_no_key_and_no_label_stands_twice_in_a_field(taxonomy: Taxonomy) -> None:
    for field in all_fields(taxonomy):
        assert most_often(choice.key for choice in field.choices if choice.key) <= 1, field.id
        assert most_often(labels(field)) <= 1, field.id


def most_often(values: Iterator[str] | list[str]) -> int:
    return max(Counter(values).values(), default=0)


def test_yes_no_and_maybe_are_explained_per_question_and_have_their_keys(taxonomy: Taxonomy) -> None:
    for field in all_fields(taxonomy):
        if labels(field) == ["yes", "no", "maybe"]:
            assert [(choice.id, choice.key) for choice in field.choices] == [("yes", "y"), ("no", "n"), ("maybe", "m")]
            for word in ("Yes when", "; no when", "; maybe when"):
                assert word in in_language(field.guidance), (field.id, word)


def test_defaults_are_values_the_field_takes(taxonomy: Taxonomy) -> None:
    for field in all_fields(taxonomy):
        if field.has_choices and field.default is not None:
            offered = field.default if field.holds_many else [field.default]
            assert set(offered) <= set(field.all_choices), field.id


def test_fields_have_aiids_names_numbers_and_kinds_in_aiids_order(both: list[tuple[Field, AiidField]]) -> None:
    for field, aiid in both:
        assert field.label == aiid["short_name"]
        assert field.number == (aiid.get("field_number") or None), field.id
        assert field.kind == KINDS[aiid["display_type"]], field.id


def test_headings_are_aiids(namespace: str, taxonomy: Taxonomy, shared_data: Path) -> None:
    expected = theirs(shared_data, namespace).get("dummy_fields") or []
    assert [(each.number, each.label) for each in taxonomy.headings] == [
        (each["field_number"], each["short_name"]) for each in expected
    ]


def test_choices_are_aiids_permitted_values(both: list[tuple[Field, AiidField]]) -> None:
    for field, aiid in both:
        permitted = aiid.get("permitted_values") or []
        if field.kind == "tags":  # suggestions there: any text goes
            assert all(value in in_language(field.guidance) for value in permitted), field.id
            assert not field.choices, field.id
        else:
            assert labels(field) == permitted, field.id


def test_switches_are_aiids(both: list[tuple[Field, AiidField]]) -> None:
    for field, aiid in both:
        assert field.required is bool(aiid.get("required")), field.id
        assert field.facet is bool(aiid.get("instant_facet")), field.id
        assert field.public is (aiid.get("public") is not False), field.id


def test_defaults_are_aiids(both: list[tuple[Field, AiidField]]) -> None:
    for field, aiid in both:
        assert as_aiid_writes_it(field) == given_default(aiid), field.id


def as_aiid_writes_it(field: Field) -> str | None:
    if isinstance(field.default, bool):
        return str(field.default).lower()
    first = field.default[0] if isinstance(field.default, list) else field.default
    return in_language(field.all_choices[first].label) if first in field.all_choices else first


def given_default(aiid: AiidField) -> str | None:
    default = aiid.get("default") or None
    return None if default == NOT_OURS.get(aiid["short_name"]) else default


def test_suggestions_come_from_where_aiid_takes_them(both: list[tuple[Field, AiidField]]) -> None:
    names = {field.id: field.label for field, _ in both}
    for field, aiid in both:
        source = aiid.get("complete_from") or {}
        read = {names[each] for each in field.complete_from.fields}
        if "all" in source:
            assert field.complete_from.history, field.id
            assert read | {field.label} == set(source["all"]), field.id
        else:
            assert read == set(source.get("current") or []), field.id
        assert field.complete_from.entities or not source.get("entities"), field.id


def test_columns_of_the_snapshot_are_the_fields_in_order(namespace: str, taxonomy: Taxonomy, shared_data: Path) -> None:
    for path in snapshots(shared_data, namespace):
        header, _ = table(path)
        assert header[3:] == [field.label for field in taxonomy.fields], path.name


def test_values_of_the_snapshot_are_choices_except_the_known_ones(shared_data: Path) -> None:
    found = {each for namespace in FILES for each in outside(shared_data, namespace)}
    assert found == OUTSIDE


def outside(shared_data: Path, namespace: str) -> Iterator[tuple[str, str]]:
    fields = ours(namespace).fields
    for path in snapshots(shared_data, namespace):
        _, rows = table(path)
        for row in rows:
            for field, cell in zip(fields, row[3:], strict=True):
                yield from ((field.name, value) for value in unknown_values(field, cell))


def snapshots(shared_data: Path, namespace: str) -> list[Path]:
    found = sorted((shared_data / "aiid-snapshot").glob(f"classifications_{namespace}*.csv"))
    assert found
    return found


def table(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert rows
    return header, rows


def unknown_values(field: Field, cell: str) -> list[str]:
    """What a cell holds that the field does not know; free text after `Other:` is cut off."""
    if not cell:
        return []
    if field.kind == "bool":
        return [] if cell in {"True", "False"} else [cell]
    if field.kind == "integer":
        return [] if re.fullmatch(r"-?\d+", cell) else [cell]
    if field.kind == "single":
        return [] if cell in labels(field) else [cell]
    return unknown_parts(field, cell) if field.kind == "multi" else []


def unknown_parts(field: Field, cell: str) -> list[str]:
    """Take known labels off the front, longest first, because labels contain the comma that joins them."""
    known = sorted(labels(field), key=len, reverse=True)
    left = cell
    unknown: list[str] = []
    while left:
        label = next((each for each in known if left == each or left.startswith(f"{each}, ")), None)
        if label is None and left.startswith("Other:"):
            return [*unknown, "Other:…"]
        part = label or left.partition(", ")[0]
        unknown += [] if label else [part]
        left = left[len(part) :].removeprefix(", ")
    return unknown
