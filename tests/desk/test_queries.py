"""Questions to the desk, each answer held to what a plain look at every deal gives, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from deliveries import deliveries
from paraph.desk import Action, DealQuery, DealRow, Desk, Facets, Review, open_desk, queries
from paraph.desk.tags import FIELDS, Place, bits, state_of
from paraph.desk.terms import ask, marks_of
from paraph.errors import DeskError, UsageError
from paraph.model import (
    Certainty,
    Deal,
    Document,
    Instrument,
    Occasion,
    Outcome,
    Reading,
    Sector,
    SourceType,
    Stage,
    Verdict,
)
from paraph.resolve.history import Standing, history_of, status_of
from paraph.resolve.witnesses import witnesses
from paraph.settings import Settings
from samples import note, report, signal

TODAY = date(2032, 1, 1)
SETTINGS = Settings()


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A desk with deals of many kinds."""
    for delivery in deliveries(70):
        desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen)
    desk.add(report())
    desk.add(note())
    return desk


def asks(deal: Deal, query: DealQuery) -> bool:
    """Say whether a deal is asked for, the plain way."""
    status = status_of(deal, max(each.day for each in deal.sightings), SETTINGS)
    state = str(state_of(status.stage, status.ahead))
    if query.today and status_of(deal, query.today, SETTINGS).standing is Standing.LAPSED:
        state = "lapsed"
    days = [each.day for each in deal.sightings]
    since, until = query.since or date.min, query.until or date.max
    asked = ask(query.words)
    return all(
        (
            set(query.parties) <= set(deal.parties),
            not query.sectors or deal.sector in query.sectors,
            not query.instruments or deal.instrument in query.instruments,
            not query.stages or status.stage in query.stages,
            not query.certainties or status.certainty in query.certainties,
            not query.source_types or {s.signal.source_type for s in deal.sightings} & set(query.source_types),
            not query.sources or {s.signal.source for s in deal.sightings} & set(query.sources),
            not query.publishers or {s.publisher for s in deal.sightings} & set(query.publishers),
            not query.states or state in query.states,
            query.ahead in (None, status.ahead),
            query.contested in (None, status.contested),
            any(since <= day <= until for day in days),
            witnesses(deal.sightings).independent >= query.min_voices,
            max(s.signal.confidence for s in deal.sightings) >= query.min_confidence,
            not query.words
            or any(len({n for *_, n in marks_of(s.quote, asked)}) == len(asked.phrases) > 0 for s in deal.sightings),
        )
    )


def sorted_by(deals: list[Deal], sort: str) -> list[Deal]:
    def place(deal: Deal) -> tuple[object, str]:
        days = [each.day for each in deal.sightings]
        return {
            "last": max(days),
            "first": min(days),
            "voices": witnesses(deal.sightings).independent,
            "sightings": len(deal.sightings),
            "title": deal.title.encode(),
        }[sort], deal.id

    return sorted(deals, key=place, reverse=sort in ("last", "voices", "sightings"))


MIDDLE, DAY = date(2031, 1, 10), timedelta(days=1)
ASKED = [
    DealQuery(),
    DealQuery(parties=("IN",)),
    DealQuery(parties=("IN", "RU")),
    DealQuery(parties=("RU", "IN", "NO")),
    DealQuery(parties=("XX",)),
    DealQuery(sectors=(Sector.NUCLEAR, Sector.SPACE)),
    DealQuery(instruments=(Instrument.PURCHASE,), parties=("NO",)),
    DealQuery(certainties=(Certainty.PROBABLE, Certainty.POSSIBLE), stages=(Stage.AGREED, Stage.TALKS)),
    DealQuery(source_types=(SourceType.OFFICIAL,), sectors=(Sector.TRANSPORT,)),
    DealQuery(source_types=(SourceType.OUTLET,)),
    DealQuery(ahead=True),
    DealQuery(ahead=False, parties=("IN",)),
    DealQuery(contested=True),
    DealQuery(contested=False, ahead=False),
    DealQuery(states=("table",)),
    DealQuery(states=("done", "off")),
    DealQuery(states=("table",), today=TODAY),
    DealQuery(states=("lapsed",), today=TODAY),
    DealQuery(states=("lapsed", "done"), today=MIDDLE + 200 * DAY),
    DealQuery(states=("lapsed",)),
    DealQuery(min_voices=2),
    DealQuery(min_voices=2, parties=("IN", "RU"), states=("table",)),
    DealQuery(min_confidence=0.9),
    DealQuery(min_confidence=0.95, sectors=(Sector.TRANSPORT,)),
    DealQuery(words="ferries"),
    DealQuery(words='"electric ferries"', parties=("NO",)),
    DealQuery(words="uranium satellite"),
    DealQuery(words="the", states=("table",)),
    DealQuery(words="?!"),
    DealQuery(words="nowhere"),
    *(replace(DealQuery(), sort=sort) for sort in ("first", "voices", "sightings", "title")),
]


