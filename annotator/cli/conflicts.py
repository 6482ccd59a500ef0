"""List what was done apart and does not say the same, and keep one of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement import Group
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, end_list, say, write_json, write_line, write_wrapped
from annotator.tui.conflicts.words import place_label, side_words, taxonomy_of, told_by, where

if TYPE_CHECKING:
    from annotator.desk.conflicts.sides import OpenConflict
    from annotator.desk.desk import Desk

NONE = "Nothing is in conflict: what was done apart says the same everywhere."
NONE_SEEN = "Nothing that you may see is in conflict."
HOW = "`annotator conflicts keep EVENT` keeps one; an answer given anew settles what is said of a field too."


@click.group("conflicts", cls=Group, invoke_without_command=True)
@click.option("--taxonomy", metavar="NS", help="Those under this taxonomy alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def conflicts_command(context: click.Context, /, taxonomy: str | None, as_json: bool) -> int:
    """List what was done apart and does not say the same, and keep one of it.

    Each place comes with all that was said there: the event, what it says, who, when, and on
    which replica. The one marked with an arrow shows meanwhile. What is closed to you while
    annotation is blind is left out, and how much that is is said, but not whether it is in conflict.
    """
    if context.invoked_subcommand is not None:
        return 0
    from annotator.desk.conflicts.sides import names_in

    desk = context.ensure_object(Call).desk_to_read()
    found = desk.conflicts.listed(taxonomy or "")
    listed = ""
    if as_json:
        write_json([_document(desk, each) for each in found.conflicts])
    elif found.conflicts:
        names = names_in(found.conflicts)
        for each in found.conflicts:
            _write(desk, each, names)
        listed = f"{counted(len(found.conflicts), 'place')} in conflict. {HOW}"
    end_list(listed, NONE, NONE_SEEN, found.left_out, as_json=as_json)
    return 0


@conflicts_command.command("keep", cls=Command)
@click.argument("event")
@pass_call
def keep_command(call: Call, event: str) -> int:
    """Let what one event said stand, by saying it once more.

    EVENT is what stands before each version in the list, or a beginning of the event's id that
    is no other's. One's own work one settles oneself; others' somebody who may decide about it.
    """
    desk = call.desk(call.who)
    kept = desk.conflicts.keep(event)
    taxonomy = taxonomy_of(desk, kept.conflict)
    further = f", there and at {counted(kept.also, 'further place')}" if kept.also else ""
    label, words = place_label(kept.conflict, taxonomy), side_words(kept.side, kept.conflict, taxonomy)
    say(f"Kept for {where(kept.conflict)}, {label}: {words}{further}.")
    return 0


def _write(desk: Desk, conflict: OpenConflict, names: Mapping[str, str]) -> None:
    taxonomy = taxonomy_of(desk, conflict)
    write_line(f"{where(conflict)} · {place_label(conflict, taxonomy)}")
    for side in conflict.sides:
        mark = "→" if side.is_shown else " "
        words = f"{side_words(side, conflict, taxonomy)}  ({told_by(side, conflict)})"
        write_wrapped(f"{mark} {names[side.event]}  {words}", "  ")
    write_line()


def _document(desk: Desk, conflict: OpenConflict) -> dict[str, Any]:
    taxonomy = taxonomy_of(desk, conflict)
    return {
        "place": conflict.place,
        "label": place_label(conflict, taxonomy),
        "subject": conflict.subject or None,
        "taxonomy": conflict.taxonomy or None,
        "annotator": conflict.annotator or None,
        "round": conflict.round or None,
        "field": conflict.field or None,
        "versions": [
            {
                "event": side.event,
                "words": side_words(side, conflict, taxonomy),
                "by": side.by,
                "at": side.at,
                "replica": side.replica,
                "kind": side.kind,
                "said": side.said,
                "shown": side.is_shown,
            }
            for side in conflict.sides
        ],
    }
