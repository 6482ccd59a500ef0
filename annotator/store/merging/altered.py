"""What of a file is not what was written, though no event shows it: texts, taxonomies, and what people are called.

Whoever takes in what this file offers checks the same and refuses it, so its owner is to know before they do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from annotator.store.importing.staging import KINDS
from annotator.store.merging import keys, lines
from annotator.store.merging.checking import (
    ADDED,
    FOUNDERS,
    called_here,
    misnamed,
    taxonomy_problem,
    text_problem,
)
from annotator.store.merging.offer import Wanted, subjects_named, subjects_offered
from annotator.store.readable import to_json

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

UNFIT = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What comes of reading values that nobody wrote so."""
SUBJECT_WAY_OUT = "import its source again, or merge a copy in which it is unaltered"
TAXONOMY_WAY_OUT = "merge a copy in which it is unaltered"
SPOKEN_OF = "SELECT 1 FROM events WHERE whose = ? OR instr(payload, ?) LIMIT 1"
MISSING_WAY_OUT = "what they did is missing, and comes back with a merge of a copy that has it"
PERSON_WAY_OUT = "`annotator doctor --rebuild` takes the names from the events"


def problems(transaction: Transaction) -> Iterator[str]:
    """Each thing that was altered, with its place and the way out, in words."""
    yield from keys.problems(transaction)
    yield from _subjects(transaction)
    for row in transaction.execute("SELECT namespace, version, sha256, document FROM taxonomies ORDER BY 1, 2"):
        if problem := taxonomy_problem(*row):
            yield f"{problem}; {TAXONOMY_WAY_OUT}"
    for _, problem in _misnamed(transaction):
        yield f"the file {problem}; {PERSON_WAY_OUT}"
    yield from _spoken_of_by_nobody(transaction)


def _misnamed(transaction: Transaction) -> Iterator[tuple[str, str]]:
    """Whom the file calls otherwise than its events, or otherwise than every file, where they stand for results."""
    everybody = transaction.execute("SELECT uid, added_as, kind FROM people ORDER BY uid").fetchall()
    results = {uid: {each} for uid, each in lines.RESULTS.items()}
    yield from misnamed({**called_here(transaction), **results}, everybody)


def _spoken_of_by_nobody(transaction: Transaction) -> Iterator[str]:
    """Who is in the file though every event can be read, and none is theirs or about them: those are missing."""
    if transaction.execute("SELECT 1 FROM events WHERE salt IS NULL LIMIT 1").fetchone():
        return
    known = {*called_here(transaction), *lines.RESULTS}
    for number, uid, called in transaction.execute("SELECT id, uid, added_as FROM people ORDER BY id").fetchall():
        if uid not in known and not transaction.execute(SPOKEN_OF, (number, uid)).fetchone():
            yield f"{called!r:.60} ({uid[:8]}) is in the file, and no event is theirs or about them; {MISSING_WAY_OUT}"


def _subjects(transaction: Transaction) -> Iterator[str]:
    of_their_kind = " UNION ALL ".join(f"SELECT '{kind}', id FROM {kind}s" for kind in KINDS)
    lacking = f"SELECT id, key, kind FROM subjects WHERE (kind, id) NOT IN ({of_their_kind}) ORDER BY id"
    bare = set()
    for number, key, kind in transaction.execute(lacking):
        bare.add(number)
        yield f"{key} is called a {kind} and has nothing that one has; {SUBJECT_WAY_OUT}"
    named = (each for each in subjects_named(transaction, Wanted()) if each.id not in bare)
    for offered in subjects_offered(transaction, named, Wanted()):
        problem = f"{offered.key} says what no {offered.kind} can say" if not _is_readable(offered) else ""
        if problem := problem or text_problem(offered):
            yield f"{problem}; {SUBJECT_WAY_OUT}"


def _is_readable(offered: Any) -> bool:
    """Whether a subject reads in a bundle as subjects do."""
    said = {"subject": offered.key, **{name: value for name, value in offered._asdict().items() if name != "key"}}
    try:
        lines.subject(json.loads(to_json(said)))
    except UNFIT:
        return False
    return True


def mend_people(transaction: Transaction) -> bool:
    """Call everybody as they were made known, and say whether anybody was not; call in a write transaction."""
    told = {uid: (name, kind) for uid, name, kind in transaction.execute(f"{FOUNDERS} ORDER BY id DESC")}
    told.update({uid: (name, kind) for uid, name, kind in transaction.execute(ADDED)})
    told.update(lines.RESULTS)
    wrong = [(*told[uid], uid) for uid, _ in _misnamed(transaction) if uid in told]
    transaction.executemany("UPDATE people SET added_as = ?, kind = ? WHERE uid = ?", wrong)
    return bool(wrong)
