"""Runs commands in a process that has the library loaded: a fork for each, in a fresh copy of a prepared folder.

Started as `python -m tests.trust.server FOLDER` with LD_PRELOAD; reads a case as a line of JSON and answers with one.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from tests.trust import ways
from tests.trust.shim import Shim

PATIENCE = 30
"""Seconds until a command counts as hanging."""
PLACES = {
    "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "TMPDIR": "tmp",
    "SQLITE_TMPDIR": "tmp", "HOME": "home",
}  # fmt: skip
"""What the environment names, and where in the folder of a case it lies."""
EVENTS = """SELECT feeds.uid, events.number, lower(hex(events.hash)) FROM events JOIN feeds ON feeds.id = events.feed"""


def environment(folder: Path) -> dict[str, str]:
    """What a server is to have in its environment beside the library."""
    return {name: str(folder / "case" / place) for name, place in PLACES.items()}


def load() -> None:
    """Import what commands need, so that a fork has it."""
    from annotator.cli.commands import TABLE

    for name in {module for module, _ in TABLE.values()}:
        import_module(f"annotator.cli.{name}")
    for name in ("annotator.tui.app", "annotator.store.doctor", "pydantic", "yaml", "numpy", "sqlite_utils"):
        import_module(name)


class Server:
    """Answers cases, one after the other."""

    def __init__(self, root: Path) -> None:
        """Prepare the folder that every case begins with, at the place where cases run."""
        self.root, self.case, self.kept = root, root / "case", root / "kept"
        self.shim = Shim()
        for place in {*PLACES.values(), "work"}:
            (self.case / place).mkdir(parents=True)
        os.chdir(self.case / "work")
        ways.prepare(self.case / "work")
        os.chdir(root)
        self.case.rename(self.kept)
        self.before = {name: state(self.kept / "work" / name) for name in ways.OPENED if name != "new.db"}

    def answer(self, case: dict[str, Any]) -> dict[str, Any]:
        """Run a case and look at what it left."""
        shutil.rmtree(self.case, ignore_errors=True)
        shutil.copytree(self.kept, self.case)
        words = ways.arguments(case["way"], self.case / "work")
        said = self._forked(lambda: self._command(words, case), "told")
        said["after"] = self._forked(lambda: self._look(words, case, said["code"]), "looked")
        return said

    def _command(self, words: list[str], case: dict[str, Any]) -> int:
        self.shim.watch(self.case)
        if case.get("kind"):
            self.shim.fail(case["kind"], case["nth"], case["error"], on=case["on"])
        code = ways.run(words)
        counts, failed = self.shim.counts, self.shim.failed
        self.shim.leave()
        (self.root / "told.json").write_text(json.dumps({"counts": counts, "failed": failed}), encoding="utf-8")
        return code

    def _look(self, words: list[str], case: dict[str, Any], code: int) -> int:
        """Look at the databases, then call the same command again with nothing in its way."""
        work = self.case / "work"
        found: dict[str, Any] = {"files": sorted(str(each.relative_to(self.case)) for each in self.case.rglob("*"))}
        found["states"] = {name: state(work / name) for name in ways.OPENED if (work / name).exists()}
        found["lost"] = [name for name, was in self.before.items() if not _holds(found["states"].get(name), was)]
        changed = [name for name in found["states"] if has_changed(work / name, self.kept / "work" / name)]
        found["unsound"] = {name: unsound(work / name) for name in changed}
        if code and case.get("kind"):
            found["again"] = ways.run(words)
        (self.root / "looked.json").write_text(json.dumps(found), encoding="utf-8")
        return 0

    def _forked(self, run: Callable[[], int], name: str) -> dict[str, Any]:
        """Run something in a fork with its output in files; gives what it said, and how it ended."""
        (self.root / f"{name}.json").unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            self._be_child(run, name)
        _, status = os.waitpid(child, 0)
        out, err = ((self.root / f"{name}.{end}").read_text("utf-8", "replace") for end in ("out", "err"))
        told = self.root / f"{name}.json"
        more = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
        return {"code": os.waitstatus_to_exitcode(status), "out": out[:2_000], "err": err[-4_000:], **more}

    def _be_child(self, run: Callable[[], int], name: str) -> NoReturn:
        signal.alarm(PATIENCE)
        for number, end in ((1, "out"), (2, "err")):
            os.dup2(os.open(self.root / f"{name}.{end}", os.O_CREAT | os.O_TRUNC | os.O_WRONLY), number)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8") for number in (1, 2))
        os.chdir(self.case / "work")
        code = 1
        try:
            code = run()
        except BaseException:  # noqa: BLE001 - as the interpreter would print it
            self.shim.leave()
            traceback.print_exc()
        finally:
            self.shim.leave()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def state(path: Path) -> list[Any]:
    """What stands in a database: a line for each event, and how much there is of content."""
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        if "feeds" not in tables:
            return []
        events = sorted(":".join(map(str, row)) for row in connection.execute(EVENTS))
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ways.COUNTED]
        return [events, counts]


def _holds(found: list[Any] | None, was: list[Any]) -> bool:
    """Whether every event that was there is there still."""
    return found is not None and (not was or set(was[0]) <= set((found or [[]])[0]))


def has_changed(path: Path, kept: Path) -> bool:
    """Whether a database is another one than before; its log was taken in already."""
    return not kept.exists() or path.read_bytes() != kept.read_bytes()


def unsound(path: Path) -> str:
    """What is wrong with a database; nothing, where nothing is."""
    from annotator.desk.project import Project

    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < ways.VERSION:
        return ""
    project = Project.open(path, (), create=False)
    try:
        return "; ".join(f"{each.check}: {each.problems}" for each in project.store.examine() if each.problems)
    finally:
        project.store.close()


def serve(root: Path) -> None:
    """Answer until nobody asks any more."""
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    load()
    server = Server(root)
    gc.freeze()
    print("ready", file=ours, flush=True)
    for line in sys.stdin:
        print(json.dumps(server.answer(json.loads(line))), file=ours, flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
