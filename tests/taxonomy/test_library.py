"""Taxonomies are found over several folders, and a broken file spoils nothing but itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk.project import library_for
from annotator.errors import NotFoundError, TaxonomyError
from annotator.model.taxonomy import Taxonomy
from annotator.resources import data_folder
from annotator.taxonomy.library import Library
from annotator.taxonomy.reading import load_taxonomy


def write(folder: Path, name: str, namespace: str, version: int | None = 1, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    said = "" if version is None else f"version: {version}\n"
    path.write_text(f"namespace: {namespace}\n{said}{more}fields:\n  - {{id: a, kind: text}}\n")
    return path


def test_shipped_and_own_taxonomies_are_listed_together(tmp_path: Path) -> None:
    write(tmp_path, "mine", "weather")
    assert "weather" in Library([data_folder("taxonomies"), tmp_path]).namespaces()
    assert "CSETv1" in Library([data_folder("taxonomies"), tmp_path]).namespaces()


def test_the_higher_version_is_the_current_one(tmp_path: Path) -> None:
    write(tmp_path / "shipped", "w", "weather", 1)
    write(tmp_path / "own", "w", "weather", 10)
    write(tmp_path / "own", "w9", "weather", 9)
    library = Library([tmp_path / "shipped", tmp_path / "own"])
    assert library.namespaces() == ["weather"]
    assert library.versions("weather") == [1, 9, 10]
    assert library.get("weather").version == 10
    assert library.get("weather", 1).version == 1


def test_one_version_with_two_contents_is_an_error_naming_both_files(tmp_path: Path) -> None:
    first = write(tmp_path / "shipped", "w", "weather")
    second = write(tmp_path / "own", "w", "weather", more="title: Other\n")
    write(tmp_path / "own", "x", "other")
    library = Library([tmp_path / "shipped", tmp_path / "own"])
    with pytest.raises(TaxonomyError) as caught:
        library.get("weather")
    expected = (
        f"{second}: version: weather version 1 is also in {first} and says something else; raise the version of one"
    )
    assert str(caught.value).startswith(expected)
    assert [str(problem) for problem in library.problems] == [str(caught.value)]
    assert library.get("other").namespace == "other"


def test_one_version_written_twice_differently_is_the_same(tmp_path: Path) -> None:
    write(tmp_path / "shipped", "w", "weather")
    write(tmp_path / "own", "w", '"weather"', None, more="# laid out otherwise\n")
    library = Library([tmp_path / "shipped", tmp_path / "own"])
    assert library.get("weather").version == 1
    assert library.problems == []


def test_a_name_is_found_whatever_its_case(tmp_path: Path) -> None:
    write(tmp_path, "w", "Weather")
    assert Library([tmp_path]).get("wEATHER").namespace == "Weather"


def test_case_decides_where_two_names_differ_only_by_it(tmp_path: Path) -> None:
    write(tmp_path, "a", "Weather")
    write(tmp_path, "b", "weather")
    library = Library([tmp_path])
    assert library.get("weather").namespace == "weather"
    with pytest.raises(NotFoundError, match=r"no taxonomy is called 'WEATHER'; did you mean '[Ww]eather'"):
        library.get("WEATHER")


def test_an_unknown_name_brings_the_nearest_one() -> None:
    with pytest.raises(NotFoundError, match="no taxonomy is called 'CSTv1'; did you mean 'CSETv1'"):
        Library([data_folder("taxonomies")]).get("CSTv1")


def test_a_name_like_none_brings_the_list(tmp_path: Path) -> None:
    write(tmp_path, "w", "weather")
    with pytest.raises(NotFoundError, match="no taxonomy is called 'zzz'; there is weather"):
        Library([tmp_path]).get("zzz")


def test_an_unknown_version_brings_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, "w", "weather", 3)
    with pytest.raises(NotFoundError, match="weather has no version 2; there is 3"):
        Library([tmp_path]).get("weather", 2)


def test_broken_files_do_not_break_the_others(tmp_path: Path) -> None:
    write(tmp_path, "good", "weather")
    torn = tmp_path / "torn.yaml"
    torn.write_text("namespace: [\n")
    wrong = write(tmp_path, "wrong", "wrong", more="titel: W\n")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\0\0")
    (tmp_path / "folder.yaml").mkdir()
    library = Library([tmp_path])
    assert library.get("weather").namespace == "weather"
    assert library.namespaces() == ["weather", "wrong"]
    assert {problem.file for problem in library.problems} == {
        str(torn), str(wrong), str(tmp_path / "binary.yaml"), str(tmp_path / "folder.yaml"),
    }  # fmt: skip
    with pytest.raises(TaxonomyError, match=r"wrong\.yaml:3: titel: unknown key 'titel'; did you mean 'title'"):
        library.get("wrong")


def test_a_name_that_may_be_in_a_broken_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "torn.yaml").write_text("namespace: weather [\nnamespace: {")
    with pytest.raises(NotFoundError, match=r"`annotator taxonomy check` says why .*torn\.yaml cannot be used"):
        Library([tmp_path]).get("weather")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no folder .*nowhere; create it"):
        library_for(tmp_path / "annotator.db", [tmp_path / "nowhere"])


def test_a_single_file_counts_as_a_folder_of_one(tmp_path: Path) -> None:
    assert Library([write(tmp_path, "w", "weather")]).namespaces() == ["weather"]


def test_files_of_other_kinds_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "w", "weather")
    (tmp_path / "schema.json").write_text("{}")
    (tmp_path / "readme.md").write_text("namespace: no\n")
    assert Library([tmp_path]).namespaces() == ["weather"]


def test_unusual_layouts_are_listed_too(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text("{namespace: flow, fields: [{id: a, kind: text}]}")
    (tmp_path / "late.yml").write_text("fields:\n- {id: a, kind: text}\nversion: 2 # now\nnamespace: 'late'  # here\n")
    (tmp_path / "quoted.yaml").write_text('namespace: quoted\r\nversion: "3"\r\nfields: [{id: a, kind: text}]\r\n')
    library = Library([tmp_path])
    listed = [(entry.namespace, entry.version) for entry in library.entries]
    assert listed == [("flow", 1), ("late", 2), ("quoted", 3)]
    assert [library.get(*entry).version for entry in listed] == [1, 2, 3]
    assert library.get("flow").namespace == "flow"
    assert library.get("late").version == 2


def test_listing_reads_no_taxonomy_and_asking_twice_reads_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def reading(path: Path) -> Taxonomy:
        read.append(path)
        return load_taxonomy(path)

    monkeypatch.setattr("annotator.taxonomy.reading.load_taxonomy", reading)
    library = Library([data_folder("taxonomies")])
    assert len(library.namespaces()) >= 7
    assert read == []
    assert library.get("GMF") is library.get("gmf")
    assert [path.name for path in read] == ["gmf.yaml"]


SHIPPED = data_folder("taxonomies")


def test_a_file_that_takes_a_shipped_name_and_says_something_else_hides_nothing(tmp_path: Path) -> None:
    """Both files are named with the way out, whatever the case of the name."""
    first = write(tmp_path, "a", "harm_type")
    second = write(tmp_path, "b", "Harm_TYPE", None)
    library = library_for(Path("annotator.db"), [tmp_path])
    assert library.get("harm_type") == library.get("HARM_type") == load_taxonomy(SHIPPED / "harm_type.yaml")
    assert "Harm_TYPE" not in library.namespaces()
    words = (
        f"namespace: harm_type version 1 comes with the program, in {SHIPPED / 'harm_type.yaml'}, and this says "
        "something else; give this another namespace or a higher version"
    )
    expected = [f"{path}: {words}" for path in (first, second)]
    assert [str(each) for each in library.problems] == expected
    assert [str(each) for each in library.refused_as("HARM_TYPE")] == expected
    assert library.refused_as("technology") == []


def test_a_broken_file_of_a_shipped_name_hides_nothing(tmp_path: Path) -> None:
    broken = write(tmp_path, "a", "harm_type", more="titel: x\n")
    library = library_for(Path("annotator.db"), [tmp_path])
    assert library.get("harm_type") == load_taxonomy(SHIPPED / "harm_type.yaml")
    assert {each.file for each in library.problems} == {str(broken)}


@pytest.mark.parametrize("before", ["", "# laid out otherwise\n"])
def test_a_copy_of_a_shipped_file_is_the_same(tmp_path: Path, before: str) -> None:
    (tmp_path / "copy.yaml").write_text(before + (SHIPPED / "harm_type.yaml").read_text())
    library = library_for(Path("annotator.db"), [tmp_path])
    assert (library.refused, library.problems, library.get("harm_type").version) == ([], [], 1)


def test_a_higher_version_of_a_shipped_name_is_the_current_one(tmp_path: Path) -> None:
    write(tmp_path, "a", "harm_type", 2)
    library = library_for(Path("annotator.db"), [tmp_path])
    assert (library.refused, library.get("harm_type").version) == ([], 2)
    assert library.get("harm_type", 1) == load_taxonomy(SHIPPED / "harm_type.yaml")
