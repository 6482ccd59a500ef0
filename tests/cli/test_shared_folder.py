"""A shared folder over time: the lead handed over, databases that begin, and files of another project in it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of, sealed
from tests.cli.test_together import answers, synced

Three = tuple[Laptop, Laptop, Laptop]


@pytest.fixture
def three(tmp_path: Path, share: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Three:
    """Kim, who leads, Ann and Bob, at work; all that was done so far is with Kim, and Kim's with all."""
    kim, ann, bob = laptops(tmp_path, program, monkeypatch, "kim", "ann", "bob")
    deal = ("--kind", "incident", "--limit", "3", "--per-subject", "2")
    assert kim("assign", "--taxonomy", NS, "--to", "ann,bob", *deal).code == 0
    synced(share, kim, ann, bob)
    ann.hand_in("d:1", "Anntell")
    bob.hand_in("d:1", "Bentell")
    synced(share, ann, bob, kim)
    return kim, ann, bob


def deal(lead: Laptop, name: str, key: str) -> None:
    """Give somebody one subject."""
    keys = lead.folder / "keys.txt"
    keys.write_text(f"{key}\n", encoding="utf-8")
    said = lead("assign", "--taxonomy", NS, "--to", name, "--keys", keys, "--json")
    assert said.json["shares"], said


def reviewers(laptop: Laptop) -> str:
    return str(next(each["value"] for each in laptop("settings", "--json").json if each["name"] == "reviewers"))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_the_lead_is_handed_over_through_the_folder(three: Three, share: Path, order: tuple[int, ...]) -> None:
    kim, ann, bob = three
    assert kim("settings", "reviewers", "ann").code == 0
    kim.hand_in("d:4", "Kimtell")
    ordered = [three[each] for each in order]
    synced(share, *ordered, *ordered, *ordered)
    assert {reviewers(laptop) for laptop in three} == {"ann"}
    assert answers(ann, "d:1") == {"ann": "Anntell", "bob": "Bentell"}
    assert answers(ann, "d:4") == {"kim": "Kimtell"}
    deal(ann, "bob", "d:5")
    synced(share, ann, bob)
    assert "d:5" in [line["key"] for line in bob("list", "--assigned", "--json").json]
    bob.hand_in("d:5", "Bobtell")
    synced(share, bob, *ordered, *ordered)
    assert answers(ann, "d:5") == {"bob": "Bobtell"}
    for laptop, closed in ((bob, "Anntell"), (bob, "Kimtell")):
        assert closed not in laptop("export", "json").out
    before = {file.name: file.read_bytes() for file in share.iterdir()}
    synced(share, *three)
    assert {file.name: file.read_bytes() for file in share.iterdir()} == before
    assert ann("settings", "blind_annotation", "no").code == 0
    synced(share, *ordered, *ordered, *ordered)
    assert len({laptop.digest for laptop in three}) == 1
    for laptop in three:
        laptop.fine()


def test_what_a_former_lead_does_as_an_annotator_is_told_to_no_other(three: Three, share: Path) -> None:
    kim, ann, bob = three
    assert kim("settings", "reviewers", "ann").code == 0
    for number in (4, 5):
        kim.hand_in(f"d:{number}", "Kimtell")
    synced(share, kim, ann, bob, kim, ann, bob)
    feeds = {each["feed"]: each for each in bob("verify", "--json").json[0]["findings"] if each["person"] == "kim"}
    last = max((each["last"] for each in feeds.values()), default=0)
    told = bob("history", "--team", "--json").json
    handed_over = [each for each in told if "reviewers" in str(each)][-1]
    assert last < int(str(handed_over["id"]).rpartition(":")[2])
    newcomer = beside(kim, "dan", "dan")
    deal(ann, "dan", "d:6")
    synced(share, ann, newcomer)
    assert reviewers(newcomer) == "ann"
    assert "Kimtell" not in newcomer("export", "json").out


def test_the_lead_is_handed_over_in_files_that_are_sent(three: Three, tmp_path: Path) -> None:
    kim, ann, bob = three
    assert kim("settings", "reviewers", "ann").code == 0
    for laptop in (ann, bob):
        sent = tmp_path / f"{laptop.name}.bundle"
        assert kim("bundle", sent, "--for", laptop.name).code == 0
        assert laptop("merge", sent).code == 0
    assert ann("bundle", tmp_path / "again.bundle", "--for", "bob").code == 0
    said = bob("merge", tmp_path / "again.bundle")
    assert said.code == 0, said.err
    assert answers(ann, "d:1") == {"ann": "Anntell", "bob": "Bentell"}
    assert bob("bundle", tmp_path / "no.bundle", "--for", "ann").code == 2


