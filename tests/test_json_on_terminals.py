"""JSON that a terminal shows must not steer it, and must stay the same JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from annotator.plain import escaped, inert


@given(st.text())
def test_escaping_changes_how_a_document_is_written_and_not_what_it_says(text: str) -> None:
    document = escaped(json.dumps([text], ensure_ascii=False))
    assert json.loads(document) == [text]
    assert not any(sign in document for sign in "\x1b\x7f\x9b\u202e\u2066\u200f")


def test_ordinary_text_is_written_as_it_is() -> None:
    assert escaped('"顔認証, Zoë"') == '"顔認証, Zoë"'
    assert inert("顔認証, Zoë") == "顔認証, Zoë"
