"""The digamma function ψ, which NumPy lacks."""

from __future__ import annotations

import numpy as np

from annotator.agreement.arrays import Floats


def digamma(x: Floats) -> Floats:
    """ψ(x) for x > 0 to about twelve digits.

    Raised by eight with ψ(x) = ψ(x + 1) − 1/x, then the asymptotic series (Abramowitz & Stegun 1964, 6.3.5, 6.3.18).
    """
    raised = np.array(x, dtype=np.float64)
    total = np.zeros_like(raised)
    for _ in range(8):
        total -= 1 / raised
        raised += 1
    square = 1 / raised**2
    tail = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.asarray(total + np.log(raised) - 0.5 / raised - tail)
