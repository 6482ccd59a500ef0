"""Look at disagreements: the queue of them, or one subject side by side."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.keys import resolve
from annotator.cli.printing import counted, say, write_json, write_line, write_table
from annotator.cli.review_words import document, lines
from annotator.cli.setting_aside import taxonomy_option
from annotator.errors import RequestError
from annotator.session import Session
from annotator.store.review_queue import REVIEW_ORDERS, ReviewOrder, ReviewView
from annotator.taxonomy.naming import find_field

HEADS = ("KEY", "FIELDS", "RULED", "FIELD", "TITLE")


@click.command("review", cls=Command)
@click.argument("key", required=False, default="")
@taxonomy_option
@click.option("--order", type=click.Choice(REVIEW_ORDERS), default="effect", show_default=True, help="Of the queue.")
@click.option("--field", metavar="FIELD", default="", help="Subjects disputed on this field alone.")
@click.option("--settled", is_flag=True, help="Subjects that are adjudicated already.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def review_command(
    call: Call, key: str, taxonomy: str, order: ReviewOrder, field: str, settled: bool, limit: int, as_json: bool
) -> int:
    """Show who said what on a subject, or list the disputed ones.

    Without KEY, those that wait for a decision come. What annotators agree on is folded
    away. Submit your own answers before you look at those of others: who has looked decides
    about a subject, and no longer classifies it.
    """
    session = Session(call.project_to_read(), call.annotator, call.round)
    about = session.taxonomy(taxonomy)
    if not key:
        field_id = find_field(about, field).id if field else ""
        _list(session, ReviewView(about.namespace, session.round, order, field_id, settled), limit, as_json)
        return 0
    if field or settled:
        raise RequestError("--field and --settled are about the queue; leave them out, or leave KEY out.")
    decide, key = session.adjudicator(), resolve(session.store, key)
    bars = decide.bars(key, about.namespace)
    review = decide.review(key, about.namespace)
    if as_json:
        write_json(document(review, about))
    else:
        for line in lines(review, about):
            write_line(line)
    if bars:
        say(f"You have seen others' answers now: you can decide about {key}, and no longer classify it.")
    return 0


def _list(session: Session, view: ReviewView, limit: int, as_json: bool) -> None:
    decide = session.adjudicator()
    found = decide.queue(view, 0, limit)
    if as_json:
        write_json([each._asdict() for each in found])
        return
    if found:
        write_table(HEADS, [(each.key, each.fields, each.ruled, each.field, each.title) for each in found])
    totals = decide.totals(view.taxonomy, view.field)
    say(f"{counted(totals.open, 'disputed subject')} open, {totals.settled:,} settled.")
