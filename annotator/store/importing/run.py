"""One import: staged beside the file, judged against it, and moved into it under a short lock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from annotator.model.classification import Answer
from annotator.model.person import plain_name
from annotator.model.quoting import is_same
from annotator.model.visibility import UNBOUND
from annotator.store import people, quotations, readable, subjects, taxonomies
from annotator.store.importing import classifications, closed, content, deciding, grafting, staging
from annotator.store.importing.staging import KINDS
from annotator.store.issues import COLUMNS
from annotator.store.log import changes, events
from annotator.store.wording import in_words

if TYPE_CHECKING:
    from annotator.model.chain import Heads
    from annotator.model.classification import Identity
    from annotator.model.fold import HidingRule
    from annotator.model.provenance import ImportedFrom
    from annotator.model.record import ImportIssue
    from annotator.model.taxonomy import Taxonomy
    from annotator.model.visibility import Viewer
    from annotator.store.connection import Transaction
    from annotator.store.importing.classifications import Brought
    from annotator.store.importing.deciding import Aside
    from annotator.store.importing.staging import Told
    from annotator.store.store import Store

KEPT_BESIDE = "kept beside"
"""What becomes of a classification that somebody works on here: it is not taken over, and a conflict until decided."""


@contextmanager
def beside(
    store: Store,
    hiding: HidingRule,
    source: ImportedFrom,
    by: str = "",
    aside: Aside = deciding.nothing_aside,
    viewer: Viewer = UNBOUND,
) -> Iterator[Import]:
    """Begin somebody's import on a connection of its own, with which all goes that was staged and not moved.

    `viewer` is whom it is told to: what becomes of what is closed to them is not told.
    """
    with in_words(store.path), closing(store.another()) as own:
        own.use_rule(hiding)
        staging.make(own.transaction)
        yield Import(own, hiding, source, by, aside, viewer)


class Import:
    """What one source brings, on its way into the file."""

    def __init__(
        self, own: Store, hiding: HidingRule, source: ImportedFrom, by: str, aside: Aside, viewer: Viewer
    ) -> None:
        """Take a store whose connection has the staging tables and is used for this alone, and who imports what."""
        self.source, self._by, self._viewer = source, by, viewer
        self._store = own
        self._transaction = own.transaction
        self._hiding, self._aside = hiding, aside
        self._judged = self._added = self._indexed = self._seen = 0
        self.gone = Counter[str]()
        """How many quotations lack their words in the texts that were moved into the file, as far as it may be told."""
        self._heads: Heads = {}
        self._spelt: dict[str, str] = {}
        self._has_classifications = False
        self._may_graft: bool | None = None
        self._indexing: Future[None] | None = None

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """Stage inside, beside one state of the file and without its lock; at the end all of it is judged."""
        with self._store.preparing(), ThreadPoolExecutor(1) as self._thread:
            yield
            self._wait()
            if self._has_classifications:
                deciding.note_seen(self._transaction, self._hiding, self._aside)
                classifications.judge(self._transaction, self._hiding, self.source)
                self._heads = changes.heads(self._transaction)
            self._seen = self._store.foreign_changes()

    def stage(self, told: Sequence[tuple[int, bool, Told]], brought: Sequence[tuple[int, Brought]]) -> None:
        """Stage subjects and classifications, each with its place in the source, and in their order.

        With a subject comes whether its key was told before. No two classifications may be of the same identity.
        """
        self._wait()
        if brought:
            classifications.stage(self._transaction, brought)
            self._has_classifications = True
        if told:
            told = self._told_apart(told)
            content.stage(self._transaction, told)
            self._added += content.judge(self._transaction, self.source, self._judged)
            self._judged = told[-1][0]
            if self._added > content.BATCH:
                self._index_beside()

    def _told_apart(self, told: Sequence[tuple[int, bool, Told]]) -> Sequence[tuple[int, bool, Told]]:
        """Reports under keys of their own whose key stands here for another text altogether."""
        rows = {each.key: each.row for _, _, each in told if each.kind == "report" and each.row[2]}
        apart = content.unrelated(self._transaction, rows)
        return [
            (seq, again, each._replace(key=apart.get(each.key, each.key)) if each.kind == "report" else each)
            for seq, again, each in told
        ]

    def known_as(self, name: str) -> str:
        """The name somebody is known by here, or was called first in this import."""
        return self._spelt.setdefault(plain_name(name), people.known_as(self._transaction, name))

    def names(self) -> list[str]:
        """Every name and spelling of people and models in the file."""
        return list(people.spelt(self._transaction))

    def standing_apart(self) -> list[tuple[str, ...]]:
        """The keys of subjects in the file that sources call alike and that are not one."""
        return subjects.apart(self._transaction)

    def _index_beside(self) -> None:
        """Index what is new beside the file, in a thread: the source is read on meanwhile."""
        if self._may_graft is None:
            self._may_graft = grafting.begin(self._transaction)
        if self._may_graft:
            self._indexing = self._thread.submit(grafting.add, self._transaction, self._indexed)
            self._indexed = self._judged

    def _wait(self) -> None:
        if self._indexing:
            self._indexing.result()

    @contextmanager
    def under_lock(self, *, is_rehearsal: bool) -> Iterator[None]:
        """Move inside: all of it is kept, or nothing after an error or when it was a rehearsal."""
        with self._store.rehearsing() if is_rehearsal else self._store.writing():
            yield

    def move(self, versions: Mapping[tuple[str, int], Taxonomy]) -> dict[str, Counter[str]]:
        """Write everything; gives what became of incidents, reports and classifications, as it may be told.

        `versions` holds the taxonomies that classifications were read under. Raises SourceError and TaxonomyError.
        """
        self._transaction.execute("SAVEPOINT run")
        run = self._begin_run()
        closed.note_quoting(self._transaction, self._viewer)
        moved = self._move(versions, run)
        told = (
            {"classifications": classifications.told_outcomes(self._transaction)} if self._has_classifications else {}
        )
        if any(outcomes[each] for outcomes in moved.values() for each in ("added", "updated", KEPT_BESIDE)):
            self._note_run(run)
            self.gone = self._gone()
        else:  # it ran, and there was nothing to do
            self._transaction.execute("ROLLBACK TO run")
            self._transaction.forget_replica()
        self._transaction.execute("RELEASE run")
        return {**moved, **told}

    def _begin_run(self) -> str:
        """Say in the log who imports what; returns the id of that event."""
        said = {"source": self.source.source, "sha256": self.source.sha256}
        event = events.append(self._transaction, self._by, "import_ran", events.NOTHING, 0, said)
        row = (event.id, *said.values(), event.annotator, event.at)
        self._transaction.execute("INSERT INTO import_runs VALUES (?, ?, ?, ?, ?)", row)
        return event.id

    def _note_run(self, run: str) -> None:
        """Note which import brought what subjects say now, in a form that sorts as the runs do."""
        self._transaction.execute(
            """UPDATE subjects SET run = (SELECT printf('%016d ', counter) || id FROM log WHERE id = :run)
               WHERE key IN (SELECT key FROM temp.staged_subjects WHERE outcome IN ('added', 'updated'))""",
            {"run": run},
        )

    def _gone(self) -> Counter[str]:
        sql = "SELECT key FROM temp.staged_subjects WHERE outcome = 'updated' AND kind = 'report'"
        open_to_viewer = "classification_id NOT IN (SELECT id FROM temp.closed_quoting)"
        return quotations.gone(self._transaction, [key for (key,) in self._transaction.execute(sql)], open_to_viewer)

    def _move(self, versions: Mapping[tuple[str, int], Taxonomy], run: str) -> dict[str, Counter[str]]:
        others_wrote = self._store.foreign_changes() != self._seen
        if others_wrote:
            content.doubt(self._transaction)
        content.move_new(self._transaction, is_indexed=self._indexed > 0)
        moved = {f"{kind}s": content.move(self._transaction, kind, self.source) for kind in KINDS}
        if self._has_classifications:
            moved["classifications"] = self._move_classifications(versions, others_wrote, run)
        return moved

    def _move_classifications(
        self, versions: Mapping[tuple[str, int], Taxonomy], others_wrote: bool, run: str
    ) -> Counter[str]:
        if others_wrote:
            classifications.judge_again(self._transaction, self._heads, self.source)
        closed.note_imports(self._transaction, self._viewer)
        classifications.judge_closed(self._transaction, self._by, self.source)
        classifications.make_subjects(self._transaction)
        for version in classifications.versions(self._transaction):
            taxonomies.put(self._transaction, versions[version])
        classifications.move_new(self._transaction, self._hiding, self._by, run)
        for (of, _, number, payload), is_closed in classifications.changed(self._transaction):
            if not is_closed and self._is_said_here(of, json.loads(payload)):
                classifications.note(self._transaction, of, "unchanged")
                continue
            event, now = self._store.record(self._by, "imported", of, number, {**json.loads(payload), "run": run})
            if any(event.id == each.event for conflict in now.conflicts for each in conflict.versions):
                classifications.note(self._transaction, of, KEPT_BESIDE)
        return classifications.outcomes(self._transaction)

    def _is_said_here(self, of: Identity, said: dict[str, Any]) -> bool:
        """Whether somebody works on a classification here and holds the answers that come, such as their own export."""
        here = self._store.classification(of)
        if here.is_imported or not here.updated_at or "answers" not in said:
            return False
        answers = {field: Answer.model_validate(each) for field, each in said["answers"].items()}
        return answers.keys() == here.answers.keys() and all(
            answers[field].value == held.value and _is_quoted(answers[field], held)
            for field, held in here.answers.items()
        )

    def keep_issues(self, read: Set[tuple[str, str, str]], met: Sequence[ImportIssue]) -> None:
        """Keep what the source said that does not fit, and drop what it no longer says."""
        put_issues(self._transaction, met)
        settle_issues(self._transaction, self.source.source, read, met)


def _is_quoted(brought: Answer, held: Answer) -> bool:
    """Whether an answer is supported by the same words as the one that is here."""
    pairs = zip_longest(brought.evidence, held.evidence)
    return all(one is not None and other is not None and is_same(one, other) for one, other in pairs)


def put_issues(transaction: Transaction, issues: Iterable[ImportIssue]) -> int:
    """Keep issues; those already known are not repeated. Returns how many are new."""
    now = readable.now()
    return transaction.executemany(
        f"INSERT OR IGNORE INTO import_issues ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*_facts(issue), now) for issue in issues],
    ).rowcount


def settle_issues(
    transaction: Transaction, source: str, read: Set[tuple[str, str, str]], met: Iterable[ImportIssue]
) -> None:
    """Drop issues that reading the same things of a source again no longer met.

    `read` holds subject, taxonomy and annotator of what was read: an issue about anything
    else stays, for two files may have the same name.
    """
    still = {_facts(issue) for issue in met}
    sql = f"SELECT id, {', '.join(COLUMNS[:-1])} FROM import_issues WHERE source = ?"
    for issue_id, *facts in transaction.execute(sql, (source,)).fetchall():
        _, _, subject, taxonomy, annotator, *_ = facts
        if tuple(facts) not in still and (subject, taxonomy, annotator) in read:
            transaction.execute("DELETE FROM import_issues WHERE id = ?", (issue_id,))


def _facts(issue: ImportIssue) -> tuple[str, ...]:
    return tuple(getattr(issue, name) for name in COLUMNS[:-1])
