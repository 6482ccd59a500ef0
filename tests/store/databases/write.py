"""Write a small database of the present schema: an event of every kind, and something in every table.

    python -m tests.store.databases.write

Do so once for each schema that is released, just before the next migration is added, and never change the file
afterwards: it stands for the files that people have. Schemas 1 and 3 were written by `classify` (and `decide`)
under the programs of commits 71eb0c2 and 71c7ba3; no program was ever released with schema 2.
"""

from __future__ import annotations

import gzip
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.store.making import answer, make_store, of, put_texts, record

if TYPE_CHECKING:
    from annotator.model.event import TeamKind
    from annotator.store.store import Store

LONG = "A long remark, which has a code of its own. " * 10
QUOTE = {"report": "t:r1", "start": 4, "end": 9, "quote": "robot", "prefix": "The ", "suffix": " stood"}
TAXONOMY = """
namespace: T
version: 1
fields:
  - {id: a, label: Whether, kind: single, choices: [{id: "yes", label: "Yes"}, {id: "no", label: "No"}]}
  - {id: b, label: How, kind: text, visible_if: {field: a, in: ["yes"]}}
  - {id: same, label: Which, kind: multi, choices: [{id: x, label: X}, {id: y, label: Y}, {id: z, label: Z}]}
  - {id: c, label: Remark, kind: long_text}
"""


def classify(store: Store) -> None:
    """What every program could write: texts, and work on six incidents."""
    put_texts(store, r1="The robot stood on the ramp.", r2="ロボットが坂道にいた。")
    _differ(store)
    _bring(store)
    _edit(store)


def decide(store: Store) -> None:
    """Rule on what `classify` left disputed and on another subject, which is decided, reopened and published."""
    for name in ("eva", "bob"):
        answer(store, of("t:5", name), "a", "yes" if name == "eva" else "no")
        record(store, of("t:5", name), "submitted")
    judged = of("t:5", "adjudicated")
    between = {"eva": {"state": "answered", "value": "yes"}, "bob": {"state": "answered", "value": "no"}}
    said = {"cause": "misread", "note": "see the text", "confidence": 0.9, "between": between}
    record(store, of("t:1", "adjudicated"), "ruled", field="a", answer={"value": "no"}, **said)
    record(store, judged, "ruled", field="a", answer={"value": "yes", "evidence": [QUOTE]}, **said)
    made = {"answers": {}, "sources": {}, "ruled": {"a": last_event(store)}, "seen": {}, "strategy": ""}
    record(store, judged, "adjudicated", **made)
    record(store, judged, "reopened", reason="once more")
    record(store, judged, "adjudicated", **made)
    record(store, judged, "published")


def work_together(store: Store) -> None:
    """What came with schema 4, and what else a file holds: everything beside the log."""
    from annotator.model.queue import ResumePoint
    from annotator.model.record import ImportIssue, IncidentRecord
    from annotator.model.subject import EntityLink, Incident
    from annotator.store import people, project, taxonomies, visibility
    from annotator.store.importing.run import put_issues
    from annotator.store.team import assignments, team
    from annotator.taxonomy.reading import read_taxonomy
    from tests.store.making import put

    parties = (EntityLink(name="Acme Robotics", role="developer"), EntityLink(name="Passers-by", role="harmed"))
    first = Incident(key="t:1", title="Robot on a ramp", date="2021-03", reports=("t:r1", "t:r2"), entities=parties)
    put(store, IncidentRecord(first, ""))
    with store.writing() as transaction:
        taxonomies.put(transaction, read_taxonomy(TAXONOMY))
        dealt = [assignments.Assignment(subject, "eva", 1, subject) for subject in (1, 6)]
        assignments.put(transaction, "T", 1, dealt, "lead")
        assignments.rebuild(transaction)
        team.start_round(transaction, "lead", "T", 2, "retest")
        visibility.put(transaction, "cleo", "t:5", "T")
        project.put_setting(transaction, "reviewers", "cleo", "lead")
        people.put(transaction, "eva", ResumePoint("t:6", "T", "a"))
        odd = ImportIssue(
            source="old.csv", place="line 3", subject="t:2", field="a", value="perhaps", problem="no choice"
        )
        put_issues(transaction, [odd])


