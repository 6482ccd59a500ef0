"""What comes with the program is found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import NotFoundError
from annotator.resources import config_path, data_folder, state_folder


def test_a_checkout_has_its_data_beside_the_package() -> None:
    assert (data_folder("taxonomies") / "schema.json").is_file()
    assert data_folder("db").is_dir()


def test_an_installed_package_has_its_data_inside(tmp_path: Path) -> None:
    package = tmp_path / "annotator"
    (package / "_data" / "taxonomies").mkdir(parents=True)
    (tmp_path / "taxonomies").mkdir()
    assert data_folder("taxonomies", package) == package / "_data" / "taxonomies"


def test_missing_data_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        NotFoundError, match=f"the folder 'db' that comes with annotator is missing near {tmp_path}; install"
    ):
        data_folder("db", tmp_path)


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
