"""The person's settings file: who they are, and how they like the desk. And where it and what is kept for them lie.

    annotator: Ada                  # who classifies
    theme: light                    # or dark
    keys: {undo: ctrl+z}            # actions and their keys; the help screen lists them
    taxonomies: [CSETv1, harm_type] # the first tabs, in this order
    taxonomy_folders: [~/our-taxonomies]

Every line may be missing, and so may the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NoReturn

from annotator.errors import RequestError
from annotator.files import is_file_to_read, is_folder, stands
from annotator.foreign import reading

ANNOTATOR_LINE = re.compile(r"^annotator[ \t]*:.*(\n|$)", re.MULTILINE)


LIMIT = 100_000
"""Characters of the settings file."""


@dataclass(frozen=True)
class Config:
    """What the settings file says; everything has a default."""

    annotator: str = ""
    theme: str = ""
    """`dark`, `light`, or another the desk knows."""
    keys: Mapping[str, str] | None = None
    """Keys by the id of their action, where they differ from the defaults."""
    taxonomies: tuple[str, ...] = ()
    """Namespaces of the first tabs, in order; those a database does not have are passed over."""
    taxonomy_folders: tuple[Path, ...] = ()
    """Folders of further taxonomies; in the file they may be relative to it."""


def config_path() -> Path:
    """The person's settings file, whether it exists or not."""
    return _base("XDG_CONFIG_HOME", ".config") / "annotator" / "config.yaml"


def state_folder() -> Path:
    """The person's folder for what the program itself keeps, whether it exists or not."""
    return _base("XDG_STATE_HOME", ".local/state") / "annotator"


def _base(variable: str, otherwise: str) -> Path:
    """A folder the environment names, else one at home."""
    named = Path(os.environ.get(variable, ""))
    with reading(lambda why: RequestError(f"Where your home lies cannot be told ({why}); set HOME or {variable}.")):
        return named if named.is_absolute() else Path.home() / otherwise


def read_config(path: Path) -> Config:
    """Read the settings; a missing file says nothing. Raises RequestError naming file and line or key."""
    with reading(lambda why: RequestError(f"{path}: the settings cannot be read: {why}. Correct or remove the file.")):
        return _config(path, _parsed(path))


def _config(path: Path, said: Any) -> Config:
    if said is None:
        return Config()
    if not isinstance(said, dict):
        raise RequestError(f"{path}: is not a list of settings; write lines such as `annotator: NAME`.")
    known = [field.name for field in fields(Config)]
    for key in said:
        if key not in known:
            raise RequestError(f"{path}: there is no setting {key!r}; there is {', '.join(known)}.")
    return Config(**{key: READERS[key](f"{path}: {key}", value, path) for key, value in said.items()})


def keep_annotator(path: Path, name: str) -> None:
    """Write who the person is into the settings file, leaving the rest of it as it stands.

    Raises RequestError when the file cannot be written.
    """
    import yaml

    line = yaml.safe_dump({"annotator": name}, allow_unicode=True, width=10_000)
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        changed = ANNOTATOR_LINE.sub(lambda _: line, text, count=1) if ANNOTATOR_LINE.search(text) else line + text
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".unfinished")
        unfinished.write_text(changed, encoding="utf-8")
        unfinished.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path}: your name could not be kept there ({error}); use --as {name} instead.") from error


def _parsed(path: Path) -> Any:
    try:
        if stands(path) and not is_file_to_read(path):
            raise RequestError(f"{path}: is no file that can be read to its end; the settings are one, or none.")
        with path.open(encoding="utf-8") as file:
            text = file.read(LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RequestError(f"{path}:{line}: the settings cannot be read; save the file as UTF-8.") from error
    except OSError as error:
        raise RequestError(
            f"{path}: the settings cannot be read ({error.strerror}); correct or remove the file."
        ) from error
    if len(text) > LIMIT:
        raise RequestError(f"{path}: has over {LIMIT:,} characters; settings are a few lines, so check that it is it.")
    from annotator.strict_yaml import StrictYaml

    def refuse(line: int, message: str) -> NoReturn:
        raise RequestError(f"{path}:{line}: {message}. Write `key: value` lines.")

    return StrictYaml(text, refuse).value


def _text(place: str, value: Any, _path: Path) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RequestError(f"{place}: expects text, not {value!r}; put it in quotes.")
    return value.strip()


def _keys(place: str, value: Any, path: Path) -> dict[str, str]:
    if not isinstance(value, dict):
        raise RequestError(f"{place}: expects actions with their keys, such as {{undo: ctrl+z}}, not {value!r}.")
    written = {str(action): str(key) if type(key) is int else key for action, key in value.items()}
    return {action: _text(f"{place}: {action}", key, path) for action, key in written.items()}


def _names(place: str, value: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise RequestError(f"{place}: expects a list in brackets, such as [CSETv1, harm_type], not {value!r}.")
    return tuple(_text(place, each, path) for each in value)


def _folders(place: str, value: Any, path: Path) -> tuple[Path, ...]:
    found = []
    for name in _names(place, value, path):
        try:
            folder = path.parent / Path(name).expanduser()
        except RuntimeError as error:
            raise RequestError(f"{place}: {name}: nobody is called that here; write the folder out.") from error
        if not is_folder(folder):
            raise RequestError(f"{place}: there is no folder {folder}; create it, or take it out of the settings.")
        found.append(folder)
    return tuple(found)


READERS: dict[str, Callable[[str, Any, Path], Any]] = {
    "annotator": _text,
    "theme": _text,
    "keys": _keys,
    "taxonomies": _names,
    "taxonomy_folders": _folders,
}
