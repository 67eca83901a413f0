"""What a desk holds and what became of its deals, held to what a plain count gives; and answers that are worked out once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deliveries import deliveries
from desks import Clock
from paraph.desk import Action, DealQuery, Desk, Review, coverage, once, open_desk
from paraph.desk.tags import Place, state_of
from paraph.model import Document, Occasion, Reading, Sector, Stage
from samples import note, report


@pytest.fixture
def full(desk: Desk) -> Desk:
    for delivery in deliveries(60):
        desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen)
    desk.add(report())
    desk.add(note())
    return desk


ALL = DealQuery(limit=10_000)


def test_counts(full: Desk) -> None:
    full.add_occasion(Occasion("Oslo", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 11)))
    every = list(full.documents())
    loan = full.document("report").sightings[-1].id
    full.decide(Review(Action.REJECT, "ann", signal=loan))
    about = full.about()
    assert about.documents == len(every)
    assert about.copies == sum(each.copy_of is not None for each in every)
    assert about.signals == sum(len(full.signals_of(each.document.id)) for each in every)
    assert about.deals == len(full.deals(ALL))
    assert (about.occasions, about.decisions, about.feeds) == (1, 1, 0)
    assert (about.first, about.last) == (every[0].day, every[-1].day)
    assert about.months == Counter(each.day.isoformat()[:7] for each in every)
    assert list(about.months) == sorted(about.months)
    names = Counter(each.document.publisher for each in every if each.document.publisher)
    assert about.publishers.counts == names
    assert about.publishers.of == len(names)
    assert sum(about.engines.values()) == sum(len(full.versions(each.document.id)) for each in every)
    assert about.at == full.now()
    assert about.size > 10_000


def test_the_publishers_that_are_named_are_those_with_most(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = full.about().publishers
    monkeypatch.setattr(coverage, "PUBLISHERS", 2)
    full.add(Reading(Document("Nothing of interest.", id="more", publisher="One More"), ()))
    few = full.about().publishers
    assert few.of == whole.of + 1
    assert list(few.counts.items()) == list(whole.counts.items())[:2]


def test_an_empty_desk(desk: Desk) -> None:
    about = desk.about()
    assert (about.documents, about.signals, about.first, about.last, about.gaps) == (0, 0, None, None, ())
    assert desk.cohorts().of == desk.matrix(DealQuery()).of == 0


def test_days_without_a_document(desk: Desk, clock: Clock) -> None:
    today = clock().date()
    for back in (200, 30, 29, 10, 0):
        day = today - timedelta(back)
        desk.add(Reading(Document(f"Of {back} days ago.", id=f"of-{back}", published=day), ()))
    asked = [(60 + 30, 31), (28, 11), (9, 1)]
    assert desk.about().gaps == tuple((today - timedelta(a), today - timedelta(b)) for a, b in asked)
    desk.add(Reading(Document("Of yesterday.", id="of-1", published=today - timedelta(1)), ()))
    assert desk.about().gaps[-1] == (today - timedelta(9), today - timedelta(2))


def test_a_desk_that_began_yesterday_has_no_gap_before(desk: Desk, clock: Clock) -> None:
    desk.add(Reading(Document("News.", id="a", published=clock().date() - timedelta(3)), ()))
    day = clock().date()
    assert desk.about().gaps == ((day - timedelta(2), day - timedelta(1)),)


@pytest.mark.parametrize("today", [date(2025, 3, 5), date(2031, 3, 1), date(2050, 1, 1)])
def test_what_became_of_deals_by_year(full: Desk, today: date) -> None:
    def plain(sector: Sector | None) -> Counter[tuple[int, str]]:
        found: Counter[tuple[int, str]] = Counter()
        for row in full.deals(replace(ALL, today=today)):
            if sector in (None, row.sector):
                off = state_of(row.stage, row.ahead) is Place.OFF
                stands = "lapsed" if row.lapsed else "ahead" if row.ahead and not off else str(row.stage)
                found[row.first_day.year, stands] += 1
        return found

    for sector in (None, *Sector):
        cohorts = full.cohorts(sector, today=today)
        assert cohorts.cells == plain(sector)
        assert cohorts.of == sum(cohorts.cells.values())
    assert len({year for year, _ in full.cohorts(today=today).cells}) > 1


def test_today_is_the_day_of_the_clock(full: Desk, clock: Clock) -> None:
    clock.go(days=365 * 30)
    assert full.cohorts() == full.cohorts(today=clock().date())
    assert {stands for _, stands in full.cohorts().cells} & {"lapsed"}


def test_the_matrix_counts_the_deals_of_a_query(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from paraph.desk import queries

    for query in (ALL, replace(ALL, parties=("IN",)), replace(ALL, stages=(Stage.SIGNED,)), replace(ALL, words="zzz")):
        matrix, rows = full.matrix(query), full.deals(query)
        assert (matrix.of, matrix.whole) == (len(rows), True)
        assert matrix.cells == Counter((row.sector, row.stage, row.ahead) for row in rows)
        assert full.facets(query).matrix == matrix.cells
        assert list(matrix.cells.values()) == sorted(matrix.cells.values(), reverse=True)
    monkeypatch.setattr(queries, "FACET_DEALS", 3)
    matrix = full.matrix(ALL)
    assert (matrix.of, matrix.whole, sum(matrix.cells.values())) == (3, False, 3)


def test_an_answer_is_worked_out_once_for_each_state(full: Desk, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    plain = coverage._about

    def counting(*given: object) -> object:
        counted.append(1)
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(coverage, "_about", counting)
    first = full.about()
    assert full.about() is first
    with open_desk(place, settings=full.settings, now=full.now) as other:
        assert other.about() is first
        other.add(Reading(Document("News.", id="a"), ()))
    assert full.about().documents == first.documents + 1
    assert len(counted) == 2
    monkeypatch.setattr(once, "KEPT", 1)
    full.cohorts()
    full.about()
    assert len(counted) == 3
