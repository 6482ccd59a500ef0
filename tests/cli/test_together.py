"""Three people with three laptops: bundles, merging and a shared folder, with annotation blind and open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of
from tests.store.databases import unpack
from tests.store.databases.write import TAXONOMY

Three = tuple[Laptop, Laptop, Laptop]


@pytest.fixture
def three(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Three:
    """Lead, who reviews and dealt three incidents to Ann and Bob, each to both; these have no database yet."""
    lead, ann, bob = laptops(tmp_path, program, monkeypatch, "lead", "ann", "bob")
    deal = ("--kind", "incident", "--limit", "3", "--per-subject", "2")
    assert lead("assign", "--taxonomy", NS, "--to", "ann,bob", *deal).code == 0
    return lead, ann, bob


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder that all three see."""
    (tmp_path / "share").mkdir()
    return tmp_path / "share"


def synced(share: Path, *order: Laptop) -> None:
    for laptop in order:
        said = laptop("sync", share)
        assert said.code == 0, said.err


def answers(laptop: Laptop, key: str) -> dict[str, object]:
    """What a laptop shows of a subject: by annotator, who the maker is."""
    shown = laptop("export", "jsonl", "--taxonomy", NS).out.splitlines()
    found = [each for each in map(json.loads, shown) if each.get("subject") == key or each.get("key") == key]
    return {each["annotator"]: each["answers"]["maker"]["value"] for each in found if "maker" in each["answers"]}


def test_three_editors_work_through_a_shared_folder_and_see_nothing_of_each_other(three: Three, share: Path) -> None:
    lead, ann, bob = three
    synced(share, lead, ann, bob)
    assert [line["key"] for line in ann("list", "--assigned", "--json").json] == ["d:1", "d:3", "d:2"]
    ann.hand_in("d:1", "Anntell")
    bob.hand_in("d:1", "Bentell")
    bob.answer("d:2", "maker=Bentwotell")
    synced(share, ann, bob, lead, ann, bob)
    assert answers(lead, "d:1") == {"ann": "Anntell", "bob": "Bentell"}
    for here, other in ((ann, "bentell"), (bob, "anntell")):
        assert other not in here("export", "json").out.casefold()
        here.fine()
    lead.fine()


def test_once_annotation_is_no_longer_blind_the_folder_brings_everything_to_everybody(
    three: Three, share: Path
) -> None:
    lead, ann, bob = three
    synced(share, lead, ann, bob)
    ann.hand_in("d:1", "Anntell")
    synced(share, ann, lead, bob)
    assert lead("settings", "blind_annotation", "no").code == 0
    synced(share, lead, ann, bob, lead, ann, bob)
    assert answers(bob, "d:1") == {"ann": "Anntell"}
    assert len({laptop.digest for laptop in three}) == 1


def test_with_annotation_open_three_editors_come_to_the_same_through_a_shared_folder(three: Three, share: Path) -> None:
    lead, ann, bob = three
    assert lead("settings", "blind_annotation", "no").code == 0
    synced(share, lead, ann, bob)
    ann.hand_in("d:1", "Anntell")
    bob.hand_in("d:1", "Bentell")
    bob.answer("d:2", "maker=Bentwotell")
    synced(share, *three, *three)
    assert len({laptop.digest for laptop in three}) == 1
    for laptop in three:
        assert answers(laptop, "d:1") == {"ann": "Anntell", "bob": "Bentell"}
        laptop.fine()


def test_a_corrected_title_goes_with_what_was_done_since(three: Three, tmp_path: Path) -> None:
    lead, ann, _ = three

    def bring(title: str) -> None:
        told = [{"report_number": 7, "title": title, "text": "A robot stood on a ramp and did not move."}]
        (tmp_path / "told.json").write_text(json.dumps(told), encoding="utf-8")
        assert lead("import", tmp_path / "told.json").code == 0

    assert lead("settings", "blind_annotation", "no").code == 0
    bring("Robto on a ramp")
    assert lead("bundle", tmp_path / "first.bundle").code == ann("merge", tmp_path / "first.bundle").code == 0
    bring("Robot on a ramp")
    said = lead("bundle", tmp_path / "second.bundle", "--since", tmp_path / "first.bundle")
    assert said.code == ann("merge", tmp_path / "second.bundle").code == 0
    assert ann("show", "aiid:r7", "--json").json["title"] == "Robot on a ramp"
    assert ann.digest == lead.digest
    assert sum('{"subject"' in line for line in lines_of(tmp_path / "second.bundle")) == 1


def test_synchronising_again_writes_and_brings_nothing(three: Three, share: Path) -> None:
    lead, ann, bob = three
    synced(share, lead, ann, bob)
    ann.hand_in("d:1", "Anntell")
    synced(share, ann, bob, lead, ann, bob, lead, ann, bob)
    before = {file.name: file.read_bytes() for file in share.iterdir()}
    for laptop in three:
        said = laptop("sync", share, "--json").json
        assert not said["written"] and not said["refused"]
        assert not any(each["events"] or each["filled"] for each in said["taken"])
    assert {file.name: file.read_bytes() for file in share.iterdir()} == before


