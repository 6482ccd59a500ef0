"""What fuzzing begins with, and what it once found, is answered in words; and what is no answer in words is found."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from annotator.errors import SourceError
from tests.fuzz.fuzzing import Findings, kind_of
from tests.fuzz.keys import some, tried
from tests.fuzz.targets import CORPUS, TARGETS, Target, is_refusal, sealed, template, unsealed


@pytest.mark.parametrize("target", TARGETS, ids=[each.name for each in TARGETS])
def test_every_case_in_the_repository_is_answered_in_words(target: Target, tmp_path: Path) -> None:
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
