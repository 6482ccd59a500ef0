"""The record: what a saved answer costs, how long merging and verifying take, and that nothing is lost among many."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest.mock import patch

from annotator.model.chain import Content, write
from annotator.model.classification import Identity
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from annotator.store.importing.run import beside
from annotator.store.importing.staging import incident_told
from annotator.store.log import events
from annotator.store.log.subject_versions import keep_version
from annotator.store.log.verifying import verify
from annotator.store.merging.bundle import write as write_bundle
from annotator.store.merging.offer import Wanted, offer_of
from annotator.store.merging.sharing import own_feeds
from annotator.store.people import find
from annotator.store.store import Store
from benchmarks.figures import Figure, Found, Unmeasured, ratio_of_medians

SUBJECTS = 5_000
SAVES = 400
MERGED = 100_000
VERIFIED = 1_000_000
WRITERS, EACH = 8, 5_000
FIELDS = [f"f{number}" for number in range(20)]
VALUES = ("yes", "no", "maybe")
SCRIPT = "from benchmarks.record import {}; {}(*__import__('sys').argv[1:])"


def saving(folder: Path) -> Found:
    """What one durable answer writes, and what the hashes cost."""
    with TemporaryDirectory(dir=folder) as name, closing(make(Path(name) / "save.db")) as store:
        work(store, "base", SUBJECTS // 10)
        sizes = list(logs(store, "ann"))
        with_hashes, without = timed(store)
    return [
        Figure(
            "write-ahead log of a saved answer", median(sizes) / 1000, "kB", 32, True,
            f"median of {len(sizes)}; largest {max(sizes) / 1000:.0f} kB",
        ),
        Figure(
            "saving an answer, against the same without hashes", ratio_of_medians(with_hashes, without), "×", 1.1, True,
            f"median {median(with_hashes) * 1000:.2f} ms against {median(without) * 1000:.2f} ms",
        ),
    ]  # fmt: skip


def merging(folder: Path) -> Found:
    """Two files that went on apart, brought together in a process of its own."""
    with TemporaryDirectory(dir=folder) as name:
        base, one, other = (Path(name) / f"{each}.db" for each in ("base", "one", "other"))
        make(base).close()
        for path, who in ((one, "ann"), (other, "bob")):
            shutil.copy(base, path)
            with closing(Store.open(path)) as store:
                work(store, who, MERGED // len(FIELDS))
        said = run("merged", one, other)
    return [
        Figure(f"merge of two files with {MERGED:,} events each", said["seconds"], "s", 10, True,
               f"{said['events']:,} events came"),
        Figure("memory of that merge", said["megabytes"], "MB", 200, True, "highest, of the whole process"),
    ]  # fmt: skip


def verifying(folder: Path) -> Found:
    """A record of a million events, proved from its first to its last."""
    with TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "long.db"
        with closing(make(path)) as store:
            fill(store, VERIFIED)
        with closing(Store.open(path, read_only=True)) as store, store.reading() as transaction:
            begun = time.perf_counter()
            flaws = list(verify(transaction))
            seconds = time.perf_counter() - begun
    if flaws:
        return [Unmeasured("verify", f"{flaws[0]}", is_broken=True)]
    return [Figure(f"verify {VERIFIED:,} events", seconds, "s", 15, True, f"{VERIFIED / seconds:,.0f} a second")]


def bundling(folder: Path) -> Found:
    """What a thousand answers weigh on their way."""
    with TemporaryDirectory(dir=folder) as name, closing(make(Path(name) / "small.db")) as store:
        work(store, "ann", 1_000 // len(FIELDS))
        path = Path(name) / "ann.bundle"
        with store.reading() as transaction:
            ann = find(transaction, "ann")
            feeds = own_feeds(transaction, ann.uid if ann else "")
            wanted = Wanted(feeds, is_whole=False, with_texts=False, by=ann.uid if ann else "")
            write_bundle(path, offer_of(transaction, "", wanted))
        size = path.stat().st_size
    return [Figure("bundle of 1,000 answers without texts", size / 1000, "kB", 200, True, f"{size:,} bytes")]


def many_writers(folder: Path) -> Found:
    """Processes that save at the same time: none refused, none lost."""
    with TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "busy.db"
        make(path).close()
        begun = time.perf_counter()
        writers = [subprocess.Popen([sys.executable, "-c", SCRIPT.format("save", "save"), str(path), str(number)])
                   for number in range(WRITERS)]  # fmt: skip
        refused = sum(writer.wait() != 0 for writer in writers)
        seconds = time.perf_counter() - begun
        with closing(Store.open(path)) as store:
            (there,) = store.transaction.execute("SELECT count(*) FROM events WHERE kind = 'answer_set'").fetchone()
    return [
        Figure(f"of {WRITERS} processes with {EACH:,} saves each, refused", refused, "", 0, True, f"{seconds:.0f} s"),
        Figure("saves of theirs that are not there", WRITERS * EACH - there, "", 0, True, f"{there:,} are there"),
    ]


# What is measured


def make(path: Path) -> Store:
    """A database with incidents."""
    store = Store.open(path)
    told = [incident_told(IncidentRecord(Incident(key=f"b:{n}", title=f"Incident {n}"), "")) for n in range(SUBJECTS)]
    from annotator.model.provenance import ImportedFrom

    with beside(store, lambda *_: frozenset(), ImportedFrom("bench", "")) as on_its_way:
        with on_its_way.preparing():
            on_its_way.stage([(seq, False, each) for seq, each in enumerate(told, 1)], [])
        with on_its_way.under_lock(is_rehearsal=False):
            on_its_way.move({})
    return store


def answer(store: Store, who: str, subject: int, field: int) -> None:
    """Save one answer."""
    of = Identity(subject=f"b:{subject % SUBJECTS}", taxonomy="bench", annotator=who, round=1 + subject // SUBJECTS)
    said = {"field": FIELDS[field], "answer": {"value": VALUES[(subject * field) % 3]}}
    store.record(who, "answer_set", of, 1, said)


def work(store: Store, who: str, subjects: int) -> None:
    """Answer every field of some subjects, many in one transaction."""
    for subject in range(subjects):
        with store.writing():
            for field in range(len(FIELDS)):
                answer(store, who, subject, field)


def logs(store: Store, who: str) -> Iterator[int]:
    """Bytes in the write-ahead log after each of some answers, from an empty one."""
    log = store.path.with_name(store.path.name + "-wal")
    for number in range(SAVES):
        store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        answer(store, who, number // len(FIELDS), number % len(FIELDS))
        yield log.stat().st_size


def timed(store: Store) -> tuple[list[float], list[float]]:
    """Seconds of durable answers, with hashes and with constants in their place, by turns."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(2 * SAVES):
        is_bare = number % 2 == 1
        with without_hashes() if is_bare else with_hashes():
            begun = time.perf_counter()
            answer(store, "bare" if is_bare else "kim", number // 2 // len(FIELDS), number // 2 % len(FIELDS))
            found[is_bare].append(time.perf_counter() - begun)
    return found


@contextmanager
def with_hashes() -> Iterator[None]:
    """As it is."""
    yield


@contextmanager
def without_hashes() -> Iterator[None]:
    """Let constants stand where hashes and salts do."""
    with patch.multiple(
        events,
        content_hash=lambda *_: bytes(32), event_hash=lambda *_: bytes(32), new_salt=lambda: bytes(16),
    ):  # fmt: skip
        yield


def fill(store: Store, number: int) -> None:
    """Write so many events, and nothing of what is computed of them."""
    with store.writing() as transaction:
        feed = events.feed_of(transaction, "ann")
        version = keep_version(transaction, "b:1", "0" * 32, 1)
        payload = write({"field": "f1", "answer": {"value": "yes"}})
        content = Content(
            "2026-01-01T00:00:00.000Z", "answer_set", "b:1", "0" * 32, "bench", feed.person.uid, 1, 1, "", payload
        )
        person = feed.person.id
        transaction.executemany(events.INSERT, events.rows(feed, ((content, version, person) for _ in range(number))))


# What runs in a process of its own


def run(name: str, *arguments: object) -> dict[str, float]:
    """Call a function of this module in a process of its own; it prints what it found as JSON."""
    command = [sys.executable, "-c", SCRIPT.format(name, name), *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def merged(one: str, other: str) -> None:
    """Take one file into another."""
    from annotator.store.merging.opening import opened
    from annotator.store.merging.taking import take

    with closing(Store.open(Path(one))) as store:
        begun = time.perf_counter()
        with opened(Path(other), store.transaction) as offer, store.writing():
            done = take(store, offer)
        seconds = time.perf_counter() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"seconds": seconds, "events": done.events, "megabytes": megabytes}))


def save(path: str, number: str) -> None:
    """Save answers one by one, each durable, waiting for the others."""
    from annotator.store.connection import Patience

    with closing(Store.open(Path(path), patience=Patience(None))) as store:
        for each in range(EACH):
            answer(store, f"w{number}", each // len(FIELDS), each % len(FIELDS))
