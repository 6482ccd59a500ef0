"""The writer thread: in order, told in the thread of the screens, patient with others, and nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Queue
from typing import Any, Self

import pytest

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.writer import Ticket, Writer
from annotator.errors import AnswerError, NotFoundError, StoreBusyError, StoreFullError, StoreReplacedError
from annotator.store.connection import Patience
from annotator.store.store import Store
from tests.desk.making import choose
from tests.store.making import answer, finish, make_store, of, script

LONG_ENOUGH = 30.0
"""Seconds after which a test gives up; nothing takes that long."""


class BareDesk:
    """As much of a desk as a writer needs."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def another(self, patience: Patience | None = None) -> Self:
        return type(self)(self.store.another(patience))

    def close(self) -> None:
        self.store.close()


class Screen:
    """Stands for the loop of the screens: calls come in from any thread, and are made one after the other here."""

    def __init__(self) -> None:
        self.calls: Queue[Callable[[], None]] = Queue()
        self.told: list[str] = []
        self.is_stalled = False

    def deliver(self, call: Callable[[], None]) -> None:
        self.calls.put(call)

    def make_calls(self) -> None:
        """Make the calls that came so far."""
        while not self.calls.empty():
            self.calls.get()()

    def make_calls_until(self, holds: Callable[[], object]) -> None:
        while not holds():
            self.calls.get(timeout=LONG_ENOUGH)()

    def stalled(self, is_stalled: bool) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.is_stalled = is_stalled
        self.told.append("stalled" if is_stalled else "moving")

    def say(self, what: str) -> Callable[[object], None]:
        """A callback that takes down what was told."""

        def told(of_what: object) -> None:
            assert threading.current_thread() is threading.main_thread()
            self.told.append(f"{what} {of_what.state if isinstance(of_what, Ticket) else of_what}")

        return told


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with three incidents."""
    with closing(make_store(tmp_path / "desk.db")) as made:
        yield made


@pytest.fixture
def screen() -> Screen:
    """Whoever is told."""
    return Screen()


@pytest.fixture
def writer(store: Store, screen: Screen) -> Iterator[Writer[BareDesk]]:
    """A writer at the database; its thread is gone afterwards."""
    made = Writer(BareDesk(store), screen.deliver, screen.stalled)
    yield made
    made.finish(LONG_ENOUGH)
    wait_for_the_end()


ELSEWHERE: set[threading.Thread] = set()
"""Threads of other tests, such as those of screens that nobody has thrown away yet."""


@pytest.fixture(autouse=True)
def elsewhere() -> None:
    ELSEWHERE.clear()
    ELSEWHERE.update(threading.enumerate())


def wait_for_the_end() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("writer") and thread not in ELSEWHERE:
            thread.join(LONG_ENOUGH)
            assert not thread.is_alive()


@contextmanager
def locked(store: Store) -> Iterator[sqlite3.Connection]:
    """Another process holds the write lock, until it rolls back or the block ends."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def saying(value: str, field: str = "a") -> Callable[[BareDesk], str]:
    """Work that saves an answer."""

    def work(desk: BareDesk) -> str:
        answer(desk.store, of(), field, value)
        return value

    return work


def refused(desk: BareDesk) -> None:
    raise NotFoundError("there is no such thing")


def saved(store: Store) -> dict[str, Any]:
    return {field: each.value for field, each in store.classification(of()).answers.items()}


def log(store: Store) -> list[str]:
    """The fields of the answers, in the order they were saved."""
    return [
        row[0]
        for row in store.transaction.execute(
            "SELECT payload ->> 'field' FROM log WHERE kind = 'answer_set' ORDER BY counter"
        )
    ]


HERE = Place("t:1", "T", "a", "answer")


