"""Write annotator/model/confusables.txt: which characters look alike, after Unicode Technical Standard 39.

The data come out of ICU, which carries Unicode's confusables.txt. Run in an environment that has it, which the
program itself never needs:

    python -m venv ICU && ICU/bin/pip install icukit-pyicu && ICU/bin/python docs/generate_confusables.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import icu

TARGET = Path(__file__).resolve().parents[1] / "annotator" / "model" / "confusables.txt"
HEAD = """\
# Characters that look alike: a prototype, then those that are drawn like it, as hexadecimal code points.
# Nothing before the colon stands for what is not drawn at all. A character that is not here is its own prototype.
# Unicode {unicode}, taken out of ICU {icu} by docs/generate_confusables.py; characters that NFD takes apart are left
# out, since they are taken apart before anything is looked up.
# The data are Unicode's and changed in their form alone; confusables-license.txt beside this file is their licence.
"""
SURROGATES = range(0xD800, 0xE000)


def main() -> None:
    """Write the file anew."""
    prototypes: dict[str, list[int]] = {}
    for point, prototype in _prototypes():
        prototypes.setdefault(prototype, []).append(point)
    lines = [f"{_hexes(map(ord, prototype))}: {_hexes(points)}\n" for prototype, points in sorted(prototypes.items())]
    TARGET.write_text(HEAD.format(unicode=icu.UNICODE_VERSION, icu=icu.ICU_VERSION) + "".join(lines), encoding="ascii")


def _prototypes() -> Iterator[tuple[int, str]]:
    """Every character that is not its own prototype, with the one it has."""
    checker, decomposer = icu.SpoofChecker(), icu.Normalizer2.getNFDInstance()
    for point in range(sys.maxunicode + 1):
        if point not in SURROGATES and decomposer.normalize(chr(point)) == chr(point):
            prototype = checker.getSkeleton(0, chr(point))
            if prototype != chr(point):
                yield point, prototype


def _hexes(points: Iterable[int]) -> str:
    """Code points with spaces between them; three or more in a row as first-last."""
    runs = ([point for _, point in run] for _, run in groupby(enumerate(points), lambda each: each[1] - each[0]))
    return " ".join(f"{run[0]:X}-{run[-1]:X}" if len(run) > 2 else " ".join(f"{p:X}" for p in run) for run in runs)


if __name__ == "__main__":
    main()
