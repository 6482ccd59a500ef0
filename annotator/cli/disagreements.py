"""List where annotators differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement_documents import Table
from annotator.cli.agreement_options import FIELD, OF_FORM, TAXONOMY, take, with_options
from annotator.cli.agreement_tables import print_table
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.dates import SINCE, UNTIL
from annotator.cli.printing import counted, say

if TYPE_CHECKING:
    from annotator.comparing.rows import Disagreement
    from annotator.comparing.scope import Scope
    from annotator.project import Project


LIKELY = click.option(
    "--likely",
    is_flag=True,
    help="Add the answer that is likely, by how reliable each annotator is (Dawid and Skene).",
)


@click.command("disagreements", cls=Command)
@with_options(TAXONOMY, FIELD, SINCE, UNTIL, LIKELY, *OF_FORM)
@pass_call
def disagreements_command(call: Call, /, likely: bool, **said: Any) -> int:
    """List every disagreement: who said what, and the ruling, where there is one.

    They are those that a review settles: between what annotators handed in, with AIID's
    published answers left aside.
    """
    from annotator.cli.agreement import NOTHING_SHARED, scope_of
    from annotator.comparing.finding import scopes

    asked = take(call, said)
    project = call.project_to_read()
    scope = scope_of(call, asked, project)
    found: list[dict[str, Any]] = []
    notes: list[str] = []
    asked_for = scopes(project, scope)
    for each in asked_for:
        head = {} if scope.taxonomy else {"taxonomy": each.taxonomy}
        rows, beside = _judged(project, each) if likely else _found(project, each)
        found += [{**head, **asdict(row)} for row in rows]
        notes += beside
    print_table(Table.LIKELY if likely else Table.DISAGREEMENTS, found, asked)
    for words in notes if asked_for else [NOTHING_SHARED.format(scope.round)]:
        say(words)
    say(counted(len(found), "disagreement") + ".")
    return 0


def _found(project: Project, scope: Scope) -> tuple[Sequence[Disagreement], list[str]]:
    """The disagreements of a taxonomy, and what must be known beside them."""
    from annotator.comparing.disagreements import disagreements
    from annotator.comparing.finding import sample_of
    from annotator.comparing.whose import closed, dated, left_aside, who
    from annotator.store.agreement_patterns import Answers

    rows = disagreements(project, scope)
    exact = replace(scope, taxonomy=project.named(scope.taxonomy))
    with project.store.reading() as connection:
        answers = Answers(connection, sample_of(exact))
        words = f"{exact.taxonomy}, round {exact.round}: {who(answers)}"
        return rows, [words, *left_aside(answers), *closed(answers), *dated(exact)]


def _judged(project: Project, scope: Scope) -> tuple[Sequence[Disagreement], list[str]]:
    """The same with the likely answers, and why some have none."""
    from annotator.comparing.comparison import comparing
    from annotator.comparing.likely import Judge

    rows, notes = _found(project, scope)
    with comparing(project, scope) as comparison:
        judge = Judge(comparison)
        judged = [judge.judge(row) for row in rows]
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for field, reason in judge.missing.items():
        fields[reason].append(field)
    missing = [f"Nothing is likely for {', '.join(names)}: {reason}." for reason, names in fields.items()]
    return judged, [*notes, *missing]
