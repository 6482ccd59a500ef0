"""Reliability statistics on compact tables of counts: pure functions, no input or output.

A unit is one (subject, field); units with the same values are one pattern with a number of
times. Every coefficient is a function of a few sums over patterns (`sums`), so the same formula
serves the estimate, a thousand resamples, the jackknife and the live table.
NumPy is imported by the modules in here and nowhere else: it takes longer to load than all
the rest together, and who asks for no statistics does not wait for it.
"""
