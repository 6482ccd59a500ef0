"""Patterns in the language of Python's `re`, written out for the `regex` library, which can stop in time.

The library reads some signs otherwise: `{e}` as permission for errors, `[:alpha:]` as a class, marks as letters of
words. So `re` itself reads a pattern, and what it read is written anew in the few words that both understand alike.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from re import _constants as names  # type: ignore[attr-defined]  # of the parser, which has no public face
from re import _parser as parser  # type: ignore[attr-defined]
from string import ascii_letters
from typing import Any

CLASSES = {
    "DIGIT": (r"\d", "0-9"), "SPACE": (r"\s\x1c-\x1f", r" \t\n\r\f\v"), "WORD": (r"\p{L}\p{N}_", "a-zA-Z0-9_"),
}  # fmt: skip
"""What is in a set for `\\d`, `\\s` and `\\w`: of all signs, and of ASCII's."""
REFERENCE_TO_ANY_CASE = r"(?i:\g<"
"""How the one thing begins that is not always alike: of some letters the two libraries do not know the same cases."""
LETTERS_I = "iIıİ"
"""Alike to `re` where case does not count."""
KINDS = re.ASCII | re.UNICODE
LOOKS = {names.ASSERT: ("(?=", "(?<="), names.ASSERT_NOT: ("(?!", "(?<!")}
REPEATS = {names.MAX_REPEAT: "", names.MIN_REPEAT: "?", names.POSSESSIVE_REPEAT: "+"}


def as_regex(pattern: str) -> str:
    """The same for the `regex` library; raises `re.error` for what is no pattern, RecursionError."""
    read, _ = _read(pattern)
    return _all_of(read, read.state.flags)


def is_warned_of(pattern: str) -> bool:
    """Whether Python warns that it may read the pattern otherwise one day; raises `re.error`."""
    return bool(_read(pattern)[1])


def _read(pattern: str) -> tuple[Any, list[warnings.WarningMessage]]:
    """What the parser makes of it, and what it warns of: `re.compile` would only do so the first time."""
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        re.compile(pattern)  # refuses some things that are parsed
        return parser.parse(pattern), met


def _all_of(parts: Iterable[tuple[Any, Any]], flags: int) -> str:
    return "".join(_one(name, said, flags) for name, said in parts)


def _one(name: Any, said: Any, flags: int) -> str:
    if name in REPEATS:
        least, most, part = said
        most = "" if most == names.MAXREPEAT else most
        return f"(?:{_all_of(part, flags)}){{{least},{most}}}{REPEATS[name]}"
    if name in LOOKS:
        direction, part = said
        return f"{LOOKS[name][direction < 0]}{_all_of(part, flags)})"
    return WRITERS[name](said, flags)


def _sign(code: int) -> str:
    return f"\\U{code:08x}"


def _literal(code: int, flags: int) -> str:
    return _set([(names.LITERAL, code)], flags) if flags & re.IGNORECASE else _sign(code)


def _set(items: list[tuple[Any, Any]], flags: int) -> str:
    """One of some signs; classes of all that is not something stand beside the set of the others."""
    is_negated = items[0][0] is names.NEGATE
    inside, beside = "", []
    for name, said in items[is_negated:]:
        if name is names.CATEGORY:
            kind = str(said).rpartition("_")[2]
            written = CLASSES[kind][bool(flags & re.ASCII)]
            if "_NOT_" in str(said):
                beside.append(f"[^{written}]")
            else:
                inside += written
        else:
            first, last = (said, said) if name is names.LITERAL else said
            inside += f"{_sign(first)}-{_sign(last)}{_other_cases(first, last, flags)}"
    is_any_case = flags & re.IGNORECASE and not flags & re.ASCII
    if inside and not beside:
        found = f"[{'^' * is_negated}{inside}]"
    else:
        found = "|".join([f"[{inside}]"] * bool(inside) + beside)
        found = f"(?!{found})(?s:.)" if is_negated else f"(?:{found})"
    return f"(?i:{found})" if is_any_case else found


def _other_cases(first: int, last: int, flags: int) -> str:
    """The letters that the library would not take for others of a range where case does not count."""
    if not flags & re.IGNORECASE:
        return ""
    if flags & re.ASCII:
        return "".join(each.swapcase() for each in ascii_letters if first <= ord(each) <= last)
    return LETTERS_I if any(first <= ord(each) <= last for each in LETTERS_I) else ""


def _group(said: Any, flags: int) -> str:
    number, added, removed, part = said
    if added & KINDS:
        flags &= ~KINDS
    return f"({'' if number else '?:'}{_all_of(part, (flags | added) & ~removed)})"


def _place(where: Any, flags: int) -> str:
    word = f"[{CLASSES['WORD'][bool(flags & re.ASCII)]}]"
    is_by_line = bool(flags & re.MULTILINE)
    return {
        names.AT_BEGINNING: "(?m:^)" if is_by_line else r"\A",
        names.AT_BEGINNING_STRING: r"\A",
        names.AT_END: "(?m:$)" if is_by_line else r"(?=\n?\Z)",
        names.AT_END_STRING: r"\Z",
        names.AT_BOUNDARY: f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))",
        names.AT_NON_BOUNDARY: f"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))",
    }[where]


def _either(said: Any, flags: int) -> str:
    return f"(?:{'|'.join(_all_of(part, flags) for part in said[1])})"


def _if_found(said: Any, flags: int) -> str:
    number, then, otherwise = said
    return f"(?({number}){_all_of(then, flags)}|{_all_of(otherwise or (), flags)})"


WRITERS: dict[Any, Callable[[Any, int], str]] = {
    names.LITERAL: _literal,
    names.NOT_LITERAL: lambda code, flags: _set([(names.NEGATE, None), (names.LITERAL, code)], flags),
    names.ANY: lambda _, flags: "(?s:.)" if flags & re.DOTALL else r"[^\n]",
    names.IN: _set,
    names.BRANCH: _either,
    names.SUBPATTERN: _group,
    names.ATOMIC_GROUP: lambda part, flags: f"(?>{_all_of(part, flags)})",
    names.AT: _place,
    names.GROUPREF: lambda number, flags: (
        f"{REFERENCE_TO_ANY_CASE}{number}>)" if flags & re.IGNORECASE else f"\\g<{number}>"
    ),
    names.GROUPREF_EXISTS: _if_found,
    names.FAILURE: lambda _said, _flags: "(?!)",
}
