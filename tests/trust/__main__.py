"""Try what is promised, and print a table of what was tried and what was lost; ends with 1 where anything was.

    python -m tests.trust                          all of it
    python -m tests.trust kills writers            some of it
    python -m tests.trust --share 0.01 kills       a hundredth of the times, to see whether it works

A subject is a module here with `rows(share)`, which yields lines of the table as they are done.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from tests.trust.table import Row, lines

SUBJECTS = (
    "kills",
    "power",
    "writers",
    "resizes",
    "damaged",
    "disk",
)


def main() -> int:
    """Try the subjects that were named, by default all; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description="Try what is promised, at length.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"Which; else all: {', '.join(SUBJECTS)}.")
    parser.add_argument("--share", type=float, default=1.0, help="How much of the usual number of times.")
    parser.add_argument("--out", type=Path, help="Write the table into this file, too.")
    said = parser.parse_args()
    if unknown := set(said.subjects) - set(SUBJECTS):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}.")
    rows: list[Row] = []
    for subject in said.subjects or SUBJECTS:
        for row in import_module(f"tests.trust.{subject}").rows(said.share):
            print(" ".join(row.cells()), file=sys.stderr, flush=True)
            rows.append(row)
    table = "\n".join(lines(rows))
    print(table)
    if said.out:
        said.out.write_text(table + "\n", encoding="utf-8")
    return 0 if all(row.is_good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
