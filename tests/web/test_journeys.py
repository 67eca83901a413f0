"""A day with the desk in a real browser: the evening before a summit, the day after, and what one does between."""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest

from browsing import Shop, before, browser, example_file, shop, tab
from paraph.desk import Action, DealQuery
from paraph.model import Outcome, Sector
from paraph.web.example import FOLLOW_UP, OCCASION
from websites import USER

__all__ = ["before", "browser", "example_file", "shop"]


def soon(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something is true that another thread brings about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def titled(shop: Shop, title: str) -> str:
    """Return the key of the report whose title begins so."""
    return next(kept.document.id for kept in shop.desk.documents() if (kept.document.title or "").startswith(title))


def test_the_evening_before(browser: Any, before: Shop) -> None:
    """Board, occasion, what is on the table, a deal, its quotations, a view saved, and its feed."""
    with tab(browser) as page:
        page.goto(before.address)
        coming = page.get_by_role("region", name="Occasions")
        assert "1 day" in coming.inner_text()
        coming.get_by_role("link", name=OCCASION.name).click()
        assert page.locator("h1").inner_text() == OCCASION.name
        assert re.search(r"\b1 day\b", page.locator(".big-count").inner_text())
        table = page.get_by_role("region", name=re.compile("^On the table"))
        assert table.get_by_role("article").count() >= 5
        lead = table.get_by_role("article").get_by_role("heading").get_by_role("link").first
        title = lead.inner_text()
        lead.click()
        assert page.locator("h1").inner_text() == title
        deal = before.desk.deal(page.url.rsplit("/", 1)[1])
        told = page.locator("main").inner_text()
        for each in deal.sightings:
            assert " ".join(each.signal.anchor.split()) in " ".join(told.split())
            assert each.publisher is None or each.publisher in told

        page.get_by_role("link", name="Board").click()
        page.locator(".heat").get_by_role("link", name="Nuclear", exact=True).click()
        narrowed = page.url
        if "/deals" in narrowed:  # a row leads to its deals: the board is narrowed by its filters
            page.go_back()
            page.get_by_role("complementary", name="Filters").get_by_role("link", name="Nuclear", exact=True).click()
            narrowed = page.url
        assert "sector=nuclear" in narrowed
        page.get_by_label("Save this view as").fill("Reactors")
        page.get_by_role("button", name="Save").click()
        page.goto(before.address)
        page.get_by_role("link", name="Reactors", exact=True).click()
        assert page.url == narrowed

        answer = page.request.get(f"{before.address}/deals.atom?sector=nuclear")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        feed = feedparser.parse(answer.body())
        assert not feed.bozo
        assert len(feed.entries) >= 5
        assert len({each.id for each in feed.entries}) == len(feed.entries)
        assert all(each.title and each.updated and each.link.startswith("http") for each in feed.entries)


def test_the_day_after(browser: Any, shop: Shop) -> None:
    """What came, what came unannounced, the evidence in its document; and a verdict that is wrong is overruled."""
    sure = shop.desk.settings.brief_confidence
    counts = shop.desk.outcome_counts(OCCASION.name, min_confidence=sure).outcomes
    announced = sum(n for (_, told), n in counts.items() if told)
    with tab(browser) as page:
        page.goto(shop.address)
        page.get_by_role("region", name="Occasions").get_by_role("link", name=OCCASION.name).click()
        told = " ".join(page.locator(".standfirst").inner_text().split())
        assert f"of {announced} deals that were on the table came" in told
        new = page.get_by_role("region", name=re.compile("^Unannounced"))
        assert new.get_by_role("article").count() > 0
        signed = page.get_by_role("region", name=re.compile("^Signed"))
        article = signed.get_by_role("article", name=re.compile("urea plant"))
        evidence = article.locator(".side-after cite a").first
        id = evidence.get_attribute("href").rsplit("/", 1)[1]
        words = article.locator(".side-after .anchor").first.inner_text()
        evidence.click()
        assert page.locator("mark.on").first.inner_text().startswith(words.split()[0])
        assert shop.desk.signal(id).sighting.document in page.url
        page.go_back()

        wrong = signed.get_by_role("article").nth(1)
        deal = wrong.get_attribute("id").removeprefix("d-")
        assert shop.desk.deal(deal).title in wrong.inner_text()
        wrong.get_by_text("Overrule").click()
        wrong.get_by_label("It brought").select_option("agreed")
        wrong.get_by_label("Why").fill("only announced")
        wrong.get_by_role("button", name="Decide").click()
        page.wait_for_url(re.compile("/occasions/"))
        now = page.locator(f"#d-{deal}")
        assert "only announced" in now.inner_text()
        assert f"by {USER}" in now.inner_text()
        assert "the machine said signed" in now.inner_text()
    found = {each.deal: each for each in shop.desk.verdicts(OCCASION.name)}
    assert (found[deal].outcome, found[deal].by) == (Outcome.AGREED, USER)


def test_a_review_with_keys_alone(browser: Any, shop: Shop) -> None:
    start = len(list(shop.desk.reviews()))

    def decided() -> list[Action]:
        return [review.action for review in list(shop.desk.reviews())[start:]]

    with tab(browser) as page:
        page.goto(f"{shop.address}/review?kind=signal")
        page.wait_for_selector("html.js #now article")
        for n, (key, action) in enumerate(
            [("a", Action.ACCEPT), ("x", Action.REJECT), ("u", Action.UNSURE), ("a", Action.ACCEPT)], 1
        ):
            page.keyboard.press(key)
            soon(lambda n=n: len(decided()) == n)
            assert decided()[-1] is action
        page.keyboard.press("z")
        soon(lambda: len(decided()) == 5)
        assert decided()[-1] is Action.UNDO
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog").is_visible()
        # A field is corrected: "e" asks for the sector, a digit chooses it.
        page.keyboard.press("e")
        page.keyboard.press("3")
        soon(lambda: Action.CORRECT in decided())
    corrected = next(review for review in shop.desk.reviews() if review.action is Action.CORRECT and review.who == USER)
    assert corrected.payload["field"] == "sector"


def test_a_wrong_signal_is_corrected_and_a_missed_one_selected(browser: Any, shop: Shop) -> None:
    key = titled(shop, "Four deals that did not come")
    wrong = next(row.sighting for row in shop.desk.signals_of(key) if row.sighting.signal.anchor == "Mir")
    assert wrong.signal.sector is not Sector.FINANCE
    with tab(browser) as page:
        page.goto(f"{shop.address}/documents/{quote(key)}?show=all&signal={wrong.id}")
        page.get_by_label("Sector").select_option("finance")
        page.get_by_role("button", name="Save corrections").click()
        page.wait_for_url(re.compile("signal="))
        assert "the machine said: " in page.locator("#panel").inner_text()
        assert shop.desk.signal(wrong.id).sighting.signal.sector is Sector.FINANCE

        key, missed = titled(shop, "Cards, urea, welders"), "quicker customs"
        text = shop.desk.document(key).document.text
        at = text.index(missed)
        known = {row.sighting.id for row in shop.desk.signals_of(key)}
        page.goto(f"{shop.address}/documents/{quote(key)}")
        # As a hand on a mouse does: pressed where the words begin, let go where they end.
        ends = page.evaluate(_PLACES, [at, at + len(missed)])
        page.mouse.move(*ends[0])
        page.mouse.down()
        page.mouse.move(*ends[1], steps=6)
        page.mouse.up()
        page.get_by_role("button", name="Add a signal", exact=True).click()
        page.get_by_role("heading", name="Add a signal").wait_for()
        assert page.get_by_label("Words", exact=True).input_value() == missed
        page.get_by_label("Stage").select_option("idea")
        page.get_by_label("Sector").select_option("defence")
        page.get_by_role("button", name="Add this signal").click()
        page.wait_for_url(re.compile("at="))
        assert "added by a person" in page.locator("#panel").inner_text()
    added = [row.sighting for row in shop.desk.signals_of(key) if row.sighting.id not in known]
    assert [text[each.signal.start : each.signal.end] for each in added] == [missed]


# Where two offsets of the text stand on the screen.
_PLACES = """
async ([start, end]) => {
  const lines = [...document.querySelectorAll("p[data-start]")];
  const line = lines.filter((each) => Number(each.dataset.start) <= start).at(-1);
  line.scrollIntoView({ block: "center" });
  await new Promise((done) => requestAnimationFrame(done));
  const at = (offset, last) => {
    const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    let left = offset - Number(line.dataset.start);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (left < node.length || (last && left === node.length)) {
        const range = document.createRange();
        range.setStart(node, last ? left - 1 : left);
        range.setEnd(node, last ? left : left + 1);
        const box = range.getBoundingClientRect();
        return [last ? box.right : box.left, box.top + box.height / 2];
      }
      left -= node.length;
    }
  };
  return [at(start, false), at(end, true)];
}
"""


def test_a_deal_is_found_by_its_words(browser: Any, shop: Shop) -> None:
    with tab(browser) as page:
        page.goto(f"{shop.address}/about")
        page.keyboard.press("/")
        page.keyboard.type("urea plant")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/deals\?"))
        found = page.locator("main .rows > li")
        assert found.count() == shop.desk.count(DealQuery(words="urea plant", min_confidence=0.35)) >= 1
        assert {mark.lower() for mark in found.first.locator("mark").all_inner_texts()} <= {
            "urea",
            "plant",
            "urea plant",
        }
        title = found.first.locator(".title")
        name = title.inner_text()
        title.click()
        assert page.locator("h1").inner_text() == name


def test_an_outlet_is_followed_to_its_record(browser: Any, shop: Shop) -> None:
    """From a signal to its deal, from there to who published it, and to every forecast of theirs."""
    key = titled(shop, "Cards, urea, welders")
    signal = next(
        row.sighting for row in shop.desk.signals_of(key) if row.sighting.signal.anchor == "Labour mobility agreement"
    )
    with tab(browser) as page:
        page.goto(f"{shop.address}/signals/{signal.id}")
        page.get_by_role("link", name="its deal").first.click()
        published = page.get_by_role("region", name="Who published it")
        assert published.get_by_role("link", name="Example Business Post").is_visible()
        published.get_by_role("link", name="Their record").click()
        page.get_by_role("link", name="business.example").click()
        page.wait_for_url(re.compile("/scores/record"))
        told = " ".join(page.locator("main").inner_text().split())
        assert re.search(r"\b\d+ of \d+ forecasts?\b", told), told[:600]
        assert re.search(r"95 % interval", told)
        assert page.locator("main table tbody tr").count() > 5


@pytest.mark.parametrize("form", ["SVG", "PNG"])
def test_a_picture_is_saved(browser: Any, shop: Shop, form: str) -> None:
    deal = shop.desk.deals(DealQuery(words="S-400", sort="sightings"))[0]
    with tab(browser) as page:
        page.goto(f"{shop.address}/deals/{deal.id}")
        with page.expect_download() as waiting:
            page.get_by_role("link", name=form, exact=True).first.click()
        data = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename.endswith(f".{form.lower()}")
    if form == "SVG":
        root = ElementTree.fromstring(data)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "ended" in "".join(root.itertext())
    else:
        assert data.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", data[16:24])
        assert width > 600
        assert height > 300
        assert len(data) > 5_000  # and not an empty sheet


def printed(shop: Shop) -> dict[str, str]:
    deal = shop.desk.deals(DealQuery(words="S-400", sort="sightings"))[0]
    return {
        "/": "What is on the table",
        f"/deals/{deal.id}": deal.title,
        "/deals": "Deals",
        f"/occasions/{quote(OCCASION.name)}": OCCASION.name,
        f"/occasions/{quote(FOLLOW_UP)}": FOLLOW_UP,
        "/scores": "Who was right",
        f"/documents/{quote(titled(shop, 'Cards, urea'))}": "Cards, urea, welders",
        "/review/log": "Decisions",
    }


def test_pages_print_whole_and_without_controls(browser: Any, shop: Shop) -> None:
    """On the width of A4 nothing is cut off, and nothing is printed that can only be clicked."""
    with tab(browser, viewport={"width": 718, "height": 1000}) as page:
        for address, title in printed(shop).items():
            page.goto(f"{shop.address}{address}")
            page.emulate_media(media="print")
            assert title in page.locator("h1").inner_text(), address
            for control in ("header nav", ".find", "form.filters", "aside"):
                assert not any(each.is_visible() for each in page.locator(control).all()), (address, control)
            cut = page.evaluate(
                "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth"
                " && getComputedStyle(e).overflowX !== 'visible' && !e.closest('.sr, .unseen'))"
                ".map(e => e.outerHTML.slice(0, 120))"
            )
            assert cut == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= 718, address
            page.emulate_media(media="screen")


def test_the_follow_up_counts_down_to_its_day(browser: Any, shop: Shop) -> None:
    ahead = shop.desk.occasion(FOLLOW_UP)
    days = (ahead.first - date(2025, 12, 9)).days
    with tab(browser) as page:
        page.goto(f"{shop.address}/occasions")
        page.get_by_role("link", name=FOLLOW_UP).click()
        assert f"{days} days" in page.locator(".big-count").inner_text()
        calendar = page.request.get(f"{shop.address}/occasions.ics").text()
    assert calendar.startswith("BEGIN:VCALENDAR\r\n")
    assert f"DTSTART;VALUE=DATE:{ahead.first:%Y%m%d}" in calendar
    assert "example" in calendar
