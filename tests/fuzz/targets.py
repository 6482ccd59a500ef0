"""What is fuzzed: each target takes some bytes a stranger could send, and may answer in words alone.

A target is made in a folder of its own and then called with one case after another. What it raises that is no
`AnnotatorError` is a finding.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from shutil import copyfile, rmtree
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.desk import Desk
    from annotator.store.store import Store

CORPUS = Path(__file__).parent / "corpus"
Case = Callable[[bytes], None]
RECORDS = 2_000
"""Of one source, read at most: a case is small, and what repeats for ever would hang."""
EXAMINED = 8
"""Of so many imports the doctor looks at one."""
PARTS = b"\x00--\x00"
"""What lies between the parts of a case of several files or arguments."""
KEPT_OUT = {"demo", "desk"}
"""Commands that fuzzed arguments do not name: they open screens, which key sequences try."""


class FoundError(Exception):
    """The doctor found something in a file that nothing but this program wrote."""


@dataclass(frozen=True)
class Target:
    """One door for strangers' input."""

    name: str
    share: int
    """Of a thousand cases, how many are for this one."""
    make: Callable[[Path], Case]
    prefix: int = 0
    """How many bytes at the beginning of a case say how the rest is to be read."""

    def corpus(self) -> list[Path]:
        """Its cases in the repository."""
        return sorted((CORPUS / self.name).iterdir())


def _reader(name: str, *endings: str) -> Callable[[Path], Case]:
    """Read files of one format, whatever they look like; the first byte chooses the ending of the file's name."""

    def make(folder: Path) -> Case:
        from annotator.formats.format import ReadOptions, by_name, sniff

        reader = by_name(name)

        def case(data: bytes) -> None:
            path = _written(folder, data, endings)
            for _ in islice(reader.read(path, ReadOptions()), RECORDS):
                pass
            sniff(path)

        return case

    return make


def _written(folder: Path, data: bytes, endings: tuple[str, ...]) -> Path:
    ending = endings[data[0] % len(endings)] if data else endings[0]
    path = folder / f"case{ending}"
    path.write_bytes(data[1:])
    return path


def _folder(folder: Path) -> Case:
    """Import a folder of several files, each with a name of the case's own."""
    from annotator.formats.format import ReadOptions, by_name

    reader = by_name("text_folder")
    root = folder / "documents"

    def case(data: bytes) -> None:
        rmtree(root, ignore_errors=True)
        root.mkdir()
        for part in data.split(PARTS)[:6]:
            name, _, text = part.partition(b"\n")
            shown = os.fsdecode(name.replace(b"/", b"").replace(b"\0", b""))[:60] or "a"
            if shown not in {".", ".."}:
                (root / f"{shown}.md").write_bytes(text)
        for _ in islice(reader.read(root, ReadOptions()), RECORDS):
            pass

    return case


def _taxonomy(folder: Path) -> Case:
    """Read a taxonomy, compile it, and hold an answer of a few kinds against each of its fields."""
    from annotator.model.classification import Answer
    from annotator.taxonomy.compiling import check_answer
    from annotator.taxonomy.reading import load_taxonomy

    tried = ("yes", 1, -1.5, True, "2020-02-30", ["x", "y"], [{"a": "b"}], "x" * 40)

    def case(data: bytes) -> None:
        path = folder / "case.yaml"
        path.write_bytes(data)
        taxonomy = load_taxonomy(path)
        for field in taxonomy.fields[:6]:
            for value in tried:
                with suppress(_ours()):
                    check_answer(taxonomy, field.id, Answer(value=value))

    return case


def _config(folder: Path) -> Case:
    from annotator.config import read_config
    from annotator.tui.keys import Keys

    def case(data: bytes) -> None:
        path = folder / "config.yaml"
        path.write_bytes(data)
        Keys(read_config(path).keys)

    return case


def sealed(lines: bytes) -> bytes:
    """Lines of a bundle as whoever writes one seals them: mistakes behind the seal are the ones to look for."""
    whole = lines if lines.endswith(b"\n") else lines + b"\n"
    end = {"end": whole.count(b"\n"), "sha256": sha256(whole).hexdigest()}
    return gzip.compress(whole + json.dumps(end).encode() + b"\n", compresslevel=1)


def unsealed(bundle: bytes) -> bytes:
    """The lines of a bundle without the one that seals it."""
    return b"".join(gzip.decompress(bundle).splitlines(keepends=True)[:-1])


def _bundle(folder: Path) -> Case:
    """Read a bundle to its end, sealed in whole or, now and then, as it comes."""
    from annotator.store.merging import bundle

    def case(data: bytes) -> None:
        path = folder / "case.bundle"
        path.write_bytes(data if data[:1] == b"\x1f" else sealed(data))
        if bundle.is_bundle(path):
            offer = bundle.read(path)
            for feed in offer.feeds:
                for _ in feed.events:
                    pass
            for _ in offer.subjects:
                pass

    return case


