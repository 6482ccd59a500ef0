"""The base of every pydantic value in the project."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Immutable, and strict about names it does not know. What caches properties says how it is copied."""

    model_config = ConfigDict(frozen=True, extra="forbid")
