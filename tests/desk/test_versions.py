"""Updates: the newest text counts, the old ones stay, and signals go on, vanish and come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import update

from desks import Clock
from paraph.desk import DealQuery, Desk, Raw
from paraph.desk.schema import raws
from paraph.errors import DeskError
from paraph.model import Document, Reading
from pools import state
from samples import note, report, signal

HEAD = "Norway and Chile spoke of a ferry pact on Monday, the ministry said in the evening."
FEED = "They will sign a contract on salmon feed in the week after, according to the harbour."
DONE = "They signed a contract on salmon feed after all, the harbour said on Tuesday."


def text(*lines: str) -> str:
    return "\n".join(lines)


def reading(body: str, updated: datetime | None = None, published: date | None = date(2025, 3, 3)) -> Reading:
    """Return what an engine would find: the pact and the contract, as the lines say."""
    found = []
    if HEAD in body:
        found.append(signal(body, "ferry pact", "talks"))
    if FEED in body:
        found.append(signal(body, "contract on salmon feed", "signed", ahead=True, certainty="probable"))
    if DONE in body:
        found.append(signal(body, "contract on salmon feed", "signed"))
    document = Document(body, id="page", publisher="Fjord", published=published, updated=updated)
    return Reading(document, tuple(found))


FIRST = reading(text(HEAD, FEED))
SECOND = reading(text("Updated.", HEAD), datetime(2025, 3, 4, 9, tzinfo=UTC))
THIRD = reading(text(HEAD, DONE), datetime(2025, 3, 5, 9, tzinfo=UTC))


def test_signals_go_on_vanish_and_are_new_on_the_day_of_the_update(desk: Desk) -> None:
    desk.add(FIRST)
    ids = {each.signal.anchor: each.id for each in desk.sightings()}
    added = desk.add(SECOND)
    assert (added.state, added.signals, added.vanished) == ("updated", 1, 1)
    kept = {each.id: each for each in desk.sightings()}
    assert kept.keys() == set(ids.values())
    assert kept[ids["ferry pact"]].signal.start == SECOND.document.text.index("ferry pact")
    assert kept[ids["contract on salmon feed"]].vanished
    added = desk.add(THIRD)
    assert (added.signals, added.vanished) == (2, 1)
    by_day = {(str(each.day), each.signal.anchor, each.vanished) for each in desk.sightings()}
    assert by_day == {
        ("2025-03-03", "ferry pact", False),
        ("2025-03-03", "contract on salmon feed", True),  # will sign
        ("2025-03-05", "contract on salmon feed", False),  # signed: nobody had said so on the 3rd
    }
    versions = desk.versions("page")
    assert [each.reading.document.text for each in versions] == [each.document.text for each in (FIRST, SECOND, THIRD)]
    assert [len(each.reading.signals) for each in versions] == [2, 1, 2]
    assert desk.document("page").versions == 3
    assert desk.document("page").document.text == THIRD.document.text


def test_what_vanished_comes_back_with_its_id(desk: Desk) -> None:
    desk.add(FIRST)
    before = {each.id: each.day for each in desk.sightings()}
    desk.add(SECOND)
    again = reading(text(HEAD, FEED, "Nothing changed."), datetime(2025, 3, 5, 9, tzinfo=UTC))
    assert desk.add(again).vanished == 0
    assert {each.id: each.day for each in desk.sightings()} == before


def test_versions_may_come_in_any_order(desk: Desk, clock: Clock) -> None:
    states = []
    for number, order in enumerate(permutations((FIRST, SECOND, THIRD))):
        id = f"page{number}"
        for one in order:
            desk.add(replace(one, document=replace(one.document, id=id)), seen=clock())
        rows = [row for row in state(desk)["signals"] if row["document"] == id]
        states.append([(row["anchor"], row["stage"], row["ahead"], row["vanished"], row["day"]) for row in rows])
    assert all(sorted(each) == sorted(states[0]) for each in states)
    assert len(states[0]) == 3


def test_the_same_words_twice_are_told_apart_by_their_line(desk: Desk) -> None:
    one = "The seed bank is full.\nA guide said that the seed bank may close."
    first = Document(one, id="twice", published=date(2025, 3, 3))
    signals = [replace(signal(one, "seed bank"), start=at, end=at + 9) for at in (4, one.rindex("seed bank"))]
    desk.add(Reading(first, tuple(signals)))
    ids = [each.id for each in desk.sightings()]
    two = "A guide said that the seed bank may close."
    second = replace(first, text=two, updated=datetime(2025, 3, 4, tzinfo=UTC))
    desk.add(Reading(second, (signal(two, "seed bank"),)))
    assert {each.id: each.vanished for each in desk.sightings()} == {ids[0]: True, ids[1]: False}


def test_other_facts_of_the_same_text_are_those_that_came_last(desk: Desk, clock: Clock) -> None:
    desk.add(FIRST)
    clock.go(hours=1)
    dated = replace(FIRST, document=replace(FIRST.document, published=date(2025, 2, 1), title="A title"))
    assert desk.add(dated).state == "updated"
    kept = desk.document("page")
    assert (kept.day, kept.document.title) == (date(2025, 2, 1), "A title")
    assert {each.day for each in desk.sightings()} == {date(2025, 2, 1)}
    assert {each.title for each in desk.sightings()} == {"A title"}
    assert desk.add(FIRST).state == "same"
    assert desk.document("page").day == date(2025, 2, 1)


def test_what_a_feed_brought_is_trusted_once_a_person_brings_it_too(desk: Desk, clock: Clock) -> None:
    old = reading(text(HEAD), published=date(2024, 1, 1))
    desk.add(old, arrival="watched")
    assert {each.day for each in desk.sightings()} == {clock().date()}
    clock.go(days=3)
    assert desk.add(old).state == "same"
    assert (desk.document("page").arrival, desk.document("page").day) == ("added", date(2024, 1, 1))
    assert {each.day for each in desk.sightings()} == {date(2024, 1, 1)}
    desk.add(old, arrival="watched")
    assert desk.document("page").arrival == "added"


def test_a_delivery_that_was_first_seen_earlier_counts_from_then(desk: Desk, clock: Clock) -> None:
    undated = reading(text(HEAD), published=None)
    desk.add(undated)
    assert desk.add(undated, seen=clock() - timedelta(days=4)).state == "same"
    assert desk.document("page").day == (clock() - timedelta(days=4)).date()
    assert {each.day for each in desk.sightings()} == {desk.document("page").day}


def test_one_page_read_twice_from_its_address_is_one_document(desk: Desk) -> None:
    one = Document(text(HEAD), url="https://news.example/a?utm_source=feed")
    two = Document(text(HEAD, DONE), url="https://www.news.example/a", updated=datetime(2025, 3, 5, tzinfo=UTC))
    first = desk.add(Reading(one, ()))
    assert desk.add(Reading(two, ())).document == first.document
    assert [desk.document(id).document.id for id in (one.id, two.id, first.document)] == [first.document] * 3


def test_copies_know_whose_voice_they_are(desk: Desk) -> None:
    body = text(HEAD, FEED, "Nobody at the harbour would say more of it, and the evening was quiet all over the town.")
    first = reading(body)
    desk.add(first)
    copied = replace(
        first, document=replace(first.document, id="reprint", publisher="Cable", published=date(2025, 3, 4))
    )
    added = desk.add(copied)
    assert (added.state, added.copy_of) == ("copy", "page")
    assert desk.add(copied).copy_of == "page"
    assert {each.voice for each in desk.sightings()} == {"page"}
    kept = desk.document("reprint")
    assert (kept.voice, kept.copy_of, desk.document("page").copy_of) == ("page", "page", None)
    # An earlier one turns up: its voice they all are.
    early = replace(first, document=replace(first.document, id="early", published=date(2025, 3, 1)))
    desk.add(early)
    assert {each.voice for each in desk.sightings()} == {"early"}
    # The reprint is rewritten, and is no copy any more.
    other = (
        "A day at the fish market ends with a song that the oldest of the sellers remembers from his time at sea. " * 3
    )
    rewritten = Document(other, id="reprint", publisher="Cable", updated=datetime(2025, 3, 5, tzinfo=UTC))
    assert desk.add(Reading(rewritten, ())).copy_of is None


def test_bytes_are_kept_once_by_their_hash(desk: Desk) -> None:
    raw = Raw(b"<p>Norway and Chile</p>" * 500, "text/html")
    desk.add(report(), raw=raw)
    desk.add(note(), raw=raw)
    hash = desk.document("report").raw
    assert hash is not None
    assert desk.document("note").raw == hash
    assert desk.raw(hash) == raw
    assert desk.versions("report")[0].raw == hash
    with desk.look() as connection:
        sizes = connection.exec_driver_sql("SELECT size, length(body) FROM raws").all()
    assert len(sizes) == 1
    assert sizes[0][0] == len(raw.data) > sizes[0][1]
    with desk.begin() as connection:
        connection.execute(update(raws).values(body=b"no such thing"))
    with pytest.raises(DeskError, match="damaged"):
        desk.raw(hash)
    with pytest.raises(DeskError, match="not kept"):
        desk.raw("0" * 64)


def test_bytes_are_not_kept_where_nobody_wants_them(desk: Desk) -> None:
    desk.settings = replace(desk.settings, keep_raw=False)
    desk.add(report(), raw=Raw(b"x", "text/plain"))
    assert desk.document("report").raw is None


def test_texts_come_out_letter_by_letter(desk: Desk) -> None:
    odd = "A pact\x00 is \ud83d near \ufdd0 the \U0001f6a2 “ferry”.\r\n\x1b[2J"
    document = Document(odd, id="odd\x00", publisher="P\x00", title="\ud800")
    desk.add(Reading(document, (signal(odd, "pact\x00", source="s\x00", parties=("NO", "x\x00")),)))
    kept = desk.document("odd\x00")
    assert (kept.document.text, kept.document.publisher, kept.document.title) == (odd, "P\x00", "\ud800")
    (sighting,) = desk.sightings()
    assert (sighting.signal.anchor, sighting.signal.source, sighting.signal.parties) == (
        "pact\x00",
        "s\x00",
        ("NO", "x\x00"),
    )
    assert desk.add(Reading(document, ())).state == "same"


def test_names_of_any_length_fit(desk: Desk) -> None:
    """An index of PostgreSQL takes 2,700 bytes; a page may call its publisher what it likes."""
    long = "".join(chr(0x4E00 + (7919 * n) % 20_000) for n in range(20_000))
    body = text(HEAD, FEED)
    document = Document(body, id=long, publisher=long, title=long, url=f"https://{long[:9]}.example/{long}")
    found = signal(body, "ferry pact", source=long, parties=("NO", long))
    added = desk.add(Reading(document, (found,)))
    assert desk.add(Reading(document, (found,))).state == "same"
    kept = desk.document(added.document)
    assert (kept.document.publisher, kept.document.title) == (long, long)
    (sighting,) = desk.sightings()
    assert (sighting.signal.source, sighting.signal.parties) == (long, ("NO", long))
    assert len(desk.deals(DealQuery(parties=(long,), publishers=(long,)))) == 1


def test_an_unknown_document_is_told(desk: Desk) -> None:
    for ask in (desk.versions, desk.document):
        with pytest.raises(DeskError, match="nowhere"):
            ask("nowhere")
