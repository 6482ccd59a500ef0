"""What would take long or all memory is bounded by counts: the rest is refused or only counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.files import MADE_UP
from annotator.formats.folder import members
from annotator.model.record import ELSEWHERE, MOST_LOSSES, MOST_PLACES, Losses
from annotator.strict_yaml import MOST_PARTS
from annotator.taxonomy.checking import MOST_PATTERNS
from annotator.taxonomy.reading import MOST_PROBLEMS
from tests.cli.conftest import Program

HEAD = "namespace: w\nversion: 1\ntitle: W\napplies_to: [report]\nfields:\n"
WIDE = "a: [" + "a," * MOST_PARTS + "a]\n"
LONG_HEAD = "subject,taxonomy,annotator,field,value,state\n"
MOST_ATTRIBUTES = 10_000


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.md", f"---\n{WIDE}---\nb\n", "a.md:2: the front matter goes on behind 100,000 words"),
        ("a.md", "---\na: b\n" + "#\n" * 600_000 + "---\nb\n", "has a front matter of over 1,048,576 characters"),
        ("a.html", "<html><p " + "a=1 " * 30_000 + ">x</p>", "a tag of more than 10,000 attributes"),
        ("a.html", '<html><p " ' + "a=1 " * 30_000 + ">x</p>", "a tag of more than 10,000 attributes"),
        ("a.html", '<html><p "' + "a=1 " * 30_000 + '">x</p>', "a tag of more than 10,000 attributes"),
        ("a.html", "<html><p " + "a='b'" * 30_000 + ">x</p>", "a tag of more than 10,000 attributes"),
        ("a.html", "<html>" + f"<p {'a=1 ' * 9_000}>" * 50, "tags of more than 400,000 attributes in all"),
        ("a.html", "<html>" + "&#12354" * 500_001, "more than 500,000 characters as &…;"),
        ("a.html", "<html>" + "<p>" * 150_000, "more than 150,000 tags"),
        ("a.csv", "report_number,title,text" + ",c" * 10_000 + "\n", "has 10,003 columns"),
        ("a.json", '[{"report_number": 1, "title": "t", "x": [' + "0," * 100_000 + "0]}]", "more than 100,000 values"),
        ("a.json", '[{"report_number": 1, "title": "t", "x": [' + "[[[[]]]]," * 30_000 + "0]}]", "more than 100,000 v"),
        ("a.json", '[{"report_number": 1, "title": "t", "x": ' + "[" * 200_000, "nested deeper"),
        ("a.csv", LONG_HEAD + "a,b,c,f,v,\n" * 100_001, "more than 100,000 rows about one classification"),
        ("a.csv", LONG_HEAD + "a,b,c,f,v,\nb,b,c,f,v,\n" * 100_001, "more than 100,000 rows about one classification"),
    ],
)
def test_more_of_anything_than_a_source_has_is_refused(
    program: Program, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = program("import", name)
    assert (done.code, said in done.err) == (5, True), done.err


def test_a_picture_in_a_tag_and_comments_above_a_text_are_read(program: Program, tmp_path: Path) -> None:
    picture = "<html><p>One.</p><img src='data:image/png;base64," + "A b=" * 200_000 + "'>"
    (tmp_path / "a.html").write_text(picture, encoding="utf-8")
    (tmp_path / "b.md").write_text("---\n" + "# c\n" * 100_000 + "title: T\n---\nTwo.\n", encoding="utf-8")
    assert program("import", "a.html", "b.md").code == 0
    assert program("show", "file:b.md", "--json").json["title"] == "T"


def test_a_taxonomy_of_too_many_words_is_refused(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + WIDE, encoding="utf-8")
    done = program("taxonomy", "check", "a.yaml")
    assert (done.code, "goes on behind 100,000 words and lists" in done.err) == (4, True)


def test_a_taxonomy_of_too_many_patterns_is_refused(program: Program, tmp_path: Path) -> None:
    parts = "".join(f"  - {{id: f{n}, label: F, kind: text, pattern: a{n}}}\n" for n in range(MOST_PATTERNS))
    (tmp_path / "a.yaml").write_text(HEAD + parts, encoding="utf-8")
    assert program("taxonomy", "check", "a.yaml").code == 0
    group = "  - {id: g, label: G, kind: group, fields: [{id: a, label: A, kind: text, pattern: b}]}\n"
    (tmp_path / "b.yaml").write_text(HEAD + parts + group, encoding="utf-8")
    done = program("taxonomy", "check", "b.yaml")
    assert (done.code, "fields: hold more than 1,000 patterns" in done.err) == (4, True), done.err


@pytest.mark.parametrize(
    "fields",
    [
        "".join(f"  - {{id: f{n}, label: F, kind: wrong}}\n" for n in range(2 * MOST_PROBLEMS)),
        "".join(
            f"  - {{id: f{n}, label: F, kind: bool, visible_if: {{field: g{n}, equals: true}}}}\n"
            for n in range(2 * MOST_PROBLEMS)
        ),
    ],
)
def test_of_many_problems_the_first_are_told(program: Program, tmp_path: Path, fields: str) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + fields, encoding="utf-8")
    done = program("taxonomy", "check", "a.yaml")
    told = [line for line in done.err.splitlines() if "a.yaml:" in line]
    assert (done.code, len(told)) == (4, MOST_PROBLEMS + 1)
    assert f"has more than these {MOST_PROBLEMS} problems" in told[-1]


def test_of_a_kind_of_loss_so_many_places_are_listed_and_all_are_counted(program: Program, tmp_path: Path) -> None:
    rows = "x,,\n" * (MOST_PLACES + 500)
    (tmp_path / "a.csv").write_text(f"report_number,title,text\n{rows}", encoding="utf-8")
    done = program("import", "a.csv", "--json")
    nothing = [each for each in done.json[0]["losses"] if each["what"].startswith("neither")]
    assert len(nothing) == MOST_PLACES + 1
    assert sum(each["count"] for each in nothing) == MOST_PLACES + 500
    assert {each["where"]: each["count"] for each in nothing}[ELSEWHERE] == 500


def test_of_many_kinds_of_losses_no_more_are_kept_than_anybody_reads() -> None:
    losses = Losses()
    for number in range(2 * MOST_LOSSES):
        losses.add(f"kind {number}", "here")
    listed = list(losses)
    assert len(listed) == MOST_LOSSES + 1
    assert sum(each.times for each in listed) == 2 * MOST_LOSSES


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="this system makes up no files there")
@pytest.mark.parametrize("path", ["/proc/sys/kernel/random", "/proc/version"])
@pytest.mark.parametrize("command", [("import",), ("import", "--format", "text-folder")])
def test_what_the_system_makes_up_is_not_opened(program: Program, path: str, command: tuple[str, ...]) -> None:
    done = program(*command, path)
    assert (done.code, MADE_UP in done.err) == (5, True)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="this system makes up no files there")
@pytest.mark.parametrize(("command", "code"), [(("taxonomy", "check"), 4), (("merge",), 5)])
def test_nor_by_other_commands(program: Program, command: tuple[str, ...], code: int) -> None:
    assert program(*command, "/proc/version").code == code


def test_a_folder_is_read_without_what_the_system_makes_up_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "proc").mkdir(parents=True)
    for name in ("a.txt", "proc/b.txt"):
        (tmp_path / "in" / name).write_text("One.\n", encoding="utf-8")
    monkeypatch.setattr("annotator.formats.folder.is_made_up", lambda path: path.name == "proc")
    assert {str(each.name): each.why_not for each in members(tmp_path / "in")} == {"a.txt": "", "proc": MADE_UP}


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="this system has no /proc")
@pytest.mark.parametrize("path", ["/proc", "/proc/self", "/proc/kmsg", "/proc/self/pagemap", "/sys"])
def test_the_folders_of_this_system_are_known(program: Program, path: str) -> None:
    done = program("import", path)
    assert (done.code, MADE_UP in done.err) == (5, True)
