"""A journey: two feeds watched for three days around a visit, and the deals that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from paraph.desk import DealQuery, DealRow, Desk
from paraph.model import Document, Signal, Stage
from paraph.reading import ENGINES
from paraph.settings import Settings
from watch.world import RSS_TYPE, START, Answer, World, rss, world

DAY = timedelta(days=1)

PREVIEW = """Norway and Chile are expected to sign an agreement on electric ferries during the visit of President Ana Ruiz to
Oslo on Wednesday, Transport Minister Kari Lund said. The ferries would run between the islands of the south from next year, and
the yard in Arica would build half of them.
The two sides could also agree on a loan for the port of Arica, officials said, though no decision has been made.
Norway and Chile have worked together on fjord research for twenty years, and their ministers meet every spring."""

REPRINT = PREVIEW + "\nWith material from our correspondents."

OUTCOME = """Norway and Chile signed an agreement on electric ferries in Oslo on Wednesday, Transport Minister Kari Lund said
after the talks with President Ana Ruiz. The first of the ferries will be delivered in spring, and the yard in Arica will build
half of them.
A loan for the port of Arica was not agreed, the minister said, because the terms were not ready."""

# Number, when it is published, title, words; by feed.
NEWS: dict[str, list[tuple[int, timedelta, str]]] = {
    "oslo.example": [(1, timedelta(hours=2), PREVIEW), (2, timedelta(days=2, hours=4), OUTCOME)],
    "arica.example": [(1, timedelta(hours=20), REPRINT)],
}


def page(host: str, number: int, words: str) -> Answer:
    body = "".join(f"<p>{line}</p>" for line in words.split("\n"))
    text = f"<html lang=en><head><title>Talks {number}</title></head><body><article>{body}</article></body></html>"
    return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode()


def serve(one: World) -> None:
    """Let each feed show what was published by the hour of the clock, without its words, and each page lie where it says."""
    for host, news in NEWS.items():

        def answer(headers: dict[str, str], host: str = host, news: list[tuple[int, timedelta, str]] = news) -> Answer:
            out = [(n, START + at) for n, at, _ in news if START + at <= one.clock()]
            tag = f'"{len(out)}"'
            if headers.get("if-none-match") == tag:
                return 304, {"ETag": tag}, b""
            return 200, RSS_TYPE | {"ETag": tag}, rss(out[::-1], title=f"The {host}", host=host, text="Talks in Oslo.")

        one.web.pages[f"{host}/rss.xml"] = answer
        for n, _, words in news:
            one.web.pages[f"{host}/{n}"] = page(host, n, words)
        one.add(f"http://{host}/rss.xml")


@pytest.fixture
def engine() -> object:
    extract = ENGINES["cues"](Settings())

    def found(document: Document) -> Sequence[Signal]:
        return extract(document, False)

    return found


def deal(desk: Desk, word: str) -> DealRow:
    """Return the one deal with a word in its title."""
    (found,) = [each for each in desk.deals(DealQuery()) if word in each.title.lower()]
    return found


def test_three_days_around_a_visit(tmp_path: Path, engine: object) -> None:
    with world(tmp_path, Settings(watch_every_minutes=120, watch_host_gap_seconds=1)) as one:
        serve(one)
        one.extract = engine  # type: ignore[assignment]
        # The first two days; then the machine sleeps for a while, and another process goes on.
        one.watch(once=False, until=START + DAY * 2)
        with one.open() as desk:
            ferries = deal(desk, "ferries")
            assert ferries.ahead
            assert set(ferries.parties) == {"NO", "CL"}
            kept = {kept.document.url: kept for kept in desk.documents()}
            assert kept["http://arica.example/1"].copy_of == kept["http://oslo.example/1"].document.id
            assert ferries.voices == 1  # the reprint is no second voice
        one.close()
        one.clock.time = START + DAY * 2 + timedelta(hours=12)
        one.watch(once=False, until=START + DAY * 3)
        with one.open() as desk:
            ferries = deal(desk, "ferries")
            assert (ferries.stage, ferries.ahead) == (Stage.SIGNED, False)
            days = [sighting.day for sighting in desk.deal(ferries.id).sightings]
            assert (days[0], days[-1]) == (START.date(), (START + DAY * 2).date())
            assert not deal(desk, "loan").ahead  # it was put off
        # Each page was asked for once, each feed every other hour while somebody watched, mostly to hear that nothing changed.
        assert sorted(a for a in one.web.addresses if not a.endswith(".xml")) == [
            "arica.example/1",
            "oslo.example/1",
            "oslo.example/2",
        ]
        asked = one.web.asked_for("oslo.example/rss.xml")
        assert 28 <= asked <= 32
        assert sum(told.what == "document" for told in one.told) == 3
        assert one.web.asked_for("oslo.example/robots.txt") == 3
        for feed in one.feeds().values():
            assert (feed.state, feed.gaps) == ("well", ())
