"""The review queue: the most urgent first, nothing that is decided, second looks blind; how far people came; what they said."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from desks import Clock
from paraph.desk import Action, Desk, Review, Target, open_desk, queue, waiting
from paraph.desk.exchange.gold import gold_documents, gold_name
from paraph.desk.logbook import last_decisions
from paraph.desk.questions import Item, Question
from paraph.desk.schema import signals
from paraph.errors import DeskError
from paraph.model import Document, Kind, Occasion, Outcome, Reading, Selector, Stage, Verdict, text_hash
from paraph.settings import Settings
from pools import deliver, pool
from samples import note, report, signal

SIGNAL, LINK, VERDICT = Question
NO_SECOND = Settings(second_look_share=0)
OSLO = Occasion("Oslo", ("NO", "CL"), date(2025, 3, 8), date(2025, 3, 9))

# Another sentence, so that one page is no copy of another.
OTHERWISE = "In Santiago a hall was booked where the {} is to be looked at next week."


def page(id: str, *said: tuple[str, str, float], **about: Any) -> Reading:
    """One report with a signal a sentence: its name, its stage and the engine's confidence."""
    say = about.pop("say", "They spoke of the {} again.")
    text = "".join(f"{say.format(name)}\n" for name, *_ in said)
    fields = {key: about.pop(key) for key in ("parties", "sector", "ahead", "certainty") if key in about}
    found = tuple(signal(text, name, stage, confidence=sure, **fields) for name, stage, sure in said)
    facts: dict[str, Any] = {"text": text, "id": id, "published": date(2025, 3, 3)} | about
    return Reading(Document(**facts), found)


def ask(desk: Desk, who: str = "Ana", **rest: Any) -> list[Item]:
    given: dict[str, Any] = {"limit": 50} | rest
    return queue.next_items(desk, who, **given)


def anchors(items: list[Item]) -> list[str]:
    return [item.sighting.signal.anchor for item in items]


def decide(desk: Desk, who: str, action: str, signal: str, **rest: Any) -> int:
    return desk.decide(Review(Action(action), who, signal=signal, **rest))


MIXED = (
    ("salmon feed", "talks", 0.5),
    ("rescue helicopters", "signed", 0.55),
    ("fjord ice", "talks", 0.99),
    ("port of Arica", "signed", 0.95),
    ("lithium brine", "idea", 0.05),
)


def test_the_most_urgent_comes_first_and_says_why(desk: Desk) -> None:
    desk.add(page("mixed", *MIXED))
    found = ask(desk, kinds=(SIGNAL,))
    assert anchors(found) == ["rescue helicopters", "salmon feed", "port of Arica", "lithium brine", "fjord ice"]
    first = found[0]
    assert first.id == f"signal:{first.sighting.id}"
    assert (first.question, first.confidence, first.second) == (SIGNAL, 0.55, False)
    assert first.deal is not None
    assert first.deal.id == desk.deal(first.sighting.id).id
    assert first.why == "its confidence is .55, and the deal has one voice"
    assert first.urgency == pytest.approx(0.9 * 2.0 * 1.5)
    assert (first.parent, first.score, first.occasion, first.verdict) == (None, None, None, None)
    assert [item.id for item in ask(desk, limit=2)] == [item.id for item in ask(desk)][:2]
    assert ask(desk, limit=0) == []


def test_what_was_decided_is_asked_no_more_until_that_is_undone(desk: Desk) -> None:
    desk.add(page("mixed", *MIXED))
    first, second, third, fourth, fifth = ask(desk, kinds=(SIGNAL,))
    decide(desk, "Ana", "accept", first.sighting.id)
    number = decide(desk, "Ana", "reject", second.sighting.id)
    decide(desk, "Ana", "unsure", third.sighting.id)
    decide(desk, "Ana", "correct", fourth.sighting.id, payload={"field": "stage", "value": "agreed"})
    assert [item.id for item in ask(desk, kinds=(SIGNAL,))] == [fifth.id]
    assert ask(desk, skip=[fifth.id]) == []
    desk.decide(Review(Action.UNDO, "Ana", undoes=number))
    assert [item.id for item in ask(desk, kinds=(SIGNAL,))] == [second.id, fifth.id]