def meet(store: Store) -> None:
    """What came with schema 7: an import of what somebody works on, people who are made, work that is taken back."""
    from annotator.store import project
    from annotator.store.log import erasing, events, replicas
    from annotator.store.team import assignments

    brought = {"answers": {"a": {"value": "no"}}, "status": "submitted"}
    for annotator in ("eva", "bob"):
        store.record("lead", "imported", of("t:6", annotator), 1, brought)
        record(store, of("t:6", annotator), "note_set", text="gone on with here")
        store.record("lead", "imported", of("t:6", annotator), 1, brought | {"notes": "another note"})
    record(store, of("t:6"), "incoming_settled", answers={"a": {"value": "no"}})
    record(store, of("t:6"), "version_taken", **{"from": 1, "to": 2})
    with store.writing() as transaction:
        erasing.erase(transaction, store.projection, "lead", record_of(store, "flag_raised"), "asked to be forgotten")
        events.introduced(transaction, "Zoë", "lead")
        project.put_people(transaction, "reviewers", ["cleo", "Zoë"], "lead")
        assignments.put(transaction, "T", 1, [assignments.Assignment(3, "Zoë", 1, 1)], "lead")
        assignments.take_back(transaction, "Zoë", 1, by="lead")
        uid, (number, found) = next(iter(replicas.heads(transaction, transaction.replica).items()))
        transaction.execute("INSERT INTO heads VALUES (?, ?, ?, 'a bundle')", (uid, number, bytes.fromhex(found)))


def say_who_is_who(store: Store) -> None:
    """Everything that can be decided about people: somebody is renamed, twins are one and two again, one has left."""
    from annotator.store import people
    from annotator.store.team import roster

    with store.writing() as transaction:
        for name in ("Ada", "Ida", "Adele"):
            roster.add(transaction, store.projection, "lead", name)
        ada, ida, adele = (people.find(transaction, name) for name in ("Ada", "Ida", "Adele"))
        assert ada and ida and adele
        deeds: tuple[tuple[TeamKind, dict[str, str]], ...] = (
            ("person_renamed", {"person": ada.uid, "name": "Ada L", "was": "Ada"}),
            ("spelling_added", {"person": ada.uid, "spelling": "Countess", "name": "Ada L"}),
            ("people_merged", {"person": ida.uid, "into": ada.uid, "was": "Ida", "name": "Ada L"}),
            ("people_split", {"person": ida.uid, "name": "Ida B", "was": "Ada L"}),
            ("person_left", {"person": adele.uid, "name": "Adele"}),
        )
        for kind, said in deeds:
            event = roster.decide(transaction, store.projection, "lead", kind, said)
        roster.decide(transaction, store.projection, "lead", "people_undone", {"event": event.id})


def give_up(store: Store) -> None:
    """What came with schema 8: somebody accepts that a part of a feed is lost."""
    from annotator.store.log import events, replicas

    with store.writing() as transaction:
        uid = next(iter(replicas.heads(transaction, transaction.replica)))
        said = {"feed": uid, "first": 1, "last": 1, "reason": "an old backup"}
        events.append(transaction, "lead", "given_up", events.NOTHING, 0, said)


def draw(store: Store) -> None:
    """What came with schema 9: subjects are drawn, with how likely each was, and what is moved keeps that."""
    from annotator.store.team import assignments

    one = assignments.Assignment(4, "Zoë", 2, 1, 0.5, 0.25)
    with store.writing() as transaction:
        drawn = {"seed": 7, "by": "date", "matched": 4, "drawn": 2}
        assignments.put(transaction, "T", 1, [one, assignments.Assignment(5, "Zoë", 2, 2, 0.5)], "lead", drawn)


def join(store: Store) -> None:
    """What came beside schema 9: somebody says that two subjects are one."""
    from annotator.store.log import events

    with store.writing() as transaction:
        said = {"subjects": [["t:r1", "0" * 32], ["t:r1~111111", "1" * 32]]}
        events.append(transaction, "lead", "subjects_joined", events.NOTHING, 0, said)


def hand_in_again(store: Store) -> None:
    """What came with schema 10: somebody saw what others had handed in, and handed in otherwise."""
    record(store, of("t:1", "bob"), "reopened", reason="as eva says")
    answer(store, of("t:1", "bob"), "a", "yes")
    record(store, of("t:1", "bob"), "submitted")


def outdate(store: Store) -> None:
    """What came with schema 11: a decision on other answers than there are."""
    seen = {"eva": "0" * 32, "bob": "0" * 32}
    record(store, of("t:1", "adjudicated"), "adjudicated", answers={}, sources={}, ruled={}, seen=seen, strategy="")


def run_side_by_side(store: Store) -> None:
    """What came with schema 12: rounds of one taxonomy, opened and closed, and work that is due on a day."""
    from annotator.store.team import assignments, team

    calibration, training = 123_456_789_012, 234_567_890_123
    with store.writing() as transaction:
        team.start_round(transaction, "lead", "T", calibration, "calibration")
        team.start_round(transaction, "lead", "T", training, "training")
        due = [assignments.Assignment(6, "Zoë", 3, 1, due="2027-01-31")]
        assignments.put(transaction, "T", calibration, due, "lead")
        team.close_round(transaction, "lead", "T", training)
        team.close_round(transaction, "lead", "T", calibration)
        team.close_round(transaction, "lead", "T", calibration, again=True)


def know(store: Store) -> None:
    """What came with schema 12 too: answers that are known, and some that are so no more."""
    from annotator.store.team import team

    with store.writing() as transaction:
        team.set_gold(transaction, "lead", ("T", "AIID", 1), [1, 2])
        team.unset_gold(transaction, "lead", "T", [2])


