"""What is found beside annotators' names by looking into indexes."""

from __future__ import annotations

from pathlib import Path

from annotator.store.project import rounds, taxonomies
from tests.comparison.classified import add, classified, verdicts


def test_every_round_and_taxonomy_is_found_once_whoever_worked_in_it(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", "no"), "bob": verdicts("yes")})
    add(project, {"zoe": verdicts("no", "no")}, round_=3)
    add(project, {"ann": verdicts("no")}, round_=2)
    with project.store.reading() as transaction:
        assert (rounds(transaction), taxonomies(transaction)) == ([1, 2, 3], ["compared"])


def test_nothing_is_found_where_nobody_worked(tmp_path: Path) -> None:
    with classified(tmp_path, {}).store.reading() as transaction:
        assert (rounds(transaction), taxonomies(transaction)) == ([], [])
