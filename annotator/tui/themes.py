"""The two themes: quiet grounds, one accent, and contrast that holds on either."""

from __future__ import annotations

from textual.theme import Theme

DARK = "desk-dark"
LIGHT = "desk-light"

THEMES = (
    Theme(
        name=DARK,
        primary="#7aa2d6",
        secondary="#9aa7b8",
        accent="#e0b060",
        success="#8fbf7f",
        warning="#e0b060",
        error="#e57f7f",
        foreground="#dcdfe4",
        background="#16191e",
        surface="#1d2127",
        panel="#272c34",
        dark=True,
        variables={
            "block-cursor-background": "#2f4a6d",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-text-style": "none",
            "footer-key-foreground": "#e0b060",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1f5fa8",
        secondary="#5a6675",
        accent="#8a5200",
        success="#2c6e2f",
        warning="#8a5200",
        error="#a82020",
        foreground="#1c2026",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e6e3db",
        dark=False,
        variables={
            "block-cursor-background": "#cfe0f5",
            "block-cursor-foreground": "#0b1a2b",
            "block-cursor-text-style": "none",
            "footer-key-foreground": "#8a5200",
        },
    ),
)


def theme_named(name: str) -> str:
    """Turn `light`, `dark` or nothing into the full name of a theme."""
    return {"": DARK, "dark": DARK, "light": LIGHT}.get(name, name)
