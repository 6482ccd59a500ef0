"""Write a taxonomy as YAML that reads back as the same taxonomy.

The JSON Schema by which editors with YAML support complete and check taxonomy files.

`python -m annotator.taxonomy.schema` prints it.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from types import ModuleType
from typing import Any

import yaml

from annotator.errors import RequestError
from annotator.model import taxonomy
from annotator.model.taxonomy import Taxonomy
from annotator.strict_yaml import plain_value
from annotator.taxonomy.checking import CHOOSING, KINDS_WITH


def to_yaml(taxonomy: Taxonomy) -> str:
    """Write everything that differs from the defaults, in the order of the model."""
    document = taxonomy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    ordered = {"namespace": taxonomy.namespace, "version": taxonomy.version, **document}
    return yaml.dump(ordered, Dumper=TaxonomyDumper, sort_keys=False, allow_unicode=True, width=110)


class TaxonomyDumper(yaml.SafeDumper):
    """Writes so that the strict reader reads the same again."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write every part out: the reader refuses aliases."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists under their key too."""
        super().increase_indent(flow, indentless and flow)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Blocks for texts of several lines, escapes for characters nobody sees, quotes for what reads as a number."""
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    if len(lines) > 1 and lines[0] and all(line == line.strip() for line in lines) and lines[-2:] != ["", ""]:
        return "|"
    return None if plain_value(text) == text else "'"


TaxonomyDumper.add_representer(str, _text)


NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,63}")
TEXT = """\
# yaml-language-server: $schema={schema}
#
# A taxonomy: the questions that editors answer about incidents and reports.
# Check it with `annotator taxonomy check {namespace}.yaml`; put it in a folder and
# name that folder with `--taxonomies` to classify under it.

# The name for programs. It never changes; the title may.
namespace: {written}
# Raise the version when the meaning of a question or choice changes.
version: 1
# Texts can stand in several languages: title: {{en: Hail, fr: Grêle}}
title: {title}
applies_to: [incident, report]
guidance: What is this taxonomy for, and what should its editors read first?

# Titles over parts of the form. They stand over the fields whose number begins with theirs.
headings:
  - {{number: "1", label: First questions}}

fields:
  # `id` is what is stored: keep it when a label changes. Quote numbers, so that 1.10 stays 1.10.
  - id: relevant
    number: "1.1"
    label: Relevant
    short: Is this about what the taxonomy covers?
    # One of: single, multi, tree, scale (choices); bool; integer, number; date;
    # text, long_text, location; tags (an open list); group (rows of fields).
    kind: single
    # A classification cannot be submitted before this is answered, or marked unknown.
    required: true
    choices:
      - id: yes
        label: Yes
        # One key of the keyboard chooses it.
        key: y
        definition: What exactly does this choice mean?
        use_when: What has to be true for an editor to choose it?
        avoid_when: Which case looks alike and belongs to another choice?
        examples: [A case in which it was chosen]
      - id: no
        label: No
        key: n

  - id: kind_of_damage
    number: "1.2"
    label: Kind of damage
    kind: tree
    multiple: true
    # `leaf`: only choices without children can be chosen. `any`: parents too.
    select: leaf
    # Whether editors must quote the passage that supports the answer: required, optional or none.
    evidence: optional
    # Asked only when the condition holds. Conditions join with all, any and not.
    visible_if: {{field: relevant, equals: yes}}
    choices:
      - id: material
        label: Material
        children:
          - {{id: building, label: Building}}
          - {{id: vehicle, label: Vehicle}}
      - {{id: other, label: Other}}

  - id: note
    number: "1.3"
    label: Note
    kind: long_text
"""


def new_taxonomy(namespace: str, schema: str = "schema.json") -> str:
    """A commented YAML file to begin with; `schema` is where the file finds the JSON Schema."""
    if not NAMESPACE.fullmatch(namespace):
        example = re.sub(r"[^A-Za-z0-9_\-]+", "_", namespace).strip("_-0123456789")[:64] or "my_taxonomy"
        raise RequestError(
            f"{namespace!r} cannot be a namespace: use letters, digits, `_` and `-`, "
            f"beginning with a letter, such as {example!r}"
        )
    title = namespace.replace("_", " ").capitalize()
    written = namespace if plain_value(namespace) == namespace else f'"{namespace}"'
    return TEXT.format(namespace=namespace, written=written, title=f'"{title}"', schema=schema)


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def taxonomy_schema() -> dict[str, Any]:
    """The schema of a taxonomy file; the docstrings of the model are its descriptions."""
    schema = _tidied(Taxonomy.model_json_schema(by_alias=True))
    parts = {"Taxonomy": schema, **schema["$defs"]}
    for (name, attribute), text in {**_docstrings(taxonomy), **_docstrings(taxonomy), **_docstrings(taxonomy)}.items():
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
    fields = getattr(getattr(module, class_name), "model_fields", {})
    return (fields[attribute].alias if attribute in fields else None) or attribute


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
