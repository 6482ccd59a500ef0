"""Show what happened to a subject."""

from __future__ import annotations

from typing import Any

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.keys import resolve
from annotator.cli.printing import say, write_json, write_line
from annotator.errors import NotFoundError
from annotator.models.event import Event
from annotator.project import Project
from annotator.store import events
from annotator.store.classifications import Wanted, left_out
from annotator.tui.event_words import event_words


@click.command("history", cls=Command)
@click.argument("key")
@click.option("--taxonomy", metavar="NS", help="Events under this taxonomy alone.")
@click.option("--annotator", "whose", metavar="NAME", help="Events about this annotator's work alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def history_command(call: Call, key: str, taxonomy: str | None, whose: str | None, as_json: bool) -> int:
    """Show every event about a subject, oldest first.

    While annotation is blind, events of work that is closed to you are left out, and that is said.
    """
    project = call.project_to_read()
    viewer, key = call.viewer(project), resolve(project.store, key)
    namespace = project.named(taxonomy) if taxonomy else ""
    with project.store.reading() as connection:
        found = [
            event
            for event in events.open_to(connection, key, viewer)
            if namespace in {"", event.of.taxonomy} and whose in {None, event.of.annotator}
        ]
        closed = left_out(connection, Wanted(key, namespace, whose or "", viewer=viewer))
    if as_json:
        write_json([_document(event) for event in found])
    else:
        for event in found:
            write_line(_line(project, event))
    if words := closed.words(viewer, "classification"):
        say(words)
    return 0


def _document(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at,
        "annotator": event.annotator,
        "kind": event.kind,
        "subject": event.of.subject,
        "taxonomy": event.of.taxonomy,
        "of_annotator": event.of.annotator,
        "round": event.of.round,
        "version": event.version,
        "payload": event.payload,
    }


def _line(project: Project, event: Event) -> str:
    try:
        taxonomy = project.taxonomy(event.of.taxonomy, event.version)
    except NotFoundError:
        return f"{event.at}  {event.annotator}  {event.of.taxonomy}  {event.kind}"
    return f"{event.of.taxonomy}  {event_words(event, taxonomy)}"
