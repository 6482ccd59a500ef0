"""What the parts of a taxonomy say about one another has to be right, too."""

from __future__ import annotations

import pytest
from hypothesis import given

from annotator.errors import TaxonomyError
from annotator.model.taxonomy import Taxonomy
from annotator.taxonomy.checking import problems_in
from annotator.taxonomy.reading import read_taxonomy
from tests.taxonomy.strategies import taxonomies

START = """\
namespace: weather
applies_to: [incident]
fields:
  - id: harm
    number: "1"
    kind: tree
    multiple: true
    choices:
      - {id: body, label: Body, children: [{id: death, label: Death}, {id: injury, label: Injury}]}
  - {id: sure, kind: bool}
  - {id: deaths, kind: integer}
  - {id: begun, kind: date}
  - {id: place, kind: location}
  - {id: words, kind: tags}
  - {id: parties, kind: group, number: "2", fields: [{id: name, kind: text, number: "2"}]}
  - {id: force, kind: scale, choices: [{id: low, label: Low}, {id: high, label: High}]}
  - id: one
    kind: tree
    select: leaf
    choices: [{id: top, label: Top, children: [{id: leaf, label: Leaf}]}]
"""
"""In order by itself; what the cases below add begins on line 21."""


def problems(text: str) -> list[str]:
    with pytest.raises(TaxonomyError) as caught:
        read_taxonomy(text, "w.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_the_start_of_the_cases_is_in_order() -> None:
    assert len(read_taxonomy(START).fields) == 9


FIELDS = {
    "id of another field": (
        "{id: harm, kind: text}",
        "harm: id 'harm' is used by a field above; give this one another id",
    ),
    "number of another field": (
        '{id: x, kind: text, number: "1"}',
        "x: number 1 belongs to 'harm' already; give this field another number",
    ),
    "empty label": ('{id: x, kind: text, label: " "}', "x: label is empty; write a text or leave label out"),
    "label in no language": ("{id: x, kind: text, label: {}}", "x: label is empty; write a text"),
    "label in one language empty": ('{id: x, kind: text, label: {en: A, ja: ""}}', "x: label is empty"),
    "unknown language": (
        "{id: x, kind: text, label: {English: A}}",
        "x: 'English' is not a language code; use one such as en, ja or pt-BR",
    ),
    "empty alias": ('{id: x, kind: text, alias: [""]}', "x: alias holds an empty name; remove it"),
    "no choices": ("{id: x, kind: single}", "x: kind single needs choices; add `choices:`"),
    "choices without use": (
        "{id: x, kind: bool, choices: [{id: a, label: A}]}",
        "x: kind bool takes no choices, only single, multi, tree, scale; remove choices or change the kind",
    ),
    "group of nothing": ("{id: x, kind: group}", "x: kind group needs fields; add `fields:`"),
    "fields without a group": (
        "{id: x, kind: text, fields: [{id: y, kind: text}]}",
        "x: kind text takes no fields, only group; remove fields or change the kind",
    ),
    "group in a group": (
        "{id: x, kind: group, fields: [{id: y, kind: group, fields: [{id: z, kind: text}]}]}",
        "x.y: a group cannot stand in a group; make it a field of its own",
    ),
    "parts alike": (
        "{id: x, kind: group, fields: [{id: y, kind: text}, {id: y, kind: text}]}",
        "x.y: id 'y' is used by a field above",
    ),
    "condition in a group": (
        "{id: x, kind: group, fields: [{id: y, kind: text, visible_if: {field: sure, equals: true}}]}",
        "x.y: visible_if cannot stand inside a group; set it on the group",
    ),
    "subject in a group": (
        "{id: x, kind: group, fields: [{id: y, kind: text, applies_to: [incident]}]}",
        "x.y: applies_to cannot stand inside a group; set it on the group",
    ),
    "evidence in a group": (
        "{id: x, kind: group, fields: [{id: y, kind: text, evidence: required}]}",
        "x.y: evidence belongs to the whole group; set it on the group",
    ),
    "mistake in a group": ("{id: x, kind: group, fields: [{id: y, kind: single}]}", "x.y: kind single needs choices"),
    "multiple without a tree": (
        "{id: x, kind: multi, multiple: true, choices: [{id: a, label: A}]}",
        "x: kind multi takes no multiple, only tree; remove multiple or change the kind",
    ),
    "select without a tree": (
        "{id: x, kind: single, select: leaf, choices: [{id: a, label: A}]}",
        "x: kind single takes no select, only tree; remove select or change the kind",
    ),
    "children without a tree": (
        "{id: x, kind: single, choices: [{id: a, label: A, children: [{id: b, label: B}]}]}",
        "x: choice 'a': kind single takes no children; use kind tree",
    ),
    "bounds of text": ("{id: x, kind: text, minimum: 1}", "x: kind text takes no minimum, only integer, number"),
    "bounds exchanged": (
        "{id: x, kind: integer, minimum: 3, maximum: 1}",
        "x: minimum 3 is above maximum 1; exchange them",
    ),
    "bound without end": ("{id: x, kind: number, maximum: inf}", "x: maximum is no number; leave it out"),
    "counts exchanged": ("{id: x, kind: tags, at_least: 3, at_most: 2}", "x: at_least 3 is above at_most 2; exchange"),
    "count of one": ("{id: x, kind: text, at_most: 2}", "x: kind text takes no at_most, only multi, tags, group, tree"),
    "count in a single tree": (
        "{id: x, kind: tree, at_least: 1, choices: [{id: a, label: A}]}",
        "x: at_least needs several values; add `multiple: true` or remove at_least",
    ),
    "pattern of a number": ("{id: x, kind: integer, pattern: a}", "x: kind integer takes no pattern, only text"),
    "pattern broken": (
        "{id: x, kind: text, pattern: '['}",
        "x: pattern is no regular expression of Python from character 1 on; correct it",
    ),
    "pattern too long": (
        f"{{id: x, kind: text, pattern: {'a' * 201}}}",
        "x: pattern has more than 200 characters; shorten",
    ),
    "default unknown": (
        "{id: x, kind: single, default: yess, choices: [{id: yes, label: Yes}]}",
        "x: default 'yess' is not one of the choices; did you mean 'yes'? (choices: yes)",
    ),
    "default out of bounds": ("{id: x, kind: integer, minimum: 1, default: 0}", "x: default must be at least 1, not 0"),
    "default no date": ("{id: x, kind: date, default: spring}", "x: default expects a date as 2020, 2020-12 or"),
    "default of a list": (
        "{id: x, kind: multi, default: a, choices: [{id: a, label: A}]}",
        "x: default expects a list, not 'a'",
    ),
    "default in a group": (
        "{id: x, kind: group, fields: [{id: y, kind: bool, default: maybe}]}",
        "x.y: default expects true or false, not 'maybe'",
    ),
    "level impossible": (
        "{id: x, kind: text, level: ratio}",
        "x: level ratio is not possible for kind text; use nominal",
    ),
    "level of a set": (
        "{id: x, kind: tree, multiple: true, level: tree, choices: [{id: a, label: A}]}",
        "x: level tree is not possible for kind tree with several values; use set",
    ),
    "completed from nowhere": (
        "{id: x, kind: tags, complete_from: {fields: [wrods]}}",
        "x: complete_from names an unknown field 'wrods'; did you mean 'words'?",
    ),
    "completed in a group from nowhere": (
        "{id: x, kind: group, fields: [{id: y, kind: text, complete_from: {fields: [plaice]}}]}",
        "x.y: complete_from names an unknown field 'plaice'; did you mean 'place'?",
    ),
    "completion of a number": (
        "{id: x, kind: integer, complete_from: {entities: true}}",
        "x: kind integer takes no complete_from",
    ),
    "for nobody": ("{id: x, kind: text, applies_to: []}", "x: applies_to names no kind of subject; leave it out"),
    "for others": (
        "{id: x, kind: text, applies_to: [report]}",
        "x: applies_to names report, which the taxonomy leaves out",
    ),
}
CHOICES = {
    "id twice": ("{id: a, label: A}, {id: a, label: B}", "choice 'a': id 'a' belongs to 'a' already; use another"),
    "id twice at any depth": (
        "{id: a, label: A, children: [{id: b, label: B}]}, {id: b, label: C}",
        "choice 'b': id 'b' belongs to 'b' already; use another",
    ),
    "key twice": (
        "{id: a, label: A, key: x}, {id: b, label: B, key: x}",
        "choice 'b': key 'x' belongs to 'a' already; use another",
    ),
    "label twice": (
        "{id: a, label: A}, {id: b, label: A}",
        "choice 'b': label 'A' belongs to 'a' already; change one of them",
    ),
    "alias of another": (
        "{id: a, label: A}, {id: b, label: B, alias: [A]}",
        "choice 'b': alias 'A' names 'a' already; remove it",
    ),
    "alias empty": ("{id: a, label: A, alias: ['']}", "choice 'a': alias is empty; remove it"),
    "label empty": ("{id: a, label: ''}", "choice 'a': label is empty; write a text or leave label out"),
    "definition empty": ("{id: a, label: A, definition: {en: ''}}", "choice 'a': definition is empty; write a text"),
}
CONDITIONS = {
    "unknown field": (
        "{field: hram, answered: true}",
        "visible_if reads an unknown field 'hram'; did you mean 'harm'?",
    ),
    "unlike any field": (
        "{field: qqq, answered: true}",
        "visible_if reads an unknown field 'qqq'; there is harm, sure",
    ),
    "part of a group": (
        "{field: name, answered: true}",
        "visible_if reads an unknown field 'name'; it is part of the group 'parties', and only the group itself",
    ),
    "unknown choice": (
        "{field: harm, includes: deth}",
        "visible_if: 'deth' is not a choice of 'harm'; did you mean 'death'?",
    ),
    "one unknown choice of several": (
        "{field: harm, includes_any: [body, x]}",
        "visible_if: 'x' is not a choice of 'harm'",
    ),
    "unknown choice deep inside": (
        "{all: [{field: sure, answered: true}, {not: {any: [{field: force, equals: mid}]}}]}",
        "visible_if: 'mid' is not a choice of 'force'; there is low, high",
    ),
    "equals on many": (
        "{field: harm, equals: death}",
        "visible_if: 'harm' holds several values; use includes, includes_any",
    ),
    "parent of leaves": (
        "{field: one, equals: top}",
        "visible_if: 'top' only groups others and is never chosen; use includes",
    ),
    "word for a truth": ("{field: sure, equals: yes}", "visible_if: 'sure' is true or false, never 'yes'"),
    "word for a number": (
        "{field: deaths, at_least: many}",
        "visible_if: 'deaths' is a number, never 'many'; write a number",
    ),
    "truth for a number": ("{field: deaths, equals: true}", "visible_if: 'deaths' is a number, never True"),
    "number for a text": (
        "{field: place, equals: 3}",
        "visible_if: 'place' is text, never 3; write it in quotes: \"3\"",
    ),
    "no date": (
        "{field: begun, at_least: spring}",
        "visible_if: expects a date as 2020, 2020-12 or 2020-12-17, not 'spring'",
    ),
    "no day": ('{field: begun, at_least: "2021-02-29"}', "visible_if: '2021-02-29' is not in the calendar"),
    "no order": ("{field: place, at_most: a}", "visible_if: at_most needs an order, and 'place' is of kind location"),
    "group compared": (
        "{field: parties, includes: x}",
        "visible_if: 'parties' is a group; ask only whether it is answered",
    ),
    "list of nothing": ("{field: deaths, in: []}", "visible_if: in lists nothing; add a value"),
    "itself": ("{field: x, answered: true}", "visible_if goes round in a ring: x → x; remove one of these conditions"),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields_that_cannot_work(case: str) -> None:
    written, expected = FIELDS[case]
    assert len(problems(f"{START}  - {written}\n")) == 1
    assert problems(f"{START}  - {written}\n")[0].startswith(f"w.yaml:21: {expected}")


@pytest.mark.parametrize("case", CHOICES)
def test_choices_that_cannot_work(case: str) -> None:
    written, expected = CHOICES[case]
    found = problems(f"{START}  - id: x\n    kind: tree\n    choices: [{written}]\n")
    assert len(found) == 1
    assert found[0].startswith(f"w.yaml:23: x: {expected}")


@pytest.mark.parametrize("case", CONDITIONS)
def test_conditions_that_cannot_work(case: str) -> None:
    written, expected = CONDITIONS[case]
    found = problems(f"{START}  - id: x\n    kind: text\n    visible_if: {written}\n")
    assert len(found) == 1
    assert found[0].startswith(f"w.yaml:23: x: {expected}")


def test_a_ring_of_conditions_is_named_from_its_first_field() -> None:
    ring = "".join(
        f"  - {{id: {a}, kind: bool, visible_if: {{field: {b}, equals: true}}}}\n" for a, b in ("xz", "yx", "zy")
    )
    assert len(problems(START + ring)) == 1
    assert problems(START + ring)[0] in {
        "w.yaml:21: x: visible_if goes round in a ring: x → y → z → x; remove one of these conditions",
        "w.yaml:21: x: visible_if goes round in a ring: x → z → y → x; remove one of these conditions",
    }


def test_a_condition_on_a_field_of_other_subjects_never_holds() -> None:
    text = START.replace("[incident]", "[incident, report]") + (
        "  - {id: x, kind: bool, applies_to: [report]}\n"
        "  - {id: y, kind: text, applies_to: [incident], visible_if: {field: x, equals: true}}\n"
    )
    assert problems(text) == [
        "w.yaml:22: y: visible_if reads 'x', which is never asked about the same subject; change applies_to"
    ]


def test_a_taxonomy_for_nothing_is_refused() -> None:
    text = START.replace("[incident]", "[]")
    assert problems(text) == ["w.yaml:2: applies_to: names no kind of subject; write [incident, report]"]


def test_headings_that_cannot_work() -> None:
    text = 'namespace: w\ntitle: ""\nheadings:\n  - {number: "1", label: A}\n  - {number: "1", label: ""}\n'
    assert problems(text + "fields:\n  - {id: a, kind: text}\n") == [
        "w.yaml:2: title: title is empty; write a text or leave title out",
        "w.yaml:5: headings[1]: label is empty; write a text or leave label out",
        "w.yaml:5: headings[1]: number 1 has a heading already; keep one of them",
    ]


def test_a_tree_can_be_twelve_levels_deep_but_not_thirteen() -> None:
    def tree(levels: int) -> str:
        written = f"{{id: c{levels}, label: C{levels}}}"
        for level in range(levels - 1, 0, -1):
            written = f"{{id: c{level}, label: C{level}, children: [{written}]}}"
        return f"{START}  - {{id: x, kind: tree, choices: [{written}]}}\n"

    assert len(read_taxonomy(tree(12)).by_id["x"].all_choices) == 12
    assert problems(tree(13)) == ["w.yaml:21: x: choice 'c13': lies more than 12 levels deep; flatten the tree"]


def test_everything_is_told_at_once() -> None:
    found = problems(
        START + "  - {id: x, kind: single}\n  - {id: y, kind: text, minimum: 1, visible_if: {field: q, state: empty}}\n"
    )
    assert [line.split(": ")[1] for line in found] == ["x", "y", "y"]


@given(taxonomies())
def test_good_taxonomies_have_no_problems(taxonomy: Taxonomy) -> None:
    assert list(problems_in(taxonomy)) == []
