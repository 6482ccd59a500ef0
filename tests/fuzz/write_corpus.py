"""Write the cases that fuzzing begins with; they are kept in `corpus/`, and so is what was found by one and mended.

python -m tests.fuzz.write_corpus
"""

from __future__ import annotations

import io
import json
import tarfile
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from annotator.cli import main as call
from annotator.cli.commands import TABLE
from annotator.desk import open_desk
from tests.desk.making import TAXONOMY, TEXT, make_desk, submit_fully
from tests.formats.records import FIXTURES
from tests.formats.test_aiid_classifications import stored
from tests.formats.test_aiid_reports import ITEM
from tests.formats.test_aiid_snapshots import TABLES
from tests.fuzz.targets import CORPUS, KEPT_OUT, PARTS, unsealed

CONFIG = "annotator: ana\ntheme: dark\ntaxonomies: [CSETv1, GMF]\ntaxonomy_folders: [mine]\nkeys:\n  search: ctrl+f\n"
"""A person's settings."""
ARGUMENTS = [
    "list --status draft --limit 3",
    "list --search robot --json",
    "list --taxonomy desk --csv",
    "show d:1",
    "classify d:2 desk outcome=near maker=Acme --submit",
    "skip d:3 desk no-AI",
    "flag d:2 desk outcome unclear",
    "undo",
    "agreement --taxonomy desk --field outcome",
    "disagreements --taxonomy desk",
    "report desk.html --taxonomy desk",
    "history d:1 --taxonomy desk",
    "export jsonl --out x.jsonl",
    "export csv --taxonomy desk --wide",
    "assign desk --to ana --to ben --random 7 --count 2",
    "round start desk --purpose retest",
    "gold set d:1 desk",
    "comment d:1 @ben",
    "people role ana lead",
    "people merge ben ana",
    "publish --where taxonomy=desk --dry-run",
    "rule d:1 desk outcome near --cause misread",
    "adjudicate d:1 desk",
    "progress --json",
    "settings reviewers ana",
    "taxonomy show desk",
    "verify --digest",
    "doctor --rebuild",
    "erase ben --reason asked",
    "import a.db --format text-folder --encoding utf-16",
]


def ending(place: int, count: int) -> bytes:
    """The first byte of a case whose file is to have the ending at a place among so many."""
    return bytes([ord("A") + (place - ord("A")) % count])


