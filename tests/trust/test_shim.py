"""The library that lets system calls fail does that, to SQLite and to Python alike, and to no file elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trust import shim

TRIED = """
import errno, os, sqlite3, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.trust.shim import Shim
folder, shim, said = Path(sys.argv[1]), Shim(), []
(folder / "in").mkdir()
shim.watch(folder / "in")
os.chdir(folder / "in")
connection = sqlite3.connect("a.db", isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE t (a)")
assert all(shim.counts[kind] for kind in ("open", "read", "write", "sync", "mmap", "unlink", "stat")), shim.counts
shim.watch(folder / "in")
shim.fail("sync", 1, errno.EIO)
for _ in range(2):
    try:
        connection.execute("INSERT INTO t VALUES (1)")
        said.append("done")
    except sqlite3.OperationalError as error:
        said.append(error.sqlite_errorname)
shim.watch(folder / "in")
shim.fail("rename", 1, errno.EACCES, on=True)
(folder / "out").write_text("x")
(folder / "out").rename(folder / "other")
for _ in range(2):
    Path("b").write_text("x")
    try:
        Path("b").rename("c")
    except OSError as error:
        said.append(errno.errorcode[error.errno])
assert shim.failed == 2
shim.fail("rename", 0, 0)
Path("b").rename("c")
print(*said)
"""


def test_one_call_fails_and_all_that_follow(tmp_path: Path) -> None:
    if reason := shim.why_not():
        pytest.skip(reason)
    command = [sys.executable, "-c", TRIED, str(tmp_path), str(Path(__file__).parents[2])]
    env = shim.environment(shim.make(tmp_path))
    done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    assert done.stdout.split() == ["SQLITE_IOERR_FSYNC", "done", "EACCES", "EACCES"]
