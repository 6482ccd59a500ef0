"""A desk full of things that not everybody may see, and who may see which.

Every word that ends in `tell` stands for something an annotator said; where it turns up, it was shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any, overload

import pytest

from annotator.desk import Desk, open_desk
from annotator.desk.exchange.importing import import_records
from annotator.desk.settings import change
from annotator.model.classification import Answer, Evidence
from annotator.model.record import ClassificationRecord, RawValue
from annotator.store.team import assignments
from tests.desk.making import make_desk

ONE = frozenset({"anntell", "bentell", "ruledtell"})
"""Of incident 1: handed in by Ann and Ben, and decided by the lead. Bob has a draft there, and Cy is to do it."""
BROUGHT = frozenset({"aiidtell", "issuetell"})
"""Of incident 1 too: what an import brought, and what it could not accept."""
TWO = frozenset({"anntwotell", "bentwotell"})
"""Of incident 2, where nobody is at work."""
EARLIER, GUS = frozenset({"annearliertell"}), frozenset({"gustell"})
"""Of incident 3: what Ann handed in before, and Gus; Ann classifies it again in the second round."""
ALL = ONE | BROUGHT | TWO | EARLIER | GUS
TALK_ONE, TALK_TWO, TALK_THREE = frozenset({"leadtalktell"}), frozenset({"anntalktell"}), frozenset({"gustalktell"})
"""What people said to each other about each incident."""
ASKED = frozenset({"doratalktell"})
"""What Dora asked about the second, who has said nothing of it otherwise: it tells nobody's answers."""
TALK = TALK_ONE | TALK_TWO | TALK_THREE | ASKED
OPEN: dict[str, frozenset[str]] = {
    "ann": ONE | BROUGHT | TWO | TALK_ONE | TALK_TWO | ASKED,
    "ANN": ONE | BROUGHT | TWO | TALK_ONE | TALK_TWO | ASKED,
    "ben": ONE | BROUGHT | TWO | TALK_ONE | TALK_TWO | ASKED,
    "gus": BROUGHT | EARLIER | GUS | TALK_THREE | ASKED,
    "lead": ONE | BROUGHT | TALK_ONE | ASKED,
    "bob": ASKED,
    "BOB": ASKED,
    "Ｂｏｂ": ASKED,
    "cy": ASKED,
    "dora": BROUGHT | ASKED,
    "eve": ALL | TALK,
    "": TWO | TALK_TWO | ASKED,
}
"""What is open to whom, by name; the empty one is nobody's."""
KNOWN_AS = {"ANN": "ann", "BOB": "bob", "Ｂｏｂ": "bob"}
"""Other spellings of somebody's name, with the one they are known by."""
AT_ONCE = ("Ｂｏｂ", "dora")
"""Somebody at work, in another spelling, and a stranger: tried with every change."""
EVERYBODY = pytest.mark.parametrize(
    "names",
    [AT_ONCE, pytest.param(tuple(name for name in OPEN if name not in AT_ONCE), marks=pytest.mark.slow)],
    ids=["some", "others"],
)
"""All of them, most with the slow proofs."""
STRANGERS = {
    "1": ("gus", "dora"),
    "2": ("gus", "lead", "bob", "BOB", "Ｂｏｂ", "cy", "dora"),
    "3": ("ben", "lead", "bob", "BOB", "Ｂｏｂ", "cy", "dora"),
}
"""By incident: who may look at it as one who decides, and cannot classify it then."""
OF = {"1": ONE | BROUGHT, "2": TWO, "3": EARLIER | GUS}
NS = "desk"


def make_blinded(folder: Path) -> Path:
    """The database; beside it stand its taxonomies."""
    path = make_desk(folder)
    _import(path)
    for name, tell in (("ann", "Anntell"), ("ben", "Bentell")):
        hand_in(path, name, "d:1", tell)
        hand_in(path, name, "d:2", tell.replace("tell", "twotell"))
    with closing(open_desk(path, "ann")) as ann:
        ann.tagging.raise_flag("d:1", NS, "Anntell, is it?", "maker")
    hand_in(path, "ann", "d:3", "Annearliertell")
    hand_in(path, "gus", "d:3", "Gustell")
    _decide(path)
    with closing(open_desk(path, "ann", round_=2)) as again:
        again.tagging.note("d:3", NS, "once more")
    with closing(open_desk(path, "bob")) as bob:
        bob.tagging.note("d:1", NS, "not sure yet")
        assign(bob, "d:1", "cy")
        change(bob.store, "lead", "reviewers", "eve")
    _talk(path)
    return path