def test_copies_and_what_vanished_are_not_asked_about(desk: Desk, clock: Clock) -> None:
    words = tuple((f"{name} and the long road to the harbour of the north", stage, sure) for name, stage, sure in MIXED)
    desk.add(page("first", *words))
    copied = desk.add(page("copy", *words, published=date(2025, 3, 4)))
    assert copied.state == "copy"
    assert {item.sighting.document for item in ask(desk)} == {"first"}
    clock.go(hours=1)
    desk.add(page("first", *words[:2], updated=clock()))
    assert {item.sighting.signal.anchor for item in ask(desk, kinds=(SIGNAL,))} == {words[0][0], words[1][0]}


def test_two_reviewers_are_not_asked_in_the_very_same_order(desk: Desk) -> None:
    desk.add(page("many", *((f"matter {n} of the sea", "talks", 0.5) for n in range(40))))
    mine, theirs = ([item.id for item in ask(desk, who, kinds=(SIGNAL,))] for who in ("Ana", "Bo"))
    assert set(mine) == set(theirs)
    assert mine != theirs
    assert mine == [item.id for item in ask(desk, "Ana", kinds=(SIGNAL,))]


def test_what_an_occasion_that_is_near_makes_due_comes_first(desk: Desk, clock: Clock) -> None:
    desk.add(page("near", ("salmon feed", "talks", 0.6)))
    desk.add(page("far", ("rescue helicopters", "talks", 0.5), parties=("PE", "BR")))
    assert anchors(ask(desk)) == ["rescue helicopters", "salmon feed"]
    desk.add_occasion(OSLO)
    found = ask(desk)
    assert anchors(found) == ["salmon feed", "rescue helicopters"]
    assert found[0].why.endswith("and “Oslo” begins in 3 days")
    for days, told in (
        (2, "“Oslo” begins tomorrow"),
        (3, "“Oslo” is on"),
        (4, "“Oslo” is on"),
        (5, "“Oslo” ended yesterday"),
    ):
        assert ask(desk, today=clock().date() + timedelta(days))[0].why.endswith(f"and {told}")
    assert ask(desk, today=date(2025, 4, 8))[-1].why.endswith("“Oslo” ended 30 days ago")
    assert not any("Oslo" in item.why for item in ask(desk, today=date(2025, 4, 9)))


def test_a_signal_that_a_verdict_rests_on_weighs_more(desk: Desk) -> None:
    desk.add(page("one", ("salmon feed", "talks", 0.5), parties=("PE", "BR")))
    desk.add(page("two", ("rescue helicopters", "talks", 0.6), parties=("PE", "BR")))
    desk.add_occasion(replace(OSLO, first=date(2025, 3, 1), last=date(2025, 3, 2)))
    deal = next(item for item in ask(desk) if item.confidence == 0.6)
    assert deal.deal is not None
    evidence = next(each for each in desk.sightings() if each.id == deal.sighting.id)
    desk.settle(desk.occasion("Oslo"), [Verdict(deal.deal.id, Outcome.ADVANCED, 0.6, evidence)])
    found = ask(desk, kinds=(SIGNAL,))
    assert anchors(found) == ["rescue helicopters", "salmon feed"]
    assert "a verdict rests on it" in found[0].why


def test_words_of_an_official_paper_weigh_more_and_say_so(desk: Desk) -> None:
    text = "Fact sheet: list of outcomes of the visit\nNorway and Chile signed the pact on fjord ice.\n"
    desk.add(
        Reading(
            Document(text=text, id="paper", kind=Kind.OFFICIAL, title="List of outcomes", published=date(2025, 3, 3)),
            (signal(text, "pact on fjord ice", "signed", confidence=0.5),),
        )
    )
    (found,) = ask(desk)
    assert "it stands in an official list of outcomes" in found.why
    assert found.urgency == pytest.approx(2.0 * 1.5 * 1.3)


# Links.


