"""What people do in a season, each deed with what follows from it in the book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from annotator.desk.team.assignment import Drawing, Overlap, Wish
from annotator.desk.team.gold import GoldWish
from annotator.desk.team.rebalancing import Balance
from annotator.desk.team.rounds import RoundWish
from annotator.desk.team.taking_back import OpenWork
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from annotator.model.rounds import FIRST
from tests.season.book import DONE, Place, Work
from tests.season.holding import normed_when_all_are_in
from tests.season.season import EVE, KIM, LEE, MISTYPED, NAMES, OLD, ROB, TAXONOMIES

if TYPE_CHECKING:
    from annotator.desk import Desk
    from tests.season.season import Dealt, Season

INCIDENTS = QueueView(kind="incident", since="2010")
AGAIN, FOR_ALL = ("second_pass", "retest"), ("first", "calibration", "training")
Deed = Callable[["Season"], int | None]
"""Something that is done on a copy; None where there was nothing to do."""


def leading(season: Season) -> tuple[int, int, str]:
    """Who leads this time, on which copy, under which taxonomy."""
    if season.size.copies > 1 and season.may(0.35):
        return LEE, 1, "side"
    return KIM, 0, "desk"


# Dealing out


def changed(season: Season, copy: int, before: dict[Place, Dealt], by: int) -> tuple[set[Place], set[Place]]:
    """What is dealt now that was not, and what no more; put into the book."""
    now = season.dealt(copy)
    new, gone = now.keys() - before.keys(), before.keys() - now.keys()
    for place in sorted(gone):
        season.book.say(copy, by, place, None)
    for place in sorted(now):
        if place in new or before[place].due != now[place].due:
            season.book.say(copy, by, place, now[place].due)
    return new, gone


def unbidden(season: Season, copy: int, new: set[Place], seen: set[tuple[str, str, int]]) -> None:
    """See that work went to nobody who left, or has seen others' answers, and into no closed round."""
    for place in new:
        assert not season.book.has_left(copy, place.who), f"{place}: has left"
        assert (place.taxonomy, place.subject, place.who) not in seen, f"{place}: has seen others' answers"
        assert not season.book.is_closed(copy, place.taxonomy, place.round), f"{place}: is closed"


def some_people(season: Season, copy: int, most: int = 6) -> tuple[str, ...]:
    """Names of some who are here, with weights now and then."""
    here = season.here(copy)
    chosen = season.random.sample(here, min(len(here), season.random.randint(2, most)))
    names = [season.book.name(copy, who) for who in chosen]
    return tuple(f"{name}={season.random.randint(1, 3)}" if season.may(0.2) else name for name in names)


def a_wish(season: Season, copy: int, taxonomy: str) -> Wish:
    """Subjects for some people, chosen and shared in one of many ways."""
    many = season.random.randint(4, 12)
    overlap = Overlap("30%", stratify=season.random.choice(["", "date"])) if season.may(0.4) else None
    return Wish(
        taxonomy, some_people(season, copy), INCIDENTS, many,
        random=Drawing(season.random.randint(0, 99)) if season.may(0.6) else None,
        per_subject=1 if overlap else season.random.randint(1, 2), overlap=overlap,
        batch_size=season.random.choice([0, 3]), seed=season.random.randint(0, 9),
        due=season.day(0, 14) if season.may(0.6) else "", gold=2 if season.may(0.3) else 0,
    )  # fmt: skip


def deal(season: Season) -> int | None:
    """Deal subjects out in the round for results."""
    who, copy, taxonomy = leading(season)
    if who == LEE and season.may(0.2):
        taxonomy = "desk"  # apart from what the other one does there
    before, seen, wish = season.dealt(copy), season.looked(copy), a_wish(season, copy, taxonomy)
    try:
        dealt = season.at(copy, who).assignment.assign(wish)
    except RequestError as error:
        assert "no answers are known" in str(error) or "was closed on" in str(error), error
        season.did(f"nothing dealt: {error}")
        return copy
    new, gone = changed(season, copy, before, who)
    assert len(new) == dealt.assigned == sum(share.assigned for share in dealt.shares) and not gone
    assert {(place.taxonomy, place.round) for place in new} <= {(taxonomy, dealt.round)}
    named = {each.partition("=")[0] for each in wish.to}
    assert {season.book.name(copy, place.who) for place in new} <= named
    unbidden(season, copy, new, seen)
    season.did(f"dealt: {len(new)} under {taxonomy} on {copy}")
    return copy


