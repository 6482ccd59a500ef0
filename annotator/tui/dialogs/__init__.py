"""Dialogs: modal screens that ask one thing and always dismiss with an answer."""
