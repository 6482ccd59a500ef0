"""The first file of a new taxonomy, with a word on every part."""

from __future__ import annotations

import re

from annotator.errors import RequestError
from annotator.strict_yaml import plain_value

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
