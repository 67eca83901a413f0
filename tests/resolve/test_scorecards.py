"""Cards made from counts: what they say, who is ranked, and what must never change them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.model import Certainty, Instrument, Outcome, Sector, SourceType, Stage
from paraph.resolve.forecasts import IMPLIED, Forecast, Specificity
from paraph.resolve.scorecards import By, Cell, Tally, scorecards, tally_of, values_of
from paraph.resolve.statistics import effective, wilson
from paraph.settings import Settings

SETTINGS = Settings(score_min_n=3)


def forecast(n, came=True, **fields):
    return replace(
        Forecast(
            id=f"signal-{n}",
            occasion="Oslo visit",
            deal=f"deal-{n}",
            day=date(2025, 1, 1),
            lead=10,
            publisher="Post",
            source="ana ruiz",
            source_type=SourceType.OFFICIAL,
            stage=Stage.SIGNED,
            certainty=Certainty.PROBABLE,
            wording="expected to sign",
            sector=Sector.TRANSPORT,
            instrument=Instrument.COOPERATION,
            parties=("CL", "NO"),
            specificity=Specificity.NAMED,
            outcome=Outcome.SIGNED if came else Outcome.ABSENT,
            came=came,
        ),
        **fields,
    )


def cards_of(forecasts, by=By.PUBLISHER, **more):
    return scorecards(tally_of(forecasts, by), by, SETTINGS, **more)


def test_no_forecasts_make_no_cards():
    none = cards_of([])
    assert (none.whole, none.cards, none.values) == (None, (), 0)
    assert none.to_dict() == {"by": "publisher", "min_n": 3, "values": 0, "all": None, "cards": []}


def test_a_card_says_what_came_of_what_was_foretold():
    told = [forecast(n, came=n < 3, lead=10 + n) for n in range(4)]
    told[0] = replace(told[0], specificity=Specificity.TOPIC)
    (card,) = cards_of(told).cards
    assert (card.value, card.n, card.came, card.share) == ("Post", 4, 3, 0.75)
    assert card.interval == wilson(3, 4)
    assert card.worth == 4
    assert card.lead == 11.5
    assert card.named == 0.75
    assert card.brier == pytest.approx((3 * 0.25**2 + 0.75**2) / 4)
    assert card.rank == 1
    (bin_,) = card.bins
    assert (bin_.certainty, bin_.implied, bin_.n, bin_.came, bin_.share) == (Certainty.PROBABLE, 0.75, 4, 3, 0.75)
    assert bin_.interval == wilson(3, 4)


@pytest.mark.parametrize(
    ("by", "values"),
    [
        (By.PUBLISHER, ("Post",)),
        (By.SOURCE, ("ana ruiz",)),
        (By.SOURCE_TYPE, ("official",)),
        (By.CERTAINTY, ("probable",)),
        (By.WORDING, ("expected to sign",)),
        (By.STAGE, ("signed",)),
        (By.SPECIFICITY, ("named",)),
        (By.SECTOR, ("transport",)),
        (By.INSTRUMENT, ("cooperation",)),
        (By.PARTY, ("CL", "NO")),
    ],
)
def test_under_what_a_forecast_counts(by, values):
    assert values_of(forecast(0), by) == values
    assert [card.value for card in cards_of([forecast(0)], by).cards] == list(values)


def test_every_way_to_tell_forecasts_apart_is_tested_above():
    assert len(By) == 10


def test_by_source_the_first_of_each_speaker_counts_else_the_first_of_each_owner():
    told = [
        forecast(0),
        forecast(1, of_owner=False),
        forecast(2, of_source=False),
    ]
    assert cards_of(told, By.SOURCE).whole.n == 2
    assert cards_of(told, By.PUBLISHER).whole.n == 2
    assert {each.deal for each in told if each.of_source} == {"deal-0", "deal-1"}
    assert cards_of([forecast(0, of_owner=False)]).whole is None


@pytest.mark.parametrize(("n", "rank"), [(2, None), (3, 1)])
def test_there_is_no_rank_below_the_least_number(n, rank):
    (card,) = cards_of([forecast(k) for k in range(n)]).cards
    assert card.rank == rank
    assert (card.skill_interval is None) is (rank is None or card.skill is None)


def test_publishers_are_ranked_by_skill_and_words_by_what_is_to_be_expected():
    def six(first, publisher, certainty, wording, hits):
        kind = {"publisher": publisher, "certainty": certainty, "wording": wording}
        return [forecast(first + n, n < hits, **kind) for n in range(6)]

    bold = six(0, "Bold", Certainty.CERTAIN, "will", hits=5)
    wrong = six(10, "Wrong", Certainty.CERTAIN, "will", hits=1)
    timid = six(20, "Timid", Certainty.POSSIBLE, "could", hits=2)
    found = cards_of(bold + wrong + timid)
    assert [(card.value, card.rank) for card in found.cards] == [("Bold", 1), ("Timid", 2), ("Wrong", 3)]
    words = cards_of(bold + wrong + timid, By.WORDING)
    assert [card.value for card in words.cards] == ["will", "could"]


def test_unranked_cards_follow_with_the_largest_first_and_may_be_left_out():
    told = [forecast(n, publisher="Ranked") for n in range(3)]
    told += [forecast(10 + n, publisher="Two", came=False) for n in range(2)]
    told += [forecast(20, publisher="One", came=False), forecast(21, publisher="Hit"), forecast(22, publisher="Also")]
    assert [card.value for card in cards_of(told).cards] == ["Ranked", "Two", "Also", "Hit", "One"]
    some = cards_of(told, others=2)
    assert [card.value for card in some.cards] == ["Ranked", "Two", "Also"]
    assert some.values == 5


def test_the_base_rate_is_that_of_the_same_sectors():
    energy = [forecast(n, came=False, sector=Sector.ENERGY, publisher="Base") for n in range(200)]
    trade = [forecast(300 + n, sector=Sector.TRADE, publisher="Base") for n in range(200)]
    mixed = [
        forecast(600, sector=Sector.ENERGY, came=False),
        forecast(601, sector=Sector.TRADE),
        forecast(602, sector=Sector.TRADE),
    ]
    cards = {card.value: card for card in cards_of(energy + trade + mixed).cards}
    assert cards["Post"].base == pytest.approx(2 / 3, abs=0.01)
    assert cards["Base"].base == pytest.approx(0.5, abs=0.01)


def test_a_base_rate_is_worth_no_more_than_its_deals():
    """A sector whose many forecasts are all on one deal says little of the next deal in it."""
    crowd = [forecast(n, deal="deal", sector=Sector.ENERGY, publisher=f"Paper {n}") for n in range(50)]
    rest = [forecast(100 + n, came=False, sector=Sector.TRADE, publisher=f"Other {n}") for n in range(50)]
    cards = {card.value: card for card in cards_of(crowd + rest).cards}
    assert cards["Paper 0"].base < 0.8
    assert cards["Other 0"].base < 0.1
    apart = [replace(each, deal=each.id) for each in crowd]
    assert {card.value: card for card in cards_of(apart + rest).cards}["Paper 0"].base > 0.9


def test_always_saying_the_base_rate_has_no_skill_and_bold_hits_have():
    told = [forecast(n, came=n % 5 < 2, certainty=Certainty.POSSIBLE) for n in range(100)]
    assert IMPLIED[Certainty.POSSIBLE] == 0.4
    assert cards_of(told).cards[0].skill == pytest.approx(0, abs=1e-9)
    told += [forecast(200 + n, publisher="Bold", certainty=Certainty.CERTAIN) for n in range(5)]
    cards = {card.value: card for card in cards_of(told).cards}
    assert cards["Bold"].skill > 0.9
    assert cards["Post"].skill < 0.05


def test_where_all_came_there_is_no_skill_to_tell():
    found = cards_of([forecast(n) for n in range(4)])
    assert found.cards[0].skill is None
    assert found.cards[0].skill_interval is None
    assert found.cards[0].to_dict()["skill"] is None
    assert found.cards[0].to_dict()["skill_low"] is None


def test_many_papers_on_one_deal_are_one_case():
    crowd = [forecast(n, deal="deal", publisher=f"Paper {n}") for n in range(9)]
    (card,) = cards_of(crowd, By.WORDING).cards
    assert card.n == 9
    assert card.worth == pytest.approx(1)
    assert card.interval == wilson(1, 1)
    assert [each.worth for each in cards_of(crowd).cards] == [1] * 9
    apart = [replace(each, occasion=f"Visit {n}") for n, each in enumerate(crowd)]
    assert cards_of(apart, By.WORDING).cards[0].worth == 9
    assert cards_of([*crowd, forecast(20)], By.WORDING).cards[0].worth == pytest.approx(effective(10, 82))
    assert cards_of(crowd, By.WORDING).whole.worth == pytest.approx(1)


def test_few_cases_are_drawn_to_what_all_have_in_common():
    told = [forecast(n, came=n % 2 == 0, wording=f"w{n % 10}") for n in range(100)]
    told += [forecast(200, wording="rare")]
    cards = {card.value: card for card in cards_of(told, By.WORDING).cards}
    assert cards["rare"].share == 1
    assert 0.5 < cards["rare"].learned < 0.7
    whole = cards_of(told, By.WORDING).whole
    assert whole.learned == whole.share


def test_bins_go_from_what_promises_least_and_only_where_there_are_forecasts():
    told = [
        forecast(0, certainty=Certainty.CERTAIN),
        forecast(1, certainty=Certainty.POSSIBLE, came=False),
        forecast(2, certainty=Certainty.CERTAIN, came=False),
    ]
    whole = cards_of(told).whole
    assert [(bin_.certainty, bin_.came, bin_.n) for bin_ in whole.bins] == [
        (Certainty.POSSIBLE, 0, 1),
        (Certainty.CERTAIN, 1, 2),
    ]


def test_json_has_every_figure_rounded():
    card = cards_of([forecast(n, came=n < 2) for n in range(3)]).cards[0].to_dict()
    assert card["came_true"] == 2
    assert card["share"] == 0.6667
    assert card["effective_n"] == 3
    assert card["base_rate"] == 0.6667
    assert card["skill"] == pytest.approx(-0.0312, abs=1e-4)
    assert card["skill_low"] < card["skill"] < card["skill_high"]
    assert card["lead_days"] == 10
    assert card["calibration"] == [
        {
            "certainty": "probable",
            "implied": 0.75,
            "n": 3,
            "came_true": 2,
            "share": 0.6667,
            "low": 0.2077,
            "high": 0.9385,
        }
    ]


told = st.lists(
    st.builds(
        lambda n, came, publisher, certainty, sector, deal, owner: forecast(
            n, came, publisher=publisher, certainty=certainty, sector=sector, deal=deal, of_owner=owner
        ),
        st.integers(0, 999),
        st.booleans(),
        st.sampled_from("ABC"),
        st.sampled_from(list(Certainty)),
        st.sampled_from([Sector.TRADE, Sector.ENERGY]),
        st.sampled_from("xyz"),
        st.booleans(),
    ),
    max_size=20,
)


@given(told, st.sampled_from(list(By)), st.randoms(use_true_random=False))
def test_neither_the_order_of_forecasts_nor_of_cells_changes_a_card(forecasts, by, chance):
    tally = tally_of(forecasts, by)
    shuffled = list(forecasts)
    chance.shuffle(shuffled)
    assert tally_of(shuffled, by) == tally
    cells, totals = list(tally.cells), list(tally.totals)
    chance.shuffle(cells)
    chance.shuffle(totals)
    mixed = Tally(tuple(cells), tally.squares, tuple(totals), tally.squared)
    assert scorecards(mixed, by, SETTINGS) == scorecards(tally, by, SETTINGS)


@given(told, st.sampled_from(list(By)))
def test_no_count_is_without_its_denominator(forecasts, by):
    found = cards_of(forecasts, by)
    for card in found.cards:
        assert 0 <= card.came <= card.n
        assert 0 < card.worth <= card.n + 1e-9
        assert card.interval.low <= card.share <= card.interval.high
        assert sum(bin_.n for bin_ in card.bins) == card.n
        assert 0 <= card.brier <= 1
        assert 0 <= card.learned <= 1
    if by is not By.PARTY and found.whole:
        assert sum(card.n for card in found.cards) == found.whole.n


def test_cells_sum_up():
    cells = tally_of([forecast(0, lead=3), forecast(1, lead=5, specificity=Specificity.TOPIC)], By.PUBLISHER).cells
    assert cells == (Cell("Post", Sector.TRANSPORT, Certainty.PROBABLE, True, 2, 8, 1),)