def start(season: Season) -> int | None:
    """Start a round of some purpose, which leaves all others as they were."""
    who, copy, taxonomy = leading(season)
    purpose: Any = season.random.choice([*AGAIN, *FOR_ALL])
    wish = a_wish(season, copy, taxonomy)
    names = tuple(each.partition("=")[0] for each in wish.to) if season.may(0.5) or purpose in FOR_ALL else ()
    if purpose in AGAIN:
        wish = Wish(taxonomy, names, seed=wish.seed, due=wish.due, batch_size=wish.batch_size)
    else:
        wish = Wish(taxonomy, names, INCIDENTS, 4, seed=wish.seed, due=wish.due, gold=wish.gold)
    before, seen, had = season.dealt(copy), season.looked(copy), ever_had(season, copy)
    handed_in = {place for place, one in season.book.work(copy).items() if one.status == "submitted"}
    try:
        dealt = season.at(copy, who).rounds.start(RoundWish(purpose, wish, "50%"))
    except RequestError as error:
        season.did(f"no round: {purpose}, {error}")
        assert season.dealt(copy) == before
        return copy
    new, gone = changed(season, copy, before, who)
    assert len(new) == dealt.assigned and not gone and new
    assert {(place.taxonomy, place.round) for place in new} == {(taxonomy, dealt.round)}
    assert dealt.round not in {place.round for place in before}
    for place in new:
        own = {each.round for each in handed_in if each[1:4] == place[1:4]}
        assert own if purpose == "retest" else place[1:4] not in had, f"{purpose}: {place}"
    unbidden(season, copy, new, seen)
    season.did(f"started: {purpose} of {len(new)} under {taxonomy}")
    season.tally[f"started {purpose}"] += 1
    return copy


def ever_had(season: Season, copy: int) -> set[tuple[Any, ...]]:
    """Who had which subject under which taxonomy in any round, as a copy knows it."""
    return {each[1:4] for each in (*season.dealt(copy), *season.book.work(copy))}


def take_back(season: Season) -> int | None:
    """Take from somebody what is asked for, and nothing else."""
    who, copy, taxonomy = leading(season)
    to_do = [place for place, one in season.dealt(copy).items() if not one.done and place.taxonomy == taxonomy]
    if not to_do:
        return None
    whose = season.random.choice(sorted({place.who for place in to_do}))
    which = OpenWork(
        taxonomy, limit=season.random.choice([None, 2, 5]), status=season.random.choice(["", "", "untouched", "draft"])
    )
    before = season.dealt(copy)
    taken = season.at(copy, who).assignment.take_back(season.book.name(copy, whose), which)
    new, gone = changed(season, copy, before, who)
    assert len(gone) == taken.taken <= (which.limit or taken.taken) and not new
    for place in gone:
        assert (place.who, place.taxonomy, before[place].done) == (whose, taxonomy, False)
        begun = season.book.status(copy, place) == "draft"
        assert which.status in {"", "draft" if begun else "untouched"}, place
    assert which.limit or which.status or {place for place in to_do if place.who == whose} == gone
    season.did(f"taken back: {len(gone)} of {NAMES[whose]}")
    return copy


def rebalance(season: Season) -> int | None:
    """Move what nobody has begun to those who are here."""
    who, copy, taxonomy = leading(season)
    before, seen, had = season.dealt(copy), season.looked(copy), ever_had(season, copy)
    to_do = sorted({place.round for place, one in before.items() if place.taxonomy == taxonomy and not one.done})
    round_ = season.random.choice([0, *to_do])
    to = some_people(season, copy, 12) if season.may(0.5) or not round_ else ()
    try:
        moved = season.at(copy, who, round_).assignment.rebalance(Balance(taxonomy, to))
    except RequestError as error:
        expected = ("was closed on", "is a retest", "Nobody who is still here")
        assert any(each in str(error) for each in expected), error
        season.did(f"nothing moved: {error}")
        return copy
    new, gone = changed(season, copy, before, who)
    assert len(new) == len(gone) == len(moved.moves)
    assert sorted(place.subject for place in new) == sorted(place.subject for place in gone)
    for place in gone:
        assert not before[place].done and season.book.status(copy, place) != "draft", place
    assert not {place[1:4] for place in new} & had
    assert all(place[1::3] == (taxonomy, moved.round) for place in new | gone)
    unbidden(season, copy, new, seen)
    season.did(f"moved: {len(new)}")
    return copy


