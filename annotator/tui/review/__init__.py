"""Where annotators differ: the disputed subjects, and everybody's answers side by side."""
