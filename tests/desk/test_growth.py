"""What screens ask at opening and moving takes as many steps in a large file as in a small one.

Counted are the steps of SQLite's machine, so that the answer is the same on any computer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from annotator.desk import Desk, open_desk
from annotator.model.queue import QueueView, ResumePoint
from annotator.model.review import REVIEW_ORDERS, DisputedSubject, Lines, ReviewView
from annotator.store import people, taxonomies
from annotator.store.team import assignments
from annotator.store.team.assignments import Assignment
from tests.desk.making import TAXONOMY

GRAIN = 10
"""Steps between two counts."""
SLACK = 200
"""Steps that a look-up may take more for no reason worth looking for."""
ANSWERS = json.dumps({"maker": {"state": "answered", "value": "Acme", "evidence": [], "confidence": None}})
KEY = "g:9"
"""A subject that two others handed in and nobody decided, that Eva has not touched."""
MINE = "g:301"
"""One that is dealt to her."""


class Size(NamedTuple):
    """How much there is of what may grow."""

    subjects: int
    dealt: int
    """Open assignments of Eva's, all of them on reports."""
    people: int
    done: int
    """Classifications that Eva handed in, from subject 1,001 on."""


SMALL, LARGE = Size(2_000, 100, 10, 600), Size(16_000, 5_000, 200, 6_000)
VIEWS = {
    "all": QueueView(),
    "a filter": QueueView(kind="incident"),
    "a filter that shows nothing that is dealt": QueueView(kind="incident", sort="title"),
    "a view that shows nothing": QueueView(since="2030"),
    "what models made": QueueView(made_by="model"),
}
ALL = VIEWS["all"]
MADE = {made: QueueView(made_by=made) for made in ("model", "import", "=sorter")}
Door = Callable[[Desk, QueueView], object]
OPENING: dict[str, Door] = {
    "where the annotator stopped": lambda it, _: it.queue.resume_point(),
    "what is assigned": lambda it, _: (it.queue.assigned(KEY), it.queue.assigned(MINE)),
    "the subject": lambda it, _: it.subjects.subject(KEY),
    "whether it is closed": lambda it, _: it.tagging.refusal(KEY, "desk"),
    "its statuses": lambda it, _: [it.tagging.status(KEY, name) for name in it.subjects.default_taxonomies()],
    "the classification": lambda it, _: it.tagging.classification(KEY, "desk"),
    "its history": lambda it, _: it.history.of(KEY),
    "frequent choices": lambda it, _: it.tagging.frequent_choices("desk", "maker"),
    "completions": lambda it, _: it.tagging.completions(KEY, "desk", "vendor", "A"),
    "what is missing": lambda it, _: it.tagging.problems(KEY, "desk"),
    "its line": lambda it, view: it.queue.open(view).rows(0, 20),
    "lines far down": lambda it, view: it.queue.open(view).rows(it.queue.open(view).count - 20, 10**9),
    "its place": lambda it, view: (it.queue.open(view).position_of(KEY), it.queue.open(view).position_of("g:1999")),
}
MOVING: dict[str, Door] = {
    "the next": lambda it, view: (it.queue.next_key(view, KEY), it.queue.next_key(view, "g:1999")),
    "the next that is not done": lambda it, view: it.queue.next_key(view, KEY, "desk"),
    "the one before": lambda it, view: it.queue.previous_key(view, "g:1999"),
    "the next work": lambda it, view: [it.queue.next_assigned(view, key, "desk") for key in (KEY, MINE)],
    "any": lambda it, view: it.queue.random_key(view),
    "remembering": lambda it, view: it.queue.remember(ResumePoint(KEY, "desk", "maker", view)),
    "a note": lambda it, _: it.tagging.note(KEY, "desk", f"note {it.store._connection.total_changes}"),
    "undo": lambda it, _: it.history.undo(),
    "redo": lambda it, _: it.history.redo(),
}
DISPUTED: dict[str, ReviewView] = {order: ReviewView("desk", order=order) for order in REVIEW_ORDERS}
DISPUTED["one field"] = ReviewView("desk", order="field", field="vendor")
DECIDING: dict[str, Door] = {
    "what is disputed": lambda it, _: it.review.disputed(),
    "the first lines": lambda it, _: it.review.queue(ReviewView("desk"), 20),
    "whether looking bars": lambda it, _: it.review.peek("g:7", "desk"),
    "the review": lambda it, _: it.review.of("g:11", "desk"),
    "whether one may decide": lambda it, _: it.adjudication.refusal("g:11", "desk"),
    "who handed in": lambda it, _: it.review.witnesses("desk"),
}


