"""Figures of the journeys without a screen: import rate, export time, installed size."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from annotator.model.classification import Identity
from annotator.resources import data_folder
from annotator.store import taxonomies
from annotator.store.importing.content import ensure_subjects
from annotator.store.importing.staging import REPORT_COLUMNS, report_row
from annotator.store.search import index, needs_trigram
from benchmarks.corpora import chosen, fresh, reports, reports_file
from benchmarks.figures import Figure, Found, Unmeasured

COUNT = 10_000
RUNS = 5
SIZE = "installed size of the runtime"
HERE = Path(__file__).resolve().parent.parent


def imports(folder: Path) -> Found:
    """Reports from a JSONL file into a new database, against executemany into the same tables and index."""
    source = reports_file(folder / "reports.jsonl", COUNT)
    ours, theirs = [], []
    for _ in range(RUNS):
        theirs.append(_plain_insert(folder))
        ours.append(_import(folder, source))
    detail = f"{COUNT / median(ours):,.0f} against {COUNT / median(theirs):,.0f} reports a second"
    share = 100 * median(theirs) / median(ours)
    return [Figure("import of 10,000 reports, rate against executemany", share, "%", 60, False, detail)]


def exports(folder: Path) -> Found:
    """The whole export command on 10,000 classifications."""
    path = _classified(folder)
    target = folder / "out.jsonl"
    command = [sys.executable, "-m", "annotator", "--db", str(path), "export", "jsonl", "--out", str(target)]
    found = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=HERE)
        found.append(time.perf_counter() - started)
    lines = sum(1 for _ in target.open(encoding="utf-8"))
    if lines != COUNT:
        raise RuntimeError(f"not everything was exported: {lines:,} of {COUNT:,} lines")
    detail = f"whole command, {lines:,} lines, {target.stat().st_size / 1e6:.0f} MB"
    return [Figure("export of 10,000 classifications to JSONL", median(found), "s", 0.5, True, detail)]


def installed_size(_folder: Path) -> Found:
    """Site-packages of a fresh environment with the runtime alone."""
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = Path(place) / "bin" / "python"
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(HERE)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            return [Unmeasured(SIZE, f"pip could not install it; is there a network? {done.stderr.strip()}")]
        (site,) = Path(place).glob("lib/python*/site-packages")
        own = [each for each in site.iterdir() if not each.name.startswith(("pip", "setuptools", "pkg_resources"))]
        files = [file for each in own for file in ([each] if each.is_file() else each.rglob("*")) if file.is_file()]
        size = sum(file.stat().st_size for file in files) / 1e6
    return [Figure(SIZE, size, "MB", 130, True, f"{len(files):,} files, bytecode included")]


def _import(folder: Path, source: Path) -> float:
    project = Project.open(fresh(folder / "import.db"))
    started = time.perf_counter()
    report = import_path(project, source)
    seconds = time.perf_counter() - started
    project.store.close()
    if report.counts["reports"]["added"] != COUNT:
        raise RuntimeError(f"not everything was imported: {report.counts}")
    return seconds


def _plain_insert(folder: Path) -> float:
    """What SQLite alone needs: rows ready in memory, executemany, the same full-text index."""
    project = Project.open(fresh(folder / "plain.db"))
    rows = [(each.key, report_row(each, False)) for each in reports(COUNT)]
    subjects = [
        (n, key, "report", row[0], row[1], needs_trigram(row[0], row[2])) for n, (key, row) in enumerate(rows, 1)
    ]
    bodies = [(n, *row[2:]) for n, (_, row) in enumerate(rows, 1)]
    marks = ", ".join("?" * (len(REPORT_COLUMNS) + 1))
    started = time.perf_counter()
    with project.store.writing() as transaction:
        transaction.executemany("INSERT INTO subjects VALUES (?, ?, ?, ?, ?, ?)", subjects)
        transaction.executemany(f"INSERT INTO reports (id, {', '.join(REPORT_COLUMNS)}) VALUES ({marks})", bodies)
        index(transaction, "id >= 1")
    seconds = time.perf_counter() - started
    project.store.close()
    return seconds


def _classified(folder: Path) -> Path:
    """A database of 10,000 classifications under CSETv1, every choice field answered."""
    path = folder / "classified.db"
    if path.exists():
        return path
    project = Project.open(fresh(folder / "classifying.db"), [data_folder("taxonomies")])
    taxonomy = project.taxonomy("CSETv1")

    with project.store.writing() as transaction:
        taxonomies.put(transaction, taxonomy)
        ensure_subjects(transaction, [f"bench:{number}" for number in range(COUNT)], "incident")
        for number in range(COUNT):
            of = Identity(subject=f"bench:{number}", taxonomy="CSETv1", annotator="bench")
            payload = {"answers": chosen(taxonomy), "notes": "", "status": "submitted", "publish": "unpublished"}
            project.store.record("bench", "imported", of, taxonomy.version, payload)
    project.store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    project.store.close()
    (folder / "classifying.db").rename(path)
    return path
