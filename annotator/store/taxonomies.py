"""Keep every taxonomy version that classifications speak of inside the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.errors import TaxonomyError
from annotator.model.outline import TaxonomyOutline, outline_of
from annotator.store import disagreements
from annotator.store.connection import Transaction

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
        if get(transaction, *key) == taxonomy:  # written by another version of this program, meaning the same
            return
        raise TaxonomyError(
            f"{taxonomy.namespace} version {taxonomy.version} was changed after classifications were made with it. "
            f"Give the changed file `version: {taxonomy.version + 1}`, or put the old text back."
        )
    removed = disagreements.removed_fields(transaction, taxonomy.namespace)
    document = taxonomy.model_dump_json(exclude_defaults=True, by_alias=True)
    transaction.execute("INSERT OR REPLACE INTO taxonomies VALUES (?, ?, ?, ?)", (*key, taxonomy.sha256, document))
    disagreements.follow_version(transaction, taxonomy.namespace, removed)


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


def _document(transaction: Transaction, namespace: str, version: int) -> str | None:
    sql = "SELECT document FROM taxonomies WHERE namespace = ? AND version = ?"
    row = transaction.execute(sql, (namespace, version)).fetchone()
    return row[0] if row else None


def _is_used(transaction: Transaction, key: tuple[str, int]) -> bool:
    sql = "SELECT 1 FROM events WHERE taxonomy = ? AND version = ? LIMIT 1"
    return transaction.execute(sql, key).fetchone() is not None
