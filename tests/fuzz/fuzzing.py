"""Fuzz one target in this process, guided by what its cases reach in the program; prints what came of it as JSON.

python -m tests.fuzz.fuzzing TARGET --cases N --seed S --findings FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.targets import Case

HANG = 2.0
"""Seconds after which a case counts as one that hangs."""
AGAIN = 3
"""Times that what took longer is done again: the machine may have been busy."""
DEAD = 60
"""Seconds after which it is ended, and with it the process."""
LONGEST = 4_096
"""Bytes of a case."""
OWN = f"{os.sep}annotator{os.sep}"


class Findings:
    """What was found, each kind once, with the case that showed it."""

    def __init__(self, folder: Path, target: str) -> None:
        self.folder = folder
        self.target = target
        self.found: dict[str, str] = {}
        """By kind: the file of the case."""
        self.slowest = 0.0

    def add(self, kind: str, data: bytes, error: BaseException | None = None) -> None:
        """Keep a case that shows something new, and its traceback beside it."""
        if kind not in self.found:
            file = self.folder / f"{self.target}-{len(self.found) + 1}"
            file.write_bytes(data)
            if error:
                shown = "".join(traceback.format_exception(error))
                file.with_suffix(".log").write_text(shown, encoding="utf-8", errors="backslashreplace")
            self.found[kind] = str(file)


def kind_of(error: BaseException) -> str:
    """What tells one finding from another: the exception, and where in the program it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if OWN in frame.filename] or frames
    where = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"
    return f"{type(error).__name__} at {where}"


def main() -> None:
    """Fuzz, and print one line of JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"))
    said = parser.parse_args()

    import atheris

    with atheris.instrument_imports(include=["annotator"]):
        from tests.fuzz.mutating import mutate
        from tests.fuzz.targets import by_name, is_refusal

        target = by_name(said.target)
        folder = TemporaryDirectory(prefix="annotator-fuzz-")
        os.environ.update({f"XDG_{each}_HOME": str(Path(folder.name) / each) for each in ("STATE", "CONFIG", "DATA")})
        case = target.make(Path(folder.name))
        for path in target.corpus():  # what is imported where it is used is imported now, and so instrumented
            _try(case, path.read_bytes(), is_refusal)
    said.findings.mkdir(parents=True, exist_ok=True)
    findings = Findings(said.findings.absolute(), f"{said.target}-{said.seed}")
    began, done = time.monotonic(), 0

    def one(data: bytes) -> None:
        nonlocal done
        done += 1
        started = time.monotonic()
        error = _try(case, data, is_refusal)
        took = time.monotonic() - started
        for _ in range(AGAIN if took > HANG else 0):
            started = time.monotonic()
            _try(case, data, is_refusal)
            took = min(took, time.monotonic() - started)
        findings.slowest = max(findings.slowest, took)
        if error:
            findings.add(kind_of(error), data, error)
        if took > HANG:
            findings.add(f"took {took:.0f} s", data)
        if done == said.cases:
            seconds = time.monotonic() - began
            told = {"target": said.target, "cases": done, "seconds": seconds, "slowest": findings.slowest}
            print(json.dumps({**told, "findings": findings.found}), flush=True)
            folder.cleanup()
            os._exit(0)  # libFuzzer would go on, or end the process in its own way

    def other(data: bytes, most: int, chance: int) -> bytes:
        return mutate(data, lambda each: atheris.Mutate(each, most), target.prefix, chance)[:most]

    grown = Path(folder.name) / "grown"
    grown.mkdir()
    corpus = [str(grown), str(target.corpus()[0].parent)]
    flags = [
        f"-seed={said.seed}",
        f"-timeout={DEAD}",
        f"-max_len={LONGEST}",
        "-rss_limit_mb=4096",
        "-print_final_stats=0",
    ]
    atheris.Setup(
        [sys.argv[0], *flags, f"-artifact_prefix={findings.folder}/{said.target}-dead-", *corpus],
        one,
        custom_mutator=other,
    )
    atheris.Fuzz()


def _try(case: Case, data: bytes, is_refusal: Callable[[BaseException], bool]) -> Exception | None:
    try:
        case(data)
    except Exception as error:  # noqa: BLE001  # whatever comes is what is looked for
        return None if is_refusal(error) else error
    except SystemExit:
        return None
    return None


if __name__ == "__main__":
    main()
