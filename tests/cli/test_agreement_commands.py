"""Agreement from the command line."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.comparison.fields import MORE
from tests.cli.conftest import Program
from tests.comparison.classified import add, classified, verdicts

ROW = [
    "field", "number", "label", "level", "units", "pairable", "percent", "alpha", "alpha_low", "alpha_high", "ac1",
    "fleiss_kappa", "undefined",
]  # fmt: skip
PAIR = ["field", "a", "b", "units", "percent", "kappa", "pi", "kappa_linear", "kappa_quadratic", "undefined"]
ALL = ("--taxonomy", "compared")


@pytest.fixture
def compared(tmp_path: Path, program: Program) -> Path:
    """The database the commands find by themselves: three annotators, four subjects."""
    project = classified(
        tmp_path / "made",
        {
            "ann": verdicts("yes", "yes", "no", "no"),
            "bob": verdicts("yes", "no", "no", "no"),
            "eve": verdicts("yes", "no", None, None),
        },
    )
    project.store.close()
    for file in (tmp_path / "made").iterdir():
        file.rename(tmp_path / file.name.replace("desk.db", "annotator.db"))
    return tmp_path / "annotator.db"


def test_the_document_has_the_promised_shape(program: Program, compared: Path) -> None:
    said = program("agreement", *ALL, "--json", "--resamples", "50")
    assert said.code == 0
    assert all(list(row) == ROW for row in said.json)
    assert [row["field"] for row in said.json][:2] == ["verdict", "basis"]
    assert said.json[0]["pairable"] == 4
    assert "Unanswered is missing" in said.err
    assert "ann (4), bob (4), eve (2)" in said.err


def test_one_field_comes_with_its_choices(program: Program, compared: Path) -> None:
    (row,) = program("agreement", *ALL, "--field", "1", "--json").json
    assert list(row) == [*ROW, *MORE, "reasons", "choices"]
    assert [list(each) for each in row["choices"]] == [["choice", "label", "specific", "alpha_one_vs_rest"]] * 3


def test_without_a_taxonomy_every_one_that_overlaps_is_named(program: Program, compared: Path) -> None:
    rows = program("agreement", "--json").json
    assert {row["taxonomy"] for row in rows} == {"compared"}


def test_pairs_confusion_and_annotators_have_their_shapes(program: Program, compared: Path) -> None:
    pairs = program("agreement", "pairs", *ALL, "--json").json
    assert [list(row) for row in pairs] == [PAIR] * 3
    confusion = program("agreement", "confusion", *ALL, "--field", "verdict", "--json").json
    assert confusion == [{"a": "yes", "b": "no", "count": 2, "subjects": ["demo:2"]}]
    annotators = program("agreement", "annotators", *ALL, "--json").json
    assert list(annotators[0]) == [
        "field", "annotator", "against", "units", "percent", "kappa", "undefined", "accuracy", "competence",
    ]  # fmt: skip


def test_what_stands_before_the_name_of_a_table_counts_for_it(program: Program, compared: Path) -> None:
    before = program("agreement", *ALL, "--annotators", "ann,bob", "--json", "pairs").json
    assert before == program("agreement", "pairs", *ALL, "--annotators", "ann,bob", "--json").json
    assert [(row["a"], row["b"]) for row in before] == [("ann", "bob")]


def test_the_same_seed_gives_the_same_interval_and_another_another(program: Program, compared: Path) -> None:
    def interval(seed: str) -> tuple[float, float]:
        row = program("agreement", *ALL, "--field", "verdict", "--seed", seed, "--resamples", "60", "--json").json[0]
        return row["alpha_low"], row["alpha_high"]

    assert interval("1") == interval("1")
    assert len({interval(seed) for seed in "12345678"}) > 1


def test_dates_narrow_every_table(program: Program, compared: Path) -> None:
    (row,) = program("agreement", *ALL, "--field", "verdict", "--since", "2002", "--until", "2003-06", "--json").json
    assert (row["units"], row["pairable"]) == (2, 2)
    said = program("agreement", "confusion", *ALL, "--field", "verdict", "--until", "2001", "--json")
    assert said.json == []
    assert "Subjects dated 2001 or earlier" in said.err
    assert len(program("disagreements", *ALL, "--since", "2002", "--json").json) == 1
    assert program("disagreements", *ALL, "--since", "2003", "--json").json == []
    assert program("disagreements", *ALL, "--until", "2001-12-31", "--json").json == []
    assert program("report", "dated.html", *ALL, "--since", "2002-05").code == 0
    assert "Subjects dated 2002-05 or later" in Path("dated.html").read_text(encoding="utf-8")


def test_all_adds_every_coefficient(program: Program, compared: Path) -> None:
    rows = program("agreement", *ALL, "--all", "--resamples", "20", "--json").json
    assert all(list(row) == [*ROW, *MORE, "reasons"] for row in rows)
    assert rows[0]["conger_kappa"] is not None
    assert "only for fields of several values" in rows[0]["reasons"]["alpha_jaccard"]
    head, first, *_ = csv.reader(io.StringIO(program("agreement", *ALL, "--all", "--csv").out))
    assert head == [*ROW, *MORE, "reasons"]
    assert first[head.index("brennan_prediger")]
    table = program("agreement", *ALL, "--all").out
    assert "B-P" in table
    assert "CONGER" in table


def test_one_field_is_shown_line_by_line(program: Program, compared: Path) -> None:
    out = program("agreement", *ALL, "--field", "verdict").out
    assert out.splitlines()[0] == "1 Verdict (verdict), nominal: 4 units, 4 pairable"
    for words in ("Krippendorff's alpha", "95 % by jackknife", "Conger's kappa", "Gwet's AC1", "SPECIFIC"):
        assert words in out


def test_the_likely_answer_of_a_disagreement(program: Program, compared: Path) -> None:
    said = program("disagreements", *ALL, "--likely", "--json")
    (row,) = said.json
    assert row["likely"] == "no"
    assert 0.5 < row["likelihood"] <= 1
    assert "no (" in program("disagreements", *ALL, "--likely").out
    alone = program("disagreements", *ALL, "--likely", "--since", "2002", "--json")
    assert alone.json[0]["likely"] == "no"


def test_nothing_is_likely_where_two_differ(program: Program, tmp_path: Path) -> None:
    project = classified(
        tmp_path / "two",
        {"ann": [{"verdict": "yes", "town": "Oslo"}], "bob": [{"verdict": "no", "town": "Rome"}]},
    )
    project.store.close()
    said = program("--db", tmp_path / "two" / "desk.db", "disagreements", *ALL, "--likely", "--json")
    assert [(row["field"], row["likely"], row["likelihood"]) for row in said.json] == [
        ("verdict", None, None), ("town", None, None),
    ]  # fmt: skip
    assert "Nothing is likely for verdict: no unit has values of three annotators" in said.err
    assert "Nothing is likely for town: not compared: free text" in said.err


def test_csv_has_a_line_per_field(program: Program, compared: Path) -> None:
    head, first, *_ = csv.reader(io.StringIO(program("agreement", *ALL, "--csv").out))
    assert head == ROW
    assert first[:4] == ["verdict", "1", "Verdict", "nominal"]


def test_the_table_shows_the_interval_and_the_reasons(program: Program, compared: Path) -> None:
    said = program("agreement", *ALL)
    assert said.out.splitlines()[0].split()[:3] == ["NO", "FIELD", "LEVEL"]
    assert " … " in said.out
    assert "free text" in said.out
    assert "no overlap" in said.out


def test_disagreements_say_who_said_what(program: Program, compared: Path) -> None:
    said = program("disagreements", *ALL, "--json")
    assert said.json == [
        {
            "subject": "demo:2", "field": "verdict", "label": "Verdict",
            "answers": {"ann": "yes", "bob": "no", "eve": "no"}, "ruled": None,
        }
    ]  # fmt: skip
    assert program("disagreements", *ALL, "--field", "basis", "--json").json == []
    assert "ann: yes; bob: no; eve: no" in program("disagreements").out


def test_disagreements_tell_states_from_values(program: Program, compared: Path) -> None:
    from annotator.desk.project import Project

    project = Project.open(compared)
    add(project, {"ann": [{"basis": "(empty)"}], "bob": [{"basis": ["age", "sex"]}]}, round_=2)
    project.store.close()
    (row,) = program("--round", "2", "disagreements", *ALL, "--json").json
    assert row["answers"] == {"ann": "(empty)", "bob": ["age", "sex"]}


def test_the_report_is_written_whole(program: Program, compared: Path, tmp_path: Path) -> None:
    said = program("report", tmp_path / "agreement.html", "--resamples", "50")
    assert (said.code, said.out) == (0, "")
    assert (tmp_path / "agreement.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert program("report", compared).code == 2
    assert program("report", tmp_path / "nowhere" / "agreement.html").code == 7


def test_a_report_where_nothing_has_an_alpha_is_written_too(program: Program, tmp_path: Path) -> None:
    project = classified(tmp_path / "made", {"ann": verdicts("yes"), "bob": verdicts("yes")})
    project.store.close()
    said = program("--db", tmp_path / "made" / "desk.db", "report", tmp_path / "agreement.html", *ALL)
    assert (said.code, said.err.splitlines()[0]) == (0, f"{tmp_path / 'agreement.html'}: written.")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["agreement", "--taxonomy", "compard"], 3, "compared"),
        (["agreement", *ALL, "--field", "verdikt"], 3, "verdict"),
        (["agreement", "--field", "nonsense"], 3, "has no field"),
        (["agreement", *ALL, "--annotators", "ann,zoe"], 3, "Nobody here is called 'zoe'; there is ann, bob, eve"),
        (["agreement", *ALL, "--annotators", "ann,"], 2, "commas between them"),
        (["agreement", *ALL, "--states", "odd"], 2, "no policy"),
        (["agreement", *ALL, "--json", "--csv"], 2, "two forms"),
        (["agreement", *ALL, "--since", "soon"], 2, "no date"),
        (["agreement", *ALL, "--since", "2003", "--until", "2002-12"], 2, "nothing lies between"),
        (["disagreements", *ALL, "--until", "2002-13"], 2, "no date"),
        (["report", "page.html", *ALL, "--since", "2020-6-1"], 2, "no date"),
        (["agreement", *ALL, "--resamples", "-1"], 2, "-1"),
        (["agreement", "confusion", *ALL], 2, "--field"),
        (["agreement", "confusion", *ALL, "--field", "remarks"], 2, "free text"),
        (["disagreements", "--taxonomy", "compard"], 3, "compared"),
        (["disagreements", *ALL, "--field", "verdikt"], 3, "verdict"),
        (["report", "page.html", "--taxonomy", "compard"], 3, "compared"),
    ],
)
def test_bad_requests_are_answered_in_words(
    program: Program, compared: Path, arguments: list[str], code: int, words: str
) -> None:
    said = program(*arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_nothing_to_compare_is_said_and_is_an_empty_document(program: Program, compared: Path) -> None:
    said = program("--round", "7", "agreement", "--json")
    assert (said.code, said.json) == (0, [])
    assert "no taxonomy in which two annotators" in said.err


def test_one_annotator_alone_gets_rows_and_the_reason(program: Program, compared: Path) -> None:
    said = program("agreement", *ALL, "--annotators", "ann", "--json")
    assert said.code == 0
    assert "no overlap" in said.json[0]["undefined"]
    assert "agreement needs two annotators" in said.err


@pytest.mark.long
@pytest.mark.parametrize("asked", [["list"], ["disagreements"], ["review", *ALL], ["doctor"], ["export", "jsonl"]])
def test_commands_without_statistics_do_not_wait_for_numpy(compared: Path, asked: list[str]) -> None:
    code = "import sys; from annotator.cli import main; print('code', main(['--db', *sys.argv[1:]])); " \
           "print('numpy' in sys.modules, 'textual' in sys.modules)"  # fmt: skip
    command = [sys.executable, "-c", code, str(compared), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "code 0" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "False False"


@pytest.mark.long
@pytest.mark.parametrize("asked", [[], list(ALL), [*ALL, "--field", "verdict"]])
def test_agreement_loads_no_screens_and_no_more_than_it_needs(compared: Path, asked: list[str]) -> None:
    """Pydantic alone would take as long as the statistics do."""
    code = "import sys; from annotator.cli import main; main(['--db', *sys.argv[1:], '--json']); " \
           "print(sorted({'textual', 'rich', 'pydantic', 'sqlite_utils', 'numpy'} & {*sys.modules}))"  # fmt: skip
    command = [sys.executable, "-c", code, str(compared), "agreement", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['numpy']"


def test_weights_are_for_figures_that_speak_of_all_subjects(program: Program, eva: Desk) -> None:
    deal = ("assign", "--taxonomy", "small", "--as", "zoe", "--to", "ann,bob")
    assert "Drew 2 of 3" in program(*deal, "--per-subject", "2", "--random", "1", "--limit", "2").err
    answers = ("--set", "outcome=near", "--set", "words=fell", "--submit")
    for name in ("ann", "bob"):
        for each in program("list", "--assigned", "--as", name, "--json").json:
            assert program("classify", each["key"], "--taxonomy", "small", *answers, "--as", name).code == 0
    said = program("agreement", "--taxonomy", "small", "--weighted", "--as", "ann")
    assert (said.code, "Weighted by design" in said.err) == (0, True), said.err
    assert "sum to 3 of the 3 drawn from." in said.err
    assert "Weighted" not in program("agreement", "--taxonomy", "small", "--as", "ann").err
    (row,) = program("agreement", "shares", "--weighted", "--field", "outcome", "--as", "ann", "--json").json[:1]
    assert row.keys() >= {"field", "choice", "label", "units", "share"}
    for table in ("pairs", "annotators"):
        said = program("agreement", "--weighted", table, "--taxonomy", "small", "--as", "ann")
        assert (said.code, "--weighted is for figures that speak of all subjects" in said.err) == (2, True)
