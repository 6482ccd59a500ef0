"""Full-text search over titles and texts, in scripts with and without spaces.

Words are found in the `search` index. Chinese, Japanese, Korean, Thai and their like are
written without spaces between words, so their texts are indexed by trigrams beside it;
a term of one or two characters is shorter than a trigram and is looked for directly in
those texts alone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from annotator.errors import RequestError
from annotator.store.connection import SHADOWS, Transaction

MOST_CHARACTERS = 5_000
MOST_TERMS = 100
"""Different ones; SQLite nests one expression in the next for each, a thousand at most."""
INDEXES = {"search": "documents", "search_unspaced": "documents_unspaced"}
"""The full-text indexes and the views they are made of."""
TABLES = {name: (name, *(f"{name}_{ending}" for ending in SHADOWS)) for name in INDEXES}
"""By index: the tables that it stands in, its own first."""
OF_NO_USE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR}
"""What SQLite says of an index that it cannot read."""
USUALLY, IN_BULK = 1 << 20, 1 << 24
"""Bytes of words the index gathers in memory; the first is FTS5's own measure."""
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff66-\uffdc"
    "\U00020000-\U0003ffff]"
)
TERM = re.compile(r'"([^"]+)"|(\S+)')
NOT_TEXT = re.compile("[\0\ud800-\udfff]")
"""What neither SQLite nor its query language takes."""
NUMBER = "substr(key, instr(key, ':') + 1)"
"""What stands behind the colon of a key; indexed so."""


def needs_trigram(*texts: str) -> bool:
    """Whether any of the texts has characters of a script written without spaces."""
    return any(not text.isascii() and UNSPACED.search(text) for text in texts)


def index(transaction: Transaction, which: str, *, is_bulk: bool = False) -> None:
    """Index the subjects that a condition on `id` selects; they must not be indexed yet."""
    with _more_memory(transaction) if is_bulk else nullcontext():
        for name, documents in INDEXES.items():
            transaction.execute(
                f"INSERT INTO main.{name} (rowid, title, body) SELECT id, title, body FROM {documents} WHERE {which}"
            )


def remove(transaction: Transaction, which: str) -> None:
    """Take the subjects that a condition on `id` selects out of the indexes; call before their texts change."""
    for name, documents in INDEXES.items():
        transaction.execute(
            f"""INSERT INTO main.{name} ({name}, rowid, title, body)
                SELECT 'delete', id, title, body FROM {documents} WHERE {which}"""
        )


@contextmanager
def _more_memory(transaction: Transaction) -> Iterator[None]:
    """Let the indexes gather more words before they write them, which saves them most of their merging."""
    for name in INDEXES:
        gather(transaction, name, IN_BULK)
    yield
    for name in INDEXES:
        gather(transaction, name, USUALLY)


def gather(transaction: Transaction, index: str, size: int) -> None:
    """Say how many bytes of words an index gathers before it writes them."""
    transaction.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('hashsize', ?)", (size,))


def may_be_copied(transaction: Transaction, index: str) -> bool:
    """Whether this SQLite lets anybody but FTS5 write the tables of an index; some systems' own does not."""
    try:
        transaction.execute(f"DELETE FROM {index}_data WHERE 0")
    except sqlite3.OperationalError:
        return False
    return True


def read_anew(transaction: Transaction) -> None:
    """Have FTS5 forget what it has read of the indexes, after their tables were written past it.

    Else newer versions find nothing in them, and what is indexed next takes the place of all that was written.
    """
    for statement in ("SAVEPOINT unread", "ROLLBACK TO unread", "RELEASE unread"):
        transaction.execute(statement)


def rebuild(transaction: Transaction) -> None:
    """Index everything anew."""
    with _more_memory(transaction):
        for index in INDEXES:
            transaction.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


def are_usable(transaction: Transaction) -> bool:
    """Whether SQLite can ask the indexes at all."""
    try:
        for index in INDEXES:
            transaction.execute(f"SELECT 1 FROM main.{index} WHERE {index} MATCH 'a' LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in OF_NO_USE:
            raise
        return False
    return True


UNREACHED = """SELECT id >> 37, id & 0x7fffffff FROM {0}_data WHERE id >= 1 << 37 AND id >> 36 & 1 = 0
    AND hex(substr(block, 3, 2)) != printf('%04X', length(block)) EXCEPT SELECT segid, pgno >> 1 FROM {0}_idx LIMIT 1"""
"""A page of an index, by segment and number, on which words begin and to which no way leads: FTS5 finds none of them,
and does not notice itself. Bytes 3 and 4 of a page tell where its words are listed: at its end where none begin. Ways
to pages that are gone stay while FTS5 merges a segment bit by bit."""


def is_in_step(transaction: Transaction) -> bool:
    """Whether the indexes hold exactly what the content holds, and lead to it."""
    for index in INDEXES:
        try:
            if transaction.execute(UNREACHED.format(index)).fetchone():
                return False
            transaction.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in OF_NO_USE:
                raise
            return False
    return True


def condition(query: str) -> tuple[str, list[str]]:
    """Turn what a person typed into SQL over `subjects.id`, all terms required; raises RequestError when too long.

    A word finds words that begin with it; "words in quotes" find themselves in that order;
    a key such as `aiid:107`, or what stands behind its colon, finds its subject.
    """
    clauses: list[str] = []
    values: list[str] = []
    for text, is_phrase in _terms(query):
        clause, given = _found_by(text, is_phrase)
        clauses.append(f"subjects.id IN ({clause})")
        values += given
    return " AND ".join(clauses) or "1", values


def _terms(query: str) -> list[tuple[str, bool]]:
    """Each different term once, and whether it is a phrase; raises RequestError when there is too much to look for."""
    size = len(query.strip())
    if size > MOST_CHARACTERS:
        raise RequestError(
            f"This search is too long to run: it has {size:,} characters, and at most {MOST_CHARACTERS:,} can be "
            "looked for at once. Search for a few of its words."
        )
    found = ((phrase or word.replace('"', ""), bool(phrase)) for phrase, word in TERM.findall(NOT_TEXT.sub(" ", query)))
    terms = list(dict.fromkeys(term for term in found if any(character.isalnum() for character in term[0])))
    if len(terms) > MOST_TERMS:
        raise RequestError(
            f"This search is too long to run: it has {len(terms):,} different words, and at most {MOST_TERMS} can be "
            'looked for at once. Leave some out, or put words that stand together in "quotes".'
        )
    return terms


def _found_by(text: str, is_phrase: bool) -> tuple[str, list[str]]:
    """SQL for the ids of the subjects that one term finds."""
    inside, given = _inside_unspaced(text)
    if UNSPACED.search(text):
        return inside, given
    match = f'"{text}"' + ("" if is_phrase else " *")
    clause = f"""SELECT rowid FROM search WHERE search MATCH ? UNION ALL {inside} UNION ALL
                 SELECT id FROM subjects WHERE key = ? UNION ALL SELECT id FROM subjects WHERE {NUMBER} = ?"""
    return clause, [match, *given, text, text]


def _inside_unspaced(text: str) -> tuple[str, list[str]]:
    """Texts without spaces hold a term anywhere, a Latin one too."""
    if len(text) >= 3:
        return "SELECT rowid FROM search_unspaced WHERE search_unspaced MATCH ?", [f'"{text}"']
    like = "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
    clause = r"SELECT id FROM documents_unspaced WHERE title LIKE ? ESCAPE '\' OR body LIKE ? ESCAPE '\'"
    return clause, [like, like]
