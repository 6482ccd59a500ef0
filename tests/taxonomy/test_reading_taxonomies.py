"""A mistake in a taxonomy file is told with its line, its field and the way out, and all mistakes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import TaxonomyError
from annotator.model.taxonomy import Taxonomy
from annotator.resources import data_folder
from annotator.taxonomy.reading import load_taxonomy, read_taxonomy

SHIPPED = sorted(data_folder("taxonomies").glob("*.yaml"))
HEAD = "namespace: weather\nfields:\n"
"""Two lines; what the cases below add begins on line 3."""


def problems(text: str) -> list[str]:
    with pytest.raises(TaxonomyError) as caught:
        read_taxonomy(text, "w.yaml")
    return [str(problem) for problem in caught.value.problems]


WHOLE_FILES = {
    "hello": "w.yaml:1: is not a taxonomy; begin with `namespace: …` and `fields:`",
    "- 1": "w.yaml:1: is not a taxonomy; begin with `namespace: …` and `fields:`",
    "namespace: weather": "w.yaml:1: fields: lacks 'fields'; add `fields: …`",
    "namespace: weather\nfields: []": "w.yaml:2: fields: fields is empty; add at least one entry",
    "namespace: weather\nfields: x": "w.yaml:2: fields: fields expects a list, not 'x'; begin each entry with `- `",
    "namespace: weather\nfields:\n  - x": (
        "w.yaml:3: fields[0]: fields expects keys and values, not 'x'; write `key: value` lines"
    ),
    "fields:\n  - {id: a, kind: text}": "w.yaml:1: namespace: lacks 'namespace'; add `namespace: …`",
    "namespace: 1st\nfields:\n  - {id: a, kind: text}": (
        "w.yaml:1: namespace: namespace '1st' is not possible; use letters, digits, `_` and `-`, beginning"
    ),
    "namespace: w\nversion: 0\nfields:\n  - {id: a, kind: text}": ("w.yaml:2: version: version is 0; write 1 or more"),
    "namespace: w\nversion: one\nfields:\n  - {id: a, kind: text}": (
        "w.yaml:2: version: version is 'one'; write a whole number"
    ),
    "namespace: w\napplies_to: [incidents]\nfields:\n  - {id: a, kind: text}": (
        "w.yaml:2: applies_to[0]: applies_to 'incidents' is not one of incident, report; did you mean 'incident'?"
    ),
    "namespace: w\nheadings:\n  - {number: 1, label: x}\nfields:\n  - {id: a, kind: text}": (
        'w.yaml:3: headings[0].number: number is 1 without quotes, which is not text; write number: "1"'
    ),
    "namespace: w\ntitel: W\nfields:\n  - {id: a, kind: text}": "w.yaml:2: titel: unknown key 'titel'; did you mean",
    "namespace: w\nxyzzy: W\nfields:\n  - {id: a, kind: text}": (
        "w.yaml:2: xyzzy: unknown key 'xyzzy'; possible here: namespace, version, title, source"
    ),
}


@pytest.mark.parametrize("text", WHOLE_FILES)
def test_a_file_that_is_wrong_as_a_whole(text: str) -> None:
    assert len(problems(text)) == 1
    assert problems(text)[0].startswith(WHOLE_FILES[text])


FIELDS = {
    "- id: a\n  kind: text\n  chioces: [b]": "w.yaml:5: a: unknown key 'chioces'; did you mean 'choices'?",
    "- id: a\n  kind: singel": "w.yaml:4: a: kind 'singel' is not one of single, multi, tree",
    "- id: a\n  knd: text": "w.yaml:4: a: unknown key 'knd'; did you mean 'kind'?",
    "- id: a": "w.yaml:3: a: lacks 'kind'; add `kind: …`",
    "- kind: text": "w.yaml:3: fields[0]: lacks 'id'; add `id: …`",
    "- id: 1\n  kind: text": 'w.yaml:3: fields[0]: id is 1 without quotes, which is not text; write id: "1"',
    "- id: a b\n  kind: text": "w.yaml:3: a b: id 'a b' is not possible; use letters, digits, `_`, `.` and `-`",
    "- id: a\n  number: 2.1\n  kind: text": (
        'w.yaml:4: a: number is 2.1 without quotes, which is not text; write number: "2.1"'
    ),
    '- id: a\n  number: "2."\n  kind: text': "w.yaml:4: a: number '2.' is not possible; use figures with points",
    "- id: a\n  kind: text\n  required: perhaps": "w.yaml:5: a: required is 'perhaps'; write true or false",
    "- id: a\n  kind: text\n  label: true": "w.yaml:5: a: label is true without quotes, which is not text",
    "- id: a\n  kind: text\n  label: [b]": "w.yaml:5: a: label expects text, not a list; write label: …",
    "- id: a\n  kind: text\n  label: {en: 3}": 'w.yaml:5: a: en is 3 without quotes, which is not text; write en: "3"',
    "- id: a\n  kind: integer\n  minimum: low": "w.yaml:5: a: minimum is 'low'; write a number",
    "- id: a\n  kind: tags\n  at_most: 1.5": "w.yaml:5: a: at_most is 1.5; write a whole number",
    "- id: a\n  kind: tags\n  at_least: -1": "w.yaml:5: a: at_least is -1; write 0 or more",
    "- id: a\n  kind: text\n  alias: other": "w.yaml:5: a: alias expects a list, not 'other'; begin each",
    "- id: a\n  kind: text\n  complete_from: history": "w.yaml:5: a: complete_from expects keys and values, not",
    "- id: a\n  kind: text\n  complete_from: {histroy: false}": (
        "w.yaml:5: a: unknown key 'histroy'; did you mean 'history'?"
    ),
    "- id: a\n  kind: single\n  choices:\n    - id: b\n      lable: B": (
        "w.yaml:7: a: choice 'b': unknown key 'lable'; did you mean 'label'?"
    ),
    "- id: a\n  kind: single\n  choices:\n    - {id: b}": "w.yaml:6: a: choice 'b': lacks 'label'; add `label: …`",
    "- id: a\n  kind: single\n  choices:\n    - {id: b, label: }": (
        "w.yaml:6: a: choice 'b': label expects text, not nothing; write label: …"
    ),
    "- id: a\n  kind: single\n  choices:\n    - {id: b, label: B, key: bb}": (
        "w.yaml:6: a: choice 'b': key 'bb' is too long; write at most one character"
    ),
    '- id: a\n  kind: single\n  choices:\n    - {id: b, label: B, key: ""}': (
        "w.yaml:6: a: choice 'b': key is empty; write a character or leave key out"
    ),
    "- id: a\n  kind: single\n  choices:\n    - {id: b, label: Rain, snow or hail}": (
        "w.yaml:6: a: choice 'b': the text 'snow or hail' was cut off at a comma; put text that holds a comma"
    ),
    "- id: a\n  kind: tree\n  choices:\n    - id: b\n      label: B\n      children:\n        - {id: [c], label: C}": (
        "w.yaml:9: a: choice 'C': id expects text, not a list; write id: …"
    ),
    "- id: g\n  kind: group\n  fields:\n    - id: s\n      kind: txt": "w.yaml:7: g.s: kind 'txt' is not one of single",
    "- id: g\n  kind: group\n  fields: {id: s}": "w.yaml:5: g: fields expects a list, not keys and values",
    "- id: a\n  kind: text\n  visible_if: {field: b}": "w.yaml:5: a: compare field 'b' with one of: equals, not_",
    "- id: a\n  kind: text\n  visible_if: {field: b, equals: 1, in: [2]}": "w.yaml:5: a: compare field 'b' with one of",
    "- id: a\n  kind: text\n  visible_if: {equals: 1}": "w.yaml:5: a: a condition is one of: all, any, not, or field",
    "- id: a\n  kind: text\n  visible_if: {field: b, in: c}": "w.yaml:5: a: in expects a list, not 'c'",
    "- id: a\n  kind: text\n  visible_if: {field: b, equals: [c]}": "w.yaml:5: a: equals expects text, not a list",
    "- id: a\n  kind: text\n  visible_if: {field: b, eqals: c}": "w.yaml:5: a: unknown key 'eqals'; did you mean 'eq",
    "- id: a\n  kind: text\n  visible_if:\n    not:\n      fild: b": (
        "w.yaml:7: a: unknown key 'fild'; did you mean 'field'?"
    ),
    "- id: a\n  kind: text\n  visible_if: {all: []}": "w.yaml:5: a: all is empty; add at least one entry",
}


@pytest.mark.parametrize("entry", FIELDS)
def test_a_field_that_is_written_wrongly(entry: str) -> None:
    assert len(problems(HEAD + entry)) == 1
    assert problems(HEAD + entry)[0].startswith(FIELDS[entry])


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = HEAD + "- {id: a, kind: singel}\n- id: b\n  knd: text\n  required: perhaps\n- {id: c, kind: text, x: 1}\n"
    assert [line.split(": ")[:2] for line in problems(text + "vresion: 3")] == [
        ["w.yaml:3", "a"],
        ["w.yaml:5", "b"],
        ["w.yaml:6", "b"],
        ["w.yaml:7", "c"],
        ["w.yaml:8", "vresion"],
    ]


def test_a_file_from_disk_is_named_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("namespace: mine\n")
    with pytest.raises(TaxonomyError, match=f"^{path}:1: fields: lacks"):
        load_taxonomy(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_taxonomies_are_in_order(path: Path) -> None:
    taxonomy = load_taxonomy(path)
    assert taxonomy.fields
    assert path.stem.replace("_", "") == taxonomy.namespace.replace("_", "").lower()


def test_all_shipped_taxonomies_are_there() -> None:
    assert {path.stem for path in SHIPPED} >= {
        "harm_type", "technology", "affected_group", "cset_v0", "cset_v1", "gmf", "mit",
    }  # fmt: skip


KEYS = [*Taxonomy.model_fields, "id", "label", "kind", "choices", "children", "visible_if", "not", "all", "field", "in"]
scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b", "tree", "group", "", "1", "ä"])
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
)


@given(st.dictionaries(st.sampled_from(KEYS), documents, max_size=6))
def test_no_document_makes_the_reader_crash(document: dict[str, Any]) -> None:
    document = {"namespace": "w", **document}
    try:
        taxonomy = read_taxonomy(yaml.safe_dump(document), "w.yaml")
    except TaxonomyError as error:
        assert all(str(problem).startswith("w.yaml:") and problem.line for problem in error.problems)
    else:
        assert taxonomy.namespace == document["namespace"]
