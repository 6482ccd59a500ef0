"""Lets system calls fail under every command, one after the other, and judges what comes of it.

`python -m tests.trust.disk --cases N` prints a line of the table: what was called done stands as saved.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.trust import server, shim, ways
from tests.trust.table import Row, lines

ANY = (
    r"does not hold the same|could not be read or written|cannot (be )?(opened|written|read|used)|not readable|refuses|"
    r"share no memory"
)
"""How it is told where SQLite says that something failed, and not why."""
ERRORS = {
    errno.EIO: r"[Ii]nput/output error|disk I/O error|its disk cannot read it",
    errno.ENOSPC: r"disk is full|No space left|[Nn]o room",
    errno.EROFS: r"[Rr]ead-only",
    errno.EACCES: r"[Pp]ermission",
    errno.EINTR: r"[Ii]nterrupted",
    errno.ELOOP: r"levels of symbolic links",
}
"""Errors, and how else the reason is told."""
NAMING = {"open", "stat"}
"""Kinds of calls that follow a path, and so may meet links in a ring."""
FALSE = (
    r"no such|not a database|is damaged \(.*\)\.|empty file|another program|was altered|another file stands|"
    r"to nothing|no(t an)? ordinary file"
)
"""Reasons that are none of these."""
REFUSED = {2, 3, 4, 5, 6, 7, 8}
"""Exit codes of what is refused; 1 means that something was found."""
UNUSABLE = r"is damaged"
"""What is found wrong with a database that is read from a failing disk, so that its code is told and not the disk's."""
EXAMINES = {"doctor", "doctor --rebuild", "verify", "verify other", "salvage"}
"""Ways that end with 1 where something is found."""
LOOKS = {"review"}
"""Ways that keep nothing but that somebody looked, which is shown where the file can only be read, too."""
UNSAVED = r"nothing (of this change )?was (saved|changed)|was not brought up to date"
PASSING = r"work/[\w.-]+-(wal|shm|journal)"
"""Files that SQLite leaves while a database was not closed in peace; it takes them up at the next opening."""
KEPT = r"(work/annotator\.db\.unsaved|state/annotator/unsaved).*"
"""What the desk keeps of words that could not be saved."""
UNFINISHED = r".*\.unfinished(-journal)?|tmp/.*"
"""Temporary files: they may stay where taking files away is what fails."""
CASES = 12_000
"""Of some 160,000: every combination of command, kind of call and error, with other calls each time."""


class Case(NamedTuple):
    """One call that fails under one command, or all of its kind from that one."""

    way: str
    kind: str
    nth: int
    error: int
    on: bool

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.way}: {self.kind} {self.nth}{' and on' if self.on else ''} {errno.errorcode[self.error]}"


class Verdict(NamedTuple):
    """What came of a case."""

    outcome: str
    """`refused`, `done`, or `untouched` where the call was never made."""
    faults: tuple[str, ...]
    """`damaged`, `traceback` and others, with what shows it."""


