"""A norming view in lines: who said what at first, and what changed after it was talked about."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.desk.team.norming import NormedField, Norming, Said
from annotator.model.rounds import in_words
from annotator.tui.words import answer_words

CHANGED = "→"
"""Between what somebody said at first and says now."""


def said_in_words(field: NormedField, said: Said) -> str:
    """What somebody answered; with what they said at first, where that was something else."""
    now = answer_words(field.field, said.now)
    return f"{answer_words(field.field, said.first)} {CHANGED} {now}" if said.is_changed else now


def norming_lines(norming: Norming, *, everything: bool = False) -> Iterator[str]:
    """A line for each subject and, below it, for each field with what everybody says.

    Fields that all answered alike from the start are left out, unless asked for.
    """
    for subject in norming.subjects:
        yield f"{subject.key}  {subject.title}"
        shown = [each for each in subject.fields if everything or not each.was_alike or not each.is_alike]
        shown += [each for each in subject.fields if each not in shown and any(s.is_changed for s in each.by.values())]
        for field in shown:
            mark = "=" if field.is_alike else "≠"
            yield f"  {mark} {field.field.number or ''} {field.field.name}".rstrip()
            for who, said in field.by.items():
                yield f"      {who}: {said_in_words(field, said)}"
        if not shown:
            yield "  = everybody said the same throughout"


def norming_in_words(norming: Norming) -> str:
    """How much was alike at first and is now, and how much changed."""
    fields = norming.fields
    was, now = sum(each.was_alike for each in fields), sum(each.is_alike for each in fields)
    where = f"{norming.taxonomy.namespace}, {in_words(norming.round, norming.purpose)}"
    return (
        f"{where}: of {len(fields):,} fields with several answers {was:,} were alike at first and {now:,} are now; "
        f"{norming.changed:,} {'answer' if norming.changed == 1 else 'answers'} changed."
    )
