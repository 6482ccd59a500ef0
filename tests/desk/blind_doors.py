"""Every method of a session, everything that compares and every way to decide, tried on a subject."""

from __future__ import annotations

from collections.abc import Callable

from annotator.desk import Session
from annotator.desk.comparison import figures, subjects
from annotator.desk.comparison.policy import Scope
from annotator.desk.team import progress
from annotator.errors import AnnotatorError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView, ResumePoint
from annotator.store.reviews import REVIEW_ORDERS, ReviewView
from tests.desk.blinded import (
    NS,
    shown,
)

SCOPE = Scope(NS, field="words")
VIEW = QueueView()
Door = Callable[[Session, str], object]

SESSION: dict[str, Door] = {
    "adjudicator": lambda it, _: it.adjudicator(),
    "adopt": lambda it, _: it.adopt(it.another().queue(VIEW)).rows(0, 9),
    "annotators": lambda it, _: it.annotators(),
    "another": lambda it, key: it.another().history(key),
    "assigned": lambda it, key: it.assigned(key),
    "classification": lambda it, key: it.classification(key, NS),
    "checked": lambda it, key: it.checked(key, NS, "vendor", Answer(value="x")),
    "clear_answer": lambda it, key: it.clear_answer(key, NS, "maker"),
    "close": lambda it, _: it.another().close(),
    "completions": lambda it, _: [it.completions("d:4", NS, name, "") for name in ("maker", "vendor", "words")],
    "default_taxonomies": lambda it, _: it.default_taxonomies(),
    "field": lambda it, _: it.field(NS, "words"),
    "give_up_when": lambda it, _: it.give_up_when(lambda: False),
    "frequent_choices": lambda it, _: [it.frequent_choices(NS, name) for name in ("maker", "words", "remark")],
    "history": lambda it, key: it.history(key),
    "in_round": lambda it, _: it.in_round(2),
    "kind_of": lambda it, key: it.kind_of(key),
    "locate": lambda it, key: it.locate("text", it.quote(it.subject("d:1").reports[0], 0, 9)),
    "looked_up": lambda it, _: it.looked_up(VIEW),
    "next_assigned": lambda it, key: it.next_assigned(VIEW, key, NS),
    "next_key": lambda it, key: it.next_key(VIEW, key, NS),
    "next_work": lambda it, key: it.next_work(VIEW, key, NS),
    "prefetch": lambda it, key: it.prefetch(key),
    "previous_key": lambda it, key: it.previous_key(VIEW, key),
    "problems": lambda it, key: it.problems(key, NS),
    "publisher": lambda it, _: it.publisher(),
    "queue": lambda it, _: [
        it.queue(VIEW.but(annotator=name, flagged=flagged, search=search), again=True).rows(0, 9)
        for name in ("", "ann")
        for flagged in (True, False)
        for search in ("", "anntell")
    ],
    "quote": lambda it, _: it.quote(it.subject("d:1").reports[0], 0, 9),
    "raise_flag": lambda it, key: it.raise_flag(key, NS, "odd"),
    "random_key": lambda it, _: it.random_key(VIEW),
    "redo": lambda it, _: it.redo(),
    "refusal": lambda it, key: it.refusal(key, NS),
    "remember": lambda it, key: it.remember(ResumePoint(key)),
    "reopen": lambda it, key: it.reopen(key, NS),
    "resolve_flag": lambda it, key: it.resolve_flag(key, NS, "x"),
    "resume_point": lambda it, _: it.resume_point(),
    "set_answer": lambda it, key: it.set_answer(key, NS, "vendor", Answer(value="x")),
    "set_note": lambda it, key: it.set_note(key, NS, "x"),
    "skip": lambda it, key: it.skip(key, NS, "x"),
    "status": lambda it, key: it.status(key, NS),
    "subject": lambda it, key: it.subject(key),
    "submit": lambda it, key: it.submit(key, NS),
    "taxonomies_for": lambda it, _: it.taxonomies_for("incident"),
    "taxonomy": lambda it, _: it.taxonomy(NS),
    "undo": lambda it, _: it.undo(),
}
"""Every method of a session, tried on a subject. Nothing here looks at others' work."""
DECIDING: dict[str, Door] = {
    "accept": lambda it, key: it.adjudicator().accept(key, NS, "majority", "x"),
    "accept_agreed": lambda it, _: [
        it.adjudicator().accept_agreed(NS, strategy) for strategy in ("unanimous", "majority", "single")
    ],
    "adjudicate": lambda it, key: it.adjudicator().adjudicate(key, NS),
    "adopt": lambda it, key: it.adjudicator().adopt(key, NS, "words", "ann", "slip"),
    "bars": lambda it, key: it.adjudicator().bars(key, NS),
    "classification": lambda it, key: it.adjudicator().classification(key, NS),
    "count": lambda it, _: it.adjudicator().count(ReviewView(NS)),
    "disagreements": lambda it, key: it.adjudicator().disagreements(key, NS),
    "disputed": lambda it, _: it.adjudicator().disputed(),
    "disputed_fields": lambda it, _: it.adjudicator().disputed_fields(ReviewView(NS)),
    "majority": lambda it, key: it.adjudicator().majority(key, NS, "words", "slip"),
    "precedents": lambda it, key: it.adjudicator().precedents(key, NS, "maker"),
    "problems": lambda it, key: it.adjudicator().problems(it.adjudicator().review(key, NS)),
    "queue": lambda it, _: [
        it.adjudicator().queue(ReviewView(NS, order=order, settled=settled))
        for order in REVIEW_ORDERS
        for settled in (True, False)
    ],
    "ready": lambda it, key: it.adjudicator().ready(key, NS),
    "refusal": lambda it, key: it.adjudicator().refusal(key, NS),
    "reopen": lambda it, key: it.adjudicator().reopen(key, NS),
    "review": lambda it, key: it.adjudicator().review(key, NS),
    "rule": lambda it, key: it.adjudicator().rule(key, NS, "words", Answer(value=["x"]), "slip"),
    "staleness": lambda it, key: it.adjudicator().staleness(key, NS),
    "totals": lambda it, _: it.adjudicator().totals(NS),
    "undecided": lambda it, _: it.adjudicator().undecided(NS),
    "union": lambda it, key: it.adjudicator().union(key, NS, "words", "slip"),
    "witnesses": lambda it, _: it.adjudicator().witnesses(NS),
}
"""Every way to decide. Who does not classify a subject may, and is known to have looked then."""
PUBLISHING: dict[str, Door] = {
    "publish": lambda it, key: it.publisher().publish(key, NS),
    "release": lambda it, key: it.publisher().release(key, NS, "urgent", "ann"),
    "withdraw": lambda it, key: it.publisher().withdraw(key, NS, "AIID"),
}
COMPARING: dict[str, Door] = {
    "agreement_fields": lambda it, _: figures.agreement_fields(it, Scope("")),
    "agreement_field": lambda it, _: [
        figures.agreement_field(it, Scope(NS, field=field, round=it.round, annotators=who, drafts=True))
        for field in ("words", "maker")
        for who in ((), ("ann", "ben"), ("AIID", "ann"))
    ],
    "compared_taxonomies": lambda it, _: figures.compared_taxonomies(it, Scope("")),
    "is_news": lambda it, _: figures.is_news(it, SCOPE, ""),
    "matrix_of_pair": lambda it, _: figures.matrix_of_pair(it, SCOPE, "ann", "ben"),
    "newest_event": lambda it, _: figures.newest_event(it),
    "rounds_compared": lambda it, _: figures.rounds_compared(it),
    "seen_by": lambda it, _: figures.seen_by(it, SCOPE),
    "subjects_differing": lambda it, _: [
        subjects.subjects_differing(it, SCOPE, pair) for pair in (None, ("ann", "ben"), ("ann", "gus"))
    ],
    "subjects_in_cell": lambda it, _: subjects.subjects_in_cell(
        it, SCOPE, frozenset({"Anntell"}), frozenset({"Bentell"}), None
    ),
    "subjects_with_choice": lambda it, _: [
        subjects.subjects_with_choice(it, SCOPE, choice) for choice in ("Anntell", "Anntwotell", "Gustell", "Aiidtell")
    ],
    "progress": lambda it, _: progress.progress(it),
    "changes": lambda it, _: progress.changes(it),
    "batches": lambda it, _: [progress.batches(it, row) for row in progress.progress(it).rows],
}


def told(session: Session, door: Door, key: str) -> frozenset[str]:
    """Everything that a door gives away, what it says in refusing included."""
    try:
        found = door(session, key)
    except AnnotatorError as error:
        found = error
    return shown(f"{found!r} {found}")
