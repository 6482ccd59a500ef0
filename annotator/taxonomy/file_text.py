"""The text of a taxonomy file, of whatever bytes somebody points at."""

from __future__ import annotations

from pathlib import Path

from annotator.errors import Problem, TaxonomyError

LIMIT = 4_000_000
"""Bytes; the largest taxonomy shipped is under 100 kB."""


def read_text(path: Path) -> str:
    """Read a file as UTF-8 of reasonable size; raise TaxonomyError in words."""
    raw = _bytes_of(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = "UTF-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "not UTF-8"
        raise TaxonomyError([Problem("", f"is {found}; save it as UTF-8", str(path), line)]) from error


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise TaxonomyError([Problem("", "is a folder; name a file in it", str(path))])
        if path.exists() and not path.is_file():
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