def test_the_lead_is_handed_on_twice_while_somebody_is_away(three: Three, share: Path) -> None:
    kim, ann, bob = three
    assert kim("settings", "reviewers", "ann").code == 0
    synced(share, kim, ann)
    assert ann("settings", "reviewers", "kim").code == 0
    synced(share, ann, kim, ann)
    synced(share, bob, kim, ann, bob)
    assert {reviewers(laptop) for laptop in three} == {"kim"}
    assert answers(kim, "d:1") == {"ann": "Anntell", "bob": "Bentell"}


def test_somebody_begins_to_review_beside_the_lead_and_leads_alone_in_the_end(three: Three, share: Path) -> None:
    kim, ann, bob = three
    assert kim("settings", "reviewers", "kim,ann").code == 0
    synced(share, kim, ann, bob)
    assert reviewers(ann) == "kim, ann"
    assert answers(ann, "d:1") == {"ann": "Anntell", "bob": "Bentell"}
    assert ann("settings", "reviewers", "ann").code == 0
    synced(share, bob, ann, kim, bob, ann)
    assert {reviewers(laptop) for laptop in three} == {"ann"}
    for laptop in three:
        laptop.fine()


def test_the_lead_goes_to_somebody_who_has_nothing_yet(three: Three, share: Path) -> None:
    kim, _, bob = three
    zoe = beside(kim, "zoe", "zoe")
    assert kim("people", "add", "zoe").code == kim("settings", "reviewers", "zoe").code == 0
    synced(share, kim, zoe, bob, zoe)
    assert answers(zoe, "d:1") == {"ann": "Anntell", "bob": "Bentell"}
    assert reviewers(bob) == reviewers(zoe) == "zoe"


# Who begins


@pytest.mark.parametrize("is_made", [False, True], ids=["no database", "an empty one"])
def test_who_syncs_before_anything_was_taken_in_leaves_nothing_behind(three: Three, share: Path, is_made: bool) -> None:
    kim, *_ = three
    new = beside(kim, "zoe", "zoe")
    if is_made:
        assert new("settings").code in {0, 3}
        with new.in_use():
            from annotator.store.store import Store

            Store.open(new.path).close()
    before = sorted(share.iterdir())
    said = new("sync", share)
    assert "closed to you while annotation is blind" in said.err
    assert sorted(share.iterdir()) == before
    assert new.path.exists() == is_made
    assert sorted(file.name for file in new.folder.iterdir() if file.name != "state") == [
        *(["desk.db"] if is_made else []), "taxonomies",
    ]  # fmt: skip
    deal(kim, "zoe", "d:4")
    synced(share, kim, new, kim)
    assert len(new("list", "--assigned", "--json").json) == 1