def linked(desk: Desk) -> tuple[Item, str, str]:
    """Return the question about the link between the two words on one deal, with their ids."""
    desk.add(page("early", ("agreement on electric ferries", "talks", 0.9), title="Ferries"))
    late = page("late", ("ferries for Punta Arenas", "signed", 0.9), title="Boats", published=date(2025, 3, 5))
    desk.add(late)
    (item,) = ask(desk, kinds=(LINK,))
    assert item.parent is not None
    return item, item.sighting.id, item.parent.id


def test_a_link_is_asked_with_both_ends(desk: Desk) -> None:
    item, late, early = linked(desk)
    assert (item.id, item.sighting.document) == (f"link:{late}", "late")
    assert item.parent is not None
    assert item.parent.document == "early"
    assert item.score is not None
    assert item.score >= waiting_bar()
    assert item.why.startswith(
        f"its likeness to the signal before it is {f'{item.score:.2f}'.removeprefix('0')} (from .47"
    )
    assert "it is the deal's only word for signed" in item.why
    assert desk.deal(late).id == desk.deal(early).id


def waiting_bar() -> float:
    from paraph.link import THRESHOLD

    return THRESHOLD


def test_saying_that_two_are_one_deal_binds_them(desk: Desk) -> None:
    _, late, early = linked(desk)
    with desk.look() as connection:
        review = queue.same(connection, "Ana", late)
    number = desk.decide(review)
    assert desk.deal(late).id == desk.deal(early).id
    assert ask(desk, kinds=(LINK,)) == []
    with desk.look() as connection:
        assert connection.execute(select(signals.c.pinned).where(signals.c.key == late)).scalar_one()
    desk.decide(Review(Action.UNDO, "Ana", undoes=number))
    assert [item.sighting.id for item in ask(desk, kinds=(LINK,))] == [late]


def test_saying_that_they_are_two_takes_all_that_hangs_on_it_along(desk: Desk) -> None:
    _, late, early = linked(desk)
    third = page("third", ("boats for Punta Arenas", "in_force", 0.9), title="Boats", published=date(2025, 3, 6))
    desk.add(third)
    (after,) = [each.id for each in desk.sightings() if each.document == "third"]
    with desk.look() as connection:
        parent = connection.execute(select(signals.c.parent_id).where(signals.c.key == after)).scalar_one()
        assert connection.execute(select(signals.c.key).where(signals.c.id == parent)).scalar_one() == late
        review = queue.apart(connection, "Ana", late)
    assert sorted(review.payload["signals"]) == sorted([late, after])
    desk.decide(review)
    assert desk.deal(late).id == desk.deal(after).id != desk.deal(early).id
    with desk.look() as connection:
        joined = queue.same(connection, "Ana", late, other=early)
    desk.decide(joined)
    assert desk.deal(late).id == desk.deal(early).id == desk.deal(after).id


def test_answers_about_links_that_cannot_be(desk: Desk) -> None:
    _, late, early = linked(desk)
    with desk.look() as connection:
        with pytest.raises(DeskError, match="linked to no other"):
            queue.same(connection, "Ana", early)
        with pytest.raises(DeskError, match="first of its deal"):
            queue.apart(connection, "Ana", early)
        with pytest.raises(DeskError, match="is not on the desk"):
            queue.same(connection, "Ana", "0123456789ab")
    decide(desk, "Ana", "reject", late)
    with desk.look() as connection, pytest.raises(DeskError, match="was rejected"):
        queue.apart(connection, "Ana", late)
    assert ask(desk, kinds=(LINK,)) == []


def test_other_deals_that_it_may_belong_to_are_beside_it(desk: Desk) -> None:
    desk.add(page("one", ("purchase of rescue helicopters", "talks", 0.9), published=date(2025, 3, 1)))
    desk.add(page("two", ("training of rescue crews", "signed", 0.5)))
    (item,) = [item for item in ask(desk, kinds=(SIGNAL,)) if item.confidence == 0.5]
    with desk.look() as connection:
        root = connection.execute(select(signals.c.root_id).where(signals.c.key == item.sighting.id)).scalar_one()
        forest = waiting_forest(connection)
        nodes = forest.nodes(connection.execute(select(signals.c.id)).scalars().all())
    one, two = (next(node for node in nodes.values() if (node.id == root) is which) for which in (False, True))
    like = forest.likeness(one, two)
    assert queue.LEAST_LIKENESS <= like < waiting_bar(), like  # or this test shows nothing
    assert [(other.deal.id, other.score) for other in item.others] == [(one.place[-1], round(like, 4))]


