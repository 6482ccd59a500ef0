"""A taxonomy of which a second version has lost a field and choices."""

from __future__ import annotations

from pathlib import Path

FIRST = """
namespace: team
version: 1
fields:
  - {id: kind, label: Kind, kind: single, required: true, choices: [
      {id: a, label: Alpha}, {id: b, label: Beta}, {id: c, label: Gamma}]}
  - {id: many, label: Sorts, kind: multi, choices: [{id: x, label: Ex}, {id: y, label: Why}, {id: z, label: Zed}]}
  - {id: old, label: Old field, number: "2.1", kind: text}
  - {id: grade, label: Grade, kind: scale, choices: [
      {id: low, label: Low}, {id: mid, label: Middle}, {id: high, label: High}]}
  - id: people
    label: People
    kind: group
    fields: [{id: role, label: Role, kind: single, choices: [{id: rider, label: Rider}, {id: cook, label: Cook}]}]
"""
OLD = '  - {id: old, label: Old field, number: "2.1", kind: text}\n'
GONE = (
    "version: 1", ", {id: c, label: Gamma}", ", {id: z, label: Zed}", OLD, "{id: mid, label: Middle}, ",
    ", {id: cook, label: Cook}",
)  # fmt: skip
SECOND = FIRST
for _gone in GONE:
    SECOND = SECOND.replace(_gone, "version: 2" if _gone == GONE[0] else "")


def make_versions(folder: Path) -> tuple[Path, Path]:
    """Two folders, of which each holds one version."""
    for name, text in (("v1", FIRST), ("v2", SECOND)):
        (folder / name).mkdir()
        (folder / name / "team.yaml").write_text(text, encoding="utf-8")
    return folder / "v1", folder / "v2"
