"""Verdicts: what was on the table, what counts afterwards, what shows it, and what settles it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.model import Authority, Deal, Occasion, Outcome, Sighting, Verdict
from paraph.resolve.verdicts import (
    BARS,
    EVIDENCE_CONFIDENCE,
    OWN_BAR,
    brought,
    is_after,
    verdicts_of,
)
from paraph.settings import Settings
from sightings import copies, deal, on, sighting

FIRST, LAST = 1000, 1002
VISIT = Occasion("Oslo visit", ("NO", "CL"), on(FIRST), on(LAST), "Oslo")
SETTINGS = Settings(table_days=100, verdict_days=30)
BEFORE, AFTER = FIRST - 10, LAST + 1

Alike = Callable[[Sighting, Sighting], float]


def fixed(value: float) -> Alike:
    return lambda one, other: value


UNLIKE = fixed(0.0)


def by_document(**near: float) -> Alike:
    """Return the likeness of any sighting to one of the documents named; nothing else is like anything."""
    return lambda one, other: near.get(other.document, near.get(one.document, 0.0))


def judged(*deals: Deal, alike: Alike = UNLIKE, **settings: int) -> dict[str, Verdict]:
    return {each.deal: each for each in verdicts_of(VISIT, deals, alike, replace(SETTINGS, **settings))}


def hinted(*also: Sighting, id: str = "hinted") -> Deal:
    """A deal that was expected before the visit."""
    return deal(sighting(BEFORE, "signed", ahead=True, certainty="probable", document=f"{id}-before"), *also, id=id)


def came(stage: str, document: str, **said: Any) -> Deal:
    """A deal of its own that is spoken of after the visit alone."""
    return deal(sighting(said.pop("day", AFTER), stage, document=document, **said), id=f"of-{document}")


def outcome(*deals: Deal, alike: Alike = UNLIKE) -> Outcome:
    return judged(*deals, alike=alike)["hinted"].outcome


# What a sighting says was brought


@pytest.mark.parametrize(
    ("stage", "said", "told"),
    [
        ("signed", {}, "signed"),
        ("agreed", {}, "agreed"),
        ("stalled", {}, "refused"),
        ("ended", {}, "refused"),
        ("talks", {}, "advanced"),
        ("idea", {}, "advanced"),
        ("in_force", {}, "advanced"),
        ("signed", {"certainty": "probable"}, "signed"),
        ("signed", {"certainty": "possible"}, "advanced"),
        ("ended", {"certainty": "possible"}, "advanced"),
        ("signed", {"ahead": True}, "advanced"),
        ("agreed", {"ahead": True}, "advanced"),
        ("ended", {"ahead": True}, "refused"),
        ("stalled", {"ahead": True, "certainty": "probable"}, "refused"),
        ("ended", {"ahead": True, "certainty": "possible"}, "advanced"),
    ],
)
def test_brought(stage: str, said: dict[str, Any], told: str) -> None:
    assert brought(sighting(AFTER, stage, **said)) == told


# Before and after


@pytest.mark.parametrize(
    ("day", "stage", "said", "after"),
    [
        (FIRST - 101, "talks", {}, None),
        (FIRST - 100, "talks", {}, False),
        (FIRST - 1, "signed", {}, False),
        (FIRST, "talks", {}, False),
        (FIRST, "signed", {}, True),
        (FIRST, "agreed", {}, True),
        (FIRST, "signed", {"ahead": True}, False),
        (FIRST, "signed", {"certainty": "possible"}, False),
        (FIRST, "ended", {}, False),
        (FIRST, "talks", {"authority": "joint_statement"}, True),
        (FIRST, "talks", {"authority": "spokesperson"}, False),
        (FIRST, "signed", {"ahead": True, "authority": "outcome_list"}, False),
        (FIRST + 1, "talks", {}, True),
        (FIRST + 1, "ended", {}, True),
        (FIRST + 1, "signed", {"certainty": "possible"}, True),
        (FIRST + 1, "signed", {"ahead": True}, False),
        (FIRST + 1, "signed", {"ahead": True, "authority": "spokesperson"}, False),
        (FIRST + 1, "signed", {"ahead": True, "authority": "joint_statement"}, True),
        (LAST, "talks", {}, True),
        (LAST, "signed", {}, True),
        (LAST + 1, "talks", {}, True),
        (LAST + 1, "signed", {"ahead": True}, True),
        (LAST + 30, "ended", {}, True),
        (LAST + 31, "signed", {}, None),
    ],
)
def test_before_during_and_after(day: int, stage: str, said: dict[str, Any], after: bool | None) -> None:
    assert is_after(sighting(day, stage, **said), VISIT, SETTINGS) is after


def test_days_of_the_visit_hold_hints_and_outcomes_at_once() -> None:
    same_day = deal(
        sighting(FIRST, "signed", ahead=True, document="morning"),
        sighting(FIRST, "signed", document="evening"),
        id="hinted",
    )
    (verdict,) = judged(same_day, alike=fixed(0.9)).values()
    assert (verdict.outcome, verdict.announced) == ("signed", True)
    assert verdict.evidence is same_day.sightings[1]


def test_what_lies_outside_the_days_that_count_gets_no_verdict() -> None:
    assert judged(deal(sighting(FIRST - 101)), deal(sighting(LAST + 31, "signed"), id="late")) == {}
    assert judged() == {}


def test_without_days_for_verdicts_only_the_visit_itself_counts() -> None:
    found = judged(hinted(), came("signed", "next-day"), alike=fixed(1.0), verdict_days=0)
    assert found["hinted"].outcome is Outcome.ABSENT
    found = judged(hinted(), came("signed", "same-day", day=LAST), alike=fixed(1.0), verdict_days=0)
    assert found["hinted"].outcome is Outcome.SIGNED


# What shows it


@pytest.mark.parametrize(
    ("stage", "said", "wanted"),
    [("signed", {}, "signed"), ("agreed", {}, "agreed"), ("ended", {}, "refused"), ("talks", {}, "advanced")],
)
def test_evidence_of_another_deal_has_to_be_like_enough(stage: str, said: dict[str, Any], wanted: str) -> None:
    bar = BARS[Outcome(wanted)]
    evidence = came(stage, "paper", **said)
    verdict = judged(hinted(), evidence, alike=fixed(bar))["hinted"]
    assert verdict.outcome == wanted
    assert verdict.evidence is evidence.sightings[0]
    assert verdict.announced
    assert verdict.confidence == round(bar * 0.9, 3)
    verdict = judged(hinted(), evidence, alike=fixed(bar - 0.001))["hinted"]
    assert (verdict.outcome, verdict.evidence) == (Outcome.ABSENT, None)
    assert verdict.confidence == round(1 - bar + 0.001, 3)


def test_words_that_fit_many_a_deal_have_to_be_nearer() -> None:
    assert min(BARS[Outcome.ADVANCED], BARS[Outcome.REFUSED]) > max(BARS[Outcome.SIGNED], BARS[Outcome.AGREED])
    assert set(BARS) == set(Outcome) - {Outcome.ABSENT}


@pytest.mark.parametrize(("stage", "wanted"), [("signed", "signed"), ("ended", "refused"), ("talks", "advanced")])
def test_the_deals_own_evidence_may_be_further_off_than_a_strangers(stage: str, wanted: str) -> None:
    own = sighting(AFTER, stage, document="own")
    assert outcome(hinted(own), alike=fixed(OWN_BAR)) == wanted
    assert outcome(hinted(own), alike=fixed(OWN_BAR - 0.01)) is Outcome.ABSENT
    assert min(BARS.values()) >= OWN_BAR


def test_the_nearest_of_the_deals_own_words_counts() -> None:
    first, second = (sighting(BEFORE, "talks", document=name) for name in ("far", "near"))
    mine = deal(first, second, id="hinted")

    def alike(one: Sighting, other: Sighting) -> float:
        return 0.9 if "near" in (one.document, other.document) else 0.1

    assert judged(mine, came("signed", "paper"), alike=alike)["hinted"].confidence == round(0.9 * 0.9, 3)


def test_vanished_evidence_does_not_count() -> None:
    gone = came("signed", "paper", vanished=True)
    found = judged(hinted(), gone, came("talks", "other"), alike=by_document(paper=0.9))
    assert found["hinted"].outcome is Outcome.ABSENT
    assert "of-paper" not in found


def test_a_hint_that_an_update_took_out_was_on_the_table_all_the_same() -> None:
    mine = deal(sighting(BEFORE, "signed", ahead=True, vanished=True), id="hinted")
    assert judged(mine, came("signed", "paper"), alike=fixed(0.9))["hinted"].outcome is Outcome.SIGNED


@pytest.mark.parametrize(("sure", "wanted"), [(EVIDENCE_CONFIDENCE, "signed"), (EVIDENCE_CONFIDENCE - 0.01, "absent")])
def test_evidence_that_the_engine_is_unsure_of_is_none(sure: float, wanted: str) -> None:
    assert outcome(hinted(), came("signed", "paper", confidence=sure), alike=fixed(1.0)) == wanted


def test_where_nothing_came_in_after_the_day_absence_is_a_guess() -> None:
    (verdict,) = judged(hinted(), alike=fixed(0.7)).values()
    assert (verdict.outcome, verdict.confidence, verdict.evidence) == (Outcome.ABSENT, 0.0, None)
    verdict = judged(hinted(), came("signed", "paper"), alike=fixed(0.2))["hinted"]
    assert (verdict.outcome, verdict.confidence) == (Outcome.ABSENT, 0.8)


# What settles it


def test_of_what_reached_it_the_furthest_settles_it() -> None:
    deals = [came(stage, stage) for stage in ("talks", "ended", "agreed", "signed")]
    for wanted in ("signed", "agreed", "refused", "advanced"):
        assert outcome(hinted(), *deals, alike=fixed(0.9)) == wanted
        deals.pop()
    assert outcome(hinted(), alike=fixed(0.9)) is Outcome.ABSENT


@pytest.mark.parametrize("made", ["signed", "agreed"])
@pytest.mark.parametrize("denying", list(Authority))
@pytest.mark.parametrize("making", list(Authority))
def test_the_higher_authority_has_it_whether_a_deal_was_reached_or_refused(
    made: str, denying: Authority, making: Authority
) -> None:
    found = outcome(
        hinted(), came("ended", "denial", authority=denying), came(made, "cheer", authority=making), alike=fixed(0.9)
    )
    order = list(Authority)
    assert found == ("refused" if order.index(denying) < order.index(making) else made)


def test_a_denial_is_weighed_against_the_highest_that_says_otherwise_not_the_nearest() -> None:
    denial = came("ended", "denial", authority="spokesperson")
    near, listed = came("signed", "near"), came("agreed", "listed", authority="outcome_list")
    alike = by_document(denial=0.9, near=0.95, listed=0.6)
    assert outcome(hinted(), denial, near, alike=alike) is Outcome.REFUSED
    assert outcome(hinted(), denial, near, listed, alike=alike) is Outcome.SIGNED
    also = came("signed", "also", authority="outcome_list")
    assert outcome(hinted(), denial, near, also, alike=by_document(denial=0.9, near=0.95, also=0.6)) is Outcome.SIGNED
    ministers = came("ended", "list of what was put off", authority="signed_text")
    assert outcome(hinted(), denial, ministers, near, listed, alike=fixed(0.9)) is Outcome.REFUSED


def test_a_denial_does_not_undo_that_a_deal_went_on() -> None:
    denial = came("ended", "denial", authority="press")
    went_on = came("talks", "read-out", authority="joint_statement")
    assert outcome(hinted(), denial, went_on, alike=fixed(0.9)) is Outcome.REFUSED


def test_signed_settles_it_before_agreed_however_much_nearer_that_is() -> None:
    signed, agreed = came("signed", "far"), came("agreed", "near")
    verdict = judged(hinted(), signed, agreed, alike=by_document(far=0.6, near=1.0))["hinted"]
    assert (verdict.outcome, verdict.evidence) == (Outcome.SIGNED, signed.sightings[0])


def test_of_several_that_say_the_same_the_nearest_is_shown_then_the_highest_authority_then_the_surest() -> None:
    far = came("signed", "far", authority="outcome_list", confidence=0.95)
    press, paper = came("signed", "press"), came("signed", "paper", authority="signed_text")
    near = by_document(far=0.8, press=0.9, paper=0.9, surer=0.9)
    assert judged(hinted(), far, press, alike=near)["hinted"].evidence is press.sightings[0]
    assert judged(hinted(), far, press, paper, alike=near)["hinted"].evidence is paper.sightings[0]
    surer = came("signed", "surer", confidence=0.95)
    assert judged(hinted(), press, surer, alike=near)["hinted"].evidence is surer.sightings[0]


def test_of_pieces_alike_in_all_the_same_one_is_shown_whatever_their_order() -> None:
    one, other = (sighting(AFTER, "signed", document=name) for name in ("one", "other"))
    for pair in ((one, other), (other, one)):
        verdict = judged(hinted(), deal(*pair, id="papers"), alike=fixed(0.9))["hinted"]
        assert verdict.evidence is one


# Unannounced


def test_what_nobody_spoke_of_before_came_unannounced() -> None:
    found = judged(hinted(), came("signed", "paper"), came("agreed", "weak", confidence=0.2))
    assert {id: (each.outcome, each.announced) for id, each in found.items()} == {
        "hinted": (Outcome.ABSENT, True),
        "of-paper": (Outcome.SIGNED, False),
        "of-weak": (Outcome.AGREED, False),
    }
    assert found["of-paper"].confidence == 0.9
    assert found["of-weak"].confidence == 0.2
    assert found["of-paper"].evidence is not None
    assert found["of-paper"].evidence.document == "paper"


def test_an_unannounced_deal_is_settled_as_others_are() -> None:
    both = deal(
        sighting(AFTER, "signed", document="cheer"),
        sighting(AFTER, "ended", document="denial", authority="spokesperson"),
        id="new",
    )
    assert judged(both)["new"].outcome is Outcome.REFUSED


# Copies


@st.composite
def reprinted(draw: st.DrawFn) -> tuple[list[Deal], list[Deal]]:
    """Deals, and the same deals with reprints on later days of some of their sightings."""
    plain, more = draw(stories()), []
    for each in plain:
        added: list[Sighting] = []
        for one in each.sightings:
            if draw(st.booleans()):
                days = draw(st.lists(st.sampled_from([0, 1, 10, 13, 40]), min_size=1, max_size=2))
                at = (one.day - on(0)).days
                added += copies(one, [at + day for day in days])
        more.append(replace(each, sightings=(*each.sightings, *added)))
    return plain, more


def test_a_reprint_of_a_preview_after_the_day_is_no_news() -> None:
    mine = hinted()
    again = deal(*mine.sightings, *copies(mine.sightings[0], [AFTER, AFTER + 5]), id="hinted")
    verdict = judged(again, alike=fixed(0.9))["hinted"]
    assert (verdict.outcome, verdict.confidence) == (Outcome.ABSENT, 0.0)
    other = came("signed", "other")
    verdict = judged(again, other, alike=fixed(0.3))["hinted"]
    assert (verdict.outcome, verdict.confidence) == (Outcome.ABSENT, 0.7)
    assert judged(again, other, alike=fixed(0.9)) == judged(mine, other, alike=fixed(0.9))


def test_a_copy_that_says_more_than_what_it_copies_is_evidence() -> None:
    mine = hinted()
    (updated,) = copies(mine.sightings[0], [AFTER])
    updated = replace(updated, signal=replace(updated.signal, ahead=False))
    found = judged(deal(*mine.sightings, updated, id="hinted"), alike=fixed(0.9))["hinted"]
    assert (found.outcome, found.evidence) == (Outcome.SIGNED, updated)


def test_evidence_is_the_first_print_not_a_reprint() -> None:
    shown = sighting(AFTER, "signed", document="original", id="z")
    prints = copies(shown, [AFTER, AFTER + 2])
    evidence = deal(*prints, shown, id="of-original")
    found = judged(hinted(), evidence, alike=fixed(0.9))
    assert found["hinted"].evidence is shown
    assert found["of-original"].evidence is shown


def test_on_one_day_the_document_that_is_copied_comes_before_its_copies() -> None:
    shown = sighting(AFTER, "signed", document="original", id="z")
    (again,) = copies(shown, [AFTER])
    again = replace(again, document="a reprint")
    found = judged(hinted(), deal(again, shown, id="of-original"), alike=fixed(0.9))
    assert found["hinted"].evidence is shown


# Pure


_STAGES = ("idea", "talks", "agreed", "signed", "in_force", "stalled", "ended")
_DAYS = (FIRST - 101, FIRST - 100, FIRST - 9, FIRST, LAST, LAST + 1, LAST + 12, LAST + 31)


@st.composite
def stories(draw: st.DrawFn) -> list[Deal]:
    deals = []
    for n in range(draw(st.integers(1, 4))):
        seen = [
            sighting(
                draw(st.sampled_from(_DAYS)),
                draw(st.sampled_from(_STAGES)),
                ahead=draw(st.booleans()),
                certainty=draw(st.sampled_from(["certain", "probable", "possible"])),
                authority=draw(st.sampled_from(list(Authority))),
                confidence=draw(st.sampled_from([0.2, 0.5, 0.9])),
                vanished=draw(st.sampled_from([False, False, True])),
                document=f"d{n}-{m}",
            )
            for m in range(draw(st.integers(1, 4)))
        ]
        deals.append(deal(*seen, id=f"deal{n}"))
    return deals


@st.composite
def likenesses(draw: st.DrawFn) -> Alike:
    """Return a symmetric likeness of documents, with ties, that a copy shares with what it copies."""
    seed = draw(st.integers(0, 50))
    steps = (0.0, 0.35, 0.5, 0.66, 0.8, 1.0)

    def alike(one: Sighting, other: Sighting) -> float:
        named = "".join(sorted((one.voice, other.voice)))
        return steps[(sum(map(ord, named)) * 7 + seed) % len(steps)]

    return alike


@given(stories(), likenesses(), st.randoms(use_true_random=False))
def test_no_order_plays_a_part(deals: list[Deal], alike: Alike, chance: Any) -> None:
    def mixed(items: Sequence[Any]) -> list[Any]:
        return chance.sample(list(items), len(items))

    shuffled = [replace(each, sightings=tuple(mixed(each.sightings))) for each in mixed(deals)]
    found = verdicts_of(VISIT, deals, alike, SETTINGS)
    assert verdicts_of(VISIT, shuffled, alike, SETTINGS) == found
    assert [each.deal for each in found] == sorted(each.deal for each in found)


@given(stories(), likenesses())
def test_each_deal_of_those_days_has_one_verdict_and_it_is_shown(deals: list[Deal], alike: Alike) -> None:
    found = {each.deal: each for each in verdicts_of(VISIT, deals, alike, SETTINGS)}
    for each in deals:
        times = [
            is_after(one, VISIT, SETTINGS)
            for one in each.sightings
            if not (is_after(one, VISIT, SETTINGS) and one.vanished)
        ]
        times = [one for one in times if one is not None]
        assert (each.id in found) == bool(times)
        if times:
            verdict = found[each.id]
            assert verdict.announced == (False in times)
            assert 0.0 <= verdict.confidence <= 1.0
            assert (verdict.evidence is None) == (verdict.outcome is Outcome.ABSENT)
            assert verdict.by is verdict.reason is verdict.proposed is None
            if verdict.evidence is not None:
                assert brought(verdict.evidence) is verdict.outcome
                assert is_after(verdict.evidence, VISIT, SETTINGS)
                assert not verdict.evidence.vanished


@given(reprinted(), likenesses())
def test_reprints_change_nothing(pair: tuple[list[Deal], list[Deal]], alike: Alike) -> None:
    plain, more = pair
    assert verdicts_of(VISIT, more, alike, SETTINGS) == verdicts_of(VISIT, plain, alike, SETTINGS)


@given(stories(), likenesses())
def test_deals_of_which_nothing_is_said_in_those_days_change_nothing(deals: list[Deal], alike: Alike) -> None:
    old = deal(sighting(FIRST - 500, "signed", document="old"), sighting(LAST + 500, "ended", document="new"), id="old")
    assert verdicts_of(VISIT, [old, *deals], alike, SETTINGS) == verdicts_of(VISIT, deals, alike, SETTINGS)


def test_a_preview_that_tells_of_something_reached_covers_nothing() -> None:
    hint = sighting(FIRST, "signed", ahead=True, document="preview")
    done = deal(sighting(FIRST, "agreed", document="preview"), id="done")
    assert judged(deal(hint, id="hinted"), done)["hinted"].confidence == 0.0
    told = deal(sighting(AFTER, "agreed", document="report"), id="told")
    assert judged(deal(hint, id="hinted"), done, told)["hinted"].confidence == 1.0
