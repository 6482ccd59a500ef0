"""Rounds of annotation: what they are for, and which one is meant under each taxonomy."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

FIRST = 1
"""The round that every taxonomy has without being started."""
SHOWN = 5
"""Digits of a round's id that people read and write; more are told only where it needs them."""
SMALLEST, LARGEST = 10**11, 10**12 - 1
"""Ids of rounds that are started; earlier versions of the program counted them from 2."""

Purpose = Literal["first", "second_pass", "retest", "calibration", "training"]
"""Subjects nobody had; those of a former round for others; again for the same; for all, to find a common reading;
for whoever learns."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
FOR_RESULTS: frozenset[Purpose] = frozenset({"first", "second_pass"})
"""What is decided and published by; the others measure or teach."""
IN_WORDS: dict[Purpose, str] = {
    "first": "first",
    "second_pass": "second pass",
    "retest": "retest",
    "calibration": "calibration",
    "training": "training",
}


class Part(NamedTuple):
    """One round, and under which taxonomies it is meant."""

    round: int
    only: str = ""
    """The one taxonomy; empty: all but some."""
    but: tuple[str, ...] = ()

    def sql(self, table: str = "assignments") -> str:
        """The same as a condition behind others, on a table's round and taxonomy; takes `values` by name.

        The plus keeps the taxonomy in what rows are in order by: SQLite would take it for settled and sort the rest.
        """
        which = f" AND +{table}.taxonomy = :part_only" if self.only else ""
        if self.but:
            names = ", ".join(f":part_but_{at}" for at in range(len(self.but)))
            which = f" AND {table}.taxonomy NOT IN ({names})"
        return f" AND {table}.round = :part_round{which}"

    @property
    def values(self) -> dict[str, Any]:
        """What `sql` takes."""
        but = {f"part_but_{at}": each for at, each in enumerate(self.but)}
        return {"part_round": self.round, "part_only": self.only, **but}


class InRounds(NamedTuple):
    """Which round is meant under each taxonomy: the one that somebody named, else the first but for some."""

    named: int = 0
    """For whatever taxonomy; 0: nobody named one."""
    others: tuple[tuple[str, int], ...] = ()
    """Taxonomies in another round than the first."""

    def under(self, taxonomy: str) -> int:
        """The round under a taxonomy."""
        return self.named or dict(self.others).get(taxonomy, FIRST)

    @property
    def parts(self) -> list[Part]:
        """Each round by itself, so that what is in it is found by index and in order."""
        if self.named or not self.others:
            return [Part(self.named or FIRST)]
        elsewhere = [Part(number, taxonomy) for taxonomy, number in self.others]
        return [Part(FIRST, but=tuple(name for name, _ in self.others)), *elsewhere]

    def sql(self, taxonomy: str = "taxonomy") -> str:
        """The round as SQL, where a column says the taxonomy; takes `values` by name."""
        if self.named or not self.others:
            return ":in_round"
        cases = " ".join(f"WHEN :in_taxonomy_{at} THEN :in_round_{at}" for at in range(len(self.others)))
        return f"(CASE {taxonomy} {cases} ELSE :in_round END)"

    def but(self, taxonomy: str, round_: int) -> InRounds:
        """The same with another round under one taxonomy."""
        others = {name: number for name, number in (*self.others, (taxonomy, round_)) if number != FIRST}
        if round_ == FIRST:
            others.pop(taxonomy, None)
        return InRounds(0, tuple(sorted(others.items())))

    @property
    def if_named(self) -> str:
        """The same as a condition on a column `round`, for what is asked of all rounds unless one is named."""
        return "round = :in_round" if self.named else "1"

    @property
    def values(self) -> dict[str, Any]:
        """What `sql` takes."""
        given: dict[str, Any] = {"in_round": self.named or FIRST}
        for at, (taxonomy, round_) in enumerate(() if self.named else self.others):
            given |= {f"in_taxonomy_{at}": taxonomy, f"in_round_{at}": round_}
        return given


FIRST_ROUNDS = InRounds()
"""The first, under every taxonomy."""


def short(round_: int) -> str:
    """A round as people read it: the beginning of its id; `--round` takes it."""
    return str(round_)[:SHOWN]


def in_words(round_: int, purpose: str = "") -> str:
    """A round with what it is for, as far as that is known."""
    told = IN_WORDS.get(purpose, "") if round_ != FIRST else ""  # type: ignore[call-overload]
    return f"round {short(round_)}" + (f" ({told})" if told else "")