class Process:
    """A server and how to ask it."""

    def __init__(self, library: Path, root: Path) -> None:
        """Start it; it is ready when the first answer comes."""
        root.mkdir()
        env = {**shim.environment(library), **server.environment(root)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.trust.server", str(root)], env=env, text=True,
            cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._is_ready = False

    def ask(self, **case: Any) -> dict[str, Any]:
        """Run a case."""
        assert self._process.stdin
        assert self._process.stdout
        if not self._is_ready:
            self._is_ready = self._process.stdout.readline() == "ready\n"
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class Matrix:
    """Servers, and how each way goes where nothing fails."""

    def __init__(self, processes: Sequence[Process], names: Sequence[str] = tuple(ways.WAYS)) -> None:
        """Run every way as it is."""
        self._free: Queue[Process] = Queue()
        for each in processes:
            self._free.put(each)
        self._pool = ThreadPoolExecutor(len(processes))
        self.names = names
        self.clean = dict(zip(names, self._pool.map(lambda name: self._ask(way=name), names), strict=True))

    def _ask(self, **case: Any) -> dict[str, Any]:
        process = self._free.get()
        try:
            return process.ask(**case)
        finally:
            self._free.put(process)

    def cases(self, many: int, seed: int) -> list[Case]:
        """So many of all cases: every combination in its turn, each time with another call."""
        chance = random.Random(seed)
        turns = []
        for name in self.names:
            for kind, count in self.clean[name]["counts"].items():
                for error in ERRORS:
                    if error == errno.ELOOP and kind not in NAMING:
                        continue
                    for on in (False, True) if error != errno.EINTR else (False,):  # for ever is no interruption
                        nths = chance.sample(range(1, count + 1), count)
                        turns.append([Case(name, kind, nth, error, on) for nth in nths])
        turns = [turn for turn in turns if turn]
        chance.shuffle(turns)
        found: list[Case] = []
        while turns and len(found) < many:
            found += [turn.pop() for turn in turns]
            turns = [turn for turn in turns if turn]
        return found[:many]

    def tried(self, cases: Sequence[Case]) -> Iterator[tuple[Case, Verdict]]:
        """Run cases, and judge each."""
        answers = self._pool.map(lambda case: self._ask(**case._asdict()), cases)
        for case, answer in zip(cases, answers, strict=True):
            yield case, judged(case, answer, self.clean[case.way])


def judged(case: Case, answer: dict[str, Any], clean: dict[str, Any]) -> Verdict:
    """Judge what a command said and left, beside what it says and leaves where nothing fails."""
    code, err, after = answer["code"], answer["err"], answer["after"]
    if "Traceback" in err or code < 0 or "failed" not in answer:
        return Verdict("died", (f"traceback: {code} {_raised(err)}",))
    faults = [f"damaged: {name} {what}" for name, what in after.get("unsound", {}).items() if what]
    faults += [f"damaged: {name} lost events" for name in after.get("lost", ())]
    if "states" not in after:
        return Verdict("died", (f"damaged: cannot be looked at: {after['err'][-1500:]}",))
    if not answer["failed"]:
        return Verdict("untouched", tuple(faults))
    is_done = code == clean["code"]
    if not is_done:
        faults += _told_badly(case, code, err)
        if after.get("again") != clean["code"] and not _is_after(after, clean):
            faults.append(f"damaged: afterwards the same gives {after.get('again')}: {after['err'][-500:]}")
    # What could not be read is told, and the rest is taken; what is only looked at is shown where nothing can be kept.
    is_lossy = is_done and re.search(ERRORS[case.error], answer["out"] + err) is not None
    if not is_lossy and not (is_done and case.way in LOOKS):
        faults += _stands_badly(after, clean, err, is_done=is_done, is_piecemeal=case.way in ways.PIECEMEAL)
    faults += _left(case, after, clean)
    return Verdict("done" if is_done else "refused", tuple(faults))


def _raised(err: str) -> str:
    """The lines of a traceback that say where: the last of this program."""
    lines = [line.strip() for line in err.strip().splitlines() if "^^^" not in line]
    places = [number for number, line in enumerate(lines) if "/annotator/" in line]
    return " | ".join([*(lines[number] for number in places[-3:]), *lines[-1:]])


def _told_badly(case: Case, code: int, err: str) -> Iterator[str]:
    if code == 1 and case.way in EXAMINES and case.kind == "read":
        return  # SQLite calls a page that it cannot read a damaged one
    if code not in REFUSED or (code == 6 and not re.search(UNUSABLE, err)):
        yield f"code {code}: {err}"
    elif not re.search(f"{ERRORS[case.error]}|{ANY}", err) or re.search(FALSE, err):
        yield f"reason: {err}"


def _is_after(after: dict[str, Any], clean: dict[str, Any]) -> bool:
    return all(_counted(after["states"][name]) == _counted(state) for name, state in clean["after"]["states"].items())


def _counted(state: list[Any]) -> list[Any]:
    """How much there is, whatever its name: what is made anew has another one."""
    return [len(state[0]), state[1]] if state and (state[0] or state[1][0]) else []


def _stands_badly(
    after: dict[str, Any], clean: dict[str, Any], err: str, *, is_done: bool, is_piecemeal: bool
) -> Iterator[str]:
    """Whether each database holds the state before or after, after a success the one after, and all there was."""
    for name, state in clean["after"]["states"].items():
        found, before = after["states"].get(name, []), BEFORE.get(name, [])
        is_before, is_after = _counted(found) == _counted(before), _counted(found) == _counted(state)
        if is_done and not is_after:
            yield f"damaged: {name} is said to be done: {_counted(found)}, not {_counted(state)}: {err}"
        elif is_piecemeal:
            continue
        elif not is_before and not is_after:
            yield f"damaged: {name} is half done: {_counted(found)}, not {_counted(state)} or {_counted(before)}: {err}"
        elif not is_done and not is_before and re.search(UNSAVED, err):
            yield f"untrue: {name} was saved: {err}"


BEFORE: dict[str, Any] = {}
"""The states that every case begins with."""


def _left(case: Case, after: dict[str, Any], clean: dict[str, Any]) -> Iterator[str]:
    known = {re.sub(r"[0-9a-f]{8,}", "#", name) for name in clean["after"]["files"]}
    for name in after["files"]:
        if re.fullmatch(PASSING, name) or re.sub(r"[0-9a-f]{8,}", "#", name) in known:
            continue
        if case.way in ways.PIECEMEAL and re.fullmatch(KEPT, name):
            continue
        if case.kind == "unlink" and re.fullmatch(UNFINISHED, name):
            continue
        yield f"left: {name}"


@contextmanager
def matrix(folder: Path, workers: int, names: Sequence[str] = tuple(ways.WAYS)) -> Iterator[Matrix]:
    """Start servers in a folder, and end them."""
    library = shim.make(folder)
    with ExitStack() as stack:
        processes = [Process(library, folder / f"server{number}") for number in range(workers)]
        for each in processes:
            stack.callback(each.close)
        made = Matrix(processes, names)
        BEFORE.update(made._ask(way="formats")["after"]["states"])
        yield made


def rows(share: float, *, many: int = CASES, seed: int = 1, names: Sequence[str] = tuple(ways.WAYS)) -> Iterator[Row]:
    """The line of the table."""
    row = Row("system calls that fail")
    if reason := shim.why_not():
        row.note = f"not tried, because {reason}"
        yield row
        return
    outcomes: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    with row.timed(), TemporaryDirectory() as folder, matrix(Path(folder), os.cpu_count() or 1, names) as made:
        for case, verdict in made.tried(made.cases(max(1, round(many * share)), seed)):
            outcomes[verdict.outcome] += 1
            for fault in verdict.faults:
                faults[fault.split(":")[0]] += 1
                print(case, fault, file=sys.stderr, flush=True)
                (row.lose if "lost events" in fault else row.damage)(f"{case}: {fault}")
    row.times = sum(outcomes.values()) - outcomes["untouched"]
    row.saved, row.refused = outcomes["done"], outcomes["refused"]
    kinds = ("damaged", "traceback", "reason", "code", "untrue", "left")
    row.note = f"{len(names)} commands; " + ", ".join(f"{kind} {faults[kind]}" for kind in kinds)
    yield row


def main() -> int:
    """Run so many cases and print the row, and what was found under it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ways", default="", help="Of these commands alone, with commas between.")
    said = parser.parse_args()
    names = said.ways.split(",") if said.ways else tuple(ways.WAYS)
    found = list(rows(1.0, many=said.cases, seed=said.seed, names=names))
    print("\n".join(lines(found)))
    return 0 if all(row.is_good for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
