"""Forecasts at the desk: worked out when scores are asked for, and counted as the pure functions count them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from paraph.desk import Desk, Review, open_desk
from paraph.desk.schema import signals
from paraph.desk.scoring import catch_up, forecasts_at, read_tally, renew, scores
from paraph.desk.values import Action
from paraph.errors import DeskError
from paraph.model import Occasion, Outcome, Verdict
from paraph.resolve.forecasts import Specificity
from paraph.resolve.scorecards import By, scorecards, tally_of
from paraph.settings import Settings
from press import BROUGHT, VISIT, article, deliver, honest, settle, shuffled, told

AFTER = date(2025, 4, 1)
LATER = Occasion("Santiago visit", ("NO", "CL"), date(2025, 4, 20), date(2025, 4, 20))


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A desk with what three papers foretold of a visit, settled."""
    deliver(desk, *honest())
    settle(desk)
    return desk


def counts(desk: Desk, by: By = By.PUBLISHER, today: date = AFTER) -> dict[str, tuple[int, int]]:
    return {card.value: (card.came, card.n) for card in scores(desk, by, today=today).cards}


def all_counts(desk: Desk, today: date = AFTER) -> dict[By, dict[str, tuple[int, int]]]:
    return {by: counts(desk, by, today) for by in By}


def the_counts_are_those_of_the_forecasts(desk: Desk) -> None:
    found = [each for occasion in desk.occasions() for each in forecasts_at(desk, occasion)]
    for by in By:
        with desk.look() as connection:
            kept = read_tally(connection, by)
        counted = tally_of(found, by)
        assert scorecards(kept, by, desk.settings) == scorecards(counted, by, desk.settings), by
        assert set(kept.cells) == set(counted.cells)
        assert kept.squares == counted.squares
        assert kept.squared == counted.squared


def test_what_was_foretold_is_counted_by_everything(full: Desk) -> None:
    assert counts(full) == {"courier.example": (3, 4), "mercury.example": (1, 4), "post.example": (2, 5)}
    assert counts(full, By.SOURCE) == {"minister ana ruiz": (1, 1), "minister olav berg": (1, 2)}
    assert counts(full, By.CERTAINTY) == {"certain": (1, 1), "probable": (5, 10), "possible": (0, 2)}
    assert counts(full, By.WORDING) == {
        "will sign": (1, 1),
        "expected to sign": (4, 9),
        "could sign": (0, 2),
        "unlikely to sign": (1, 1),
    }
    assert counts(full, By.SECTOR)["transport"] == (3, 3)
    assert counts(full, By.PARTY) == {"CL": (6, 13), "NO": (6, 13)}
    assert counts(full, By.SOURCE_TYPE) == {"outlet": (3, 9), "official": (3, 4)}
    the_counts_are_those_of_the_forecasts(full)


def test_a_forecast_has_its_wording_and_specificity_from_the_desk(full: Desk) -> None:
    scores(full, By.PUBLISHER, today=AFTER)
    found = {(each.publisher, each.sector): each for each in forecasts_at(full, VISIT)}
    ferries = found["courier.example", "transport"]
    assert (ferries.wording, ferries.specificity) == ("will sign", Specificity.NAMED)  # Chiloe is a name
    assert (ferries.lead, ferries.day, ferries.occasion) == (19, date(2025, 3, 2), VISIT.name)
    assert found["post.example", "agriculture"].specificity is Specificity.TOPIC


def test_traits_that_an_older_linking_wrote_leave_a_forecast_its_subject(full: Desk) -> None:
    with full.begin() as connection:
        connection.execute(update(signals).values(traits="[]"))
    scores(full, By.PUBLISHER, today=AFTER)
    assert {each.specificity for each in forecasts_at(full, VISIT)} == {Specificity.TOPIC}


def test_nothing_counts_before_the_day_is_past(full: Desk) -> None:
    assert counts(full, today=VISIT.last) == {}
    assert scores(full, By.PUBLISHER, today=VISIT.last).whole is None
    assert len(counts(full, today=date(2025, 3, 22))) == 3


def test_today_is_the_desk_s_own_clock_where_it_is_not_given(full: Desk, clock) -> None:
    assert scores(full, By.PUBLISHER).whole is None
    clock.go(days=30)
    assert scores(full, By.PUBLISHER).whole.n == 13
    renew(full)
    assert scores(full, By.PUBLISHER).whole.n == 13


def test_scores_of_one_occasion_alone(full: Desk) -> None:
    assert counts(full) == {
        card.value: (card.came, card.n) for card in scores(full, By.PUBLISHER, occasion=VISIT.name, today=AFTER).cards
    }
    full.add_occasion(LATER)
    assert scores(full, By.PUBLISHER, occasion=LATER.name, today=AFTER).whole is None
    with pytest.raises(DeskError, match="Lima"):
        scores(full, By.PUBLISHER, occasion="Lima", today=AFTER)


def test_what_is_settled_is_worked_out_once(full: Desk) -> None:
    assert catch_up(full, today=AFTER) == 1
    assert catch_up(full, today=AFTER) == 0


def test_an_occasion_without_verdicts_has_no_forecasts(desk: Desk) -> None:
    deliver(desk, *honest())
    desk.add_occasion(VISIT)
    assert catch_up(desk, today=AFTER) == 0
    assert counts(desk) == {}


def test_settled_anew_with_other_verdicts_the_counts_follow(full: Desk) -> None:
    before = all_counts(full)
    settle(full, BROUGHT | {"salmon": Outcome.SIGNED})
    assert counts(full)["post.example"] == (3, 5)
    assert counts(full)["courier.example"] == (2, 4)
    the_counts_are_those_of_the_forecasts(full)
    settle(full)
    assert all_counts(full) == before


