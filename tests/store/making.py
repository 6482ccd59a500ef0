"""Small databases for the tests of the store."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.model.classification import Answer, Classification, Identity
from annotator.model.event import EventKind
from annotator.model.provenance import ImportedFrom
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.store.importing.run import beside
from annotator.store.importing.staging import incident_told, report_told
from annotator.store.store import Store

CHECKOUT = Path(__file__).resolve().parents[2]


def make_store(path: Path, incidents: int = 3) -> Store:
    """A database with incidents `t:1`, `t:2` and so on."""
    store = Store.open(path, hides_b_unless_a_says_yes)
    put(store, *(IncidentRecord(Incident(key=f"t:{n}", title=f"Incident {n}"), "") for n in range(1, incidents + 1)))
    return store


def put(store: Store, *records: IncidentRecord | ReportRecord) -> dict[str, Counter[str]]:
    """Import subjects as the program does, their keys all different; gives what became of them by kind."""
    told = [incident_told(each) if isinstance(each, IncidentRecord) else report_told(each) for each in records]
    hiding = store.hiding or hides_b_unless_a_says_yes
    with beside(store, hiding, ImportedFrom("test", "")) as on_its_way:
        with on_its_way.preparing():
            on_its_way.stage([(seq, False, each) for seq, each in enumerate(told, 1)], [])
        with on_its_way.under_lock(is_rehearsal=False):
            return on_its_way.move({})


def hides_b_unless_a_says_yes(_namespace: str, _version: int, answers: Mapping[str, Answer]) -> frozenset[str]:
    """A rule such as a taxonomy's condition makes."""
    a = answers.get("a")
    return frozenset() if a and a.value == "yes" else frozenset({"b"})


def of(subject: str = "t:1", annotator: str = "eva", taxonomy: str = "T") -> Identity:
    """A classification of one subject."""
    return Identity(subject=subject, taxonomy=taxonomy, annotator=annotator)


def record(store: Store, identity: Identity, kind: EventKind, **payload: Any) -> Classification:
    """Record one event of an identity's own annotator."""
    return store.record(identity.annotator, kind, identity, 1, payload)[1]


def answer(store: Store, identity: Identity, field: str, value: Any, **more: Any) -> Classification:
    """Record one answer."""
    return record(store, identity, "answer_set", field=field, answer={"value": value, **more})


def put_texts(store: Store, **texts: str) -> None:
    """Store reports under keys made of the names."""
    put(store, *(ReportRecord(Report(key=f"t:{name}", text=text), "") for name, text in texts.items()))


def ailing(store: Store) -> dict[str, list[str]]:
    """What the doctor finds by check, but that taxonomies are lacking under which these tests write: there are none."""
    lacking = "which work was done under, is not in the file"
    found = {
        finding.check: [problem for problem in finding.problems if lacking not in problem]
        for finding in store.examine()
    }
    return {check: problems for check, problems in found.items() if problems}


def problems(store: Store) -> list[str]:
    """Everything of that."""
    return [problem for each in ailing(store).values() for problem in each]


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Every statement that is run inside; those that statements run themselves are left out."""
    seen: list[str] = []
    store._connection.set_trace_callback(lambda sql: None if sql.startswith("--") else seen.append(sql))
    try:
        yield seen
    finally:
        store._connection.set_trace_callback(None)


def script(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Run Python code in a process of its own, with this checkout's package and tests."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for a process to end well and give what it printed."""
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out
