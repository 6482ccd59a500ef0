"""Rounds as they stand in the file, and which of them is meant where nobody names one.

A round belongs to a taxonomy. Those that older versions of the program started were everybody's: they have a row
without a taxonomy, and one for each taxonomy they were used in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from secrets import randbelow
from typing import NamedTuple, cast

from annotator.model.rounds import FIRST, FOR_RESULTS, LARGEST, SMALLEST, InRounds, Purpose
from annotator.model.visibility import NOBODY, Viewer
from annotator.store.connection import Transaction

EVERYBODYS = ""
"""The taxonomy of a round that an older version of the program started for all of them."""


class Round(NamedTuple):
    """A round that was started."""

    taxonomy: str
    round: int
    purpose: Purpose
    started_by: str
    started_at: str
    closed_by: str = ""
    closed_at: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether nothing new is begun in it."""
        return bool(self.closed_at)

    @property
    def is_for_results(self) -> bool:
        """Whether what is handed in is decided and published, and not only measured or taught by."""
        return self.purpose in FOR_RESULTS


COLUMNS = """taxonomy, rounds.round, purpose, started_by, started_at,
             CASE WHEN is_closed THEN said_by ELSE '' END, CASE WHEN is_closed THEN said_at ELSE '' END"""
STARTED = f"SELECT {COLUMNS} FROM rounds LEFT JOIN closings USING (taxonomy, round)"


def started(transaction: Transaction, taxonomy: str = EVERYBODYS) -> list[Round]:
    """Every round that was started, in order; under one taxonomy, if named."""
    sql = f"{STARTED} WHERE taxonomy != '{EVERYBODYS}' AND :taxonomy IN ('', taxonomy) ORDER BY counter, event"
    return [Round._make(row) for row in transaction.execute(sql, {"taxonomy": taxonomy})]


def numbers(transaction: Transaction) -> list[int]:
    """The ids of all rounds that there are, each once; the first is everybody's."""
    rows = transaction.execute("SELECT DISTINCT round FROM rounds ORDER BY 1")
    return sorted({FIRST, *(number for (number,) in rows)})


def one(transaction: Transaction, taxonomy: str, round_: int) -> Round | None:
    """A round of a taxonomy, the first too; None where nobody started it."""
    if round_ == FIRST:
        return _first(transaction, taxonomy)
    sql = f"{STARTED} WHERE taxonomy IN (?, '{EVERYBODYS}') AND rounds.round = ? ORDER BY taxonomy DESC LIMIT 1"
    row = transaction.execute(sql, (taxonomy, round_)).fetchone()
    return Round._make(row)._replace(taxonomy=taxonomy) if row else None


def _first(transaction: Transaction, taxonomy: str) -> Round:
    """The round that nobody had to start, which may be closed like any other."""
    sql = "SELECT said_by, said_at FROM closings WHERE taxonomy = ? AND round = ? AND is_closed"
    closed = transaction.execute(sql, (taxonomy, FIRST)).fetchone() or ("", "")
    return Round(taxonomy, FIRST, "first", "", "", *closed)


def in_order(transaction: Transaction, taxonomy: str, found: Iterable[int]) -> list[int]:
    """Rounds of a taxonomy in the order in which they were started; what nobody started comes by its number."""
    place = {each.round: at for at, each in enumerate(started(transaction, taxonomy), 1)}
    return sorted(found, key=lambda number: (place.get(number, 0), number))


def new_id(transaction: Transaction) -> int:
    """An id for a new round, which nobody can guess."""
    known = set(numbers(transaction))
    return next(number for number in _drawn() if number not in known)


def _drawn() -> Iterator[int]:
    while True:
        yield SMALLEST + randbelow(LARGEST - SMALLEST + 1)


def spread(transaction: Transaction) -> None:
    """Keep rounds of older versions under every taxonomy they are used in; call inside a write transaction."""
    if not _any(transaction, f"SELECT 1 FROM rounds WHERE taxonomy = '{EVERYBODYS}'"):
        return
    transaction.execute(
        f"""INSERT OR IGNORE INTO rounds
            SELECT used.taxonomy, round, purpose, started_by, started_at, counter, event FROM rounds AS older
            JOIN (SELECT taxonomy, round FROM assignments UNION SELECT taxonomy, round FROM classifications) AS used
              USING (round) WHERE older.taxonomy = '{EVERYBODYS}'"""
    )


# Which round is meant


def worked_in(transaction: Transaction, annotator: str) -> InRounds:
    """Where somebody works: under each taxonomy the newest round in which they have open work, else the team's.

    In a closed round only what they have begun is open work, and it comes behind that of rounds that are not.
    """
    found = {taxonomy: _worked_in(transaction, annotator, rounds) for taxonomy, rounds in _grouped(transaction)}
    return _rounds(found)