def _talk(path: Path) -> None:
    """Comments on each incident, one of them under the taxonomy; Bob is named where he is at work."""
    for name, key, namespace, text in (
        ("lead", "d:1", "", "Leadtalktell: what do you say, @bob?"),
        ("ann", "d:2", NS, "Anntalktell under a taxonomy"),
        ("gus", "d:3", "", "Gustalktell, @ann"),
        ("dora", "d:2", "", "Doratalktell: which report?"),
    ):
        with closing(open_desk(path, name)) as desk:
            desk.comments.write(key, text, namespace)


def hand_in(path: Path, name: str, key: str, tell: str) -> None:
    """Say something everywhere one can, and submit it."""
    quoted = Evidence(report="d:r1", start=0, end=9, quote=f"{tell} quote", prefix=f"{tell} before")
    with closing(open_desk(path, name)) as desk:
        desk.tagging.answer(key, NS, "outcome", Answer(value="none"))
        desk.tagging.answer(key, NS, "maker", Answer(value=f"{tell} maker", evidence=(quoted,)))
        desk.tagging.answer(key, NS, "words", Answer(value=[tell]))
        desk.tagging.answer(key, NS, "remark", Answer(value=f"{tell} remark"))
        desk.tagging.skip(key, NS, f"{tell} skip")
        desk.tagging.note(key, NS, f"{tell} note")
        desk.tagging.submit(key, NS)
        desk.tagging.reopen(key, NS, f"{tell} reopening")
        desk.tagging.submit(key, NS)


def shown(text: str) -> frozenset[str]:
    """Everything that a text gives away."""
    said = text.casefold()
    return frozenset(tell for tell in ALL | TALK if tell in said)


def fresh(made: Path, folder: Path) -> Path:
    """A copy in a folder, whatever was done to an earlier one there."""
    (folder / "taxonomies").mkdir(exist_ok=True)
    copyfile(made.parent / "taxonomies" / "desk.yaml", folder / "taxonomies" / "desk.yaml")
    for file in folder.glob("desk.db*"):
        file.unlink()
    return Path(copyfile(made, folder / "desk.db"))


@overload
def at(path: Path, name: str, /, *, round_: int = 1) -> AbstractContextManager[Desk]: ...
@overload
def at(path: Path, name: str, /, *names: str, round_: int = 1) -> AbstractContextManager[list[Desk]]: ...
def at(path: Path, /, *names: str, round_: int = 1) -> AbstractContextManager[Any]:
    """One or several people at the desk."""
    return _at(path, names, round_)


@contextmanager
def _at(path: Path, names: tuple[str, ...], round_: int) -> Iterator[Desk | list[Desk]]:
    with ExitStack() as stack:
        found = [stack.enter_context(closing(open_desk(path, name, round_=round_))) for name in names]
        yield found[0] if len(found) == 1 else found


def review(desk: Desk, key: str) -> object:
    """Look at a subject as one who decides."""
    return desk.review.of(key, NS)


def looked(path: Path) -> list[tuple[str, str]]:
    """Who has looked, and at what, after the lead looked at the first subject."""
    with at(path, "") as desk, desk.store.reading() as transaction:
        sql = "SELECT annotator, key FROM looks JOIN subjects ON subjects.id = subject_id ORDER BY looked_at"
        first, *found = transaction.execute(sql).fetchall()
    assert first == ("lead", "d:1")
    return [(str(name), str(key)) for name, key in found]


def assign(desk: Desk, key: str, name: str, round_: int = 1) -> None:
    """Deal one subject out."""
    with desk.store.writing() as transaction:
        (subject,) = transaction.execute("SELECT id FROM subjects WHERE key = ?", (key,)).fetchone()
        one = assignments.Assignment(subject, name, 1, 1)
        assignments.put(transaction, NS, round_, [one], "lead")


def _import(path: Path) -> None:
    values = (RawValue("words", ["Aiidtell"]), RawValue("outcome", "Issuetell"), RawValue("sectors", "health"))
    record = ClassificationRecord(
        subject="d:1", taxonomy=NS, annotator="AIID", values=values, publish=True, notes="Aiidtell note",
        status="submitted", place="row 1",
    )  # fmt: skip
    with closing(open_desk(path, "")) as desk:
        assert import_records(desk.project, [record], "test").issues


def _decide(path: Path) -> None:
    with closing(open_desk(path, "lead")) as lead:
        decide = lead.adjudication
        decide.rule("d:1", NS, "maker", Answer(value="Ruledtell"), "slip", "Ruledtell note")
        for field in ("words", "remark"):
            decide.adopt("d:1", NS, field, "ann", "slip", "Ruledtell note")
        decide.adjudicate("d:1", NS)
