"""What was in a file and is gone: taxonomies under which somebody worked, and texts.

A text may be left out of what is sent, so one that is not there is lost only where nothing came from elsewhere, or
where `salvage` could not read it and kept a note among the import issues. Taxonomies come with all that is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.store.connection import Transaction
from annotator.store.log.subject_versions import LEFT_OUT
from annotator.store.readable import now

TAXONOMIES = """SELECT DISTINCT events.taxonomy, events.version FROM events
                JOIN feeds ON feeds.id = events.feed JOIN subject_versions AS versions ON versions.id = events.subject
                WHERE events.kind IN ('answer_set', 'answer_cleared', 'note_set', 'skipped', 'submitted', 'ruled',
                    'adjudicated', 'imported') AND events.version > 0 AND versions.seen != feeds.replica
                  AND NOT EXISTS (SELECT 1 FROM taxonomies WHERE namespace = events.taxonomy
                    AND taxonomies.version = events.version) ORDER BY 1, 2"""
"""Of what is written with its taxonomy; whoever wrote before there were feeds kept none."""
SALVAGED = "salvaged"
"""The place of an import issue that tells of a text that could not be read; its value is the run of its subject."""
TEXTS = f"""SELECT key FROM subjects JOIN reports USING (id) WHERE text = '' AND (
              ({LEFT_OUT} AND run IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM feeds WHERE replica NOT IN (SELECT uid FROM replicas)))
              OR EXISTS (SELECT 1 FROM import_issues
                WHERE place = '{SALVAGED}' AND subject = key AND import_issues.value = ifnull(run, '')))
            ORDER BY subjects.id"""
EARLIER = "SELECT key, seen FROM subject_versions WHERE content IS NULL AND run IS NOT NULL ORDER BY id"
"""Earlier texts of which only the import is known that brought them: both are kept together."""
NOTE = """INSERT OR IGNORE INTO import_issues
            (found_at, source, place, subject, taxonomy, annotator, field, value, problem)
          SELECT ?, ?, ?, key, '', '', 'text', ifnull(run, ''), ? FROM subjects WHERE key = ?"""
TEXT_WAY_OUT = "import its source again, or merge a copy of the database"


def problems(transaction: Transaction) -> Iterator[str]:
    """Each thing that is gone, in words with the way out."""
    for namespace, version in taxonomies(transaction):
        yield (
            f"the taxonomy {namespace} version {version}, which work was done under, is not in the file; merge a copy "
            "that has it, or put its YAML file into the folder taxonomies beside the database and run "
            "`annotator doctor --rebuild`"
        )
    for (key,) in transaction.execute(TEXTS):
        yield f"the text of {key} is not in the file; {TEXT_WAY_OUT}"
    for key, seen in transaction.execute(EARLIER):
        yield f"an earlier text of {key} (version {seen[:8]}) is not in the file; merge a copy of the database"


def taxonomies(transaction: Transaction) -> list[tuple[str, int]]:
    """Namespace and version of each taxonomy under which somebody worked, and which is not in the file."""
    return transaction.execute(TAXONOMIES).fetchall()


def note_texts(transaction: Transaction, source: str, keys: Iterable[str]) -> None:
    """Keep that the texts of some reports could not be read in a file; call inside a write transaction."""
    problem = f"The text could not be read in {source}."
    transaction.executemany(NOTE, [(now(), source, SALVAGED, problem, key) for key in keys])
