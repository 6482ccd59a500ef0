"""Whatever a library raises while it reads foreign data is a sentence and an exit code; our own mistakes are seen."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from annotator.errors import SourceError
from annotator.foreign import reading
from tests.cli.conftest import Program
from tests.proofs import mostly_slow

KINDS: tuple[Exception, ...] = (
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), UnicodeError("odd"), OverflowError("too large"),
    RecursionError("deep"), MemoryError(), ValueError("odd"), KeyError("odd"), IndexError("odd"), TypeError("odd"),
    AttributeError("odd"), AssertionError("odd"), RuntimeError("odd"), NotImplementedError(),
    ZeroDivisionError("odd"), SyntaxError("odd"), struct.error("odd"), zlib.error("odd"), lzma.LZMAError("odd"),
    tarfile.ReadError("odd"), zipfile.BadZipFile("odd"), gzip.BadGzipFile("odd"), csv.Error("odd"), EOFError("odd"),
    yaml.YAMLError("odd"), json.JSONDecodeError("odd", "x", 0), PermissionError(13, "No"), OSError("odd"),
)  # fmt: skip

TAXONOMY = """namespace: mine
version: 1
title: Mine
applies_to: [report]
fields:
  - {id: how_many, label: How many, kind: integer}
"""
LONG = "subject,taxonomy,annotator,field,value,state\naiid:r1,GMF,eva,known_ai_goal,x,answered\n"
SOME = mostly_slow(KINDS, *(each for each in KINDS if type(each) in {OverflowError, KeyError, PermissionError}))


class Journey(NamedTuple):
    """A way of foreign data in: the file, the command, the library's call inside, and what is to come of it."""

    name: str
    content: bytes
    arguments: tuple[str, ...]
    call: str
    code: int


JOURNEYS = (
    Journey("a.csv", b"report_number,title,text\n1,a,b\n", ("import",), "csv.reader", 5),
    Journey("a.json", b'[{"report_number": 1, "title": "a"}]', ("import",), "json.JSONDecoder.raw_decode", 5),
    Journey("a.jsonl", b'{"report_number": 1, "title": "a"}', ("import",), "json.JSONDecoder.decode", 5),
    Journey("a.html", b"<html><p>a</p></html>", ("import",), "html.parser.HTMLParser.goahead", 5),
    Journey("a.md", b"---\ntitle: a\n---\nb\n", ("import",), "yaml.parse", 5),
    Journey("a.tar", b"a.tar", ("import",), "tarfile.open", 5),
    Journey("a.txt", b"a", ("import",), "codecs.getincrementaldecoder", 5),
    Journey("a.txt", b"a", ("import", "--format", "text-folder"), "hashlib.file_digest", 5),
    Journey("a.yaml", TAXONOMY.encode(), ("taxonomy", "check"), "yaml.parse", 4),
    Journey("a.bundle", gzip.compress(b"{}"), ("merge",), "gzip.open", 5),
    Journey("a.csv", LONG.encode(), ("import", "--format"), "click.types.StringParamType.convert", 2),
)  # fmt: skip


def raising(error: Exception) -> Callable[..., Any]:
    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


def ours(error: str) -> Callable[..., Any]:
    """A function whose only line is one of the program, and a mistake in it."""
    found: dict[str, Any] = {"__name__": "annotator.formats.values"}
    exec(f"def call(*_, **__):\n    raise {error}", found)
    call: Callable[..., Any] = found["call"]
    return call


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda each: f"{each.arguments[0]} {each.call}")
@pytest.mark.parametrize("error", SOME, ids=lambda each: type(each).__name__)
def test_what_a_library_raises_is_told_with_the_file(
    journey: Journey, error: Exception, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program("import", other(tmp_path)).code == 0
    (tmp_path / journey.name).write_bytes(journey.content)
    monkeypatch.setattr(journey.call, raising(error))
    said = program(*journey.arguments, journey.name)
    assert (said.code, said.out) == (journey.code, "")
    assert journey.name in said.err or journey.code == 2
    assert "Traceback" not in said.err


def other(tmp_path: Path) -> Path:
    file = tmp_path / "other.txt"
    file.write_text("Something else.\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("error", SOME, ids=lambda each: type(each).__name__)
def test_settings_and_home_are_told(
    error: Exception, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings" / "annotator" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("annotator: eva\n", encoding="utf-8")
    assert program("import", other(tmp_path)).code == 0
    with monkeypatch.context() as patched:
        patched.setattr("yaml.parse", raising(error))
        said = program("list")
        assert (said.code, str(settings) in said.err) == (2, True)
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr("pathlib.Path.home", raising(error))
    said = program("list")
    assert (said.code, "XDG_CONFIG_HOME" in said.err) == (2, True)


@pytest.mark.parametrize("error", SOME, ids=lambda each: type(each).__name__)
def test_one_value_that_cannot_be_read_is_kept_aside_and_the_others_come(
    error: Exception, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.yaml").write_text(TAXONOMY, encoding="utf-8")
    answers = {"how_many": {"value": 3}}
    items = [{"subject": f"aiid:r{n}", "taxonomy": "mine", "annotator": "eva", "answers": answers} for n in (1, 2)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    failing = iter([True])

    def check(_taxonomy: Any, _field: str, answer: Any) -> Any:
        if next(failing, False):
            raise error
        return answer

    monkeypatch.setattr("annotator.desk.exchange.mapping.check_answer", check)
    said = program("--taxonomies", "mine", "import", "a.jsonl", "--json")
    assert (said.code, said.json[0]["counts"]["classifications"]["added"]) == (0, 2)
    (issue,) = program("issues", "--json").json
    assert (issue["place"], issue["field"], "cannot be read" in issue["problem"]) == (
        "a.jsonl line 1",
        "how_many",
        True,
    )


@pytest.mark.parametrize("error", ["AssertionError()", "TypeError()", "KeyError()", "AttributeError()", "NameError()"])
@pytest.mark.parametrize("call", ["annotator.formats.aiid_reports.iso", "annotator.desk.exchange.importing.fitted"])
def test_our_own_mistakes_are_seen_whole(
    error: str, call: str, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("report_number,title,text\n1,a,b\n", encoding="utf-8")
    monkeypatch.setattr(call, ours(error))
    with pytest.raises(type(eval(error))):
        program("import", "a.csv")


@pytest.mark.parametrize("error", ["ValueError()", "OverflowError()", "MemoryError()", "RecursionError()"])
def test_one_record_that_brings_about_an_error_is_kept_aside(
    error: str, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("report_number,title,text\n1,a,b\n2,c,d\n", encoding="utf-8")
    failing = ours(error)
    monkeypatch.setattr(
        "annotator.formats.aiid_reports.report_key", lambda number: failing() if number == 1 else f"aiid:r{number}"
    )
    said = program("import", "a.csv", "--json")
    (report,) = said.json
    assert (said.code, report["counts"]["reports"]["added"], report["issues"]) == (0, 1, 1)
    (issue,) = program("issues", "--json").json
    assert (issue["place"], "cannot be read" in issue["problem"]) == ("a.csv row 2", True)
    assert json.loads(issue["value"])["title"] == "a"


def test_words_stay_words() -> None:
    with pytest.raises(SourceError, match="inner"), reading(lambda why: SourceError(f"outer {why}")):
        raise SourceError("inner")
