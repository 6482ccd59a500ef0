"""Giving roles: who may, to whom, and what is proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.names import in_use, is_among, new_or_known, unknown
from annotator.desk.roles import ARTICLES, refuse_who_leads_not
from annotator.desk.visibility import refuse_nobody
from annotator.errors import RequestError
from annotator.model import roles
from annotator.model.person import is_reserved, same_name
from annotator.model.roles import Role
from annotator.store import people, project
from annotator.store.team import roster, team

if TYPE_CHECKING:
    from annotator.store.connection import Transaction
    from annotator.store.store import Store


class Given(NamedTuple):
    """A role somebody was given."""

    name: str
    role: str
    by: str
    at: str
    left_at: str
    """When they left, since when they have none; empty while they are here."""


class Roles:
    """One person who looks at roles and gives them."""

    def __init__(self, store: Store, annotator: str) -> None:
        """Take an open store, and who answers for what is given."""
        self.store = store
        self.annotator = annotator

    def all(self) -> list[Given]:
        """Everybody who was given a role, by name; empty as long as everybody may do everything."""
        with self.store.reading() as transaction:
            found = roles.given(project.settings(transaction))
            left = people.who_left(transaction)
            return [Given(name, *_told(transaction, name), left.get(name, "")) for name in sorted(found)]

    def proposed(self) -> dict[str, Role]:
        """Who did until now what takes a role, and has none: those who decided, and those who dealt work out."""
        with self.store.reading() as transaction:
            return _proposed(transaction)

    def give(self, name: str, role: Role, *, claim: bool = False, dry_run: bool = False) -> list[str]:
        """Give somebody a role; returns what was done, in sentences.

        Whoever gives the first one, and makes nobody a lead, is one. Raises RequestError for nobody, for somebody
        else who is not known, for who is no lead, unless they are known and claim to be one where the lead is lost,
        and where nobody would be a lead any more.
        """
        refuse_nobody(self.annotator)
        with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
            said = project.settings(transaction)
            is_known_alone = claim and roles.are_given(said)
            kept = _kept(transaction, name, "" if is_known_alone else self.annotator)
            if claim:
                self._refuse_claim(transaction, kept, role)
            elif roles.are_given(said):
                refuse_who_leads_not(transaction, self.annotator, "gives roles")
            told = self._give(transaction, kept, role, claim=claim)
            if not roles.are_given(said) and role != "lead" and not same_name(kept, self.annotator):
                me = people.known_as(transaction, self.annotator)
                told += self._give(transaction, me, "lead")
            refuse_without_lead(transaction)
            return told

    def give_proposed(self, *, dry_run: bool = False) -> list[str]:
        """Give everybody the role that what they did until now takes; raises RequestError like `give`."""
        refuse_nobody(self.annotator)
        with self.store.rehearsing() if dry_run else self.store.writing() as transaction:
            if roles.are_given(project.settings(transaction)):
                refuse_who_leads_not(transaction, self.annotator, "gives roles")
            told = [words for name, role in _proposed(transaction).items()
                    for words in self._give(transaction, name, role)]  # fmt: skip
            if told:
                refuse_without_lead(transaction)
            return told

    def _give(self, transaction: Transaction, name: str, role: Role, *, claim: bool = False) -> list[str]:
        left = people.who_left(transaction)
        back = f", once they are back: they left on {left[name][:10]}" if name in left else ""
        if _told(transaction, name)[0] == role:
            return [f"{name} is {ARTICLES[role]} already{back}."]
        kept = team.set_role(transaction, self.annotator, name, role, claim=claim)
        claimed = ", which they claimed themselves" if claim else ""
        return [f"{kept} is {ARTICLES[role]}{claimed}{back}."]

    def _refuse_claim(self, transaction: Transaction, name: str, role: Role) -> None:
        """Refuse to claim anything but that one is a lead oneself, and who has left; a reader may."""
        if role != "lead" or not same_name(name, people.known_as(transaction, self.annotator)):
            raise RequestError(
                "--claim is for who takes the place of a lead who is lost: give your own name, and lead."
            )
        if at := people.who_left(transaction).get(name):
            raise RequestError(
                f"{name} left on {at[:10]} and has no role until they are back. `annotator people undo` lists the deed "
                "by which they left, for a lead to take back; where the lead is lost, somebody else claims their place."
            )


def _told(transaction: Transaction, name: str) -> tuple[str, str, str]:
    """The role somebody was given, whether they are here or not, by whom and when."""
    kept = project.setting(transaction, roles.kept_as(name))
    return (kept.value, kept.set_by, kept.set_at) if kept else ("", "", "")


def _kept(transaction: Transaction, name: str, me: str) -> str:
    """A person's name as it is kept, who is known or gives the role; raises RequestError for who is not, and a model.

    A mistyped name would have a role, and keep it from whoever is meant.
    """
    if is_reserved(name):
        raise RequestError(f"{name!r} is no name for an annotator: adjudications are kept under it.")
    known = in_use(transaction)
    kept = new_or_known(name, known)
    if not is_among(kept, known) and not same_name(kept, me):
        raise RequestError(f"{unknown(kept, known.values())} `annotator people add {kept!r}` makes somebody new known.")
    if any(each.name == kept and each.kind == "model" for each in roster.listed(transaction)):
        raise RequestError(f"{kept} is a model, and roles are people's.")
    return kept


def _proposed(transaction: Transaction) -> dict[str, Role]:
    said = project.settings(transaction)
    found: dict[str, Role] = {}
    for name in (*roles.named_reviewers(said), *team.who_decided(transaction)):
        found[people.known_as(transaction, name)] = "adjudicator"
    for name in team.who_dealt(transaction):
        found[people.known_as(transaction, name)] = "lead"
    has = roles.given(said)
    return {name: role for name, role in sorted(found.items()) if name and name not in has}


def refuse_without_lead(transaction: Transaction) -> None:
    """Refuse to leave the team without a lead who is here."""
    found = roles.given(project.settings(transaction))
    if found and "lead" not in found.values():
        raise RequestError(
            "Nobody would be a lead then, and nobody could give a role; make somebody else a lead first."
        )