def waiting_forest(connection: Any) -> Any:
    from paraph.desk.placing import SignalForest

    return SignalForest(connection)


# Verdicts.


def judged(desk: Desk) -> dict[Outcome, str]:
    """A past occasion with a verdict of each sort; return the deals by outcome."""
    for n, outcome in enumerate(Outcome):
        desk.add(
            page(
                f"page{n}",
                (f"{outcome} venture {'abcde'[n] * 6}", "signed", 0.9),
                ahead=True,
                certainty="certain" if outcome is Outcome.ABSENT else "possible",
                sector=["space", "energy", "health", "trade", "finance"][n],
            )
        )
    desk.add_occasion(replace(OSLO, first=date(2025, 3, 3), last=date(2025, 3, 4)))
    deals = {outcome: desk.deal(each.id).id for outcome, each in zip(Outcome, _in_order(desk), strict=True)}
    assert len(set(deals.values())) == len(Outcome)
    evidence = _in_order(desk)[0]
    made = [
        Verdict(deals[Outcome.SIGNED], Outcome.SIGNED, 0.3, evidence),
        Verdict(deals[Outcome.AGREED], Outcome.AGREED, 0.9),
        Verdict(deals[Outcome.ADVANCED], Outcome.ADVANCED, 0.95),
        Verdict(deals[Outcome.ABSENT], Outcome.ABSENT, 1.0),
        Verdict(deals[Outcome.REFUSED], Outcome.REFUSED, 0.6),
    ]
    desk.settle(desk.occasion("Oslo"), made)
    return deals


def _in_order(desk: Desk) -> list[Any]:
    return sorted(desk.sightings(), key=lambda each: each.document)


def test_verdicts_are_asked_where_they_are_least_sure_or_surprising(desk: Desk) -> None:
    deals = judged(desk)
    found = ask(desk, kinds=(VERDICT,))
    asked = [item.verdict.outcome for item in found if item.verdict]
    assert asked[:3] == [Outcome.SIGNED, Outcome.REFUSED, Outcome.ABSENT] or asked[:3] == [
        Outcome.SIGNED,
        Outcome.ABSENT,
        Outcome.REFUSED,
    ]
    first = found[0]
    assert first.id == f"verdict:{deals[Outcome.SIGNED]}:Oslo"
    assert first.occasion is not None
    assert (first.occasion.name, first.confidence) == ("Oslo", 0.3)
    assert first.verdict is not None
    assert first.verdict.evidence == first.sighting
    absent = next(item for item in found if item.verdict and item.verdict.outcome is Outcome.ABSENT)
    assert absent.why.startswith(
        "nothing was found of it, though it was spoken of as certain; the nearest words are .00 alike"
    )
    assert (absent.verdict.evidence if absent.verdict else None) is None
    assert absent.deal is not None
    assert absent.sighting.id in {each.id for each in desk.deal(absent.deal.id).sightings}


def test_a_verdict_that_a_person_gave_is_asked_no_more(desk: Desk) -> None:
    deals = judged(desk)
    number = decide(desk, "Ana", "overrule", deals[Outcome.SIGNED], payload={"occasion": "Oslo", "outcome": "agreed"})
    left = {item.deal.id for item in ask(desk, "Bo", kinds=(VERDICT,)) if item.deal}
    assert left == set(deals.values()) - {deals[Outcome.SIGNED]}
    desk.decide(Review(Action.UNDO, "Ana", undoes=number))
    assert len(ask(desk, "Bo", kinds=(VERDICT,))) == len(deals)


def test_a_guess_without_any_document_is_not_asked(desk: Desk) -> None:
    deals = judged(desk)
    desk.settle(desk.occasion("Oslo"), [Verdict(deals[Outcome.ABSENT], Outcome.ABSENT, 0.0)])
    assert ask(desk, kinds=(VERDICT,)) == []


