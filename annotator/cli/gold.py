"""Say which answers are known, and see how annotators did on them."""

from __future__ import annotations

from typing import Any

import click

from annotator.cli.agreement import Group, with_options
from annotator.cli.assigning import DRY_RUN, JSON, KEYS, SEED, keys_of, view_of
from annotator.cli.call import KIND, LIMIT, QUERY, SINCE, UNTIL, Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_table
from annotator.errors import RequestError
from annotator.model.rounds import short

NS = click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy they are under.")
HEADS = ("KEY", "TAXONOMY", "WHOSE", "ROUND", "FIELDS", "BY", "")
SCORE_HEADS = ("ANNOTATOR", "FIELD", "LABEL", "RIGHT", "OF", "")


@click.group("gold", cls=Group)
def gold_command() -> None:
    """Say which answers are known, and see how annotators did on them.

    Subjects with known answers are mixed into assignments with `annotator assign --gold N`.
    Nobody is told which they are but who leads.
    """


@gold_command.command("set", cls=Command)
@QUERY
@NS
@click.option("--from", "whose", metavar="NAME", help="Whose answers; else what was decided, else what is published.")
@with_options(KIND, SINCE, UNTIL, LIMIT, KEYS, SEED, DRY_RUN, JSON)
@pass_call
def set_command(call: Call, /, **said: Any) -> int:
    """Take somebody's answers as known.

    The subjects are those that `annotator list` would show, as far as they have such answers;
    --limit draws so many of them. Answers that the taxonomy does not permit are passed over.
    """
    from annotator.desk.team.gold import GoldWish

    if said["keys"] is not None and any(said[each] for each in ("query", "kind", "since", "until", "limit")):
        raise RequestError("--keys says which subjects; leave out QUERY and the options that choose subjects.")
    desk = call.desk_to_read() if said["dry_run"] else call.desk(call.who)
    wish = GoldWish(
        taxonomy=said["taxonomy"],
        whose=said["whose"] or "",
        view=view_of(said),
        keys=keys_of(desk, said["keys"]) if said["keys"] is not None else None,
        limit=said["limit"],
        seed=said["seed"] or 0,
    )
    done = desk.gold.set(wish, dry_run=said["dry_run"])
    if said["as_json"]:
        write_json({**done._asdict(), "dry_run": said["dry_run"]})
        return 0
    verb = "Would be known" if said["dry_run"] else "Known from now on"
    say(f"{verb}: the answers on {counted(done.set, 'subject')} under {done.taxonomy}.")
    for words in done.refused:
        say(f"Passed over: {words}")
    if done.closed:
        say(done.closed)
    return 0


@gold_command.command("unset", cls=Command)
@click.argument("keys", metavar="[KEY…]", nargs=-1)
@NS
@with_options(DRY_RUN)
@pass_call
def unset_command(call: Call, keys: tuple[str, ...], taxonomy: str, dry_run: bool) -> int:
    """Take no answers as known any more, or none of some subjects."""
    desk = call.desk_to_read() if dry_run else call.desk(call.who)
    many = desk.gold.unset(taxonomy, [desk.subjects.resolve(key) for key in keys], dry_run=dry_run)
    say(f"{'Would be known' if dry_run else 'Known'} no more: the answers on {counted(many, 'subject')}.")
    return 0


@gold_command.command("list", cls=Command)
@click.option("--taxonomy", metavar="NS", default="", help="Under this taxonomy alone.")
@JSON
@pass_call
def list_command(call: Call, taxonomy: str, as_json: bool) -> int:
    """List the subjects with known answers; FIELDS is by how many annotators are scored."""
    found, closed = call.desk_to_read().gold.listed(taxonomy)
    if as_json:
        write_json([each._asdict() for each in found])
        return 0
    if found:
        write_table(
            HEADS,
            [
                (
                    e.key, e.taxonomy, e.whose, short(e.round), e.fields, e.set_by,
                    f"no longer permitted: {', '.join(e.not_permitted)}" if e.not_permitted else "",
                )
                for e in found
            ],
        )  # fmt: skip
    say(f"Answers are known on {counted(len(found), 'subject')}{' that you may see' if closed else ''}.")
    if closed:
        say(closed)
    return 0


@gold_command.command("scores", cls=Command)
@NS
@JSON
@pass_call
def scores_command(call: Call, taxonomy: str, as_json: bool) -> int:
    """Show how annotators did on subjects with known answers, by person and field.

    What they handed in first counts, once it is handed in. Where there are roles, a lead sees
    everybody's, and everybody their own. Free text is not scored.
    """
    found = call.desk_to_read().gold.scores(taxonomy)
    if as_json:
        rows = [{**each._asdict(), "share": round(each.share, 4)} for each in found.rows]
        write_json({"rows": rows, "subjects": found.subjects, "notes": list(found.notes)})
        return 0
    if found.rows:
        write_table(SCORE_HEADS, [(*e[:1], *e[2:], f"{100 * e.share:.0f} %") for e in found.rows])
    for who, many in found.subjects.items():
        mine = [each for each in found.rows if each.annotator == who]
        right, of = sum(each.right for each in mine), sum(each.of for each in mine)
        say(f"{who}: {right:,} of {of:,} answers on {counted(many, 'subject')} are as known, {100 * right / of:.0f} %.")
    for words in found.notes or ([] if found.rows else ["Nobody handed in a subject with known answers yet."]):
        say(words)
    return 0
