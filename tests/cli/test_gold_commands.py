"""Known answers from the command line: set, mixed into work, scored."""

from __future__ import annotations

import json

from annotator.desk import Desk
from annotator.model.classification import Answer
from tests.cli.conftest import Program

NS = ("--taxonomy", "small")
ZOE = ("--as", "zoe")


def known(program: Program, eva: Desk) -> None:
    """Eva's answers on two subjects are known; ann gets both among her work, and does one of them."""
    for key in ("demo:2", "demo:10"):
        for field, value in {"outcome": "near", "words": "fell"}.items():
            eva.tagging.answer(key, "small", field, Answer(value=value))
        eva.tagging.submit(key, "small")
    assert program(*ZOE, "settings", "reviewers", "zoe").code == 0
    assert program(*ZOE, "gold", "set", *NS, "--from", "EVA").code == 0


def test_known_answers_tell_who_may_not_see_them_nothing_of_closed_work(program: Program, eva: Desk) -> None:
    known(program, eva)
    for who, outcome in (("ann", "near"), ("bob", "happened")):
        done = program("--as", who, "classify", "2", *NS, "--set", f"outcome={outcome}", "--set", "words=x", "--submit")
        assert done.code == 0, done.err
    dan = ("--as", "dan", "gold")
    said = program(*dan, "set", *NS, "--from", "ann")
    assert (said.code, "1 classification left out, 1 because you have not handed in yours" in said.err) == (2, True)
    listed = program(*dan, "list")
    assert listed.out == "" and "2 classifications left out" in listed.err and "on 0 subjects that" in listed.err
    scores = program(*dan, "scores", *NS, "--json").json
    assert (scores["rows"], scores["subjects"]) == ([], {})
    assert "2 classifications left out" in scores["notes"][0]
    own = program("--as", "bob", "gold", "scores", *NS, "--json").json
    assert {each["annotator"]: each["right"] for each in own["rows"]} == {"ann": 1, "bob": 0}
    assert program(*ZOE, "gold", "scores", *NS, "--json").json["subjects"] == {"ann": 1, "bob": 1}


def test_from_known_answers_to_scores(program: Program, eva: Desk) -> None:
    known(program, eva)
    said = program(*ZOE, "gold", "list", "--json").json
    assert [(each["key"], each["whose"], each["round"], each["not_permitted"]) for each in said] == [
        ("demo:10", "eva", 1, []), ("demo:2", "eva", 1, []),
    ]  # fmt: skip
    deal = (*ZOE, "assign", *NS, "--to", "ann", "--kind", "report", "--gold", "2")
    said = program(*deal).err
    assert "Dealt 3 assignments of 3 subjects" in said
    assert "2 of them are of 2 subjects with known answers." in said
    assert program("gold", "scores", *NS).err == "Nobody handed in a subject with known answers yet.\n"
    done = program("--as", "ann", "classify", "2", *NS, "--set", "outcome=near", "--set", "words=x", "--submit")
    assert done.code == 0, done.err
    scores = program("gold", "scores", *NS, "--json").json
    (row,) = scores["rows"]
    assert row == {
        "annotator": "ann", "taxonomy": "small", "field": "outcome", "label": row["label"], "right": 1, "of": 1,
        "share": 1.0,
    }  # fmt: skip
    assert (scores["subjects"], scores["notes"]) == ({"ann": 1}, [])
    said = program("gold", "scores", *NS)
    assert said.err == "ann: 1 of 1 answers on 1 subject are as known, 100 %.\n"
    assert program(*ZOE, "gold", "unset", "2", *NS).err == "Known no more: the answers on 1 subject.\n"
    assert "zoe took the answers of eva on 2 subjects under small as known." in program("history", "--team").out


def test_known_ones_that_are_dealt_anyway_count_and_who_lacks_some_is_told_why(program: Program, eva: Desk) -> None:
    known(program, eva)
    training = (*ZOE, "round", "start", "--purpose", "training", *NS, "--dry-run", "--to")
    for many in ("1", "2"):
        said = program(*training, "dan", "--limit", "3", "--gold", many).err
        assert "Would deal 3 assignments of 3 subjects" in said and "set more" not in said
        assert "2 of them are of 2 subjects with known answers." in said
    assert "dan gets 2 of 3; set more." in program(*training, "dan", "--limit", "3", "--gold", "3").err
    assert "eva gets 0 of 1; set more." in program(*training, "eva", "--kind", "report", "--gold", "1").err
    file = eva.path.parent / "taxonomies" / "small.yaml"
    file.parent.mkdir(exist_ok=True)
    later = json.loads(
        eva.project.taxonomy("small").model_dump_json(exclude_defaults=True).replace('"near"', '"close"')
    )
    file.write_text(json.dumps({**later, "version": later.get("version", 1) + 1}), encoding="utf-8")
    said = program(*training, "dan", "--limit", "3", "--gold", "1").err
    assert "dan gets 0 of 1; set more." in said
    assert "The known answers on 2 subjects are nothing that small permits any more; `annotator gold list`" in said


