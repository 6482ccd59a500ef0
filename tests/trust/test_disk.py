"""Whatever system call fails under a command: no damage, no traceback, the code of the docs and the reason in words."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.cli.test_blind_commands import leaves
from tests.trust import disk, shim, ways

FEW = ("classify", "export", "import texts")


@pytest.fixture(autouse=True)
def _can_fail() -> None:
    if reason := shim.why_not():
        pytest.skip(f"system calls cannot be made to fail, because {reason}")


def found(made: disk.Matrix, cases: list[disk.Case]) -> list[str]:
    """What speaks against any of the cases."""
    return [f"{case}: {fault}" for case, verdict in made.tried(cases) for fault in verdict.faults]


def test_every_command_has_a_way() -> None:
    assert set(leaves()) <= ways.WAYS.keys()


def test_some_calls_fail_and_nothing_is_lost(tmp_path: Path) -> None:
    with disk.matrix(tmp_path, 1, FEW) as made:
        assert found(made, made.cases(24, seed=1)) == []


@pytest.mark.slow
def test_many_calls_fail_and_nothing_is_lost(tmp_path: Path) -> None:
    # The desk's threads make their calls in another order each time; `make trust` tries them, and shows what comes.
    with disk.matrix(tmp_path, 2, [name for name in ways.WAYS if name not in ways.PIECEMEAL]) as made:
        assert found(made, made.cases(800, seed=2)) == []


@pytest.mark.slow
def test_a_log_that_was_taken_in_only_in_part_stays(tmp_path: Path) -> None:
    """A read that fails while the log is taken in leaves a file that holds together with its log alone."""
    with disk.matrix(tmp_path, 2, ["erase"]) as made:
        reads = made.clean["erase"]["counts"]["read"]
        cases = [disk.Case("erase", "read", nth, errno.EROFS, False) for nth in range(reads - 70, reads + 1)]
        assert found(made, cases) == []
