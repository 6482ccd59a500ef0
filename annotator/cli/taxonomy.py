"""List, show, check and begin taxonomies; works without a database."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

import click

from annotator.cli.call import NAMED, Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_line, write_table, write_text
from annotator.desk.exchange.exporting import write
from annotator.desk.project import in_order, library_for
from annotator.errors import OutputError, Problem, TaxonomyError
from annotator.files import mode_to_write
from annotator.model.outline import Words, in_language
from annotator.model.taxonomy import Choice, Field, Taxonomy
from annotator.resources import data_folder
from annotator.taxonomy.library import Library
from annotator.taxonomy.reading import load_taxonomy
from annotator.taxonomy.writing import new_taxonomy

WIDTH = 100
STEP = "  "


def taxonomy_lines(taxonomy: Taxonomy) -> Iterator[str]:
    """The whole taxonomy, field by field, under its headings."""
    yield f"{taxonomy.namespace} version {taxonomy.version}: {taxonomy.name}"
    yield f"about {' and '.join(f'{kind}s' for kind in taxonomy.applies_to)}"
    if taxonomy.source:
        yield taxonomy.source
    yield from _paragraph("", taxonomy.guidance, "")
    heading = ""
    for field in taxonomy.fields:
        if taxonomy.headings_of[field.id] != heading:
            heading = taxonomy.headings_of[field.id]
            yield from ("", heading.upper()) if heading else ()
        yield ""
        yield from _field_lines(field, "")


def _field_lines(field: Field, indent: str) -> Iterator[str]:
    yield f"{indent}{field.number + ' ' if field.number else ''}{field.name}  [{field.id}: {', '.join(_told(field))}]"
    inside = indent + STEP
    if field.visible_if:
        reads = ", ".join(sorted(field.visible_if.fields_read()))
        yield f"{inside}asked only depending on {reads}"
    yield from _paragraph("", field.short, inside)
    yield from _paragraph("", field.guidance, inside)
    for choice in field.choices:
        yield from _choice_lines(choice, inside)
    for sub in field.fields:
        yield from _field_lines(sub, inside)


def _told(field: Field) -> Iterator[str]:
    yield field.kind
    if field.kind == "tree" and field.multiple:
        yield "several"
    if field.select == "leaf":
        yield "leaves only"
    if field.required:
        yield "required"
    if field.evidence == "required":
        yield "needs evidence"
    if field.applies_to:
        yield " and ".join(f"{kind}s" for kind in field.applies_to)


def _choice_lines(choice: Choice, indent: str) -> Iterator[str]:
    label = in_language(choice.label)
    named = "" if label == choice.id else f"  [{choice.id}]"
    yield f"{indent}- {label}{named}"
    inside = indent + STEP
    yield from _paragraph("", choice.definition, inside)
    yield from _paragraph("use when: ", choice.use_when, inside)
    yield from _paragraph("avoid when: ", choice.avoid_when, inside)
    for example in choice.examples:
        yield from _paragraph("example: ", example, inside)
    for child in choice.children:
        yield from _choice_lines(child, inside)


def _paragraph(before: str, words: Words | None, indent: str) -> Iterator[str]:
    for line in in_language(words).splitlines():
        yield from wrap(before + line, WIDTH, initial_indent=indent, subsequent_indent=indent)


HEADS = ("TAXONOMY", "VERSION", "FIELDS", "ABOUT", "TITLE")


@click.group("taxonomy")
def taxonomy_command() -> None:
    """List, show, check and begin taxonomies."""


@taxonomy_command.command("list", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def list_command(call: Call, as_json: bool) -> int:
    """List the taxonomies there are.

    Files that cannot be used are named with the reason.
    """
    library = _library(call)
    found = [_usable(library, name) for name in in_order(library, call.config.taxonomies)]
    rows = [_facts(taxonomy) for taxonomy in found if taxonomy]
    if as_json:
        write_json(rows)
    else:
        write_table(HEADS, [(*list(row.values())[:3], ", ".join(row["applies_to"]), row["title"]) for row in rows])
    for problem in library.problems:
        say(str(problem))
    return 0


@taxonomy_command.command("show", cls=Command)
@click.argument("namespace", metavar="NS")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def show_command(call: Call, namespace: str, as_json: bool) -> int:
    """Show fields, choices and guidance."""
    library = _library(call)
    taxonomy = library.get(namespace)
    if as_json:
        write_json(taxonomy.model_dump(mode="json", by_alias=True))
    else:
        write_text("\n".join(taxonomy_lines(taxonomy)))
    for words in library.warnings if library.refused_as(namespace) else ():
        say(words)
    return 0


@taxonomy_command.command("check", cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=NAMED)
@pass_call
def check_command(call: Call, files: tuple[Path, ...]) -> int:
    """Check taxonomy files.

    Every problem comes with file, line, field and the way out. Where there is a database, that a version was changed
    after it was used there is one.
    """
    problems: list[Problem] = []
    for file in files:
        try:
            taxonomy = load_taxonomy(file)
        except TaxonomyError as error:
            problems += error.problems
            continue
        if claims := [*_claims(file), *_changed(call, file, taxonomy)]:
            problems += claims
        else:
            about = f"{taxonomy.namespace} version {taxonomy.version}, {counted(len(taxonomy.fields), 'field')}"
            write_line(f"{file}: good ({about})")
    if problems:
        raise TaxonomyError(problems)
    return 0


@taxonomy_command.command("new", cls=Command)
@click.argument("namespace", metavar="NS")
@click.option("--out", metavar="FILE", type=NAMED, help="Write this file; else it is printed.")
def new_command(namespace: str, out: Path | None) -> int:
    """Begin a taxonomy: a commented file to go on from."""
    text = new_taxonomy(namespace, str(data_folder("taxonomies") / "schema.json"))
    if out is None:
        write_text(text.rstrip("\n"))
        return 0
    target = out / f"{namespace}.yaml" if stat.S_ISDIR(mode_to_write(out)) else out
    if mode_to_write(target):
        raise OutputError(f"{target}: is there already and is not overwritten; name another file.")
    write(target, [text])
    say(f"{target}: written. Check it with `annotator taxonomy check {target}`.")
    return 0


def _claims(file: Path) -> list[Problem]:
    """Why a file cannot be called as it calls itself beside what comes with the program."""
    shipped = data_folder("taxonomies")
    return [problem for each in Library([shipped, file], shipped).refused for problem in each.problems]


def _changed(call: Call, file: Path, taxonomy: Taxonomy) -> list[Problem]:
    """That something was classified in the database under the same version with another text."""
    from annotator.store import taxonomies
    from annotator.store.merging.opening import database

    if call.is_new:
        return []
    with database(call.path) as store, store.reading() as transaction:
        try:
            problem = taxonomies.changed_since_used(transaction, taxonomy)
        except ValueError:  # what is kept there was altered itself, which `annotator verify` tells
            problem = ""
    return [Problem("", problem, str(file))] if problem else []


def _library(call: Call) -> Library:
    return library_for(call.path, call.folders)


def _usable(library: Library, namespace: str) -> Taxonomy | None:
    """A taxonomy; None when its file has problems, which the library lists."""
    try:
        return library.get(namespace)
    except TaxonomyError:
        return None


def _facts(taxonomy: Taxonomy) -> dict[str, Any]:
    return {
        "namespace": taxonomy.namespace,
        "version": taxonomy.version,
        "fields": len(taxonomy.fields),
        "title": taxonomy.name,
        "applies_to": list(taxonomy.applies_to),
    }
