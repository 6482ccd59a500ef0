"""What comes with the program is found in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import NotFoundError
from annotator.resources import data_folder


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