def of_subject(transaction: Transaction, annotator: str, key: str, in_rounds: InRounds) -> InRounds:
    """Where somebody works on one subject: in a round it is open to them in, before the one they work in otherwise.

    A retest, calibration or training has subjects of its own: any other is worked on in the team's round.
    """
    sql = """SELECT taxonomy, round, 1 FROM assignments
               WHERE subject_id = (SELECT id FROM subjects WHERE key = :key) AND +annotator = :annotator AND +done = 0
             UNION ALL SELECT taxonomy, round, status = 'draft' FROM classifications
               WHERE subject_id = (SELECT id FROM subjects WHERE key = :key) AND annotator = :annotator
                 AND status != 'untouched'"""
    opened: dict[str, set[int]] = {}
    had: dict[str, set[int]] = {}
    grouped = _grouped(transaction)
    for taxonomy, number, is_open in transaction.execute(sql, {"key": key, "annotator": annotator}) if grouped else ():
        had.setdefault(taxonomy, set()).add(number)
        if is_open:
            opened.setdefault(taxonomy, set()).add(number)
    found = in_rounds
    for taxonomy, rounds in grouped:
        ordered = [each.round for each in rounds] + [FIRST]
        here, mine = in_rounds.under(taxonomy), opened.get(taxonomy, set())
        if here not in mine:
            is_side = any(each.round == here and not each.is_for_results for each in rounds)
            at_hand = here if here in had.get(taxonomy, ()) or not is_side else _of_the_team(rounds)
            found = found.but(taxonomy, next((number for number in ordered if number in mine), at_hand))
    return found


def decided_in(transaction: Transaction, viewer: Callable[[], Viewer]) -> InRounds:
    """What is compared and decided: under each taxonomy the newest round that has something to decide for a viewer.

    Where there is none, the newest in which somebody handed something in. Rounds for results come before others,
    so that a retest does not stand before what everybody works at. Who looks is asked where any round was started.
    """
    grouped = _grouped(transaction)
    who = viewer() if grouped else NOBODY
    return _rounds({taxonomy: _decided_in(transaction, who, taxonomy, rounds) for taxonomy, rounds in grouped})


def dealt_in(transaction: Transaction, taxonomy: str) -> int:
    """Where work is dealt out: the newest round for results that is not closed."""
    return _of_the_team(dict(_grouped(transaction)).get(taxonomy, []))


def _grouped(transaction: Transaction) -> list[tuple[str, list[Round]]]:
    """The rounds that were started, by taxonomy, the newest first."""
    found: dict[str, list[Round]] = {}
    for each in reversed(started(transaction)):
        found.setdefault(each.taxonomy, []).append(each)
    return list(found.items())


def _rounds(found: Mapping[str, int]) -> InRounds:
    return InRounds(0, tuple(sorted((name, number) for name, number in found.items() if number != FIRST)))


def _of_the_team(rounds: Iterable[Round]) -> int:
    return next((each.round for each in rounds if each.is_for_results and not each.is_closed), FIRST)


def _worked_in(transaction: Transaction, annotator: str, rounds: list[Round]) -> int:
    known = (*rounds, _first(transaction, rounds[0].taxonomy)) if annotator else ()
    for each in sorted(known, key=lambda each: each.is_closed):
        if _has_open_work(transaction, annotator, each):
            return each.round
    return _of_the_team(rounds)


def _has_open_work(transaction: Transaction, annotator: str, round_: Round) -> bool:
    place = {"annotator": annotator, "taxonomy": round_.taxonomy, "round": round_.round}
    which = "annotator = :annotator AND taxonomy = :taxonomy AND round = :round"
    sql = f"SELECT 1 FROM classifications WHERE {which} AND status = 'draft'"
    if not round_.is_closed:
        sql += f" UNION ALL SELECT 1 FROM assignments WHERE {which} AND done = 0"
    return _any(transaction, sql, place)


def has_begun(transaction: Transaction, annotator: str, round_: int) -> bool:
    """Whether somebody has begun anything in a round, under whatever taxonomy, or handed it in."""
    sql = "SELECT 1 FROM classifications WHERE annotator = :annotator AND round = :round AND status != 'untouched'"
    return _any(transaction, sql, {"annotator": annotator, "round": round_})


def _decided_in(transaction: Transaction, viewer: Viewer, taxonomy: str, rounds: list[Round]) -> int:
    from annotator.store.deciding.reviews import witnesses
    from annotator.store.visibility import not_at_work_on

    first = _first(transaction, taxonomy)
    ordered = [each.round for each in sorted([*rounds, first], key=lambda each: not each.is_for_results)]
    seen = not_at_work_on(transaction, viewer, "disputed_subjects").named
    disputed = f"""SELECT 1 FROM disputed_subjects
                   WHERE taxonomy = :taxonomy AND round = :round AND settled = 0{seen.and_sql}"""
    for number in ordered:
        if _any(transaction, disputed, {"taxonomy": taxonomy, "round": number, **seen.given}):
            return number
    return next((each for each in ordered if witnesses(transaction, taxonomy, each, 1)), _of_the_team(rounds))


def _any(transaction: Transaction, sql: str, values: Mapping[str, object] | None = None) -> bool:
    return bool(transaction.execute(f"SELECT EXISTS ({sql})", cast("dict[str, object]", values or {})).fetchone()[0])
