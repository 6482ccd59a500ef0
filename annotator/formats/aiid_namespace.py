"""Whose classification a namespace of the AI Incident Database holds."""

from __future__ import annotations

import re
from typing import NamedTuple

PUBLISHED_BY = "AIID"
"""The annotator to whom the published classifications belong."""
COPY = re.compile(r"(.+)_(Annotator-?\w+)")


class Namespace(NamedTuple):
    """A taxonomy and the annotator whose copy of it is meant."""

    taxonomy: str
    annotator: str


def split_namespace(namespace: str) -> Namespace:
    """`CSETv1_Annotator-1` is Annotator-1's copy of CSETv1; a plain namespace is AIID's own."""
    found = COPY.fullmatch(namespace)
    return Namespace(found[1], found[2]) if found else Namespace(namespace, PUBLISHED_BY)
