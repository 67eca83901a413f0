"""Decisions: what each does, that it is undone by undoing it, and that it outlives what comes after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from desks import Clock
from paraph.desk import Action, DealQuery, Desk, Review, Target
from paraph.errors import DeskError, UsageError
from paraph.model import Deal, Document, Occasion, Outcome, Reading, Sector, Selector, Stage, Verdict, text_hash
from pools import pool, state
from samples import note, report, signal

Say = Callable[..., int]


@pytest.fixture
def say(desk: Desk) -> Say:
    """Decide in a line."""

    def decide(action: str, about: str | None = None, **rest: Any) -> int:
        return desk.decide(Review(Action(action), "Ana", signal=about, **rest))

    return decide


def find(desk: Desk, anchor: str, document: str = "report") -> str:
    """Return the id of the signal with an anchor."""
    return next(each.id for each in desk.sightings() if (each.document, each.signal.anchor) == (document, anchor))


def deal(desk: Desk, anchor: str, document: str = "report") -> Deal:
    return desk.deal(find(desk, anchor, document))


def listed(desk: Desk) -> list[tuple[str, int]]:
    return sorted((row.title, row.sightings) for row in desk.deals(DealQuery(limit=100)))


def test_a_rejected_signal_is_in_no_deal_until_that_is_undone(desk: Desk, say: Say) -> None:
    desk.add(report())
    desk.add(note())
    before, whole = listed(desk), state(desk)
    ferry = find(desk, "agreement on electric ferries")
    first = say("reject", ferry)
    assert all(each.id != ferry for each in desk.sightings())
    with pytest.raises(DeskError):
        desk.deal(ferry)
    assert desk.add(report()).state == "same"
    assert all(each.id != ferry for each in desk.sightings())
    second = say("undo", undoes=first)
    assert (listed(desk), state(desk)) == (before, whole)
    say("undo", undoes=second)  # the undoing is undone: rejected again
    assert all(each.id != ferry for each in desk.sightings())
    with pytest.raises(DeskError, match="undone already"):
        say("undo", undoes=second)
    assert [each.action for each in desk.reviews()] == ["reject", "undo", "undo"]
    assert [each.id for each in desk.reviews(document="report")] == [1, 2, 3]


def test_accepting_and_doubting_are_kept_and_the_last_counts(desk: Desk, say: Say) -> None:
    desk.add(report())
    seed = find(desk, "seed bank")
    say("accept", seed)
    say("unsure", seed, reason="which seeds?")
    rows = {row["key"]: row["state"] for row in state(desk)["signals"]}
    assert rows.pop(seed) == "unsure"
    assert set(rows.values()) == {"proposed"}
    assert [each.reason for each in desk.reviews(signal=seed)] == [None, "which seeds?"]
    assert list(desk.reviews(signal=find(desk, "ferry pact"))) == []


def test_a_corrected_field_shows_in_the_deal_and_the_machine_s_own_is_kept(desk: Desk, say: Say) -> None:
    desk.add(report())
    seed = find(desk, "seed bank")
    number = say("correct", seed, payload={"field": "sector", "value": "environment"})
    say("correct", seed, payload={"field": "parties", "value": ["NO", "CL", "SE"]})
    assert desk.deal(seed).sector is Sector.ENVIRONMENT
    assert desk.deal(seed).parties == ("CL", "NO", "SE")
    row = next(row for row in state(desk)["signals"] if row["key"] == seed)
    assert row["proposed"] == {"sector": "agriculture", "parties": ["NO", "CL"]}
    assert {(party, key) for party, _, key in state(desk)["parties"] if key == seed} == {
        ("NO", seed),
        ("CL", seed),
        ("SE", seed),
    }
    say("undo", undoes=number)
    assert desk.deal(seed).sector is Sector.AGRICULTURE
    assert desk.deal(seed).parties == ("CL", "NO", "SE")


def test_a_signal_that_the_engine_missed_is_added_by_its_words(desk: Desk, clock: Clock) -> None:
    desk.add(report())
    text = report().document.text
    start = text.index("Transport Minister")
    words = "Transport Minister Ana Ruiz"
    target = Target("report", Selector(words, text[start - 32 : start], "", start, start + len(words), text_hash(text)))
    fields = {"stage": "talks", "certainty": "certain", "sector": "transport", "instrument": "cooperation"}
    number = desk.decide(Review(Action.ADD, "Ana", target=target, payload=fields))
    added = next(each for each in desk.sightings() if each.signal.anchor == words)
    assert (added.signal.engine, added.signal.stage, added.day) == ("hand", Stage.TALKS, date(2025, 3, 3))
    # An update that keeps the words keeps the signal; one that takes them out makes it vanish.
    later = replace(report().document, text=f"Update. {text}", updated=desk.now())
    desk.add(Reading(later, ()))
    kept = next(each for each in desk.sightings() if each.id == added.id)
    assert (kept.signal.start, kept.vanished) == (start + 8, False)
    clock.go(hours=1)
    gone = replace(report().document, text="Nothing is left.", updated=clock())
    desk.add(Reading(gone, ()))
    assert next(each for each in desk.sightings() if each.id == added.id).vanished
    # What the engine finds in the same place is the same signal.
    desk.decide(Review(Action.UNDO, "Ana", undoes=number))
    assert all(each.id != added.id for each in desk.sightings())
    elsewhere = replace(target, selector=replace(target.selector, exact="never said", end=start + 10, text_hash="0"))
    desk.decide(Review(Action.ADD, "Ana", target=elsewhere, payload=fields))
    assert all(each.signal.anchor != "never said" for each in desk.sightings())


def test_adding_what_the_engine_finds_as_well_corrects_it(desk: Desk) -> None:
    desk.add(report())
    text = report().document.text
    start = text.index("seed bank in Punta Arenas")
    words = "seed bank in Punta Arenas"
    target = Target("report", Selector(words, "", "", start, start + len(words), text_hash(text)))
    fields = {"stage": "signed", "certainty": "certain", "sector": "health", "instrument": "service"}
    desk.decide(Review(Action.ADD, "Ana", target=target, payload=fields))
    assert len(list(desk.sightings())) == 6
    assert deal(desk, "seed bank").sector is Sector.HEALTH


def test_two_deals_are_merged_and_what_comes_earlier_does_not_part_them(desk: Desk, say: Say) -> None:
    desk.add(report())
    desk.add(note())
    before = state(desk)
    ice, seed = find(desk, "Joint research on fjord ice"), find(desk, "seed bank")
    number = say("merge", ice, payload={"other": seed})
    merged = desk.deal(ice)
    assert {each.id for each in merged.sightings} == {ice, seed}
    assert desk.deal(seed) == merged
    with pytest.raises(DeskError, match="one deal already"):
        say("merge", seed, payload={"other": ice})
    # An earlier report of one of the two becomes the root of both.
    text = "Norway and Chile spoke of joint research on fjord ice in May."
    early = Document(text, id="early", publisher="Early", published=date(2025, 2, 1))
    found = signal(text, "joint research on fjord ice", "talks", sector="environment")
    desk.add(Reading(early, (found,)))
    assert {each.signal.anchor for each in desk.deal(seed).sightings} == {
        "joint research on fjord ice",
        "Joint research on fjord ice",
        "seed bank",
    }
    say("undo", undoes=number)
    assert {each.signal.anchor for each in desk.deal(seed).sightings} == {"seed bank"}
    with pytest.raises(DeskError):
        say("undo", undoes=99)
    assert len(before["deals"]) == len(listed(desk))


def test_a_deal_is_split_and_stays_split(desk: Desk, say: Say) -> None:
    desk.add(report())
    desk.add(note())
    whole = deal(desk, "agreement on electric ferries")
    assert len(whole.sightings) == 3
    before = state(desk)
    root, *others = (each.id for each in whole.sightings)
    # The root goes: the others stay together.
    number = say("split", others[0], payload={"signals": [root]})
    assert [each.id for each in desk.deal(root).sightings] == [root]
    assert [each.id for each in desk.deal(others[1]).sightings] == others
    assert [each.id for each in desk.deal(others[0]).sightings] == others
    copy = report()
    desk.add(Reading(replace(copy.document, id="again", publisher="Again"), copy.signals))
    assert root not in {each.id for each in desk.deal(others[0]).sightings}
    desk.decide(Review(Action.UNDO, "Ana", undoes=number))
    assert {root, *others} <= {each.id for each in desk.deal(root).sightings}
    assert len(before["deals"]) == len(listed(desk))
    # Those that go are one deal of their own.
    say("split", root, payload={"signals": others})
    assert {each.id for each in desk.deal(others[0]).sightings} >= {*others}
    assert root not in {each.id for each in desk.deal(others[0]).sightings}


def test_a_split_that_leaves_or_takes_nothing_is_refused(desk: Desk, say: Say) -> None:
    desk.add(report())
    whole = deal(desk, "agreement on electric ferries")
    ids = [each.id for each in whole.sightings]
    for given, told in ((ids, "leave at least one out"), ([find(desk, "seed bank")], "not all"), ([], "not said")):
        with pytest.raises((DeskError, UsageError), match=told):
            say("split", ids[0], payload={"signals": given})
    assert list(desk.reviews()) == []


def test_decisions_do_not_depend_on_what_comes_when(desk: Desk, say: Say, clock: Clock) -> None:
    """A rejected root, a merge and a split, with reprints, updates and earlier documents around them."""
    deliveries = pool(3, 8)
    for seen, arrival, reading in deliveries[:6]:
        desk.add(reading, arrival=arrival, seen=seen)
    deals = sorted(desk.all_deals(), key=lambda each: (-len(each.sightings), each.id))
    say("reject", deals[0].sightings[0].id)
    say("merge", deals[1].id, payload={"other": deals[2].id})
    split = max(desk.all_deals(), key=lambda each: (len(each.sightings), each.id))
    say("split", split.id, payload={"signals": [split.sightings[-1].id]})
    for seen, arrival, reading in deliveries[6:] + deliveries:
        desk.add(reading, arrival=arrival, seen=seen)
    once = state(desk)
    for seen, arrival, reading in reversed(deliveries):
        desk.add(reading, arrival=arrival, seen=seen)
    assert state(desk) == once
    ids = {each.id: deal.id for deal in desk.all_deals() for each in deal.sightings}
    assert deals[0].sightings[0].id not in ids
    assert ids[deals[1].id] == ids[deals[2].id] or not {deals[1].id, deals[2].id} <= ids.keys()


def test_two_sites_of_one_owner_are_one_witness(desk: Desk, say: Say) -> None:
    one = report()
    desk.add(one)
    text = "The ferry pact was spoken of in the harbour of Oslo once more, and nobody said by whom. Norway and Chile."
    other = Document(text, id="other", publisher="The Other", published=date(2025, 3, 4), url="https://other.example/x")
    desk.add(Reading(other, (signal(text, "ferry pact", "talks"),)))
    row = next(row for row in desk.deals(DealQuery()) if row.sightings == 3)
    number = say("own", payload={"publisher": "other.example", "owner": "Nordic Media"})
    say("own", payload={"publisher": "The Oslo Example", "owner": "Nordic Media"})
    assert {each.owner for each in desk.sightings()} == {"Nordic Media"}
    after = next(each for each in desk.deals(DealQuery()) if each.id == row.id)
    assert after.voices < row.voices
    say("undo", undoes=number)
    assert {each.owner for each in desk.sightings()} == {"Nordic Media", "other.example"}
    say("own", payload={"publisher": "The Oslo Example", "owner": ""})
    assert {each.owner for each in desk.sightings()} == {"news.example", "other.example"}


def test_a_verdict_is_overruled_with_a_reason(desk: Desk, say: Say) -> None:
    desk.add(report())
    desk.add(note())
    oslo = Occasion("Oslo 2025", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 12), "Oslo")
    desk.add_occasion(oslo)
    ferry, seed, fact = (
        find(desk, "ferry pact"),
        find(desk, "seed bank"),
        find(desk, "agreement on electric ferries", "note"),
    )
    sighting = next(each for each in desk.sightings() if each.id == fact)
    found = [Verdict(ferry, Outcome.SIGNED, 0.9, sighting), Verdict(seed, Outcome.ABSENT, 0.6)]
    desk.settle(oslo, found)
    assert desk.verdicts("Oslo 2025") == sorted(found, key=lambda each: each.deal)
    payload = {"occasion": "Oslo 2025", "outcome": "agreed"}
    number = say("overrule", find(desk, "agreement on electric ferries"), payload=payload, reason="only initialled")
    over = next(each for each in desk.verdicts() if each.deal == ferry)
    assert (over.outcome, over.by, over.reason, over.proposed) == (
        Outcome.AGREED,
        "Ana",
        "only initialled",
        Outcome.SIGNED,
    )
    desk.settle(oslo, desk.verdicts())  # settling again keeps the machine's own
    assert next(each for each in desk.verdicts() if each.deal == ferry) == over
    ice = find(desk, "Joint research on fjord ice")
    say("overrule", ice, payload=payload | {"evidence": fact})
    new = next(each for each in desk.verdicts() if each.deal == ice)
    assert (new.proposed, new.evidence and new.evidence.id) == (None, fact)
    say("undo", undoes=number)
    assert next(each for each in desk.verdicts() if each.deal == ferry).outcome is Outcome.SIGNED
    say("merge", ferry, payload={"other": seed})
    assert [each.deal for each in desk.verdicts()].count(ferry) == 1
    assert desk.occasions() == [oslo]
    assert desk.occasion("Oslo 2025") == oslo
    desk.add_occasion(replace(oslo, place="Bergen"))
    assert desk.occasion("Oslo 2025").place == "Bergen"
    assert all(each.by for each in desk.verdicts())
    with pytest.raises(DeskError, match="there are: “Oslo 2025”"):
        desk.occasion("Lima")
    with pytest.raises(DeskError):
        desk.settle(replace(oslo, name="Lima"), [])
    for wrong in (replace(oslo, name=" "), replace(oslo, last=date(2025, 1, 1))):
        with pytest.raises(UsageError):
            desk.add_occasion(wrong)


@pytest.mark.parametrize(
    ("action", "payload", "told"),
    [
        ("correct", {"field": "anchor", "value": "x"}, "cannot be corrected; give one of: stage"),
        ("correct", {"field": "stage", "value": "soon"}, "'soon' is not a valid Stage"),
        ("correct", {"field": "ahead", "value": "yes"}, "neither true nor false"),
        ("correct", {"field": "parties", "value": "NO"}, "no list of codes"),
        ("correct", {"field": "parties", "value": None}, "parties"),
        ("merge", {}, "with which deal"),
        ("merge", {"other": "ffffffffffff"}, "not on the desk"),
        ("overrule", {"occasion": "Lima", "outcome": "signed"}, "occasion “Lima”"),
        ("overrule", {"occasion": "Oslo", "outcome": "soon"}, "outcome 'soon'"),
        ("overrule", {"occasion": "Oslo", "outcome": "signed", "evidence": "ffffffffffff"}, "not on the desk"),
        ("own", {"owner": "X"}, "give the publisher"),
        ("note", {}, "empty"),
        ("add", {}, "where the signal stands"),
        ("undo", {}, "no decision"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_not_kept(
    desk: Desk, say: Say, action: str, payload: dict[str, Any], told: str
) -> None:
    desk.add(report())
    desk.add_occasion(Occasion("Oslo", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 12)))
    before = state(desk)
    about = find(desk, "seed bank") if action in ("correct", "merge", "overrule") else None
    with pytest.raises((UsageError, DeskError), match=told):
        say(action, about, payload=payload)
    assert list(desk.reviews()) == []
    assert state(desk) == before


def test_a_name_may_be_as_long_as_an_index_holds(desk: Desk) -> None:
    desk.add(report())
    desk.decide(Review(Action.ACCEPT, "\U0001f6a2" * 130, signal=find(desk, "seed bank")))
    assert [len(review.who) for review in desk.reviews()] == [130]


def test_who_and_which_must_be_said(desk: Desk, say: Say) -> None:
    desk.add(report())
    seed = find(desk, "seed bank")
    with pytest.raises(UsageError, match="who decided"):
        desk.decide(Review(Action.ACCEPT, " ", signal=seed))
    with pytest.raises(UsageError, match="at most 130 characters here, not 131"):
        desk.decide(Review(Action.ACCEPT, "a" * 131, signal=seed))
    with pytest.raises(UsageError, match="which signal"):
        say("accept")
    for wrong in ("zzzz", "abc", "ffffffffffff"):
        with pytest.raises(DeskError, match="not on the desk"):
            say("accept", wrong)
    assert say("accept", seed[:6]) == 1
    say("note", reason="a good day")
    assert [each.reason for each in desk.reviews()] == [None, "a good day"]
    text = report().document.text
    good = {"stage": "talks", "certainty": "certain", "sector": "transport", "instrument": "cooperation"}
    at = Selector("Norway", "", "", 0, 6, text_hash(text))
    for document, selector, fields, told in (
        ("report", at, {"stage": "talks"}, "certainty, sector, instrument"),
        ("nowhere", at, good, "not on the desk"),
        ("report", replace(at, end=3), good, "do not fit together"),
        ("report", at, good | {"sector": "x"}, "field sector"),
    ):
        with pytest.raises((UsageError, DeskError), match=told):
            desk.decide(Review(Action.ADD, "Ana", target=Target(document, selector), payload=fields))