def test_an_empty_folder_gets_nothing_of_a_database_without_work(three: Three, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    new = beside(three[0], "zoe", "zoe")
    said = new("sync", tmp_path / "empty")
    assert said.code == 0
    assert "no work here yet" in said.err
    assert list((tmp_path / "empty").iterdir()) == []
    assert not new.path.exists()


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_merge_of_which_nothing_comes_leaves_no_database_behind(
    three: Three, tmp_path: Path, dry: tuple[str, ...]
) -> None:
    kim, *_ = three
    assert kim("bundle", tmp_path / "a.bundle").code == 0
    if not dry:
        sealed(tmp_path / "a.bundle", lines_of(tmp_path / "a.bundle")[:-1])
    new = beside(kim, "zoe", "zoe")
    said = new("merge", *dry, tmp_path / "a.bundle")
    assert said.code == (0 if dry else 5)
    assert f"{new.path}: no database was made" in said.err
    assert not new.path.exists()


# Others' projects


@pytest.fixture
def stranger(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Somebody with a project of their own."""
    (tmp_path / "else").mkdir()
    (made,) = laptops(tmp_path / "else", program, monkeypatch, "eve")
    return made


def test_nobody_leaves_work_of_another_project_in_a_folder(three: Three, share: Path, stranger: Laptop) -> None:
    before = {file.name: file.read_bytes() for file in share.iterdir()}
    said = stranger("sync", share)
    assert said.code == 5
    assert f"{share}: holds work of another project; nothing was changed" in said.err
    assert {file.name: file.read_bytes() for file in share.iterdir()} == before


def test_a_file_of_another_project_is_named_once_and_the_rest_is_taken(
    three: Three, share: Path, stranger: Laptop, tmp_path: Path
) -> None:
    kim, _, bob = three
    (tmp_path / "other").mkdir()
    assert stranger("sync", tmp_path / "other").code == 0
    (file,) = (tmp_path / "other").iterdir()
    (share / file.name).write_bytes(file.read_bytes())
    bob.hand_in("d:2", "Bobtell")
    assert bob("sync", share).code == 0
    said = kim("sync", share)
    assert said.code == 5
    assert said.err.count(file.name) == 1
    assert "belongs to another project" in said.err
    assert answers(kim, "d:2") == {"bob": "Bobtell"}
    assert list(kim("sync", share, "--json").json["refused"]) == [file.name]
    new = beside(kim, "zoe", "zoe")
    deal(kim, "zoe", "d:4")
    kim("sync", share)
    new("sync", share)
    assert len(new("list", "--assigned", "--json").json) == 1


# What is taken away


def telling(share: Path, words: str) -> set[str]:
    """The files in the folder that say something."""
    return {file.name for file in share.iterdir() if any(words in line for line in lines_of(file))}


def test_what_was_erased_leaves_the_folder_once_its_news_was_taken_in(three: Three, share: Path) -> None:
    kim, ann, bob = three
    deal(kim, "bob", "d:4")
    said = ann("classify", "d:2", "--taxonomy", NS, "--note", "Notetell", "--set", "maker=Anntell")
    assert said.code == 0, said.err
    synced(share, ann, kim, ann, bob)
    assert len(telling(share, "Notetell")) == 3, "in Ann's own, in Kim's whole one, and in Kim's for Ann"
    (event,) = (each["id"] for each in kim("history", "d:2", "--json").json if "Notetell" in str(each))
    assert kim("erase", event, "--reason", "takedown").code == 0
    synced(share, kim)
    assert len(telling(share, "Notetell")) == 1, "Kim cannot write Ann's"
    synced(share, ann, kim, bob)
    assert not telling(share, "Notetell")
    before = {file.name: file.read_bytes() for file in share.iterdir()}
    synced(share, *three)
    assert {file.name: file.read_bytes() for file in share.iterdir()} == before, "and nothing is written again for it"


def test_what_is_for_somebody_with_nothing_left_to_do_is_kept_as_it_would_be_now(three: Three, share: Path) -> None:
    kim, _, _ = three
    keys = kim.folder / "keys.txt"
    keys.write_text("d:5\n", encoding="utf-8")
    assert kim("assign", "--taxonomy", NS, "--to", "zoe", "--keys", keys).code == 0
    before = {file.name for file in share.iterdir()}
    synced(share, kim)
    (file,) = {file.name for file in share.iterdir()} - before
    assert file in telling(share, '"assigned"')
    events = [
        each["id"] for each in kim("history", "--team", "--json").json if "zoe" in each["words"] and "d:5" in str(each)
    ]
    assert kim("erase", *events, "--reason", "takedown").code == 0
    synced(share, kim)
    assert file not in telling(share, '"assigned"')


# What is lost


def test_what_a_restored_backup_lost_is_given_up_and_still_comes_back(three: Three, tmp_path: Path) -> None:
    kim, ann, _ = three
    assert ann("backup", tmp_path / "ann.backup").code == 0
    ann.answer("d:2", "maker=Lost")
    shutil.copy(ann.path, tmp_path / "later.db")
    shutil.copy(tmp_path / "ann.backup", ann.path)
    ann.answer("d:3", "maker=After")
    said = ann("verify")
    assert (said.code, "missing" in said.out) == (1, True)
    assert ann("verify", "--give-up", " ").code == 2
    said = ann("verify", "--give-up", "the disk broke")
    assert said.code == 0, said.err
    assert "Given up: feed" in said.err
    assert "given up by ann on " in said.out
    assert "the disk broke" in said.out
    assert ann("verify", "--give-up", "again").code == 3
    assert ann("doctor").code == 0
    assert "gave up event " in ann("history", "--team").out
    assert ann("bundle", tmp_path / "ann.bundle").code == 0
    assert kim("merge", tmp_path / "ann.bundle").code == 0
    assert "gave up event " in kim("history", "--team").out
    kim.fine()
    assert ann("merge", tmp_path / "later.db").code == 0
    assert answers(ann, "d:2") == {"ann": "Lost"}
    assert "given up" not in ann("verify").out
    ann.fine()


def test_what_others_lost_is_given_up_by_who_reviews_alone(three: Three) -> None:
    kim, ann, _ = three
    deal(kim, "bob", "d:5")
    with closing(sqlite3.connect(ann.path)) as file, closing(sqlite3.connect(kim.path)) as whole, file:
        file.executemany("INSERT OR IGNORE INTO heads VALUES (?, ?, ?, ?)", whole.execute(
            "SELECT uid, number, hash, 'told' FROM feeds WHERE number > 0").fetchall())  # fmt: skip
    assert ann("verify").code == 1
    said = ann("verify", "--give-up", "I do not want it")
    assert said.code == 2
    assert "Only who reviews gives up what others wrote" in said.err
    assert ann("verify").code == 1
