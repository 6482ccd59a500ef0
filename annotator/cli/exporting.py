"""Write classifications for the next tool."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from annotator.cli.call import NAMED, Call, Command, pass_call
from annotator.cli.printing import say, write_pieces
from annotator.desk.exchange.exporting import FORMS, WHATS, Form, Selection, Shape, What, write
from annotator.desk.names import kept_name

SHAPES: tuple[Shape, ...] = ("long", "wide", "subjects")


@click.command("export", cls=Command)
@click.argument("form", type=click.Choice(FORMS))
@click.option("--taxonomy", metavar="NS", default="", help="Under this taxonomy alone.")
@click.option("--what", type=click.Choice(WHATS), help="What annotators gave (raw), what was decided, or both.")
@click.option(
    "--shape",
    type=click.Choice(SHAPES),
    help="CSV with a row per value, a column per field, or a row per subject with FIELD@ANNOTATOR and FIELD@gold.",
)
@click.option("--annotator", "whose", metavar="NAME", default="", help="By this annotator alone.")
@click.option("--with-hidden", is_flag=True, help="Answers that a condition hides too.")
@click.option("--out", metavar="FILE", type=NAMED, help="Write this file, whole or not at all.")
@pass_call
def export_command(
    call: Call, form: Form, taxonomy: str, what: What | None, shape: Shape | None, whose: str, with_hidden: bool,
    out: Path | None,
) -> int:  # fmt: skip
    """Write classifications as CSV, JSON or JSON Lines.

    By default those of annotators alone; --what adjudicated brings what was decided, with
    where each answer comes from. The same data gives the same bytes. --round limits it to a round; without, all rounds
    come. Cells that a spreadsheet would run as a formula get a leading '. JSON, JSON Lines
    and the long CSV can be imported again. While annotation is blind, work that is closed to
    you is left out, and that is said.
    """
    if shape in {"wide", "subjects"} and form != "csv":
        raise click.UsageError(f"--shape is about csv; {form} has one shape.")
    if out is not None:
        call.refuse_own(out)
    default: What = "both" if shape == "subjects" else "raw"
    desk = call.desk_to_read()
    whose = kept_name(desk.store, whose)
    selection = Selection(taxonomy, whose, call.round, with_hidden, what or default)
    exported = desk.exchange.export(form, selection, shape or "long")
    with closing(exported.pieces) as pieces:  # also when a pipe breaks
        if out is not None and str(out) != "-":
            write(out, pieces)
            say(f"{out}: written.")
        else:
            write_pieces(pieces, is_json=form != "csv")
    say(exported.contents)
    return 0