def test_jobs_are_written_in_order_by_one_thread_and_told_in_another(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    threads = set()

    def work(number: int) -> Callable[[BareDesk], int]:
        def write(desk: BareDesk) -> int:
            threads.add(threading.current_thread())
            answer(desk.store, of(), f"f{number}", str(number))
            return number

        return write

    for number in range(30):
        writer.put(work(number), HERE, then=screen.say("saved"), otherwise=screen.say("not saved"))
    writer.drain()
    assert screen.told == []
    screen.make_calls()
    assert screen.told == [f"saved {number}" for number in range(30)]
    assert log(store) == [f"f{number}" for number in range(30)]
    (thread,) = threads
    assert thread is not threading.current_thread()
    assert not thread.daemon


def test_a_ticket_is_waiting_then_writing_then_saved_when_it_is_told(screen: Screen, writer: Writer[BareDesk]) -> None:
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def work(desk: BareDesk) -> None:
        begun.set()
        assert go_on.wait(LONG_ENOUGH)

    first = writer.put(work, HERE, then=lambda _: seen.append((first.state, writer.pending())))
    second = writer.put(saying("yes"), HERE)
    assert begun.wait(LONG_ENOUGH)
    assert (first.state, second.state) == ("writing", "waiting")
    assert writer.pending() == [first, second]
    go_on.set()
    writer.drain()
    assert first.state == "writing"
    assert writer.pending() == [first, second]
    screen.make_calls()
    assert (first.state, second.state) == ("saved", "saved")
    assert seen == [("saved", [second])]
    assert writer.pending() == []


def test_pending_is_asked_by_subject_and_taxonomy(writer: Writer[BareDesk]) -> None:
    places = [Place("t:1", "T"), Place("t:2", "T"), Place("t:1", "U"), Place()]
    one, two, three, anywhere = [writer.put(saying("yes"), place) for place in places]
    assert writer.pending() == [one, two, three, anywhere]
    assert writer.pending("t:1") == [one, three]
    assert writer.pending("t:1", "T") == [one]
    assert writer.pending(taxonomy="T") == [one, two]
    assert writer.pending("t:3") == []


def test_a_refusal_is_told_with_its_sentence_and_later_jobs_are_written(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    ticket = writer.put(refused, HERE, then=screen.say("saved"), otherwise=screen.say("it is"))
    writer.put(saying("yes"), HERE, then=screen.say("saved"))
    writer.drain()
    screen.make_calls()
    assert screen.told == ["it is refused", "saved yes"]
    assert str(ticket.refusal) == "there is no such thing"
    assert saved(store) == {"a": "yes"}


def test_what_depends_on_a_refused_job_is_cancelled_with_all_that_depends_on_it(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    first = writer.put(refused, HERE)
    second = writer.put(saying("b", "b"), HERE, after=first, otherwise=screen.say("second"))
    writer.put(saying("c", "c"), HERE, after=second, otherwise=screen.say("third"))
    good = writer.put(saying("d", "d"), HERE)
    writer.put(saying("e", "e"), HERE, after=good, then=screen.say("fifth"))
    writer.drain()
    screen.make_calls()
    assert screen.told == ["second cancelled", "third cancelled", "fifth e"]
    assert saved(store) == {"d": "d", "e": "e"}


def test_what_depends_on_a_job_that_was_refused_and_told_long_ago_is_cancelled(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    first = writer.put(refused, HERE)
    writer.drain()
    screen.make_calls()
    second = writer.put(saying("yes"), HERE, after=first)
    writer.drain()
    screen.make_calls()
    assert second.state == "cancelled"
    assert second.after is None  # a day's tickets do not hold on to each other
    assert saved(store) == {}


def test_a_long_lock_is_shown_waited_for_and_shown_to_be_over(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    with locked(store) as other:
        writer.put(saying("yes"), HERE, then=screen.say("saved"))
        screen.make_calls_until(lambda: screen.is_stalled)
        assert writer.waiting_since is not None
        assert [ticket.state for ticket in writer.pending()] == ["writing"]
        other.execute("ROLLBACK")
        screen.make_calls_until(lambda: not writer.pending())
    assert screen.told == ["stalled", "moving", "saved yes"]
    assert writer.waiting_since is None
    assert saved(store) == {"a": "yes"}


class Clock:
    """Moves on by a step each time somebody looks."""

    def __init__(self, step: float) -> None:
        self.step, self.looks = step, 0

    def __call__(self) -> float:
        self.looks += 1
        return self.step * self.looks


def test_each_wait_of_a_job_counts_for_itself_and_short_ones_are_not_shown(store: Store, screen: Screen) -> None:
    clock = Clock(0.1)
    writer = Writer(BareDesk(store), screen.deliver, screen.stalled, clock)
    tries = []

    def work(desk: BareDesk) -> str:
        for patience in [desk.store.patience] * 5:  # five locks that free themselves after a look each
            assert patience.seconds is None
            tries.append(patience.goes_on() and patience.goes_on())
            patience.is_over()
        return "written"

    writer.put(work, HERE, then=screen.say("it is"))
    assert writer.finish(LONG_ENOUGH) == []
    screen.make_calls()
    assert screen.told == ["it is written"]
    assert tries == [True] * 5
    assert clock.looks == 10


def test_a_file_that_is_busy_in_the_middle_of_a_job_has_it_done_again(store: Store, screen: Screen) -> None:
    times = iter(range(100))

    def work(desk: BareDesk) -> str:
        if next(times) < 6:
            raise StoreBusyError("another program is writing")
        return saying("yes")(desk)

    writer = Writer(BareDesk(store), screen.deliver, screen.stalled, Clock(0.1))
    writer.put(work, HERE, then=screen.say("saved"))
    assert writer.finish(LONG_ENOUGH) == []
    screen.make_calls()
    assert screen.told == ["stalled", "moving", "saved yes"]
    assert saved(store) == {"a": "yes"}


def test_a_wait_can_be_cancelled_and_nothing_of_it_is_written_afterwards(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    with locked(store) as other:
        first = writer.put(saying("yes"), HERE, otherwise=screen.say("first"))
        second = writer.put(saying("b", "b"), HERE, then=screen.say("second"))
        screen.make_calls_until(lambda: screen.is_stalled)
        writer.cancel(first)
        screen.make_calls_until(lambda: first.state == "cancelled")
        assert second.state in {"waiting", "writing"}
        other.execute("ROLLBACK")
        screen.make_calls_until(lambda: second.state == "saved")
    assert [each for each in screen.told if each not in {"stalled", "moving"}] == ["first cancelled", "second b"]
    assert saved(store) == {"b": "b"}


def test_a_job_whose_turn_has_not_come_can_be_cancelled(store: Store, screen: Screen, writer: Writer[BareDesk]) -> None:
    go_on = threading.Event()
    writer.put(lambda _: go_on.wait(LONG_ENOUGH), HERE)
    second = writer.put(saying("b", "b"), HERE, otherwise=screen.say("it is"))
    third = writer.put(saying("c", "c"), HERE)
    writer.cancel(second)
    screen.make_calls_until(lambda: second.state == "cancelled")
    assert third.state == "waiting"
    go_on.set()
    writer.drain()
    screen.make_calls()
    assert screen.told == ["it is cancelled"]
    assert saved(store) == {"c": "c"}


def test_all_that_waits_can_be_cancelled_at_once(store: Store, screen: Screen, writer: Writer[BareDesk]) -> None:
    with locked(store):
        tickets = [writer.put(saying(str(n), f"f{n}"), HERE, otherwise=screen.say("it is")) for n in range(20)]
        screen.make_calls_until(lambda: screen.is_stalled)
        writer.cancel_waiting()
        screen.make_calls_until(lambda: not writer.pending())
    assert {ticket.state for ticket in tickets} == {"cancelled"}
    assert screen.told.count("it is cancelled") == 20
    assert screen.is_stalled is False
    later = writer.put(saying("later"), HERE)
    writer.drain()
    screen.make_calls()
    assert later.state == "saved"
    assert saved(store) == {"a": "later"}


def test_what_is_saved_already_cannot_be_cancelled(store: Store, screen: Screen, writer: Writer[BareDesk]) -> None:
    ticket = writer.put(saying("yes"), HERE, then=screen.say("saved"), otherwise=screen.say("not saved"))
    writer.drain()
    writer.cancel(ticket)
    screen.make_calls()
    writer.cancel(ticket)
    screen.make_calls()
    assert screen.told == ["saved yes"]
    assert ticket.state == "saved"
    assert saved(store) == {"a": "yes"}


def test_a_full_disk_is_a_refusal_and_not_waited_for(store: Store, screen: Screen, writer: Writer[BareDesk]) -> None:
    def work(desk: BareDesk) -> None:
        desk.store.transaction.execute("PRAGMA max_page_count = 1")
        answer(desk.store, of(), "a", "a long answer" * 100_000)

    ticket = writer.put(work, HERE)
    writer.drain()
    screen.make_calls()
    assert isinstance(ticket.refusal, StoreFullError)
    assert screen.told == []


def test_a_mistake_of_the_program_is_raised_where_screens_run_and_later_jobs_are_written(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    def mistaken(desk: BareDesk) -> None:
        raise ZeroDivisionError("a mistake")

    told = screen.say("told")
    ticket = writer.put(mistaken, HERE, words="my words", then=told, otherwise=told)
    writer.put(saying("no"), HERE, after=ticket)
    writer.put(saying("b", "b"), HERE)
    writer.drain()
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        screen.make_calls()
    screen.make_calls()
    assert screen.told == []
    assert writer.pending() == []
    assert saved(store) == {"b": "b"}
    assert [each.job.words for each in writer.finish(LONG_ENOUGH)] == ["my words"]


def test_a_mistake_that_nobody_heard_of_before_the_end_is_still_raised(
    screen: Screen, writer: Writer[BareDesk]
) -> None:
    def mistaken(desk: BareDesk) -> None:
        raise KeyError("missing")

    ticket = writer.put(mistaken, HERE)
    assert writer.finish(LONG_ENOUGH) == [ticket]
    with pytest.raises(KeyError):
        screen.make_calls()


def test_a_file_that_cannot_be_opened_any_more_is_told_in_words(store: Store, screen: Screen) -> None:
    writer = Writer(BareDesk(store), screen.deliver)
    store.path.rename(store.path.with_name("elsewhere.db"))
    ticket = writer.put(saying("yes"), HERE)
    writer.drain()
    screen.make_calls()
    assert isinstance(ticket.refusal, StoreReplacedError)
    store.path.with_name("elsewhere.db").rename(store.path)
    again = writer.put(saying("yes"), HERE)
    assert writer.finish(LONG_ENOUGH) == [again]  # others may have a log of their own beside the file by now
    assert isinstance(again.refusal, StoreReplacedError)


def test_finishing_writes_what_is_on_its_way_gives_the_file_back_and_leaves_no_thread(
    store: Store, screen: Screen
) -> None:
    opened: list[BareDesk] = []
    writer = Writer(BareDesk(store), screen.deliver)
    writer.put(opened.append, HERE)
    for number in range(20):
        writer.put(saying(str(number), f"f{number}"), HERE)
    assert writer.finish(LONG_ENOUGH) == []
    assert len(saved(store)) == 20
    wait_for_the_end()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].store.transaction.execute("SELECT 1")


def test_finishing_at_a_locked_file_returns_what_could_not_be_written_and_tells_nobody_else(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    told = screen.say("told")
    with locked(store):
        put = [
            writer.put(saying(str(n), f"f{n}"), HERE, words=f"words {n}", then=told, otherwise=told) for n in range(5)
        ]
        assert writer.finish(0) == put
        assert writer.finish(0) == []
    wait_for_the_end()
    screen.make_calls()
    assert [ticket.job.words for ticket in put] == [f"words {n}" for n in range(5)]
    assert {ticket.state for ticket in put} == {"cancelled"}
    assert "told" not in "".join(screen.told)
    assert saved(store) == {}


def test_finishing_waits_for_no_slow_disk_and_nothing_is_told_after_it(store: Store, screen: Screen) -> None:
    stalled, go_on = threading.Event(), threading.Event()

    def work(desk: BareDesk) -> str:
        for _ in range(5):
            assert desk.store.patience.goes_on()
        stalled.set()
        assert go_on.wait(LONG_ENOUGH)
        return saying("yes")(desk)

    told = screen.say("told")
    writer = Writer(BareDesk(store), screen.deliver, screen.stalled, Clock(0.1))
    ticket = writer.put(work, HERE, words="yes", then=told, otherwise=told)
    assert stalled.wait(LONG_ENOUGH)
    screen.make_calls()
    assert screen.told == ["stalled"]
    assert writer.finish(0) == [ticket]
    screen.make_calls()
    go_on.set()
    wait_for_the_end()
    assert screen.calls.empty()
    assert screen.told == ["stalled"]
    assert saved(store) == {"a": "yes"}


def test_finishing_returns_a_refusal_that_nobody_heard_of(screen: Screen, writer: Writer[BareDesk]) -> None:
    told = screen.say("told")
    heard = writer.put(refused, HERE, otherwise=told)
    writer.drain()
    screen.make_calls()
    unheard = writer.put(refused, HERE, otherwise=told)
    writer.put(saying("yes"), HERE, then=told)
    assert writer.finish(LONG_ENOUGH) == [unheard]
    assert (unheard.state, str(unheard.refusal)) == ("refused", "there is no such thing")
    screen.make_calls()
    assert screen.told == ["told refused", "told yes"]
    assert heard.state == "refused"


def test_whoever_finishes_while_the_screens_still_run_has_each_job_told_or_returned(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    returned: list[Ticket[BareDesk, Any]] = []
    told: list[Ticket[BareDesk, Any]] = []
    put = [writer.put(refused, HERE, otherwise=told.append) for _ in range(500)]
    ending = threading.Thread(target=lambda: returned.extend(writer.finish(LONG_ENOUGH)))
    ending.start()
    while ending.is_alive():
        screen.make_calls()
    screen.make_calls()
    assert len(told) + len(returned) == len(put)
    assert {*told, *returned} == {*put}
    assert {ticket.state for ticket in put} == {"refused"}


def test_a_job_that_comes_after_the_end_is_cancelled_and_told(
    store: Store, screen: Screen, writer: Writer[BareDesk]
) -> None:
    writer.finish(LONG_ENOUGH)
    ticket = writer.put(saying("yes"), HERE, then=screen.say("saved"), otherwise=screen.say("it is"))
    screen.make_calls()
    assert screen.told == ["it is cancelled"]
    assert ticket.state == "cancelled"
    assert saved(store) == {}


def test_many_threads_may_put_at_once(store: Store, screen: Screen, writer: Writer[BareDesk]) -> None:
    def put_some(name: str) -> None:
        for number in range(25):
            writer.put(saying(name, f"{name}{number}"), HERE)

    threads = [threading.Thread(target=put_some, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_ENOUGH)
    assert writer.finish(LONG_ENOUGH) == []
    screen.make_calls()
    assert writer.pending() == []
    fields = log(store)
    for name in "abcd":
        assert [field for field in fields if field[0] == name] == [f"{name}{number}" for number in range(25)]


def test_a_person_answers_undoes_and_hands_in_without_waiting_for_any_of_it(eva: Desk, screen: Screen) -> None:
    at_work = Writer(eva, screen.deliver, screen.stalled)
    at_work.put(lambda desk: choose(desk, "d:1", "maker", "Acme"), HERE)
    at_work.put(lambda desk: desk.history.undo(), HERE)
    wrong = at_work.put(lambda desk: choose(desk, "d:1", "outcome", "no such choice"), HERE)
    too_soon = at_work.put(lambda desk: desk.tagging.submit("d:1", "desk"), HERE)
    at_work.put(lambda desk: choose(desk, "d:1", "outcome", "none"), HERE)
    done = at_work.put(
        lambda desk: desk.tagging.submit("d:1", "desk"), HERE, then=lambda now: screen.say(now.status)(now.notes)
    )
    at_work.drain()
    screen.make_calls()
    assert at_work.finish(LONG_ENOUGH) == []
    assert [type(ticket.refusal) for ticket in (wrong, too_soon, done)] == [AnswerError, AnswerError, type(None)]
    assert screen.told == ["submitted "]
    now = eva.tagging.classification("d:1", "desk")
    assert (now.status, {name: answer.value for name, answer in now.answers.items()}) == (
        "submitted", {"outcome": "none"}
    )  # fmt: skip


LEAVE_AT_A_LOCK = """
import sys
from pathlib import Path
from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.desk.writer import Writer
from annotator.store.store import Store
from tests.desk.test_writer import BareDesk, Screen, saying
screen = Screen()
writer = Writer(BareDesk(Store.open(Path(sys.argv[1]))), screen.deliver, screen.stalled)
writer.put(saying("yes"), Place("t:1", "T", "a"), words="yes")
screen.make_calls_until(lambda: screen.is_stalled)
print([ticket.job.words for ticket in writer.finish(0.1)])
"""


def test_a_program_ends_though_another_never_gives_the_file_back(store: Store) -> None:
    with locked(store):
        assert finish(script(LEAVE_AT_A_LOCK, store.path)).strip() == "['yes']"
    assert saved(store) == {}
