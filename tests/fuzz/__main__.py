"""Fuzz every target within a fixed budget, then press keys; prints a table, and exits 1 where something was found.

    python -m tests.fuzz [--cases N] [--sequences N] [--seed S] [TARGET…]

Each finding is a file under `build/fuzz`; `python -m tests.fuzz.try_one TARGET FILE` shows what comes of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.fuzz.targets import TARGETS

FINDINGS = Path("build/fuzz")
CASES, SEQUENCES = 1_000_000, 20_000
ROW = "{:<22}{:>10}{:>9}{:>10}{:>10}"
KEYS = "keys"


def main() -> int:
    """Run all that was asked for, as many at a time as there are processors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--sequences", type=int, default=SEQUENCES)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    unknown = {*said.targets} - {each.name for each in TARGETS} - {KEYS}
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    print(ROW.format("target", "cases", "seconds", "slowest s", "findings"), flush=True)
    processors = os.cpu_count() or 1
    with ThreadPoolExecutor(processors) as pool:
        rows = list(pool.map(_told, _calls(said, processors)))
    totals = sum(row["cases"] for row in rows), sum(len(row["findings"]) for row in rows)
    print(ROW.format("all", f"{totals[0]:,}", "", f"{max(row['slowest'] for row in rows):.2f}", totals[1]))
    for row in rows:
        for kind, file in row["findings"].items():
            print(f"{row['target']}: {kind}: {file}")
    return 1 if totals[1] else 0


def _calls(said: argparse.Namespace, processors: int) -> Iterator[tuple[str, list[str]]]:
    """The longest first: a process for each target, and key sequences in as many as there are processors."""
    common = ["--seed", str(said.seed), "--findings", str(FINDINGS.absolute())]
    if not said.targets or KEYS in said.targets:
        for place in range(processors):
            count = (said.sequences + place) // processors
            own = ["--seed", str(said.seed * processors + place), "--findings", str(FINDINGS.absolute())]
            yield KEYS, ["tests.fuzz.keys", "--sequences", str(count), *own]
    for each in sorted(TARGETS, key=lambda target: target.share):
        if not said.targets or each.name in said.targets:
            share = each.share / sum(one.share for one in TARGETS if not said.targets or one.name in said.targets)
            yield each.name, ["tests.fuzz.fuzzing", each.name, "--cases", str(round(said.cases * share)), *common]


def _told(call: tuple[str, list[str]]) -> dict[str, Any]:
    """Run one process and print its row; one that ends otherwise than by telling what it found is a finding."""
    name, arguments = call
    done = subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, errors="replace", check=False
    )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode == 0 and last.startswith("{"):
        row = json.loads(last)
    else:
        FINDINGS.mkdir(parents=True, exist_ok=True)
        log = FINDINGS / f"{name}-dead.log"
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
        row = {"target": name, "cases": 0, "seconds": 0.0, "slowest": 0.0}
        row["findings"] = {f"ended with {done.returncode}": str(log)}
    print(
        ROW.format(
            row["target"], f"{row['cases']:,}", f"{row['seconds']:.0f}", f"{row['slowest']:.2f}", len(row["findings"])
        ),
        flush=True,
    )
    return dict(row)


if __name__ == "__main__":
    sys.exit(main())
