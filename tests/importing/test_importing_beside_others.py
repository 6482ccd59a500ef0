"""An import is prepared without the lock: others write meanwhile, and nobody's work is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.importing import ImportOptions, import_path, import_records
from annotator.desk.project import Project
from annotator.errors import SourceError, StoreFullError, TaxonomyError
from annotator.model.classification import Answer, Identity
from annotator.model.record import IncidentRecord, Record, ReportRecord
from annotator.model.subject import EntityLink, Incident, Report
from annotator.model.taxonomy import Taxonomy
from annotator.store import project as project_store
from annotator.store import search, taxonomies
from annotator.store.connection import Transaction
from annotator.store.importing import disputes, staging
from annotator.store.store import Store
from tests.importing.making import bring, bring_while, count, everything, record, write_json
from tests.store.making import finish, problems, script

pytestmark = pytest.mark.long

YES: Any = ("Deployed", "yes")
NO: Any = ("Deployed", "no")
Doing = Callable[[Project], None]


def told(key: str = "s:r1", incident: str = "", partial: bool = False, **said: Any) -> ReportRecord:
    return ReportRecord(Report(key=key, **said), key, incident, partial)


def state(project: Project) -> dict[str, list[Any]]:
    """All that is kept, without the numbers and moments that differ from one time to the next."""
    found = {
        "subjects": "SELECT key, kind, title, date, needs_trigram FROM subjects",
        "reports": "SELECT key, reports.* FROM reports JOIN subjects USING (id)",
        "incidents": "SELECT key, incidents.* FROM incidents JOIN subjects USING (id)",
        "links": "SELECT key, report_key, position, listed FROM incident_reports JOIN subjects ON id = incident_id",
        "entities": """SELECT key, name, role FROM incident_entities JOIN subjects ON subjects.id = incident_id
                       JOIN entities ON entities.id = entity_id""",
        "events": "SELECT author, kind, subject, taxonomy, annotator, payload FROM log ORDER BY counter",
        "classifications": "SELECT key, annotator, status, notes, answers FROM classifications JOIN subjects ON"
        " subjects.id = subject_id",
        "answers": "SELECT key, answers.field, answers.value, value_codes.value FROM answers JOIN subjects"
        " ON subjects.id = subject_id LEFT JOIN value_codes USING (code)",
        "disagreements": "SELECT key, field, positions FROM disagreements JOIN subjects ON id = subject_id",
    }
    kept = {name: project.store.transaction.execute(sql).fetchall() for name, sql in found.items()}
    for name in ("reports", "incidents"):
        kept[name] = [(key, *rest) for key, _, *rest in kept[name]]
    named = """SELECT id, payload ->> 'source' FROM log WHERE kind = 'import_ran' UNION SELECT uid, name FROM people"""
    for uid, name in project.store.transaction.execute(named).fetchall():
        kept["events"] = [(*row, payload.replace(f'"{uid}"', f'"{name}"')) for *row, payload in kept["events"]]
    return {name: rows if name == "events" else sorted(rows, key=repr) for name, rows in kept.items()}


def saying(*records: Record) -> Doing:
    def say(project: Project) -> None:
        bring(project, *records, source="other.json")

    return say


def answering(project: Project) -> None:
    desk = Desk(project, "AIID")
    desk.tagging.reopen("aiid:1", "CSETv1", "more to say")
    desk.tagging.answer("aiid:1", "CSETv1", "physical_objects", Answer(value="no"))


def annotating(project: Project) -> None:
    Desk(project, "Ann").tagging.answer("aiid:1", "CSETv1", "deployed", Answer(value="no"))


def handing_in(project: Project) -> None:
    bring(project, record(NO, annotator="Ann"), source="other.json")


OLD: list[Record] = [
    told(title="Old", text="Old words", extra={"a": 1}),
    told("s:r2", title="Same", text="Same words"),
    IncidentRecord(Incident(key="s:1", title="Old", reports=("s:r1",)), "s:1"),
    record(YES),
]
MEETINGS: dict[str, tuple[Doing, list[Record]]] = {
    "a report that both bring": (
        saying(told("s:r3", title="Theirs", text="Their words", extra={"theirs": 1})),
        [told("s:r3", title="Ours", text="Our words", extra={"ours": 1}), told("s:r4", title="Ours alone")],
    ),
    "a report that both change": (
        saying(told(title="Theirs", text="Their words", extra={"theirs": 1})),
        [told(title="Ours", language="en", extra={"ours": 1})],
    ),
    "a report that we say again and they change": (saying(told("s:r2", title="Theirs")), [OLD[1]]),
    "a report of which we know a part": (
        saying(told(url="https://example.org/theirs")),
        [told(url="https://example.org/ours", source_domain="example.org", partial=True)],
    ),
    "a report told in two parts": (
        saying(told("s:r5", language="de")),
        [told("s:r5", title="Part", partial=True), told("s:r5", title="Whole", text="Whole words")],
    ),
    "a report that both put into an incident": (
        saying(told("s:r6", incident="s:7"), told("s:r7", incident="s:7")),
        [told("s:r8", incident="s:7"), told("s:r6", incident="s:7"), told("s:r9", incident="s:1")],
    ),
    "an incident that both bring": (
        saying(IncidentRecord(Incident(key="s:2", title="Theirs", reports=("s:r1",)), "row 1")),
        [
            IncidentRecord(
                Incident(
                    key="s:2", description="Ours", reports=("s:r2", "s:r1"),
                    entities=(EntityLink(name="Acme", role="deployer"),),
                ),
                "row 1",
            )
        ],
    ),
    "a subject of which they know only that it was classified": (
        saying(record(NO, subject="s:case-1")),
        [IncidentRecord(Incident(key="s:case-1", title="An incident after all"), "row 1")],
    ),
    "a classification that both bring": (
        saying(record(NO, subject="aiid:2", notes="theirs")),
        [record(YES, ("Physical Objects", "no"), subject="aiid:2")],
    ),
    "a classification that we say again and they change": (saying(record(NO)), [record(YES)]),
    "a classification that both change": (saying(record(NO, notes="theirs")), [record(("Physical Objects", "yes"))]),
    "a classification that they work on": (answering, [record(YES, ("Physical Objects", "yes"))]),
    "a subject on which they begin to differ": (handing_in, [record(YES, annotator="Bob"), record(NO, annotator="Cy")]),
    "a value that nobody gave before": (annotating, [record(NO, subject="aiid:3")]),
}  # fmt: skip


@pytest.mark.parametrize("meeting", MEETINGS)
def test_what_others_wrote_while_it_was_prepared_counts_as_if_it_had_come_before(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meeting: str
) -> None:
    doing, records = MEETINGS[meeting]
    one_by_one = Project.open(tmp_path / "one.db")
    with closing(one_by_one.store):
        for each in (project, one_by_one):
            bring(each, *OLD)
        doing(one_by_one)
        counts = bring(one_by_one, *records).counts
        assert bring_while(project, monkeypatch, doing, *records) == counts
        assert state(project) == state(one_by_one)


def reopening(project: Project) -> None:
    Desk(project, "Ann").tagging.reopen("aiid:2", "CSETv1", "more to say")


def saying_otherwise(project: Project) -> None:
    reopening(project)
    desk = Desk(project, "Ann")
    desk.tagging.answer("aiid:2", "CSETv1", "physical_objects", Answer(value="no"))
    desk.tagging.answer("aiid:2", "CSETv1", "deployed", Answer(value="maybe"))


def leaving_alone(_project: Project) -> None:
    """Write nothing."""


@pytest.mark.parametrize(
    ("doing", "disputed"),
    [
        (leaving_alone, {"aiid:2", "aiid:3", "aiid:4"}),
        (annotating, {"aiid:2", "aiid:3", "aiid:4"}),
        (reopening, {"aiid:3", "aiid:4"}),
        (saying_otherwise, {"aiid:3", "aiid:4"}),
        (saying(record(NO, annotator="Cy", subject="aiid:3")), {"aiid:2", "aiid:3", "aiid:4"}),
        (saying(record(NO, annotator="Bob", subject="aiid:4")), {"aiid:2", "aiid:3", "aiid:4"}),
    ],
)
def test_a_second_annotator_differs_from_what_others_hold_when_it_is_kept(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doing: Doing, disputed: set[str]
) -> None:
    records = [record(NO, subject=f"aiid:{number}", annotator="Bob") for number in (2, 3, 4)]
    one_by_one = Project.open(tmp_path / "one.db")
    with closing(one_by_one.store):
        for each in (project, one_by_one):
            bring(each, record(YES), *(record(YES, subject=f"aiid:{number}", annotator="Ann") for number in (2, 3, 4)))
        doing(one_by_one)
        counts = bring(one_by_one, *records).counts
        assert bring_while(project, monkeypatch, doing, *records) == counts
        assert state(project) == state(one_by_one)
    assert {key for key, *_ in state(project)["disagreements"]} == disputed
    assert problems(project.store) == []


def test_what_nobody_touches_meanwhile_is_not_compared_under_the_lock(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(project, *(record(YES, subject=f"aiid:{number}", annotator="Ann") for number in (2, 3, 4)))
    left: list[int] = []
    move = disputes.move

    def noted(transaction: Transaction, first: int) -> None:
        sql = "SELECT count(*) FROM temp.compared_places"
        left.append(transaction.execute(sql).fetchone()[0])
        move(transaction, first)

    monkeypatch.setattr(disputes, "move", noted)
    bob = [record(NO, subject=f"aiid:{number}", annotator="Bob") for number in (2, 3, 4)]
    bring_while(project, monkeypatch, reopening, *bob)
    assert left == [2]


def test_nobody_meets_a_lock_while_an_import_reads(project: Project) -> None:
    bring(project, *OLD)

    def read_slowly() -> Iterator[Record]:
        for number in range(10, 20):
            with closing(project.another().store) as other, other.writing() as transaction:
                project_store.put_setting(transaction, f"written at {number}", "yes", "lead")
            yield told(f"s:r{number}", title=f"Number {number}")
            yield record(YES, subject=f"aiid:{number}")

    report = import_records(project, read_slowly(), "slow.json")
    assert report.counts["reports"]["added"] == report.counts["classifications"]["added"] == 10
    assert count(project, "settings") == 10


def test_a_taxonomy_that_changed_meanwhile_refuses_all_of_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(project, *OLD[:3])

    def used_otherwise(other: Project) -> None:
        taxonomy = other.taxonomy("CSETv1")
        said = {**taxonomy.model_dump(by_alias=True, exclude_defaults=True), "title": "Changed"}
        of = Identity(subject="s:1", taxonomy="CSETv1", annotator="Ann")
        with other.store.writing() as transaction:
            taxonomies.put(transaction, Taxonomy.model_validate(said))
            other.store.record("Ann", "note_set", of, taxonomy.version, {"text": "under another wording"})

    with pytest.raises(TaxonomyError, match="was changed after classifications were made with it"):
        bring_while(project, monkeypatch, used_otherwise, told("s:r9", title="Not kept"), record(YES))
    assert (count(project, "reports"), count(project, "classifications")) == (2, 1)


@pytest.mark.parametrize("reading", [True, False], ids=["while it reads", "while it is moved"])
def test_an_import_that_fails_leaves_nothing_and_the_next_one_works(project: Project, reading: bool) -> None:
    bring(project, *OLD)
    before = everything(project)

    def broken() -> Iterator[Record]:
        yield from (told(f"s:r{number}", text="words") for number in range(10, 3_000))
        yield record(("Deployed", "perhaps"), subject="aiid:7")
        if reading:
            raise SourceError("broken.json:9: was cut off")
        yield told("s:1", title="The key of an incident")

    with pytest.raises(SourceError, match="cut off" if reading else "is here already and is no report"):
        import_records(project, broken(), "broken.json")
    assert everything(project) == before
    assert project.store.transaction.execute("SELECT name FROM sqlite_temp_schema").fetchall() == []
    assert bring(project, told("s:r10", text="words")).counts["reports"]["added"] == 1


def test_no_room_to_prepare_in_is_told_in_words(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    make = staging.make

    def make_small(transaction: Transaction) -> None:
        make(transaction)
        transaction.execute("PRAGMA temp.max_page_count = 30")

    monkeypatch.setattr(staging, "make", make_small)
    before = everything(project)
    with pytest.raises(StoreFullError, match=r"no room for temporary files .* name another one with SQLITE_TMPDIR"):
        import_records(project, (told(f"s:r{n}", text="some words " * 900) for n in range(10, 300)), "large.json")
    assert everything(project) == before


def test_a_rehearsal_finds_the_same_and_keeps_nothing(project: Project, tmp_path: Path) -> None:
    path = write_json(
        tmp_path / "reports.json",
        [{"report_number": n, "title": f"T{n}", "text": "words", "incident_id": 5} for n in range(1, 4)],
    )
    before = everything(project)
    rehearsed = import_path(project, path, ImportOptions(dry_run=True))
    assert everything(project) == before
    assert import_path(project, path).counts == rehearsed.counts


def test_everything_again_in_bulk_changes_not_a_byte(project: Project) -> None:
    def source() -> Iterable[Record]:
        for number in range(1, 2_500):
            yield told(f"s:r{number}", f"s:{number % 50}", title=f"Title {number}", text="事故 words " * 3)
        yield IncidentRecord(Incident(key="s:1", title="One", reports=("s:r7", "s:r1")), "one")
        yield from (record(YES, subject=f"s:{number}") for number in range(700))

    first = import_records(project, source(), "bulk.json")
    before = everything(project)
    again = import_records(project, source(), "bulk.json")
    assert everything(project) == before
    assert (first.counts["reports"]["added"], again.counts["reports"]["unchanged"]) == (2_499, 2_499)
    assert (first.counts["classifications"]["added"], again.counts["classifications"]["unchanged"]) == (700, 700)


def test_texts_that_changed_in_bulk_are_found_by_their_new_words_alone(project: Project) -> None:
    import_records(project, [told(f"s:r{n}", title="of one", text="once 事故") for n in range(2_100)], "bulk.json")
    import_records(project, [told(f"s:r{n}", title="of one", text="twice") for n in range(2_100)], "bulk.json")
    for query, hits in (("once", 0), ("事故", 0), ("twice", 2_100)):
        where, given = search.condition(query)
        sql = f"SELECT count(*) FROM subjects WHERE {where}"
        assert project.store.transaction.execute(sql, given).fetchone() == (hits,)


ANSWER_ALL_THE_TIME = """
import sys
from pathlib import Path
from annotator.model.classification import Answer
from annotator.desk.project import Project
from annotator.desk import Desk
desk = Desk(Project.open(Path(sys.argv[1])), "Ann")
print("ready", flush=True)
for number in range(10**9):
    desk.tagging.answer("aiid:1", "CSETv1", "deployed", Answer(value=("yes", "no")[number % 2]))
    print(number, flush=True)
    if Path(sys.argv[2]).exists():
        break