def redate(season: Season) -> int | None:
    """Give what somebody has still to do another day."""
    who, copy, taxonomy = leading(season)
    before = season.dealt(copy)
    own = {place for place, one in before.items() if not one.done and place.taxonomy == taxonomy}
    if not own:
        return None
    whose, due = season.random.choice(sorted({place.who for place in own})), season.day(0, 20)
    name = season.book.name(copy, whose)
    season.refused("a day that is over", lambda: season.at(copy, who).assignment.redate(name, season.day(-9, -1)), copy)
    season.at(copy, who).assignment.redate(name, due, OpenWork(taxonomy))
    new, gone = changed(season, copy, before, who)
    assert not new and not gone
    later = season.dealt(copy)
    meant = {place for place in own if place.who == whose}
    assert all(later[place].due == (due if place in meant else before[place].due) for place in before)
    season.did(f"redated: {len(meant)} of {NAMES[whose]}")
    return copy


# Rounds


def close(season: Season) -> int | None:
    """Close a round, which is refused while somebody has not begun unless that is taken back, or open it again."""
    who, copy, taxonomy = leading(season)
    desk = season.at(copy, who)
    lines = [line for line in desk.rounds.all(taxonomy) if line.assigned]
    if not lines or (season.may(0.7) and lines[0].round == FIRST and len(lines) == 1):
        return None
    lines = [line for line in lines if line.closed_at and season.may(0.7)] or lines
    line = season.random.choice(lines)
    where = Place("closed", taxonomy, round=line.round)
    if line.closed_at:
        season.refused("a closed round closed", lambda: desk.rounds.close(line.round, taxonomy), copy)
        desk.rounds.reopen(line.round, taxonomy)
        season.book.say(copy, who, where, False)
        season.did("opened again")
        return copy
    before = season.dealt(copy)
    to_do = {place for place, one in before.items() if place[1::3] == (taxonomy, line.round) and not one.done}
    untouched = {place for place in to_do if season.book.status(copy, place) != "draft"}
    if untouched:
        season.refused("a round closed that people work in", lambda: desk.rounds.close(line.round, taxonomy), copy)
    desk.rounds.close(line.round, taxonomy, take_back=True)
    new, gone = changed(season, copy, before, who)
    assert gone == untouched and not new
    season.book.say(copy, who, where, True)
    season.did(f"closed: with {len(gone)} taken back")
    return copy


def begin_in_closed(season: Season) -> int | None:
    """See that nothing is begun, or dealt out, in a round that is known to be closed."""
    copy = season.random.randrange(season.size.copies)
    closed = [place for place, (is_so,) in season.book.all(copy, "closed") if is_so]
    own = [who for who in season.here(copy) if season.homes[who] == copy]
    if not closed or not own:
        return None
    place, who, key = season.random.choice(closed), season.random.choice(own), season.random.choice(season.keys)
    if season.book.status(copy, Place("work", place.taxonomy, key, who, place.round)) != "untouched":
        return None
    tagging = season.at(copy, who, place.round).tagging
    answer = Answer(value=["x"])
    season.refused("begun in a closed round", lambda: tagging.answer(key, place.taxonomy, "words", answer), copy)
    lead = season.at(copy, KIM, place.round)
    wish = Wish(place.taxonomy, (season.book.name(copy, who),), INCIDENTS)
    season.refused("dealt in a closed round", lambda: lead.assignment.assign(wish), copy)
    return copy


# Work


def work(season: Season) -> int | None:
    """Let somebody do what they are to do, or what nobody asked them for."""
    everybody = [who for who in season.homes if who not in {KIM, LEE, ROB} and season.book.name(season.homes[who], who)]
    busy = [who for who in everybody if season.book.at_work(season.homes[who], who)]
    who = season.random.choice(busy if busy and season.may(0.85) else everybody)
    copy = season.homes[who]
    desk = season.at(copy, who)
    asked = sorted({taxonomy for taxonomy, _ in season.book.at_work(copy, who)})
    taxonomy = season.random.choice(asked or TAXONOMIES)
    round_ = desk.worked_in.under(taxonomy)
    place = to_do(season, copy, Place("work", taxonomy, "", who, round_))
    if place is None:
        return None
    act = season.random.choices([draft, hand_in, skip, undo, revise], [5, 8, 1, 1, 3])[0]
    for _ in range(season.random.randint(1, 6)):
        act(season, copy, desk, place)
        following = to_do(season, copy, place)
        if following is None:
            break
        place = following
    return copy


