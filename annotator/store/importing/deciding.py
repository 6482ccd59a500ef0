"""What a source brings as decided, with digests of the answers that it brings beside it: those it was decided on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Set
from functools import cache
from itertools import groupby

from annotator.model.classification import Identity
from annotator.model.event import Event
from annotator.model.fold import HidingRule, fold
from annotator.model.outline import position
from annotator.model.person import ADJUDICATED
from annotator.model.review import digest
from annotator.store.connection import Transaction
from annotator.store.importing.staging import Row
from annotator.store.readable import to_json

Aside = Callable[[str], Set[str]]
"""From a taxonomy to its fields that are not compared, because they are about the work."""


def nothing_aside(_taxonomy: str) -> Set[str]:
    """Leave no field out: the rule where no taxonomy is known."""
    return frozenset()


BESIDE = f"""SELECT decided.seq, one.subject, one.taxonomy, one.of_annotator, one.round, one.version, one.payload
             FROM temp.staged_imports AS decided CROSS JOIN temp.staged_imports AS one USING (subject, taxonomy, round)
             WHERE decided.of_annotator = '{ADJUDICATED}' AND one.of_annotator != decided.of_annotator
             ORDER BY decided.seq, one.of_annotator"""


def note_seen(transaction: Transaction, hiding: HidingRule, aside: Aside) -> None:
    """Say in what is staged as decided which answers came with it; call when all of a source is staged."""
    aside_once = cache(aside)
    found = groupby(transaction.execute(BESIDE), key=lambda row: row[0])
    told = [(to_json(seen), seq) for seq, rows in found if (seen := _digests(rows, hiding, aside_once))]
    sql = "UPDATE temp.staged_imports SET payload = json_set(payload, '$.seen', json(?)) WHERE seq = ?"
    transaction.executemany(sql, told)


def _digests(rows: Iterable[Row], hiding: HidingRule, aside: Aside) -> dict[str, str]:
    """What those handed in who are staged beside one decision, by annotator, as a review compares it."""
    seen: dict[str, str] = {}
    for _, subject, taxonomy, annotator, round_, version, payload in rows:
        of = Identity.model_construct(subject=subject, taxonomy=taxonomy, annotator=annotator, round=round_)
        one = fold(of, [Event("", "", annotator, "imported", of, version, json.loads(payload))], hiding)
        if one.status == "submitted":
            compared = one.shown.keys() - aside(taxonomy)
            seen[annotator] = digest(
                {name: position(one.shown[name].state, one.shown[name].value) for name in compared}
            )
    return seen
