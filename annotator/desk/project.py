"""An open database together with the taxonomies it is used with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import NotFoundError
from annotator.files import is_folder, real, stands
from annotator.store.connection import USUAL, Patience
from annotator.store.store import Store

if TYPE_CHECKING:
    from annotator.model.classification import Answer
    from annotator.model.outline import TaxonomyOutline
    from annotator.model.taxonomy import Field, Taxonomy
    from annotator.taxonomy.library import Library

DEFAULTS = ("harm_type", "technology", "affected_group", "CSETv1", "GMF", "MIT", "CSETv0")


class Project:
    """Finds every taxonomy version, on disk or in the file, and keeps the file's copy up to date."""

    def __init__(self, store: Store, find_library: Callable[[], Library], tabs: Sequence[str] = ()) -> None:
        """Take what is open already, and what finds the taxonomies once they are asked for; use `Project.open`."""
        self.store = store
        self._find_library = find_library
        self.library_read: Library | None = None
        """The taxonomies on disk once they have been asked for here."""
        self.tabs = tuple(tabs)
        self._known: dict[tuple[str, int], Taxonomy] = {}
        self._latest: dict[str, Taxonomy] = {}
        """The current versions, by name as it was asked for."""
        self._remembering: dict[tuple[str, int], Taxonomy] = {}
        store.use_rule(self.hidden)

    @classmethod
    def open(
        cls,
        path: Path,
        folders: Sequence[Path] = (),
        *,
        tabs: Sequence[str] = (),
        create: bool = True,
        read_only: bool = False,
        patience: Patience = USUAL,
    ) -> Project:
        """Open a database with the shipped taxonomies and a team's own; `tabs` names those that come first.

        Raises NotFoundError for a folder that is not there, and StoreError.
        """
        refuse_missing(folders)
        store = Store.open(path, create=create, read_only=read_only, patience=patience)
        return cls(store, cache(partial(library_for, path, folders)), tabs)

    def another(self, patience: Patience | None = None) -> Project:
        """The same with a connection of its own, for another thread; as patient as this one unless told."""
        return Project(self.store.another(patience), self._find_library, self.tabs)

    @property
    def library(self) -> Library:
        """The taxonomies on disk; all connections to one file share them."""
        self.library_read = self._find_library()
        return self.library_read

    def namespaces(self) -> list[str]:
        """Every taxonomy there is: the tabs asked for, the shipped ones in their usual order, then a team's own.

        Those come last that the file alone holds, as others' bundles bring them.
        """
        from annotator.store import taxonomies

        with self.store.reading() as transaction:
            kept = taxonomies.namespaces(transaction)
        found = in_order(self.library, self.tabs)
        known = {name.casefold() for name in found}
        return [*found, *(name for name in kept if name.casefold() not in known)]

    def named(self, namespace: str) -> str:
        """The exact name of a taxonomy, on disk or only in the file, whatever the case; raises NotFoundError."""
        from annotator.store import project

        with self.store.reading() as transaction:
            used = project.taxonomies(transaction)
        if namespace in used:
            return namespace
        known = [*self.library.namespaces(), *used]
        alike = dict.fromkeys(each for each in known if each.casefold() == namespace.casefold())
        if namespace in alike or len(alike) == 1:
            return namespace if namespace in alike else next(iter(alike))
        return self.library.get(namespace).namespace

    def taxonomy(self, namespace: str, version: int | None = None) -> Taxonomy:
        """A taxonomy by name; without a version the current one. Raises NotFoundError."""
        if version is None:
            if namespace not in self._latest:
                self._latest[namespace] = self._in_file_alone(namespace) or self.library.get(namespace)
            return self._latest[namespace]
        return self._find(namespace, version) or self.library.get(namespace, version)

    def put_back(self) -> None:
        """Put taxonomies under which somebody worked, and which the file lacks, into it where a folder has them."""
        from annotator.store import taxonomies
        from annotator.store.merging import lacking

        with self.store.reading() as transaction:
            names = lacking.taxonomies(transaction)
        for namespace, version in names:
            with suppress(NotFoundError):
                found = self.taxonomy(namespace, version)
                with self.store.writing() as transaction:
                    taxonomies.put(transaction, found)

    def _in_file_alone(self, namespace: str) -> Taxonomy | None:
        """The newest version in the file of a taxonomy that is not on disk; None for one that is, or is nowhere."""
        from annotator.store import taxonomies

        if any(name.casefold() == namespace.casefold() for name in self.library.namespaces()):
            return None
        with self.store.reading() as transaction:
            return taxonomies.newest(transaction, namespace)

    def remembering(self, taxonomy: Taxonomy) -> Taxonomy:
        """The same, knowing the fields and choices that only earlier versions in this file had."""
        from annotator.store import taxonomies

        key = (taxonomy.namespace, taxonomy.version)
        if key not in self._remembering:
            with self.store.reading() as transaction:
                earlier = taxonomies.earlier(transaction, *key)
            self._remembering[key] = taxonomy.remembering(earlier) if earlier else taxonomy
        return self._remembering[key]

    def field(self, namespace: str, field_id: str) -> Field:
        """A field of the current version of a taxonomy; raises NotFoundError."""
        taxonomy = self.taxonomy(namespace)
        if field_id not in taxonomy.by_id:
            name = taxonomy.namespace
            raise NotFoundError(f"{name} has no field {field_id!r}; `annotator taxonomy show {name}` lists them.")
        return taxonomy.by_id[field_id]

    def outline(self, namespace: str, version: int, earlier: Sequence[TaxonomyOutline] = ()) -> TaxonomyOutline:
        """A version as far as comparing answers needs it, which costs no check where the file has it.

        It knows the choices that those before it had, oldest first.
        """
        from annotator.store import taxonomies

        with self.store.reading() as transaction:
            return taxonomies.outline(transaction, namespace, version, earlier) or self.taxonomy(namespace, version)

    def hidden(self, namespace: str, version: int, answers: Mapping[str, Answer]) -> frozenset[str]:
        """The hiding rule of the store: by the taxonomy version the answers were given under."""
        taxonomy = self._find(namespace, version)
        if taxonomy is None:
            return frozenset()
        from annotator.model.taxonomy import hidden_fields

        return hidden_fields(taxonomy, answers)

    def _find(self, namespace: str, version: int) -> Taxonomy | None:
        """The file's own copy first: it is what the answers were given under."""
        key = (namespace, version)
        if key not in self._known:
            found = self._stored(*key) or self._current(*key)
            if found is None:
                return None
            self._known[key] = found
        return self._known[key]

    def _stored(self, namespace: str, version: int) -> Taxonomy | None:
        from annotator.store import taxonomies

        with self.store.reading() as transaction:
            return taxonomies.get(transaction, namespace, version)

    def _current(self, namespace: str, version: int) -> Taxonomy | None:
        if namespace not in self.library.namespaces():
            return None
        current = self.library.get(namespace)
        return current if current.version == version else None


def library_for(path: Path, folders: Sequence[Path] = ()) -> Library:
    """The shipped taxonomies with a team's own.

    A folder `taxonomies` beside the database counts as the team's own. Raises NotFoundError
    for a folder that was named and is not there.
    """
    from annotator.resources import data_folder
    from annotator.taxonomy.library import Library

    refuse_missing(folders)
    beside = path.absolute().parent / "taxonomies"
    shipped = data_folder("taxonomies")
    named = [beside, *folders] if is_folder(beside) else folders
    return Library([shipped, *(folder for folder in named if real(folder) != real(shipped))], shipped)


def refuse_missing(folders: Sequence[Path]) -> None:
    """Raise NotFoundError for the first folder that is not there."""
    for folder in folders:
        if not stands(folder):
            raise NotFoundError(f"there is no folder {folder}; create it, or name the one with your taxonomies")


def in_order(library: Library, first: Sequence[str] = ()) -> list[str]:
    """The namespaces of a library: those named first, the shipped ones in their usual order, then the others."""
    found = library.namespaces()
    return [name for name in dict.fromkeys((*first, *DEFAULTS, *found)) if name in found]
