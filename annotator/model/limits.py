"""What a file can hold. Plain, because every command reads it."""

LARGEST = 2**63 - 1
"""The largest whole number."""
LONGEST_NAME = 10_000
"""Characters of a key or a name."""