def test_known_ones_that_match_and_have_everybody_already_are_mixed_in(program: Program, eva: Desk) -> None:
    known(program, eva)
    deal = (*ZOE, "assign", *NS, "--to", "ann", "--limit", "3")
    assert "Dealt 1 assignment of 3 subjects" in program(*deal, "--dry-run").err.replace("Would deal", "Dealt")
    said = program(*deal, "--gold", "2")
    assert "Dealt 3 assignments of 3 subjects" in said.err and "set more" not in said.err
    assert "2 of them are of 2 subjects with known answers." in said.err
    work = {each["key"] for each in program("list", "--as", "ann", "--assigned", "--json").json}
    assert work >= {"demo:2", "demo:10"}
    again = (*ZOE, "assign", *NS, "--to", "bob,cleo", "--limit", "3", "--random", "7", "--gold", "2", "--json")
    dealt = program(*again).json
    assert (dealt["subjects"], dealt["assigned"], dealt["gold"]) == (3, 4, 4)
    assert (dealt["known"], dealt["known_by_chance"]) == (0, 2)
    assert [(each["annotator"], each["shared"]) for each in dealt["shares"]] == [("bob", 2), ("cleo", 2)]


def test_known_ones_that_are_dealt_to_somebody_else_are_mixed_in(program: Program, eva: Desk) -> None:
    known(program, eva)
    said = program(
        *ZOE, "assign", *NS, "--to", "ann,bob", "--per-subject", "2", "--limit", "3", "--gold", "2", "--json"
    )
    assert said.code == 0, said.err
    assert (said.json["subjects"], said.json["gold"], said.json["notes"]) == (3, 4, [])
    assert (said.json["known"], said.json["known_by_chance"]) == (0, 2)
    for name in ("ann", "bob"):
        work = {each["key"] for each in program("list", "--as", name, "--assigned", "--json").json}
        assert work >= {"demo:2", "demo:10"}


def test_what_cannot_be_is_refused_with_the_way_out(program: Program, eva: Desk) -> None:
    for call, code, words in (
        (("gold", "set", *NS), 2, "Nothing is decided or published under small"),
        (("gold", "set", "--taxonomy", "nope"), 3, "nope"),
        (("gold", "set", *NS, "--keys", "-", "--limit", "2"), 2, "--keys says which subjects"),
        (("gold", "unset", "2", *NS), 3, "`annotator gold list`"),
        (("assign", *NS, "--to", "ann", "--gold", "2"), 2, "`annotator gold set` says which are"),
        (("assign", "--take-back", "ann", "--gold", "2"), 2, "--gold"),
        (("round", "start", *NS, "--purpose", "retest", "--gold", "2"), 2, "--gold"),
    ):
        said = program(*ZOE, *call)
        assert (said.code, words in said.err) == (code, True), (call, said.err)


def test_known_answers_go_along_with_a_merge_and_apart_they_are_a_conflict(program: Program, eva: Desk) -> None:
    known(program, eva)
    assert program(*ZOE, "settings", "reviewers", "zoe, yan").code == 0
    assert program("backup", "copy.db").code == 0
    copy = ("--db", "copy.db")
    assert program(*ZOE, "gold", "unset", "2", *NS).code == 0
    assert program(*copy, "--as", "yan", "gold", "set", *NS, "--from", "eva").code == 0
    assert program(*ZOE, "merge", "copy.db").code == 0
    said = program(*ZOE, "conflicts", "--json").json
    assert [(each["place"], each["label"], each["subject"]) for each in said] == [
        ("gold", "which answers are known", "demo:2")
    ]
    words = {version["words"]: version["event"] for version in said[0]["versions"]}
    assert words.keys() == {"none", "the answers of eva"}
    assert program(*ZOE, "conflicts", "keep", words["none"]).code == 0
    assert [each["key"] for each in program(*ZOE, "gold", "list", "--json").json] == ["demo:10"]
    assert program(*copy, *ZOE, "merge", str(eva.path)).code == 0
    assert program("verify", "--json").json[0]["digest"] == program(*copy, "verify", "--json").json[0]["digest"]
    assert program("doctor").code == 0
