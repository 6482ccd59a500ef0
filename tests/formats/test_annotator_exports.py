"""Reading our own exports, also after somebody edited them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.desk.exchange.importing import import_path
from annotator.errors import SourceError
from annotator.formats.annotator_export import read, sniff
from annotator.formats.format import ReadOptions
from annotator.formats.format import sniff as best_of_all
from annotator.formats.table import Table
from annotator.model.record import ClassificationRecord, Loss, Record
from annotator.store import issues
from tests.exporting.desks import SMALL, exported, project_with

HEAD = "subject,round,annotator,taxonomy,version,field,value,state,confidence,evidence"


def said(**changes: Any) -> dict[str, Any]:
    """One classification as the export writes it, changed."""
    answers: dict[str, Any] = {"outcome": {"state": "answered", "value": "near", "evidence": [], "confidence": None}}
    return {
        "subject": "demo:2", "taxonomy": "small", "version": 1, "annotator": "eva", "round": 1, "status": "draft",
        "publish": "unpublished", "notes": "", "answers": answers, **changes,
    }  # fmt: skip


def written(folder: Path, content: Any, name: str = "out.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def found(path: Path) -> tuple[list[ClassificationRecord], list[Loss]]:
    records = list(read(path, ReadOptions()))
    return (
        [each for each in records if isinstance(each, ClassificationRecord)],
        [each for each in records if isinstance(each, Loss)],
    )


@pytest.mark.parametrize(
    "content", [[said()], said(), json.dumps(said()) + "\n" + json.dumps(said(round=2)), f"{HEAD}\n"]
)
def test_it_is_told_apart_from_other_formats(tmp_path: Path, content: Any) -> None:
    assert best_of_all(written(tmp_path, content)).name == "annotator_export"


@pytest.mark.parametrize("content", [[{"subject": "a", "answers": {}}], "subject,field,value\n", "plain words", []])
def test_what_lacks_its_names_is_something_else(tmp_path: Path, content: Any) -> None:
    path = written(tmp_path, content)
    assert sniff(path, path.read_bytes()) == 0
    assert sniff(tmp_path, b"") == 0


def test_a_classification_keeps_its_version_round_status_and_publication(tmp_path: Path) -> None:
    (record,), losses = found(written(tmp_path, [said(round=3, status="skipped", publish="published", notes="n")]))
    assert (record.version, record.round, record.status, record.publish, record.notes) == (1, 3, "skipped", True, "n")
    assert losses == []


def test_json_of_another_shape_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"out.json item 2 is of another shape; expected classifications"):
        found(written(tmp_path, [said(), {"subject": "a"}, {"subject": "b"}]))
    with pytest.raises(SourceError, match="another shape"):
        found(written(tmp_path, [said(answers=[])]))


def test_what_is_not_read_is_a_loss(tmp_path: Path) -> None:
    hidden = {"state": "hidden", "value": None}
    records, losses = found(written(tmp_path, [said(mood="good", answers={"harm": hidden}), said(annotator=" ")]))
    assert [record.values for record in records] == [()]
    assert [loss.what for loss in losses] == [
        "mood: is none of the names read here",
        "hidden answers without a value: left out",
        "no annotator: left out",
    ]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            {"state": "perhaps", "value": None},
            "is no answer as this program exports it: state is missing or has another form",
        ),
        (
            {"value": "near", "confidence": 7},
            "is no answer as this program exports it: confidence is missing or has another form",
        ),
        (
            {"value": "near", "evidence": [{"report": "r"}]},
            "is no answer as this program exports it: evidence.0.start is missing or has another form",
        ),
        ({"value": "far"}, "is not one of the choices"),
        ({"value": None}, "has no value"),
    ],
)
def test_an_answer_that_was_edited_badly_is_kept_aside(tmp_path: Path, answer: dict[str, Any], problem: str) -> None:
    project = project_with(tmp_path, SMALL)
    good = {"words": {"value": "kept"}}
    report = import_path(project, written(tmp_path, [said(answers={"outcome": answer, **good})]))
    assert (report.issues, report.counts["classifications"]["added"]) == (1, 1)
    (issue,) = issues.read(project.store.transaction)
    assert problem in issue.problem
    assert '"kept"' in exported(project)


def test_a_field_is_found_by_its_id_alone(tmp_path: Path) -> None:
    swapped = """\
namespace: small
version: 1
fields:
  - {id: a, label: b, kind: text}
  - {id: b, label: a, kind: text}