def put(target: str, name: str, data: bytes) -> None:
    """Write one case."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def texts() -> None:
    """Documents, pages and news records."""
    news, page = (FIXTURES / "news.md").read_bytes(), (FIXTURES / "pages" / "english.html").read_bytes()
    plain = f"# A robot on a ramp\n\n{TEXT}\n".encode()
    front = b"---\ntitle: Ramp\ndate: 2021-03-04\nauthor: [Ann]\n---\n" + plain
    sideways = 'title = "Ramp"\ndate = 2021-03-04\n'
    put("news_record", "news", ending(0, 1) + news)
    put("report_page", "page", ending(0, 2) + page)
    for language in ("english", "japanese", "french", "spanish"):
        put("report_page", language, ending(1, 2) + (FIXTURES / "pages" / f"{language}.txt").read_bytes())
    put("text_folder", "front", ending(0, 3) + front)
    put("text_folder", "toml", ending(0, 3) + f"+++\n{sideways}+++\n{TEXT}".encode())
    put("text_folder", "json", ending(0, 3) + b'{"title": "Ramp"}\n\n' + plain)
    put("text_folder", "japanese", ending(1, 3) + "ロボットが坂道にいた。".encode("shift_jis"))
    put("text_folder", "utf16", ending(1, 3) + TEXT.encode("utf-16"))
    put("text_folder", "page", ending(2, 3) + page)
    put("folder", "two", PARTS.join([b"a\n" + front, "坂道\n# 二\n".encode(), b"b\n" + news]))
    put("import", "document", ending(3, 7) + front)
    put("import", "page", ending(4, 7) + page)


def tables() -> None:
    """Files of the AI Incident Database."""
    for name, text in TABLES.items():
        put("aiid_snapshot", name, ending(0, 4) + text.encode())
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in TABLES.items():
            info = tarfile.TarInfo(f"mongodump_full_snapshot/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    put("aiid_snapshot", "packed", ending(2, 4) + packed.getvalue())
    lines = "".join(f"{json.dumps(each)}\n" for each in (ITEM, {**ITEM, "report_number": 7, "text": ""})).encode()
    row = ",".join(ITEM) + "\n" + ",".join(json.dumps(json.dumps(value)) for value in ITEM.values()) + "\n"
    put("aiid_reports", "array", ending(0, 3) + json.dumps([ITEM]).encode())
    put("aiid_reports", "table", ending(1, 3) + row.encode())
    put("aiid_reports", "lines", ending(2, 3) + lines)
    kept = json.dumps([stored(), stored(namespace="CSETv1", incidents=[3, 4], reports=[9])]).encode()
    put("aiid_classifications", "array", ending(0, 2) + kept)
    put("aiid_classifications", "line", ending(1, 2) + json.dumps(stored()).encode() + b"\n")
    put("import", "reports", ending(1, 7) + lines)
    put("import", "classifications", ending(0, 7) + kept)
    put("import", "table", ending(2, 7) + row.encode())


def broken() -> None:
    """Sources of which some lines, items and rows cannot be read and the others can."""
    good = json.dumps(ITEM).encode()
    odd = (b'{"report_number": }', b'{"title": "a\0b"}', b"[" * 70 + b"]" * 70, b'{"title": "5" tall"x"}', b"{} {}")
    pairs = [each for one in odd for each in (good, one)]
    put("aiid_reports", "broken-lines", ending(2, 3) + b"\n".join([*pairs, good, b""]))
    put("aiid_reports", "broken-array", ending(0, 3) + b"[" + b",\n".join([*pairs, good]) + b"]")
    put("aiid_reports", "broken-table", ending(1, 3) + b"report_number,title,text\n1,a,b\n2,\0,b\n,,\n\n3,c,d\n")
    kept = json.dumps(stored()).encode()
    put("aiid_classifications", "broken-lines", ending(1, 2) + b"\n".join([b"nonsense", kept, b'{"a": 1}', kept, b""]))
    put("import", "broken-lines", ending(1, 7) + b"\n".join([*pairs, good, b""]))
    put("text_folder", "comments", ending(0, 3) + b"---\n" + b"# c\n" * 9 + b"title: T\n---\n# A\n")


def own() -> None:
    """What this program writes itself, taxonomies, settings and arguments."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        path = make_desk(folder)
        with closing(open_desk(path, "dan")) as desk:
            submit_fully(desk, "d:2")
            desk.tagging.note("d:3", "desk", "remark")
        at = ["--db", str(path), "--as", "dan"]
        for name, place in (("jsonl", 0), ("json", 1), ("csv", 2)):
            target = folder / f"x.{name}"
            call([*at, "export", name, "--out", str(target)])
            put("annotator_export", name, ending(place, 3) + target.read_bytes())
        put("import", "export", ending(1, 7) + (folder / "x.jsonl").read_bytes())
        call([*at, "bundle", str(folder / "b.bundle")])
        put("bundle", "as-sent", (folder / "b.bundle").read_bytes())
        for target_name in ("bundle", "merge"):
            put(target_name, "work", unsealed((folder / "b.bundle").read_bytes()))
    put("taxonomy", "desk", TAXONOMY.encode())
    put(
        "taxonomy",
        "pattern",
        b'namespace: w\nfields:\n  - {id: a, kind: text, pattern: "[A-Z]{2}-\\\\d+", example: AB-1}\n',
    )
    put("config", "usual", CONFIG.encode())
    names = sorted(set(TABLE) - KEPT_OUT)
    for number, line in enumerate(ARGUMENTS):
        command, *rest = line.split()
        put("arguments", f"{number:02}-{command}", bytes([names.index(command)]) + "\n".join(rest).encode())


if __name__ == "__main__":
    texts()
    tables()
    broken()
    own()
