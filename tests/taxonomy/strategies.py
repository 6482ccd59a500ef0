"""Random taxonomies that are in order, and answers that fit them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from annotator.model.classification import Answer
from annotator.model.taxonomy import Choice, Field, Taxonomy

TEXT_KINDS = ("text", "long_text", "location")
identifiers = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,8}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=24).filter(str.strip)
words = st.one_of(texts, st.dictionaries(st.sampled_from(["en", "ja", "pt-BR"]), texts, min_size=1, max_size=3))
maybe_words = st.none() | words


@st.composite
def choice_trees(draw: st.DrawFn, deepest: int = 1) -> list[Choice]:
    """Choices with ids and labels of their own, up to so many levels."""
    ids = draw(st.lists(identifiers, min_size=1, max_size=6, unique=True))
    flat = [
        Choice(id=each, label=f"{draw(texts)} {position}", definition=draw(maybe_words), examples=draw(st.lists(texts)))
        for position, each in enumerate(ids)
    ]
    if deepest > 1 and len(flat) > 2 and draw(st.booleans()):
        return [flat[0].model_copy(update={"children": flat[1:]})]
    return flat


@st.composite
def fields(draw: st.DrawFn, field_id: str, number: str | None = None, inside: bool = False) -> Field:
    """One field of any kind; groups only at the top."""
    kinds = ["single", "multi", "tree", "scale", "bool", "integer", "number", "date", "tags", *TEXT_KINDS]
    kind = draw(st.sampled_from(kinds if inside else [*kinds, "group"]))
    given: dict[str, Any] = {"id": field_id, "kind": kind, "number": number, "required": draw(st.booleans())}
    given |= {"label": draw(maybe_words), "guidance": draw(maybe_words), "public": draw(st.booleans())}
    if kind in {"single", "multi", "scale"}:
        given["choices"] = draw(choice_trees())
    if kind == "tree":
        given |= {"choices": draw(choice_trees(2)), "multiple": draw(st.booleans())}
        given["select"] = draw(st.sampled_from(["leaf", "any"]))
    if kind in {"integer", "number"}:
        given["minimum"] = draw(st.none() | st.integers(-5, 0) | st.floats(-9, 0))
    if kind == "group":
        ids = draw(st.lists(identifiers, min_size=1, max_size=3, unique=True))
        given["fields"] = [draw(fields(each, inside=True)) for each in ids]
    return Field.model_validate(given)


def operands(field: Field) -> st.SearchStrategy[dict[str, Any]]:
    """Comparisons that can be made with a field."""
    plain: list[dict[str, Any]] = [{"answered": True}, {"answered": False}, {"state": "unknown"}]
    choices = list(field.all_choices)
    leaves = [each.id for each in field.all_choices.values() if not each.children]
    if field.holds_many and choices:
        plain += [{"includes": choices[0]}, {"includes_any": choices[:2]}, {"includes_all": choices[-2:]}]
    elif choices:
        plain += [{"equals": leaves[0]}, {"in": leaves}, {"not_equals": leaves[-1]}, {"includes": choices[0]}]
    if field.kind == "scale":
        plain += [{"at_least": leaves[-1]}, {"less_than": leaves[-1]}]
    if field.kind == "bool":
        plain += [{"equals": True}, {"not_equals": True}]
    if field.kind in {"integer", "number"}:
        plain += [{"greater_than": 1}, {"at_most": 2.5}, {"equals": 3}]
    return st.sampled_from(plain)


@st.composite
def conditions(draw: st.DrawFn, read: list[Field], depth: int = 2) -> dict[str, Any]:
    """A condition on any of these fields."""
    form = draw(st.sampled_from(["leaf", "leaf", "all", "any", "not"] if depth else ["leaf"]))
    if form == "leaf":
        field = draw(st.sampled_from(read))
        return {"field": field.id, **draw(operands(field))}
    if form == "not":
        return {"not": draw(conditions(read, depth - 1))}
    return {form: draw(st.lists(conditions(read, depth - 1), min_size=1, max_size=2))}


@st.composite
def taxonomies(draw: st.DrawFn, conditional: bool = True) -> Taxonomy:
    """A taxonomy without problems, whose conditions read fields in any order but never in a ring."""
    ids = draw(st.lists(identifiers, min_size=1, max_size=6, unique=True))
    made: list[Field] = []
    for position, field_id in enumerate(ids, 1):
        field = draw(fields(field_id, f"1.{position}"))
        if conditional and made and draw(st.booleans()):
            shown = draw(conditions(made))
            field = Field.model_validate({**field.model_dump(by_alias=True), "visible_if": shown})
        made.append(field)
    return Taxonomy(
        namespace=draw(st.from_regex(r"[A-Za-z][A-Za-z0-9_\-]{0,9}", fullmatch=True)),
        version=draw(st.integers(1, 99)),
        title=draw(maybe_words),
        applies_to=["incident", "report"],
        guidance=draw(maybe_words),
        fields=draw(st.permutations(made)),
    )


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values that a field takes, though not always in normal form."""
    choices = [each.id for each in field.all_choices.values() if field.select == "any" or not each.children]
    if choices and field.holds_many:
        return st.lists(st.sampled_from(choices), min_size=1)
    if choices:
        return st.sampled_from(choices)
    if field.kind == "group":
        return st.lists(rows(field), min_size=1, max_size=2)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "integer": st.integers(0, 2**63 - 1) | st.integers(0, 99).map(str),
        "number": st.floats(0, 1e300) | st.integers(0, 9) | st.sampled_from(["1.5", "2", "1e3"]),
        "date": st.dates().map(str) | st.sampled_from(["2020", "2020-02", " 2020-02-29 "]),
        "tags": st.lists(written, min_size=1, max_size=3),
    }
    return plain.get(field.kind, written)


written = texts.filter(lambda text: "\0" not in text)


@st.composite
def rows(draw: st.DrawFn, group: Field) -> dict[str, Any]:
    """One row of a group, with at least one of its fields."""
    chosen = draw(st.lists(st.sampled_from(group.fields), min_size=1, unique_by=lambda sub: sub.id))
    return {sub.id: draw(values(sub)) for sub in chosen}


@st.composite
def classifications(draw: st.DrawFn, taxonomy: Taxonomy) -> dict[str, Answer]:
    """Answers to some of the fields, some of them states."""
    answers: dict[str, Answer] = {}
    for field in draw(st.permutations(taxonomy.fields)):
        state = draw(st.sampled_from(["answered", "answered", "answered", "unknown", "not_applicable", "none"]))
        if state == "answered":
            answers[field.id] = Answer(value=draw(values(field)))
        elif state != "none":
            answers[field.id] = Answer.model_validate({"state": state})
    return answers
