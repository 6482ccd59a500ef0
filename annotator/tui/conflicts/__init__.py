"""The screen of conflicts."""
