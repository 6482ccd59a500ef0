"""List, show, check and begin taxonomies; works without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_line, write_table, write_text
from annotator.cli.taxonomy_words import taxonomy_lines
from annotator.errors import OutputError, Problem, TaxonomyError
from annotator.exporting import write
from annotator.models.taxonomy import Taxonomy
from annotator.project import in_order, library_for
from annotator.resources import data_folder
from annotator.taxonomy.library import Library
from annotator.taxonomy.reading import load_taxonomy
from annotator.taxonomy.starting import new_taxonomy

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
    taxonomy = _library(call).get(namespace)
    if as_json:
        write_json(taxonomy.model_dump(mode="json", by_alias=True))
    else:
        write_text("\n".join(taxonomy_lines(taxonomy)))
    return 0


@taxonomy_command.command("check", cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def check_command(files: tuple[Path, ...]) -> int:
    """Check taxonomy files.

    Every problem comes with file, line, field and the way out.
    """
    problems: list[Problem] = []
    for file in files:
        try:
            taxonomy = load_taxonomy(file)
        except TaxonomyError as error:
            problems += error.problems
        else:
            about = f"{taxonomy.namespace} version {taxonomy.version}, {counted(len(taxonomy.fields), 'field')}"
            write_line(f"{file}: good ({about})")
    if problems:
        raise TaxonomyError(problems)
    return 0


@taxonomy_command.command("new", cls=Command)
@click.argument("namespace", metavar="NS")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write this file; else it is printed.")
def new_command(namespace: str, out: Path | None) -> int:
    """Begin a taxonomy: a commented file to go on from."""
    text = new_taxonomy(namespace, str(data_folder("taxonomies") / "schema.json"))
    if out is None:
        write_text(text.rstrip("\n"))
        return 0
    target = out / f"{namespace}.yaml" if out.is_dir() else out
    if target.exists():
        raise OutputError(f"{target}: is there already and is not overwritten; name another file.")
    write(target, [text])
    say(f"{target}: written. Check it with `annotator taxonomy check {target}`.")
    return 0


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
