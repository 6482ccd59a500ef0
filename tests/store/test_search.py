"""Finding subjects by words, in every script, whatever is typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RequestError
from annotator.model.queue import QueueView
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.rounds import FIRST_ROUNDS
from annotator.model.subject import Incident, Report
from annotator.store.queue import QueueQuery
from annotator.store.store import Store
from tests.store import making
from tests.store.making import problems

TEXTS = {
    "aiid:r1": ("Café robot serves naïve guests", "The self-driving cart of Zürich stood still at 3.5 km/h."),
    "aiid:r2": ("顔認証の誤認逮捕", "警察は生成AIと顔認証システムの結果だけを信じ、無実の人を逮捕した。"),
    "aiid:r3": ("自動運転", "自動運転バスが歩行者と接触した事故の報告書が公開された。"),
    "aiid:r4": ("Chatbots and rules", 'It said "refunds are always granted" under_score 100% of the time.'),
    "aiid:r5": ("인공지능 면접", "채용 인공지능이 지원자를 차별했다는 보도."),
    "aiid:r6": ("ระบบจดจำใบหน้า", "ระบบจดจำใบหน้าผิดพลาด"),
    "aiid:107": ("Beauty filter", ""),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(Store.open(tmp_path_factory.mktemp("search") / "a.db")) as store:
        put(store, TEXTS)
        yield store


def put(store: Store, texts: dict[str, tuple[str, str]]) -> None:
    reports = {key: Report(key=key, title=title, text=text) for key, (title, text) in texts.items() if ":r" in key}
    incidents = [Incident(key=key, title=title) for key, (title, _) in texts.items() if ":r" not in key]
    making.put(
        store,
        *(ReportRecord(report, "") for report in reports.values()),
        *(IncidentRecord(incident, "") for incident in incidents),
    )


def found(store: Store, query: str) -> list[str]:
    wanted = QueueQuery(QueueView(search=query), "eva", FIRST_ROUNDS)
    ids = wanted.ids(store.transaction)
    assert wanted.count(store.transaction) == len(ids)
    keys = dict(store.transaction.execute("SELECT id, key FROM subjects"))
    return [keys[each] for each in ids]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("robot", ["aiid:r1"]),
        ("ROBOT", ["aiid:r1"]),
        ("rob", ["aiid:r1"]),
        ("obot", []),
        ("cafe naive zurich", ["aiid:r1"]),
        ("café", ["aiid:r1"]),
        ("robot rules", []),
        ("self-driving", ["aiid:r1"]),
        ('"naive guests"', ["aiid:r1"]),
        ('"guests naive"', []),
        ('"naive gue"', []),
        ('"self driving" cart', ["aiid:r1"]),
        ("3.5", ["aiid:r1"]),
        ("100%", ["aiid:r4"]),
        ("under_score", ["aiid:r4"]),
        ("車", []),
        ("顔", ["aiid:r2"]),
        ("逮捕", ["aiid:r2"]),
        ("顔認証", ["aiid:r2"]),
        ("自動運転バス", ["aiid:r3"]),
        ("事故 自動", ["aiid:r3"]),
        ('"歩行者と接触"', ["aiid:r3"]),
        ("AI", ["aiid:r2"]),
        ("生成AI", ["aiid:r2"]),
        ("인공지능이", ["aiid:r5"]),
        ("면접", ["aiid:r5"]),
        ("ใบหน้า", ["aiid:r6"]),
        ("%", list(TEXTS)),
        ("_", list(TEXTS)),
        ("顔%", []),
        ("aiid:107", ["aiid:107"]),
        ("107", ["aiid:107"]),
        ("r2", ["aiid:r2"]),
        ("", list(TEXTS)),
        ("   ", list(TEXTS)),
    ],
)
def test_words_find_their_texts(library: Store, query: str, keys: list[str]) -> None:
    assert found(library, query) == keys


@pytest.mark.parametrize(
    "query",
    [
        '"', '""', '"""', '"unbalanced', 'un"balanced', "*", "a*", "*a", "^robot", "NEAR(", "NEAR(robot guests, 2)",
        "robot AND", "OR", "NOT robot", "title:robot", "{title body}: robot", "robot + guests", "(robot", "robot)",
        "-robot", "ro\0bot", "\0", '"\0"', "\ud800", "robot\udfff", "'", "'; DROP TABLE subjects; --", "顔\0認", "?",
        ":term0", "\\", "顔\\", "%顔_", "\u0301", "²", "ﬁ", "a" * 5_000, "word " * 300, "\u202e", "🤖", "\ufffe",
    ],
)  # fmt: skip
def test_hostile_queries_are_only_text(library: Store, query: str) -> None:
    assert set(found(library, query)) <= set(TEXTS)
    assert found(library, "robot") == ["aiid:r1"]


def test_what_is_typed_around_a_word_does_not_hide_it(library: Store) -> None:
    for query in ('"robot', 'ro"bot', "(robot)", "robot?", "ro\0bot", "robot *"):
        expected = [] if query == "ro\0bot" else ["aiid:r1"]
        assert found(library, query) == expected, query


