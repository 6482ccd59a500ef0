"""The array types of this package."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyInts = NDArray[np.integer[Any]]
"""Whole numbers of any width, as they come in."""
