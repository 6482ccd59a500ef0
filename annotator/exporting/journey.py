"""Turn classifications into the text of a file, piece by piece: the same data gives the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Generator, Iterator
from typing import Literal

from annotator.exporting.selection import Selection, find
from annotator.models.reserved import ADJUDICATED
from annotator.project import Project
from annotator.store.classifications import Wanted, lines

Form = Literal["csv", "json", "jsonl"]
Shape = Literal["long", "wide", "subjects"]
ROW_END = "\r\n"
"""What the csv module ends rows with; it quotes a cell that holds either character only because of this."""
FORMS: tuple[Form, ...] = ("csv", "json", "jsonl")


def export(project: Project, form: Form, selection: Selection, shape: Shape = "long") -> Generator[str]:
    """The pieces of the file, read from one state of the database; raises NotFoundError for unknown names.

    `shape` is about CSV alone. JSON lines come straight from the store; JSON adds the labels of the fields.
    """
    wanted = find(project, selection)
    with project.store.reading():
        if form == "jsonl":
            yield from _lines(project, wanted, selection.with_hidden)
        elif form == "json":
            yield from _json(project, wanted, selection.with_hidden)
        else:
            yield from _csv(project, wanted, selection.with_hidden, shape)


def _lines(project: Project, wanted: Wanted, with_hidden: bool) -> Iterator[str]:
    """An object per line; only those of adjudications are taken apart, to say where their answers come from."""
    connection = project.store.connection
    written = lines(connection, wanted, with_hidden)
    if wanted.what == "raw":
        yield from (f"{line}\n" for line in written)
        return
    from annotator.exporting.documents import with_provenance
    from annotator.store.encoding import to_json

    for line in written:
        one = json.loads(line)
        yield (line if one["annotator"] != ADJUDICATED else to_json(with_provenance(project, one))) + "\n"


def _json(project: Project, wanted: Wanted, with_hidden: bool) -> Iterator[str]:
    """One array, an object on each line."""
    from annotator.exporting.documents import documents
    from annotator.store.encoding import to_json

    between = "[\n"
    for document in documents(project, wanted, with_hidden):
        yield between + to_json(document)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _csv(project: Project, wanted: Wanted, with_hidden: bool, shape: Shape) -> Iterator[str]:
    from annotator.exporting import long_table, subject_table, wide_table
    from annotator.formats.formulas import guarded

    table = {"long": long_table.rows, "wide": wide_table.rows, "subjects": subject_table.rows}[shape]
    writer = csv.writer(_Passing(), lineterminator=ROW_END)
    for row in table(project, wanted, with_hidden):
        yield writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])


class _Passing:
    """A file for the csv module that hands each row back as text."""

    def write(self, text: str) -> str:
        return text.removesuffix(ROW_END) + "\n"
