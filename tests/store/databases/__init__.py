"""Small databases as each schema was written by a program of its time; `write.py` says how they were made."""

from __future__ import annotations

import gzip
from pathlib import Path

HERE = Path(__file__).parent


def schemas() -> list[int]:
    """The schemas of which there is a database, ascending."""
    return sorted(int(file.name.removeprefix("schema_").removesuffix(".db.gz")) for file in HERE.glob("schema_*.db.gz"))


def unpack(schema: int, folder: Path) -> Path:
    """A database of a schema, to be opened or spoilt."""
    path = folder / f"schema_{schema}.db"
    path.write_bytes(gzip.decompress((HERE / f"schema_{schema}.db.gz").read_bytes()))
    return path
