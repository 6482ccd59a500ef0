"""Somebody deals subjects out: to whom, how many, again, and back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.project import Project
from annotator.desk.team.assignment import Overlap, Wish, assign
from annotator.desk.team.strata import Stratum
from annotator.desk.team.taking_back import OpenWork, take_back
from annotator.errors import NotFoundError, RequestError
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from annotator.store import visibility
from tests.desk.making import choose, submit_fully
from tests.team.conftest import At

Given = dict[str, set[str]]


def wish(*to: str, **more: object) -> Wish:
    return Wish("desk", to, **{"view": QueueView(kind="incident"), **more})  # type: ignore[arg-type]


def given(desk: Desk, round_: int = 1) -> Given:
    """Who has what, by subject."""
    found: Given = {}
    sql = "SELECT key, annotator FROM assignments JOIN subjects ON subjects.id = subject_id WHERE round = ?"
    with desk.store.reading() as transaction:
        for key, name in transaction.execute(sql, (round_,)):
            found.setdefault(key, set()).add(name)
    return found


def batches(desk: Desk, name: str) -> list[tuple[int, int]]:
    with desk.store.reading() as transaction:
        sql = "SELECT batch, count(*) FROM assignments WHERE annotator = ? GROUP BY batch ORDER BY batch"
        return transaction.execute(sql, (name,)).fetchall()


def test_every_subject_gets_as_many_annotators_as_asked_for(at: At) -> None:
    zoe = at()
    dealt = assign(zoe.project, wish("ann,bob", "cy", per_subject=2), 1, "zoe")
    assert (dealt.subjects, dealt.assigned, dealt.short) == (6, 12, 0)
    assert {name: share for name, share, *_ in dealt.shares} == {"ann": 4, "bob": 4, "cy": 4}
    assert all(len(names) == 2 for names in given(zoe).values())


def test_weights_share_the_work_out(at: At) -> None:
    dealt = assign(at().project, wish("ann", "bob=2"), 1, "zoe")
    assert {name: share for name, share, *_ in dealt.shares} == {"ann": 2, "bob": 4}


def test_the_same_database_and_the_same_people_in_any_order_make_the_same_deal(at: At) -> None:
    zoe = at()
    deals = []
    for names in ("ann,bob=2,cy", "cy,ann,bob=2"):
        with zoe.store.rehearsing():
            assign(zoe.project, wish(names, per_subject=2, seed=3), 1, "zoe")
            deals.append(given(zoe))
    assert deals[0] == deals[1]


def test_a_rehearsal_says_what_would_be_dealt_and_changes_nothing(at: At) -> None:
    zoe = at()
    rehearsed = assign(zoe.project, wish("ann,bob"), 1, "zoe", dry_run=True)
    assert given(zoe) == {}
    assert assign(zoe.project, wish("ann,bob"), 1, "zoe") == rehearsed


def test_calling_it_again_deals_only_what_is_missing(at: At) -> None:
    zoe = at()
    assign(zoe.project, wish("ann,bob", view=QueueView(search="d:2")), 1, "zoe")
    first = given(zoe)
    assert assign(zoe.project, wish("ann,bob", seed=7), 1, "zoe").assigned == 5
    assert assign(zoe.project, wish("ann,bob", seed=8), 1, "zoe").assigned == 0
    assert given(zoe) == {**given(zoe), **first}
    assert assign(zoe.project, wish("ann,bob,cy", per_subject=2), 1, "zoe").assigned == 6


def test_who_has_classified_a_subject_counts_and_what_the_published_result_says_does_not(at: At) -> None:
    submit_fully(at("ann"), "d:1")
    at("bob").tagging.skip("d:2", "desk", "not about AI")
    submit_fully(at("AIID"), "d:3")
    zoe = at()
    assert assign(zoe.project, wish("cy"), 1, "zoe").assigned == 4
    assert given(zoe).keys() == {"d:3", "d:4", "d:5", "d:6"}


def test_a_draft_counts_for_those_named_and_not_for_somebody_who_left(at: At) -> None:
    choose(at("ann"), "d:1", "outcome", Answer(value="none"))
    choose(at("bob"), "d:2", "outcome", Answer(value="none"))
    zoe = at()
    assign(zoe.project, wish("ann,cy"), 1, "zoe")
    assert "d:1" not in given(zoe) and "d:2" in given(zoe)


def test_new_deals_go_on_with_the_next_batch(at: At) -> None:
    zoe = at()
    view = QueueView(kind="incident", until="2024")
    assign(zoe.project, wish("ann", view=view, batch_size=2), 1, "zoe")
    assert batches(zoe, "ann") == [(1, 2), (2, 1)]
    dealt = assign(zoe.project, wish("ann"), 1, "zoe")
    assert dealt.shares[0].batches == (3,)
    assert batches(zoe, "ann") == [(1, 2), (2, 1), (3, 3)]


def test_those_who_share_a_subject_have_it_at_the_same_place(at: At) -> None:
    zoe = at()
    assign(zoe.project, wish("ann,bob", per_subject=2), 1, "zoe")
    with zoe.store.reading() as transaction:
        sql = "SELECT count(DISTINCT position) FROM assignments GROUP BY subject_id"
        assert [count for (count,) in transaction.execute(sql)] == [1] * 6


def test_an_overlap_sample_is_spread_over_years(at: At) -> None:
    zoe = at()
    asked = wish("ann,bob,cy", view=QueueView(kind="incident", since="2000"), overlap=Overlap("100%", 2, "date"))
    dealt = assign(zoe.project, asked, 1, "zoe")
    assert dealt.strata == tuple(Stratum(str(year), 1, 1, 1) for year in range(2022, 2027))
    month = assign(zoe.project, wish("dan", "eva", overlap=Overlap("3", 2, "month")), 2, "zoe", dry_run=True)
    assert [each.name for each in month.strata] == [*(f"202{n}-0{n}" for n in range(2, 7)), "no date"]
    assert sum(each.shared for each in month.strata) == 3


def test_strata_of_a_field_are_numbers_so_that_nobody_reads_answers_from_them(at: At) -> None:
    for key, outcome in {"d:1": "none", "d:2": "none", "d:3": "happened"}.items():
        choose(at("ann"), key, "outcome", Answer(value=outcome))
        if outcome == "none":
            at("ann").tagging.submit(key, "desk")
    asked = wish("ann,bob", overlap=Overlap("4", 2, "1.1"))
    dealt = assign(at().project, asked, 1, "zoe", dry_run=True)
    assert [(each.name, each.subjects) for each in dealt.strata] == [("1", 2), ("no answer", 4)]
    assert "none" not in repr(dealt).replace("None", "")


def test_taking_back_leaves_what_is_done_and_lets_others_have_the_rest(at: At) -> None:
    zoe = at()
    assign(zoe.project, wish("ann"), 1, "zoe")
    submit_fully(at("ann"), "d:1")
    choose(at("ann"), "d:2", "outcome", Answer(value="none"))
    rehearsed = take_back(zoe.project, "ANN", 1, dry_run=True)
    assert (rehearsed.annotator, rehearsed.taken, rehearsed.batches) == ("ann", 5, (("desk", 1, 1, 5, 1, 0),))
    assert take_back(zoe.project, " ann ", 1, OpenWork("desk")) == rehearsed
    assert given(zoe) == {"d:1": {"ann"}}
    assert assign(zoe.project, wish("bob"), 1, "zoe").assigned == 5
    with pytest.raises(NotFoundError, match="round 2"):
        take_back(zoe.project, "ann", 2)


def test_who_has_seen_others_answers_is_not_asked_to_classify_blind(at: At) -> None:
    zoe = at()
    with zoe.store.writing() as transaction:
        visibility.put(transaction, "ann", "d:1", "desk")
    dealt = assign(zoe.project, wish("ann"), 1, "zoe")
    assert "d:1" not in given(zoe)
    assert dealt.short == 1


def test_only_subjects_that_the_taxonomy_asks_about_are_dealt(at: At) -> None:
    zoe = at()
    folder = zoe.path.parent / "taxonomies"
    field = "{id: f, label: F, kind: bool}"
    (folder / "few.yaml").write_text(
        f"namespace: few\nversion: 1\ntitle: Few\napplies_to: [report]\nfields: [{field}]\n", encoding="utf-8"
    )
    assert assign(at().project, Wish("few", ("ann",), limit=9), 1, "zoe", dry_run=True).subjects == 2
    assert assign(at().project, Wish("desk", ("ann",), limit=7), 1, "zoe", dry_run=True).subjects == 7
    with pytest.raises(RequestError, match="d:1 is one of the incidents, and few asks only about reports"):
        assign(at().project, Wish("few", ("ann",), keys=("d:r1", "d:1")), 1, "zoe")
    with pytest.raises(RequestError, match="few asks nothing about incidents"):
        assign(at().project, Wish("few", ("ann",), QueueView(kind="incident")), 1, "zoe")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (wish(), "Name who is to classify"),
        (wish(","), "Name who is to classify"),
        (wish("ann=0"), "no number above 0"),
        (wish("ann=-1"), "no number above 0"),
        (wish("ann=many"), "no number above 0"),
        (wish("ann=1e999999999"), "no number above 0"),
        (wish("=2"), "is no name"),
        (wish("ann,ann"), "named twice"),
        (wish("ann,Ann"), "'Ann' is named twice"),
        (wish("ann,bоb"), "'bоb' looks like 'bob', who is somebody else here, but has CYRILLIC SMALL LETTER O"),
        (wish("dan,dаn"), "'dаn' looks like 'dan'"),
        (wish("a=b=2"), "'a=b': a name has no `=` in it"),
        (wish("REST"), "in figures it stands for everybody else"),
        (wish("Adjudicated"), "nobody works under this name"),
        (wish("aiid"), "nobody works under this name"),
        (wish("ann\u200b"), "is no name"),
        (wish("ann", per_subject=2), "2 annotators per subject need 2 people, and there are 1: ann"),
        (wish("ann", view=QueueView(search="zzz")), "No subject is like that"),
        (wish("ann,cy", overlap=Overlap("7")), "more than there is; there is 6"),
        (wish("ann,cy", overlap=Overlap("101%")), "more than all"),
        (wish("ann,cy", overlap=Overlap("half")), "neither a number"),
        (wish("ann,cy", overlap=Overlap("0")), "neither a number"),
        (wish("ann,cy", overlap=Overlap("2.5")), "neither a number"),
        (wish("ann,cy", overlap=Overlap("2", 3)), "3 annotators per subject need 3 people"),
        (wish("ann,cy", per_subject=2, overlap=Overlap("2")), "give --overlap-per-subject 3 or more"),
        (wish("ann,cy", overlap=Overlap("2", 2, "remark")), "free text"),
    ],
)
def test_what_cannot_be_dealt_is_refused_in_words_and_leaves_nothing_behind(at: At, asked: Wish, words: str) -> None:
    zoe = at()
    at("bob").tagging.skip("d:6", "GMF", "not about AI")
    with pytest.raises(RequestError, match=words):
        assign(zoe.project, asked, 1, "zoe")
    assert given(zoe) == {}


def test_unknown_taxonomies_and_fields_are_named(at: At) -> None:
    zoe = at()
    for asked, words in (
        (Wish("nope", ("ann",)), "nope"),
        (wish("ann,bob", overlap=Overlap("2", 2, "colour")), "desk has no field 'colour'"),
        (wish("ann,bob", overlap=Overlap("2", 2, "nope:colour")), "nope"),
    ):
        with pytest.raises(NotFoundError, match=words):
            assign(zoe.project, asked, 1, "zoe")


@pytest.mark.slow
def test_the_real_snapshot_is_dealt_beside_what_its_annotators_did(shared_data: Path, tmp_path: Path) -> None:
    from annotator.desk.exchange.importing import import_path

    project = Project.open(tmp_path / "real.db")
    import_path(project, shared_data / "aiid-snapshot")
    names = ("Annotator-1,Annotator-2,Annotator-3,山田 花子",)
    asked = Wish("CSETv1", names, QueueView(kind="incident"), overlap=Overlap("20%", 2, "date"), batch_size=50)
    dealt = assign(project, asked, 1, "zoe")
    held = Counter[str]()
    with project.store.reading() as transaction:
        for _, name, count in transaction.execute(
            """SELECT subject_id, annotator, count(*) FROM (
                 SELECT subject_id, annotator FROM assignments
                 UNION ALL SELECT subject_id, annotator FROM classifications
                 WHERE taxonomy = 'CSETv1' AND annotator != 'AIID') GROUP BY 1, 2"""
        ):
            assert count == 1  # nobody is asked for what they have done
            held[name] += 1
    assert dealt.short == 0 and dealt.subjects == 1367
    assert max(held.values()) - min(held.values()) <= 1
    assert sum(each.shared for each in dealt.strata) == round(1367 / 5)
    assert all(each.shared for each in dealt.strata)
    assert assign(project, asked, 1, "zoe").assigned == 0
    assert not any(finding.problems for finding in project.store.examine())
    project.store.close()
