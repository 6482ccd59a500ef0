"""What must hold on a copy, after every deed and when copies have come together."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.comparison.comparison import comparing
from annotator.desk.comparison.policy import Scope
from annotator.desk.exchange.exporting import FORMS, WHATS, Selection
from annotator.errors import AnnotatorError, RequestError
from annotator.model.queue import QueueView
from annotator.model.review import ReviewView
from annotator.model.rounds import InRounds
from annotator.model.visibility import UNBOUND
from tests.season.book import DONE, Place
from tests.season.season import EVE, KIM, LEE, TAXONOMIES

if TYPE_CHECKING:
    from annotator.desk import Desk
    from tests.season.season import Season

MARKER = re.compile(r"m\d{5}tell")


class Counted(NamedTuple):
    """How far somebody is in a round, as progress counts it."""

    assigned: int
    open: int
    begun: int
    draft: int
    skipped: int
    submitted: int
    late: int | None
    due: str | None


def counts_add_up(season: Season, copy: int) -> None:
    """See that each assignment is there once, done or open as the work is, and that all counts say the same."""
    known, there = season.book.dealt(copy), season.dealt(copy)
    for place, says in known.items():
        assert (there[place].due if place in there else None) in says, f"copy {copy}: {place} {there.get(place)} {says}"
    assert there.keys() <= known.keys(), f"copy {copy}: {sorted(there.keys() - known.keys())}"
    for place, one in there.items():
        assert one.done == (season.book.status(copy, place) in DONE), f"copy {copy}: {place} {one}"
    progress = season.desk(copy, "kim").progress.of()
    names = season.book.names(copy)
    told = {(names[row.annotator], row.taxonomy, row.round): Counted(*row[3:9], *row[10:]) for row in progress.rows}
    expected = counted(season, copy)
    for where in told.keys() | expected.keys():
        assert told.get(where) == expected.get(where), f"copy {copy}: {where}"
    _lines_add_up(season, copy)


def counted(season: Season, copy: int) -> dict[tuple[int, str, int], Counted]:
    """What progress has to say."""
    today = season.today.isoformat()
    found: dict[tuple[int, str, int], Counter[str]] = {}
    due: dict[tuple[int, str, int], str] = {}
    work = season.book.work(copy)
    for place, one in season.dealt(copy).items():
        where = (place.who, place.taxonomy, place.round)
        found.setdefault(where, Counter())["assigned"] += 1
        status = season.book.status(copy, place)
        if status not in DONE:
            found[where].update(["open", *(["begun"] if status == "draft" else [])])
            if one.due:
                found[where]["late"] += one.due < today
                due[where] = min(due.get(where, one.due), one.due)
    for place, done in work.items():
        found.setdefault((place.who, place.taxonomy, place.round), Counter())[done.status] += 1
    names = Counted._fields[:-1]
    return {
        where: Counted._make((*(many[name] for name in names), due.get(where, ""))) for where, many in found.items()
    }


def _lines_add_up(season: Season, copy: int) -> None:
    """See that the list of rounds counts what is dealt in them, and says which are closed.

    What was taken back on one copy and done on another may count as done, and whose it is as one of the people.
    """
    there = season.dealt(copy)
    beside = {place for place, done in season.book.work(copy).items() if place not in there and done.status in DONE}
    for line in season.desk(copy, "kim").rounds.all():
        own = [(place, one) for place, one in there.items() if place[1::3] == (line.taxonomy, line.round)]
        further = [place for place in beside if place[1::3] == (line.taxonomy, line.round)]
        done, people = sum(one.done for _, one in own), {place.who for place, _ in own}
        assert line.assigned == len(own) and done <= line.done <= done + len(further), f"copy {copy}: {line}"
        most = len(people | {place.who for place in further})
        assert len(people) <= line.people <= most, f"copy {copy}: {line}"
        assert bool(line.closed_at) == season.book.is_closed(copy, line.taxonomy, line.round), f"copy {copy}: {line}"


def defaults_lead_to_work(season: Season, copy: int, who: int) -> None:
    """See that whoever sits down, and says no round, is where they have something to do."""
    desk = season.at(copy, who)
    for taxonomy in TAXONOMIES:
        places = [each for each in season.dealt(copy) if (each.who, each.taxonomy) == (who, taxonomy)]
        begun = {
            place.round
            for place, one in season.book.work(copy).items()
            if (place.who, place.taxonomy, one.status) == (who, taxonomy, "draft")
        }
        to_do = {
            place.round
            for place in places
            if season.book.status(copy, place) not in DONE
            and not season.book.is_closed(copy, taxonomy, place.round)
        }  # fmt: skip
        if begun | to_do:
            assert desk.worked_in.under(taxonomy) in begun | to_do, (copy, who, taxonomy)


# Who may see what


class Sight:
    """What is open to somebody on a copy while annotation is blind."""

    def __init__(self, season: Season, copy: int, viewer: int) -> None:
        """Look up once what they are at work on, and what lets them see the rest."""
        self.book, self.copy, self.viewer = season.book, copy, viewer
        self.is_blind = bool(season.book.one(copy, Place("blind"), True))
        self.at_work = season.book.at_work(copy, viewer)
        self.let_in = {(taxonomy, subject) for taxonomy, subject, who in season.looked(copy) if who == viewer}
        self.let_in |= {
            (place.taxonomy, place.subject)
            for place, one in season.book.work(copy).items()
            if (place.who, one.status) == (viewer, "submitted")
        }

    def of(self, place: Place) -> bool | None:
        """Whether a classification is open; None where it is what was decided on, and that is published."""
        here, place = (place.taxonomy, place.subject), self.book.counted(self.copy, place)
        if not self.is_blind:
            return True
        if here in self.at_work:
            return place.who == self.viewer and place.round in self.at_work[here]
        if place.who == self.viewer or self.viewer in {KIM, LEE, EVE} or here in self.let_in:
            return True
        return None if self.book.one(self.copy, Place("out", *here), False) else False

    def of_talk(self, place: Place) -> bool:
        """Whether a comment is open."""
        if not self.is_blind or self.book.person(self.copy, place.who) == self.viewer:
            return True
        return not any(
            subject == place.subject and place.taxonomy in {"", taxonomy} for taxonomy, subject in self.at_work
        )


def sees_what_is_open(season: Season, copy: int, viewer: int) -> None:
    """See that somebody is shown nothing that is closed to them, through no door, and exports all that is open."""
    desk, sight = season.at(copy, viewer), Sight(season, copy, viewer)
    shut = {marker for marker, place in season.marked.items() if sight.of(place) is False}
    shut |= {marker for marker, place in season.talk.items() if not sight.of_talk(place)}
    before = season.rows(copy, "SELECT count(*) FROM events")
    for name, text in shown(season, copy, desk):
        leaked = shut.intersection(MARKER.findall(text))
        assert not leaked, f"copy {copy}, {desk.annotator} by {name}: {[season.marked.get(each) for each in leaked]}"
    assert before == season.rows(copy, "SELECT count(*) FROM events"), "looking leaves nothing but what it says"
    file = desk.exchange.export("jsonl", Selection(what="raw"))
    lines = [json.loads(line) for line in "".join(file.pieces).splitlines()]
    names = season.book.names(copy)
    exported = {Place("work", one["taxonomy"], one["subject"], names[one["annotator"]], one["round"]) for one in lines}
    expected = {each for each in season.book.work(copy) if sight.of(each)}
    assert exported == expected, f"copy {copy}, {desk.annotator}: {sorted(exported ^ expected)}"


def shown(season: Season, copy: int, desk: Desk) -> Iterator[tuple[str, str]]:
    """Everything that somebody is told, with the door it comes by."""
    for name, door in doors(season, copy, desk):
        try:
            found: object = door()
        except AnnotatorError as error:
            found = error
        yield name, f"{found!r} {found}"


def doors(season: Season, copy: int, desk: Desk) -> Iterator[tuple[str, Callable[[], object]]]:
    """The doors: lists, exports, history, review, agreement, known answers, norming, comments."""
    keys = season.watching.sample(season.keys, 3)
    yield "listed", lambda: desk.queue.listed(QueueView())
    yield "searched", lambda: desk.queue.listed(QueueView(search="m00001tell"))
    yield "commented", lambda: desk.queue.listed(QueueView(commented=True))
    for form in FORMS:
        yield (
            form,
            lambda form=form: [  # type: ignore[misc]
                "".join(desk.exchange.export(form, Selection(what=what)).pieces) for what in WHATS
            ],
        )
    yield "team events", desk.exchange.team_events
    yield "issues", desk.exchange.issues
    yield "conflicts", desk.conflicts.listed
    yield "comments", desk.comments.listed
    yield "progress", desk.progress.of
    yield "people", desk.people.deeds
    for key in keys:
        yield "events", lambda key=key: desk.exchange.events(key)  # type: ignore[misc]
        yield "shown", lambda key=key: desk.exchange.shown(key)  # type: ignore[misc]
        yield "history", lambda key=key: desk.history.of(key)  # type: ignore[misc]
        for taxonomy in TAXONOMIES:
            yield "form", lambda key=key, taxonomy=taxonomy: desk.tagging.classification(key, taxonomy)  # type: ignore[misc]
            yield (
                "completions",
                lambda key=key, taxonomy=taxonomy: desk.tagging.completions(  # type: ignore[misc]
                    key, taxonomy, "words", "m", 999
                ),
            )
    for taxonomy in TAXONOMIES:
        yield "choices", lambda taxonomy=taxonomy: desk.tagging.frequent_choices(taxonomy, "words")  # type: ignore[misc]
        yield (
            "disagreements",
            lambda taxonomy=taxonomy: desk.review.rows(  # type: ignore[misc]
                ReviewView(taxonomy), desk.review.lines(ReviewView(taxonomy)), 0, 99
            ),
        )
        if desk.annotator not in season.deciding(copy):  # whose looks are kept
            yield "review", lambda taxonomy=taxonomy: desk.review.of(keys[0], taxonomy)  # type: ignore[misc]
            yield "precedents", lambda taxonomy=taxonomy: desk.review.precedents(keys[1], taxonomy, "words")  # type: ignore[misc]
        yield "scores", lambda taxonomy=taxonomy: desk.gold.scores(taxonomy)  # type: ignore[misc]
        yield "known answers", lambda taxonomy=taxonomy: desk.gold.listed(taxonomy)  # type: ignore[misc]
        for line in desk.rounds.all(taxonomy):
            scope = Scope(taxonomy, field="words", rounds=InRounds(line.round), drafts=True)
            yield "agreement", lambda scope=scope: desk.comparison.subjects_differing(scope, None)  # type: ignore[misc]
            yield "norming", lambda line=line: desk.rounds.norming(line.round, line.taxonomy)  # type: ignore[misc]


# Agreement


def firsts_stand(season: Season, copy: int) -> None:
    """See that agreement compares what everybody handed in first, whatever came later."""
    names, work = season.book.names(copy), season.book.work(copy)
    for taxonomy in TAXONOMIES:
        for line in season.desk(copy, "kim").rounds.all(taxonomy):
            said = said_first(season, copy, taxonomy, line.round)
            for (key, name), marker in said.items():
                one = work[Place("work", taxonomy, key, names[name], line.round)]
                assert marker in one.firsts, f"copy {copy}: {key} {name} {marker} {one}"
            must = {
                (place.subject, place.who)
                for place, one in work.items()
                if place[1::3] == (taxonomy, line.round) and (one.status == "submitted" or one.is_fixed)
            }
            assert must <= {(key, names[name]) for key, name in said}, f"copy {copy}: {line}"


def said_first(season: Season, copy: int, taxonomy: str, round_: int) -> dict[tuple[str, str], str]:
    """What agreement compares, by subject and annotator."""
    scope = Scope(taxonomy, field="words", rounds=InRounds(round_), viewer=UNBOUND)
    with comparing(season.desk(copy, "kim").project, scope) as comparison:
        (field,) = comparison.fields
        known = comparison.categories(field)
        return {
            (each.subject, each.annotator): MARKER.findall(repr(known.category(each.said)))[0]
            for each in comparison.mentions(field)
        }


def normed_when_all_are_in(season: Season, copy: int) -> None:
    """See that answers stand side by side once everybody has handed in, and not before."""
    work = season.book.work(copy)
    for line in season.desk(copy, "kim").rounds.all():
        places = [each for each in season.dealt(copy) if each[1::3] == (line.taxonomy, line.round)]
        own = [work.get(each._replace(kind="work")) for each in places]
        if any(one is not None and one.is_loose for one in own):
            continue
        waits = any(one is None or (one.status not in DONE and not one.firsts) for one in own)
        everybody = [place for place in work if place[1::3] == (line.taxonomy, line.round)]
        is_any = any(work[place].status == "submitted" or work[place].is_fixed for place in everybody)
        is_shown = False
        with suppress(RequestError):
            is_shown = bool(season.desk(copy, "kim").rounds.norming(line.round, line.taxonomy).people)
        assert not (waits and is_shown), f"copy {copy}: {line}"
        assert is_shown or waits or not is_any, f"copy {copy}: {line}"


# Copies


def is_sound(season: Season, copy: int) -> str:
    """See that nothing speaks against a copy, and that computing it anew changes nothing; returns its digest."""
    desk = season.desk(copy, "kim")
    before = tables(season, copy)
    desk.rebuild()
    assert tables(season, copy) == before, f"copy {copy} was not what its events add up to"
    assert [problem for finding in desk.examine() for problem in finding.problems] == [], f"copy {copy}"
    (found,) = desk.together.verify((), with_digest=True)
    assert found.is_sound, f"copy {copy}: {found.flaws} {found.altered}"
    return found.digest


OF = "JOIN subjects ON subjects.id = subject_id"
COMPUTED = (
    f"SELECT taxonomy, key, annotator, round, batch, position, done, due FROM assignments {OF}",
    f"SELECT taxonomy, key, annotator, round, status, answers, publish FROM classifications {OF}",
    "SELECT taxonomy, round, purpose FROM rounds",
    "SELECT taxonomy, round, is_closed FROM closings",
    "SELECT name, value FROM settings",
    f"SELECT key, taxonomy, event, revisions, after_others, answers FROM hand_ins {OF}",
    f"SELECT key, taxonomy, annotator, looked_at FROM looks {OF}",
)


def tables(season: Season, copy: int) -> list[list[str]]:
    """What is computed from the events and must not change by computing it anew."""
    return [sorted(map(repr, season.rows(copy, sql))) for sql in COMPUTED]


def holds(season: Season, copy: int, *viewers: int) -> None:
    """See that everything holds on a copy, and that some people see what is open to them."""
    counts_add_up(season, copy)
    for who in viewers:
        defaults_lead_to_work(season, copy, who)
        sees_what_is_open(season, copy, who)
