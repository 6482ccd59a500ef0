"""What is exported can be imported again, and then exported the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk.exchange.exporting import Form
from annotator.desk.exchange.importing import import_path
from annotator.formats.table import guarded, unguarded
from annotator.model.classification import Answer, Evidence, Status
from annotator.model.provenance import Provenance
from annotator.model.taxonomy import Taxonomy
from tests.exporting.desks import exported, keep, project_with, wherever_from
from tests.taxonomy.strategies import classifications, taxonomies

FEWER = settings(max_examples=settings().max_examples // 4)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
spans = st.builds(
    Evidence, report=st.just("demo:r1"), start=st.integers(0, 9), end=st.integers(10, 99), quote=texts, prefix=texts
)
supports = st.fixed_dictionaries(
    {"evidence": st.lists(spans, max_size=2).map(tuple), "confidence": st.none() | st.floats(0, 1)}
)
makers: st.SearchStrategy[Provenance | None] = st.none() | st.builds(Provenance, st.just("model"), *[texts] * 4)
statuses: st.SearchStrategy[Status] = st.sampled_from(["draft", "skipped", "submitted"])


@st.composite
def works(draw: st.DrawFn) -> tuple[Taxonomy, dict[str, Answer]]:
    """A taxonomy, and answers to it with evidence and confidence."""
    taxonomy = draw(taxonomies())
    answers = draw(classifications(taxonomy))
    return taxonomy, {field: answer.model_copy(update=draw(supports)) for field, answer in answers.items()}


@pytest.mark.parametrize("form", ["jsonl", "json"])
@given(work=works(), status=statuses, notes=texts, made_by=makers)
@FEWER
def test_json_read_into_a_new_database_is_exported_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory,
    form: Form,
    work: tuple[Taxonomy, dict[str, Answer]],
    status: Status,
    notes: str,
    made_by: Provenance | None,
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    taxonomy, answers = work
    first = project_with(folder / "one", taxonomy)
    keep(first, taxonomy, answers, status=status, notes=notes, made_by=made_by)
    written = folder / f"out.{form}"
    written.write_text(exported(first, form), encoding="utf-8", newline="")
    second = project_with(folder / "two", taxonomy)
    report = import_path(second, written)
    assert (report.format, report.issues, report.losses) == ("annotator_export", 0, [])
    assert wherever_from(exported(second, form)) == wherever_from(exported(first, form))


@given(work=works(), status=statuses, made_by=makers)
@FEWER
def test_the_long_table_keeps_every_answer_the_status_and_what_made_it(
    tmp_path_factory: pytest.TempPathFactory,
    work: tuple[Taxonomy, dict[str, Answer]],
    status: Status,
    made_by: Provenance | None,
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    taxonomy, answers = work
    first = project_with(folder / "one", taxonomy)
    keep(first, taxonomy, answers, status=status, made_by=made_by)
    text = exported(first, "csv")
    written = folder / "out.csv"
    written.write_text(text, encoding="utf-8", newline="")
    second = project_with(folder / "two", taxonomy)
    if text.count("\n") > 1:
        assert import_path(second, written).issues == 0
        assert wherever_from(exported(second)) == wherever_from(exported(first))


@given(work=works())
@FEWER
def test_hidden_answers_come_when_asked_for_and_hide_again(
    tmp_path_factory: pytest.TempPathFactory, work: tuple[Taxonomy, dict[str, Answer]]
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    taxonomy, answers = work
    answered = {field: answer for field, answer in answers.items() if answer.state == "answered"}
    first = project_with(folder / "one", taxonomy)
    keep(first, taxonomy, answered)
    written = folder / "out.jsonl"
    written.write_text(exported(first, with_hidden=True), encoding="utf-8", newline="")
    second = project_with(folder / "two", taxonomy)
    assert import_path(second, written).losses == []
    again, before = exported(second, with_hidden=True), exported(first, with_hidden=True)
    assert wherever_from(again) == wherever_from(before)


@given(texts)
def test_a_guarded_cell_gives_its_text_back_and_runs_nothing(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(("=", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-a", "@SUM(A1)", "\tx", "\r=1", "'=1", "''@"])
def test_what_a_spreadsheet_would_run_is_written_as_text(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e9", "-.5", "a=b", "'", "it's", ""])
def test_numbers_and_harmless_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_importing_an_export_where_it_came_from_changes_nothing(tmp_path: Path) -> None:
    taxonomy = Taxonomy.model_validate(
        {"namespace": "one", "fields": [{"id": "a", "kind": "text"}, {"id": "b", "kind": "tags"}]}
    )
    project = project_with(tmp_path, taxonomy)
    keep(project, taxonomy, {"a": Answer(value="=x"), "b": Answer(value=["p", "q"])}, status="submitted")
    before = exported(project)
    for form in ("jsonl", "json", "csv"):
        written = tmp_path / f"out.{form}"
        written.write_text(exported(project, form), encoding="utf-8", newline="")
        import_path(project, written)
        assert exported(project) == before


@pytest.mark.parametrize("text", ["a\rb", "a\r", "a\nb", "a\r\nb", 'a "b", c'])
def test_line_ends_and_quotes_in_a_cell_survive_the_long_table(tmp_path: Path, text: str) -> None:
    taxonomy = Taxonomy.model_validate({"namespace": "one", "fields": [{"id": "a", "kind": "long_text"}]})
    first, second = project_with(tmp_path / "one", taxonomy), project_with(tmp_path / "two", taxonomy)
    keep(first, taxonomy, {"a": Answer(value=text)}, status="submitted")
    (tmp_path / "out.csv").write_text(exported(first, "csv"), encoding="utf-8", newline="")
    import_path(second, tmp_path / "out.csv")
    assert wherever_from(exported(second)) == wherever_from(exported(first))
