"""The headless desk: what a person does at the screen, a script can do here."""

from annotator.desk.desk import Change, Session, open_session
from annotator.desk.queue import Queue

__all__ = ["Change", "Queue", "Session", "open_session"]
