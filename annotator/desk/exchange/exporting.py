"""Turn classifications into the text of a file, piece by piece: the same data gives the same bytes."""

from __future__ import annotations

import csv
import json
import os
import secrets
import stat
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from annotator.desk.project import Project
from annotator.errors import NotFoundError, OutputError, RequestError
from annotator.files import mode_at, real, refuse_database, unwritable
from annotator.model.outline import TaxonomyOutline
from annotator.model.person import ADJUDICATED
from annotator.model.visibility import NOBODY, Viewer
from annotator.store.classifications import Wanted, count, left_out, lines
from annotator.store.connection import Transaction
from annotator.store.people import annotators
from annotator.store.project import taxonomies
from annotator.store.team.samples import versions_used

What = Literal["raw", "adjudicated", "both"]
WHATS: tuple[What, ...] = ("raw", "adjudicated", "both")


class Selection(NamedTuple):
    """What a person asks for; nothing given means all. Hidden answers come only when asked for."""

    taxonomy: str = ""
    annotator: str = ""
    round: int = 0
    with_hidden: bool = False
    what: What = "raw"
    """What annotators gave, what was decided, or both."""
    viewer: Viewer = NOBODY
    """Who asks: what is closed to them is left out."""


def find(project: Project, selection: Selection) -> Wanted:
    """Check the names of a selection, so that a misspelt one is not an empty export; raises NotFoundError."""
    if selection.annotator:
        with project.store.reading() as transaction:
            known = annotators(transaction)
        if selection.annotator not in known:
            raise NotFoundError(
                f"Nobody here is called {selection.annotator!r}; there is {', '.join(known) or 'no one'}."
            )
    taxonomy = project.named(selection.taxonomy) if selection.taxonomy else ""
    what = "adjudicated" if selection.annotator == ADJUDICATED else selection.what
    return Wanted("", taxonomy, selection.annotator, selection.round, what, selection.viewer)


def contents(project: Project, selection: Selection) -> str:
    """Say in words which classifications an export holds, and which it leaves out."""
    wanted = find(project, selection)
    with project.store.reading() as transaction:
        raw = count(transaction, wanted._replace(what="raw"))
        adjudicated = count(transaction, wanted._replace(what="adjudicated"))
        closed = left_out(transaction, wanted).words(wanted.viewer, "classification")
    return " ".join(filter(None, (_held(wanted, raw, adjudicated), closed)))


def _held(wanted: Wanted, raw: int, adjudicated: int) -> str:
    names = {"raw": f"{raw:,} as their annotators gave them", "adjudicated": f"{adjudicated:,} adjudicated"}
    if wanted.what in names:
        left = adjudicated if wanted.what == "raw" else raw
        other = "adjudicated" if wanted.what == "raw" else "raw"
        more = f"; {left:,} {other} left out, --what both brings them" if left and not wanted.annotator else ""
        return f"Classifications: {names[wanted.what]}{more}."
    return f"Classifications: {names['raw']}, {names['adjudicated']}."


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
    with project.store.reading() as transaction:
        if form == "jsonl":
            yield from _lines(project, transaction, wanted, selection.with_hidden)
        elif form == "json":
            yield from _json(project, transaction, wanted, selection.with_hidden)
        else:
            yield from _csv(project, transaction, wanted, selection.with_hidden, shape)


def _lines(project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool) -> Iterator[str]:
    """An object per line; few are taken apart, to say where answers come from and which are set aside."""
    written, shrunk = lines(transaction, wanted, with_hidden), _shrunk(project, transaction)
    if wanted.what == "raw" and not shrunk:
        yield from (f"{line}\n" for line in written)
        return
    from annotator.desk.exchange.documents import set_aside, with_provenance, with_stale
    from annotator.store.readable import to_json

    for line in written:
        one = json.loads(line)
        under = shrunk.get((one["taxonomy"], one["version"]))
        if one["annotator"] != ADJUDICATED and not under:
            yield f"{line}\n"
        else:
            marked = {**one, "answers": set_aside(under, one["answers"])}
            yield to_json(with_stale(transaction, with_provenance(transaction, marked))) + "\n"


def _shrunk(project: Project, transaction: Transaction) -> dict[tuple[str, int], TaxonomyOutline]:
    """The versions in the file that lack a field of an earlier one."""
    found: dict[tuple[str, int], TaxonomyOutline] = {}
    for namespace in taxonomies(transaction):
        before: set[str] = set()
        for version in versions_used(transaction, namespace):
            outline = project.outline(namespace, version)
            if not before <= outline.by_id.keys():
                found[namespace, version] = outline
            before |= outline.by_id.keys()
    return found


def _json(project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool) -> Iterator[str]:
    """One array, an object on each line."""
    from annotator.desk.exchange.documents import documents
    from annotator.store.readable import to_json

    between = "[\n"
    for document in documents(project, transaction, wanted, with_hidden):
        yield between + to_json(document)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _csv(project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool, shape: Shape) -> Iterator[str]:
    from annotator.desk.exchange import tables
    from annotator.formats.table import guarded

    table = {"long": tables.long_rows, "wide": tables.wide_rows, "subjects": tables.subject_rows}[shape]
    writer = csv.writer(_Passing(), lineterminator=ROW_END)
    for row in table(project, transaction, wanted, with_hidden):
        yield writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])


class _Passing:
    """A file for the csv module that hands each row back as text."""

    def write(self, text: str) -> str:
        return text.removesuffix(ROW_END) + "\n"


BUFFER = 1 << 20


def write(target: Path, pieces: Iterable[str], *, anew: bool = False) -> None:
    """Write UTF-8 beside the target and put it in its place when all of it is on disk.

    Raises OutputError, and RequestError where a database is, with `anew` also where anything is; what was there is
    then untouched.
    """
    try:
        mode = mode_at(target)
        if stat.S_ISDIR(mode):
            raise OutputError(f"{target}: is a folder; name a file in it.")
        refuse_database(target)
        if anew and mode:
            raise RequestError(f"{target} is there already; choose another name, so that nothing is written over.")
        if mode and not stat.S_ISREG(mode):  # a pipe or a device: there is nothing to replace
            _write_through(target, pieces)
        else:
            _replace(real(target), pieces)
    except OSError as error:
        raise unwritable(target, error) from error


def _replace(target: Path, pieces: Iterable[str]) -> None:
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.unfinished")
    try:
        _write_down(unfinished, pieces)
        if mode := mode_at(target):
            unfinished.chmod(mode & 0o7777)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_down(path: Path, pieces: Iterable[str]) -> None:
    with path.open("x", encoding="utf-8", newline="", buffering=BUFFER) as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _write_through(target: Path, pieces: Iterable[str]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
