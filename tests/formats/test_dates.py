"""Dates become ISO text where they can mean one thing only, and stay as they are where not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.formats.values import iso


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2020-12-18", "2020-12-18"),
        ("2020-12", "2020-12"),
        ("2020", "2020"),
        ("2020-12-18T11:54:00Z", "2020-12-18T11:54:00Z"),
        ("2000-01-01T00:00:00.000Z", "2000-01-01T00:00:00.000Z"),
        ("2020-12-18 11:54:07", "2020-12-18T11:54:07"),
        ("2020/3/9", "2020-03-09"),
        ("20201218", "2020-12-18"),
        ("2020年12月18日", "2020-12-18"),
        ("December 18, 2020", "2020-12-18"),
        ("18 Dec 2020", "2020-12-18"),
        ("March 2020", "2020-03"),
        ("Fri, 18 Dec 2020 11:54:00 GMT", "2020-12-18T11:54:00Z"),
        ("18 Dec 2020 11:54:00 +0100", "2020-12-18T10:54:00Z"),
        (1592092800, "2020-06-14"),
        (1592092801, "2020-06-14T00:00:01Z"),
        ("1592092800", "2020-06-14"),
        (1592092800000, "2020-06-14"),
        (2020, "2020"),
        ({"$date": "2020-12-18T11:54:00Z"}, "2020-12-18T11:54:00Z"),
        ({"$date": 1592092800000}, "2020-06-14"),
        ({"$date": {"$numberLong": "1592092800000"}}, "2020-06-14"),
        (None, ""),
        ("", ""),
        (True, ""),
    ],
)
def test_one_meaning_is_written_as_iso(value: Any, text: str) -> None:
    assert iso(value) == text


@pytest.mark.parametrize(
    "text", ["12/11/2020", "last spring", "2020-13-45x", "20209999", "31 February 2020", "99999999999999"]
)
def test_anything_else_stays_as_it_came(text: str) -> None:
    assert iso(text) == text


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_survives_its_spellings(day: date) -> None:
    assert iso(day.isoformat()) == iso(f"{day.year}/{day.month}/{day.day}") == day.isoformat()


@given(st.integers(min_value=3000, max_value=4_000_000_000))
def test_every_second_since_1970_is_the_same_instant(second: int) -> None:
    moment = datetime.fromisoformat(iso(second))
    assert moment.replace(tzinfo=UTC).timestamp() == second
