"""Hand-ins: which counts, and what came after it."""
