"""Keep every taxonomy version that classifications speak of inside the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from annotator.errors import SourceError, TaxonomyError
from annotator.model.outline import TaxonomyOutline, outline_of
from annotator.store.connection import Transaction
from annotator.store.deciding import disagreements, staleness

if TYPE_CHECKING:
    from annotator.model.taxonomy import Taxonomy


def put(transaction: Transaction, taxonomy: Taxonomy) -> None:
    """Store a version unless it is there; refuse to change one that a classification uses."""
    key = (taxonomy.namespace, taxonomy.version)
    sql = "SELECT sha256 FROM taxonomies WHERE namespace = ? AND version = ?"
    found = transaction.execute(sql, key).fetchone()
    if found is not None and found[0] == taxonomy.sha256:
        return
    if found is not None and _is_used(transaction, key):
        if problem := changed_since_used(transaction, taxonomy):
            raise TaxonomyError(problem)
        return
    removed = disagreements.removed_fields(transaction, taxonomy.namespace)
    document = taxonomy.model_dump_json(exclude_defaults=True, by_alias=True)
    transaction.execute("INSERT OR REPLACE INTO taxonomies VALUES (?, ?, ?, ?)", (*key, taxonomy.sha256, document))
    disagreements.follow_version(transaction, taxonomy.namespace, removed)
    if found is None and _is_used(transaction, key):  # by a program that kept no texts
        staleness.refresh_where(transaction, "decided.taxonomy = ? AND version = ?", key)


def changed_since_used(transaction: Transaction, taxonomy: Taxonomy) -> str:
    """Why nothing can be classified under a version that says something else than the one in use; empty if it may."""
    key = (taxonomy.namespace, taxonomy.version)
    sql = "SELECT sha256 FROM taxonomies WHERE namespace = ? AND version = ?"
    found = transaction.execute(sql, key).fetchone()
    if found is None or found[0] == taxonomy.sha256 or not _is_used(transaction, key):
        return ""
    if get(transaction, *key) == taxonomy:  # written by another version of this program, meaning the same
        return ""
    return (
        f"{taxonomy.namespace} version {taxonomy.version} was changed after classifications were made with it. "
        f"Give the changed file `version: {taxonomy.version + 1}`, or put the old text back."
    )


def get(transaction: Transaction, namespace: str, version: int) -> Taxonomy | None:
    """Read a stored version back."""
    from annotator.model.taxonomy import Taxonomy

    document = _document(transaction, namespace, version)
    return None if document is None else Taxonomy.model_validate_json(document)


def namespaces(transaction: Transaction) -> list[str]:
    """Every taxonomy of which a version is kept, ascending."""
    return [name for (name,) in transaction.execute("SELECT DISTINCT namespace FROM taxonomies ORDER BY 1")]


def newest(transaction: Transaction, namespace: str) -> Taxonomy | None:
    """The newest version that is kept of a taxonomy, whatever the case of its name."""
    sql = """SELECT namespace, max(version) FROM taxonomies WHERE lower(namespace) = lower(?)
             GROUP BY 1 ORDER BY 1 LIMIT 1"""
    row = transaction.execute(sql, (namespace,)).fetchone()
    return get(transaction, *row) if row else None


def earlier(transaction: Transaction, namespace: str, version: int) -> list[Taxonomy]:
    """The stored versions below one, oldest first."""
    sql = "SELECT document FROM taxonomies WHERE namespace = ? AND version < ? ORDER BY version"
    documents = [document for (document,) in transaction.execute(sql, (namespace, version))]
    if not documents:
        return []
    from annotator.model.taxonomy import Taxonomy

    return [Taxonomy.model_validate_json(document) for document in documents]


def outline(
    transaction: Transaction, namespace: str, version: int, earlier: Sequence[TaxonomyOutline] = ()
) -> TaxonomyOutline | None:
    """Read a stored version as far as comparing answers needs it; it knows what those before it had."""
    document = _document(transaction, namespace, version)
    return None if document is None else outline_of(json.loads(document), earlier)


WORDING = frozenset(
    {"title", "source", "guidance", "headings", "label", "short", "alias", "key", "definition", "use_when",
     "avoid_when", "examples", "placeholder"}
)  # fmt: skip
"""What of a document is for readers: answers mean the same whatever it says."""

NAMED = 8
"""Fields named at most in a sentence."""


def fields_apart(one: str, other: str) -> list[str]:
    """The fields in which two documents of one version differ by more than their wording, in their order."""
    ours, theirs = (
        {each["id"]: _without_wording(each) for each in json.loads(said)["fields"]} for said in (one, other)
    )
    return [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]


def worded_apart(place: str, namespace: str, version: int, here: str, there: str) -> SourceError:
    """The error that a version says two things, with what differs and the way out; `place` is the other file."""
    apart = fields_apart(here, there)
    what = f"not in its wording alone, but in {', '.join(apart[:NAMED])}" if apart else "in its wording alone"
    return SourceError(
        f"{place}: {namespace} version {version} says something else there than here ({what}). Agree on one text: "
        "who gives theirs up puts the other's YAML file in the place of their own and takes the other's work in with "
        "`annotator merge --take-taxonomies`; answers stay as they are. Nothing was changed."
    )


def _without_wording(said: Any) -> Any:
    """A part of a document without what is for readers."""
    if isinstance(said, dict):
        return {name: _without_wording(each) for name, each in said.items() if name not in WORDING}
    return [_without_wording(each) for each in said] if isinstance(said, list) else said


def replace(transaction: Transaction, namespace: str, version: int, sha256: str, document: str) -> None:
    """Let a version say something else, whatever was answered under it; compute anew what follows from it then."""
    sql = "UPDATE taxonomies SET sha256 = ?, document = ? WHERE namespace = ? AND version = ?"
    transaction.execute(sql, (sha256, document, namespace, version))


def _document(transaction: Transaction, namespace: str, version: int) -> str | None:
    sql = "SELECT document FROM taxonomies WHERE namespace = ? AND version = ?"
    row = transaction.execute(sql, (namespace, version)).fetchone()
    return row[0] if row else None


def _is_used(transaction: Transaction, key: tuple[str, int]) -> bool:
    sql = "SELECT 1 FROM events WHERE taxonomy = ? AND version = ? LIMIT 1"
    return transaction.execute(sql, key).fetchone() is not None
