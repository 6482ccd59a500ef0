"""Where annotators differ, what was decided about it, and whether that is still true."""
