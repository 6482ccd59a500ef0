"""Measure everything: `python -m benchmarks [NAME …]`. Prints a table and writes results.json."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks import agreement, journeys, review, screens
from benchmarks.figures import table

MEASURES = {
    "first_frames": screens.first_frames,
    "memory": screens.memory,
    "keys": screens.keys,
    "submissions": screens.submissions,
    "imports": journeys.imports,
    "exports": journeys.exports,
    "agreement_of_snapshot": agreement.of_snapshot,
    "agreement_of_a_million": agreement.of_a_million,
    "agreement_in_memory": agreement.in_memory,
    "review": review.opening,
    "installed_size": journeys.installed_size,
}


def main() -> int:
    """Run the measures named, or all; exit 1 when a bound is not kept."""
    folder = Path(os.environ.get("ANNOTATOR_BENCH") or Path(tempfile.gettempdir()) / "annotator-bench")
    folder.mkdir(parents=True, exist_ok=True)
    figures = []
    for name in sys.argv[1:] or MEASURES:
        print(f"measuring {name} …", file=sys.stderr)
        figures += MEASURES[name](folder)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(table(figures))
    results = [{**each._asdict(), "holds": each.holds} for each in figures]
    target = Path(__file__).with_name("results.json")
    target.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(each.holds for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
