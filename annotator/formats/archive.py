"""Look into a tar archive without trusting it: no path, link or size outside the limits."""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast

from annotator.errors import SourceError, UnsafeArchiveError
from annotator.foreign import reading

ENDINGS = (".tar.bz2", ".tbz2", ".tbz", ".tar.gz", ".tgz", ".tar")
SIZE_LIMIT = 4 << 30
MEMBER_LIMIT = 50_000
WANTED_LIMIT = 1_000
"""Files that are written out; a snapshot has some ten tables."""
RATIO_LIMIT = 200
RATIO_FLOOR = 16 << 20
"""Bytes up to which no ratio is suspicious: small texts can be very repetitive."""
READ_LIMIT = 4 << 20
"""Bytes one step of reading may ask for; only a forged header asks for more."""


class Unpacked(NamedTuple):
    """The wanted files, each in a folder of its own, and the names of all others."""

    files: dict[PurePosixPath, Path]
    others: list[PurePosixPath]


def unpack(path: Path, wanted: Callable[[PurePosixPath], bool], into: Path) -> Unpacked:
    """Write the wanted members below a folder; raise UnsafeArchiveError, or SourceError when damaged."""
    with reading(lambda why: _broken(path, why)), _decompressed(path) as stream:
        metered = _Metered(stream, path)
        with tarfile.open(fileobj=metered, mode="r:") as archive:  # type: ignore[call-overload]
            return _walk(archive, path, wanted, into)


def _decompressed(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        magic = file.read(3)
    if magic == b"BZh":
        return bz2.open(path)
    if magic[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.open(path))
    return path.open("rb")


def _walk(archive: tarfile.TarFile, path: Path, wanted: Callable[[PurePosixPath], bool], into: Path) -> Unpacked:
    found = Unpacked({}, [])
    limit = min(SIZE_LIMIT, max(RATIO_LIMIT * path.stat().st_size, RATIO_FLOOR))
    total = count = 0
    for member in archive:
        name = _safe_name(member, path)
        count, total = count + 1, total + member.size
        if count > MEMBER_LIMIT:
            raise UnsafeArchiveError(
                f"{path}: holds more than {MEMBER_LIMIT:,} files; unpack what you need and import it"
            )
        if total > limit:
            raise UnsafeArchiveError(
                f"{path}: would unpack to more than {limit >> 20:,} MB, {total // max(path.stat().st_size, 1):,} times "
                "its size; if you trust it, unpack it yourself and import the folder"
            )
        if member.isdir():
            continue
        if wanted(name):
            if len(found.files) >= WANTED_LIMIT:
                raise UnsafeArchiveError(
                    f"{path}: holds more than {WANTED_LIMIT:,} tables of a snapshot; unpack what you need and import it"
                )
            found.files[name] = _write(archive, member, into / str(count) / name.name)
        else:
            found.others.append(name)
    return found


def _safe_name(member: tarfile.TarInfo, path: Path) -> PurePosixPath:
    name = PurePosixPath(member.name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in (name.parts or ("",))[0]:
        raise UnsafeArchiveError(f"{path}: holds {member.name!r}, a path out of the archive; do not trust it")
    if not (member.isreg() or member.isdir()):
        raise UnsafeArchiveError(f"{path}: holds {member.name!r}, a link or device; do not trust it")
    return name


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> Path:
    target.parent.mkdir(parents=True)
    source = archive.extractfile(member)
    with target.open("wb") as file:
        shutil.copyfileobj(source or io.BytesIO(), file, 1 << 20)
    if target.stat().st_size != member.size:
        raise EOFError(f"{member.name} is incomplete")
    return target


def _broken(path: Path, why: str) -> SourceError:
    return SourceError(
        f"{path}: is no tar archive, or only the beginning of one ({why}); "
        "fetch it again, or unpack it and import what it holds"
    )


class _Metered:
    """A stream that gives out no more in one step than an honest archive asks for."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self.stream, self.path = stream, path
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        if size > READ_LIMIT or size < 0:
            raise UnsafeArchiveError(f"{self.path}: has a header of {size:,} bytes; do not trust it")
        return self.stream.read(size)
