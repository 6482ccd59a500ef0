"""Who may decide about a subject: nobody about their own work, unless the project allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.errors import AnswerError
from annotator.models.reserved import ADJUDICATED, same_name
from annotator.session import project_settings, seeing
from annotator.session.words import refuse_nobody
from annotator.store import reviews

if TYPE_CHECKING:
    from annotator.models.classification import Classification
    from annotator.models.event import Event
    from annotator.session.session import Session

HANDED_IN = ("submitted", "adjudicated", "reopened")
"""Kinds of events whose undoing or redoing changes whether something is handed in."""
SELF_ADJUDICATION = "allow_self_adjudication"


def barred(session: Session, key: str, taxonomy: str) -> dict[str, str]:
    """Those who have work of their own on a subject, with its status; nobody when the project allows them."""
    with session.store.reading() as connection:
        if project_settings.is_on(connection, SELF_ADJUDICATION):
            return {}
        return reviews.at_work(connection, key, taxonomy, session.round)


def refuse_own(session: Session, key: str, taxonomy: str) -> None:
    """Refuse to decide about a subject that one has classified; raises RequestError or AnswerError."""
    refuse_nobody(session.annotator)
    for name, status in barred(session, key, taxonomy).items():
        if same_name(name, session.annotator):
            raise AnswerError(
                f"{key} under {taxonomy}: you classified it yourself ({status}), so somebody else decides about it. "
                f"`annotator settings {SELF_ADJUDICATION} yes` lets a team decide otherwise."
            )


def refuse_published(now: Classification) -> None:
    """Refuse to take back what readers have before them; raises AnswerError."""
    if now.publish == "published":
        of = now.identity
        raise AnswerError(f"{of.subject} under {of.taxonomy} is published; withdraw it first.")


def check_turn(session: Session, event: Event, kind: str) -> None:
    """Refuse an undo or redo that would change a decision on record, or make one about one's own work.

    To take back a ruling or an adjudication of one's own is always possible while it is not
    published; to do it again, or to undo a reopening, is deciding.
    """
    of = event.of
    if of.annotator == ADJUDICATED:
        seeing.refuse_at_work(session, of.subject, of.taxonomy)
    else:
        seeing.refuse_earlier(session, of.subject, of.taxonomy, of.round)
    now = session.store.classification(of)
    if event.kind in HANDED_IN:
        refuse_published(now)
    if of.annotator != ADJUDICATED:
        return
    if kind == "redone" or event.kind == "reopened":
        refuse_own(session, of.subject, of.taxonomy)
    if event.kind == "ruled" and now.status == "adjudicated":
        raise AnswerError(f"{of.subject} under {of.taxonomy} is adjudicated; reopen it before changing a ruling.")
    if kind == "redone" and event.kind == "adjudicated":
        held = {ruling.event for ruling in now.rulings.values()}
        if now.status == "adjudicated" or not held >= set(event.payload["ruled"].values()):
            raise AnswerError(f"{of.subject} under {of.taxonomy} was decided differently since; adjudicate it anew.")