def test_verdicts_of_occasions_long_past_or_to_come_are_asked_only_by_name(desk: Desk) -> None:
    judged(desk)
    assert ask(desk, kinds=(VERDICT,), today=date(2025, 3, 2)) == []
    assert ask(desk, kinds=(VERDICT,), today=date(2025, 6, 3)) == []
    assert ask(desk, kinds=(VERDICT,), today=date(2025, 6, 2)) != []
    assert len(ask(desk, kinds=(VERDICT,), today=date(2027, 1, 1), occasion="Oslo")) == 5


def test_two_deals_that_were_merged_have_one_verdict(desk: Desk) -> None:
    deals = judged(desk)
    decide(desk, "Ana", "merge", deals[Outcome.SIGNED], payload={"other": deals[Outcome.AGREED]})
    now = desk.deal(deals[Outcome.AGREED]).id
    found = [item for item in ask(desk, kinds=(VERDICT,)) if item.deal and item.deal.id == now]
    assert len(found) == 1
    assert found[0].verdict is not None
    assert deals[found[0].verdict.outcome] == now


# Which deals.


def test_questions_of_an_occasion_or_of_parties(desk: Desk) -> None:
    desk.add(page("near", ("salmon feed", "talks", 0.6)))
    desk.add(page("far", ("rescue helicopters", "talks", 0.5), parties=("PE", "BR")))
    desk.add(page("wide", ("lithium brine", "talks", 0.5), parties=("PE", "CL")))
    assert anchors(ask(desk, parties=["PE"])) in (
        ["rescue helicopters", "lithium brine"],
        ["lithium brine", "rescue helicopters"],
    )
    assert anchors(ask(desk, parties=["PE", "CL"])) == ["lithium brine"]
    assert ask(desk, parties=["XX"]) == []
    desk.add_occasion(OSLO)
    assert anchors(ask(desk, occasion="Oslo")) == ["salmon feed"]  # no verdict yet: what lies between its parties
    assert ask(desk, occasion="Oslo", parties=["PE"]) == []
    deal = desk.deal(ask(desk, parties=["PE", "CL"])[0].sighting.id).id
    desk.settle(desk.occasion("Oslo"), [Verdict(deal, Outcome.ADVANCED, 0.9)])
    assert anchors(ask(desk, occasion="Oslo", kinds=(SIGNAL,))) == ["lithium brine"]
    assert anchors(ask(desk, occasion="Oslo", parties=["PE"])) == ["lithium brine", "lithium brine"]
    assert ask(desk, occasion="Oslo", parties=["NO"]) == []
    with pytest.raises(DeskError, match="“Rome” is not on the desk"):
        ask(desk, occasion="Rome")


def test_an_occasion_of_one_party(desk: Desk) -> None:
    desk.add(page("near", ("salmon feed", "talks", 0.6)))
    desk.add_occasion(replace(OSLO, parties=("CL",)))
    assert anchors(ask(desk, occasion="Oslo")) == ["salmon feed"]
    assert "Oslo" in ask(desk)[0].why


def test_deals_beyond_the_first_page_are_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "DEALS", 2)
    desk.add(page("many", *((f"{'abcdefgh'[n] * 7} venture", "talks", 0.5) for n in range(8))))
    assert len(ask(desk, parties=["NO"])) == 8
    monkeypatch.setattr(waiting, "OF_DEALS", 3)
    assert 3 <= len(ask(desk, parties=["NO"])) < 8


# Second looks.


@pytest.fixture
def eager(place: str, clock: Clock) -> Any:
    """A desk that asks half of the questions a second time."""
    with open_desk(place, settings=Settings(second_look_share=0.5), now=clock) as desk:
        yield desk


def test_another_is_asked_a_second_time_and_the_same_person_never(eager: Desk) -> None:
    eager.add(page("mixed", *MIXED))
    for item in ask(eager, kinds=(SIGNAL,)):
        decide(eager, "Ana", "accept", item.sighting.id)
    assert ask(eager, "Ana") == []
    again = ask(eager, "Bo")
    assert len(again) == len(MIXED)
    assert all(item.second for item in again)
    decide(eager, "Bo", "reject", again[0].sighting.id)
    assert {item.id for item in ask(eager, "Bo")} == {item.id for item in again[1:]}
    assert [item.id for item in ask(eager, "Ana")] == []  # Ana decided all of them already
    assert again[1].id not in {item.id for item in ask(eager, "Bo", skip=[again[1].id])}


