"""The taxonomies of several folders, by namespace and version; files are read when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.errors import NotFoundError, Problem, TaxonomyError
from annotator.files import is_file_to_read, is_folder, stands
from annotator.foreign import reading

if TYPE_CHECKING:
    from annotator.model.taxonomy import Taxonomy

LIMIT = 4_000_000
"""Bytes of a taxonomy."""
MOST_KNOWN = 1_000
"""Words among which one that is like another is looked for."""
"""Bytes; the largest taxonomy shipped is under 100 kB."""


def read_text(path: Path) -> str:
    """Read a file as UTF-8 of reasonable size; folders, devices and other bytes are a TaxonomyError in words."""
    raw = _bytes_of(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = "UTF-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "not UTF-8"
        raise TaxonomyError([Problem("", f"is {found}; save it as UTF-8", str(path), line)]) from error


def _bytes_of(path: Path) -> bytes:
    try:
        if is_folder(path):
            raise TaxonomyError([Problem("", "is a folder; name a file in it", str(path))])
        if stands(path) and not is_file_to_read(path):
            raise TaxonomyError(
                [Problem("", "is not a file that can be read to its end; name a .yaml file", str(path))]
            )
        with path.open("rb") as opened:
            raw = opened.read(LIMIT + 1)
    except FileNotFoundError as error:
        message = "cannot be read: there is no such file; check the name"
        raise TaxonomyError([Problem("", message, str(path))]) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"cannot be read ({reason}); check the name and the permissions"
        raise TaxonomyError([Problem("", message, str(path))]) from error
    if len(raw) > LIMIT:
        message = f"is over {LIMIT:,} bytes; a taxonomy is far smaller, so check that it is one"
        raise TaxonomyError([Problem("", message, str(path))])
    return raw


def unreadable(file: str, why: str) -> TaxonomyError:
    """The refusal of a taxonomy of which something could not be read at all."""
    return TaxonomyError([Problem("", f"cannot be read: {why}; correct it, or have it written again", file)])


def closest(word: Any, known: Iterable[str]) -> str | None:
    """The known word most like this one, the first of those alike but for case; None when none is near.

    Of more than so many words the first are looked at.
    """
    by_folded: dict[str, str] = {}
    for each in islice(known, MOST_KNOWN):
        by_folded.setdefault(each.casefold(), each)
    found = get_close_matches(str(word).casefold()[:200], by_folded, n=1)
    return by_folded[found[0]] if found else None


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """`; did you mean 'choices'?`, or nothing."""
    best = closest(word, known)
    return f"; did you mean {best!r}?" if best else ""


def shortened(words: Iterable[str], most: int = 8) -> str:
    """List words with commas, and say how many more there are."""
    listed = list(words)
    more = f", … {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def quoted(value: Any, most: int = 80) -> str:
    """A value as code would write it, cut off when it is long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"


NAMESPACE = re.compile(r"""^namespace:[ \t]+["']?([A-Za-z][\w\-]*)["']?[ \t]*(?:#.*)?$""", re.MULTILINE | re.ASCII)
VERSION = re.compile(r"""^version:[ \t]+["']?(\d{1,9})["']?[ \t]*(?:#.*)?$""", re.MULTILINE | re.ASCII)

VERSIONS = re.compile(r"[0-9]{1,16}")
"""What may be one; whatever else a file says is told where it is read whole."""


class Entry(NamedTuple):
    """A taxonomy file as far as a listing needs it."""

    namespace: str
    version: int
    path: Path


class Refusal(NamedTuple):
    """A file that is not the shipped taxonomy it calls itself."""

    entry: Entry
    problems: tuple[Problem, ...]


