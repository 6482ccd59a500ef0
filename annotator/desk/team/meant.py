"""Which round is meant where nobody names one, in sentences; needs no pydantic, so that figures come at once."""

from __future__ import annotations

from annotator.model.rounds import FIRST, InRounds, in_words
from annotator.store.store import Store
from annotator.store.team import rounds, to_do


def rounds_meant(store: Store, in_rounds: InRounds, taxonomy: str = "", annotator: str = "") -> list[str]:
    """Which rounds are meant, where a taxonomy has several and nobody named one; of one taxonomy, if named.

    What somebody has to do in the others is told with them.
    """
    if in_rounds.named:
        return []
    with store.reading() as transaction:
        known = rounds.started(transaction, taxonomy)
        open_work = to_do.open_counts(transaction, annotator) if annotator and known else {}
    sentences = []
    for name in dict.fromkeys(each.taxonomy for each in known):
        here = in_rounds.under(name)
        purposes = {FIRST: "", **{each.round: each.purpose for each in known if each.taxonomy == name}}
        others = ", ".join(
            in_words(number, purposes[number]) + (f", with {many:,} to do" if many else "")
            for number in purposes
            if number != here
            for many in [open_work.get((name, number), 0)]
        )
        meant = in_words(here, purposes.get(here, ""))
        sentences.append(f"Under {name} this is {meant}; --round names another one: {others}.")
    return sentences
