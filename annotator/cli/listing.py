"""List subjects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from annotator.cli.call import KIND, LIMIT, QUERY, SINCE, UNTIL, Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_table
from annotator.desk.names import kept_name
from annotator.desk.project import Project
from annotator.desk.team.meant import rounds_meant
from annotator.errors import RequestError
from annotator.model.queue import KINDS_OF_MAKERS, SORTS, STATUSES, QueueRow, QueueView

HEADS = ("KEY", "DATE", "REPORTS", "STATUS", "TITLE")


@click.command("list", cls=Command)
@QUERY
@KIND
@click.option("--taxonomy", metavar="NS", help="Those with work under this taxonomy; with --status, that work.")
@click.option("--status", type=click.Choice(STATUSES), help="Those with this status.")
@click.option("--annotator", "whose", metavar="NAME", help="Those this annotator worked on.")
@SINCE
@UNTIL
@click.option("--flagged", is_flag=True, help="Those with an open flag.")
@click.option(
    "--assigned",
    is_flag=True,
    help="Those --annotator, else --as, has still to do in whatever round; with --taxonomy, under it.",
)
@click.option("--stale", is_flag=True, help="Those adjudicated on other answers than there are now.")
@click.option("--commented", is_flag=True, help="Those with comments that are open to you.")
@click.option("--mentioned", is_flag=True, help="Those where a comment names you, which you neither answered nor read.")
@click.option(
    "--made-by",
    metavar="NAME",
    help="Those this person or model classified; person, model, import: any of them; =model: one called so.",
)
@click.option("--sort", type=click.Choice(SORTS), default="order", show_default=True, help="Their order.")
@click.option("--reverse", is_flag=True, help="The other way round.")
@LIMIT
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def list_command(call: Call, /, query: tuple[str, ...], limit: int | None, as_json: bool, **said: Any) -> int:
    """List subjects with the state of their classifications.

    QUERY finds words in titles and texts: a word finds those that begin with it, "quoted
    words" stand in that order. The status shown is that of --annotator, else of --as, else
    the most advanced that anybody reached; with --status adjudicated, the decision too. What
    --as has still to do comes first. With --made-by, --taxonomy says under which, and
    --annotator to whom it is attributed; with --stale, under which the decision is. What you
    are at work on counts as stale nowhere.
    """
    desk = call.desk_to_read()
    view = _view(desk.project, " ".join(query), said)
    if view.assigned and not (view.annotator or call.annotator):
        raise RequestError("Say whose open work: --annotator NAME, or --as NAME for your own.")
    if view.mentioned and not call.annotator:
        raise RequestError("Say who you are: --as NAME; --mentioned finds where comments name you.")
    found = desk.queue.listed(view, limit)
    if as_json:
        write_json([_document(row, view) for row in found])
    elif found:
        write_table(HEADS, [_cells(row) for row in found])
    if not as_json:
        say(counted(len(found), "subject") + ".")
        if call.annotator:
            for words in rounds_meant(desk.store, desk.worked_in, view.taxonomy, call.annotator):
                say(words)
    return 0


def _view(project: Project, search: str, said: dict[str, Any]) -> QueueView:
    view = QueueView(
        search=search,
        kind=said["kind"] or "",
        taxonomy=project.named(said["taxonomy"]) if said["taxonomy"] else "",
        status=said["status"] or "",
        annotator=kept_name(project.store, said["whose"] or ""),
        since=said["since"] or "",
        until=said["until"] or "",
        flagged=said["flagged"],
        assigned=said["assigned"],
        stale=said["stale"],
        commented=said["commented"],
        mentioned=said["mentioned"],
        made_by=_made_by(project, said["made_by"] or ""),
        sort=said["sort"],
    )
    return replace(view, descending=said["reverse"])


def _made_by(project: Project, said: str) -> str:
    """Whoever is meant, as a view says it."""
    if said in KINDS_OF_MAKERS or not said.strip("= "):
        return said.strip("= ")
    return f"={kept_name(project.store, said.removeprefix('='))}"


def _document(row: QueueRow, view: QueueView) -> dict[str, Any]:
    further: dict[str, Any] = {}
    if view.assigned:
        elsewhere = [{"taxonomy": taxonomy, "round": number} for taxonomy, number in row.to_do if number]
        further = {"assigned": list(row.assigned), "elsewhere": elsewhere}
    further |= {"stale": list(row.stale)} if view.speaks_of_decisions else {}
    further |= {"comments": row.comments, "names_you": row.names_you} if view.speaks_of_comments else {}
    return {
        "key": row.key,
        "kind": row.kind,
        "title": row.title,
        "date": row.date,
        "reports": row.reports,
        "status": row.status,
        **further,
    }


def _cells(row: QueueRow) -> tuple[str, ...]:
    status = ", ".join(
        f"{taxonomy} {state}{' in conflict' if taxonomy in row.conflicts else ''}"
        for taxonomy, state in row.status.items()
    )
    flag = "flagged" if row.flagged else ""
    assigned = f"assigned under {row.to_do_in_words}" if row.to_do else ""
    stale = f"decision stale under {', '.join(row.stale)}" if row.stale else ""
    talk = counted(row.comments, "comment") + (", names you" if row.names_you else "") if row.comments else ""
    states = "; ".join(filter(None, (status, assigned, stale, flag, talk)))
    return row.key, row.date, str(row.reports), states, row.title