def test_without_a_share_there_are_none(desk: Desk) -> None:
    desk.add(page("mixed", *MIXED))
    desk.settings = NO_SECOND
    for item in ask(desk, kinds=(SIGNAL,)):
        decide(desk, "Ana", "accept", item.sighting.id)
    assert ask(desk, "Bo") == []


def test_a_second_look_does_not_tell_how_the_first_one_ended(eager: Desk) -> None:
    eager.add(page("mixed", ("salmon feed", "talks", 0.5), ("rescue helicopters", "talks", 0.5)))
    one, two = ask(eager, kinds=(SIGNAL,))
    decide(eager, "Ana", "correct", one.sighting.id, payload={"field": "stage", "value": "signed"})
    decide(eager, "Ana", "correct", one.sighting.id, payload={"field": "parties", "value": ["SE"]})
    decide(eager, "Ana", "accept", one.sighting.id)
    decide(eager, "Ana", "reject", two.sighting.id)
    again = {item.id: item for item in ask(eager, "Bo")}
    assert again.keys() == {one.id, two.id}
    for before in (one, two):
        item = again[before.id]
        assert item.second
        assert item.sighting.signal == before.sighting.signal
        assert (item.deal, item.others) == (None, ())
        assert "voice" not in item.why


def test_a_rejected_one_is_shown_with_the_deal_it_would_be_in(eager: Desk) -> None:
    _, late, early = linked(eager)
    decide(eager, "Ana", "reject", late)
    (item,) = [item for item in ask(eager, "Bo") if item.sighting.id == late]
    assert item.second
    assert item.deal is not None
    assert item.deal.id == eager.deal(early).id
    assert item.others == ()


def test_what_somebody_was_unsure_of_is_asked_before_other_second_looks(eager: Desk) -> None:
    eager.add(page("many", *((f"{'abcdefgh'[n] * 7} venture", "talks", 0.5) for n in range(8))))
    items = ask(eager, kinds=(SIGNAL,))
    for item in items[:-1]:
        decide(eager, "Ana", "accept", item.sighting.id)
    decide(eager, "Ana", "unsure", items[-1].sighting.id)
    assert ask(eager, "Bo")[0].id == items[-1].id


def test_second_looks_stand_between_the_others_as_often_as_is_set(eager: Desk) -> None:
    eager.settings = Settings(second_look_share=0.25)
    eager.add(page("old", *((f"old matter {n} of the sea", "talks", 0.5) for n in range(40))))
    for item in ask(eager, kinds=(SIGNAL,)):
        decide(eager, "Ana", "accept", item.sighting.id)
    eager.add(page("new", *((f"{n} fields on land", "talks", 0.5) for n in range(60)), say=OTHERWISE))
    seconds = [item.second for item in ask(eager, "Bo", kinds=(SIGNAL,), limit=40)]
    assert 4 <= sum(seconds) <= 18  # a quarter, give or take what chance gives
    assert ask(eager, "Bo", kinds=(SIGNAL,), limit=40) == ask(eager, "Bo", kinds=(SIGNAL,), limit=40)


def test_two_second_looks_do_not_follow_each_other_while_there_is_something_new(eager: Desk) -> None:
    eager.add(page("old", *((f"old matter {n} of the sea", "talks", 0.5) for n in range(20))))
    for item in ask(eager, kinds=(SIGNAL,)):
        decide(eager, "Ana", "accept", item.sighting.id)
    eager.add(page("new", *((f"{n} fields on land", "talks", 0.5) for n in range(20)), say=OTHERWISE))
    asked = []
    for _ in range(16):
        (item,) = ask(eager, "Bo", kinds=(SIGNAL,), limit=1)
        asked.append(item.second)
        decide(eager, "Bo", "accept", item.sighting.id)
    assert True in asked
    assert not any(one and other for one, other in pairwise(asked))


# How far people came.


