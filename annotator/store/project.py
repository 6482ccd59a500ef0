"""What a database is used for: what its team agreed on, the rounds it works in, the taxonomies in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from annotator.model.roles import LEFT, kept_as
from annotator.store.connection import Transaction

AGREED = f"""SELECT name, iif(name IN (SELECT '{kept_as("")}' || people.name FROM people
               WHERE stands_for = id AND left_at IS NOT NULL), '{LEFT}', value) AS value FROM settings"""
"""What was said, by name: of the role of who has left, that they have."""


class Kept(NamedTuple):
    """A setting as it stands in the file."""

    value: str
    set_by: str
    set_at: str


def setting(transaction: Transaction, name: str) -> Kept | None:
    """A setting; None when nobody has said anything."""
    row = transaction.execute("SELECT value, set_by, set_at FROM settings WHERE name = ?", (name,)).fetchone()
    return Kept._make(row) if row else None


def put_setting(transaction: Transaction, name: str, value: str, annotator: str) -> None:
    """Keep a setting; call inside a write transaction."""
    from annotator.store.team import team

    team.set_(transaction, annotator, name, value)


def put_people(transaction: Transaction, name: str, names: Sequence[str], annotator: str) -> None:
    """Keep a setting that lists people; call inside a write transaction."""
    from annotator.store.team import team

    team.set_people(transaction, annotator, name, names)


def settings(transaction: Transaction) -> dict[str, str]:
    """What was said, by name; settings nobody spoke of are left out, and who has left has no role."""
    return dict(transaction.execute(AGREED).fetchall())


def taxonomies(transaction: Transaction) -> list[str]:
    """Every taxonomy that somebody classified something under, ascending."""
    return [taxonomy for (taxonomy,) in transaction.execute(_beside_annotators("taxonomy"))]


def rounds(transaction: Transaction) -> list[int]:
    """The rounds in which something was classified, ascending."""
    return [number for (number,) in transaction.execute(_beside_annotators("round"))]


def _beside_annotators(column: str) -> str:
    """A query for what stands in a column, by one look into an index for each value and annotator."""
    following = f"""SELECT id FROM classifications AS next WHERE (next.annotator, next.{column}) > (found.annotator,
                   found.{column}) ORDER BY next.annotator, next.{column} LIMIT 1"""
    return f"""WITH RECURSIVE found (annotator, {column}) AS (
                SELECT * FROM (SELECT annotator, {column} FROM classifications ORDER BY 1, 2 LIMIT 1)
                UNION ALL SELECT one.annotator, one.{column} FROM found
                  CROSS JOIN classifications AS one ON one.id = ({following}))
              SELECT DISTINCT {column} FROM found ORDER BY 1"""
