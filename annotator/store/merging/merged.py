"""What taking an offer in did, as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Merged:
    """What taking an offer in did."""

    name: str
    events: int = 0
    """How many are new here."""
    filled: int = 0
    """How many have their content now, which was withheld before."""
    healed: int = 0
    """How many say again what was written, which were altered here."""
    feeds: int = 0
    """How many are new here."""
    subjects: int = 0
    """How many are new here."""
    versions: int = 0
    """How many subjects show another version now."""
    texts: int = 0
    """How many reports have their text now, which was left out of what came before."""
    without_text: int = 0
    """How many reports are here by now without their text."""
    classifications: int = 0
    """How many were computed anew."""
    people: int = 0
    taxonomies: list[str] = field(default_factory=list)
    """Versions of taxonomies that say here now what they say there."""
    mended: list[str] = field(default_factory=list)
    """Versions of taxonomies that say again what was written, which were altered here."""
    forks: list[str] = field(default_factory=list)
    """Where feeds were continued in two copies: the first event that differs, and the hash its branch is called by."""
    missing: list[str] = field(default_factory=list)
    """What is known now to have been written, and was neither there nor is here."""
    lacking: list[tuple[str, int]] = field(default_factory=list)
    """Versions of taxonomies that answers were given under and the file does not hold."""
    names: list[str] = field(default_factory=list)
    """Why nobody new could take names that came; of the last of several that are taken in. Filled in by the desk."""
    apart: list[tuple[str, ...]] = field(default_factory=list)
    """The keys of subjects that sources call alike and that stand apart since; told as the names are."""
    done_though_taken_back: int = 0
    """How many assignments were taken back on one copy and done on another; told as the names are."""
    leads: list[str] = field(default_factory=list)
    """Who leads here by now; told as the names are."""
    lead_no_longer: list[str] = field(default_factory=list)
    """Who led here before and no longer does, and what they did waits for a lead; told as the names are."""
    waiting: int = 0
    """How many deeds wait here now for a lead, of those that whoever takes it in may see; filled in by the desk."""
    conflicts: int = 0
    """How many places are in conflict here now, of those that whoever takes it in may see; filled in by the desk."""
