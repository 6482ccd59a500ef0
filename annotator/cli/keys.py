"""Find the subject a person means."""

from __future__ import annotations

from annotator.errors import NotFoundError
from annotator.store.store import Store
from annotator.store.subjects import keys_like


def resolve(store: Store, text: str) -> str:
    """The key of a subject, from the key or what stands behind its colon; raises NotFoundError."""
    text = text.strip()
    with store.reading() as connection:
        found = keys_like(connection, text)
    if len(found) == 1 or text in found:
        return found[0]
    if not found:
        raise NotFoundError(f"There is no subject {text!r}; `annotator list` shows what there is.")
    raise NotFoundError(f"{text!r} can be several subjects; write the whole key: {', '.join(found)}.")
