"""Measure everything: `python -m benchmarks [NAME …]`. Prints a table and writes results.json."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import agreement, journeys, opening, record, review, screens, stalls, team
from benchmarks.figures import Figure, Found, Unmeasured, table

MEASURES = {
    "first_frames": screens.first_frames,
    "memory": screens.memory,
    "keys": screens.keys,
    "submissions": screens.submissions,
    "stalls_under_lock": stalls.under_lock,
    "stalls_under_import": stalls.under_import,
    "lock_of_import": stalls.lock_of_import,
    "subjects_open": opening.among_subjects,
    "assigned_subjects_open": opening.assigned_ones,
    "subjects_open_beside_assigned": opening.beside_assigned_ones,
    "imports": journeys.imports,
    "exports": journeys.exports,
    "agreement_of_snapshot": agreement.of_snapshot,
    "agreement_of_a_million": agreement.of_a_million,
    "agreement_in_memory": agreement.in_memory,
    "review": review.opening,
    "saving": record.saving,
    "merging": record.merging,
    "verifying": record.verifying,
    "bundling": record.bundling,
    "many_writers": record.many_writers,
    "many_people": team.many_people,
    "installed_size": journeys.installed_size,
}

QUIET = 0.5
"""Load for each processor up to which a machine counts as quiet."""


def main() -> int:
    """Run the measures named, or all; exit 1 when a bound is not kept or a measure broke, 2 for an unknown name."""
    folder = Path(os.environ.get("ANNOTATOR_BENCH") or Path(tempfile.gettempdir()) / "annotator-bench")
    folder.mkdir(parents=True, exist_ok=True)
    names = sys.argv[1:] or list(MEASURES)
    if unknown := [each for each in names if each not in MEASURES]:
        print(f"There is no measure {unknown[0]!r}. There are: {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    found: Found = []
    busy = others_at_work()
    for name in names:
        print(f"measuring {name} …", file=sys.stderr)
        found += measured(name, folder)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(table(found))
    if busy:
        print(busy)
    keep(found)
    return 0 if all((isinstance(each, Figure) and each.holds) or _is_skipped(each) for each in found) else 1


def others_at_work() -> str:
    """A warning when other programs keep the machine busy already; empty when it is quiet."""
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load < QUIET * processors:
        return ""
    return f"BUSY  other programs kept {load:.1f} of {processors} processors busy at the start: measure again in quiet."


def measured(name: str, folder: Path) -> Found:
    """What a measure finds; one that cannot go on is told among the figures, and the others go on."""
    try:
        return list(MEASURES[name](folder))
    except (OSError, RuntimeError, sqlite3.Error, subprocess.SubprocessError) as error:
        print(f"  {error}", file=sys.stderr)
        return [Unmeasured(name, str(error).partition("\n")[0].rstrip(":"), is_broken=True)]


def keep(found: Found) -> None:
    """Write everything to results.json."""
    results = [each._asdict() | ({"holds": each.holds} if isinstance(each, Figure) else {}) for each in found]
    target = Path(__file__).with_name("results.json")
    target.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _is_skipped(each: Figure | Unmeasured) -> bool:
    return isinstance(each, Unmeasured) and not each.is_broken


if __name__ == "__main__":
    sys.exit(main())
