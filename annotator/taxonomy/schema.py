"""The JSON Schema by which editors with YAML support complete and check taxonomy files.

`python -m annotator.taxonomy.schema` prints it.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from types import ModuleType
from typing import Any

from annotator.models import choice, condition, taxonomy
from annotator.models.taxonomy import Taxonomy
from annotator.taxonomy.checking_fields import CHOOSING, KINDS_WITH

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def taxonomy_schema() -> dict[str, Any]:
    """The schema of a taxonomy file; the docstrings of the model are its descriptions."""
    schema = _tidied(Taxonomy.model_json_schema(by_alias=True))
    parts = {"Taxonomy": schema, **schema["$defs"]}
    for (name, attribute), text in {**_docstrings(choice), **_docstrings(taxonomy), **_docstrings(condition)}.items():
        if name in parts and attribute in parts[name]["properties"]:
            parts[name]["properties"][attribute]["description"] = text
    parts["Field"]["allOf"] = _kind_rules()
    return {"$schema": DIALECT, "title": "Taxonomy of annotator", **schema}


def schema_text() -> str:
    """The schema as it is stored: sorted, indented, with a newline at the end."""
    return json.dumps(taxonomy_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tidied(value: Any) -> Any:
    """Leave out what says nothing to an editor: generated titles, `null` beside a type, null defaults."""
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _tidied(each) for key, each in value.items() if not _says_nothing(key, each)}
    options = [each for each in kept.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        return {**options[0], **kept}
    return {**kept, "anyOf": options} if options else kept


def _says_nothing(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)


def _docstrings(module: ModuleType) -> dict[tuple[str, str], str]:
    """The text under each attribute of each class, by class and name in YAML.

    Read here from the source and not by pydantic at import, where every start would pay for it.
    """
    found: dict[tuple[str, str], str] = {}
    classes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
    for node in classes:
        for statement, after in zip(node.body, node.body[1:], strict=False):
            text = _text_of(after)
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and text:
                found[node.name, _in_yaml(module, node.name, statement.target.id)] = text
    return found


def _text_of(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return str(statement.value.value)
    return ""


def _in_yaml(module: ModuleType, class_name: str, attribute: str) -> str:
    return getattr(module, class_name).model_fields[attribute].alias or attribute


def _kind_rules() -> list[dict[str, Any]]:
    """Which keys need which kinds, so that an editor marks the others at once."""
    rules = [
        {"if": {"required": [key]}, "then": {"properties": {"kind": {"enum": list(kinds)}}}}
        for key, kinds in KINDS_WITH.items()
        if key not in {"multiple", "select"}
    ]
    for kinds, key in ((CHOOSING, "choices"), (("group",), "fields")):
        chosen = {"properties": {"kind": {"enum": list(kinds)}}, "required": ["kind"]}
        rules.append({"if": chosen, "then": {"required": [key]}})
    return rules


if __name__ == "__main__":
    sys.stdout.write(schema_text())
