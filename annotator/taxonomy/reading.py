"""Read a taxonomy file, reporting everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from annotator.errors import Problem, TaxonomyError
from annotator.foreign import reading
from annotator.model.taxonomy import Taxonomy
from annotator.taxonomy.checking import problems_in
from annotator.taxonomy.explaining import findings
from annotator.taxonomy.library import read_text, unreadable
from annotator.taxonomy.yaml_source import Finding, YamlSource

MOST_PROBLEMS = 100
"""Told of one file."""


def load_taxonomy(path: Path) -> Taxonomy:
    """Read a YAML file; raise TaxonomyError with every problem, its file, line, field and way out."""
    return read_taxonomy(read_text(path), str(path))


@lru_cache(maxsize=64)  # a second desk in the same process finds the files read
def read_taxonomy(text: str, file: str = "taxonomy") -> Taxonomy:
    """Read YAML text; `file` is the name that messages use."""
    with reading(lambda why: unreadable(file, why)):
        return _read(text, file)


def _read(text: str, file: str) -> Taxonomy:
    source = YamlSource(text, file)
    if not isinstance(source.value, dict):
        message = "is not a taxonomy; begin with `namespace: …` and `fields:`"
        raise TaxonomyError([Problem("", message, source.file, 1)])
    try:
        taxonomy = Taxonomy.model_validate(source.value)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise TaxonomyError(_located(source, findings(errors, source.value))) from error
    problems = _located(source, problems_in(taxonomy))
    if problems:
        raise TaxonomyError(problems)
    return taxonomy


def _located(source: YamlSource, found: Iterable[Finding]) -> list[Problem]:
    """Add file and line to findings, in the order of the file; beyond so many they are not looked for."""
    some = list(islice(found, MOST_PROBLEMS + 1))
    shown = some[:MOST_PROBLEMS]
    problems = [Problem(each.field, each.message, source.file, source.line_of(each.place)) for each in shown]
    problems.sort(key=lambda problem: problem.line)
    if len(some) > len(shown):
        message = f"has more than these {MOST_PROBLEMS} problems; put them right, and check it again"
        problems.append(Problem("", message, source.file, problems[-1].line))
    return problems
