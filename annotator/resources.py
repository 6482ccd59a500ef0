"""Find the files that come with the program and those that belong to the person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from annotator.errors import NotFoundError

PACKAGE = Path(__file__).resolve().parent


def data_folder(name: Literal["taxonomies", "db"], package: Path = PACKAGE) -> Path:
    """The folder of shipped data: inside the installed package, else beside it in a checkout."""
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise NotFoundError(f"the folder {name!r} that comes with annotator is missing near {package}; install it again")


def config_path() -> Path:
    """The person's configuration file, whether it exists or not."""
    return _base("XDG_CONFIG_HOME", ".config") / "annotator" / "config.yaml"


def state_folder() -> Path:
    """The person's folder for what the program itself keeps, whether it exists or not."""
    return _base("XDG_STATE_HOME", ".local/state") / "annotator"


def _base(variable: str, otherwise: str) -> Path:
    """A folder the environment names, else one at home."""
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / otherwise