def test_progress_counts_what_was_answered_today(desk: Desk, clock: Clock) -> None:
    desk.add(page("mixed", *MIXED))
    empty = queue.progress(desk, "Ana")
    assert (empty.undecided, empty.at_least, empty.today, empty.hours, empty.per_hour) == (5, False, 0, 0.0, None)
    one, two, three, *_ = ask(desk, kinds=(SIGNAL,))
    decide(desk, "Ana", "accept", one.sighting.id)
    clock.go(days=1)
    decide(desk, "Ana", "correct", two.sighting.id, payload={"field": "stage", "value": "idea"})
    clock.go(minutes=1)
    decide(desk, "Ana", "accept", two.sighting.id)
    clock.go(minutes=1)
    number = decide(desk, "Ana", "reject", three.sighting.id)
    decide(desk, "Bo", "unsure", ask(desk)[0].sighting.id)
    done = queue.progress(desk, "Ana")
    assert (done.undecided, done.today) == (1, 2)
    assert done.hours == pytest.approx(1 / 60)
    desk.decide(Review(Action.UNDO, "Bo", undoes=number))
    assert queue.progress(desk, "Ana").today == 1
    assert queue.progress(desk, "Ana", today=date(2025, 3, 5)).today == 2


def test_progress_says_how_many_an_hour(desk: Desk, clock: Clock) -> None:
    desk.add(page("many", *((f"matter {n} of the sea", "talks", 0.5) for n in range(12))))
    for n, item in enumerate(ask(desk, kinds=(SIGNAL,))):
        clock.go(seconds=12 if n != 6 else 3_600)
        decide(desk, "Ana", "accept", item.sighting.id)
    assert queue.progress(desk, "Ana").per_hour == pytest.approx(300)


def test_the_undecided_are_counted_up_to_a_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add(page("mixed", *MIXED))
    monkeypatch.setattr(queue, "COUNTED", 5)
    assert (queue.progress(desk, "Ana").undecided, queue.progress(desk, "Ana").at_least) == (5, False)
    monkeypatch.setattr(queue, "COUNTED", 4)
    assert (queue.progress(desk, "Ana").undecided, queue.progress(desk, "Ana").at_least) == (4, True)


def test_the_last_decisions_newest_first_with_what_they_were_about(desk: Desk) -> None:
    desk.add(page("mixed", *MIXED))
    one, two, three, four, five = ask(desk, kinds=(SIGNAL,))
    first = decide(desk, "Ana", "accept", one.sighting.id)
    decide(desk, "Bo", "accept", five.sighting.id)
    second = decide(desk, "Ana", "reject", two.sighting.id)
    third = decide(desk, "Ana", "correct", three.sighting.id, payload={"field": "stage", "value": "signed"})
    undo = desk.decide(Review(Action.UNDO, "Bo", undoes=first))
    noted = desk.decide(Review(Action.NOTE, "Ana", reason="a quiet day"))
    last = last_decisions(desk, "Ana")
    assert [(each.review.id, each.undone) for each in last] == [
        (noted, False),
        (third, False),
        (second, False),
        (first, True),
    ]
    assert (last[0].sighting, last[0].deal) == (None, None)
    assert last[1].sighting is not None
    assert last[1].sighting.signal.stage is Stage.SIGNED
    assert last[1].deal is not None
    assert last[1].deal.id == desk.deal(three.sighting.id).id
    assert last[2].sighting is not None
    assert last[2].sighting.id == two.sighting.id
    assert last[2].deal is None
    desk.decide(Review(Action.UNDO, "Ana", undoes=undo))
    assert [each.undone for each in last_decisions(desk, "Ana")] == [False] * 4
    assert [each.review.id for each in last_decisions(desk, "Ana", 2)] == [noted, third]
    assert last_decisions(desk, "Cy") == []
    assert four.id  # not decided, so not among them


# The desk as a whole.


def test_a_desk_with_everything_on_it(desk: Desk) -> None:
    deliver(desk, pool(3, 40))
    desk.add(report())
    desk.add(note())
    desk.add_occasion(OSLO)
    desk.judge(desk.occasion("Oslo"))
    found = ask(desk, today=date(2025, 3, 12))
    assert {item.question for item in found} == set(Question)
    assert len({item.id for item in found}) == len(found)
    assert ask(desk, today=date(2025, 3, 12)) == found
    assert ask(desk, today=date(2025, 3, 12), limit=7) == found[:7]


