"""How far everybody is."""
