"""Fuzz every target within a fixed budget, and press keys; prints a table, and exits 1 where something was found.

    python -m tests.fuzz [--cases N] [--sequences N] [--seed S] [TARGET…]

Each finding is a file under `build/fuzz`; `python -m tests.fuzz.try_one TARGET FILE` shows what comes of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.targets import TARGETS

FINDINGS = Path("build/fuzz")
CASES, SEQUENCES = 1_000_000, 20_000
ROW = "{:<22}{:>10}{:>9}{:>10}{:>10}"
KEYS = "keys"
PART = {KEYS: 200}
USUAL_PART = 50_000
"""How much one process does at the most: it grows with what it did, and a process that dies loses no more."""
AT_ONCE = 2
"""Processes for each processor: who presses keys waits most of the time."""


class Row(NamedTuple):
    """What came of one part, or of all parts of a target."""

    target: str
    cases: int
    seconds: float
    slowest: float
    findings: dict[str, str]
    """By kind: a file that shows it."""

    def __str__(self) -> str:
        """The row of the table."""
        cells = f"{self.cases:,}", f"{self.seconds:.0f}", f"{self.slowest:.2f}", len(self.findings)
        return ROW.format(self.target, *cells)


def main() -> int:
    """Run all that was asked for, tell each part as it is done, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--sequences", type=int, default=SEQUENCES)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    unknown = {*said.targets} - {each.name for each in TARGETS} - {KEYS}
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    with ThreadPoolExecutor(AT_ONCE * (os.cpu_count() or 1)) as pool:
        parts = list(pool.map(_told, _calls(said)))
    rows = [_summed(name, parts) for name in dict.fromkeys(each.target for each in parts)]
    print(ROW.format("target", "cases", "seconds", "slowest s", "findings"))
    for row in (*rows, _summed("all", parts)):
        print(row)
    for row in rows:
        for kind, file in row.findings.items():
            print(f"{row.target}: {kind}: {file}")
    return 1 if any(row.findings for row in rows) else 0


def _summed(name: str, parts: Sequence[Row]) -> Row:
    """All parts of a target, or of all targets, in one row."""
    own = [each for each in parts if name in {each.target, "all"}]
    found = {
        f"{each.target}: {kind}" if name == "all" else kind: each.findings[kind]
        for each in own
        for kind in each.findings
    }
    return Row(
        name,
        sum(each.cases for each in own),
        sum(each.seconds for each in own),
        max(each.slowest for each in own),
        found,
    )


def _calls(said: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """The process of each part: first the key sequences, which wait most, and then the largest targets."""
    chosen = [each for each in TARGETS if not said.targets or each.name in said.targets]
    shares = sum(each.share for each in chosen)
    counts = {KEYS: said.sequences} if not said.targets or KEYS in said.targets else {}
    counts |= {
        each.name: round(said.cases * each.share / shares) for each in sorted(chosen, key=lambda one: -one.share)
    }
    for name, count in counts.items():
        what = ["tests.fuzz.keys", "--sequences"] if name == KEYS else ["tests.fuzz.fuzzing", name, "--cases"]
        most = PART.get(name, USUAL_PART)
        for place, begun in enumerate(range(0, count, most)):
            own = ["--seed", str(said.seed * 1_000 + place), "--findings", str(FINDINGS.absolute())]
            yield name, [*what, str(min(most, count - begun)), *own]


def _told(call: tuple[str, list[str]]) -> Row:
    """Run one process, and tell its row; one that ends otherwise than by telling what it found is a finding."""
    name, arguments = call
    done = subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, errors="replace", check=False
    )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode == 0 and last.startswith("{"):
        row = Row(**json.loads(last))
    else:
        FINDINGS.mkdir(parents=True, exist_ok=True)
        log = FINDINGS / f"{name}-{arguments[-3]}-dead.log"
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
        row = Row(name, 0, 0.0, 0.0, {f"ended with {done.returncode}": str(log)})
    print(row, file=sys.stderr, flush=True)
    return row


if __name__ == "__main__":
    sys.exit(main())
