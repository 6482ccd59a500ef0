"""What the tests of the store share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.store.store import Store
from tests.store.making import make_store

Lock = Callable[[Path], None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with three incidents."""
    made = make_store(tmp_path / "desk.db")
    yield made
    made.close()


@pytest.fixture
def write_protect() -> Iterator[Lock]:
    """Take the right to write a file or folder away, from root too where the file system can do that."""
    frozen: list[Path] = []
    modes: dict[Path, int] = {}

    def lock(path: Path) -> None:
        modes[path] = path.stat().st_mode
        path.chmod(0o555 if path.is_dir() else 0o444)
        if os.access(path, os.W_OK):
            frozen.append(path)
            subprocess.run(["chattr", "+i", path], check=False, capture_output=True)
        if os.access(path, os.W_OK):
            pytest.skip("root may write everything here, and the file system cannot freeze a file")

    yield lock
    for path in frozen:
        subprocess.run(["chattr", "-i", path], check=False, capture_output=True)
    for path, mode in modes.items():
        path.chmod(mode)