def test_a_person_s_verdict_counts_and_taking_it_back_too(full: Desk) -> None:
    before = all_counts(full)
    deal = settle(full)["salmon"]
    number = full.decide(
        Review(
            Action.OVERRULE, "ann", signal=deal, payload={"occasion": VISIT.name, "outcome": "signed"}, reason="seen"
        )
    )
    assert counts(full)["post.example"] == (3, 5)
    the_counts_are_those_of_the_forecasts(full)
    full.decide(Review(Action.UNDO, "ann", undoes=number))
    assert all_counts(full) == before


def test_a_signal_that_a_person_rejects_is_no_forecast(full: Desk) -> None:
    assert counts(full)["post.example"] == (2, 5)
    (salmon,) = [each for each in full.sightings() if each.document == "post-1" and "salmon" in each.signal.anchor]
    number = full.decide(Review(Action.REJECT, "ann", signal=salmon.id))
    assert counts(full)["post.example"] == (2, 4)
    full.decide(Review(Action.UNDO, "ann", undoes=number))
    assert counts(full)["post.example"] == (2, 5)
    the_counts_are_those_of_the_forecasts(full)


def test_a_late_report_of_an_early_day_counts_once_its_occasion_is_settled(full: Desk) -> None:
    assert "tribune.example" not in counts(full)
    deliver(full, article("tribune-1", "Tribune", date(2025, 3, 4), told("ferries")))
    assert counts(full)["tribune.example"] == (1, 1)
    the_counts_are_those_of_the_forecasts(full)


def test_another_occasion_takes_over_what_is_due_there(full: Desk) -> None:
    assert sum(n for _, n in counts(full).values()) == 13
    early = Occasion("Bergen talks", ("NO", "CL"), date(2025, 3, 4), date(2025, 3, 5))
    full.add_occasion(early)
    # What was foretold before the talks was due at the talks, of which nothing is known.
    assert counts(full) == {"courier.example": (2, 2), "mercury.example": (0, 2), "post.example": (0, 2)}
    the_counts_are_those_of_the_forecasts(full)
    full.remove_occasion(early.name)
    assert sum(n for _, n in counts(full).values()) == 13
    the_counts_are_those_of_the_forecasts(full)


def test_an_occasion_that_was_moved_loses_its_forecasts_until_it_is_settled(full: Desk) -> None:
    assert counts(full)
    full.add_occasion(replace(VISIT, first=date(2025, 5, 1), last=date(2025, 5, 2)))
    assert counts(full) == {}
    the_counts_are_those_of_the_forecasts(full)


def test_an_occasion_that_is_removed_takes_its_forecasts_along(full: Desk) -> None:
    assert counts(full)
    full.decide(Review(Action.OWN, "ann", payload={"publisher": "Post", "owner": "Owner"}))  # not worked out anew yet
    full.remove_occasion(VISIT.name)
    assert counts(full) == {}
    the_counts_are_those_of_the_forecasts(full)


def test_forecasts_of_several_occasions_add_up(full: Desk) -> None:
    first = counts(full)
    deliver(full, article("post-9", "Post", date(2025, 4, 2), told("salmon"), told("desalination")))
    settle(full, BROUGHT | {"salmon": Outcome.SIGNED}, LATER)
    late = date(2025, 5, 1)
    assert counts(full, today=AFTER) == first
    assert counts(full, today=late)["post.example"] == (first["post.example"][0] + 1, first["post.example"][1] + 2)
    the_counts_are_those_of_the_forecasts(full)


def test_made_anew_the_counts_are_the_same(full: Desk) -> None:
    before = {by: scores(full, by, today=AFTER) for by in By}
    renew(full, today=AFTER)
    assert {by: scores(full, by, today=AFTER) for by in By} == before


def test_what_came_unannounced_was_foretold_by_nobody(full: Desk) -> None:
    verdicts = [replace(each, announced=False) for each in full.verdicts(VISIT.name)]
    full.settle(VISIT, verdicts)
    assert counts(full) == {}


def test_a_verdict_on_a_deal_that_is_gone_is_left_aside(full: Desk) -> None:
    full.settle(VISIT, [*full.verdicts(VISIT.name), Verdict("0123456789ab", Outcome.SIGNED, 0.5)])
    assert sum(n for _, n in counts(full).values()) == 13


def test_names_with_any_letters_are_kept_and_counted(desk: Desk) -> None:
    odd = article("odd", "Post", date(2025, 3, 1), told("ferries", source="Nul\x00 \ud800 Ruiz"))
    deliver(desk, odd)
    settle(desk)
    assert list(counts(desk, By.SOURCE)) == ["nul\x00 \ud800 ruiz"]
    renew(desk, today=AFTER)
    assert list(counts(desk, By.SOURCE)) == ["nul\x00 \ud800 ruiz"]


def test_a_past_occasion_without_a_single_forecast_is_not_looked_at_again(desk: Desk) -> None:
    deliver(desk, article("late", "Post", date(2025, 3, 25), told("ferries")))
    settle(desk)
    assert catch_up(desk, today=AFTER) == 1
    assert catch_up(desk, today=AFTER) == 0
    assert scores(desk, By.PUBLISHER, today=AFTER).whole is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_arrival_changes_no_score(tmp_path, seed: int) -> None:
    def delivered(name: str, readings):
        now = datetime(2025, 3, 5, 12, tzinfo=UTC)
        with open_desk(tmp_path / name, settings=Settings(), now=lambda: now) as desk:
            deliver(desk, *readings)
            settle(desk)
            return all_counts(desk)

    assert delivered("mixed.db", shuffled(honest() * 2, seed)) == delivered("plain.db", honest())
