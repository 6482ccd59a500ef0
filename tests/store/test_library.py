"""Which versions of SQLite are named for the fault at the reset of the log."""

from __future__ import annotations

import pytest

from annotator.store.file.library import fault


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 44, 7), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0), (3, 6, 23)])
def test_versions_that_are_mended_are_passed_over(version: tuple[int, int, int]) -> None:
    assert fault(version) == ""


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 49, 2), (3, 50, 6), (3, 51, 2)])
def test_versions_with_the_fault_are_named_with_what_avoids_it(version: tuple[int, int, int]) -> None:
    named = ".".join(map(str, version))
    assert fault(version).startswith(f"SQLite {named} has a fault")
    assert "newer SQLite avoids it" in fault(version)
