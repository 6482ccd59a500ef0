"""Reliability statistics on compact tables of counts: pure functions, no input or output.

A unit is one (subject, field); units with the same values are one pattern with a number of
times. Every coefficient is a function of a few sums over patterns (`sums`), so the same formula
serves the estimate, a thousand resamples, the jackknife and the live table.
NumPy is imported by the modules in here and nowhere else. It is larger than all the rest
together, so it is an extra, and asking for statistics without it says so.
"""

from importlib.util import find_spec

from annotator.errors import RequestError

if find_spec("numpy") is None:
    raise RequestError(
        "The statistics need NumPy, which is not installed: pip install numpy "
        "(for pipx: pipx inject annotator numpy), then ask again."
    )