def to_do(season: Season, copy: int, of: Place) -> Place | None:
    """A subject that somebody is to do in a round, or has begun there, or may begin on their own."""
    own = [each for each in season.book.dealt(copy) if each[1::3] == of[1::3] and each.who == of.who]
    begun = [each for each, _ in season.book.all(copy, "work") if each[1::3] == of[1::3] and each.who == of.who]
    is_closed = season.book.is_closed(copy, of.taxonomy, of.round)
    if season.may(0.1) and not is_closed and not season.book.has_left(copy, of.who):
        return of._replace(subject=season.random.choice(season.keys))
    open_ = [each for each in own if not is_closed or season.book.status(copy, each) != "untouched"]
    found = sorted(each._replace(kind="work") for each in {*open_, *begun})
    left = [each for each in found if season.book.status(copy, each) not in DONE]
    return season.random.choice(left if left and season.may(0.8) else found) if found else None


def now(season: Season, copy: int, place: Place) -> Work:
    """What somebody has there."""
    found: Work = season.book.one(copy, place, Work("untouched", ""))
    return found


def is_able(season: Season, copy: int, place: Place) -> bool:
    """Whether somebody can go on with a subject: they have seen nothing, and are at work on it in no other round."""
    at_work = season.book.open_rounds(copy, place.who, place.taxonomy, place.subject)
    begun = season.book.status(copy, place) != "untouched"
    seen = (place.taxonomy, place.subject, place.who) in season.looked(copy)
    return not seen and not (begun and at_work and place.round not in at_work)


def draft(season: Season, copy: int, desk: Desk, place: Place) -> None:
    """Answer something."""
    one = now(season, copy, place)
    if one.status == "submitted" or not is_able(season, copy, place):
        return
    marker = season.mark(place)
    desk.tagging.answer(place.subject, place.taxonomy, "words", Answer(value=[marker]))
    season.book.say(copy, place.who, place, one._replace(status="draft", marker=marker))
    season.did(f"drafted: {season.book.name(copy, place.who)} {place.subject}")


def hand_in(season: Season, copy: int, desk: Desk, place: Place) -> None:
    """Answer what is asked and hand it in."""
    draft(season, copy, desk, place)
    one = now(season, copy, place)
    if one.status != "draft" or not is_able(season, copy, place):
        return
    desk.tagging.answer(place.subject, place.taxonomy, "outcome", Answer(value=season.random.choice("abc")))
    desk.tagging.submit(place.subject, place.taxonomy)
    season.book.say(copy, place.who, place, handed_in(one))
    season.did(f"handed in: {season.book.name(copy, place.who)} {place.subject}")


def handed_in(one: Work) -> Work:
    """The same once it is handed in: the first counts unless it was taken back in time."""
    firsts = one.firsts if one.firsts and not one.is_loose else one.firsts | {one.marker}
    return one._replace(status="submitted", firsts=firsts)


def taken_back(season: Season, copy: int, place: Place, status: str) -> Work:
    """The same once a hand-in is taken back."""
    one = now(season, copy, place)
    others = any(
        each.taxonomy == place.taxonomy and each.subject == place.subject and each.who != place.who
        for each, _ in season.book.all(copy, "work")
    ) or season.book.one(copy, Place("ruled", place.taxonomy, place.subject), False)
    is_fixed = one.is_fixed or bool(others and len(one.firsts) == 1)
    return one._replace(status=status, is_fixed=is_fixed, is_loose=not is_fixed)


def skip(season: Season, copy: int, desk: Desk, place: Place) -> None:
    """Leave a subject aside."""
    one = now(season, copy, place)
    if one.status in DONE or not is_able(season, copy, place):
        return
    desk.tagging.skip(place.subject, place.taxonomy, "not about AI")
    season.book.say(copy, place.who, place, one._replace(status="skipped"))
    season.did(f"skipped: {season.book.name(copy, place.who)} {place.subject}")


def undo(season: Season, copy: int, desk: Desk, place: Place) -> None:
    """Hand something in and take that back at once."""
    if now(season, copy, place).status == "submitted":
        return
    hand_in(season, copy, desk, place)
    if now(season, copy, place).status == "submitted":
        assert desk.history.undo() is not None
        season.book.say(copy, place.who, place, taken_back(season, copy, place, "draft"))
        season.did(f"undone: {season.book.name(copy, place.who)} {place.subject}")


