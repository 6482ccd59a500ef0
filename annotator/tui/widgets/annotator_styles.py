"""How each annotator looks: over a column, beside an answer and in the report. Told apart without colour too."""

from __future__ import annotations

from annotator.tui.review_columns import STYLES
from annotator.tui.review_evidence import SEVERAL

NAMES = (*(f"by-{number}" for number in range(1, STYLES + 1)), SEVERAL)
COMPONENTS = {f"line--{name}" for name in NAMES}
CSS = """
        & > .line--by-1 { background: $primary-muted; color: $text-primary; text-style: bold underline; }
        & > .line--by-2 { background: $accent-muted; color: $text-accent; text-style: bold; }
        & > .line--by-3 { background: $success-muted; color: $text-success; text-style: italic; }
        & > .line--by-4 { background: $error-muted; color: $text-error; text-style: bold italic underline; }
        & > .line--by-5 { background: $secondary-muted; color: $text-secondary; text-style: bold italic; }
        & > .line--by-6 { background: $warning-muted; color: $text-warning; text-style: italic underline; }
        & > .line--by-several { text-style: reverse; }
"""
