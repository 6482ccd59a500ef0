"""Two subjects of one key that somebody says are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.errors import NotFoundError, RequestError
from annotator.store import hand_ins
from annotator.store.importing.relating import told_key
from annotator.store.log import events
from annotator.store.merging.subjects import Subjects
from annotator.store.team import assignments, team

if TYPE_CHECKING:
    from annotator.store.connection import Transaction
    from annotator.store.projection import Projection


def join(transaction: Transaction, projection: Projection, by: str, one: str, other: str) -> str:
    """Let two subjects be one, with all that was done about either, and record who said so; returns the key it has.

    Call inside a write transaction. Raises NotFoundError where one is not here, RequestError for two that no source
    calls alike.
    """
    subjects = Subjects(transaction)
    both = {key: subjects.named(key) for key in (one, other)}
    for key, found in both.items():
        if found is None:
            raise NotFoundError(f"{key}: there is no such subject; `annotator list` shows what there is.")
    kinds = {found.kind for found in both.values() if found}
    if len(both) < 2 or told_key(one) != told_key(other) or len(kinds) > 1:
        raise RequestError(
            f"{one} and {other}: only two subjects that a source calls alike can be one, such as {one} and "
            f"{told_key(one)}~1a2b3c."
        )
    versions = [(key, found.seen) for key, found in both.items() if found]
    events.append(transaction, by, "subjects_joined", events.NOTHING, 0, {"subjects": [[*each] for each in versions]})
    subjects.join(versions)
    compute(transaction, projection, subjects)
    return told_key(one) if subjects.named(one) is None else one


def compute(transaction: Transaction, projection: Projection, subjects: Subjects) -> None:
    """Compute anew what was done about subjects that were joined."""
    projection.forget()
    found = events.about_subjects(transaction, subjects.joined)
    for of in found:
        projection.refresh(projection.computed(of))
    hand_ins.refresh_of(transaction, projection.hiding, found)
    team.rebuild(transaction)
    assignments.rebuild(transaction)