"""
    project = project_with(tmp_path, swapped)
    import_path(project, written(tmp_path, [said(answers={"a": {"value": "in a"}, "Label": {"value": "x"}})]))
    assert json.loads(exported(project))["answers"]["a"]["value"] == "in a"
    assert [issue.problem for issue in issues.read(project.store.transaction)] == ["the taxonomy has no such field"]


def test_a_version_that_is_not_here_is_read_as_the_current_one_and_said(tmp_path: Path) -> None:
    project = project_with(tmp_path, SMALL)
    report = import_path(project, written(tmp_path, [said(version=7)]))
    assert [loss.what for loss in report.losses] == ["made under version 7, which is not here; read as 1"]
    assert json.loads(exported(project))["version"] == 1


def test_rows_of_the_long_table_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = [
        "demo:2,1,eva,small,1,names,b,answered,0.5,[]",
        "demo:3,1,eva,small,1,words,'=x,answered,,",
        "demo:2,1,eva,small,1,names,c,answered,0.5,[]",
        "demo:2,1,eva,small,1,when,,unknown,,",
        "demo:2,1,eva,small,1,deaths,2,hidden,,",
        "demo:2,1,eva,small,1,sure,,hidden,,",
        "demo:2,1,eva,small,1,outcome,near,,,oops",
    ]
    (first, second), losses = found(written(tmp_path, "\n".join([HEAD, *rows]) + "\n", "long.csv"))
    values = {raw.name: raw.value for raw in first.values}
    assert (values["names"]["texts"], values["names"]["confidence"]) == (["b", "c"], "0.5")
    assert (values["when"]["state"], values["when"]["texts"]) == ("unknown", [])
    assert (values["deaths"]["state"], values["deaths"]["texts"]) == ("answered", ["2"])
    assert "sure" not in values
    assert second.values[0].value["texts"] == ["=x"]
    assert [loss.what.partition(":")[0] for loss in losses] == [
        "classifications with no status",
        "hidden answers without a value",
        "evidence that is no JSON array",
        "classifications with no status",
    ]


def test_a_classification_of_the_long_table_comes_once_its_rows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"demo:{n},1,eva,small,1,words,{word},answered,," for n in range(500) for word in ("a", "b")]
    path = written(tmp_path, "\n".join([f"{HEAD},status", *(f"{each},draft" for each in rows)]) + "\n", "long.csv")
    with path.open("a") as file:
        file.write('demo:0,"')  # known only to who reads it to its end
    taken = rows_read(monkeypatch)
    records = read(path, ReadOptions())
    assert (kept(next(records)), len(taken)) == (("demo:0", ["a", "b"]), 2)
    assert (kept(next(records)), len(taken)) == (("demo:1", ["a", "b"]), 4)
    with pytest.raises(SourceError, match="never closed"):
        list(records)


def test_what_is_written_last_of_a_classification_keeps_the_others_waiting(tmp_path: Path) -> None:
    order = [(1, "a"), (2, "b"), (3, "c"), (2, "d"), (1, "e"), (4, "f")]
    rows = [f"demo:{n},1,eva,small,1,words,{word},answered,,,draft" for n, word in order]
    path = written(tmp_path, "\n".join([f"{HEAD},status", *rows]) + "\n", "long.csv")
    records, _ = found(path)
    assert [kept(each) for each in records] == [
        ("demo:1", ["a", "e"]), ("demo:2", ["b", "d"]), ("demo:3", ["c"]), ("demo:4", ["f"]),
    ]  # fmt: skip


@pytest.mark.parametrize("odd", ["demo:0,1,eva,small,1,words,x,answered,,,draft,much", "demo:0,1,eva,small,1,w\0,,,,,"])
def test_a_row_that_is_kept_aside_keeps_nothing_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    rows = [f"demo:{n},1,eva,small,1,words,a,answered,,,draft" for n in range(500)]
    rows.insert(1, odd)
    path = written(tmp_path, "\n".join([f"{HEAD},status", *rows]) + "\n", "long.csv")
    taken = rows_read(monkeypatch)
    records = read(path, ReadOptions())
    assert (kept(next(records)), len(taken)) == (("demo:0", ["a"]), 2)
    assert len([each for each in records if isinstance(each, ClassificationRecord)]) == 499


def test_one_classification_written_in_two_ways_is_one(tmp_path: Path) -> None:
    rows = ["'=x,1,eva,small,1,words,a,answered,,,draft", "=x,1,eva,small,1,words,b,answered,,,draft"]
    path = written(tmp_path, "\n".join([f"{HEAD},status", *rows]) + "\n", "long.csv")
    assert [kept(each) for each in found(path)[0]] == [("=x", ["a", "b"])]


def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Fills with the rows of tables that are taken one by one."""
    taken: list[object] = []
    rows = Table.rows

    def counting(table: Table, *said: Any, **named: Any) -> Iterator[Any]:
        for row in rows(table, *said, **named):
            taken.append(row)
            yield row

    monkeypatch.setattr(Table, "rows", counting)
    return taken


def kept(record: Record) -> tuple[str, list[str]]:
    """Subject of a classification, and the texts of its one value."""
    assert isinstance(record, ClassificationRecord)
    (value,) = record.values
    return record.subject, value.value["texts"]


def test_a_table_saved_by_a_spreadsheet_is_read_too(tmp_path: Path) -> None:
    text = f"{HEAD},status\ndemo:2,1,eva,small,1,outcome,near,answered,,,draft\n".replace(",", ";")
    path = tmp_path / "long.csv"
    path.write_text(text, encoding="utf-8-sig")
    assert best_of_all(path).name == "annotator_export"
    (record,), losses = found(path)
    assert (record.status, losses) == ("draft", [])


def test_two_values_for_one_choice_are_kept_aside(tmp_path: Path) -> None:
    project = project_with(tmp_path, SMALL)
    rows = [f"demo:2,1,eva,small,1,outcome,{value},answered,," for value in ("near", "happened")]
    report = import_path(project, written(tmp_path, "\n".join([HEAD, *rows]) + "\n", "long.csv"))
    assert report.issues == 1
    assert issues.read(project.store.transaction)[0].problem == "takes one value, and there are 2"


@pytest.mark.parametrize("status", [None, "", "handed in", 7, ["submitted"]])
def test_a_status_that_is_not_known_hands_nothing_in(tmp_path: Path, status: Any) -> None:
    (record,), (loss,) = found(written(tmp_path, [said(status=status)]))
    assert record.status is None
    assert loss.what.endswith("new ones come as drafts, others keep theirs")
    assert loss.where == "out.json"


def test_what_a_source_does_not_know_is_not_taken_for_known(tmp_path: Path) -> None:
    whole = said(status="submitted", publish="published", notes="n")
    bare = {name: value for name, value in whole.items() if name not in {"status", "publish", "notes"}}
    (told, untold), _ = found(written(tmp_path, [whole, bare]))
    assert (told.status, told.publish, told.notes) == ("submitted", True, "n")
    assert (untold.status, untold.publish, untold.notes) == (None, None, None)
