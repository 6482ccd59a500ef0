"""One import: staged beside the file, judged against it, and moved into it under a short lock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import TYPE_CHECKING

from annotator.store import content, imported, issues, taxonomies
from annotator.store.connection import in_words
from annotator.store.staging import KINDS, Kind, staging

if TYPE_CHECKING:
    from annotator.model.fold import HidingRule
    from annotator.model.record import ImportIssue
    from annotator.model.taxonomy import Taxonomy
    from annotator.store.content import Told
    from annotator.store.imported import Brought
    from annotator.store.store import Store


class Import:
    """What one source brings, on its way into the file; `staged` makes one."""

    def __init__(self, store: Store) -> None:
        """Take a store whose connection has the staging tables."""
        self._store = store
        self._connection = store.connection
        self._seen = 0

    @contextmanager
    def preparing(self, hiding: HidingRule) -> Iterator[None]:
        """Stage inside, beside one state of the file and without its lock; at the end all of it is judged."""
        with self._store.preparing():
            yield
            for kind in KINDS:
                content.judge(self._connection, kind)
            imported.judge(self._connection, hiding)
            self._seen = self._store.foreign_changes()

    def stage_subjects(self, kind: Kind, told: Sequence[tuple[int, bool, Told]]) -> None:
        """Stage subjects of one kind, each with its place in the source and whether its key was told before."""
        content.stage(self._connection, kind, told)

    def stage_classifications(self, told: Sequence[tuple[int, Brought]]) -> None:
        """Stage classifications, each with its place in the source; no two may be of the same identity."""
        imported.stage(self._connection, told)

    def move(self, versions: Mapping[tuple[str, int], Taxonomy]) -> dict[str, Counter[str]]:
        """Keep everything; call inside `writing`. Gives what became of incidents, reports and classifications.

        `versions` holds the taxonomies that classifications were read under. Raises SourceError and TaxonomyError.
        """
        others_wrote = self._store.foreign_changes() != self._seen
        moved = {f"{kind}s": content.move(self._connection, kind, others_wrote=others_wrote) for kind in KINDS}
        if others_wrote:
            imported.judge_again(self._connection)
        imported.make_subjects(self._connection)
        for version in imported.versions(self._connection):
            taxonomies.put(self._connection, versions[version])
        imported.move_new(self._connection)
        for of, _, number, payload in imported.changed(self._connection):
            self._store.record(of.annotator, "imported", of, number, json.loads(payload))
        return {**moved, "classifications": imported.outcomes(self._connection)}

    def keep_issues(self, source: str, read: Set[tuple[str, str, str]], met: Sequence[ImportIssue]) -> None:
        """Keep what the source said that does not fit, and drop what it no longer says; call inside `writing`."""
        issues.put(self._connection, met)
        issues.settle(self._connection, source, read, met)


@contextmanager
def staged(store: Store) -> Iterator[Import]:
    """Begin an import; at the end whatever was staged and not moved is gone."""
    with in_words(store.path), staging(store.connection):
        yield Import(store)
