"""Lists of documents, copies and signals: each answer held to what a plain walk over all documents gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from deliveries import deliveries
from paraph.desk import Action, Desk, Kept, Review, State, shelves
from paraph.desk.pages import DocumentRow
from paraph.errors import DeskError, UsageError
from paraph.model import Kind, Sector
from samples import note, report


@pytest.fixture
def full(desk: Desk) -> Desk:
    for delivery in deliveries(60):
        desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen)
    desk.add(report())
    desk.add(note())
    return desk


def plain(desk: Desk) -> list[Kept]:
    """All documents, newest first; those of one day in any order."""
    return sorted(desk.documents(), key=lambda each: each.day, reverse=True)


def keys(rows: tuple[DocumentRow, ...]) -> set[str]:
    return {row.key for row in rows}


def test_a_row_tells_what_the_document_tells(full: Desk) -> None:
    rows = full.documents_page(limit=1_000).rows
    known = {each.document.id: each for each in plain(full)}
    assert [row.day for row in rows] == [each.day for each in plain(full)]
    for row in rows:
        kept = known[row.key]
        assert (row.title, row.publisher, row.url, row.kind) == (
            kept.document.title,
            kept.document.publisher,
            kept.document.url,
            kept.document.kind,
        )
        assert (row.day, row.arrival, row.copy_of) == (kept.day, kept.arrival, kept.copy_of)
        assert (row.likeness is None) == (row.copy_of is None)
        assert row.signals == len(full.document(row.key).sightings)
        assert row.found is None


def test_filters_choose(full: Desk) -> None:
    every = plain(full)
    publisher = next(each.document.publisher for each in every if each.document.publisher)
    middle = every[len(every) // 2].day
    asked = [
        ({"publisher": publisher}, lambda each: each.document.publisher == publisher),
        ({"kind": Kind.OFFICIAL}, lambda each: each.document.kind is Kind.OFFICIAL),
        ({"arrival": "watched"}, lambda each: each.arrival == "watched"),
        ({"since": middle}, lambda each: each.day >= middle),
        ({"until": middle}, lambda each: each.day <= middle),
        ({"since": middle, "until": middle}, lambda each: each.day == middle),
        (
            {"publisher": publisher, "kind": Kind.REPORT, "arrival": "added"},
            lambda each: (
                (each.document.publisher, each.document.kind, each.arrival) == (publisher, Kind.REPORT, "added")
            ),
        ),
        ({"publisher": "nobody"}, lambda _: False),
    ]
    for given, fits in asked:
        page = full.documents_page(limit=1_000, **given)  # type: ignore[arg-type]
        wanted = {each.document.id for each in every if fits(each)}
        assert keys(page.rows) == wanted, given
        assert (page.of, page.whole, page.more) == (len(wanted), True, False)


@pytest.mark.parametrize("words", ["", "ferries"])
def test_pages_follow_one_another(full: Desk, words: str) -> None:
    whole = full.documents_page(words=words, limit=1_000).rows
    assert len(whole) > 8
    got, after = list[str](), ""
    while True:
        page = full.documents_page(words=words, limit=7, after=after)
        assert page.of == len(whole)
        got += [row.key for row in page.rows]
        if not page.more:
            break
        after = page.rows[-1].cursor
    assert got == [row.key for row in whole]


def test_words_are_found_and_marked(full: Desk) -> None:
    wanted = {hit.document for hit in full.search("Joint research", 1_000)}
    page = full.documents_page(words="Joint research")
    assert keys(page.rows) == wanted == {"report"}
    found = page.rows[0].found
    assert found is not None
    assert {found.text[start:end] for start, end in found.marks} == {"Joint", "research"}
    assert keys(full.documents_page(words="ferries", publisher="Government of Norway").rows) == {"note"}
    assert keys(full.documents_page(words="ferries", kind=Kind.OFFICIAL, since=date(2025, 3, 5)).rows) >= {"note"}
    assert full.documents_page(words="ferries", until=date(1990, 1, 1)).rows == ()
    assert full.documents_page(words="...").rows == full.documents_page(words="nosuchword").rows == ()


def test_what_is_not_counted_is_said(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "COUNTED", 5)
    monkeypatch.setattr(shelves, "WORDED", 3)
    page = full.documents_page(limit=10)
    assert (page.of, page.whole, page.more, len(page.rows)) == (5, False, True, 10)
    page = full.documents_page(words="ferries", limit=10)
    assert (page.of, page.whole, page.more, len(page.rows)) == (3, False, False, 3)


def test_what_cannot_be_asked_for(full: Desk) -> None:
    for after in ("x", "2025-13-01.4", "2025-01-01.", "2025-01-01.x"):
        with pytest.raises(UsageError, match="no place in a list of documents"):
            full.documents_page(after=after)
    for ask in (full.copies_of, full.signals_of):
        with pytest.raises(DeskError, match="is not on the desk"):
            ask("nothing")


def test_the_other_documents_of_one_voice(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    voices: dict[str, set[str]] = {}
    for each in plain(full):
        voices.setdefault(each.voice, set()).add(each.document.id)
    assert any(len(each) > 1 for each in voices.values())
    for family in voices.values():
        for key in family:
            rows = full.copies_of(key)
            assert {row.key for row in rows} == family - {key}
            assert [row.day for row in rows] == sorted(row.day for row in rows)
    monkeypatch.setattr(shelves, "COPIES", 0)
    assert full.copies_of(next(key for each in voices.values() if len(each) > 1 for key in each)) == []


def signals(desk: Desk) -> dict[str, str]:
    return {row.sighting.signal.anchor: row.sighting.id for row in desk.signals_of("report")}


def test_all_signals_of_a_document_whatever_became_of_them(full: Desk) -> None:
    ids = signals(full)
    bank, loan, feed = ids["seed bank"], ids["loan for the port of Arica"], ids["Supply of salmon feed"]
    full.decide(Review(Action.REJECT, "ann", signal=loan))
    full.decide(Review(Action.UNSURE, "ann", signal=feed))
    full.decide(Review(Action.CORRECT, "ann", signal=bank, payload={"field": "sector", "value": "environment"}))
    rows = full.signals_of("report")
    assert [row.sighting.signal.start for row in rows] == sorted(each.start for each in report().signals)
    by_id = {row.sighting.id: row for row in rows}
    assert by_id[loan].state is State.REJECTED
    assert by_id[loan].deal is None
    assert by_id[feed].state is State.UNSURE
    assert by_id[feed].deal == full.deal(feed).id
    assert by_id[bank].sighting.signal.sector is Sector.ENVIRONMENT
    assert by_id[bank].proposed == {"sector": "agriculture"}
    assert by_id[ids["ferry pact"]].words == ("weigh",)
    assert by_id[ids["agreement on electric ferries"]].words == ("could", "could", "sign", "said")
    assert {row.sighting.signal.engine for row in rows} == {"hand"}
    assert all(row.newest and not row.vanished for row in rows)


def test_words_that_an_update_took_out(full: Desk) -> None:
    gone = signals(full)["loan for the port of Arica"]
    before = report()
    text = before.document.text.replace(" Norway has ruled out a loan for the port of Arica.", "")
    document = replace(before.document, text=text, updated=None, published=before.document.updated)
    full.add(replace(before, document=document, signals=before.signals[:-1]))
    row = full.signal(gone)
    assert (row.vanished, row.newest) == (True, False)
    assert row.words == ("ruled out",)


def test_a_signal_by_its_id_or_the_beginning_of_it(full: Desk) -> None:
    for row in full.signals_of("report"):
        id = row.sighting.id
        assert full.signal(id) == full.signal(id.upper()) == full.signal(id[:9]) == row
    for bad, said in (("abc", "at least 4"), ("xyzw", "at least 4"), ("0123456789abcdef", "not on the desk")):
        with pytest.raises(DeskError, match=said):
            full.signal(bad)


def test_a_signal_whose_beginning_several_have(full: Desk) -> None:
    from sqlalchemy import update

    from paraph.desk.schema import signals as table

    one, two = (row.sighting.id for row in full.signals_of("report")[:2])
    with full.begin() as connection:
        for id, key in ((one, "ffff0001"), (two, "ffff0002")):
            connection.execute(update(table).where(table.c.key == id).values(key=key))
    with pytest.raises(DeskError, match="any of several"):
        full.signal("ffff")
    assert full.signal("ffff0001").sighting.id == "ffff0001"


def test_an_id_of_before_a_reading_anew_leads_to_the_signal_of_now(full: Desk) -> None:
    old = signals(full)["seed bank"]
    text = report().document.text

    def longer(document: object) -> list[object]:
        at = text.index("a seed bank")
        bank = next(each for each in report().signals if each.anchor == "seed bank")
        return [replace(bank, start=at, anchor="a seed bank")] if document == full.document("report").document else []

    list(full.reread(longer, engine="longer", engine_version="1"))  # type: ignore[arg-type]
    row = full.signal(old)
    assert row == full.signal(old[:8])
    assert row.sighting.signal.anchor == "a seed bank"
    assert row.sighting.id != old
