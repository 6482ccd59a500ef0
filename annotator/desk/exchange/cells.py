"""Turn a spreadsheet cell, or a decoded JSON value, into a field's value.

Cells of the AI Incident Database join lists with `, ` although some permitted values hold
a comma, so a list is split against the taxonomy, longest label first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any, NamedTuple

from annotator.model.outline import in_every_language
from annotator.model.taxonomy import Field
from annotator.store.readable import to_json

JOINER = ", "
NOTHING_CHOSEN = "--"
MONTH_YEAR = re.compile(r"^(\d{1,2})[-/](\d{4})$")
WHOLE = re.compile(r"([+-]?\d+)(?:\.0*)?")
TIMESTAMP = re.compile(r"^(\d{4}-\d{2}-\d{2})T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?$")


class Reading(NamedTuple):
    """A value understood from a source, and the parts of it that no choice stands for."""

    value: Any
    """None when nothing is left."""
    outside: list[str]


def read_cell(field: Field, cell: str) -> Reading:
    """Understand the text of a cell."""
    if field.has_choices and field.holds_many:
        return _split_choices(field, cell)
    if field.has_choices:
        return _one_choice(field, cell)
    if field.kind == "tags":
        return Reading(list(dict.fromkeys(part.strip() for part in cell.split(JOINER) if part.strip())) or None, [])
    return _scalar(field, cell)


def read_json(field: Field, value: Any) -> Reading:
    """Understand a decoded JSON value; lists stay lists."""
    if isinstance(value, str) and not field.holds_many:
        return _one_choice(field, value) if field.has_choices else _scalar(field, value)
    if field.holds_many:
        readings = [_one_item(field, item) for item in (value if isinstance(value, list) else [value])]
        chosen = [reading.value for reading in readings if reading.value is not None]
        return Reading(chosen or None, [part for reading in readings for part in reading.outside])
    return Reading(value, [])


def _one_item(field: Field, item: Any) -> Reading:
    """One value of a list; what is no text and no number cannot be one."""
    if not isinstance(item, str | int | float):
        return Reading(None, [] if item is None else [to_json(item)])
    text = item if isinstance(item, str) else to_json(item)
    if field.has_choices:
        return _one_choice(field, text)
    return Reading(text if text.strip() else None, [])


def _one_choice(field: Field, text: str) -> Reading:
    known = field.spellings
    for form in (text, text.strip()):
        if form in known:
            return Reading(known[form], [])
    folded = {name.strip().casefold(): choice for name, choice in known.items()}
    choice = folded.get(text.strip().casefold())
    return Reading(choice, []) if choice else Reading(None, [text])


def _split_choices(field: Field, cell: str) -> Reading:
    known = field.spellings
    longest_first = sorted(known, key=len, reverse=True)
    chosen: list[str] = []
    outside: list[str] = []
    at, end = 0, len(cell.rstrip())
    while at < end:
        name = next((each for each in longest_first if _stands_at(each, cell, at)), None)
        joiner = cell.find(JOINER, at)
        stop = at + len(name) if name is not None else joiner if joiner >= 0 else len(cell)
        part = cell[at:stop]
        if part.strip():
            reading = Reading(known[name], []) if name is not None else _one_choice(field, part)
            chosen += [reading.value] if reading.value is not None else []
            outside += reading.outside
        at = stop + len(JOINER)
    return Reading(list(dict.fromkeys(chosen)) or None, outside)


def _stands_at(name: str, cell: str, at: int) -> bool:
    """Whether a cell has a name at a place, up to a comma or its end."""
    end = at + len(name)
    return cell.startswith(name, at) and (end == len(cell) or cell.startswith(JOINER, end))


def _scalar(field: Field, text: str) -> Reading:
    stripped = text.strip()
    if field.kind == "bool":
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return _either(known.get(stripped.casefold()), text)
    if field.kind in {"integer", "number"}:
        return _either(_number(stripped), text)
    if field.kind == "date":
        return Reading(_date(stripped), [])
    return Reading(text, [])


def _either(value: Any, text: str) -> Reading:
    return Reading(None, [text]) if value is None else Reading(value, [])


def _number(text: str) -> float | int | str | None:
    """A number; whole ones stay exact however long they are, and what is too large to count with stays a text."""
    whole = WHOLE.fullmatch(text)
    try:
        number = int(whole[1]) if whole else float(text)
    except ValueError:
        return None
    if "_" in text:
        return None
    if whole or isfinite(number):
        return number
    return text if text[-1].isdigit() else None  # `inf` and `nan` are words


def _date(text: str) -> str:
    """ISO text: a timestamp loses its time, `12-2016` becomes 2016-12; anything else stays to be judged."""
    found = TIMESTAMP.match(text)
    if found:
        return found[1]
    found = MONTH_YEAR.match(text)
    return f"{found[2]}-{int(found[1]):02d}" if found else text


Row = list[tuple[str, Any]]
"""Names and values of one row, as the source writes them."""


def has_names_only(field: Field, cell: str) -> bool:
    """Whether a cell lists only the first column of each row, as AIID writes entities."""
    return not _label_at(field, r"\A").search(cell)


def read_rows_cell(field: Field, cell: str) -> Reading:
    """Understand a cell: names joined by commas, or `Label: value` lines with rows joined by commas."""
    if has_names_only(field, cell):
        first = field.fields[0].id
        names = [name.strip().replace('\\"', '"') for name in cell.split(JOINER)]
        return Reading([{first: name} for name in names if name] or None, [])
    starts = [found.start() for found in _label_at(field, r"(?:\A|(?<=\n, ))").finditer(cell)]
    pieces = [cell[start:end].removesuffix("\n, ") for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return _read_rows(field, [_lines(field, piece) for piece in pieces], read_cell)


def read_rows_json(field: Field, value: Any) -> Reading:
    """Understand a list of objects."""
    rows = value if isinstance(value, list) else [value]
    return _read_rows(field, [list(row.items()) if isinstance(row, dict) else [("", row)] for row in rows], read_json)


def _lines(field: Field, piece: str) -> Row:
    labels = list(_label_at(field, r"(?:\A|(?<=\n))").finditer(piece))
    ends = [each.start() for each in labels[1:]] + [len(piece)]
    return [(label[1], piece[label.end() : end].strip()) for label, end in zip(labels, ends, strict=True)]


def _label_at(field: Field, before: str) -> re.Pattern[str]:
    labels = "|".join(re.escape(name) for sub in field.fields for name in in_every_language(sub.label))
    return re.compile(f"{before}({labels}): ")


def _read_rows(field: Field, rows: list[Row], read: Callable[[Field, Any], Reading]) -> Reading:
    by_name = {name: sub for sub in field.fields for name in (*in_every_language(sub.label), sub.id, *sub.alias)}
    built: list[dict[str, Any]] = []
    outside: list[str] = []
    for row in rows:
        values: dict[str, Any] = {}
        for name, value in row:
            if value in (None, "", []):
                continue
            if name not in by_name:
                outside.append(f"{name}: {value}")
                continue
            reading = read(by_name[name], value)
            outside += reading.outside
            if reading.value is not None:
                values[by_name[name].id] = reading.value
        built += [values] if values else []
    return Reading(built or None, outside)
