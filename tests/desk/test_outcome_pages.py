"""What occasions brought, a page at a time and for one deal: each answer held to what a plain walk over everything gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deliveries import deliveries
from paraph.desk import Action, DealQuery, Desk, Review, outcomes
from paraph.errors import DeskError, UsageError
from paraph.model import Certainty, Deal, Document, Occasion, Outcome, Sighting, Signal, Stage, Verdict
from samples import note, report, signal

ORDER = [Outcome.SIGNED, Outcome.AGREED, Outcome.ADVANCED, Outcome.REFUSED, Outcome.ABSENT]
LADDER = ["ended", "stalled", "idea", "talks", "agreed", "signed", "in_force"]
PARTIES = ("IN", "RU", "NO", "CL", "FR", "KE", "JP", "PH")
ALL = DealQuery(limit=10_000)
SURE = ["possible", "probable", "certain"]


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A desk with two judged meetings of many, and one of which nobody spoke."""
    for delivery in deliveries(70):
        desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen)
    days = sorted(each.day for each in desk.sightings(parties=PARTIES))
    middle = days[len(days) // 2]
    for name, day in (("first", middle), ("second", middle + timedelta(40)), ("third", days[0] - timedelta(700))):
        desk.add_occasion(Occasion(name, PARTIES, day, day + timedelta(1), "Delhi"))
        desk.judge(desk.occasion(name))
    return desk


def overrule(desk: Desk, deal: str, occasion: str, outcome: str, **payload: str) -> int:
    given = {"occasion": occasion, "outcome": outcome, **payload}
    return desk.decide(Review(Action.OVERRULE, "ann", signal=deal, payload=given, reason="I was there"))


def undo(desk: Desk, number: int) -> int:
    return desk.decide(Review(Action.UNDO, "bob", undoes=number))


def plain_verdicts(desk: Desk, deal: Deal) -> list[tuple[Occasion, Verdict]]:
    ids = {each.id for each in deal.sightings}
    return [(each, one) for each in desk.occasions() for one in desk.verdicts(each.name) if one.deal in ids]


def plain_decisions(desk: Desk, deal: Deal) -> list[Review]:
    ids = {each.id for each in deal.sightings}
    documents = {each.document for each in deal.sightings}
    found: dict[int, Review] = {}
    for review in desk.reviews():
        named = {review.signal, review.payload.get("other"), *review.payload.get("signals", ())}
        mine = review.target is not None and review.target.document in documents and ids & named
        if mine or review.undoes in found:
            found[review.id] = review
    return list(found.values())


def plain_rows(desk: Desk, name: str) -> list[tuple[Verdict, Deal]]:
    deals = {deal.id: deal for deal in desk.all_deals()}
    rows = [(each, deals[each.deal]) for each in desk.verdicts(name) if each.deal in deals]
    voices = {row.id: row.voices for row in desk.deals(ALL)}
    return sorted(rows, key=lambda row: (ORDER.index(row[0].outcome), -voices[row[1].id], row[1].id))


def before(desk: Desk, deal: Deal, occasion: Occasion) -> list[Sighting]:
    since = occasion.first - timedelta(desk.settings.table_days)
    return [each for each in deal.sightings if since <= each.day < occasion.first]


def strength(sighting: Sighting) -> tuple[int, bool, int]:
    said = sighting.signal
    return LADDER.index(said.stage), not said.ahead, SURE.index(said.certainty)


def check(desk: Desk) -> None:
    """Hold everything to the plain way."""
    for deal in desk.all_deals():
        assert desk.verdicts_on(deal) == plain_verdicts(desk, deal)
        assert desk.decisions_on(deal) == plain_decisions(desk, deal)
    for occasion in desk.occasions():
        wanted = plain_rows(desk, occasion.name)
        page = desk.outcomes(occasion.name, limit=1_000, hints=2)
        assert [row.verdict for row in page.rows] == [verdict for verdict, _ in wanted]
        assert page.whole
        assert not page.more
        for row, (_, deal) in zip(page.rows, wanted, strict=True):
            said = before(desk, deal, occasion)
            assert row.deal.id == deal.id
            assert row.hinted == len(said)
            assert [each.day for each in row.hints] == sorted((each.day for each in said), reverse=True)[:2]
            assert set(row.hints) <= set(said)
            assert (row.before is None) == (not said)
            if row.before is not None:
                assert strength(row.before) == max(map(strength, said))
        counts = desk.outcome_counts(occasion.name)
        assert (counts.of, counts.whole) == (len(wanted), True)
        assert counts.outcomes == Counter((one.outcome, one.announced) for one, _ in wanted)
        words: Counter[tuple[Stage, Certainty, Outcome]] = Counter()
        for verdict, deal in wanted:
            if verdict.announced and (said := before(desk, deal, occasion)):
                top = max(said, key=strength).signal
                words[top.stage, top.certainty, verdict.outcome] += 1
        assert counts.words == words


def test_what_was_settled_is_told_a_page_and_a_deal_at_a_time(full: Desk) -> None:
    assert len(desk_verdicts(full)) > 8
    check(full)


def desk_verdicts(desk: Desk) -> list[Verdict]:
    return desk.verdicts("first") + desk.verdicts("second")


def test_what_people_overruled_stands_in_its_place(full: Desk) -> None:
    first, second = full.verdicts("first")[0], full.verdicts("second")[-1]
    other = next(deal.id for deal in full.all_deals() if deal.id not in {one.deal for one in full.verdicts("third")})
    overrule(full, first.deal, "first", "signed")
    overrule(full, first.deal, "first", "refused", evidence=second.deal)
    overrule(full, second.deal, "second", "advanced")
    overrule(full, other, "third", "agreed")
    check(full)
    row = next(row for row in full.outcomes("third").rows if row.deal.id == other)
    assert (row.verdict.by, row.verdict.outcome, row.verdict.proposed) == ("ann", Outcome.AGREED, None)
    row = next(row for row in full.outcomes("first", outcomes=[Outcome.REFUSED]).rows if row.deal.id == first.deal)
    assert row.verdict.evidence is not None
    assert row.verdict.evidence.id == second.deal


def test_undoing_and_undoing_that_are_followed(full: Desk) -> None:
    deal = full.verdicts("first")[0].deal
    number = overrule(full, deal, "first", "signed")
    again = undo(full, number)
    check(full)
    assert {row.verdict.by for row in full.outcomes("first").rows} == {None}
    undo(full, again)
    check(full)
    assert len(full.decisions_on(full.deal(deal))) == 3
    assert [one.by for _, one in full.verdicts_on(full.deal(deal)) if one.outcome is Outcome.SIGNED].count("ann") == 1


def test_deals_that_were_put_together_set_apart_or_rejected_since(full: Desk) -> None:
    verdicts = full.verdicts("first")
    one, two, three = (each.deal for each in verdicts[:3])
    overrule(full, two, "first", "agreed")
    merged = full.decide(Review(Action.MERGE, "ann", signal=one, payload={"other": two}))
    check(full)
    full.decide(Review(Action.REJECT, "ann", signal=three))
    check(full)
    undo(full, merged)
    check(full)
    largest = max(full.all_deals(), key=lambda deal: len(deal.sightings))
    off = [each.id for each in largest.sightings[1:]]
    full.decide(Review(Action.SPLIT, "ann", signal=largest.id, payload={"signals": off}))
    check(full)


def longer(document: Document) -> Sequence[Signal]:
    """Take a word more into each anchor, so that every signal has another id."""
    found = report().signals if document.id == "report" else note().signals
    out = []
    for each in found:
        start = document.text.rfind(" ", 0, each.start - 1) + 1
        out.append(replace(each, start=start, anchor=document.text[start : each.end], why=()))
    return out


def test_ids_of_before_a_reading_anew_lead_to_the_deals_of_now(desk: Desk) -> None:
    desk.add(report())
    desk.add(note())
    desk.add_occasion(Occasion("Oslo", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 11)))
    desk.judge(desk.occasion("Oslo"))
    old = desk.verdicts("Oslo")
    overrule(desk, old[0].deal, "Oslo", "advanced")
    for _ in desk.reread(longer, engine="longer", engine_version="1"):
        pass
    assert {one.deal for one in desk.verdicts("Oslo")}.isdisjoint(one.deal for one in old)
    check(desk)
    assert len(desk.outcomes("Oslo").rows) == len(old)
    assert [row.verdict.by for row in desk.outcomes("Oslo").rows].count("ann") == 1


