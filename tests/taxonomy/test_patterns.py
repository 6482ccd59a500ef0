"""Patterns: those that can run away are refused, ordinary ones are not, and no answer waits for one for long."""

from __future__ import annotations

import json
import re
import unicodedata
import warnings
from pathlib import Path

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotator.taxonomy.as_regex import REFERENCE_TO_ANY_CASE, as_regex
from annotator.taxonomy.patterns import LONGEST, PATIENCE, doubtful, fits, refuse_none, runaway, turns
from tests.cli.conftest import Program, program

__all__ = ["program"]

RUNAWAY = (
    r"(\w+\s?)*[A-Z]{3}", r"(a+)+", r"(a+)+b", r"(a|aa)+c", r"foo-(\d+)*x", r"(.*)*x", r"(.+)+", r"(.*a){20}",
    r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(\d+,?)+;", r"([a-zA-Z]+)*1", r"(x+x+)+y", r"(?:\s*\w+\s*)*!", r"(a*)*b",
    r"INC-(?:\d+-?)*Z", r"(\w+[ -]?)+\.", r"([^,]*,?)*;", r"((ab)*)*c", r"(?i)(?P<word>[a-z]+ ?){2,}", r"((\)|\w)+)*",
    r"([)\]a]+)+",
)  # fmt: skip
ORDINARY = (
    r"\d{4}-\d{2}", r"[A-Z]{2,3}-\d+", r"https?://\S+", r"[\w.+-]+@[\w-]+\.[\w.-]+", r"(\w+, )*\w+", r"[A-Z].*\.",
    r"(?:[A-Z][a-z]+ ?)+", r"([A-Z]{2}-\d+(; )?)+", r".*,.*", r".*risk.*harm.*", r"\s*\w+\s*", r"-?\d+(\.\d+)?",
    r"(CVE-\d{4}-\d{4,})(, CVE-\d{4}-\d{4,})*", r"[A-Za-z ,.'-]+", r"(\d{1,3}\.){3}\d{1,3}", r"\+?[\d ()-]{5,20}",
    r"[^;]+(;[^;]+)*", r"(?i)[a-z]+(-[a-z]+)*", r"\d{1,2}/\d{1,2}/\d{4}", r"(https?://)?([\w-]+\.)+[a-z]{2,}(/\S*)?",
    r"\w+(?: \w+){0,9}", r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+", r"(\S+ )*\S+", r"#[0-9a-f]{6}", r"(ab)\1*", r"(a)(\1b)*",
    r"[(]+[)]+", r"(?=.*\d)\w+", r"(?<!x)(\d,)+",
)  # fmt: skip


@pytest.mark.parametrize("pattern", RUNAWAY)
def test_what_one_text_can_be_once_and_twice_runs_away(pattern: str) -> None:
    part = runaway(pattern)
    assert part
    assert part in pattern


@pytest.mark.parametrize("pattern", ORDINARY)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert runaway(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "text"), [("(a|aa)+c", "a" * 3000), (r"(.*a){20}b", "a" * 3000), (r".*a.*b.*c.*d.*e", "abcd" * 3000)]
)
def test_a_comparison_ends(pattern: str, text: str) -> None:
    with pytest.raises(TimeoutError):
        fits(pattern, text)
    assert PATIENCE < 1


def taxonomy(tmp_path: Path, pattern: str) -> Path:
    (tmp_path / "mine").mkdir(exist_ok=True)
    file = tmp_path / "mine" / "mine.yaml"
    field = {"id": "code", "label": "Code", "kind": "text", "pattern": pattern}
    fields = [field, {"id": "note", "label": "Note", "kind": "text"}]
    said = {"namespace": "mine", "version": 1, "title": "M", "applies_to": ["report"], "fields": fields}
    file.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in said.items()), encoding="utf-8")
    return file


def test_a_taxonomy_with_one_that_runs_away_is_refused(program: Program, tmp_path: Path) -> None:
    said = program("taxonomy", "check", taxonomy(tmp_path, r"(\w+\s?)*[A-Z]{3}"))
    assert said.code == 4
    assert r"mine.yaml:5: code: pattern can take for ever: (\w+\s?)* repeats" in said.err