def talk(store: Store) -> None:
    """What came with schema 13: comments that name somebody, one of which is answered, one read and one erased."""
    from annotator.model.visibility import UNBOUND
    from annotator.store import people
    from annotator.store.log import erasing
    from annotator.store.team import comments

    with store.writing() as transaction:
        bob, eva = (found.uid for name in ("bob", "eva") if (found := people.find(transaction, name)))
        comments.add(transaction, "eva", ("t:1", ""), f"Is this so, @{bob}?", [bob])
        comments.add(transaction, "bob", ("t:1", "T"), f"It is, @{eva}.", [eva])
        comments.mark_read(transaction, "eva", "t:1", UNBOUND)
        gone = comments.add(transaction, "eva", ("t:2", ""), "Somebody's telephone number", [])
        erasing.erase(transaction, store.projection, "lead", gone, "private")


def wait(store: Store) -> None:
    """What came with schema 14: deeds without the role they take, of which one is accepted, one declined, one waits."""
    from annotator.store.team import team, waiting

    said = {"answer": {"value": "no"}, "cause": "slip"}
    with store.writing() as transaction:
        team.set_role(transaction, "lead", "lead", "lead")
    for field in ("a", "b", "same"):
        store.record("bob", "ruled", of("t:2", "adjudicated"), 1, {"field": field, **said})
    with store.writing() as transaction:
        waiting.settle(transaction, store.projection)
        accepted, declined, _ = (event.id for event in waiting.listed(transaction))
        waiting.decide(transaction, store.projection, "lead", "accepted", [accepted])
        waiting.decide(transaction, store.projection, "lead", "declined", [declined], "too early")


STEPS = (
    classify,
    decide,
    work_together,
    meet,
    say_who_is_who,
    give_up,
    draw,
    join,
    hand_in_again,
    outdate,
    run_side_by_side,
    know,
    talk,
    wait,
)


def write(path: Path) -> Store:
    """Make the database at a path; it is left open."""
    store = make_store(path, incidents=6)
    for step in STEPS:
        step(store)
    return store


def last_event(store: Store) -> str:
    """The id of the newest event."""
    return str(store.transaction.execute("SELECT id FROM log ORDER BY counter DESC LIMIT 1").fetchone()[0])


def _differ(store: Store) -> None:
    """On incident 1 two annotators differ on one field, and say the same on another in another order."""
    for annotator, values in (("eva", ["x", "y"]), ("bob", ["y", "x"]), ("AIID", ["z"])):
        answer(store, of(annotator=annotator), "same", values)
        answer(store, of(annotator=annotator), "a", "yes" if annotator == "eva" else "no")
        record(store, of(annotator=annotator), "submitted")


def _bring(store: Store) -> None:
    """On incident 2 there is what imports brought, some of it touched here; on incident 3 their annotator goes on."""
    for annotator in ("brought", "published", "edited", "flagged"):
        record(store, of("t:2", annotator), "imported", answers={"a": {"value": "yes"}}, status="submitted")
    record(store, of("t:2", "published"), "published")
    record(store, of("t:2", "published"), "withdrawn")
    answer(store, of("t:2", "edited"), "a", "no")
    record(store, of("t:2", "edited"), "undone", event=last_event(store))
    record(store, of("t:2", "flagged"), "flag_raised", field=None, reason="odd")
    answer(store, of("t:2", "own"), "a", "yes")
    answer(store, of("t:3", "brought"), "a", "yes")


def _edit(store: Store) -> None:
    """On incident 4 one annotator does everything one can do."""
    one = of("t:4")
    answer(store, one, "a", "yes", evidence=[QUOTE], confidence=0.5)
    answer(store, one, "b", "shown for now")
    answer(store, one, "same", None, state="unknown")
    answer(store, one, "c", LONG, evidence=[QUOTE], confidence=0.5)
    record(store, one, "answer_cleared", field="same")
    record(store, one, "undone", event=last_event(store))
    record(store, one, "redone", event=record_of(store, "answer_cleared"))
    record(store, one, "note_set", text="Two lines\nof a note")
    record(store, one, "flag_raised", field="b", reason="is this so?")
    record(store, one, "flag_resolved", flag=last_event(store))
    record(store, one, "skipped", reason="not now")
    record(store, one, "reopened", reason="now")
    answer(store, one, "a", "no")  # which hides b
    record(store, one, "submitted")


def record_of(store: Store, kind: str) -> str:
    """The id of the newest event of a kind."""
    sql = "SELECT id FROM log WHERE kind = ? ORDER BY counter DESC LIMIT 1"
    return str(store.transaction.execute(sql, (kind,)).fetchone()[0])


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        with closing(write(path)) as new:
            (schema,) = new.transaction.execute("PRAGMA user_version").fetchone()
        packed = gzip.compress(path.read_bytes(), mtime=0)
        (Path(__file__).parent / f"schema_{schema}.db.gz").write_bytes(packed)
