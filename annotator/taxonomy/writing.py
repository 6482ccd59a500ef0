"""Write a taxonomy as YAML that reads back as the same taxonomy."""

from __future__ import annotations

from typing import Any

import yaml

from annotator.models.taxonomy import Taxonomy
from annotator.taxonomy.yaml_source import plain_value


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
    lines = text.splitlines()
    plain = all(line == line.strip() and line.isprintable() for line in lines)
    if len(lines) > 1 and plain and text == "\n".join(lines) + "\n" * text.endswith("\n") and lines[0]:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    quoted = None if plain_value(text) == text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=quoted)


TaxonomyDumper.add_representer(str, _text)