WORDS = " ".join(f"w{n}" for n in range(100))
START = "{!r:.16}".format
"""Enough of a long search to tell which test it was."""
TOO_LONG = "This search is too long to run"


@pytest.mark.parametrize(
    "query",
    [
        WORDS, " ".join(['"w x"', "逮捕", "顔 認", "AI", WORDS[:-20]]), f'"{"a b " * 1_000}"', "-".join("a" * 2_000),
        "逮捕" * 2_500, "%_" * 2_500, '"' * 5_000, '" ' * 2_500, '""' * 2_500, '"a' * 2_500, "e\u0301" * 2_500,
        "\0a" * 2_500, "a?" * 50, "robot" + " " * 100_000, "\n" * 100_000,
    ],
    ids=START,
)  # fmt: skip
def test_as_long_a_search_as_can_be_run_is_run(library: Store, query: str) -> None:
    assert set(found(library, query)) <= set(TEXTS)


def test_a_word_said_again_is_looked_for_once(library: Store) -> None:
    assert found(library, "robot " * 500) == ["aiid:r1"]


def test_every_one_of_many_words_is_required(library: Store) -> None:
    words = "self driving cart of zurich stood still at 3.5 km/h cafe robot serves naive guests"
    phrases = " ".join(f'"{first} {second}"' for first, second in pairwise(words.split()) if first != "km/h")
    assert found(library, f"{words} {phrases}") == ["aiid:r1"]
    assert found(library, f"{words} {phrases} rules") == []


@pytest.mark.parametrize(
    "query",
    [
        "a" * 100_000, "逮捕" * 50_000, "word " * 20_000, '"' * 100_000, '"a ' * 30_000, "\0" * 100_000,
        "e\u0301" * 50_000, "%" * 100_000, "🤖 " * 50_000, "a\n" * 50_000, f"{WORDS} w100", "顔 " * 2_501,
    ],
    ids=START,
)  # fmt: skip
def test_a_search_too_long_to_run_is_refused_in_words(library: Store, query: str) -> None:
    with pytest.raises(RequestError, match=TOO_LONG):
        found(library, query)


@given(
    st.lists(st.sampled_from(["a", '"', " ", "\0", "顔", "é", "🤖", "%", "-", "\n", "x1 "]), min_size=1),
    st.integers(1, 2_000),
)
def test_text_of_any_size_finds_or_is_refused_in_words(library: Store, pieces: list[str], times: int) -> None:
    try:
        assert set(found(library, "".join(pieces) * times)) <= set(TEXTS)
    except RequestError as error:
        assert TOO_LONG in str(error)  # either of the two is right


@given(st.text())
def test_no_query_ever_fails(library: Store, query: str) -> None:
    assert set(found(library, query)) <= set(TEXTS)


@given(st.text(st.sampled_from("\"*(){}:^+-'\\%_ \0a顔AND"), max_size=12))
def test_no_query_of_the_languages_own_signs_ever_fails(library: Store, query: str) -> None:
    assert set(found(library, query)) <= set(TEXTS)


@given(st.sampled_from([key for key in TEXTS if ":r" in key]), st.data())
def test_any_piece_of_an_unspaced_text_finds_it(library: Store, key: str, data: st.DataObject) -> None:
    text = TEXTS[key][1]
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + data.draw(st.integers(1, 6))]
    if any("\u3040" <= character <= "\u9fff" for character in piece) and not set(piece) & set(" \"'"):
        assert key in found(library, piece)


def test_the_indexes_follow_every_change_of_a_text(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "a.db")) as store:
        put(store, TEXTS)
        put(store, {"aiid:r1": ("Café robot serves naïve guests", "a wholly different text")})
        put(
            store,
            {"aiid:r1": ("Café", "a wholly different text"), "aiid:r2": (TEXTS["aiid:r2"][0], "only Latin letters")},
        )
        put(store, {"aiid:r2": ("Now", "only Latin letters"), "aiid:r4": (TEXTS["aiid:r4"][0], "日本語になった文章")})
        put(store, {"aiid:r4": ("今", "日本語になった文章")})
        assert found(store, "robot") == []
        assert found(store, "wholly") == ["aiid:r1"]
        assert found(store, "顔認証") == []
        assert found(store, "逮捕") == []
        assert found(store, "日本語") == ["aiid:r4"]
        assert found(store, "refunds") == []
        assert problems(store) == []


def test_indexes_stay_in_step_through_imports_in_bulk_and_changes(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "a.db")) as store:
        for version in range(3):
            put(
                store,
                {
                    f"aiid:r{n}": (f"title {n}", f"text {n if n % 2 else n + version} " + "事故" * (n % 3))
                    for n in range(version * 50, 300)
                },
            )
            assert problems(store) == []
        assert found(store, '"text 299"') == ["aiid:r299"]
