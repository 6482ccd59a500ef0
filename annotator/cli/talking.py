"""Talk about subjects: write a comment, and list what others wrote."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.call import Call, Command, pass_call, read_date
from annotator.cli.printing import counted, say, write_json, write_line, write_text
from annotator.desk.names import kept_name
from annotator.errors import RequestError
from annotator.model.chain import shortened

if TYPE_CHECKING:
    from annotator.store.team.comments import Comment


@click.command("comment", cls=Command)
@click.argument("key")
@click.argument("text")
@click.option("--taxonomy", metavar="NS", default="", help="The work under this taxonomy is meant, not all of it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def comment_command(call: Call, key: str, text: str, taxonomy: str, as_json: bool) -> int:
    """Comment on a subject, and name who is meant with @name.

    TEXT `-` reads standard input. Who is named is known here, by any spelling; a name with blanks may stand in
    quotes: @"José Pérez". While annotation is blind, who is at work on the subject (with --taxonomy: under it)
    reads it once they have handed in or skipped theirs.
    """
    desk = call.desk(call.who)
    key = desk.subjects.resolve(key)
    namespace = desk.subjects.taxonomy(taxonomy).namespace if taxonomy else ""
    made = desk.comments.write(key, _from_input() if text == "-" else text, namespace)
    if as_json:
        write_json(_document(made))
    told = f" Named: {', '.join(made.mentions)}." if made.mentions else ""
    say(f"{_about(made)}: commented.{told}")
    return 0


def _from_input() -> str:
    """What comes on standard input; raises RequestError for bytes that are no text."""
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError("What came on standard input is no UTF-8 text; nothing was written.") from error


@click.command("comments", cls=Command)
@click.argument("key", required=False, default="")
@click.option("--mentioning", metavar="NAME", default="", help="Those that name this person alone.")
@click.option("--since", metavar="DATE", callback=read_date, help="Written then or later: 2027, 2027-06 or 2027-06-30.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def comments_command(call: Call, key: str, mentioning: str, since: str | None, as_json: bool) -> int:
    """List comments, on one subject or on all, newest last.

    While annotation is blind, comments on what you are at work on are left out, but for your own, and that is said.
    """
    desk = call.desk_to_read()
    key = desk.subjects.resolve(key) if key else ""
    found = desk.comments.listed(key, kept_name(desk.store, mentioning), since or "")
    if as_json:
        write_json([_document(each) for each in found.comments])
    else:
        ids = shortened(each.event for each in found.comments)
        for number, each in enumerate(found.comments):
            _write(each, ids[each.event], is_first=not number)
        say(counted(len(found.comments), "comment") + ".")
    if found.left_out:
        say(found.left_out)
    return 0


def _write(comment: Comment, event: str, *, is_first: bool) -> None:
    """Print a comment under a line that says on what, when, by whom, and by which id it can be erased."""
    from annotator.tui.words import local_time

    if not is_first:
        write_line()
    write_line(f"{_about(comment)} · {comment.annotator} · {local_time(comment.at)} · {event}")
    if comment.erased_by:
        write_line(f"  {_erased(comment)}")
        return
    for line in comment.text.splitlines():
        write_text(f"  {line}".rstrip())


def _erased(comment: Comment) -> str:
    """What stands in place of a comment that was erased."""
    return f"erased by {comment.erased_by}: {comment.reason}"


def _about(comment: Comment) -> str:
    return f"{comment.subject} · {comment.taxonomy}" if comment.taxonomy else comment.subject


def _document(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.event,
        "subject": comment.subject,
        "taxonomy": comment.taxonomy or None,
        "annotator": comment.annotator,
        "at": comment.at,
        "text": None if comment.erased_by else comment.text,
        "mentions": list(comment.mentions),
        "erased": {"by": comment.erased_by, "reason": comment.reason} if comment.erased_by else None,
    }
