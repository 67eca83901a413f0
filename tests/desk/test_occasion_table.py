"""The table of an occasion: what it lists, what was said before, and the documents around, held to the plain way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from deliveries import deliveries
from paraph.desk import DealQuery, Desk, table
from paraph.errors import DeskError, UsageError
from paraph.model import Certainty, Occasion, Stage
from paraph.resolve.history import on_the_table
from paraph.resolve.verdicts import is_after
from paraph.show.pictures.before_after import before_after_counts
from paraph.show.words import STAGES
from press import VISIT, article, deliver, honest, told

ALL = DealQuery(limit=10_000)
PARTIES = ("IN", "RU", "NO", "FR", "KE", "JP", "PH")


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A desk with a judged meeting in the middle of what it knows."""
    for delivery in deliveries(45):
        desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen)
    days = sorted(each.day for each in desk.sightings())
    middle = days[len(days) // 2]
    desk.add_occasion(Occasion("middle", PARTIES, middle, middle + timedelta(2), "Delhi"))
    desk.judge(desk.occasion("middle"))
    return desk


def words_of(desk: Desk, words: Any) -> dict[Any, int]:
    """Return words as the picture counts them."""
    out: Counter[Any] = Counter()
    for (word, outcome), n in words.items():
        if word is None:
            out["not spoken of", Certainty.CERTAIN, outcome, False] += n
        else:
            stage, ahead, sure = word
            out[STAGES[stage] + (", ahead" if ahead else ""), sure, outcome, True] += n
    return dict(out)


@pytest.mark.parametrize("sure", [0.0, 0.5, 0.8])
def test_words_after_are_what_the_picture_counts(full: Desk, sure: float) -> None:
    occasion = full.occasion("middle")
    deals = {deal.id: deal for deal in full.all_deals()}
    pairs = [(deals[each.deal], each) for each in full.verdicts("middle")]
    wanted = before_after_counts(occasion, pairs, replace(full.settings, brief_confidence=sure))
    with full.look() as connection:
        found = table.words_after(connection, occasion, full.settings, sure)
        assert words_of(full, found) == wanted
    assert sum(n for key, n in wanted.items() if key[3]) > 5


def test_previews_are_what_verdicts_take_for_the_table(full: Desk) -> None:
    occasion = full.occasion("middle")
    wanted = {
        deal.id
        for deal in full.all_deals()
        if any(
            each.day >= occasion.first and is_after(each, occasion, full.settings) is False for each in deal.sightings
        )
    }
    with full.look() as connection:
        found = table.previews(connection, occasion, [deal.id for deal in full.all_deals()])
    assert set(found) == wanted
    assert wanted
    for sighting in found.values():
        assert occasion.first <= sighting.day <= occasion.last


def test_the_table_before_the_first_day(full: Desk) -> None:
    occasion = full.occasion("middle")
    today = occasion.first - timedelta(3)
    since = occasion.first - timedelta(full.settings.table_days)
    rows = {row.id: row for row in full.deals(replace(ALL, today=today))}
    wanted = []
    for deal in full.all_deals():
        named = {party for each in deal.sightings for party in each.signal.parties} | set(deal.parties)
        common, row = named.intersection(PARTIES), rows[deal.id]
        open_still = on_the_table(row.stage, row.ahead) and (today - row.heard).days < full.settings.lapse_days
        if common and open_still and row.last_day >= since and row.first_day < occasion.first:
            wanted.append((len(common) < 2, list(Certainty).index(row.certainty), -row.voices, deal.id))
    with full.look() as connection:
        found = table.table(connection, occasion, full.settings, query=ALL, today=today, limit=1_000)
        assert [row.deal.id for row in found.rows] == [id for *_, id in sorted(wanted)]
        assert (found.of, found.between) == (len(wanted), sum(not one for one, *_ in wanted))
        assert found.whole
        assert not found.more
        assert found.of > 3
        paged = [
            row.deal.id
            for begin in range(0, found.of, 4)
            for row in table.table(
                connection, occasion, full.settings, query=ALL, today=today, limit=4, begin=begin
            ).rows
        ]
        assert paged == [row.deal.id for row in found.rows]
        sector = found.rows[0].deal.sector
        fewer = table.table(
            connection, occasion, full.settings, query=replace(ALL, sectors=(sector,)), today=today, limit=1_000
        )
        assert [row.deal.id for row in fewer.rows] == [r.deal.id for r in found.rows if r.deal.sector is sector]
        words = table.words_before(connection, occasion, full.settings, ALL, today)
        spoken = [row for row in found.rows if row.before is not None]
        assert len(spoken) <= sum(words.values()) <= found.of
        assert {outcome for _, outcome in words} == {None}


def test_a_table_that_is_cut_says_so_and_keeps_those_that_name_two(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    occasion = full.occasion("middle")
    today = occasion.first - timedelta(1)
    with full.look() as connection:
        whole = table.table(connection, occasion, full.settings, query=ALL, today=today)
        assert whole.of > whole.between > 0
        monkeypatch.setattr(table, "MOST", whole.between)
        cut = table.table(connection, occasion, full.settings, query=replace(ALL, limit=1), today=today)
    assert (cut.of, cut.between, cut.whole) == (whole.between, whole.between, False)


def test_outcomes_of_chosen_deals(full: Desk) -> None:
    every = full.outcomes("middle", limit=1_000)
    sector = every.rows[0].deal.sector
    query = DealQuery(sectors=(sector,))
    chosen = full.outcomes("middle", limit=1_000, among_deals=query)
    assert [row.verdict for row in chosen.rows] == [row.verdict for row in every.rows if row.deal.sector is sector]
    assert full.outcome_counts("middle", among_deals=query).of == len(chosen.rows) < len(every.rows)
    nothing = DealQuery(words="zzzzzz")
    assert full.outcomes("middle", among_deals=nothing).rows == ()
    assert full.outcome_counts("middle", among_deals=nothing).of == 0


def test_documents_around(desk: Desk) -> None:
    deliver(desk, *honest())
    deliver(desk, article("list", "Ministry", VISIT.last, told("ferries", "signed", "certain", ahead=False)))
    deliver(desk, article("late", "Post", date(2025, 3, 25), told("radar", "talks", "certain", ahead=False)))
    desk.add_occasion(VISIT)
    with desk.look() as connection:
        found = table.around(connection, VISIT, desk.settings, date(2025, 6, 1))
        assert (found.before, found.during, found.after) == (6, 1, 1)
        assert found.newest == date(2025, 3, 25)
        assert found.gaps == (
            (date(2025, 3, 13), date(2025, 3, 20)),
            (date(2025, 3, 22), date(2025, 3, 24)),
            (date(2025, 3, 26), date(2025, 3, 28)),
        )
        assert not found.telling
        soon = table.around(connection, VISIT, desk.settings, date(2025, 3, 15))
        assert soon.gaps == ((date(2025, 3, 13), date(2025, 3, 15)),)
        assert table.around(connection, VISIT, desk.settings, date(2025, 1, 1)).gaps == ()
    desk.judge(VISIT)
    with desk.look() as connection:
        assert table.around(connection, VISIT, desk.settings, date(2025, 6, 1)).telling
        with pytest.raises(DeskError, match="not on the desk"):
            table.around(connection, replace(VISIT, name="no such"), desk.settings, date(2025, 6, 1))


def test_whole_deals_by_their_ids(full: Desk) -> None:
    some = list(full.all_deals())[3:9]
    with full.look() as connection:
        found = table.deals_of(connection, [*(deal.id for deal in some), "feedfeed"])
        assert found == {deal.id: deal for deal in some}
        assert table.deals_of(connection, []) == {}


@pytest.mark.parametrize(("first", "last"), [(date(999, 1, 1), date(2025, 1, 1)), (date(2025, 1, 1), date(9001, 1, 1))])
def test_days_that_no_calendar_reaches_around_are_refused(desk: Desk, first: date, last: date) -> None:
    with pytest.raises(UsageError, match="1000 to 9000"):
        desk.add_occasion(Occasion("far off", ("IN", "RU"), first, last))


def test_the_farthest_days_can_be_asked_about(desk: Desk) -> None:
    for day in (date(1000, 1, 1), date(9000, 12, 31)):
        occasion = Occasion(f"on {day}", ("IN", "RU"), day, day)
        desk.add_occasion(occasion)
        desk.judge(occasion)
        assert desk.outcomes(occasion.name).rows == ()
        with desk.look() as connection:
            assert table.around(connection, occasion, desk.settings, date(2025, 6, 1)).before == 0
            assert table.table(connection, occasion, desk.settings, query=ALL, today=date(2025, 6, 1)).of == 0


def test_says_orders_what_lies_ahead_before_the_rest(desk: Desk) -> None:
    deliver(
        desk,
        article("one", "Post", VISIT.first, told("ferries", "talks", "certain", ahead=False)),
        article("two", "Courier", VISIT.first, told("ferries", "signed", "probable")),
    )
    with desk.look() as connection:
        ids = [deal.id for deal in desk.all_deals()]
        found = table.previews(connection, VISIT, ids)
    signals = [each.signal for each in found.values()]
    assert (Stage.SIGNED, True) in [(each.stage, each.ahead) for each in signals]
