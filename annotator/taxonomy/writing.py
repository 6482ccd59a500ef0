"""Write a taxonomy as YAML that reads back as the same taxonomy."""

from __future__ import annotations

from typing import Any

import yaml

from annotator.models.taxonomy import Taxonomy
from annotator.strict_yaml import plain_value


def to_yaml(taxonomy: Taxonomy) -> str:
    """Write everything that differs from the defaults, in the order of the model."""
    document = taxonomy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    ordered = {"namespace": taxonomy.namespace, "version": taxonomy.version, **document}
    return yaml.dump(ordered, Dumper=TaxonomyDumper, sort_keys=False, allow_unicode=True, width=110)


class TaxonomyDumper(yaml.SafeDumper):
    """Writes so that the strict reader reads the same again."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write every part out: the reader refuses aliases."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists under their key too."""
        super().increase_indent(flow, indentless and flow)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Blocks for texts of several lines, escapes for characters nobody sees, quotes for what reads as a number."""
    lines = text.split("\n")
    if not all(line.isprintable() for line in lines):
        return '"'
    if len(lines) > 1 and lines[0] and all(line == line.strip() for line in lines) and lines[-2:] != ["", ""]:
        return "|"
    return None if plain_value(text) == text else "'"


TaxonomyDumper.add_representer(str, _text)
