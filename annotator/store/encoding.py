"""How values become text in the database."""

from __future__ import annotations

import json
from typing import Any


def to_json(value: Any) -> str:
    """Compact JSON with readable text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
