"""What a file can hold. Plain, because every command reads it."""

LARGEST = 2**63 - 1
"""The largest whole number."""
LARGEST_SENT = 2**53 - 1
"""The largest number of events, counters and versions in what is sent: any program reads such numbers exactly."""
LONGEST_NAME = 10_000
"""Characters of a key or a name."""
