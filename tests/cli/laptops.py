"""Several laptops, each with a database, a home and a person of its own, on which commands are called."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from annotator.store.log import replicas
from tests.cli.conftest import Program, Said
from tests.desk.making import make_desk

NS = "desk"


@dataclass(frozen=True)
class Laptop:
    """One person's."""

    name: str
    folder: Path
    program: Program
    patches: pytest.MonkeyPatch
    owner: str = ""
    """Whose it is, where somebody else sits at it."""

    @property
    def path(self) -> Path:
        """Their database."""
        return self.folder / "desk.db"

    def __call__(self, *arguments: str | Path) -> Said:
        """Call a command as its owner."""
        with self.in_use():
            return self.program("--db", self.path, "--as", self.name, *arguments)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let the program find this laptop's home and machine."""
        with self.patches.context() as patches:
            patches.setenv("XDG_STATE_HOME", str(self.folder / "state"))
            patches.setattr(replicas, "machine", lambda: f"the laptop of {self.owner or self.name}")
            yield

    def used_by(self, name: str) -> Laptop:
        """The same laptop with somebody else at it."""
        return replace(self, name=name, owner=self.owner or self.name)

    def answer(self, key: str, *answers: str, submit: bool = False) -> Said:
        """Classify a subject; every answer is `field=value`."""
        given = [part for each in answers for part in ("--set", each)]
        said = self("classify", key, "--taxonomy", NS, *given, *(["--submit"] if submit else []))
        assert said.code == 0, said.err
        return said

    def hand_in(self, key: str, maker: str) -> None:
        """Hand a whole classification in that says who the maker is."""
        self.answer(key, "outcome=none", f"maker={maker}", submit=True)

    @property
    def digest(self) -> str:
        """What stands for all that this laptop's database holds."""
        said = self("verify", "--json")
        assert said.code == 0, said.out
        (found,) = said.json
        return str(found["digest"])

    def fine(self) -> None:
        """See that nothing speaks against the file."""
        assert self("doctor").code == 0
        assert self("verify").code == 0


Laptops = Callable[..., list[Laptop]]


def laptops(tmp_path: Path, program: Program, patches: pytest.MonkeyPatch, *names: str) -> list[Laptop]:
    """Laptops of some people; the database is the first one's, who reviews. The others have the taxonomy alone."""
    first, *others = names
    lead = Laptop(first, tmp_path / "laptop-0", program, patches)
    lead.folder.mkdir()
    with lead.in_use():
        make_desk(lead.folder)
    made = [lead, *(beside(lead, name, f"laptop-{number}") for number, name in enumerate(others, 1))]
    assert made[0]("settings", "reviewers", names[0]).code == 0
    return made


def beside(lead: Laptop, name: str, folder: str) -> Laptop:
    """Another laptop, with the taxonomies alone."""
    made = Laptop(name, lead.folder.parent / folder, lead.program, lead.patches)
    shutil.copytree(lead.folder / "taxonomies", made.folder / "taxonomies")
    return made


def lines_of(bundle: Path) -> list[str]:
    """The lines of a bundle, its end left out."""
    return gzip.decompress(bundle.read_bytes()).decode().splitlines()[:-1]


def sealed(bundle: Path, lines: Sequence[str]) -> Path:
    """Write lines as a bundle whose end fits them, as somebody does who knows how bundles are made."""
    text = "".join(f"{line}\n" for line in lines)
    end = json.dumps({"end": len(lines), "sha256": sha256(text.encode()).hexdigest()}, separators=(",", ":"))
    bundle.write_bytes(gzip.compress(f"{text}{end}\n".encode(), mtime=0))
    return bundle
