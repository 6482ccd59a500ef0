"""The settings file: what it may say, and what is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.config import Config, config_path, keep_annotator, read_config, state_folder
from annotator.errors import RequestError


def written(folder: Path, text: str) -> Path:
    """A settings file with this text."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_missing_or_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_config(tmp_path / "nowhere" / "config.yaml") == Config()
    assert read_config(written(tmp_path, "# nothing yet\n")) == Config()


def test_every_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    who = "annotator: ' Ada '\ntheme: light\nkeys: {undo: ctrl+z, skip: 5}\n"
    what = "taxonomies: [CSETv1]\ntaxonomy_folders: [ours]\n"
    config = read_config(written(tmp_path, who + what))
    assert (config.annotator, config.theme, config.taxonomies) == ("Ada", "light", ("CSETv1",))
    assert config.keys == {"undo": "ctrl+z", "skip": "5"}
    assert config.taxonomy_folders == (tmp_path / "ours",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("anotator: Ada\n", "there is no setting 'anotator'"),
        ("- annotator\n", "is not a list of settings"),
        ("annotator: true\n", "annotator: expects text, not True"),
        ("annotator:\n", "annotator: expects text"),
        ("theme: 3\n", "theme: expects text"),
        ("keys: [undo]\n", "keys: expects actions with their keys"),
        ("keys: {undo: null}\n", "keys: undo: expects text"),
        ("taxonomies: CSETv1\n", "taxonomies: expects a list"),
        ("taxonomy_folders: [not-there]\n", "there is no folder"),
        ("annotator: 'Ada\ntheme: light\n", "config.yaml:1: begins a text in quotes that does not end"),
        pytest.param("theme: light\nannotator: " + "[" * 5000, "config.yaml:2: is nested more than 100", id="deep"),
        (
            "annotator: !!python/object:os.system Ada\n",
            "config.yaml:1: has the tag !!python/object:os.system; remove it",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(RequestError) as refused:
        read_config(written(tmp_path, text))
    assert words in str(refused.value)
    assert "config.yaml" in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xff\xfe\x00annotator")
    with pytest.raises(RequestError, match=r"config\.yaml:1: the settings cannot be read; save the file as UTF-8"):
        read_config(path)


def test_keeping_a_name_leaves_the_rest_of_the_file_as_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, "# mine\ntheme: light # at night too\n")
    keep_annotator(path, "Ada")
    assert path.read_text(encoding="utf-8") == "annotator: Ada\n# mine\ntheme: light # at night too\n"
    keep_annotator(path, "Grace")
    assert path.read_text(encoding="utf-8") == "annotator: Grace\n# mine\ntheme: light # at night too\n"


def test_a_name_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RequestError, match="--as Ada"):
        keep_annotator(tmp_path / "file" / "config.yaml", "Ada")


@given(name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_every_name_that_is_kept_is_read_again(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("settings") / "annotator" / "config.yaml"
    keep_annotator(path, name)
    assert read_config(path).annotator == name


def test_the_configuration_lies_where_the_person_keeps_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "annotator" / "config.yaml"


@pytest.mark.parametrize("unset", [None, "", "relative/folder"])
def test_the_configuration_lies_at_home_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unset: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    if unset is not None:
        monkeypatch.setenv("XDG_CONFIG_HOME", unset)
    assert config_path() == tmp_path / ".config" / "annotator" / "config.yaml"


def test_what_the_program_keeps_lies_apart_from_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert state_folder() == tmp_path / ".local" / "state" / "annotator"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    assert state_folder() == tmp_path / "states" / "annotator"
