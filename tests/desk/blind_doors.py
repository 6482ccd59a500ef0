"""Every method of every part of a desk, tried on a subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import get_type_hints

from annotator.desk import Desk, desk
from annotator.desk.adjudication import Adjudication
from annotator.desk.comments import Comments
from annotator.desk.comparison.figures import Figures
from annotator.desk.comparison.policy import Scope
from annotator.desk.conflicts.conflicts import Conflicts
from annotator.desk.conflicts.sides import Side
from annotator.desk.exchange.exchange import Exchange
from annotator.desk.exchange.exporting import FORMS, WHATS, Selection, Shape
from annotator.desk.exchange.importing import Importing
from annotator.desk.exchange.together import Together
from annotator.desk.history import History
from annotator.desk.publishing import Publishing
from annotator.desk.queue import Queues
from annotator.desk.review import Reviewing
from annotator.desk.settings import Manner, Settings
from annotator.desk.subjects import Subjects
from annotator.desk.tagging import Tagging
from annotator.desk.team.assignment import Assigning, Drawing, Overlap, Wish
from annotator.desk.team.gold import Golds, GoldWish
from annotator.desk.team.progress import Progressing
from annotator.desk.team.rebalancing import Balance
from annotator.desk.team.roles import Roles
from annotator.desk.team.roster import Roster
from annotator.desk.team.rounds import Rounds, RoundWish
from annotator.desk.team.waiting import Waiting
from annotator.desk.visibility import Visibility
from annotator.errors import AnnotatorError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView, ResumePoint
from annotator.model.record import IncidentRecord
from annotator.model.review import REVIEW_ORDERS, ReviewView
from annotator.model.rounds import FIRST_ROUNDS, InRounds
from annotator.model.subject import Incident
from annotator.model.visibility import UNBOUND
from annotator.store import conflicts
from tests.desk.blinded import (
    NS,
    shown,
)

SCOPE = Scope(NS, field="words")
VIEW = QueueView()
SHAPES: tuple[Shape, ...] = ("long", "wide", "subjects")
Door = Callable[[Desk, str], object]


def together(it: Desk, key: str) -> object:
    """Two edits in one."""
    with it.at_once():
        it.tagging.note(key, NS, "x")
        return it.tagging.note(key, NS, "y")


def backed_up(it: Desk, _: str) -> object:
    """A copy of the file, which nobody reads to whoever made it."""
    copy = it.path.with_name("copy.db")
    copy.unlink(missing_ok=True)
    it.backup(copy)
    return copy


def bundled(it: Desk) -> object:
    """Files to send, which nobody reads to whoever made them."""
    made = [it.together.bundle(it.path.with_name("own.bundle"))]
    with suppress(AnnotatorError):  # for who reviews
        made.append(it.together.bundle(it.path.with_name("for.bundle"), person="ben"))
    return made


def entered(it: Desk, key: str) -> Iterator[object]:
    """What whoever is let in is told before they read anything."""
    for way in (it.visibility.looking, it.visibility.deciding):
        with suppress(AnnotatorError), way(key, NS) as standing:
            yield standing


def told_again(key: str) -> IncidentRecord:
    """An incident that another source tells of."""
    return IncidentRecord(Incident(key=key, title="x"), "")


def exported(it: Desk) -> Iterator[object]:
    """Every file that can be written, whoever the caller says that they are."""
    for form in FORMS:
        for what in WHATS:
            for shape in SHAPES if form == "csv" else SHAPES[:1]:
                file = it.exchange.export(form, Selection(NS, what=what, viewer=UNBOUND), shape)
                yield (file.contents, "".join(file.pieces))


def stratified(*keys: str, random: Drawing | None = None) -> Wish:
    """A deal that is spread over what is answered; two strata tell that two answers differ."""
    return Wish(NS, ("zed", "yan"), keys=keys, random=random, overlap=Overlap("50%", stratify="sectors"))


def sides(it: Desk, key: str) -> list[Side]:
    """All that was said apart about a subject, as the one who knows everything is told."""
    with it.store.reading() as transaction:
        known = [of for of in conflicts.classifications(transaction, UNBOUND) if of.subject == key]
    everything = Desk(it.project, "eve", it.named).conflicts
    return [side for of in known for each in everything.of_subject(of.subject) for side in each.sides]


DESK: dict[str, Door] = {
    "another": lambda it, key: it.another().history.of(key),
    "at_once": together,
    "backup": backed_up,
    "close": lambda it, _: it.another().close(),
    "examine": lambda it, _: it.examine(),
    "give_up_when": lambda it, _: it.give_up_when(lambda: False),
    "in_round": lambda it, key: it.in_round(2).history.of(key),
    "look_at_file": lambda it, _: it.look_at_file(),
    "rebuild": lambda it, _: it.rebuild(),
    "save_beside": lambda it, _: it.save_beside(),
    "take_into_what_is_there": lambda it, _: it.take_into_what_is_there(),
    "wrong_clocks": lambda it, _: it.wrong_clocks(),
    "for_subject": lambda it, key: [it.for_subject(key).history.of(key), it.for_subject(key).tagging.status(key, NS)],
    "working_in": lambda it, key: [
        desk.history.of(key) for desk in (it.working_in(InRounds(2)), it.working_in(FIRST_ROUNDS, InRounds(2)))
    ],
}
QUEUE: dict[str, Door] = {
    "adopt": lambda it, _: it.queue.adopt(it.another().queue.open(VIEW)).rows(0, 9),
    "assigned": lambda it, key: it.queue.assigned(key),
    "changes": lambda it, _: it.queue.changes(),
    "looked_up": lambda it, _: it.queue.looked_up(VIEW),
    "listed": lambda it, _: [
        it.queue.listed(VIEW.but(search=search, stale=stale, commented=commented, mentioned=mentioned))
        for search in ("", "anntell")
        for stale in (True, False)
        for commented, mentioned in ((False, False), (True, False), (False, True))
    ],
    "makers": lambda it, _: it.queue.makers(),
    "next_assigned": lambda it, key: it.queue.next_assigned(VIEW, key, NS),
    "next_key": lambda it, key: it.queue.next_key(VIEW, key, NS),
    "next_work": lambda it, key: it.queue.next_work(VIEW, key, NS),
    "open": lambda it, _: [
        it.queue.open(VIEW.but(annotator=name, flagged=flagged, stale=stale, search=search), again=True).rows(0, 9)
        for name in ("", "ann")
        for flagged, stale in ((True, False), (False, False), (False, True))
        for search in ("", "anntell")
    ],
    "previous_key": lambda it, key: it.queue.previous_key(VIEW, key),
    "random_key": lambda it, _: it.queue.random_key(VIEW),
    "remember": lambda it, key: it.queue.remember(ResumePoint(key)),
    "resume_point": lambda it, _: it.queue.resume_point(),
    "subjects": lambda it, _: it.queue.subjects(),
}
SUBJECTS: dict[str, Door] = {
    "annotators": lambda it, _: it.subjects.annotators(),
    "apart": lambda it, _: it.subjects.apart(),
    "default_taxonomies": lambda it, _: it.subjects.default_taxonomies(),
    "kind_of": lambda it, key: it.subjects.kind_of(key),
    "prefetch": lambda it, key: it.subjects.prefetch(key),
    "resolve": lambda it, key: [it.subjects.resolve(key), it.subjects.resolve(key.removeprefix("d:"))],
    "subject": lambda it, key: it.subjects.subject(key),
    "taxonomies_for": lambda it, _: it.subjects.taxonomies_for("incident"),
    "taxonomy": lambda it, _: it.subjects.taxonomy(NS),
}
VISIBILITY: dict[str, Door] = {
    "deciding": lambda it, key: list(entered(it, key))[1:],
    "is_first_look": lambda it, key: it.visibility.is_first_look(it.visibility.standing(key, NS)),
    "looking": lambda it, key: list(entered(it, key))[:1],
    "standing": lambda it, key: it.visibility.standing(key, NS),
    "viewer": lambda it, key: [it.visibility.viewer(), it.visibility.viewer(it.visibility.standing(key, NS))],
}
TAGGING: dict[str, Door] = {
    "answer": lambda it, key: it.tagging.answer(key, NS, "vendor", Answer(value="x")),
    "checked": lambda it, _: it.tagging.checked(NS, "vendor", Answer(value="x")),
    "classification": lambda it, key: it.tagging.classification(key, NS),
    "clear": lambda it, key: it.tagging.clear(key, NS, "maker"),
    "completions": lambda it, _: [it.tagging.completions("d:4", NS, name, "") for name in ("maker", "vendor", "words")],
    "field": lambda it, _: it.tagging.field(NS, "words"),
    "frequent_choices": lambda it, _: [it.tagging.frequent_choices(NS, name) for name in ("maker", "words", "remark")],
    "locate": lambda it, key: it.tagging.locate("text", it.tagging.quote(it.subjects.subject("d:1").reports[0], 0, 9)),
    "note": lambda it, key: it.tagging.note(key, NS, "x"),
    "problems": lambda it, key: it.tagging.problems(key, NS),
    "quote": lambda it, _: it.tagging.quote(it.subjects.subject("d:1").reports[0], 0, 9),
    "raise_flag": lambda it, key: it.tagging.raise_flag(key, NS, "odd"),
    "refusal": lambda it, key: it.tagging.refusal(key, NS),
    "reopen": lambda it, key: it.tagging.reopen(key, NS),
    "resolve_flag": lambda it, key: it.tagging.resolve_flag(key, NS, "x"),
    "skip": lambda it, key: it.tagging.skip(key, NS, "x"),
    "status": lambda it, key: it.tagging.status(key, NS),
    "submit": lambda it, key: it.tagging.submit(key, NS),
    "take_version": lambda it, key: it.tagging.take_version(key, NS),
}
HISTORY: dict[str, Door] = {
    "of": lambda it, key: [it.history.of(key), it.history.of(key, NS)],
    "has_done": lambda it, key: it.history.has_done("submitted", "", key),
    "latest": lambda it, _: it.history.latest(),
    "redo": lambda it, _: it.history.redo(),
    "undo": lambda it, _: it.history.undo(),
}
REVIEW: dict[str, Door] = {
    "view": lambda it, _: it.review.view(NS),
    "look": lambda it, key: it.review.look(key, NS),
    "peek": lambda it, key: it.review.peek(key, NS),
    "classification": lambda it, key: it.review.classification(key, NS),
    "lines": lambda it, _: it.review.lines(ReviewView(NS)),
    "rows": lambda it, _: it.review.rows(ReviewView(NS), it.review.lines(ReviewView(NS)), 0, 9),
    "disagreements": lambda it, key: it.review.disagreements(key, NS),
    "disputed": lambda it, _: [it.review.disputed(), it.review.disputed(stale=True)],
    "disputed_fields": lambda it, _: it.review.disputed_fields(ReviewView(NS)),
    "of": lambda it, key: it.review.of(key, NS),
    "precedents": lambda it, key: it.review.precedents(key, NS, "maker"),
    "queue": lambda it, _: [
        it.review.queue(ReviewView(NS, order=order, settled=settled, stale=stale))
        for order in REVIEW_ORDERS
        for settled, stale in ((True, False), (False, False), (True, True))
    ],
    "totals": lambda it, _: it.review.totals(NS),
    "undecided": lambda it, _: it.review.undecided(NS),
    "witnesses": lambda it, _: it.review.witnesses(NS),
}
ADJUDICATION: dict[str, Door] = {
    "accept": lambda it, key: it.adjudication.accept(key, NS, "majority", "batch"),
    "accept_agreed": lambda it, _: [
        it.adjudication.accept_agreed(NS, strategy) for strategy in ("unanimous", "majority", "single")
    ],
    "adjudicate": lambda it, key: it.adjudication.adjudicate(key, NS),
    "adopt": lambda it, key: it.adjudication.adopt(key, NS, "words", "ann", "slip"),
    "majority": lambda it, key: it.adjudication.majority(key, NS, "words", "slip"),
    "problems": lambda it, key: it.adjudication.problems(it.review.of(key, NS)),
    "refusal": lambda it, key: it.adjudication.refusal(key, NS),
    "reopen": lambda it, key: it.adjudication.reopen(key, NS),
    "rule": lambda it, key: it.adjudication.rule(key, NS, "words", Answer(value=["x"]), "slip"),
    "union": lambda it, key: it.adjudication.union(key, NS, "words", "slip"),
}
PUBLISHING: dict[str, Door] = {
    "by_rule": lambda it, key: [
        it.publishing.by_rule(NS, where, "urgent", dry_run=key == "d:1")
        for where in (["status=submitted", "words=Anntell"], ["reviewed"])
    ],
    "publish": lambda it, key: it.publishing.publish(key, NS),
    "release": lambda it, key: it.publishing.release(key, NS, "urgent", "ann"),
    "withdraw": lambda it, key: it.publishing.withdraw(key, NS, "AIID"),
}
COMPARISON: dict[str, Door] = {
    "field": lambda it, _: [
        it.comparison.field(Scope(NS, field=field, rounds=it.decided_in, annotators=who, drafts=True, viewer=UNBOUND))
        for field in ("words", "maker")
        for who in ((), ("ann", "ben"), ("AIID", "ann"))
    ],
    "fields": lambda it, _: [
        it.comparison.fields(Scope("", hand_in=which, viewer=UNBOUND)) for which in ("first", "last")
    ],
    "heads": lambda it, _: it.comparison.heads(),
    "is_news": lambda it, _: it.comparison.is_news(SCOPE, {}),
    "matrix_of_pair": lambda it, _: it.comparison.matrix_of_pair(SCOPE, "ann", "ben"),
    "rounds": lambda it, _: it.comparison.rounds(NS),
    "subjects_differing": lambda it, _: [
        it.comparison.subjects_differing(SCOPE, pair) for pair in (None, ("ann", "ben"), ("ann", "gus"))
    ],
    "subjects_in_cell": lambda it, _: it.comparison.subjects_in_cell(
        SCOPE, frozenset({"Anntell"}), frozenset({"Bentell"}), None
    ),
    "subjects_with_choice": lambda it, _: [
        it.comparison.subjects_with_choice(SCOPE, choice) for choice in ("Anntell", "Anntwotell", "Gustell", "Aiidtell")
    ],
    "taxonomies": lambda it, _: it.comparison.taxonomies(Scope("", viewer=UNBOUND)),
    "visible": lambda it, _: it.comparison.visible(SCOPE),
}
COMMENTS: dict[str, Door] = {
    "count": lambda it, key: it.comments.count(key),
    "listed": lambda it, key: [
        it.comments.listed(),
        it.comments.listed(key),
        it.comments.listed(mentioning="bob"),
        it.comments.listed(key, "ann", "2000"),
    ],
    "naming": lambda it, _: it.comments.naming(),
    "mark_read": lambda it, key: it.comments.mark_read(key),
    "write": lambda it, key: [it.comments.write(key, "x @ann"), it.comments.write(key, "y @bob", NS)],
}
CONFLICTS: dict[str, Door] = {
    "find": lambda it, key: [it.conflicts.find(side.event) for side in sides(it, key)],
    "is_any": lambda it, _: it.conflicts.is_any(),
    "keep": lambda it, key: [it.conflicts.keep(side.event) for side in sides(it, key)[:1]],
    "listed": lambda it, _: [it.conflicts.listed(), it.conflicts.listed(NS)],
    "of_subject": lambda it, key: [it.conflicts.of_subject(key), it.conflicts.of_subject(key, NS)],
}
ASSIGNMENT: dict[str, Door] = {
    "assign": lambda it, key: it.assignment.assign(stratified(key), dry_run=key == "d:1"),
    "rebalance": lambda it, key: it.assignment.rebalance(Balance(NS, ("zed", "cy")), dry_run=key == "d:1"),
    "redate": lambda it, _: it.assignment.redate("cy", "2999-12-31"),
    "take_back": lambda it, _: it.assignment.take_back("cy"),
}
GOLD: dict[str, Door] = {
    "listed": lambda it, _: [it.gold.listed(), it.gold.listed(NS)],
    "scores": lambda it, _: it.gold.scores(NS),
    "set": lambda it, key: [
        it.gold.set(GoldWish(NS, whose, keys=keys), dry_run=key == "d:1")
        for whose in ("", "ann", "ben")
        for keys in (None, (key,))
    ],
    "unset": lambda it, key: it.gold.unset(NS, dry_run=key == "d:1"),
}
ROUNDS: dict[str, Door] = {
    "all": lambda it, _: [it.rounds.all(), it.rounds.all(NS)],
    "close": lambda it, key: it.rounds.close(1, NS, take_back=True, dry_run=key == "d:1"),
    "norming": lambda it, _: [it.rounds.norming(1, NS), it.rounds.norming(2, NS)],
    "to_work": lambda it, _: it.rounds.to_work(),
    "reopen": lambda it, _: [it.rounds.close(1, NS, take_back=True), it.rounds.reopen(1, NS)],
    "start": lambda it, key: [
        it.rounds.start(RoundWish(purpose, Wish(NS, ("zed",), keys=keys)), dry_run=key == "d:1")
        for purpose in ("second_pass", "calibration")
        for keys in (None, (key,))
    ],
}
PROGRESS: dict[str, Door] = {
    "paces": lambda it, _: it.progress.paces(it.progress.of()),
    "batches": lambda it, _: [it.progress.batches(row) for row in it.progress.of().rows],
    "changes": lambda it, _: it.progress.changes(),
    "of": lambda it, _: [it.progress.of(), it.progress.of(NS, 1)],
}
IMPORTING: dict[str, Door] = {
    "import_path": lambda it, _: it.importing.import_path(Path("no such file")),
    "import_records": lambda it, key: it.importing.import_records(
        [IncidentRecord(Incident(key=key, title="x"), "")], "x"
    ),
}
EXCHANGE: dict[str, Door] = {
    "events": lambda it, key: [it.exchange.events(key), it.exchange.events(key, NS, "ann")],
    "export": lambda it, _: list(exported(it)),
    "erasures": lambda it, key: it.exchange.erasures(key),
    "first_hand_ins": lambda it, key: it.exchange.first_hand_ins(key),
    "team_events": lambda it, _: it.exchange.team_events(),
    "issues": lambda it, _: it.exchange.issues(),
    "shown": lambda it, key: it.exchange.shown(key),
    "stored": lambda it, key: it.exchange.stored(key, NS, "ann", it.worked_in.under(NS)),
}
SETTINGS: dict[str, Door] = {
    "all": lambda it, _: it.settings.all(),
    "change": lambda it, _: it.settings.change("allow_self_adjudication", "yes"),
}
PEOPLE: dict[str, Door] = {
    "add": lambda it, key: it.people.add("Quinn", dry_run=key == "d:1"),
    "alias": lambda it, _: it.people.alias("ann", "Anna", dry_run=True),
    "deeds": lambda it, _: it.people.deeds(),
    "leave": lambda it, _: it.people.leave("ann", dry_run=True),
    "listed": lambda it, _: it.people.listed(),
    "merge": lambda it, key: it.people.merge("ann", "ben" if key == "d:1" else "gus", dry_run=True),
    "offered": lambda it, _: it.people.offered(),
    "rename": lambda it, _: it.people.rename("ann", "Anna", dry_run=True),
    "split": lambda it, _: it.people.split("ann", "Anna", dry_run=True),
    "undo": lambda it, _: it.people.undo("0000:1", dry_run=True),
}
ROLES: dict[str, Door] = {
    "all": lambda it, _: it.roles.all(),
    "give": lambda it, key: it.roles.give("ann", "reader" if key == "d:1" else "adjudicator", dry_run=True),
    "give_proposed": lambda it, _: it.roles.give_proposed(dry_run=True),
    "proposed": lambda it, _: it.roles.proposed(),
}
WAITING: dict[str, Door] = {
    "accept": lambda it, _: it.waiting.accept(),
    "decline": lambda it, _: (it.waiting.decline((), "x"), it.waiting.decline(["x:1"], "x")),
    "listed": lambda it, _: it.waiting.listed(),
    "marks": lambda it, key: it.waiting.marks(it.exchange.events(key)[0]),
    "to_decide": lambda it, _: it.waiting.to_decide(),
}
TOGETHER: dict[str, Door] = {
    "bundle": lambda it, _: bundled(it),
    "erase": lambda it, _: it.together.erase([f"{'0' * 32}:1"], "x", dry_run=True),
    "join": lambda it, _: it.together.join("d:1", "d:2", dry_run=True),
    "give_up": lambda it, _: it.together.give_up("x", dry_run=True),
    "merge": lambda it, _: it.together.merge([Path(str(backed_up(it, "")))]),
    "sync": lambda it, _: it.together.sync(it.path.parent),
    "verify": lambda it, _: list(it.together.verify(())),
}
MANNER: dict[str, Door] = {
    "names": lambda it, key: it.manner.names(it.review.of(key, NS)),
    "order": lambda it, key: it.manner.order(it.review.of(key, NS)),
    "told": lambda it, key: it.manner.told("ann", it.review.of(key, NS)),
}
PARTS: dict[str, tuple[type, dict[str, Door]]] = {
    "adjudication": (Adjudication, ADJUDICATION),
    "assignment": (Assigning, ASSIGNMENT),
    "comments": (Comments, COMMENTS),
    "comparison": (Figures, COMPARISON),
    "conflicts": (Conflicts, CONFLICTS),
    "importing": (Importing, IMPORTING),
    "exchange": (Exchange, EXCHANGE),
    "history": (History, HISTORY),
    "manner": (Manner, MANNER),
    "people": (Roster, PEOPLE),
    "progress": (Progressing, PROGRESS),
    "publishing": (Publishing, PUBLISHING),
    "queue": (Queues, QUEUE),
    "review": (Reviewing, REVIEW),
    "roles": (Roles, ROLES),
    "gold": (Golds, GOLD),
    "rounds": (Rounds, ROUNDS),
    "waiting": (Waiting, WAITING),
    "settings": (Settings, SETTINGS),
    "subjects": (Subjects, SUBJECTS),
    "tagging": (Tagging, TAGGING),
    "together": (Together, TOGETHER),
    "visibility": (Visibility, VISIBILITY),
}
"""By attribute of a desk: the class of the part, and each of its methods tried."""
BESIDE = {"comparison": {"live"}}
"""Doors that are no method of their part."""
LOOKING = ("adjudication", "manner", "publishing", "review")
"""Parts for those who decide. Who does not classify a subject may, and is known to have looked then."""


def doors(*parts: str) -> dict[str, Door]:
    """The doors of some parts, each named with its part."""
    return {f"{part}.{name}": door for part in parts for name, door in PARTS[part][1].items()}


DOORS = {**DESK, **doors(*PARTS)}
DECIDING = doors(*LOOKING)
OTHERS = {name: door for name, door in DOORS.items() if name not in DECIDING}
"""Nothing here shows what is closed."""


def parts_of_a_desk() -> dict[str, type]:
    """The parts there are, by attribute."""
    made = inspect.getmembers_static(Desk, lambda found: isinstance(found, cached_property))
    found = {name: hinted(part.func) for name, part in made}
    return {name: kind for name, kind in found.items() if kind is not InRounds}


def hinted(function: Callable[..., object]) -> type:
    """The class that a part is made of; the desk imports it for its types alone."""
    known = {kind.__name__: kind for kind, _ in PARTS.values()}
    found: type = get_type_hints(function, vars(desk), known)["return"]
    return found


def told(desk: Desk, door: Door, key: str) -> frozenset[str]:
    """Everything that a door gives away, what it says in refusing included."""
    try:
        found = door(desk, key)
    except AnnotatorError as error:
        found = error
    return shown(f"{found!r} {found}")