def test_who_has_no_database_yet_takes_from_a_folder_what_is_for_them_alone(three: Three, share: Path) -> None:
    lead, ann, bob = three
    synced(share, lead, bob)
    bob.hand_in("d:1", "Bentell")
    synced(share, bob, lead, ann)
    assert "bentell" not in ann("export", "json").out.casefold()
    assert ann("verify").code == 0


def test_who_is_given_nothing_gets_no_more_from_a_folder(three: Three, share: Path) -> None:
    lead, _, bob = three
    synced(share, lead, bob)
    bob.hand_in("d:1", "Bentell")
    synced(share, bob, lead)
    stranger = beside(lead, "zoe", "stranger")
    said = stranger("sync", share)
    assert said.code == 5
    assert "closed to you while annotation is blind" in said.err
    assert "bentell" not in stranger("export", "json").out.casefold()


def test_two_copies_that_went_on_are_merged_both_ways_and_twice(three: Three) -> None:
    lead, ann, _ = three
    assert lead("settings", "blind_annotation", "no").code == 0
    assert ann("merge", lead.path).code == 0
    lead.answer("d:1", "maker=Leadtell")
    ann.hand_in("d:1", "Anntell")
    one = beside(lead, "ann", "second")
    assert ann("backup", one.path).code == 0
    ann.answer("d:2", "maker=Ajax")
    one.answer("d:2", "maker=Bolt")
    for _ in range(2):
        assert ann("merge", one.path).code == 0
        assert one("merge", ann.path, lead.path).code == 0
        assert ann("merge", lead.path).code == 0
        assert lead("merge", ann.path, one.path).code == 0
    assert len({ann.digest, one.digest, lead.digest}) == 1
    assert "nothing new" in ann("merge", one.path).err
    (place,) = ann("conflicts", "--json").json
    assert {side["words"] for side in place["versions"]} >= {"Ajax", "Bolt"} or len(place["versions"]) == 2
    ann.answer("d:2", "maker=Cox")
    assert one("merge", ann.path).code == 0
    assert one("conflicts", "--json").json == []
    for laptop in (ann, one, lead):
        laptop.fine()


def test_a_merge_and_a_sync_count_the_conflicts_that_one_may_see_alone(three: Three, share: Path) -> None:
    lead, ann, bob = three
    assert ann("merge", lead.path).code == 0
    one = beside(lead, "ann", "second")
    assert ann("backup", one.path).code == 0
    for laptop, maker in ((ann, "Ajax"), (one, "Bolt")):
        laptop.answer("d:1", f"maker={maker}")
        assert laptop("sync", share).code == 0
    told = "1 place in conflict; `annotator conflicts` lists it."
    copies = (ann.path, one.path)
    for laptop, count in ((bob, 0), (lead, 1)):
        shown = laptop("merge", *copies, "--dry-run")
        assert shown.code == 0, shown.err
        assert (told in shown.err, "in conflict" in shown.err) == (count > 0, count > 0)
        assert [each["conflicts"] for each in laptop("merge", *copies, "--dry-run", "--json").json] == [count, count]
    unnamed = bob.program("--db", bob.path, "merge", *copies)
    assert unnamed.code == 0 and "in conflict" not in unnamed.err, "who does not say their name may be anybody"
    synced = lead("sync", share, "--json").json["taken"]
    assert synced[-1]["conflicts"] == 1 and len(lead("conflicts", "--json").json) == 1
    came = bob("sync", share, "--json").json["taken"]
    assert {each["conflicts"] for each in came} <= {0}
    assert "in conflict" not in bob("merge", lead.path).err
    assert bob("conflicts", "--json").json == []


def test_importing_over_what_was_handed_in_keeps_it_and_stands_beside(three: Three, tmp_path: Path) -> None:
    lead, ann, _ = three
    assert lead("bundle", tmp_path / "for.bundle", "--for", "ann").code == 0
    assert ann("merge", tmp_path / "for.bundle").code == 0
    again = beside(lead, "ann", "second")
    assert ann("backup", again.path).code == 0
    ann.hand_in("d:1", "Anntell")
    again.hand_in("d:1", "Othertell")
    (tmp_path / "export.json").write_text(again("export", "json", "--taxonomy", NS).out, encoding="utf-8")
    assert ann("bundle", tmp_path / "own.bundle").code == 0
    assert lead("merge", tmp_path / "own.bundle").code == 0
    for laptop in (lead, ann):
        said = laptop("import", tmp_path / "export.json")
        assert said.code == 0, said.err
        assert answers(laptop, "d:1") == {"ann": "Anntell"}
        (place,) = laptop("conflicts", "--json").json
        assert place["place"] == "import"
        assert {side["by"] for side in place["versions"]} >= {laptop.name}
        laptop.fine()


