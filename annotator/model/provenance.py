"""Who or what made a classification, and what it came from. Plain, because exports and comparisons read it."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple


class ImportedFrom(NamedTuple):
    """The file or folder that something came from."""

    source: str
    """Its name, without the folders it lay in."""
    sha256: str
    """Of its bytes, or of its manifest, in hexadecimal; empty where it was no file."""


class Provenance(NamedTuple):
    """Who or what made a classification, whoever it is attributed to."""

    kind: Literal["person", "model"] = "person"
    generator: str = ""
    """What a model is called; empty when nobody said."""
    version: str = ""
    configuration: str = ""
    """Its prompt or settings, or a hash of them."""
    reviewed_by: str = ""
    """Who looked at what the model made."""

    @property
    def is_machine_made(self) -> bool:
        """Whether a model made it."""
        return self.kind == "model"

    @property
    def named(self) -> str:
        """`person`, or `model` and what is known of it, in short."""
        return " ".join(filter(None, (self.kind, self.generator, self.version)))

    def told(self) -> dict[str, str]:
        """What events and exports say: the kind, and of the rest what is known."""
        said = {name: str(getattr(self, name)) for name in NAMES}
        return {"kind": self.kind, **{name: text for name, text in said.items() if text}}

    @classmethod
    def of(cls, told: dict[str, Any] | None) -> Provenance:
        """The inverse of `told`; where nothing is told a person made it."""
        return cls(**told) if told else PERSON


NAMES = ("generator", "version", "configuration", "reviewed_by")
"""What may be known of a model, as JSON calls it."""
BY_COLUMNS = {
    "kind": "by", "generator": "generator", "version": "generator_version",
    "configuration": "generator_configuration", "reviewed_by": "reviewed_by",
}  # fmt: skip
"""What tables call it, by its name in JSON."""
IMPORTED_COLUMNS = {"source": "imported_from", "sha256": "imported_sha256"}
"""What tables call where a classification was imported from, by its name in JSON."""
PERSON = Provenance()
ELSEWHERE = "decided elsewhere"


def decided_elsewhere(file: str) -> str:
    """How an answer or ruling that came with an import was decided; no file where nobody kept which it was."""
    return f"{ELSEWHERE} (imported from {file})" if file else f"{ELSEWHERE} (imported)"


def understood(said: Any) -> Provenance | None:
    """What a file says of who made a classification; None when that cannot be understood."""
    if not isinstance(said, dict) or not said.keys() <= {"kind", *NAMES}:
        return None
    if not all(isinstance(each, str) for each in said.values()):
        return None
    return Provenance(**said) if said.get("kind") == "model" or said == {"kind": "person"} else None
