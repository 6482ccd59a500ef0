"""What somebody handed in, as SQL on `work`, a row of `classifications`: how known answers and norming ask for it."""

from __future__ import annotations

from typing import Any

Answers = dict[str, dict[str, Any]]
"""By field: state, value and so on, as the log has them."""
HANDED_IN = """(work.status = 'submitted' OR EXISTS (
                 SELECT 1 FROM hand_ins WHERE hand_ins.classification_id = work.id))"""
"""That it was, also where it is at work again."""
FIRST = """ifnull((SELECT hand_ins.answers FROM hand_ins WHERE hand_ins.classification_id = work.id AND is_other),
                   work.answers)"""
"""What was handed in first, as JSON."""
