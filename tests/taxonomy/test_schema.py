"""The JSON Schema that ships is the one the model makes, and helps an editor."""

from __future__ import annotations

import json
from typing import Any

from annotator.model.taxonomy import Choice, Condition, Field, Heading, Taxonomy
from annotator.resources import data_folder
from annotator.taxonomy.writing import schema_text, taxonomy_schema


def test_the_shipped_schema_is_current() -> None:
    shipped = (data_folder("taxonomies") / "schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), "run make generate"


def test_every_key_of_the_language_is_described() -> None:
    schema = taxonomy_schema()
    parts = {"Taxonomy": schema, **schema["$defs"]}
    keys = [(name, key, value) for name, part in parts.items() for key, value in part["properties"].items()]
    bare = [f"{name}.{key}" for name, key, value in keys if "description" not in value]
    assert bare == []


def test_the_schema_has_the_keys_of_the_model() -> None:
    schema = taxonomy_schema()
    for model in (Choice, Field, Heading, Condition):
        keys = {setting.alias or name for name, setting in model.model_fields.items()}
        assert set(schema["$defs"][model.__name__]["properties"]) == keys
    assert set(schema["properties"]) == set(Taxonomy.model_fields)


def test_the_schema_refuses_unknown_keys_and_offers_no_null() -> None:
    def parts(value: Any) -> list[Any]:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [value, *(part for each in inside for part in parts(each))]

    schema = taxonomy_schema()
    assert {"type": "null"} not in parts(schema)
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())


def test_the_schema_is_sorted_so_that_changes_read_well() -> None:
    assert json.dumps(json.loads(schema_text()), indent=2, sort_keys=True, ensure_ascii=False) + "\n" == schema_text()
