"""What the threads of the queue tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from annotator.desk.queue import Queue
    from annotator.desk.unsaved.words import UnsavedWords
    from annotator.model.queue import QueueRow
    from annotator.tui.saving import Saving


class ReadWords(Message):
    """What was typed and not saved when the desk was closed has been read."""

    def __init__(self, saving: Saving, words: UnsavedWords) -> None:
        super().__init__()
        self.saving = saving
        self.words = words


class FoundMentions(Message):
    """Comments on so many subjects name whoever looks."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class FoundConflicts(Message):
    """So many places that may be seen are in conflict."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class FoundWaiting(Message):
    """So many deeds wait for whoever looks, who is a lead."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class Followed(Message):
    """Lines of a queue have been read anew, from one on, and how many subjects there are."""

    def __init__(self, queue: Queue, first: int, rows: list[QueueRow], subjects: int) -> None:
        super().__init__()
        self.queue = queue
        self.first = first
        self.rows = rows
        self.subjects = subjects


def waiting_words(count: int) -> str:
    """That deeds wait for a lead, and how to see them."""
    if count == 1:
        return "One deed waits for you: who did it had no role for it. `annotator waiting` tells which."
    return f"{count:,} deeds wait for you: who did them had no role for them. `annotator waiting` lists them."
