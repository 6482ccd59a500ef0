"""What many tests share."""

from __future__ import annotations

import gc
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from inspect import iscoroutinefunction
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

Lock = Callable[[Path], None]

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# A busy machine takes its time; that alone is no failure.
# The same examples at every run, so that a failure is somebody's change; `make properties` looks for new ones.
settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "more", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("quick", settings.get_profile("unhurried"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))


PICTURED_WITH = (8, 2)
"""The Textual that drew the pictures of the screens; raise it when they are taken anew."""
QUICK_CASES = 3
"""Cases of one test on files that `make quick` tries."""
SLOW = 900
"""Seconds for one of the slow proofs, also on a machine that does much else."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of screens first, mark those that compare pictures, and skip these where an older Textual draws.

    Long are the tests on real data, of the others that press keys all but the first of each file,
    and of the cases of a test on files all but the first few.
    """
    drawing = tuple(int(part) for part in version("textual").split(".")[:2])
    reason = f"the pictures were drawn by Textual {'.'.join(map(str, PICTURED_WITH))}, and this is {version('textual')}"
    items.sort(key=lambda item: item.path.parent.name != "tui")  # so that no worker is left with the longest
    walked: set[Path] = set()
    tried: Counter[str] = Counter()
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(SLOW))
        case_of = item.nodeid.partition("[")[0]
        tried[case_of] += 1
        if "snap_compare" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.picture)
            if drawing < PICTURED_WITH:
                item.add_marker(pytest.mark.skip(reason=reason))
        elif "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.long)
        elif item.path.parent.name == "tui" and iscoroutinefunction(getattr(item, "function", None)):
            if item.path in walked:
                item.add_marker(pytest.mark.long)
            walked.add(item.path)
        elif tried[case_of] > QUICK_CASES and "tmp_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.long)


AT_ONCE, LEFT = 4_000_000, 1_000_000
"""How many new objects have garbage looked for in the middle of a test, and at the end of one."""


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Have garbage looked for seldom, and never among what was loaded to collect: a sixth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(AT_ONCE, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Look for garbage once tests have left enough; what is there then, such as what was computed once, stays."""
    if gc.get_count()[0] > LEFT:
        gc.collect()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Leave what is still there at the end out of the last looks for garbage, which are many."""
    gc.collect()
    gc.freeze()


TESTS = count(1)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the person who runs the tests has set out of them, and what one leaves out of the next."""
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(TESTS))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """A folder whose path no later test gets: what was typed last is still written when a test has ended."""
    own = tmp_path / str(next(TESTS))
    own.mkdir()
    return own


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real data folder is not beside this checkout")
    return SHARED


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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "annotator-test", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)