def make(folder: Path, size: Size) -> Path:
    """A file of a size; the tables are written directly, because the log would take long."""
    (folder / "taxonomies").mkdir(parents=True)
    (folder / "taxonomies" / "desk.yaml").write_text(TAXONOMY, encoding="utf-8")
    with closing(open_desk(folder / "desk.db", "eva")) as desk, desk.store.writing() as transaction:
        taxonomies.put(transaction, desk.subjects.taxonomy("desk"))
        transaction.executemany(
            "INSERT INTO subjects (id, key, kind, title, date) VALUES (?, ?, ?, ?, '2024')",
            ((number, f"g:{number}", "incident" if number % 2 else "report", f"T{number:06}")
             for number in range(1, size.subjects + 1)),
        )  # fmt: skip
        transaction.execute("INSERT INTO incidents (id) SELECT id FROM subjects WHERE kind = 'incident'")
        transaction.execute("INSERT INTO reports (id, sha256) SELECT id, '' FROM subjects WHERE kind = 'report'")
        dealt = [301, *range(302, 2 * size.dealt + 300, 2)]
        transaction.executemany(
            "INSERT INTO assignments VALUES (?, 'desk', 'eva', 1, 1, ?, 0, 'lead', '', NULL, NULL, '')",
            ((subject, place) for place, subject in enumerate(dealt)),
        )
        others = ((subject, f"person {(subject + more) % size.people}") for subject in range(1, 300) for more in (0, 1))
        for rows in (others, ((1_000 + number, "eva") for number in range(1, size.done + 1))):
            transaction.executemany(
                """INSERT OR IGNORE INTO classifications (subject_id, taxonomy, version, annotator, round, status,
                     publish, flagged, notes, skip_reason, answers, hidden, updated_at, submitted_at)
                   VALUES (?, 'desk', 1, ?, 1, 'submitted', 'unpublished', 0, '', '', ?, '{}', '2026', '2026')""",
                ((*row, ANSWERS) for row in rows),
            )
        made = "json_object('kind', 'model', 'generator', 'sorter')"
        transaction.execute(
            f"""INSERT INTO classifications (subject_id, taxonomy, version, annotator, round, status, publish, flagged,
                  notes, skip_reason, answers, hidden, is_imported, provenance)
                SELECT id, 'desk', 1, 'brought', 1, 'submitted', 'unpublished', 0, '', '', '{{}}', '{{}}', 1, {made}
                FROM subjects WHERE id BETWEEN 400 AND 500"""
        )
        transaction.execute(
            """INSERT INTO answers (classification_id, taxonomy, subject_id, field, position, state, value)
               SELECT id, 'desk', subject_id, 'maker', 0, 'answered', 'Acme' FROM classifications"""
        )
        transaction.execute(
            "INSERT INTO disagreements SELECT id, 'desk', 1, 'maker', 2, 0 FROM subjects WHERE id < 300"
        )
        transaction.execute("INSERT INTO disputed_subjects SELECT subject_id, 'desk', 1, 1, 0 FROM disagreements")
        for name in ("eva", "lead", "brought", *(f"person {number}" for number in range(size.people))):
            people.find(transaction, name) or people.add(transaction, name)
    return folder / "desk.db"


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A small file and a large one."""
    return [make(tmp_path_factory.mktemp("growth") / "made", size) for size in (SMALL, LARGE)]


@contextmanager
def eva_at(path: Path, view: QueueView) -> Iterator[Desk]:
    """Eva with a view that was looked up, and a desk that has done everything once."""
    with closing(open_desk(path, "eva")) as desk:
        desk.queue.open(view).complete()
        yield desk


def steps(desk: Desk, door: Door, view: QueueView) -> int:
    """How many steps a look-up takes the second time."""
    door(desk, view)
    counted = [0]

    def count() -> int:
        counted[0] += GRAIN
        return 0

    desk.store._connection.set_progress_handler(count, GRAIN)
    try:
        door(desk, view)
    finally:
        desk.store._connection.set_progress_handler(None, 0)
    return counted[0]


@pytest.mark.long
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("doors", [OPENING, MOVING, DECIDING], ids=["opening", "moving", "deciding"])
def test_a_look_up_does_not_grow_with_the_file(sizes: list[Path], doors: dict[str, Door], view: QueueView) -> None:
    taken = []
    for path in sizes:
        with eva_at(path, view) as desk:
            taken.append({name: steps(desk, door, view) for name, door in doors.items()})
    small, large = taken
    assert {name: (small[name], count) for name, count in large.items() if count > 1.2 * small[name] + SLACK} == {}


def deal_and_take_back(desk: Desk, _view: QueueView) -> None:
    with desk.store.writing() as transaction:
        assignments.put(transaction, "desk", 1, [Assignment(7, "bob", 1, 1)], "lead")
        assert assignments.take_back(transaction, "bob", 1, "desk", "lead") == 1


def test_what_is_dealt_and_taken_back_takes_no_longer_in_a_large_file(sizes: list[Path]) -> None:
    taken = []
    for path in sizes:
        with closing(open_desk(path, "lead")) as desk:
            taken.append(steps(desk, deal_and_take_back, ALL))
    assert taken[1] <= 1.2 * taken[0] + SLACK


@pytest.mark.parametrize("view", [ALL, *MADE.values()], ids=["everything", *MADE])
def test_a_view_opens_at_once_however_much_it_does_not_show(sizes: list[Path], view: QueueView) -> None:
    small, large = (Path(each) for each in sizes)
    opened = []
    for path in (small, large):
        with closing(open_desk(path, "bob")) as desk:
            opened.append(steps(desk, lambda it, view: it.queue.open(view, again=True).rows(0, 50), view))
            assert desk.queue.open(view).count
    assert opened[1] <= 1.2 * opened[0] + SLACK


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file where annotators differ on everything, mostly on two fields."""
    path = make(tmp_path_factory.mktemp("growth") / "disputed", SMALL)
    with closing(open_desk(path, "eva")) as desk, desk.store.writing() as transaction:
        for table in (
            "disagreements",
            "disputed_subjects",
            "answers",
            "classifications",
        ):  # all lines are to cost alike
            transaction.execute(f"DELETE FROM {table}")
        transaction.execute("INSERT INTO disagreements SELECT id, 'desk', 1, 'maker', 2, 0 FROM subjects")
        transaction.execute("INSERT INTO disagreements SELECT id, 'desk', 1, 'vendor', 2, 0 FROM subjects WHERE id % 9")
        transaction.execute(
            "INSERT INTO disputed_subjects SELECT subject_id, 'desk', 1, count(*), 0 FROM disagreements GROUP BY 1"
        )
    return path


