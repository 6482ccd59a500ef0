"""A database in use, and for every command of the program a way to call it there."""

from __future__ import annotations

import gzip
import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import copyfile

from annotator.cli import main
from annotator.store.connection import latest_version
from tests.desk.blinded import make_blinded
from tests.trust.at_desk import at_desk

IN = "--taxonomy desk"
WAYS = {
    "desk": "eve desk",
    "demo": "eve demo",
    "list": "eve list --json",
    "show": "eve show 2 --text",
    "classify": f"zed classify 5 {IN} --set outcome=none --note x --submit",
    "skip": f"zed skip 5 {IN} --reason x",
    "reopen": f"ann reopen 2 {IN}",
    "flag": f"ann flag 2 {IN} --reason x",
    "undo": "ann undo",
    "redo": "ben redo",
    "history": "eve history 1",
    "assign": f"lead assign {IN} --to zed,yan",
    "round": "lead round",
    "gold set": f"eve gold set {IN} --from ann",
    "gold unset": f"eve gold unset {IN}",
    "gold list": "eve gold list",
    "gold scores": f"eve gold scores {IN}",
    "round list": f"lead round list {IN}",
    "round start": f"lead round start {IN} --purpose training --to zed,yan",
    "round close": f"lead round close 1 {IN} --take-back",
    "round show": f"lead round show 1 {IN}",
    "round open": f"lead round open 1 {IN}",
    "progress": "lead progress --pace",
    "comment": "eve comment 2 hello,@ann",
    "comments": "eve comments",
    "people list": "eve people list",
    "people role": "lead people role ann adjudicator",
    "people add": "eve people add Quinn",
    "people rename": "eve people rename ben Benno",
    "people alias": "eve people alias ann Anna",
    "people merge": "eve people merge ann ben",
    "people split": "eve people split gus Augustus",
    "people leave": "eve people leave ann",
    "people undo": "eve people undo",
    "merge": "eve merge other.db",
    "bundle": "eve bundle some.bundle",
    "sync": "eve sync shared",
    "conflicts": "eve conflicts --json",
    "conflicts keep": "ann conflicts keep CONFLICT",
    "waiting": "lead waiting --json",
    "waiting accept": "lead waiting accept --all",
    "waiting decline": "lead waiting decline x:1 --reason x",
    "agreement": f"eve agreement {IN} --field words",
    "agreement shares": f"eve agreement shares {IN} --field words",
    "agreement pairs": f"eve agreement pairs {IN}",
    "agreement confusion": f"eve agreement confusion {IN} --field words",
    "agreement annotators": f"eve agreement annotators {IN}",
    "disagreements": f"eve disagreements {IN} --json",
    "report": "eve report page.html",
    "review": f"eve review 2 {IN}",
    "rule": f"eve rule 2 {IN} --field words --adopt ann --cause slip",
    "adjudicate": f"eve adjudicate 1 {IN} --reopen",
    "publish": f"lead publish 2 {IN} --released --annotator ann --reason x",
    "withdraw": f"lead withdraw 1 {IN} --annotator AIID",
    "import": "eve import more.jsonl --report told.txt",
    "issues": "eve issues",
    "formats": "eve formats",
    "export": "eve export csv --out out.csv",
    "taxonomy list": "eve taxonomy list",
    "taxonomy show": "eve taxonomy show desk",
    "taxonomy check": "eve taxonomy check taxonomies/desk.yaml",
    "taxonomy new": "eve taxonomy new mine",
    "verify": "eve verify",
    "join": "eve join 1 2",
    "erase": "eve erase EVENT --reason x",
    "doctor": "eve doctor",
    "backup": "eve backup copy.db",
    "restore": "eve restore kept.db",
    "salvage": "eve salvage other.db --out saved.db",
    "settings": "lead settings blind_annotation no",
    # More of what writes or reads much.
    "doctor --rebuild": "eve doctor --rebuild",
    "export all": "eve export jsonl",
    "import texts": "eve import texts",
    "import new": "eve --db new.db import texts",
    "merge bundle": "eve merge given.bundle",
    "verify other": "eve verify other.db",
    "list old": "eve --db old.db list",
    "at the desk": "zed @desk",
}
"""By name, who calls what; where the name is a command's, it is the way for that command."""
PIECEMEAL = {"at the desk"}
"""Ways that save one thing after the other, each for itself."""
DATABASES = Path(__file__).parents[1] / "store" / "databases"
OPENED = ("annotator.db", "other.db", "new.db", "old.db")
"""The databases that ways have to do with; one is made by its way."""
COUNTED = ("subjects", "reports", "classifications", "import_runs", "looks", "people")
"""Tables in which what is there is counted."""
VERSION = latest_version()
LINE = '{"subject": "d:6", "taxonomy": "desk", "annotator": "yan", "answers": {"words": {"value": ["x"]}}}\n'


def arguments(way: str, folder: Path) -> list[str]:
    """What stands on the command line of a way, in a folder that was prepared."""
    who, *words = WAYS[way].split()
    named = json.loads((folder / "named.json").read_text(encoding="utf-8"))
    return ["--as", who, *(named.get(word, word) for word in words)]


def run(words: list[str]) -> int:
    """Go a way in the current folder; returns the exit code."""
    return at_desk(Path("annotator.db")) if "@desk" in words else main(words)


def called(*words: str) -> str:
    """Call a command while a folder is prepared; returns what it prints."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    assert code == 0, (words, err.getvalue())
    return out.getvalue()


def prepare(folder: Path) -> None:
    """Make what the ways need in an empty folder, which is the current one."""
    (folder / "made").mkdir()
    made = make_blinded(folder / "made")
    (folder / "made" / "taxonomies").rename(folder / "taxonomies")
    copyfile(made, folder / "annotator.db")
    copyfile(made, folder / "other.db")
    for file in (folder / "made").iterdir():
        file.unlink()
    (folder / "made").rmdir()
    for database, said in (("annotator.db", "here"), ("other.db", "there")):
        called("--db", database, "--as", "ann", "classify", "5", *IN.split(), "--set", f"maker={said}")
    called("--as", "eve", "merge", "other.db")
    called("--db", "other.db", "--as", "gus", "comment", "2", "from elsewhere")
    called("--db", "other.db", "--as", "eve", "bundle", "given.bundle")
    called("--as", "ben", "undo")
    called("--as", "gus", "people", "add", "Augustus")
    called("backup", "kept.db")
    (folder / "more.jsonl").write_text(LINE, encoding="utf-8")
    (folder / "texts").mkdir()
    for name in ("a", "b"):
        (folder / "texts" / f"{name}.txt").write_text(f"A robot {name} did harm.\n" * 40, encoding="utf-8")
    (folder / "shared").mkdir()
    conflicts = json.loads(called("--as", "ann", "conflicts", "--json"))
    events = json.loads(called("--as", "eve", "history", "2", "--json"))
    named = {"CONFLICT": conflicts[0]["versions"][0]["event"], "EVENT": events[0]["id"]}
    (folder / "named.json").write_text(json.dumps(named), encoding="utf-8")
    (folder / "old.db").write_bytes(gzip.decompress((DATABASES / "schema_13.db.gz").read_bytes()))