def test_an_empty_desk_asks_nothing(desk: Desk) -> None:
    assert ask(desk) == []
    assert queue.progress(desk, "Ana").undecided == 0


def test_no_statement_goes_through_all_signals(tmp_path: Any, clock: Clock) -> None:
    with open_desk(tmp_path / "desk.db", settings=Settings(second_look_share=0.5), now=clock) as desk:
        deliver(desk, pool(3, 40))
        desk.add_occasion(OSLO)
        desk.judge(desk.occasion("Oslo"))
        for n, item in enumerate(ask(desk, kinds=(SIGNAL,), limit=20)):
            decide(desk, "Bo", ("accept", "reject", "unsure")[n % 3], item.sighting.id)
        asked: list[tuple[str, Any]] = []

        @event.listens_for(desk.engine, "before_cursor_execute")
        def _asked(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
            asked.append((statement, given))

        when = date(2025, 3, 12)
        assert ask(desk, today=when)
        assert ask(desk, today=when, parties=["NO"])
        assert ask(desk, today=when, occasion="Oslo")
        queue.progress(desk, "Bo")
        last_decisions(desk, "Bo")
        event.remove(desk.engine, "before_cursor_execute", _asked)
        scans = []
        with desk.look() as connection:
            for statement, given in asked:
                if statement.lstrip().startswith(("SELECT", "WITH")):
                    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given):
                        if row[3].startswith(
                            ("SCAN signals", "SCAN reviews", "SCAN documents", "SCAN deals", "SCAN verdicts")
                        ):
                            scans.append((row[3], statement))
    # The count of what is undecided goes along the index of these, up to a bound.
    bounded = ("USING COVERING INDEX ix_signals_undecided", "USING INDEX ix_signals_undecided")
    assert [scan for scan in scans if not scan[0].endswith(bounded)] == []


def decided(desk: Desk) -> None:
    """Put a page on the desk about whose signals everything was decided that can be."""
    desk.add(page("mixed", *MIXED))
    by_name = {item.sighting.signal.anchor: item.sighting.id for item in ask(desk, kinds=(SIGNAL,))}
    decide(desk, "Ana", "accept", by_name["salmon feed"])
    decide(desk, "Ana", "reject", by_name["rescue helicopters"])
    decide(desk, "Ana", "correct", by_name["fjord ice"], payload={"field": "stage", "value": "signed"})
    decide(desk, "Ana", "unsure", by_name["port of Arica"])
    text = desk.document("mixed").document.text
    start = text.index("They spoke")
    words = text[start : start + len("They spoke")]
    target = Target("mixed", Selector(words, "", text[10:20], start, start + len(words), text_hash(text)))
    fields = {"stage": "talks", "certainty": "certain", "sector": "trade", "instrument": "cooperation"}
    desk.decide(Review(Action.ADD, "Ana", target=target, payload=fields | {"parties": ["NO", "CL"]}))


def test_what_reviewers_decided_is_in_the_gold(desk: Desk) -> None:
    decided(desk)
    (gold,) = gold_documents(desk)
    told = {each["anchor"]: (each["stage"], each["checked"]) for each in gold["signals"]}
    assert told == {
        "They spoke": ("talks", True),
        "salmon feed": ("talks", True),
        "fjord ice": ("signed", True),
        "port of Arica": ("signed", False),
        "lithium brine": ("idea", False),
    }


CHECKER = Path(__file__).resolve().parents[3] / "shared" / "bench" / "check_gold.py"


@pytest.mark.skipif(not CHECKER.exists(), reason="the checker of the annotated corpus is not beside the checkout")
def test_the_checker_of_the_corpus_takes_it(desk: Desk, tmp_path: Path) -> None:
    decided(desk)
    desk.add(report())
    desk.add(note())
    for number, gold in enumerate(gold_documents(desk), 1):
        path = tmp_path / "gold" / gold_name(gold, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(gold), "utf-8")
    command = [sys.executable, str(CHECKER), str(tmp_path / "gold")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
