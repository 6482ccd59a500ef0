"""Which cases of a test are tried with every change, and which with the slow proofs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest


def mostly_slow(cases: Collection[Any], *at_once: Any) -> list[Any]:
    """Leave all cases but some to the slow proofs; those stay in every run. A case of several values is a tuple."""
    left = [case for case in at_once if case not in cases]
    assert not left, f"no cases: {left}"
    slow = pytest.mark.slow
    return [
        case if case in at_once else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=slow)
        for case in cases
    ]
