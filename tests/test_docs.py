"""The documents say what is true: their YAML passes, their links lead somewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from annotator.taxonomy.reading import read_taxonomy

TOP = Path(__file__).resolve().parents[1]
DOCUMENTS = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md"))]
YAML = [
    pytest.param(block, id=f"{document.name}-{number}")
    for document in DOCUMENTS
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL))
    if "namespace:" in block
]


@pytest.mark.long
async def test_the_pictures_of_the_screens_can_be_drawn(tmp_path: Path) -> None:
    into = tmp_path / "drawn"
    into.mkdir()
    await runpy.run_path(str(TOP / "docs" / "generate.py"))["draw_screens"](tmp_path, into)
    drawn = {path.name: path.read_text(encoding="utf-8") for path in into.iterdir()}
    assert drawn.keys() == {path.name for path in (TOP / "docs" / "screens").iterdir()}
    assert "Uber" in drawn["queue.svg"]


@pytest.mark.parametrize("block", YAML)
def test_taxonomies_in_the_documents_pass_the_check(block: str) -> None:
    assert read_taxonomy(block, "docs").fields


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    missing = [target for target in targets if target and not (document.parent / target).exists()]
    assert missing == []


def test_the_reference_names_every_key_of_the_language() -> None:
    from annotator.model.taxonomy import Choice, Field, Taxonomy

    text = (TOP / "docs" / "taxonomies.md").read_text(encoding="utf-8")
    names = {name for model in (Taxonomy, Field, Choice) for name in model.model_fields}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_the_table_of_keys_is_the_programs_own() -> None:
    written = (TOP / "docs" / "keys.md").read_text(encoding="utf-8")
    assert written == runpy.run_path(str(TOP / "docs" / "generate.py"))["keys_document"]()


def test_every_format_that_can_be_imported_is_described() -> None:
    from annotator.formats.format import FORMATS

    text = (TOP / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [each.name for each in FORMATS if f"| `{each.name}` |" not in text] == []


def test_every_command_in_the_readme_exists() -> None:
    from annotator.cli.commands import TABLE

    blocks = re.findall(r"```\n(.*?)```", (TOP / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    said = re.findall(r"^annotator(?: --\w+ \S+)* ([a-z]+)", "\n".join(blocks), re.MULTILINE)
    assert len(said) > 6
    assert [name for name in said if name not in TABLE] == []


def test_the_stops_of_an_answer_and_the_places_to_look_at_are_there() -> None:
    text = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text[text.index("## One answer") : text.index("## Events and the projection")]
    named = re.findall(r"`((?:store|desk|model|taxonomy|agreement|formats|tui|cli)/[\w/.]+)`", section)
    assert len(named) > 25
    assert [each for each in named if not (TOP / "annotator" / each).exists()] == []
    for each in re.findall(r"`(tests/[\w/.]+)`", section):
        assert (TOP / each).exists(), each
    for file, names in re.findall(r"`([\w/]+\.py)` ((?:`[\w.]+`,? ?)+)", section):
        code = (TOP / "annotator" / file).read_text(encoding="utf-8")
        for name in re.findall(r"`([\w.]+)`", names):
            assert f"def {name.rpartition('.')[2]}(" in code, f"{file} has no {name}"
