"""A small desk: a taxonomy of its own, some incidents and reports, and whoever sits down at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer, Classification, Evidence
from annotator.model.record import IncidentRecord, Record, ReportRecord
from annotator.model.subject import EntityLink, Incident, Report

TAXONOMY = """
namespace: desk
version: 1
title: A taxonomy for trying things out
fields:
  - {id: outcome, number: "1.1", label: Outcome, kind: single, required: true, choices: [
      {id: happened, label: Happened}, {id: near, label: Nearly happened}, {id: none, label: Nothing happened}]}
  - id: harm
    number: "1.2"
    label: Kind of harm
    kind: tree
    multiple: true
    select: leaf
    required: true
    evidence: required
    visible_if: {field: outcome, in: [happened, near]}
    choices:
      - {id: bodily, label: Bodily, children: [{id: injury, label: Injury}, {id: death, label: Death}]}
      - {id: money, label: Money}
  - {id: deaths, label: Deaths, kind: integer, minimum: 0, visible_if: {field: harm, includes: death}}
  - {id: sectors, label: Sectors, kind: multi, at_most: 2, choices: [
      {id: health, label: Health}, {id: traffic, label: Traffic}, {id: police, label: Police}]}
  - {id: maker, label: Maker, kind: text}
  - {id: vendor, label: Vendor, kind: text, complete_from: {entities: true, fields: [maker]}}
  - {id: words, label: Words, kind: tags}
  - {id: remark, label: Remark, kind: long_text, complete_from: {history: false}}
  - {id: tone, label: Tone of the report, kind: text, applies_to: [report]}
"""
SECOND_VERSION = TAXONOMY.replace("version: 1", "version: 2").replace("near,", "nearly,").replace("near]", "nearly]")
TEXT = "The robot stood on the ramp. A man fell over it and broke his arm. The robot stood there again."
HARM = Answer(value=["injury"], evidence=(Evidence(report="d:r1", start=41, end=65, quote="fell over it"),))


def make_desk(folder: Path) -> Path:
    """A database of six incidents, the first with two reports and entities."""
    (folder / "taxonomies").mkdir()
    (folder / "taxonomies" / "desk.yaml").write_text(TAXONOMY, encoding="utf-8")
    desk = open_desk(folder / "desk.db", "")
    entities = (EntityLink(name="Acme Robotics", role="developer"), EntityLink(name="Passers-by", role="harmed"))
    first = Incident(key="d:1", title="Robot on a ramp", reports=("d:r1", "d:r2", "d:r9"), entities=entities)
    others = [Incident(key=f"d:{n}", title=f"Incident {n}", date=f"202{n}-0{n}") for n in range(2, 7)]
    reports = [
        Report(key="d:r1", title="Ramp", text=TEXT),
        Report(key="d:r2", title="坂道", text="ロボットが坂道にいた。"),
    ]
    told: list[Record] = [IncidentRecord(each, "") for each in (first, *others)]
    desk.importing.import_records([*told, *(ReportRecord(each, "") for each in reports)], "made.json")
    desk.close()
    return folder / "desk.db"


@contextmanager
def seated(*annotators: str) -> Iterator[list[Desk]]:
    """A new desk with some people at it; for properties, which need one each time."""
    with TemporaryDirectory() as folder:
        path = make_desk(Path(folder))
        desks = [open_desk(path, annotator) for annotator in annotators]
        yield desks
        for desk in desks:
            desk.close()


def choose(desk: Desk, key: str, field: str, value: Any) -> Classification:
    """Answer a field of the small taxonomy."""
    return desk.tagging.answer(key, "desk", field, value if isinstance(value, Answer) else Answer(value=value))


def submit_fully(desk: Desk, key: str) -> Classification:
    """Answer what is required and submit."""
    choose(desk, key, "outcome", "none")
    return desk.tagging.submit(key, "desk")


def events(desk: Desk) -> int:
    """How many events there are of everybody."""
    with desk.store.reading() as transaction:
        return int(transaction.execute("SELECT count(*) FROM events WHERE kind != 'import_ran'").fetchone()[0])


def ailments(desk: Desk) -> list[str]:
    """Everything the doctor finds."""
    return [problem for finding in desk.store.examine() for problem in finding.problems]
