"""What the trials work in: incidents to classify, and a taxonomy of fields that one key answers."""

from __future__ import annotations

from pathlib import Path

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer, Identity
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from annotator.store.store import Store
from tests.trust.table import Row

FIELDS = tuple(f"field_{letter}" for letter in "abcdefghijkl")
TEXT = "text"
TAXONOMY = "trial"
WRITTEN = f"""
namespace: {TAXONOMY}
title: Fields that one key answers, and one for words
headings: [{{number: "1", label: Answers}}]
fields:
""" + "".join(
    f'  - {{id: {name}, number: "1.{number}", label: Field {name[-1]}, kind: bool}}\n'
    for number, name in enumerate(FIELDS, 1)
)
WRITTEN += f'  - {{id: {TEXT}, number: "1.{len(FIELDS) + 1}", label: Words, kind: long_text}}\n'


def fill(path: Path, subjects: int) -> Path:
    """Make a database of incidents `many:0` and so on; returns the folder of its taxonomy."""
    folder = path.parent / "taxonomies"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{TAXONOMY}.yaml").write_text(WRITTEN, encoding="utf-8")
    desk = open_desk(path, "w0", [folder])
    made = (Incident(key=f"many:{n}", title=f"Incident number {n}", date="2020-01-01") for n in range(subjects))
    desk.importing.import_records([IncidentRecord(each, "") for each in made], "made.json")
    desk.close()
    return folder


def desk_at(path: Path, annotator: str) -> Desk:
    """Open what `fill` made."""
    return open_desk(path, annotator, [path.parent / "taxonomies"], create=False)


def place_of(turn: int, subjects: int) -> tuple[str, str, bool]:
    """Subject, field and value of a turn; no value is there already when its turn comes."""
    place = turn % (subjects * len(FIELDS))
    value = turn // (subjects * len(FIELDS)) % 2 == 1
    return f"many:{place // len(FIELDS)}", FIELDS[place % len(FIELDS)], value


def save(desk: Desk, turn: int, subjects: int) -> tuple[str, str, bool]:
    """Save the answer of a turn, and return where and what it is."""
    subject, name, value = place_of(turn, subjects)
    desk.tagging.answer(subject, TAXONOMY, name, Answer(value=value))
    return subject, name, value


def answers(store: Store, subject: str, annotator: str) -> dict[str, object]:
    """What somebody answered, by field."""
    now = store.classification(Identity(subject=subject, taxonomy=TAXONOMY, annotator=annotator))
    return {name: answer.value for name, answer in now.answers.items()}


def saved(store: Store, annotator: str) -> int:
    """How many answers somebody saved."""
    with store.reading() as transaction:
        sql = "SELECT count(*) FROM log WHERE annotator = ? AND kind = 'answer_set'"
        return int(transaction.execute(sql, (annotator,)).fetchone()[0])


def examine(store: Store, row: Row, when: str, rightly: str = "\n") -> None:
    """Let the doctor look at a database, and count what it finds, but for what it `rightly` says."""
    for finding in store.examine():
        for problem in finding.problems:
            if rightly not in problem:
                row.damage(f"{when}: doctor says {problem}")