def test_an_answer_that_takes_too_long_is_refused_and_work_goes_on(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern = r".*a.*b.*c.*d.*e"
    assert program("taxonomy", "check", taxonomy(tmp_path, pattern)).code == 0
    (tmp_path / "a.txt").write_text("Words.\n", encoding="utf-8")
    assert program("import", "a.txt").code == 0
    begin = ("--taxonomies", "mine", "--as", "eva", "classify", "file:a.txt", "--taxonomy", "mine", "--set")
    monkeypatch.setattr("annotator.taxonomy.patterns.PATIENCE", 0.01)
    said = program(*begin, "code=" + "abcd" * 1200)
    assert said.code == 4
    assert "code" in said.err
    assert f"takes too long to compare with the form {pattern}" in said.err
    assert program(*begin, "code=abcde").code == 0


OTHERWISE = {
    r"(?:foo){e}": "braces", r"foo{e<=1}": "braces", r"(?:foo){i<2,d}": "braces", r"(?:foo){2i+1e<3}": "braces",
    r"[[:alpha:]]+": "a set in a set", r"[a[:digit:]]+": "a set in a set", r"[a-z--b]+": "a set in a set",
    r"[a-z&&b]+": "a set in a set", r"[a||b]": "a set in a set", r"[[a-z]b]": "a set in a set",
    r"(?i)(s)\1": "case does not count",
    **dict.fromkeys(
        (
            r"\p{L}+", r"(?|(a)|(b))", r"\mfoo\M", r"a\Kb", r"\X", r"\R", r"\L<words>", r"(?e)foo", r"(?b)foo",
            r"(?r)foo", r"(?<=a+)b", r"(?V1)foo", r"(*SKIP)foo", r"(a(?R)?b)", r"(?<n>a)", r"(?P<n>a)(?&n)",
            r"(?P<n>a)(?P<n>b)", r"\h", r"\G", r"(?f)a",
        ), "no regular expression of Python",
    ),
}  # fmt: skip
"""Patterns that the library reads and `re` does not, or not so."""


@pytest.mark.parametrize("pattern", OTHERWISE)
def test_what_is_read_otherwise_than_by_python_is_refused(program: Program, tmp_path: Path, pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = program("taxonomy", "check", taxonomy(tmp_path, pattern))
    assert (said.code, OTHERWISE[pattern] in said.err) == (4, True)


@pytest.mark.parametrize(
    "pattern", [*ORDINARY, r"[\w:]+", r"a{2}", r"{foo}", r"\{e\}", r"[{e}]+", r"[:a-z]+", r"[a|b]-?"]
)
def test_nothing_else_is_refused_as_that(pattern: str) -> None:
    assert doubtful(pattern) is None


PIECES = (
    "a", "b", "i", "I", "ı", "é", "\u0301", "{", "}", "e", "{e}", "{e<=1}", "{2}", "{1,2}", "{,2}", "*", "+", "?", "??",
    "*+", "++", "(", "(?:", ")", ")", "|", ".", "^", "$", "#", " ", "\n", "[a-c]", "[^a]", "[]a]", "[[:alpha:]]",
    "[a[:alpha:]]", "[a--b]", "[a&&b]", "[a||b]", r"[^\W\d]", r"[\S\w-]", r"[\s\S]", "[H-J]", r"[^H-J\W]", r"\w", r"\W",
    r"\s", r"\S", r"\d", r"\D", r"\b", r"\B", r"\A", r"\Z", r"\1", "(?=", "(?!", "(?<=", "(?<!", "(?>",
    "(?P<n>", "(?P=n)",
    "(?(1)", "(?i:", "(?s:", "(?m:", "(?a:", "(?-i:", "(?x: ", r"\x41", r"\N{BULLET}", "(?#c)",
)  # fmt: skip
BEGINNINGS = ("", "", "(?i)", "(?ai)", "(?x)", "(?s)", "(?m)", "(?a)")
WORDS = st.sampled_from((*"abciIıİé\u0301{}e[:]lp \n\x1c-&|A•ßẞKk1²_\u200bſsJjZ", "{e}", "aa", "ss")) | st.characters(
    max_codepoint=0x24F
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6),
    st.lists(st.lists(WORDS, min_size=1, max_size=4).map("".join), min_size=10, max_size=20),
)
def test_a_pattern_means_what_it_means_to_python(beginning: str, pieces: list[str], texts: list[str]) -> None:
    pattern = beginning + "".join(pieces)
    pattern += ")" * max(0, pattern.count("(") - pattern.count(")"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            one = re.compile(pattern)
        except (re.error, OverflowError):
            assume(False)
    assume(REFERENCE_TO_ANY_CASE not in as_regex(pattern))
    for text in texts:
        assert fits(pattern, text) == (one.fullmatch(text) is not None), text


CLASSES = (
    r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", ".", r"[^\w-]", r"[\s\S]", r"(?a)\w", r"(?a)[^\s]", "(?i)i", "(?i)[a-z]",
    "(?i)[^h-j]", "(?ai)[^h-j]", "(?i)ſ", "(?i)[à-ÿ]",
)  # fmt: skip


@pytest.mark.parametrize("pattern", CLASSES)
def test_a_class_holds_what_it_holds_to_python(pattern: str) -> None:
    known = "".join(sign for sign in map(chr, range(0x20000)) if unicodedata.category(sign) not in {"Cn", "Cs"})
    assert regex.findall(as_regex(pattern), known) == re.findall(pattern, known)


HUGE = (
    "(((a{99}){99}){99}){99}", "((a{999}){999}){999}", "((((((((a{9}){9}){9}){9}){9}){9}){9}){9})",
    "((((((a?){30}){30}){30}){30}){30})a{30}", "(((((a{30}){30}){30}){30}){30})b", "(?:[a-z]{500}){500}", "a{1000000}",
    "(a{2,999}|b){999}", "a{99}{99}{99}",
)  # fmt: skip


@pytest.mark.parametrize("pattern", HUGE)
def test_what_repeats_too_often_is_never_compiled(pattern: str) -> None:
    with pytest.raises(OverflowError):
        refuse_none(pattern)
    with pytest.raises(TimeoutError):
        fits(pattern, "a")


@pytest.mark.parametrize(
    "pattern", (*RUNAWAY, *ORDINARY, "[a-z]{1,5000}", r"(\d{1,3}\.){3}", "(", "a{", "{9}", "[", "(?<")
)
def test_nothing_else_counts_as_that(pattern: str) -> None:
    assert turns(pattern) <= LONGEST