def _merge(folder: Path) -> Case:
    """Merge a bundle into a database, and have the doctor look when something came in."""
    made = template(folder)

    def case(data: bytes) -> None:
        bundle, database = folder / "case.bundle", folder / "case.db"
        bundle.write_bytes(sealed(data))
        afresh(made, database)
        with closing(desk_of(database, "ana")) as desk:
            desk.together.merge([bundle], join=True)
            refuse_findings(desk.store)

    return case


def _imports(folder: Path) -> Case:
    """Import a source into a database that work is in, and have the doctor look when something came in."""
    made, done = template(folder), count(1)
    endings = (".json", ".jsonl", ".csv", ".md", ".html", ".txt", ".tar")

    def case(data: bytes) -> None:
        path = _written(folder, data, endings)
        database = folder / "case.db"
        afresh(made, database)
        with closing(desk_of(database, "ana")) as desk:
            desk.importing.import_path(path)
            if next(done) % EXAMINED == 0:  # the doctor takes longer than an import
                refuse_findings(desk.store)

    return case


def _arguments(folder: Path) -> Case:
    """Call the program with arguments; each part of the case is one, the first chooses the command."""
    from annotator.cli.commands import TABLE, main

    made = template(folder)
    names = sorted(set(TABLE) - KEPT_OUT)
    inside = folder / "inside"

    def case(data: bytes) -> None:
        if not data:
            return
        rmtree(inside, ignore_errors=True)
        inside.mkdir()
        afresh(made, inside / "a.db")
        os.chdir(inside)
        said = [_harmless(os.fsdecode(part.replace(b"\0", b""))) for part in data[1:].split(b"\n")[:12]]
        with _silent():
            main(["--db", "a.db", "--as", "ana", names[data[0] % len(names)], *said])

    return case


def _harmless(argument: str) -> str:
    """The argument, without what would lead out of the folder of the case."""
    return argument.replace("/", "").replace("..", "").replace("~", "")


class _silent:  # used as a function is
    """Have what is printed go nowhere, and nothing come from the keyboard."""

    def __enter__(self) -> None:
        self._streams = sys.stdin, sys.stdout, sys.stderr
        self._first_output = sys.__stdout__
        # Each a stream of its own: the program takes those it prints to apart.
        nowhere = (Path(os.devnull).open("r+", encoding="utf-8") for _ in range(3))  # noqa: SIM115  # closed at the end
        sys.stdin, sys.stdout, sys.stderr = nowhere

    def __exit__(self, *_: object) -> None:
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            stream.close()
        sys.stdin, sys.stdout, sys.stderr = self._streams
        sys.__stdout__ = self._first_output  # type: ignore[misc]  # the program sets it to what it prints to


def template(folder: Path) -> Path:
    """A small database with subjects, work of two people and a decision in it, its taxonomy beside."""
    from tests.desk.making import make_desk, submit_fully

    path = make_desk(folder)
    for name in ("ana", "ben"):
        with closing(desk_of(path, name)) as desk:
            submit_fully(desk, "d:1")
            desk.tagging.note("d:2", "desk", "a remark")
    with closing(desk_of(path, "cleo")) as desk:
        desk.adjudication.adjudicate("d:1", "desk")
    return path


def desk_of(path: Path, annotator: str) -> Desk:
    from annotator.desk import open_desk

    return open_desk(path, annotator)


def afresh(template: Path, database: Path) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    copyfile(template, database)


def refuse_findings(store: Store) -> None:
    found = [finding for finding in store.examine() if finding.problems]
    if found:
        raise FoundError("; ".join(f"{each.check}: {each.problems[0]}" for each in found))


def _ours() -> type[Exception]:
    from annotator.errors import AnnotatorError

    return AnnotatorError


def is_refusal(error: BaseException) -> bool:
    """Whether what a case ended with is an answer in words."""
    return isinstance(error, _ours())


TEXTS = (".md", ".txt", ".html")
TARGETS = (
    Target("aiid_snapshot", 70, _reader("aiid_snapshot", ".csv", ".tar", ".tar.gz", ".tar.bz2"), prefix=1),
    Target("aiid_reports", 120, _reader("aiid_reports", ".json", ".csv", ".jsonl"), prefix=1),
    Target("aiid_classifications", 130, _reader("aiid_classifications", ".json", ".jsonl"), prefix=1),
    Target("report_page", 90, _reader("report_page", ".html", ".txt"), prefix=1),
    Target("news_record", 100, _reader("news_record", ".md"), prefix=1),
    Target("annotator_export", 117, _reader("annotator_export", ".jsonl", ".json", ".csv"), prefix=1),
    Target("text_folder", 90, _reader("text_folder", *TEXTS), prefix=1),
    Target("folder", 30, _folder),
    Target("taxonomy", 80, _taxonomy),
    Target("config", 50, _config),
    Target("bundle", 60, _bundle),
    Target("merge", 8, _merge),
    Target("import", 40, _imports, prefix=1),
    Target("arguments", 15, _arguments, prefix=1),
)
assert sum(each.share for each in TARGETS) == 1_000


def by_name(name: str) -> Target:
    """The target of that name; raises StopIteration where there is none."""
    return next(each for each in TARGETS if each.name == name)
