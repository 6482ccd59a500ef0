"""The headless desk: what a person does at the screen, a script can do here."""

from annotator.session.queue import Queue
from annotator.session.session import Session, open_session
from annotator.session.undoing import Change

__all__ = ["Change", "Queue", "Session", "open_session"]
