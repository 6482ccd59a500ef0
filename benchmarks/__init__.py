"""How fast the program is, as its user sees it: ratios measured in one run."""
