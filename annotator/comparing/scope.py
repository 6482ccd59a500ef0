"""What is compared: which taxonomy, whose work, which round."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.comparing.policy import USUAL_STATES, StatePolicy
from annotator.models.viewing import NOBODY, Viewer


@dataclass(frozen=True)
class Scope:
    """What a person asks to compare; nothing given means everything handed in in the first round."""

    taxonomy: str
    field: str = ""
    """Id, number or label of one field."""
    round: int = 1
    annotators: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    """Bounds on the subject's date, both included."""
    states: StatePolicy = USUAL_STATES
    drafts: bool = False
    """Whether work that was not handed in yet counts too."""
    viewer: Viewer = NOBODY
    """Who asks: what is closed to them takes no part."""
