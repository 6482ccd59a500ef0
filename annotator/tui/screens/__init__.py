"""Screens: they ask the session and set what the widgets show."""