"""


def test_an_import_beside_somebody_who_answers_loses_nothing_on_either_side(project: Project, tmp_path: Path) -> None:
    bring(project, *OLD)
    done = tmp_path / "done"
    writer = script(ANSWER_ALL_THE_TIME, project.store.path, done)
    assert writer.stdout
    assert writer.stdout.readline() == "ready\n"
    records = [told(f"s:n{number}", text="some words " * 20) for number in range(3_000)]
    report = import_records(project, [*records, *(record(YES, subject=f"aiid:{n}") for n in range(2, 200))], "new.json")
    done.touch()
    said = finish(writer).splitlines()
    assert said
    assert report.counts["reports"]["added"] == 3_000
    sql = "SELECT count(*) FROM log WHERE author = 'Ann' AND kind = 'answer_set'"
    assert project.store.transaction.execute(sql).fetchone() == (len(said),)


READ_AND_STALL = """
import sys, time
from pathlib import Path
from annotator.desk.exchange.importing import import_records
from annotator.model.record import ReportRecord
from annotator.model.subject import Report
from annotator.desk.project import Project
def stalling():
    for number in range(6_000):
        yield ReportRecord(Report(key=f"s:k{number}", text=f"some words {number} " * 200), "")
    print("prepared", flush=True)
    time.sleep(600)
import_records(Project.open(Path(sys.argv[1])), stalling(), "stalling.json")
"""


def test_a_kill_while_it_prepares_leaves_nothing_behind(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(project, *OLD)
    before = everything(project)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(folder))
    process = script(READ_AND_STALL, project.store.path)
    assert process.stdout
    assert process.stdout.readline() == "prepared\n"
    opened = [str(each.readlink()) for each in Path(f"/proc/{process.pid}/fd").iterdir()]
    assert any(name.startswith(str(folder)) for name in opened)  # it had grown out of memory
    with project.store.writing():  # nobody holds the lock
        pass
    process.kill()
    process.communicate()
    assert list(folder.iterdir()) == []
    with closing(Store.open(project.store.path)) as store:
        assert list(store._connection.iterdump()) == before
