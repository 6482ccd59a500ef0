"""Whatever bytes a taxonomy file holds, its reader answers with values or with a line and a way out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from annotator import strict_yaml
from annotator.errors import TaxonomyError
from annotator.taxonomy.library import LIMIT, read_text
from annotator.taxonomy.yaml_source import YamlSource


def source_of(path: Path) -> YamlSource:
    return YamlSource(read_text(path), str(path))


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(TaxonomyError) as caught:
        source_of(path)
    assert len(caught.value.problems) == 1
    return str(caught.value).replace(str(path), "FILE")


REFUSED = {
    "python object": (
        b"a: 1\nb: !!python/object/apply:os.system ['true']\n",
        "FILE:2: has the tag !!python/object/apply:os.system; remove it, and put text in quotes",
    ),
    "python name": (b"a: !!python/name:os.system\n", "FILE:1: has the tag !!python/name:os.system; remove it"),
    "tag of one's own": (b"a:\n  - !secret x\n", "FILE:2: has the tag !secret; remove it"),
    "tag of unknown handle": (b"a: !x!y 1\n", "FILE:1: has a tag (!…); remove the tag"),
    "tag that would not convert": (b"a: !!int foo\n", "FILE:1: has the tag !!int; remove it"),
    "tagged key": (b"a: 1\n!!str b: 2\n", "FILE:2: has a key that is not a word; write `key: value`"),
    "key of a list": (b"a: 1\n[b]: 2\n", "FILE:2: has a key that is not a word"),
    "tab": (
        b"a:\n\tb: 1\n",
        "FILE:2: is indented with a tab; indent with spaces, not tabs",
    ),
    "tab deeper": (b"a:\n  - b: 1\n\tc: 2\n", "FILE:3: is indented with a tab; indent with spaces"),
    "key twice": (b"a: 1\nb: 2\na: 3\n", "FILE:3: says 'a' twice, first on line 1; keep one of them"),
    "key twice inside": (b"x:\n  - a: 1\n    a: 2\n", "FILE:3: says 'a' twice, first on line 2"),
    "alias": (b"a: 1\nb: *x\n", "FILE:2: uses an anchor or alias (x); write the part out instead"),
    "laughs": (
        b"a: &a [l, l]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "FILE:1: uses an anchor or alias (a); write the part out instead",
    ),
    "itself": (b"a: &a [*a]\n", "FILE:1: uses an anchor or alias (a)"),
    "latin-1": (b"a: 1\nb: caf\xe9\n", "FILE:2: is not UTF-8; save it as UTF-8"),
    "utf-16": ("a: 1\n".encode("utf-16"), "FILE:1: is UTF-16; save it as UTF-8"),
    "binary": (bytes(range(256)) * 4, "is not UTF-8; save it as UTF-8"),
    "nul": (b"a: 1\nb: x\0y\n", "FILE:2: holds the character U+0000, which is not text; remove it"),
    "escape sequence": (b"a: \x1b[31m\n", "FILE:1: holds the character U+001B, which is not text; remove it"),
    "nothing": (b"", "FILE:1: is empty; `annotator taxonomy new NAME` writes a first one"),
    "only a comment": (b"# later\n", "FILE:1: is empty; `annotator taxonomy new NAME`"),
    "only a BOM": (b"\xef\xbb\xbf", "FILE:1: is empty; `annotator taxonomy new NAME`"),
    "only dashes": (b"---\n", "FILE:1: is empty; `annotator taxonomy new NAME`"),
    "two documents": (b"a: 1\n---\nb: 1\n", "FILE:2: holds a second document (---); keep one of them"),
    "open bracket": (
        b"a: [1, 2\nb: 3\n",
        "FILE:2: lacks a comma, or the end of the bracket opened on line 1; close the bracket",
    ),
    "open quote": (b"a: 'x\nb: 3\n", "FILE:1: begins a text in quotes that does not end; close the quotes"),
    "colon in text": (
        b"label: What: now\n",
        "FILE:1: has a colon where no key can stand; put text that holds a colon in quotes",
    ),
    "text beginning with @": (b"a: 1\nb: @home\n", "FILE:2: has text that begins with @; put it in quotes"),
    "half a character": (
        b'a: 1\nb: "\\ud800"\n',
        "FILE:2: has a backslash that begins no character; use single quotes, or double the backslash",
    ),
    "unknown escape": (
        b'a: "C:\\Ada"\n',
        "FILE:1: has a backslash that begins no character; use single quotes, or double the backslash",
    ),
    "quotes across documents": (b'a: 1\nb: "x\n---\nc: 3\n', "FILE:2: begins a text in quotes that does not end"),
    "no colon": (b"a: 1\nword\nb: 2\n", "FILE:2: has no colon; end the key with a colon"),
    "list behind its key": (b"a: - b\n", "FILE:1: begins a list behind its key; write the list below the key"),
    "words behind a bracket": (b"a: 1\nb: [x] y\n", "FILE:2: is not YAML; check the indentation and the quotes here"),
    "a sign for no anchor": (b"a: &\n", "FILE:1: uses an anchor or alias; write the part out instead"),
    "deep lists": (b"a: " + b"[" * 50_000, "FILE:1: is nested more than 100 levels deep; check the brackets"),
    "deep lists over many lines": (b"a:\n" + b" [\n" * 50_000, "FILE:102: is nested more than 100 levels deep"),
    "deep mappings": (b"{a: " * 50_000, "FILE:1: is nested more than 100 levels deep"),
    "deep keys": (b"".join(b" " * i + b"a:\n" for i in range(2000)), "FILE:102: is nested more than 100 levels deep"),
    "enormous": (b"a: " + b"x" * LIMIT, "FILE: is over 4,000,000 bytes; a taxonomy is far smaller"),
}


@pytest.mark.parametrize("loader", [None, yaml.SafeLoader], ids=["libyaml", "Python"])
@pytest.mark.parametrize("case", REFUSED)
def test_unusable_files_are_refused_with_line_and_way_out(
    case: str, loader: type | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two parsers that word every mistake differently: the person reads the same."""
    if loader:
        monkeypatch.setattr(strict_yaml, "Loader", loader)
    content, expected = REFUSED[case]
    assert expected in refusal(tmp_path / "case.yaml", content)