def test_lists_are_what_a_plain_look_gives(full: Desk) -> None:
    deals = list(full.all_deals())
    assert len(deals) > 20
    days = sorted({each.day for deal in deals for each in deal.sightings})
    middle = days[len(days) // 2]
    spans = [(days[at], days[at + by]) for at, by in product(range(0, len(days) - 4, 3), (0, 1, 4))]
    publishers = sorted({each.publisher for deal in deals for each in deal.sightings if each.publisher})
    sources = sorted({each.signal.source for deal in deals for each in deal.sightings if each.signal.source})
    asked = [
        *ASKED,
        *(DealQuery(since=since, until=until) for since, until in spans),
        *(DealQuery(since=since, until=until, words="ferries") for since, until in spans[:3]),
        DealQuery(since=middle, parties=("IN",)),
        DealQuery(until=middle, sort="first"),
        DealQuery(publishers=tuple(publishers[:1])),
        DealQuery(publishers=tuple(publishers[:3]), parties=("IN",)),
        DealQuery(sources=tuple(sources[:1]), states=("table",)),
        DealQuery(sources=tuple(sources[:2]), publishers=tuple(publishers[:4])),
    ]
    found_some = 0
    for query in asked:
        wanted = sorted_by([deal for deal in deals if asks(deal, query)], query.sort)
        found = full.deals(replace(query, limit=1_000))
        assert [row.id for row in found] == [deal.id for deal in wanted], query
        assert full.count(query) == len(wanted), query
        assert paged(full, query, 3) == [row.id for row in found], query
        found_some += bool(wanted)
    assert found_some > len(asked) * 0.7


def paged(desk: Desk, query: DealQuery, size: int) -> list[str]:
    """Return all ids of a query's deals, read page by page."""
    ids: list[str] = []
    after = ""
    while page := desk.deals(replace(query, limit=size, after=after)):
        ids += [row.id for row in page]
        after = page[-1].cursor
    return ids


def test_a_row_tells_what_the_deal_is(full: Desk) -> None:
    for row in full.deals(DealQuery(limit=1_000, today=TODAY)):
        deal = full.deal(row.id)
        history = history_of(deal, TODAY, SETTINGS)
        assert (row.title, row.parties, row.sector, row.instrument) == (
            deal.title,
            deal.parties,
            deal.sector,
            deal.instrument,
        )
        assert row.lapsed == (history.status.standing is Standing.LAPSED)
        assert (row.sightings, row.first_day, row.last_day) == (
            len(deal.sightings),
            deal.sightings[0].day,
            deal.sightings[-1].day,
        )
        assert row.heard == history.status.heard
        if not row.lapsed:
            assert (row.stage, row.ahead, row.certainty, row.since, row.contested) == (
                history.status.stage,
                history.status.ahead,
                history.status.certainty,
                history.status.since,
                history.status.contested,
            )


def test_facets_count_what_lists_hold(full: Desk) -> None:
    for query in (
        DealQuery(),
        DealQuery(parties=("IN",)),
        DealQuery(words="ferries"),
        DealQuery(sectors=(Sector.NUCLEAR,)),
    ):
        deals = [deal for deal in full.all_deals() if asks(deal, query)]
        facets = full.facets(query)
        assert (facets.of, facets.whole) == (len(deals), True)
        for party, count in facets.counts["parties"].items():
            assert count == sum(party in deal.parties for deal in deals)
        for sector, count in facets.counts["sectors"].items():
            assert count == full.count(replace(query, sectors=(Sector(sector),))) if not query.sectors else count
        for stage, count in facets.counts["stages"].items():
            assert count == full.count(replace(query, stages=(Stage(stage),)))
        for publisher, count in facets.counts["publishers"].items():
            assert count == full.count(replace(query, publishers=(publisher,)))
        for source, count in facets.counts["sources"].items():
            assert count == full.count(replace(query, sources=(source,)))
        assert sum(facets.counts["months"].values()) == sum(facets.counts["state"].values()) == len(deals)
        for counted in facets.counts.values():
            assert (
                list(counted.values()) == sorted(counted.values(), reverse=True) or counted is facets.counts["months"]
            )


def test_facets_of_a_long_list_are_those_of_its_newest(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "FACET_DEALS", 5)
    facets = full.facets(DealQuery())
    newest = full.deals(DealQuery(limit=5))
    assert (facets.of, facets.whole) == (5, False)
    assert facets.counts["months"] == {
        month: sum(f"{row.last_day:%Y-%m}" == month for row in newest) for month in facets.counts["months"]
    }
    assert full.facets(DealQuery(words="nowhere")) == Facets(0, True, {})
    assert full.facets(DealQuery(parties=("XX",))).of == 0


def test_words_that_stand_everywhere_are_looked_for_in_the_newest(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = full.count(DealQuery(words="the"))
    monkeypatch.setattr(queries, "WORDS_SIGNALS", 3)
    assert 1 <= full.count(DealQuery(words="the")) <= 3 < whole


@pytest.mark.parametrize(
    "after", ["x", "12", ".", "12.xyz", "x.abcd", "99999999999.abcd", "12.abcd\n", "\x00.a", "²²²²²²²²².abcd"]
)
def test_a_cursor_that_is_none_is_told(desk: Desk, after: str) -> None:
    with pytest.raises(UsageError, match="is no place in a list by last"):
        desk.deals(DealQuery(after=after))
    assert desk.deals(DealQuery(after="737000.abcdef012345")) == []


def test_an_occasion_leaves_the_deals_it_settled(full: Desk) -> None:
    with pytest.raises(DeskError, match="occasion 'Summit' is not on the desk; there are: none yet"):
        full.deals(DealQuery(occasion="Summit"))
    rows = full.deals(DealQuery(parties=("IN", "RU"), limit=2))
    occasion = Occasion("Summit", ("IN", "RU"), MIDDLE, MIDDLE)
    full.add_occasion(occasion)
    full.add_occasion(replace(occasion, name="Other"))
    assert full.deals(DealQuery(occasion="Summit")) == []
    full.settle(occasion, [Verdict(row.id, Outcome.ABSENT, 0.5) for row in rows])
    assert {row.id for row in full.deals(DealQuery(occasion="Summit"))} == {row.id for row in rows}
    assert full.count(DealQuery(occasion="Summit", parties=("NO",))) == 0
    assert full.deals(DealQuery(occasion="Summit", words="nowhere")) == []
    with pytest.raises(DeskError, match="there are: Other, Summit"):
        full.count(DealQuery(occasion="Nowhere"))


# Deals whole.


def test_any_signal_and_the_beginning_of_its_id_lead_to_its_deal(full: Desk) -> None:
    for deal in full.all_deals():
        for each in deal.sightings:
            assert full.deal(each.id) == deal
        assert full.deal(f" {deal.id[:10].upper()} ") == deal


def test_what_leads_to_no_deal_is_told(full: Desk) -> None:
    for wrong in ("", "abc", "xyzw", "12345g", "%", "\x00abcd", "abcd'"):
        with pytest.raises(DeskError, match="an id has at least 4 digits"):
            full.deal(wrong)
    with pytest.raises(DeskError, match="is not on the desk; paraph deals lists"):
        full.deal("0" * 12)


def test_a_beginning_of_several_ids_is_told(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MIN_PREFIX", 1)
    roots: dict[str, set[str]] = {}
    for deal in full.all_deals():
        for each in deal.sightings:
            roots.setdefault(each.id[0], set()).add(deal.id)
    for digit, several in roots.items():
        if len(several) > 1:
            with pytest.raises(DeskError, match=f"deal '{digit}' may be any of {len(several)} deals"):
                full.deal(digit)
        else:
            assert full.deal(digit).id in several


def test_a_rejected_signal_belongs_to_no_deal(desk: Desk) -> None:
    desk.add(report())
    gone = next(desk.sightings()).id
    number = desk.decide(Review(Action.REJECT, "me", signal=gone))
    with pytest.raises(DeskError, match="was rejected and belongs to no deal"):
        desk.deal(gone)
    assert gone not in {each.id for each in desk.sightings()}
    assert gone not in {each.id for each in desk.document("report").sightings}
    desk.decide(Review(Action.UNDO, "me", undoes=number))
    assert desk.deal(gone).sightings[0].id == gone


def test_whole_deals_by_parties_and_days(full: Desk) -> None:
    everything = list(full.all_deals())
    assert [deal.id for deal in everything] == [
        deal.id for deal in sorted(everything, key=lambda deal: (deal.sightings[0].day, deal.id))
    ]
    days = sorted({each.day for deal in everything for each in deal.sightings})
    for parties, since, until in product(
        ((), ("IN",), ("NO", "RU"), ("XX",)), (None, days[2], days[-5]), (None, days[-4], days[-2])
    ):
        wanted = [
            deal
            for deal in everything
            if any(
                (since or date.min) <= each.day <= (until or date.max)
                and (not parties or set(parties) & set(each.signal.parties))
                for each in deal.sightings
            )
        ]
        assert list(full.all_deals(parties=parties, since=since, until=until)) == wanted
        said = [
            each
            for each in full.sightings()
            if (since or date.min) <= each.day <= (until or date.max)
            and (not parties or set(parties) & set(each.signal.parties))
        ]
        assert list(full.sightings(parties=parties, since=since, until=until)) == said


def test_sightings_of_one_deal_are_its_own(full: Desk) -> None:
    deal = max(full.all_deals(), key=lambda deal: len(deal.sightings))
    assert tuple(full.sightings(deal=deal.id)) == deal.sightings
    with pytest.raises(DeskError):
        list(full.sightings(deal="0" * 12))


# Documents.


def test_documents_come_in_order_of_day(full: Desk) -> None:
    kept = list(full.documents())
    assert [(each.day, each.document.id) for each in kept] == sorted((each.day, each.document.id) for each in kept)
    middle = kept[len(kept) // 2].day
    assert [k.document.id for k in full.documents(since=middle)] == [k.document.id for k in kept if k.day >= middle]
    assert [k.document.id for k in full.documents(until=middle)] == [k.document.id for k in kept if k.day <= middle]
    publisher = kept[0].document.publisher
    assert [k.document.id for k in full.documents(publisher=publisher)] == [
        k.document.id for k in kept if k.document.publisher == publisher
    ]
    assert any(each.copy_of for each in kept)
    for each in kept:
        again = full.document(each.document.id)
        assert replace(again, sightings=()) == each
        assert all(sighting.document == each.document.id for sighting in again.sightings)
        assert again.voice == again.document.id or again.copy_of


def test_a_document_is_kept_as_it_came(desk: Desk) -> None:
    desk.add(report())
    kept = desk.document("report")
    assert kept.document == report().document
    assert [each.signal for each in kept.sightings] == list(report().signals)
    assert kept.versions == 1
    with pytest.raises(DeskError, match="document 'none' is not on the desk"):
        desk.document("none")


def test_a_document_is_found_by_an_id_that_it_was_read_under(desk: Desk) -> None:
    text = "Norway and Chile weigh a ferry pact."
    made = Reading(Document(text, url="https://a.example/1"), (signal(text, "ferry pact"),))
    key = desk.add(made).document
    assert key != made.document.id
    assert desk.document(made.document.id).document.id == key


def test_a_million_days_apart_is_no_matter(desk: Desk) -> None:
    for day in (date.min, date.max):
        assert desk.deals(DealQuery(since=day, until=day)) == []
        assert desk.deals(DealQuery(since=day, words="x", states=("lapsed",), today=day)) == []
        assert (
            list(desk.all_deals(since=day)) == list(desk.sightings(until=day)) == list(desk.documents(since=day)) == []
        )


# Marks.


def test_every_value_has_a_bit_of_its_own() -> None:
    every = [bits(field, [value]) for field, values in FIELDS.items() for value in values]
    assert len(every) == len(set(every)) < 63
    assert sum(every) == (1 << len(every)) - 1
    assert bits("sectors", []) == 0
    assert bits("stages", [Stage.IDEA, Stage.IDEA]) == bits("stages", ["idea"])


@pytest.mark.parametrize(
    ("stage", "ahead", "place"),
    [
        ("idea", False, Place.TABLE),
        ("agreed", False, Place.TABLE),
        ("signed", True, Place.TABLE),
        ("signed", False, Place.DONE),
        ("in_force", False, Place.DONE),
        ("stalled", True, Place.OFF),
        ("ended", False, Place.OFF),
    ],
)
def test_where_a_deal_stands(stage: str, ahead: bool, place: Place) -> None:
    assert state_of(Stage(stage), ahead) is place
    assert state_of(stage, ahead) is place  # type: ignore[arg-type]


def test_lists_do_not_depend_on_the_order_of_arrival(place: str, full: Desk) -> None:
    before = [replace(row) for row in rows(full)]
    with open_desk(place) as again:
        assert list(rows(again)) == before


def rows(desk: Desk) -> Iterator[DealRow]:
    yield from desk.deals(DealQuery(limit=1_000))
