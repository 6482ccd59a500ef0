"""What fuzzing begins with, and what it once found, is answered in words; and what is no answer in words is found."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from annotator.errors import SourceError
from tests.fuzz.fuzzing import Findings, kind_of
from tests.fuzz.keys import some, tried
from tests.fuzz.mutating import mutate
from tests.fuzz.targets import CORPUS, TARGETS, Target, is_refusal, sealed, template, unsealed


@pytest.mark.parametrize("target", TARGETS, ids=[each.name for each in TARGETS])
def test_every_case_in_the_repository_is_answered_in_words(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a case may go to a folder of its own, and is brought back
    case = target.make(tmp_path)
    assert target.corpus()
    for path in target.corpus():
        try:
            case(path.read_bytes())
        except Exception as error:
            if not is_refusal(error):
                raise AssertionError(path) from error


def test_every_folder_of_cases_is_of_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} == {target.name for target in TARGETS}


def test_a_seal_can_be_broken_and_made_again() -> None:
    assert unsealed(sealed(b"{}\n{}\n")) == b"{}\n{}\n"


def test_what_is_no_answer_in_words_is_kept_once_with_its_traceback(tmp_path: Path) -> None:
    findings = Findings(tmp_path, "made")
    for data in (b"one", b"two"):
        error = KeyError(data)
        assert not is_refusal(error)
        findings.add(kind_of(error), data, error)
    assert is_refusal(SourceError("in words"))
    assert list(findings.found.values()) == [str(tmp_path / "made-1")]
    assert (tmp_path / "made-1").read_bytes() == b"one"
    assert "KeyError: b'one'" in (tmp_path / "made-1.log").read_text(encoding="utf-8")


def test_keys_by_chance_lead_to_nothing_but_screens(tmp_path: Path) -> None:
    findings = Findings(tmp_path, "keys")
    assert tried(tmp_path, template(tmp_path), some(Random(3), 4), findings)
    assert not findings.found


def test_a_case_is_changed_by_its_values_and_mostly_read_as_before() -> None:
    case = b'A{"a": [1, "two"], "b": {"c": null}}'
    changed = {mutate(case, lambda data: data[::-1], 1, seed) for seed in range(400)}
    assert len(changed) > 100
    assert case[::-1] in changed
    values = [json.loads(each[1:]) for each in changed if each.startswith(b"A") and each.endswith((b"}", b"]", b'"'))]
    assert any(isinstance(value, dict) and value.get("b") != {"c": None} for value in values)


@pytest.mark.parametrize(
    "case", [b"", b"a", b"a,b\n1,2\n", b'{"a": 1}\n{"a": 2}\n', "坂: [x]\n\x00".encode(), b"\xff\xfe{"]
)
def test_whatever_is_changed_is_bytes_again(case: bytes) -> None:
    assert all(isinstance(mutate(case, bytes, 0, seed), bytes) for seed in range(200))
