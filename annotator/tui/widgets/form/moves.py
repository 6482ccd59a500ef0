"""Going about in the form: lines, fields, headings, rows of choices and branches. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from annotator.tui.widgets.form.state import FormState


def step(state: FormState, by: int) -> FormState:
    """Go one line down or up: through the open choices, then to the field beyond."""
    if state.options and not state.is_inline:
        ids = [option.id for option in state.options]
        place = (ids.index(state.opening.marked) if state.opening.marked in ids else -1) + by
        if 0 <= place < len(ids):
            return state.mark(ids[place])
    if state.filter is not None:
        return state
    there = to_field(state, by)
    if by < 0 and there.focus != state.focus and there.options and not there.is_inline:
        return there.mark(there.options[-1].id)
    return there


def to_field(state: FormState, by: int = 1) -> FormState:
    """Go so many fields on or back; stays when there is none."""
    place = state.order.index(state.focus) + by if state.focus in state.order else 0
    return state.at(state.order[place]) if 0 <= place < len(state.order) else state


def to_heading(state: FormState, by: int) -> FormState:
    """Go to the first field of the next heading, or the nearest such field above."""
    headings = state.asked.headings
    first = [after.id for before, after in pairwise(state.fields) if headings[before.id] != headings[after.id]]
    here = state.order.index(state.focus) if state.focus in state.order else 0
    places = [0, *(state.order.index(each) for each in first), len(state.order) - 1]
    beyond = [place for place in places if (place > here if by > 0 else place < here)]
    return state.at(state.order[(min if by > 0 else max)(beyond)]) if beyond else state


def sideways(state: FormState, by: int) -> FormState:
    """Go along a row of choices, or unfold and fold a branch."""
    if not state.is_inline:
        return unfold(state) if by > 0 else fold(state)
    ids = [option.id for option in state.options]
    place = ids.index(state.opening.marked) + by if state.opening.marked in ids else 0
    return state.mark(ids[place]) if 0 <= place < len(ids) else state


def unfold(state: FormState) -> FormState:
    """Open the marked branch; step into it when it is open."""
    marked = state.marked
    if state.filter is not None or marked is None or not marked.is_branch:
        return state
    return step(state, 1) if marked.is_open else _with_branches(state, state.opening.opened | {marked.id})


def enter_branch(state: FormState, branch: str) -> FormState:
    """Open a branch instead of those beside it, and mark the first choice below it."""
    path = state.asked.choices(state.focus).path(branch)
    return step(_with_branches(state, frozenset(path)).mark(branch), 1)


def fold(state: FormState) -> FormState:
    """Close the marked branch, else the one around the mark."""
    asked, marked = state.field, state.opening.marked
    if state.filter is not None or asked is None or asked.kind != "tree":
        return state
    branch = marked if marked in state.opening.opened else state.asked.choices(asked.id).parents.get(marked, "")
    return _with_branches(state, state.opening.opened - {branch}).mark(branch or marked)


def _with_branches(state: FormState, opened: frozenset[str]) -> FormState:
    return replace(state, opening=replace(state.opening, opened=opened))