def test_one_name_in_three_spellings_on_three_laptops_is_one_person(three: Three, tmp_path: Path) -> None:
    lead, *_ = three
    assert lead("settings", "blind_annotation", "no").code == 0
    bundles = []
    for number, name in enumerate(("eva", "EVA", "Ｅｖａ")):
        other = beside(lead, name, f"eva-{number}")
        assert other("merge", lead.path).code == 0
        other.answer(f"d:{number + 1}", f"maker=From {number}")
        bundles.append(tmp_path / f"eva-{number}.bundle")
        assert other("bundle", bundles[-1]).code == 0
    for bundle in bundles:
        said = lead("merge", bundle)
        assert said.code == 0, said.err
    people = [each for each in lead("people", "list", "--json").json if each["name"].casefold() in {"eva", "ｅｖａ"}]
    assert len(people) == 1
    assert people[0]["classifications"] == 3
    lead.fine()


def test_a_person_who_wrote_as_two_passes_on_both_feeds(three: Three, tmp_path: Path) -> None:
    lead, *_ = three
    eva, again = beside(lead, "eva", "eva"), beside(lead, "EVA", "again")
    assert lead("settings", "blind_annotation", "no").code == 0
    for number, laptop in enumerate((eva, again), 1):
        assert laptop("merge", lead.path).code == 0
        laptop.answer(f"d:{number}", f"maker=From {number}")
    assert lead("settings", "blind_annotation", "yes").code == 0
    assert eva("merge", again.path, lead.path).code == 0
    assert eva("bundle", tmp_path / "eva.bundle").code == 0
    assert sum('"feed"' in line for line in lines_of(tmp_path / "eva.bundle")) == 2
    said = lead("merge", tmp_path / "eva.bundle")
    assert said.code == 0, said.err
    assert {*answers(lead, "d:1").values(), *answers(lead, "d:2").values()} == {"From 1", "From 2"}
    lead.fine()


def test_two_texts_of_one_key_are_two_subjects_until_somebody_says_that_they_are_one(
    three: Three, tmp_path: Path
) -> None:
    lead, ann, bob = three
    assert lead("settings", "blind_annotation", "no").code == 0
    assert lead("bundle", tmp_path / "begin.bundle").code == 0
    texts = {
        "ann": "# Robot\n\nA robot stood on a ramp and did not move at all.",
        "bob": "# Storm\n\nThe storm flooded the whole archive.",
    }
    for laptop in (ann, bob):
        (tmp_path / laptop.name).mkdir()
        (tmp_path / laptop.name / "report.md").write_text(texts[laptop.name], encoding="utf-8")
        assert laptop("merge", tmp_path / "begin.bundle").code == 0
        assert laptop("import", tmp_path / laptop.name / "report.md").code == 0
        laptop.answer("file:report.md", f"maker={laptop.name}tell", "tone=dry")
    for laptop in (ann, bob):
        assert lead("merge", laptop.path).code == 0
    keys = sorted(each["key"] for each in lead("list", "--json").json)
    apart = [key for key in keys if key.startswith("file:report.md")]
    assert len(apart) == 2, keys
    assert lead("join", apart[0], "d:1").code == lead("join", apart[0], apart[0]).code == 2
    before = lead.digest
    assert lead("join", *apart, "--dry-run").code == 0
    assert lead.digest == before
    said = lead("join", *apart)
    assert (said.code, said.err) == (0, f"{apart[0]} and {apart[1]} are one subject: file:report.md.\n")
    shown = lead("show", "file:report.md", "--json").json["classifications"]
    assert {each["annotator"]: each["answers"]["maker"]["value"] for each in shown} == {
        "ann": "anntell",
        "bob": "bobtell",
    }
    assert "are one subject" in lead("history", "--team").out
    lead.fine()
    for laptop in (ann, bob):
        assert laptop("merge", lead.path).code == 0
        laptop.fine()
        assert laptop.digest == lead.digest
        assert lead("join", "file:report.md", apart[1]).code == 3


@pytest.mark.parametrize("schema", [1, 3])
def test_a_merge_says_which_taxonomy_is_nowhere_and_with_it_the_same_is_there_as_in_the_file_itself(
    tmp_path: Path, program: Program, schema: int
) -> None:
    opened = unpack(schema, tmp_path)
    merged = tmp_path / "apart" / "merged.db"
    merged.parent.mkdir()
    said = program("--db", merged, "merge", opened)
    assert said.code == 0, said.err
    assert "T version 1 is not in the file" in said.err
    assert "doctor --rebuild" in said.err
    assert program("--db", opened, "people", "list").code == 0
    for path in (opened, merged):
        (path.parent / "taxonomies").mkdir()
        (path.parent / "taxonomies" / "T.yaml").write_text(TAXONOMY, encoding="utf-8")
        assert program("--db", path, "doctor", "--rebuild").code == 0
    digests = {program("--db", path, "verify", "--json").json[0]["digest"] for path in (opened, merged)}
    assert len(digests) == 1
    assert "T version 1" not in program("--db", merged.parent / "again.db", "merge", opened).err


def test_a_database_of_an_older_version_is_verified_under_its_own_name(tmp_path: Path, program: Program) -> None:
    old = unpack(4, tmp_path)
    assert program("verify", old).out.startswith(f"{old}: complete")
    (found,) = program("verify", old, "--json").json
    assert found["file"] == str(old)