def test_pages_follow_one_another(full: Desk) -> None:
    overrule(full, full.verdicts("first")[0].deal, "first", "agreed")
    whole = full.outcomes("first", limit=1_000).rows
    got, after = list[str](), ""
    while True:
        page = full.outcomes("first", limit=2, after=after)
        assert len(page.rows) == 2 or not page.more
        got += [row.deal.id for row in page.rows]
        if not page.more:
            break
        after = page.rows[-1].cursor
    assert got == [row.deal.id for row in whole]
    assert full.outcomes("first", limit=2, after=whole[-1].cursor).rows == ()


def test_filters_leave_the_rest_out(full: Desk) -> None:
    overrule(full, full.verdicts("first")[0].deal, "first", "agreed")
    whole = full.outcomes("first", limit=1_000).rows
    for outcome in ORDER:
        assert full.outcomes("first", outcomes=[outcome]).rows == tuple(
            row for row in whole if row.verdict.outcome is outcome
        )
    for announced in (True, False):
        kept = tuple(row for row in whole if row.verdict.announced is announced)
        assert full.outcomes("first", announced=announced, limit=1_000).rows == kept
    best = {deal.id: max(each.signal.confidence for each in deal.sightings) for deal in full.all_deals()}
    for least in (0.5, 0.9, 0.95):
        sure = tuple(row for row in whole if best[row.deal.id] >= least)
        assert full.outcomes("first", min_confidence=least, limit=1_000).rows == sure
        assert full.outcome_counts("first", min_confidence=least).of == len(sure)