def revise(season: Season, copy: int, desk: Desk, place: Place) -> None:
    """Open what was handed in again, answer otherwise and, mostly, hand it in."""
    if now(season, copy, place).status != "submitted" or not is_able(season, copy, place):
        return hand_in(season, copy, desk, place)
    desk.tagging.reopen(place.subject, place.taxonomy, "others say otherwise")
    season.book.say(copy, place.who, place, taken_back(season, copy, place, "draft"))
    season.did(f"opened: {season.book.name(copy, place.who)} {place.subject}")
    if season.may(0.8):
        hand_in(season, copy, desk, place)
    return None


# Deciding, known answers, talk


def decide(season: Season) -> int | None:
    """Let the one who decides look at a subject, settle it and publish it."""
    copy = season.homes[EVE]
    desk = season.at(copy, EVE)
    taxonomy = season.random.choice(TAXONOMIES)
    round_ = desk.decided_in.under(taxonomy)
    done = sorted(
        place for place, one in season.book.work(copy).items()
        if place[1::3] == (taxonomy, round_) and one.status == "submitted"
    )  # fmt: skip
    if not done:
        return None
    place = season.random.choice(done)
    if season.book.open_rounds(copy, EVE, taxonomy, place.subject):
        if not season.book.one(copy, Place("blind"), True):
            return None
        season.refused("a look at what one is at work on", lambda: desk.review.of(place.subject, taxonomy), copy)
        return copy
    review = desk.review.of(place.subject, taxonomy)
    season.did(f"looked: {place.subject}")
    name = season.book.name(copy, place.who)
    try:
        for each in review.disagreements:
            desk.adjudication.adopt(place.subject, taxonomy, each.field, name, "judgement")
            season.book.say(copy, EVE, Place("ruled", taxonomy, place.subject), True)
        desk.adjudication.adjudicate(place.subject, taxonomy)
        season.book.say(copy, EVE, Place("ruled", taxonomy, place.subject), True)
        season.did(f"decided: {place.subject}")
        if season.may(0.5):
            desk.publishing.publish(place.subject, taxonomy)
            season.book.say(copy, EVE, Place("out", taxonomy, place.subject), True)
            season.did(f"published: {place.subject}")
    except (AnswerError, RequestError) as error:
        season.did(f"not decided: {error}")
    return copy


def know(season: Season) -> int | None:
    """Take somebody's answers as known."""
    who, copy, taxonomy = leading(season)
    done = [place for place, one in season.book.work(copy).items() if one.status == "submitted"]
    whose = sorted({place.who for place in done if place.taxonomy == taxonomy})
    if not whose:
        return None
    wish = GoldWish(taxonomy, season.book.name(copy, season.random.choice(whose)), limit=3)
    season.did(f"known: {season.at(copy, who).gold.set(wish).set} under {taxonomy}")
    return copy


def talk(season: Season) -> int | None:
    """Let somebody comment on a subject."""
    who = season.random.choice([each for each in season.homes if season.book.name(season.homes[each], each)])
    copy, key, taxonomy = season.homes[who], season.random.choice(season.keys), season.random.choice(("", *TAXONOMIES))
    comments = season.at(copy, who).comments
    if who == ROB:
        season.refused("a reader's comment", lambda: comments.write(key, "hello", taxonomy), copy)
        return copy
    marker = season.mark(Place("talk", taxonomy, key, who), season.talk)
    comments.write(key, f"{marker} is what I say", taxonomy)
    season.did(f"said: {NAMES[who]} about {key}")
    return copy


# People, time and copies


def people(season: Season) -> int | None:
    """Let somebody leave, come or be called otherwise."""
    here = [who for who in season.here(0) if who != EVE]
    if season.may(0.4) and len(here) > season.size.people // 2:
        season.leave(season.random.choice(here))
    elif season.may(0.5) and len(season.homes) < len(NAMES):
        season.join(len(season.homes))
        season.did("joined")
    else:
        season.rename(season.random.choice(here))
    return 0


