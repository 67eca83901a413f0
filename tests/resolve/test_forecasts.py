"""Which signals are forecasts, of which occasion, and whether what they foretold came."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.model import Certainty, Instrument, Occasion, Outcome, Sector, SourceType, Stage, Verdict
from paraph.resolve.forecasts import (
    CAME,
    IMPLIED,
    Note,
    Specificity,
    came_true,
    forecasts_of,
    occasion_of,
    speaker_of,
    specificity_of,
)
from paraph.settings import Settings
from sightings import copies, deal, on, sighting

SETTINGS = Settings(forecast_days=100)
VISIT = Occasion("Oslo visit", ("NO", "CL"), on(20), on(22))


def hint(day, stage="signed", **said):
    return sighting(day, stage, **{"ahead": True, "certainty": "probable", **said})


def due(*sightings, outcome="signed", evidence=None, occasion=VISIT, occasions=None, today=60, notes=None):
    whole = deal(*sightings)
    verdict = Verdict("deal", Outcome(outcome), 0.9, evidence)
    return forecasts_of(
        [whole],
        occasion,
        {"deal": verdict},
        occasions or [VISIT],
        today=on(today),
        settings=SETTINGS,
        notes=notes,
    )


TABLE = """
idea      yes yes yes no  no
talks     yes yes yes no  no
agreed    yes yes no  no  no
signed    yes no  no  no  no
in_force  yes yes no  no  no
stalled   no  no  yes yes yes
ended     no  no  no  yes yes
"""


def test_what_comes_true_by_what():
    for row in TABLE.split("\n")[1:-1]:
        stage, *cells = row.split()
        assert [came_true(Stage(stage), outcome) for outcome in Outcome] == [cell == "yes" for cell in cells], stage
    assert set(CAME) == set(Stage)


def test_surer_words_promise_more():
    assert 0 < IMPLIED[Certainty.POSSIBLE] < 0.5 < IMPLIED[Certainty.PROBABLE] < IMPLIED[Certainty.CERTAIN] < 1


def test_a_forecast_says_all_that_it_is_scored_by():
    told = hint(5, source="Ana  Ruiz", sector="energy", publisher="Post")
    (forecast,) = due(told, notes={told.id: Note("expected to sign", Specificity.NAMED)})
    assert forecast.id == told.id
    assert (forecast.occasion, forecast.deal, forecast.day, forecast.lead) == ("Oslo visit", "deal", on(5), 17)
    assert (forecast.publisher, forecast.source, forecast.source_type) == ("Post", "ana ruiz", SourceType.OFFICIAL)
    assert (forecast.stage, forecast.certainty) == (Stage.SIGNED, Certainty.PROBABLE)
    # Sector and form are the deal's, whatever one text made of it.
    assert (forecast.sector, forecast.instrument) == (Sector.TRANSPORT, Instrument.COOPERATION)
    assert (forecast.wording, forecast.specificity) == ("expected to sign", Specificity.NAMED)
    assert (forecast.parties, forecast.outcome, forecast.came) == (("CL", "NO"), Outcome.SIGNED, True)
    assert forecast.of_owner
    assert forecast.of_source


def test_what_did_not_come_is_a_forecast_too():
    (forecast,) = due(hint(5), outcome="agreed")
    assert not forecast.came
    (forecast,) = due(hint(5, "agreed"), outcome="agreed")
    assert forecast.came
    (forecast,) = due(hint(5, "ended"), outcome="absent")
    assert forecast.came


@pytest.mark.parametrize(("today", "n"), [(22, 0), (23, 1)])
def test_only_what_is_past_its_day_counts(today, n):
    assert len(due(hint(5), today=today)) == n


def test_what_is_not_ahead_and_what_has_no_verdict_is_no_forecast():
    assert due(sighting(5, "talks")) == []
    assert forecasts_of([deal(hint(5))], VISIT, {}, [VISIT], today=on(60), settings=SETTINGS) == []


def test_what_the_engine_doubts_is_no_forecast():
    assert due(hint(5, confidence=0.39)) == []
    assert len(due(hint(5, confidence=0.4))) == 1
    assert len(due(hint(5), sighting(3, "signed", authority="spokesperson", confidence=0.39))) == 1


@pytest.mark.parametrize(("day", "n"), [(19, 1), (20, 1), (21, 0), (22, 0), (23, 0)])
def test_a_forecast_is_made_before_its_day(day, n):
    assert len(due(hint(day))) == n


def test_on_the_first_day_what_settled_the_deal_must_be_later():
    assert due(hint(20), evidence=sighting(20, "signed")) == []
    assert len(due(hint(20), evidence=sighting(21, "signed"))) == 1
    assert len(due(hint(19), evidence=sighting(20, "signed"))) == 1
    one_day = replace(VISIT, first=on(20), last=on(20))
    assert due(hint(20), occasion=one_day, occasions=[one_day]) == []
    assert len(due(hint(19), occasion=one_day, occasions=[one_day])) == 1


def test_the_first_fitting_occasion_is_the_one():
    later = Occasion("Santiago visit", ("NO", "CL"), on(40), on(41))
    others = Occasion("Lima summit", ("PE", "BO"), on(6), on(7))
    known = [later, others, VISIT]
    assert occasion_of(on(5), ("NO", "CL"), known, 100) == VISIT
    assert occasion_of(on(22), ("NO", "CL"), known, 100) == VISIT
    assert occasion_of(on(23), ("NO", "CL"), known, 100) == later
    assert occasion_of(on(42), ("NO", "CL"), known, 100) is None
    assert len(due(hint(23), occasion=later, occasions=known)) == 1
    assert due(hint(5), occasion=later, occasions=known) == []
    # What is said during a visit is of that visit, and too late for it.
    assert due(hint(21), occasion=later, occasions=known) == []
    # The occasion asked for counts as known.
    assert len(due(hint(23), occasion=later, occasions=[VISIT])) == 1


@pytest.mark.parametrize(
    ("parties", "fits"),
    [
        (("NO", "CL"), True),
        (("NO", "CL", "PE"), True),
        (("NO",), True),
        (("NO", "NO"), True),
        (("NO", "PE"), False),
        (("PE",), False),
        ((), False),
    ],
)
def test_which_parties_fit(parties, fits):
    assert (occasion_of(on(5), parties, [VISIT], 100) is not None) is fits


def test_a_signal_without_parties_has_those_of_its_deal():
    (forecast,) = due(hint(5, parties=()))
    assert forecast.parties == ("CL", "NO")
    assert due(hint(5, parties=("PE", "BO"))) == []


@pytest.mark.parametrize(("days", "n"), [(17, 1), (16, 0)])
def test_a_forecast_is_held_against_nothing_that_is_too_far_off(days, n):
    assert (occasion_of(on(5), ("NO", "CL"), [VISIT], days) is not None) is bool(n)


def test_equal_days_are_told_apart_by_first_day_and_name():
    one, other = replace(VISIT, name="B"), replace(VISIT, name="A")
    assert occasion_of(on(5), ("NO",), [one, other], 100) == other
    assert occasion_of(on(5), ("NO",), [replace(one, first=on(19)), other], 100).name == "B"


def test_what_was_known_is_no_forecast():
    for knows in (
        [sighting(3, "signed", authority="spokesperson")],
        [sighting(3, "in_force", authority="outcome_list")],
        [sighting(3, "signed", publisher="A"), sighting(4, "signed", publisher="B")],
        [sighting(3, "signed", publisher="Post")],
        [sighting(5, "signed", publisher="Post")],
    ):
        assert due(hint(5, publisher="Post"), *knows) == [], knows
    for does_not in (
        [sighting(3, "agreed", authority="spokesperson")],
        [sighting(6, "signed", authority="spokesperson")],
        [sighting(3, "signed", authority="spokesperson", certainty="possible")],
        [sighting(3, "signed", publisher="A")],
        [sighting(3, "signed", publisher="A"), sighting(4, "signed", publisher="A", document="more")],
        [hint(3, publisher="A")],
    ):
        told = [each for each in due(hint(5, publisher="Post"), *does_not) if each.publisher == "Post"]
        assert len(told) == 1, does_not


def test_two_witnesses_may_be_one_speaker_less():
    quoted = [sighting(3, "signed", source="Ana Ruiz", publisher=name, document=name) for name in "AB"]
    assert len(due(hint(5, publisher="Post"), *quoted)) == 1
    assert due(hint(5, publisher="Post"), *quoted, sighting(4, "signed", publisher="C")) == []


def test_off_the_ladder_only_the_same_counts_as_known():
    stalled = sighting(3, "stalled", authority="spokesperson")
    assert due(hint(5, "stalled"), stalled, outcome="absent") == []
    assert len(due(hint(5, "ended"), stalled, outcome="absent")) == 1


def test_copies_are_no_forecasts_of_those_who_copy():
    told = hint(5)
    assert due(told, *copies(told, (6, 7))) == due(told)


def test_the_first_of_each_owner_counts():
    first, second = hint(5, publisher="Post"), hint(6, publisher="Post", certainty="certain")
    other = hint(7, publisher="Courier")
    assert [(each.day, each.of_owner) for each in due(second, other, first)] == [(on(5), True), (on(7), True)]
    assert [each.certainty for each in due(second, first)] == [Certainty.PROBABLE]


def test_the_first_of_each_speaker_counts_by_whomever_it_was_printed():
    one = hint(5, publisher="Post", source="Ana Ruiz")
    again = hint(6, publisher="Courier", source="ana ruiz")
    third = hint(7, publisher="Courier", source="Olav Berg")
    assert [(each.day, each.of_owner, each.of_source) for each in due(one, again, third)] == [
        (on(5), True, True),
        (on(6), True, False),
        (on(7), False, True),
    ]
    # An outlet's own voice is on no speaker's card.
    assert [each.of_source for each in due(hint(5))] == [False]


def test_on_one_day_the_first_in_the_text_counts():
    late = hint(5, "agreed", document="doc", start=90, publisher="Post")
    early = hint(5, "signed", document="doc", start=10, publisher="Post")
    assert [each.stage for each in due(late, early)] == [Stage.SIGNED]


def test_taking_words_back_does_not_undo_a_forecast():
    assert len(due(hint(5, vanished=True), outcome="absent")) == 1


def test_who_speaks():
    assert speaker_of(hint(1)) == ""
    assert speaker_of(hint(1, source=" Ana\n Ruiz ")) == "ana ruiz"
    assert (
        speaker_of(hint(1, source="two officials", source_type="unnamed", publisher="Post")) == "unnamed sources (Post)"
    )
    assert speaker_of(hint(1, source_type="official")) == ""


def test_how_specific_an_anchor_is():
    assert specificity_of(["s-400"], [], []) is Specificity.NAMED
    assert specificity_of([], ["31"], ["drone"]) is Specificity.NAMED
    assert specificity_of([], [], ["drone"]) is Specificity.TOPIC
    assert specificity_of([], [], []) is Specificity.GENERAL


tellings = st.lists(
    st.builds(
        lambda day, stage, ahead, publisher, source, n: sighting(
            day, stage, ahead=ahead, publisher=publisher, source=source, certainty="probable", document=f"doc-{n}"
        ),
        st.integers(0, 25),
        st.sampled_from(list(Stage)),
        st.booleans(),
        st.sampled_from("ABC"),
        st.sampled_from([None, "Ana Ruiz", "Olav Berg"]),
        st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=10,
    unique_by=lambda each: each.id,
)


@given(tellings, st.sampled_from(list(Outcome)), st.randoms(use_true_random=False))
def test_neither_order_nor_copies_change_forecasts(told, outcome, chance):
    found = due(*told, outcome=outcome)
    shuffled = [*told, *copies(told[0], (3, 9))]
    chance.shuffle(shuffled)
    assert due(*shuffled, outcome=outcome) == found
    owners = [each.publisher for each in found if each.of_owner]
    assert len(owners) == len(set(owners))
    speakers = [each.source for each in found if each.of_source]
    assert len(speakers) == len(set(speakers))
    assert all(each.of_owner or each.of_source for each in found)
