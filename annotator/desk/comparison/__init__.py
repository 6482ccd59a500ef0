"""Compare annotators: which classifications take part, and the tables that come of it.

Takes counted patterns from the store and statistics from `agreement`; what it gives is frozen
and shaped as the commands print it.
"""
