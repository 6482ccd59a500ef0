"""The desk, killed while somebody types: what the screen called saved is in the file, and words come back.

Words are kept within a second, and it takes as long again on a slow disk: a kill takes two seconds of typing.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from annotator.desk.unsaved.words import UnsavedWords
from tests.trust.filling import FIELDS, answers, desk_at, examine, fill
from tests.trust.killing import KILLED, side_by_side
from tests.trust.sitting import Sitting, load, opened, some_words
from tests.trust.table import Row

TIMES = 1_000
SUBJECTS = 700
WORDS = 0.3
"""The share of kills while words are typed, and not answers."""
SHOWN_AGAIN = 5
"""Of so many kills while words are typed, after one the desk is opened again to see them."""
LOST = 2.0
"""Seconds of typing that a kill may take."""
EXAMINED = 50
PROCESSES = 4
"""A desk waits as much as it computes."""
ANSWERED = re.compile(r"Field ([a-l]) +(yes|no)\b")
SAVED = "✓ saved"


def rows(share: float) -> Iterator[Row]:
    """Kills at the desk."""
    load()
    yield side_by_side("kill -9, desk in a terminal", max(4, round(TIMES * share)), _kill, PROCESSES)


def _kill(row: Row, chance: random.Random, times: int) -> None:
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        path = Path(folder) / "desk.db"
        fill(path, SUBJECTS)
        for turn in range(times):
            if chance.random() < WORDS:
                _kill_a_writer(row, chance, path, turn)
            else:
                _kill_a_tagger(row, chance, path, turn)
            row.times += 1
            if turn % EXAMINED == EXAMINED - 1:
                desk = desk_at(path, "ana")
                examine(desk.store, row, f"kill {turn}")
                desk.close()


def _killed(desk: Sitting, row: Row, when: str) -> None:
    if desk.kill() != KILLED or b"Traceback" in desk.told:
        row.damage(f"{when}: the desk ended by itself:\n" + "\n".join(desk.screen()))


def _kill_a_tagger(row: Row, chance: random.Random, path: Path, turn: int) -> None:
    """Answer one field after the other, and be killed in between."""
    when = f"kill {turn} at many:{turn}"
    desk = opened(path, "ana", turn)
    for _ in range(chance.randint(1, len(FIELDS))):
        desk.press(chance.choice("yn"))
        desk.read(chance.choice((0, 0.01, 0.1)))
    desk.read(chance.uniform(0, 0.15))
    _killed(desk, row, when)
    screen = desk.screen()
    shown = dict(ANSWERED.findall("\n".join(screen)))
    told = desk_at(path, "ana")
    held = answers(told.store, f"many:{turn}", "ana")
    told.close()
    if SAVED not in screen[0]:  # what is on its way may be there or not
        return
    row.saved += len(shown)
    for letter, value in shown.items():
        if held.get(f"field_{letter}") != (value == "yes"):
            row.lose(f"{when}: field {letter} was shown as saved, {value}, and the file holds {held}:\n{screen[0]}")


def _kill_a_writer(row: Row, chance: random.Random, path: Path, turn: int) -> None:
    """Write a note and do not save it, and be killed."""
    when = f"kill {turn} at many:{turn}"
    desk = opened(path, "ana", turn)
    desk.press("ro")
    desk.until("kept with the classification")
    words = some_words(chance, 70)
    moments = []
    for letter in words[: chance.randint(20, 70)]:
        desk.press(letter)
        desk.read(0.04)
        moments.append(time.monotonic())
    desk.read(chance.uniform(0, 2))
    _killed(desk, row, when)
    killed = time.monotonic()
    sure = words[: sum(moment < killed - LOST for moment in moments)].rstrip()
    row.saved += bool(sure)
    if not _kept(path, sure):
        row.lose(f"{when}: “{sure}” was typed two seconds before and is not kept")
    if turn % SHOWN_AGAIN == 0 and sure:
        _look_again(row, path, turn, sure)


def _kept(path: Path, words: str) -> bool:
    kept = UnsavedWords(path, "ana")
    try:
        return not words or any(each.text.startswith(words) for each in kept.all())
    finally:
        kept.close()


def _look_again(row: Row, path: Path, turn: int, words: str) -> None:
    """Open the note again: the words stand in it."""
    desk = opened(path, "ana", turn)
    desk.press("ro")
    try:
        desk.until(words.split("  ", maxsplit=1)[0])
    except TimeoutError as error:
        row.lose(f"kill {turn}: words do not come back: {error}")
    _killed(desk, row, f"after kill {turn}")
