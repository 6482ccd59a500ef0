"""Incidents and reports in bulk: new ones added, changed ones updated, the rest left alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.errors import SourceError
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import EntityLink, Incident, Report, SubjectView
from annotator.store import subjects
from annotator.store.importing.content import ensure_subjects
from annotator.store.importing.staging import Kind
from annotator.store.store import Store
from tests.store import making
from tests.store.making import answer, of, problems

FULL = Report(
    key="s:r1", title="Title", text="Text", url="https://example.org/1", authors=("A",), date_published="2020-05-01",
    extra={"a": 1},
)  # fmt: skip


def put(store: Store, *reports: Report, incident: str = "", partial: bool = False) -> dict[str, int]:
    outcomes = making.put(store, *(ReportRecord(report, "", incident, partial) for report in reports))
    return dict(+outcomes["reports"])


def put_incident(store: Store, partial: bool = False, key: str = "s:1", **said: Any) -> dict[str, int]:
    return dict(+making.put(store, IncidentRecord(Incident(key=key, **said), "", partial))["incidents"])


def view(store: Store, key: str) -> SubjectView:
    found = subjects.view(store.transaction, key)
    assert found
    return found


def report(store: Store, key: str = "s:r1") -> Report:
    return view(store, key).reports[0]


def named(*names: str) -> tuple[EntityLink, ...]:
    return tuple(EntityLink(name=name, role="deployer") for name in names)


def test_a_report_comes_back_as_it_was_given(store: Store) -> None:
    assert put(store, FULL) == {"added": 1}
    assert report(store) == FULL


@settings(max_examples=settings().max_examples // 4)  # every example makes a database of its own
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_kept_verbatim(text: str) -> None:
    given_report = Report(key="s:r1", title=text, text=text, authors=(text,), extra={text: text})
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "a.db")) as store:
        put(store, given_report)
        assert report(store) == given_report


def test_the_same_again_changes_nothing_not_even_a_byte(store: Store) -> None:
    put(store, FULL, incident="s:1")
    put_incident(store, title="T", reports=("s:r1", "s:r9"), entities=named("Somebody"))
    before = list(store._connection.iterdump())
    assert put(store, FULL, incident="s:1") == {"unchanged": 1}
    assert put_incident(store, title="T", reports=("s:r1", "s:r9"), entities=named("Somebody")) == {"unchanged": 1}
    assert list(store._connection.iterdump()) == before


@pytest.mark.parametrize(
    "change",
    [{"title": "New"}, {"text": "New"}, {"authors": ("B",)}, {"date_published": "2021"}, {"standing": "submission"},
     {"extra": {"a": 2}}, {"extra": {"b": 1}}],
    ids=str,
)  # fmt: skip
def test_a_changed_report_is_updated(store: Store, change: dict[str, Any]) -> None:
    put(store, FULL)
    changed = FULL.model_copy(update=change)
    assert put(store, changed) == {"updated": 1}
    expected = changed.model_copy(update={"extra": {**FULL.extra, **changed.extra}})
    assert report(store) == expected
    assert view(store, "s:r1").date == changed.date_published
    assert put(store, changed) == {"unchanged": 1}
    assert problems(store) == []


def test_there_and_back_again_is_stable(store: Store) -> None:
    other = FULL.model_copy(update={"text": "Other words", "url": "https://example.org/2", "date_published": "2021"})
    put(store, FULL)
    put(store, other)
    assert put(store, FULL) == {"updated": 1}
    assert report(store) == FULL
    assert put(store, FULL) == {"unchanged": 1}


def test_a_source_that_says_nothing_of_a_value_does_not_erase_it(store: Store) -> None:
    put(store, FULL)
    assert put(store, Report(key="s:r1", title="Newer title")) == {"updated": 1}
    assert report(store) == FULL.model_copy(update={"title": "Newer title"})


def test_a_partial_report_fills_gaps_and_overwrites_nothing(store: Store) -> None:
    put(store, FULL)
    part = Report(key="s:r1", title="Wrong", text="Wrong", language="en", authors=("X",), extra={"a": 9, "b": 2})
    assert put(store, part, partial=True) == {"updated": 1}
    assert report(store) == FULL.model_copy(update={"language": "en", "extra": {"a": 1, "b": 2}})
    assert put(store, part, partial=True) == {"unchanged": 1}


def test_a_full_report_replaces_what_a_partial_one_guessed(store: Store) -> None:
    put(store, Report(key="s:r1", title="Machine translated", text="…", date_published="2020"), partial=True)
    assert put(store, FULL) == {"updated": 1}
    assert report(store) == FULL
    assert view(store, "s:r1").date == "2020-05-01"


def test_the_date_shown_is_the_best_there_is(store: Store) -> None:
    put(store, Report(key="s:r1", date_downloaded="2022-02-02"))
    assert view(store, "s:r1").date == "2022-02-02"
    put(store, Report(key="s:r1", date_submitted="2021-01-01"), partial=True)
    assert view(store, "s:r1").date == "2021-01-01"
    put(store, Report(key="s:r1", date_published="2020"), partial=True)
    assert view(store, "s:r1").date == "2020"


def test_one_key_for_two_things_is_refused_whole(store: Store) -> None:
    put(store, FULL)
    with pytest.raises(SourceError, match="s:r1: is here already and is no incident"):
        making.put(store, *(IncidentRecord(Incident(key=key), "") for key in ("s:new", "s:r1")))
    assert subjects.view(store.transaction, "s:new") is None


@pytest.mark.parametrize(("guessed", "arrives"), [("report", "incident"), ("incident", "report")])
def test_a_subject_that_was_only_named_becomes_what_it_turns_out_to_be(
    store: Store, guessed: Kind, arrives: Kind
) -> None:
    with store.writing() as transaction:
        ensure_subjects(transaction, ["s:case-7"], guessed)
    answer(store, of("s:case-7"), "a", "yes")
    if arrives == "incident":
        put_incident(store, key="s:case-7", title="Now known", reports=("s:r1",))
    else:
        put(store, Report(key="s:case-7", title="Now known", text="Text"))
    found = view(store, "s:case-7")
    assert (found.kind, found.title) == (arrives, "Now known")
    assert store.classification(of("s:case-7")).answers["a"].value == "yes"
    assert problems(store) == []


def test_reports_an_incident_lists_may_come_before_after_or_never(store: Store) -> None:
    put(store, FULL)
    put_incident(store, reports=("s:r3", "s:r1", "s:r2"))
    put(store, Report(key="s:r2", text="second"))
    found = view(store, "s:1")
    assert [each.key for each in found.reports] == ["s:r1", "s:r2"]
    assert found.missing_reports == ("s:r3",)


def test_a_report_may_say_itself_where_it_belongs(store: Store) -> None:
    assert put(store, FULL, incident="s:7") == {"added": 1}
    assert [each.key for each in view(store, "s:7").reports] == ["s:r1"]
    assert put_incident(store, key="s:7", title="Now known") == {"updated": 1}
    assert put(store, FULL, incident="s:8") == {"updated": 1}
    assert [each.key for each in view(store, "s:8").reports] == ["s:r1"]


def test_an_incident_follows_its_source_when_reports_move_come_and_go(store: Store) -> None:
    put(store, *(Report(key=f"s:r{n}") for n in range(1, 6)))
    put(store, Report(key="s:r5"), incident="s:1")
    put_incident(store, reports=("s:r1", "s:r2", "s:r3"))
    assert keys(store) == ["s:r1", "s:r2", "s:r3", "s:r5"]
    assert put_incident(store, reports=("s:r4", "s:r3", "s:r1")) == {"updated": 1}
    assert keys(store) == ["s:r4", "s:r3", "s:r1", "s:r5"]
    assert put_incident(store, partial=True, reports=("s:r2",)) == {"updated": 1}
    assert keys(store) == ["s:r4", "s:r3", "s:r1", "s:r5", "s:r2"]
    assert put_incident(store, reports=("s:r1", "s:r2", "s:r3")) == {"updated": 1}
    assert keys(store) == ["s:r1", "s:r2", "s:r3", "s:r5"]
    assert put_incident(store) == {"unchanged": 1}


def keys(store: Store) -> list[str]:
    return [each.key for each in view(store, "s:1").reports]


def test_entities_follow_their_source_too(store: Store) -> None:
    put_incident(store, entities=named("A", "B"))
    assert put_incident(store, entities=named("B", "C")) == {"updated": 1}
    assert {each.name for each in view(store, "s:1").entities} == {"B", "C"}
    assert put_incident(store, partial=True, entities=named("D")) == {"unchanged": 1}
    assert put_incident(store) == {"unchanged": 1}
    assert {each.name for each in view(store, "s:1").entities} == {"B", "C"}


def test_one_entity_may_have_several_roles(store: Store) -> None:
    links = tuple(EntityLink(name="A", role=role) for role in ("deployer", "developer"))
    put_incident(store, entities=links)
    assert view(store, "s:1").entities == links
    assert problems(store) == []
