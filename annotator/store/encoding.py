"""How values become text in the database."""

from __future__ import annotations

import json
from typing import Any

COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(value: Any) -> str:
    """Compact JSON with readable text."""
    return COMPACT.encode(value)