def test_more_than_are_put_in_order_is_said(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    of = len(full.verdicts("first"))
    monkeypatch.setattr(outcomes, "MOST", 2)
    page = full.outcomes("first", limit=1_000)
    assert not page.whole
    assert len(page.rows) < of
    counts = full.outcome_counts("first")
    assert (counts.of, counts.whole) == (2, False)


def test_a_lapsed_deal_is_told_by_the_day_asked_for(full: Desk) -> None:
    full.add(report())
    later = date(2050, 1, 1)
    silent = full.deals(replace(ALL, today=later, states=("lapsed",)))[0].id
    overrule(full, silent, "third", "absent")
    assert [row.deal.lapsed for row in full.outcomes("third").rows if row.deal.id == silent] == [False]
    assert [row.deal.lapsed for row in full.outcomes("third", today=later).rows if row.deal.id == silent] == [True]


def test_what_cannot_be_asked_for(full: Desk) -> None:
    for after in ("x", "9.1.abcd", "1.x.abcd", "1.1.", "1.1.xyz", "0.99999999999.ab"):
        with pytest.raises(UsageError, match="no place in a list of outcomes"):
            full.outcomes("first", after=after)
    for ask in (full.outcomes, full.outcome_counts, full.settled):
        with pytest.raises(DeskError, match="is not on the desk"):
            ask("nowhere")


def test_an_occasion_without_verdicts_has_none(desk: Desk) -> None:
    desk.add_occasion(Occasion("empty", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 11)))
    assert desk.outcomes("empty").rows == ()
    assert desk.outcome_counts("empty").of == 0
    assert desk.verdicts("empty") == []


def test_whether_it_was_settled_and_is_out_of_date(desk: Desk) -> None:
    visit = Occasion("Oslo", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 11))
    desk.add_occasion(visit)

    def told() -> tuple[bool, bool]:
        return desk.settled("Oslo").done, desk.settled("Oslo").stale

    assert told() == (False, False)
    desk.judge(visit)
    assert told() == (True, False)
    far = replace(note(), document=replace(note().document, id="far", published=date(2019, 1, 1)))
    desk.add(far)
    text = "Sweden and Brazil signed a deal for jets."
    others = signal(text, "deal for jets", "signed", parties=("SE", "BR"))
    desk.add(replace(note(), document=Document(text, id="jets", published=date(2025, 3, 10)), signals=(others,)))
    assert told() == (True, False)  # of other days, and of others
    desk.add(report())
    assert told() == (True, True)
    desk.judge(visit)
    assert told() == (True, False)
    found = next(each.id for each in desk.sightings(parties=("NO",), since=date(2025, 1, 1)))
    desk.decide(Review(Action.REJECT, "ann", signal=found))
    assert told() == (True, True)
    desk.judge(visit)
    overrule(desk, desk.verdicts("Oslo")[0].deal, "Oslo", "agreed")
    assert told() == (True, False)  # what people say needs no working out
    desk.add_occasion(replace(visit, last=date(2025, 3, 12)))
    assert told() == (False, False)