class Library:
    """Finds taxonomies in folders: the shipped ones first, then a team's own."""

    def __init__(self, folders: Sequence[Path], shipped: Path | None = None) -> None:
        """Take folders (or single files) that are there; what one of them ships no other file can take the name of."""
        self.folders = tuple(folders)
        self.shipped = shipped
        self._taxonomies: dict[Path, Taxonomy] = {}

    def namespaces(self) -> list[str]:
        """All namespaces, in alphabetical order."""
        return sorted({entry.namespace for entry in self.entries}, key=str.casefold)

    def versions(self, namespace: str) -> list[int]:
        """The versions of a namespace, lowest first."""
        name = self._named(namespace)
        return sorted({entry.version for entry in self.entries if entry.namespace == name})

    def get(self, namespace: str, version: int | None = None) -> Taxonomy:
        """Read a taxonomy, the highest version unless told; raise NotFoundError or TaxonomyError."""
        name = self._named(namespace)
        wanted = self.versions(name)[-1] if version is None else version
        found = [entry for entry in self.entries if entry[:2] == (name, wanted)]
        if not found:
            versions = ", ".join(str(each) for each in self.versions(name))
            raise NotFoundError(f"{name} has no version {wanted}; there is {versions}")
        return self._agreed(found)

    @cached_property
    def entries(self) -> list[Entry]:
        """Every file whose namespace can be told, in the order of the folders."""
        refused = {refusal.entry for refusal in self.refused}
        return [entry for entry in self._told if entry not in refused]

    @cached_property
    def refused(self) -> list[Refusal]:
        """The files that call themselves as a shipped taxonomy is called and are not that; they hide nothing."""
        ours = {(entry.namespace.casefold(), entry.version): entry for entry in self._told if self._is_shipped(entry)}
        alike = (
            (entry, ours.get((entry.namespace.casefold(), entry.version)))
            for entry in self._told
            if not self._is_shipped(entry)
        )
        found = ((entry, self._unlike(entry, other)) for entry, other in alike if other)
        return [Refusal(entry, tuple(problems)) for entry, problems in found if problems]

    def refused_as(self, namespace: str) -> list[Problem]:
        """Why files are refused that call themselves so, in whatever case."""
        name = namespace.casefold()
        return [each for refusal in self.refused if refusal.entry.namespace.casefold() == name
                for each in refusal.problems]  # fmt: skip

    @property
    def warnings(self) -> list[str]:
        """Which files are refused, why, and what is used instead, in sentences."""
        problems = [problem for refusal in self.refused for problem in refusal.problems]
        return [f"{problem}. The one that comes with the program is used." for problem in problems]

    @cached_property
    def problems(self) -> list[Problem]:
        """What is wrong with files that cannot be used; this reads them all."""
        found = [problem for refusal in self.refused for problem in refusal.problems]
        refused = {refusal.entry for refusal in self.refused}
        for entry in (each for each in self._listed.values() if each not in refused):
            found += entry.problems if isinstance(entry, TaxonomyError) else self._problems_of(entry)
        return list(dict.fromkeys(found))

    @cached_property
    def _listed(self) -> dict[Path, Entry | TaxonomyError]:
        return {path: _entry(path) for path in self._files()}

    @cached_property
    def _told(self) -> list[Entry]:
        return [entry for entry in self._listed.values() if isinstance(entry, Entry)]

    def _is_shipped(self, entry: Entry) -> bool:
        return self.shipped is not None and entry.path.parent == self.shipped

    def _unlike(self, entry: Entry, shipped: Entry) -> list[Problem]:
        """Why a file is not the shipped taxonomy it calls itself; nothing when it says the same."""
        try:
            if read_text(entry.path) == read_text(shipped.path) or self._read(entry.path) == self._read(shipped.path):
                return []
        except TaxonomyError as error:
            return error.problems
        return [_claim(entry, shipped)]

    def _files(self) -> Iterator[Path]:
        for folder in self.folders:
            with reading(partial(unreadable, str(folder))):
                inside = sorted(folder.iterdir()) if folder.is_dir() else [folder]
            yield from (path for path in inside if path.suffix in {".yaml", ".yml"} or path == folder)

    def _named(self, namespace: str) -> str:
        known = self.namespaces()
        if namespace in known:
            return namespace
        alike = [each for each in known if each.casefold() == namespace.casefold()]
        if len(alike) == 1:
            return alike[0]
        hint = did_you_mean(namespace, known) or f"; there is {shortened(known, 20) or 'none'}"
        raise NotFoundError(f"no taxonomy is called {namespace!r}{hint}{self._unreadable()}")

    def _unreadable(self) -> str:
        broken = [str(path) for path, entry in self._listed.items() if isinstance(entry, TaxonomyError)]
        return f" (`annotator taxonomy check` says why {shortened(broken)} cannot be used)" if broken else ""

    def _agreed(self, entries: list[Entry]) -> Taxonomy:
        """The taxonomy of several files that must all say the same."""
        first, *others = [self._read(entry.path) for entry in entries]
        for entry, other in zip(entries[1:], others, strict=True):
            if other.sha256 != first.sha256:
                raise TaxonomyError([_contradiction(entries[0], entry)])
        return first

    def _problems_of(self, entry: Entry) -> list[Problem]:
        try:
            self._agreed([each for each in self.entries if each[:2] == entry[:2]])
        except TaxonomyError as error:
            return error.problems
        return []

    def _read(self, path: Path) -> Taxonomy:
        if path not in self._taxonomies:
            from annotator.taxonomy.reading import load_taxonomy

            self._taxonomies[path] = load_taxonomy(path)
        return self._taxonomies[path]


def _claim(entry: Entry, shipped: Entry) -> Problem:
    message = (
        f"{shipped.namespace} version {shipped.version} comes with the program, in {shipped.path}, and this says "
        "something else; give this another namespace or a higher version"
    )
    return Problem("namespace", message, str(entry.path))


def _contradiction(first: Entry, second: Entry) -> Problem:
    message = (
        f"{first.namespace} version {first.version} is also in {first.path} and says something else; "
        "raise the version of one of them"
    )
    return Problem("version", message, str(second.path))


def _entry(path: Path) -> Entry | TaxonomyError:
    """Namespace and version of a file, from two of its lines where they stand plainly."""
    try:
        with reading(lambda why: unreadable(str(path), why)):
            text = read_text(path)
            plain = _plainly(text)
            return Entry(*plain, path) if plain else _parsed_entry(path, text)
    except TaxonomyError as error:
        return error


@lru_cache(maxsize=64)  # a second desk in the same process lists the same files
def _plainly(text: str) -> tuple[str, int] | None:
    namespaces, versions = NAMESPACE.findall(text), VERSION.findall(text)
    return (namespaces[0], int(versions[0])) if len(namespaces) == len(versions) == 1 else None


def _parsed_entry(path: Path, text: str) -> Entry:
    from annotator.taxonomy.yaml_source import YamlSource

    value = YamlSource(text, str(path)).value
    namespace = value.get("namespace") if isinstance(value, dict) else None
    if not isinstance(namespace, str):
        raise TaxonomyError([Problem("namespace", "is not there; begin with `namespace: …`", str(path), 1)])
    version = str(value.get("version", 1)).removesuffix(".0")
    return Entry(namespace, int(version) if VERSIONS.fullmatch(version) else 1, path)
