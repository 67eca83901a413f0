"""Ways to game a scorecard, each tried through the whole desk: what others have on their cards never changes by it.

Each attack says what of it is scored at all, and why that is right; "nothing" is the empty card.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from paraph.desk import Desk, Review
from paraph.desk.scoring import scores
from paraph.desk.values import Action
from paraph.model import Kind, Outcome
from paraph.resolve.scorecards import By, Card
from paraph.resolve.witnesses import witnesses
from press import DEALS, article, deliver, honest, settle, told

AFTER = date(2025, 4, 10)
HONEST = {"post.example", "courier.example", "mercury.example"}
HONEST_SPEAKERS = {"minister ana ruiz", "minister olav berg"}
RIGHT = ("ferries", "uranium")  # signed at the visit


def cards(desk: Desk, by: By) -> dict[str, Card]:
    return {card.value: card for card in scores(desk, by, today=AFTER).cards}


def counted(desk: Desk, by: By = By.PUBLISHER) -> dict[str, tuple[int, int, float, float]]:
    return {value: (card.came, card.n, card.lead, card.brier) for value, card in cards(desk, by).items()}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> dict[By, dict[str, tuple[int, int, float, float]]]:
    """What the cards are without any attack."""
    from paraph.desk import open_desk
    from paraph.settings import Settings

    with open_desk(tmp_path_factory.mktemp("desk") / "plain.db", settings=Settings()) as desk:
        deliver(desk, *honest())
        settle(desk)
        return {by: counted(desk, by) for by in By}


@pytest.fixture
def world(desk: Desk) -> Desk:
    """A desk with the honest papers, before the visit."""
    deliver(desk, *honest())
    return desk


def after(desk: Desk, untouched, scored: dict[str, tuple[int, int]]) -> None:
    """Settle, and hold that all cards are as they were but for those of the attack, which are as stated."""
    settle(desk)
    found = counted(desk)
    assert {value: found[value] for value in HONEST} == untouched[By.PUBLISHER]
    assert {value: row[:2] for value, row in found.items() if value not in HONEST} == scored
    speakers = counted(desk, By.SOURCE)
    assert {value: speakers[value] for value in HONEST_SPEAKERS} == untouched[By.SOURCE]
    if not scored:
        # What counts for nothing changes no card by any field.
        assert {by: counted(desk, by) for by in By} == untouched


def test_bulk_reprints(world: Desk, untouched) -> None:
    for n in range(12):
        day = date(2025, 3, 2) + timedelta(n % 10)
        deliver(world, article(f"reprint-{n}", f"Reprint {n}", day, *_of(honest()[0]), words="post-1"))
    after(world, untouched, {})


def _of(reading):
    """Return what an article of the honest papers tells, to be told in its very words."""
    names = {anchor: word for word, (anchor, _, _) in DEALS.items()}
    return [
        told(names[each.anchor], str(each.stage), str(each.certainty), each.ahead, each.source)
        for each in reading.signals
    ]


def test_backdated_pages(world: Desk, untouched) -> None:
    # Found by a feed after the visit, dated before it: it is of the day on which it was seen.
    page = article("oracle", "Oracle", date(2025, 3, 1), *map(told, RIGHT))
    deliver(world, page, seen=date(2025, 4, 1), arrival="watched")
    after(world, untouched, {})


def test_one_owner_with_many_sites(world: Desk, untouched) -> None:
    for n in range(6):
        deliver(world, article(f"chain-{n}", f"Chain {n}", date(2025, 3, 2), *map(told, RIGHT)))
        world.decide(Review(Action.OWN, "ann", payload={"publisher": f"Chain {n}", "owner": "Chain Holding"}))
    after(world, untouched, {"Chain Holding": (2, 2)})


def test_mirror_domains(world: Desk, untouched) -> None:
    for n, host in enumerate(("mirror.example", "www.mirror.example", "m.mirror.example", "amp.news.mirror.example")):
        deliver(world, article(f"mirror-{n}", f"Mirror {n}", date(2025, 3, 2), *map(told, RIGHT), site=host))
    after(world, untouched, {"mirror.example": (2, 2)})


def test_changing_the_publisher_s_name(world: Desk, untouched) -> None:
    for n, name in enumerate(("The Turncoat", "Coat Daily", "Coat Online", "Dagens Kappe")):
        deliver(world, article(f"coat-{n}", name, date(2025, 3, 2 + n), *map(told, RIGHT), site="coat.example"))
    after(world, untouched, {"coat.example": (2, 2)})


def test_updating_the_page_after_the_day(world: Desk, untouched) -> None:
    deliver(world, article("edited", "Editor", date(2025, 3, 3), told("satellite")))
    better = article(
        "edited", "Editor", date(2025, 3, 3), told("satellite"), *map(told, RIGHT), updated=date(2025, 3, 25)
    )
    deliver(world, better, seen=date(2025, 3, 25))
    # The first hint counts, and did not come; those put in after the visit are none.
    after(world, untouched, {"editor.example": (0, 1)})


def test_updating_the_page_after_the_day_and_not_saying_so(world: Desk, untouched) -> None:
    deliver(world, article("edited", "Editor", date(2025, 3, 3), told("satellite")), arrival="watched")
    better = article("edited", "Editor", date(2025, 3, 3), told("satellite"), *map(told, RIGHT))
    deliver(world, better, seen=date(2025, 3, 25), arrival="watched")
    after(world, untouched, {"editor.example": (0, 1)})


def test_deleting_wrong_hints(world: Desk, untouched) -> None:
    deliver(world, article("wiped", "Wiper", date(2025, 3, 3), told("ferries"), told("satellite"), told("salmon")))
    wiped = article("wiped", "Wiper", date(2025, 3, 3), told("ferries"), updated=date(2025, 3, 25))
    deliver(world, wiped, seen=date(2025, 3, 25))
    assert sum(each.vanished for each in world.sightings()) == 2
    after(world, untouched, {"wiper.example": (1, 3)})


def test_hedging_everything(world: Desk, untouched) -> None:
    deliver(world, article("hedge", "Hedger", date(2025, 3, 3), *(told(deal, certainty="possible") for deal in DEALS)))
    after(world, untouched, {"hedger.example": (3, 7)})
    found = cards(world, By.PUBLISHER)
    # It is counted, promises 40 % each time, and earns next to nothing for it: who is sure and right stands far above it.
    assert found["hedger.example"].skill < 0.1
    assert found["courier.example"].skill > found["hedger.example"].skill + 0.2


@pytest.mark.parametrize("known", ["by a paper of state", "by two papers", "by itself"])
def test_flooding_with_what_is_there_already(world: Desk, untouched, known: str) -> None:
    runs = told("seed", "in_force", "certain", ahead=False)
    if known == "by a paper of state":
        title = "Fact sheet: visit of the President of Chile"
        deliver(world, article("s", "Government", date(2025, 2, 1), runs, kind=Kind.OFFICIAL, title=title))
    elif known == "by two papers":
        deliver(
            world, article("a", "Gazette", date(2025, 2, 1), runs), article("b", "Chronicle", date(2025, 2, 2), runs)
        )
    else:
        deliver(world, article("a", "Flooder", date(2025, 2, 1), runs))
    for n in range(10):
        deliver(world, article(f"flood-{n}", "Flooder", date(2025, 2, 10 + n), told("seed", "in_force", "certain")))
        deliver(world, article(f"more-{n}", "Flooder", date(2025, 2, 10 + n), told("seed", "signed", "certain")))
    after(world, untouched, {})


def test_duplicate_feeds(world: Desk, untouched) -> None:
    first = article("feed", "Feeder", date(2025, 3, 3), *map(told, RIGHT))
    for n in range(6):
        deliver(world, first, arrival="watched")
        again = article(f"feed-{n}", "Feeder", date(2025, 3, 3), *map(told, RIGHT), words="feed")
        deliver(world, again, arrival="watched")
    after(world, untouched, {"feeder.example": (2, 2)})


def test_the_same_text_with_another_byline(world: Desk, untouched) -> None:
    for n in range(5):
        stolen = article(
            f"byline-{n}",
            f"Byline {n}",
            date(2025, 3, 4),
            *_of(honest()[2]),
            words="courier-1",
            title=f"By our reporter {n}",
        )
        deliver(world, stolen)
    after(world, untouched, {})


def test_near_copies(world: Desk, untouched) -> None:
    # As a translation back and forth leaves it: one word in ten is another.
    for n in range(5):
        near = article(f"near-{n}", f"Near {n}", date(2025, 3, 4), *_of(honest()[2]), words="courier-1", swap=0.1)
        deliver(world, near)
    after(world, untouched, {})


def test_splitting_one_hint_into_many(world: Desk, untouched) -> None:
    deliver(world, article("split", "Splitter", date(2025, 3, 3), *[told("ferries")] * 9))
    after(world, untouched, {"splitter.example": (1, 1)})


def test_many_sources_invented_within_a_text(world: Desk, untouched) -> None:
    invented = [told("ferries", source=f"Minister {name} Inventado") for name in "Bo Cy Di Ed Fy Gus Hal Ike".split()]
    deliver(world, article("invented", "Inventor", date(2025, 3, 4), *invented))
    after(world, untouched, {"inventor.example": (1, 1)})
    mine = [each for each in world.sightings() if each.document == "invented"]
    assert len(mine) == 8
    assert witnesses(mine).independent == 1


def test_reposting_the_own_correct_hint(world: Desk, untouched) -> None:
    for day in range(2, 18, 2):
        deliver(world, article(f"again-{day}", "Reposter", date(2025, 3, day), told("ferries")))
    after(world, untouched, {"reposter.example": (1, 1)})


def test_correcting_a_wrong_hint_on_the_eve(world: Desk, untouched) -> None:
    deliver(world, article("first", "Weathercock", date(2025, 3, 2), told("satellite", certainty="certain")))
    deliver(world, article("then", "Weathercock", date(2025, 3, 19), told("satellite", "ended")))
    # The first that was said is what counts.
    after(world, untouched, {"weathercock.example": (0, 1)})


def test_publishing_after_the_event_with_ahead_wording(world: Desk, untouched) -> None:
    for n, day in enumerate((21, 22, 29)):
        deliver(world, article(f"late-{n}", f"Latecomer {n}", date(2025, 3, day), *map(told, RIGHT)))
    after(world, untouched, {})


def test_dating_a_page_into_the_future_and_back(world: Desk, untouched) -> None:
    page = article("future", "Future", date(2025, 12, 1), *map(told, RIGHT))
    deliver(world, page, seen=date(2025, 3, 23), arrival="watched")
    earlier = article("future", "Future", date(2025, 3, 1), *map(told, RIGHT))
    deliver(world, earlier, seen=date(2025, 3, 24), arrival="watched")
    after(world, untouched, {})


def test_voiding_a_rival_s_hint_by_saying_that_it_is_done(world: Desk, untouched) -> None:
    # One paper alone does not make known what nobody else knows.
    deliver(
        world,
        article("spoiler", "Spoiler", date(2025, 2, 20), *(told(deal, "signed", "certain", False) for deal in RIGHT)),
    )
    after(world, untouched, {})


def test_foretelling_both(world: Desk, untouched) -> None:
    both = [told("satellite", "ended"), told("satellite"), told("ferries", "ended"), told("ferries")]
    deliver(world, article("both", "Bothways", date(2025, 3, 3), *both))
    after(world, untouched, {"bothways.example": (1, 2)})


ATTACKS: list[Callable[..., None]] = [
    each for name, each in sorted(globals().items()) if name.startswith("test_") and callable(each)
]


def test_there_are_at_least_fifteen_ways() -> None:
    assert len(ATTACKS) >= 15


def test_all_together_and_in_any_order_others_keep_their_cards(world: Desk, untouched) -> None:
    """Everything at once, late pages first: the honest papers' cards are as they were."""
    readings = [
        article("oracle", "Oracle", date(2025, 3, 1), *map(told, RIGHT)),
        *(
            article(f"reprint-{n}", f"Reprint {n}", date(2025, 3, 5), *_of(honest()[0]), words="post-1")
            for n in range(5)
        ),
        article("hedge", "Hedger", date(2025, 3, 3), *(told(deal, certainty="possible") for deal in DEALS)),
        article("split", "Splitter", date(2025, 3, 3), *[told("ferries")] * 5),
    ]
    for reading in reversed(readings):
        deliver(
            world, reading, seen=date(2025, 4, 1), arrival="watched" if reading.document.id == "oracle" else "added"
        )
    settle(world)
    found = counted(world)
    assert {value: found[value] for value in HONEST} == untouched[By.PUBLISHER]
    assert {value for value in found if value not in HONEST} == {"hedger.example", "splitter.example"}
    settle(world, dict.fromkeys(DEALS, Outcome.ABSENT))
    assert counted(world)["hedger.example"][:2] == (0, 7)