def mistype(season: Season) -> int | None:
    """Let somebody work under a mistyped name, and a lead say who that is."""
    left = [key for key in OLD if not any(place.subject == key for place in season.marked.values())]
    own = [who for who in season.here(0) if who != EVE and season.homes[who] and who < MISTYPED]
    if not left or not own:
        return None
    who = season.random.choice(own)
    copy, other = season.homes[who], MISTYPED + len(season.marked)
    name = f"{NAMES[who]} {NAMES[who][::-1]}"
    if not season.book.name(copy, who) or any(deed.says == name for deed in season.book.deeds):
        return None
    season.book.say(copy, other, Place("name", who=other), name)
    place = Place("work", "desk", left[0], other, season.desk(copy, name).worked_in.under("desk"))
    if not season.book.is_closed(copy, "desk", place.round):
        hand_in(season, copy, season.desk(copy, name, place.round), place)
    else:
        season.desk(copy, name).comments.write(left[0], "nothing to do here")
    season.merge(0, copy)
    season.at(0, KIM).people.merge(name, season.book.name(0, who))
    season.book.say(0, KIM, Place("is", who=other), who)
    season.merge(copy, 0)
    season.did(f"one person: {name} and {NAMES[who]}")
    return 0


def misdeed(season: Season) -> int | None:
    """See that what may not be is refused, and leaves nothing."""
    copy = season.random.randrange(season.size.copies)
    name = season.book.name(copy, season.random.choice(season.here(copy)))
    key, yesterday = season.random.choice(season.keys), season.day(-9, -1)
    reader, anybody, lead = season.at(copy, ROB), season.desk(copy, name), season.at(copy, KIM)
    gone = [who for who in season.homes if season.book.has_left(copy, who)]
    tries: list[tuple[str, Callable[[], object]]] = [
        ("a reader's answer", lambda: reader.tagging.answer(key, "desk", "words", Answer(value=["x"]))),
        ("a reader's deal", lambda: reader.assignment.assign(Wish("desk", (name,), INCIDENTS))),
        ("an annotator's deal", lambda: anybody.assignment.assign(Wish("desk", (name,), INCIDENTS))),
        ("an annotator's round", lambda: anybody.rounds.start(RoundWish("first", Wish("desk", (name,), INCIDENTS)))),
        ("an annotator's role", lambda: anybody.roles.give(name, "lead")),
        ("an annotator's list of known answers", lambda: anybody.gold.listed("desk")),
        ("a day that is over", lambda: lead.assignment.assign(Wish("desk", (name,), INCIDENTS, due=yesterday))),
        ("too many for a subject", lambda: lead.assignment.assign(Wish("desk", (name,), INCIDENTS, per_subject=9999))),
        ("nobody's name", lambda: lead.assignment.take_back("nobody of this name")),
    ]
    if gone:
        left = season.book.name(copy, season.random.choice(gone))
        tries.append(("a deal to who left", lambda: lead.assignment.assign(Wish("desk", (left,), INCIDENTS))))
    if name != season.book.name(copy, EVE):
        what, deed = season.random.choice(tries)
        season.refused(what, deed, copy)
    return copy


def wait(season: Season) -> int | None:
    """Let days pass."""
    season.world.clock += timedelta(days=season.random.randint(1, 7))
    season.did("days passed")
    return season.random.randrange(season.size.copies)


def look_away(season: Season) -> int | None:
    """Switch blindness off, or on again."""
    is_blind = season.book.one(0, Place("blind"), True)
    season.at(0, KIM).settings.change("blind_annotation", "no" if is_blind else "yes")
    season.book.say(0, KIM, Place("blind"), not is_blind)
    season.did("opened to all" if is_blind else "blind again")
    return 0


def meet(season: Season) -> int | None:
    """Take another copy in, or what somebody sends of their own."""
    if season.size.copies == 1:
        return None
    into, of = season.random.sample(range(season.size.copies), 2)
    own = [who for who, home in season.homes.items() if home == of and season.book.name(of, who)]
    own = [who for who in own if who not in {KIM, LEE, EVE, ROB}]
    is_blind = season.book.one(of, Place("blind"), True) and season.book.one(0, Place("blind"), True)
    if season.may(0.3) and own and is_blind:
        who = season.random.choice(own)
        if into == 0 and season.may(0.5):
            season.hand_on(who)
            return of
        season.pass_on(who, into)
    else:
        season.merge(into, of)
    return into


def norm(season: Season) -> int | None:
    """See answers side by side where all are in."""
    copy = season.random.randrange(season.size.copies)
    normed_when_all_are_in(season, copy)
    return copy


DEEDS: dict[Deed, int] = {
    deal: 7, start: 7, take_back: 2, rebalance: 6, redate: 2, close: 2, begin_in_closed: 2, work: 50, decide: 6,
    know: 2, talk: 4, people: 3, mistype: 1, misdeed: 4, wait: 4, meet: 12, norm: 2,
}  # fmt: skip
"""What may happen, and how often of a hundred times and some."""
