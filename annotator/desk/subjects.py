"""What there is to read: subjects with their reports, and the taxonomies that ask about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.desk.place import unknown
from annotator.errors import NotFoundError
from annotator.store import people, subjects

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.model.outline import SubjectKind
    from annotator.model.subject import SubjectView
    from annotator.model.taxonomy import Taxonomy

KEPT = 4
"""Subjects that stay in memory, so that going back and forth reads nothing twice."""


class Subjects:
    """The subjects and taxonomies of one project; keeps the latest subjects until others change the file."""

    def __init__(self, project: Project) -> None:
        """Take an open project."""
        self.project = project
        self.store = project.store
        self._read: dict[str, SubjectView] = {}
        self._changes = 0

    def subject(self, key: str) -> SubjectView:
        """A subject with its reports; raises NotFoundError."""
        changes = self.store.foreign_changes()
        if changes != self._changes:  # it may have been imported anew
            self._read, self._changes = {}, changes
        found = self._read.pop(key, None) or self._read_anew(key)
        self._read = {**dict(list(self._read.items())[1 - KEPT :]), key: found}
        return found

    def prefetch(self, key: str) -> None:
        """Read a subject ahead of time."""
        if key not in self._read:
            self.subject(key)

    def kind_of(self, key: str) -> SubjectKind:
        """Whether a subject is an incident or a report; raises NotFoundError."""
        with self.store.reading() as transaction:
            kind = subjects.kind_of(transaction, key)
        if kind is None:
            raise unknown(key)
        return kind

    def resolve(self, text: str) -> str:
        """The key of a subject, from the key or what stands behind its colon; raises NotFoundError."""
        text = text.strip()
        with self.store.reading() as transaction:
            found = subjects.keys_like(transaction, text)
        if len(found) == 1 or text in found:
            return found[0]
        if not found:
            raise NotFoundError(f"There is no subject {text!r}; `annotator list` shows what there is.")
        raise NotFoundError(f"{text!r} can be several subjects; write the whole key: {', '.join(found)}.")

    def apart(self) -> list[dict[str, str]]:
        """Subjects that a source calls alike and that stand apart, each lot with its keys and titles."""
        with self.store.reading() as transaction:
            return [subjects.titles(transaction, keys) for keys in subjects.apart(transaction)]

    def annotators(self) -> list[str]:
        """Everybody who has classified something here."""
        with self.store.reading() as transaction:
            return people.annotators(transaction)

    def default_taxonomies(self) -> list[str]:
        """Namespaces in the order of the tabs."""
        return self.project.namespaces()

    def taxonomies_for(self, kind: SubjectKind) -> list[Taxonomy]:
        """Current taxonomies that ask something about this kind of subject."""
        current = [self.taxonomy(namespace) for namespace in self.project.namespaces()]
        return [taxonomy for taxonomy in current if kind in taxonomy.applies_to and taxonomy.fields_for(kind)]

    def taxonomy(self, namespace: str, version: int | None = None) -> Taxonomy:
        """A taxonomy by name, by default its current version, knowing what earlier ones had; raises NotFoundError."""
        return self.project.remembering(self.project.taxonomy(namespace, version))

    def _read_anew(self, key: str) -> SubjectView:
        with self.store.reading() as transaction:
            found = subjects.view(transaction, key)
        if found is None:
            raise unknown(key)
        return found
