"""Which classifications people made, which models, and which an import brought."""

from __future__ import annotations

import json
from typing import Any

from annotator.model.person import ADJUDICATED, plain_name
from annotator.model.queue import IMPORT, MODEL, PERSON, QueueView
from annotator.model.rounds import InRounds
from annotator.model.visibility import Viewer
from annotator.store import people, visibility
from annotator.store.connection import Transaction

BY_MODEL, BY_IMPORT = "classifications_by_model", "classifications_by_import"
"""The indexes that hold nothing but what models made, and what imports brought."""
IS_BY_MODEL = "made.provenance != '{}' AND made.status != 'untouched'"
IS_BY_IMPORT = "(made.run IS NOT NULL OR made.is_imported = 1) AND made.status != 'untouched'"
IS_BY_PERSON = "made.provenance = '{}' AND made.status != 'untouched'"
"""What holds of a row that is called `made`; the first two as the indexes say it."""
GENERATOR = "json_extract(made.provenance, '$.generator')"
OF_MODEL = "IN (SELECT name FROM people WHERE kind = 'model' AND stands_for = id)"
"""Said of a name: that it is a model's."""
IS_OF_ITS_OWN = f"(made.provenance = '{{}}' OR made.annotator {OF_MODEL}) AND made.status != 'untouched'"
"""That whoever a row called `made` is attributed to made it."""
Selected = tuple[str, dict[str, Any]]
"""A condition on `subjects`, and the values it names."""


def condition(transaction: Transaction, view: QueueView, in_rounds: InRounds, viewer: Viewer) -> Selected:
    """That somebody or something made a classification of a subject, one that is open to a viewer.

    Whoever asks gives the values of `in_rounds`, `taxonomy`, `status` and, where the view names one, `annotator`.
    """
    if view.made_by == PERSON:  # nearly everything is: looked up by subject, so that the first ones come at once
        seen = visibility.open_to(transaction, viewer, "made")
        by = f"{IS_BY_PERSON} AND made.annotator {people.OF_SOMEBODY} AND made.annotator {people.OF_NO_MODEL}"
        here = f"SELECT 1 FROM classifications AS made WHERE made.subject_id = subjects.id AND {by}"
        return f"EXISTS ({here}{_further(view, in_rounds)}{seen.named.and_sql})", seen.given
    seen = visibility.open_to(transaction, viewer, "made")
    values: dict[str, Any] = {}
    if view.made_by == IMPORT:
        found = [(f" INDEXED BY {BY_IMPORT}", IS_BY_IMPORT)]
    elif view.made_by == MODEL:
        of_models = f"{IS_BY_PERSON} AND made.annotator {OF_MODEL}"
        found = [(f" INDEXED BY {BY_MODEL}", IS_BY_MODEL), ("", of_models)]
    else:
        values = {"maker": view.maker, "generators": json.dumps(_alike(transaction, view.maker))}
        of_generators = f"{IS_BY_MODEL} AND {GENERATOR} IN (SELECT value FROM json_each(:generators))"
        found = [(f" INDEXED BY {BY_MODEL}", of_generators), ("", f"{IS_OF_ITS_OWN} AND made.annotator = :maker")]
    further = f"{_further(view, in_rounds)}{seen.named.and_sql}"
    parts = (f"SELECT made.subject_id FROM classifications AS made{by} WHERE {what}{further}" for by, what in found)
    return f"subjects.id IN ({' UNION ALL '.join(parts)})", {**values, **seen.given}


def _further(view: QueueView, in_rounds: InRounds) -> str:
    """What else a view says about the classification."""
    further = f" AND made.round = {in_rounds.sql('made.taxonomy')}"
    further += " AND made.taxonomy = :taxonomy" if view.taxonomy else ""
    further += " AND made.annotator = :annotator" if view.annotator else ""
    is_theirs = view.annotator and view.status not in ("", "untouched")
    return further + (" AND made.status = :status" if is_theirs else "")


def people_who_made(transaction: Transaction) -> list[str]:
    """Everybody but models who has a classification here, what was decided left out."""
    models = set(_models(transaction))
    return [name for name in people.annotators(transaction) if name != ADJUDICATED and name not in models]


def models_that_made(transaction: Transaction, viewer: Viewer) -> list[str]:
    """The models that made something which is open to a viewer, each in one spelling."""
    seen = visibility.open_to(transaction, viewer, "made", of_few=True)
    sql = f"""SELECT EXISTS (SELECT 1 FROM classifications AS made INDEXED BY {BY_MODEL}
                WHERE {IS_BY_MODEL} AND {GENERATOR} = :generator{seen.named.and_sql})"""
    found = {
        name
        for name in _generators(transaction)
        if name and transaction.execute(sql, {"generator": name, **seen.given}).fetchone()[0]
    }
    found.update(set(_models(transaction)).intersection(people.annotators(transaction)))
    return sorted({plain_name(name): name for name in sorted(found, reverse=True)}.values())


def _models(transaction: Transaction) -> list[str]:
    return [name for (name,) in transaction.execute("SELECT name FROM people WHERE kind = 'model' AND stands_for = id")]


def _alike(transaction: Transaction, name: str) -> list[str]:
    """The spellings of a name that models bear."""
    return [each for each in _generators(transaction) if plain_name(each) == plain_name(name)]


def _generators(transaction: Transaction) -> list[str]:
    """Every name of a model that made something, by one look into the index each, however much it made."""
    least = f"SELECT min({GENERATOR}) FROM classifications AS made INDEXED BY {BY_MODEL} WHERE {IS_BY_MODEL}"
    sql = f"""WITH RECURSIVE found (name) AS ({least}
                UNION ALL SELECT ({least} AND {GENERATOR} > name) FROM found WHERE name IS NOT NULL)
              SELECT name FROM found WHERE name IS NOT NULL"""
    return [name for (name,) in transaction.execute(sql)]
