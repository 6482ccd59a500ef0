"""Every stratum has its part of a sample, and the sample grows without being drawn anew."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from annotator.desk.team.dealing import allocated, sample, shuffled

SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)).filter(lambda sizes: any(sizes.values()))


@given(SIZES, st.data())
def test_strata_get_their_proportion_within_one_and_each_something_where_that_is_possible(
    sizes: dict[str, int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(1, sum(sizes.values())))
    parts = allocated(sizes, total)
    assert sum(parts.values()) == total
    assert all(0 <= parts[name] <= size for name, size in sizes.items())
    filled = [name for name, size in sizes.items() if size]
    if total >= len(filled):
        assert all(parts[name] for name in filled)
    proportion = {name: total * size / sum(sizes.values()) for name, size in sizes.items()}
    if total < len(filled) or all(share >= 1 for share in proportion.values() if share):
        assert all(abs(parts[name] - proportion[name]) < 1 for name in sizes)


@given(SIZES, st.integers(0, 5), st.data())
def test_a_sample_has_the_size_asked_for_in_every_stratum(
    sizes: dict[str, int], seed: int, data: st.DataObject
) -> None:
    strata = {f"{name}{at}": name for name, size in sizes.items() for at in range(size)}
    total = data.draw(st.integers(1, len(strata)))
    chosen = sample(strata, total, seed, {})
    counts = Counter(strata[key] for key in chosen)
    assert {name: counts[name] for name in sizes} == allocated(sizes, total)


def test_subjects_that_came_later_leave_the_sample_as_it_was_dealt() -> None:
    first = {f"k:{at}": "2020" for at in range(50)}
    dealt = sample(first, 10, 0, {})
    grown = first | {f"k:{at}": "2020" for at in range(50, 100)}
    assert dealt < sample(grown, 20, 0, dict.fromkeys(dealt, 2))


def test_the_order_depends_on_nothing_but_seed_and_key() -> None:
    assert shuffled(["a", "b", "c"], 3) == shuffled(["c", "a", "b"], 3)
    order = shuffled([f"k:{at}" for at in range(20)], 0)
    assert [key for key in order if key != "k:7"] == shuffled([key for key in order if key != "k:7"], 0)
    assert order != shuffled(order, 1)
