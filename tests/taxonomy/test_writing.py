"""A taxonomy that is written and read again is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.taxonomy import Field, Taxonomy
from annotator.resources import data_folder
from annotator.taxonomy.reading import load_taxonomy, read_taxonomy
from annotator.taxonomy.writing import to_yaml
from tests.taxonomy.strategies import taxonomies, texts

TRAPS = [
    "yes", "null", "~", "1", "-1", "2.10", "1.5e5", "+.5", "010", "0x1F", "2020-01-01", "1:30", "=", "<<", "- a", "# a",
    "a: b", "a #b", "'", '"', "{a}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a", " a", "a ", "a\nb", "a\nb\n",
    "a\n\nb\n\n", "\na", "a\n b", "a \nb", "a\tb", "\ta", "a\r\nb", "a\x85b", "a\u2028b", "\ufeffa",
    "\x1b[31m", "\U0001f600", "日本",
    "word " * 60, "true", "False", "on", "---", "...", "\u202eabc",
]  # fmt: skip


@given(taxonomies())
def test_what_is_written_reads_back_the_same(taxonomy: Taxonomy) -> None:
    written = to_yaml(taxonomy)
    assert read_taxonomy(written) == taxonomy
    assert to_yaml(read_taxonomy(written)) == written


@given(st.one_of(texts, st.sampled_from(TRAPS), st.lists(st.sampled_from(TRAPS)).map("\n".join)).filter(str.strip))
def test_any_text_survives(text: str) -> None:
    taxonomy = Taxonomy(
        namespace="w", title={"en": text}, fields=[Field(id="a", kind="text", label=text, alias=[text])]
    )
    assert read_taxonomy(to_yaml(taxonomy)) == taxonomy


@pytest.mark.parametrize("trap", TRAPS)
def test_texts_that_look_like_something_else_survive(trap: str) -> None:
    taxonomy = Taxonomy(namespace="w", guidance=trap, fields=[Field(id="a", kind="text", alias=[trap])])
    assert read_taxonomy(to_yaml(taxonomy)) == taxonomy


@pytest.mark.parametrize("path", sorted(data_folder("taxonomies").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_taxonomies_survive(path) -> None:  # type: ignore[no-untyped-def]
    taxonomy = load_taxonomy(path)
    assert read_taxonomy(to_yaml(taxonomy)) == taxonomy


def test_long_texts_are_written_as_blocks_one_can_edit() -> None:
    taxonomy = Taxonomy(namespace="w", guidance="First.\n\nSecond: more.\n", fields=[Field(id="a", kind="text")])
    assert "guidance: |\n  First.\n\n  Second: more.\n" in to_yaml(taxonomy)


def test_an_equal_default_is_left_out_and_the_version_never() -> None:
    assert to_yaml(Taxonomy(namespace="w", fields=[Field(id="a", kind="text", required=False)])) == (
        "namespace: w\nversion: 1\nfields:\n  - id: a\n    kind: text\n"
    )
