"""What roles allow: who may decide, who leads, who only reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from annotator.errors import RequestError
from annotator.model import roles
from annotator.model.roles import LEADING, ROLES, WORKING
from annotator.store import people, project

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

WAY_OUT = "A lead gives roles: `annotator people role {name} {role}`"
CLAIM = "where the lead is lost, whoever is known here takes their place: `annotator people role NAME lead --claim`"
ARTICLES = {"reader": "a reader", "annotator": "an annotator", "adjudicator": "an adjudicator", "lead": "a lead"}


def refuse_role(settings: Mapping[str, str], name: str, may: frozenset[str], what: str) -> None:
    """Refuse somebody, by the name they are known by, what their role does not allow; raises RequestError.

    `what` completes a sentence: `only a lead deals work out`.
    """
    role = roles.role_of(settings, name)
    if not role or role in may:
        return
    if settings.get(roles.kept_as(name)) == roles.LEFT:
        raise RequestError(
            f"{name} has left and has no role until they are back; {_only(may)} {what}. `annotator people undo` lists "
            f"the deed by which they left, for a lead to take back; {CLAIM}."
        )
    if role == "reader":
        says = f"{name} is a reader here, and readers change nothing"
    else:
        says = f"{name} is {ARTICLES[role]} here; {_only(may)} {what}"
    wanted = next(each for each in ROLES if each in may)
    raise RequestError(f"{says}. {WAY_OUT.format(name=name, role=wanted)}; {CLAIM}.")


def _only(may: frozenset[str]) -> str:
    return f"only {' or '.join(ARTICLES[each] for each in ROLES if each in may)}"


def refuse_who_leads_not(transaction: Transaction, annotator: str, what: str) -> None:
    """Refuse what only a lead does; raises RequestError."""
    refuse_role(project.settings(transaction), people.known_as(transaction, annotator), LEADING, what)


def leads(transaction: Transaction) -> list[str]:
    """Everybody who is a lead, by name; nobody while there are no roles."""
    return sorted(name for name, role in roles.given(project.settings(transaction)).items() if role in LEADING)


def may_lead(transaction: Transaction, annotator: str) -> bool:
    """Whether somebody is a lead, as everybody is while nobody has a role; nobody's name is none once there are."""
    said = project.settings(transaction)
    role = roles.role_of(said, people.known_as(transaction, annotator)) if annotator else ""
    return not roles.are_given(said) or role in LEADING


def refuse_readers(transaction: Transaction, annotator: str) -> None:
    """Refuse readers whatever changes anything, and who does not say who they are once there are roles.

    Raises RequestError.
    """
    said = project.settings(transaction)
    if not annotator and roles.are_given(said):
        raise RequestError(
            "There are roles here, and readers change nothing, so say who you are: --as NAME, or `annotator: NAME` in "
            "the settings file."
        )
    refuse_role(said, people.known_as(transaction, annotator), WORKING, "changes anything")
