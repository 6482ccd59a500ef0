"""Patterns of taxonomies: matched under a time limit, and looked at beforehand for what can run away.

A group that is repeated runs away where one text can be read both as one turn of it and as two: of a long text there
are then so many readings that no program tries them all. A taxonomy with such a pattern is refused; whatever else
takes too long ends after `PATIENCE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import regex

from annotator.taxonomy.as_regex import REFERENCE_TO_ANY_CASE, as_regex, is_warned_of

PATIENCE = 0.2
"""Seconds of processor time for one comparison; an ordinary one takes microseconds."""
MANY = 10
"""Turns from which on a group counts as repeated without end."""
LONGEST = 20_000
"""Signs that a pattern may ask for, its repetitions written out."""
DEEPEST, WIDEST = 16, 24
"""Texts that a group is tried with: how many characters, and how many of one length."""
USUAL = "aA0 _-.,;:/"
"""Signs that texts are made of, beside those that stand in the pattern."""
FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|\(\?P?<\w++>|\(\?[:=!>|]|\(\?<[=!]|[()]|.", re.DOTALL)
POSIX = re.compile(r"\[.*\[:\^?\w+:\]", re.DOTALL)
FUZZY = re.compile(r"\{[\s\d+<=]*[eids]")
"""How a permission for so many errors begins, which `re` takes for the signs themselves."""
REPEATED = re.compile(r"[*+]|\{\d*,?(\d*)\}")


def turns(pattern: str) -> int:
    """How many signs a pattern asks for at most, its repetitions written out: what it takes to read it grows so."""
    sums = [0]
    last, at = 0, 0
    while token := TOKEN.match(pattern, at):
        at, said = token.end(), token[0]
        if said.startswith("("):
            sums.append(0)
            continue
        last = sums.pop() if said == ")" and len(sums) > 1 else 1
        while again := REPEATED.match(pattern, at):
            at = again.end()
            least, _, most = again[0].strip("{}?").partition(",")
            last *= max([1, *(int(number) for number in (least, most) if number.isdecimal())])
        sums[-1] += last
    return sum(sums)


def refuse_none(pattern: str) -> None:
    """Raise `re.error` or `regex.error` for what is no pattern, with `pos` where it breaks.

    Raises OverflowError where the repetitions, written out, are longer than `LONGEST`: to read that takes all time
    and memory.
    """
    if turns(pattern) > LONGEST:
        raise OverflowError
    _compiled(pattern)


def doubtful(pattern: str) -> str | None:
    """What of a pattern other libraries read otherwise than Python's `re`, and what to write; None where nothing is."""
    if is_warned_of(pattern) or any(POSIX.fullmatch(token[0]) for token in TOKEN.finditer(pattern)):
        return r"holds a set in a set, or && || -- ~~ in one; write \[ for a bracket, and one such sign alone"
    if any(token[0] == "{" and FUZZY.match(pattern, token.start()) for token in TOKEN.finditer(pattern)):
        return r"holds braces that are no number of repetitions; write \{ for a brace"
    if REFERENCE_TO_ANY_CASE in as_regex(pattern):
        return "refers to a group where case does not count; write out what is to come again, or leave (?i) away"
    return None


def fits(pattern: str, text: str) -> bool:
    """Whether a whole text has the form; raises TimeoutError where that cannot be told in time."""
    if turns(pattern) > LONGEST:
        raise TimeoutError
    return _compiled(pattern).fullmatch(text, timeout=PATIENCE) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(as_regex(pattern))


@lru_cache(maxsize=256)
def runaway(pattern: str) -> str | None:
    """The part of a pattern that can run away; None where none was found."""
    found = FLAGS.match(pattern)
    flags = found[0] if found else ""
    try:
        return next((part for part, body in _repeated(pattern) if _is_ambiguous(flags, body)), None)
    except (re.error, regex.error, TimeoutError):  # a part that means nothing alone, such as one that names another
        return None


def _repeated(pattern: str) -> Iterator[tuple[str, str]]:
    """The groups that are repeated many times: with what repeats them, and what is in them."""
    opened: list[tuple[int, int]] = []
    for token in TOKEN.finditer(pattern):
        if token[0].startswith("("):
            opened.append((token.start(), token.end()))
        elif token[0] == ")" and opened:
            start, inside = opened.pop()
            again = REPEATED.match(pattern, token.end())
            if again and not (again[0].startswith("{") and not _is_many(again[0])):
                yield pattern[start : again.end()], pattern[inside : token.start()]


def _is_many(braces: str) -> bool:
    """Whether `{3,}` and `{3,40}` are many turns; one number alone is how many there are."""
    most = braces.strip("{}").rpartition(",")[2]
    return not most or int(most) >= MANY


def _is_ambiguous(flags: str, body: str) -> bool:
    """Whether a text can be one turn of a group and two."""
    one = _compiled(flags + body)

    def is_turn(text: str) -> bool:
        return one.fullmatch(text, timeout=PATIENCE) is not None

    turns = (text for text in _texts(one, body) if is_turn(text))
    return any(is_turn(text[:at]) and is_turn(text[at:]) for text in turns for at in range(1, len(text)))


def _texts(one: regex.Pattern[str], body: str) -> Iterator[str]:
    """Short texts that are of a form, or begin one."""
    signs = dict.fromkeys([*USUAL, *body])
    texts = [""]
    for _ in range(DEEPEST):
        longer = (text + sign for text, sign in product(texts, signs))
        texts = [each for each in longer if one.fullmatch(each, partial=True, timeout=PATIENCE)][:WIDEST]
        yield from texts
