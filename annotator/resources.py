"""Find the files that come with the program."""

from __future__ import annotations

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