@pytest.mark.parametrize("view", DISPUTED.values(), ids=DISPUTED)
def test_a_page_far_down_the_disputed_subjects_costs_what_the_first_one_costs(disputed: Path, view: ReviewView) -> None:
    with closing(open_desk(disputed, "dan")) as desk:
        review, lines = desk.review, desk.review.lines(view)
        places = 60, len(lines) - 60
        near, far = (doors_at(review.rows(view, lines, place, place + 1)[0], view, lines, place) for place in places)
        taken = {name: (steps(desk, near[name], ALL), steps(desk, door, ALL)) for name, door in far.items()}
        assert {name: both for name, both in taken.items() if both[1] > 1.2 * both[0] + SLACK} == {}
        here = review.rows(view, lines, 100, 101)[0]
        assert review.queue(view, 50, here) == review.rows(view, lines, 101, 151)
        assert review.queue(view, 50, here, back=True) == review.rows(view, lines, 50, 100)[::-1]


def doors_at(here: DisputedSubject, view: ReviewView, lines: Lines, place: int) -> dict[str, Door]:
    """What is asked about fifty lines beside one."""
    return {
        "behind it": lambda it, _: it.review.queue(view, 50, here),
        "before it": lambda it, _: it.review.queue(view, 50, here, back=True),
        "from it on": lambda it, _: it.review.rows(view, lines, place, place + 50),
    }