def test_a_parser_that_gives_up_without_a_place_is_put_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def giving_up(text: str, **options: object) -> Iterator[yaml.Event]:
        yield from list(parse(text, Loader=yaml.SafeLoader))[:4]
        raise yaml.YAMLError("strange words")

    parse = yaml.parse
    monkeypatch.setattr(yaml, "parse", giving_up)
    with pytest.raises(TaxonomyError) as caught:
        YamlSource("# first\na: 1\n", "FILE")
    assert str(caught.value) == "FILE:2: is not YAML; check the indentation and the quotes here and on the line above"


def test_billion_laughs_are_refused_before_they_grow(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    begun = time.perf_counter()
    refusal(tmp_path / "lol.yaml", "\n".join(lines).encode())
    assert time.perf_counter() - begun < 1


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="is a folder; name a file in it"):
        source_of(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"nowhere\.yaml: cannot be read: there is no such file; check the name"):
        source_of(tmp_path / "nowhere.yaml")


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TaxonomyError, match="is not a file that can be read to its end"):
        source_of(tmp_path / "pipe")


def test_an_endless_device_is_refused() -> None:
    with pytest.raises(TaxonomyError, match="is not a file that can be read to its end"):
        source_of(Path("/dev/zero"))


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert source_of(path).value == {"a": 1}


def test_windows_line_ends_are_no_obstacle() -> None:
    assert YamlSource("a: 1\r\nb:\r\n  - c\r\n", "").value == {"a": 1, "b": ["c"]}


def test_words_stay_words() -> None:
    text = "[yes, no, on, off, y, Null2, 2020-01-01, 010, 0x1F, 1_000, 1:30, 1e5, .inf, =, <<]"
    assert YamlSource(text, "").value == text.strip("[]").split(", ")


def test_plain_numbers_truths_and_nothing_are_read() -> None:
    assert YamlSource("[true, false, 0, -12, +3, 2.5, .5, 1.5e3, null, ~]", "").value == (
        [True, False, 0, -12, 3, 2.5, 0.5, 1500.0, None, None]
    )


def test_numbers_too_long_for_a_number_stay_words() -> None:
    digits = "9" * 5000
    assert YamlSource(f"[{digits}, 1.5e999]", "").value == [digits, "1.5e999"]


def test_quoted_scalars_are_text() -> None:
    assert YamlSource("""["1", 'true', "null"]""", "").value == ["1", "true", "null"]


def test_every_part_knows_its_line() -> None:
    source = YamlSource("a: 1\nb:\n  - c: 2\n    d:\n      e: 3\n  - f\n", "")
    assert source.line_of(("b",)) == 2
    assert source.line_of(("b", 0, "d", "e")) == 5
    assert source.line_of(("b", 1)) == 6
    assert source.line_of(("b", 0, "d", "missing", "deeper")) == 4
    assert source.line_of(("nowhere",)) == 1


@given(st.text(st.characters(exclude_categories=[]) | st.sampled_from("[]{}:,-&*!|>'\"%@`\t\n #?a1.")))
def test_no_text_makes_the_reader_crash(text: str) -> None:
    try:
        YamlSource(text, "any.yaml")
    except TaxonomyError as error:
        assert "any.yaml:" in str(error)


@given(st.binary())
def test_no_bytes_make_the_reader_crash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.yaml"
    path.write_bytes(content)
    try:
        source_of(path)
    except TaxonomyError as error:
        assert error.problems[0].line >= 1
