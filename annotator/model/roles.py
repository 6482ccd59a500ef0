"""What people may do in a team. A role is what the team agreed on about one person, kept among its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from annotator.model.person import names_in

Role = Literal["reader", "annotator", "adjudicator", "lead"]
ROLES: tuple[Role, ...] = get_args(Role)
SETTING = "role"
"""The name under which the log tells roles."""
USUAL: Role = "annotator"
"""Of whoever was given none, once anybody was."""
WORKING: frozenset[str] = frozenset({"annotator", "adjudicator", "lead"})
DECIDING: frozenset[str] = frozenset({"adjudicator", "lead"})
LEADING: frozenset[str] = frozenset({"lead"})
LEFT = "left"
"""Stands for the role of who has left: they have none until they are back."""
_BEFORE = f"{SETTING} "


def kept_as(name: str) -> str:
    """The name among the settings under which somebody's role stands."""
    return f"{_BEFORE}{name}"


def given(settings: Mapping[str, str]) -> dict[str, str]:
    """By name: the role of everybody who was given one."""
    return {name.removeprefix(_BEFORE): role for name, role in settings.items() if name.startswith(_BEFORE)}


def are_given(settings: Mapping[str, str]) -> bool:
    """Whether anybody has a role; until then everybody may do everything."""
    return any(name.startswith(_BEFORE) for name in settings)


def role_of(settings: Mapping[str, str], name: str) -> str:
    """Somebody's role, by the name they are known by; empty while nobody has any."""
    given_one = settings.get(kept_as(name), LEFT)
    return given_one if given_one != LEFT else USUAL if are_given(settings) else ""


def reviewers(settings: Mapping[str, str]) -> list[str]:
    """Who may see everything they are not at work on: those who decide, or whom the setting names without roles."""
    if are_given(settings):
        return sorted(name for name, role in given(settings).items() if role in DECIDING)
    return named_reviewers(settings)


def named_reviewers(settings: Mapping[str, str]) -> list[str]:
    """Whom the setting `reviewers` names, which roles take the place of."""
    return names_in(settings.get("reviewers", ""))
