"""Search: what is put in is found by its words, newest first, and both databases answer alike."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries import deliveries
from paraph.desk import DealQuery, Desk, open_desk
from paraph.desk.queries import find_documents
from paraph.desk.search import (
    PostgresSearch,
    Shelf,
    index_signals,
    reindex,
    search_of,
    unindex_document,
    unindex_signals,
)
from paraph.desk.terms import ask, terms_of
from paraph.model import Document, Reading
from samples import hostile, note, report

DAY = date(2025, 3, 3)
HOSTILE = (
    '"',
    "'",
    "\\",
    "\x00",
    "\x00ferry\x00",
    "*",
    "fer*",
    ":",
    "title:ferry",
    "{title}: x",
    "()",
    ")(",
    "NEAR(ferry pact)",
    "NEAR",
    "AND",
    "OR NOT AND",
    "-ferry",
    "^ferry",
    "ferry + pact",
    "ferry & pact | !x",
    "a <-> b",
    "'ferry':*",
    "ferry'; DROP TABLE documents; --",
    "%s %(x)s {} $1 ? :name",
    "🙂",
    "\ud800",
    "\ufdd00041",
    "ferry\u202e",
    "e\u0301",
    "½ ² ① Ⅳ",
    '"' * 1_000,
    "(" * 10_000,
    "ferry " * 100_000,
    "x" * 1_000_000,
    " ".join(f"w{n}" for n in range(5_000)),
)


def found(desk: Desk, words: str, shelf: Shelf = Shelf.DOCUMENTS, limit: int = 50, **days: date) -> list[int]:
    with desk.look() as connection:
        return search_of(connection).find(connection, shelf, ask(words), limit, **days)


def keys(desk: Desk, words: str) -> list[str]:
    return [hit.document for hit in desk.search(words)]


def test_documents_are_found_by_title_and_text(desk: Desk) -> None:
    desk.add(report())
    desk.add(note())
    assert keys(desk, "ferries") == ["note", "report"]
    assert keys(desk, "Oslo visit") == ["report"]
    assert keys(desk, "fact sheet postponed") == ["note"]
    assert keys(desk, '"salmon feed was"') == ["note"]
    assert keys(desk, '"norway chile"') == []
    assert keys(desk, '"visit of the president of chile" "fact sheet"') == ["note"]
    # A phrase does not run from the title into the text.
    assert keys(desk, '"chile fact"') == []
    assert keys(desk, "ferries unheard") == []
    assert keys(desk, "") == []
    assert [hit.document for hit in desk.search("ferries", limit=1)] == ["note"]


def test_a_hit_shows_where_it_was_found(desk: Desk) -> None:
    desk.add(report())
    (hit,) = desk.search("fjord ferry")
    assert (hit.publisher, hit.day, hit.url) == ("The Oslo Example", DAY, "https://news.example/ferries?a=1&b=2")
    assert [hit.title.text[a:b] for a, b in hit.title.marks] == ["ferry"]
    assert {hit.excerpt.text[a:b] for a, b in hit.excerpt.marks} >= {"fjord", "ferries"}
    assert len(hit.excerpt.text) <= desk.settings.quote_chars


def test_no_question_is_a_command(desk: Desk) -> None:
    desk.add(report())
    desk.add(hostile())
    for words in HOSTILE:
        for hit in desk.search(words):
            assert ask(words).terms
            assert hit.document
        assert len(desk.deals(DealQuery(words=words))) <= 6
    assert [hit.document for hit in desk.search("intro evil")] == [hostile().document.id]
    assert len(list(desk.documents())) == 2


@given(words=st.text(max_size=40))
def test_no_question_raises_in_sqlite(words: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    desk = _sqlite(tmp_path_factory)
    with open_desk(desk) as opened:
        assert len(opened.search(words)) <= 20


_made: list[Path] = []


def _sqlite(factory: pytest.TempPathFactory) -> Path:
    if not _made:
        _made.append(factory.mktemp("search") / "desk.db")
        with open_desk(_made[0]) as opened:
            opened.add(report())
            opened.add(hostile())
    return _made[0]


def test_every_text_is_found_by_its_own_terms(desk: Desk) -> None:
    texts = [
        "Café über ferries",
        "résumé of the S-400 and India's MQ-9B",
        "Новости дня 原子力 協定",
        "ﬁnance Ⅳ １２ Straße",
        "it’s “quoted” \\ back'slash \x00 nul \ud800 half 🙂",
        "x" * 3_000,
        "word " * 20_000 + "last",
    ]
    for n, text in enumerate(texts):
        desk.add(Reading(Document(text, id=f"d{n}"), ()))
    for n, text in enumerate(texts):
        for term in set(terms_of(text)):
            assert f"d{n}" in keys(desk, term)
    assert keys(desk, "cafe UBER") == ["d0"]
    assert keys(desk, "s-400") == ["d1"]
    assert keys(desk, '"the s 400 and india s mq"') == ["d1"]


def test_newest_first_and_broken_off(desk: Desk) -> None:
    days = [DAY - timedelta(days=(n * 37) % 20) for n in range(60)]
    for n, day in enumerate(days):
        desk.add(Reading(Document(f"Ferry number {n}.", id=f"d{n}", published=day), ()))
    order = sorted(range(60), key=lambda n: (days[n], n), reverse=True)
    assert [hit.document for hit in desk.search("ferry", 7)] == [f"d{n}" for n in order[:7]]
    since, until = DAY - timedelta(days=9), DAY - timedelta(days=4)
    with desk.look() as connection:
        hits = find_documents(connection, "ferry", 60, 80, since=since, until=until)
    assert [hit.document for hit in hits] == [f"d{n}" for n in order if since <= days[n] <= until]


def test_days_bound_a_search_and_the_last_come_first(desk: Desk) -> None:
    for n in range(6):
        desk.add(Reading(Document(f"Ferry number {n}.", id=f"d{n}", published=DAY - timedelta(days=n % 3)), ()))
    assert keys(desk, "ferry") == ["d3", "d0", "d4", "d1", "d5", "d2"]
    with desk.look() as connection:
        rows = [
            search_of(connection).find(connection, Shelf.DOCUMENTS, ask("ferry"), 9, since=since, until=until)
            for since, until in ((DAY, None), (None, DAY - timedelta(days=2)), (DAY - timedelta(1), DAY - timedelta(1)))
        ]
    assert [len(found) for found in rows] == [2, 2, 2]


def test_an_updated_document_is_found_by_its_new_words_only(desk: Desk) -> None:
    for n, text in enumerate(("First words of it.", "Other matter now.", "First words of it, once more.")):
        desk.add(Reading(Document(text, id="d", published=DAY, updated=DAY + timedelta(days=n)), ()))
        assert keys(desk, "matter") == ["d"] * (n == 1)
        assert keys(desk, "first") == ["d"] * (n != 1)


def test_dropped_is_not_found_until_it_is_put_in_again(desk: Desk) -> None:
    desk.add(report())
    with desk.begin() as connection:
        row = connection.exec_driver_sql("SELECT id FROM documents").scalar_one()
        rows = list(connection.exec_driver_sql("SELECT id FROM signals").scalars())
        unindex_document(connection, row)
        unindex_signals(connection, rows)
        unindex_signals(connection, [])
        unindex_document(connection, 999)
    assert keys(desk, "ferries") == []
    assert found(desk, "ferries", Shelf.SIGNALS) == []
    with desk.begin() as connection:
        index_signals(connection, rows)
        index_signals(connection, [])
    assert len(found(desk, "ferries", Shelf.SIGNALS)) == 2
    for _ in range(3):
        with desk.begin() as connection:
            unindex_signals(connection, rows)
            index_signals(connection, rows)
            index_signals(connection, rows)
    assert len(found(desk, "ferries", Shelf.SIGNALS)) == 2


def test_an_item_put_in_a_thousand_times_is_found_once(desk: Desk) -> None:
    desk.add(report())
    with desk.begin() as connection:
        rows = list(connection.exec_driver_sql("SELECT id FROM signals ORDER BY id").scalars())
        for _ in range(1_000):
            index_signals(connection, rows[:1])
    assert found(desk, '"ferry pact"', Shelf.SIGNALS) == rows[:1]


def test_made_anew_the_index_answers_as_before(desk: Desk) -> None:
    for delivery in deliveries(40):
        desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen)
    questions = ("ferries", "radar stations", "the", '"free trade"', "winter", "loan agreement")
    before = [(keys(desk, words), found(desk, words, Shelf.SIGNALS)) for words in questions]
    assert any(documents for documents, _ in before)
    assert any(signals for _, signals in before)
    with desk.begin() as connection:
        reindex(connection)
    assert [(keys(desk, words), found(desk, words, Shelf.SIGNALS)) for words in questions] == before


def test_postgresql_keeps_the_places_that_it_can() -> None:
    vector = PostgresSearch()._vector([["a", "b"], ["a"] * 300, [f"w{n}" for n in range(20_000)]])
    rows = dict(row.split(":") for row in vector.split(" "))
    assert rows["'a'"].split(",")[:3] == ["1", "13", "14"]
    assert len(rows["'a'"].split(",")) == 256
    assert rows["'b'"] == "2"
    assert rows["'w19999'"] == "16383"


def test_an_empty_search_asks_nothing(desk: Desk) -> None:
    with desk.begin() as connection:
        search = search_of(connection)
        for shelf in Shelf:
            search.put(connection, shelf, ())
            search.drop(connection, shelf, ())
            search.clear(connection, shelf)
            assert search.find(connection, shelf, ask(""), 5) == []
