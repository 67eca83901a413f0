"""Every page but the review queue without script: all that it holds is there, and its forms work."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from browsing import Shop, addresses, browser, example_file, shop, tab
from paraph.desk import Action, DealQuery
from paraph.model import Outcome, Sector
from paraph.web.example import FOLLOW_UP, OCCASION
from websites import USER

__all__ = ["browser", "example_file", "shop"]

PAGES = {name: address for name, address in addresses().items() if name != "review"}


def words(text: str) -> str:
    return " ".join(text.split())


def test_pages_hold_without_script_what_they_hold_with_it(browser: Any, shop: Shop) -> None:
    """All that script adds to a page's text is the word PNG, and days in the reader's manner."""
    with tab(browser) as lively, tab(browser, java_script_enabled=False) as still:
        for name, address in PAGES.items():
            told = {}
            for page in (lively, still):
                page.goto(f"{shop.address}{address(shop.desk)}")
                told[page] = words(page.locator("main").inner_text())
            assert told[still].replace(", ", " ") == told[lively].replace(" PNG,", "").replace(", ", " "), name
            assert len(told[still]) > 40, name
            assert not [each for each in still.locator("a.png").all() if each.is_visible()], name


def test_a_signal_is_decided_corrected_undone_and_added(browser: Any, shop: Shop) -> None:
    key = next(kept.document.id for kept in shop.desk.documents() if kept.document.title.startswith("Cards, urea"))
    rows = shop.desk.signals_of(key)
    signal = next(row.sighting for row in rows if row.sighting.signal.anchor == "Settlement in roubles and rupees")
    with tab(browser, java_script_enabled=False) as page:
        page.goto(f"{shop.address}/documents/{quote(key)}")
        page.get_by_role("link", name="Settlement in roubles and rupees").first.click()
        page.get_by_role("button", name="Reject").click()
        assert "Rejected: it counts for nothing." in page.locator("#panel").inner_text()
        page.get_by_role("button", name="Undo: rejected").first.click()
        assert "Rejected: it counts for nothing." not in page.locator("#panel").inner_text()
        page.get_by_label("Sector").select_option("trade")
        page.get_by_role("button", name="Save corrections").click()
        assert shop.desk.signal(signal.id).sighting.signal.sector is Sector.TRADE

        page.locator(".para", has_text="quicker customs").locator(".adds a").first.click()
        page.get_by_label("Words", exact=True).fill("quicker customs")
        page.get_by_role("button", name="Take these words").click()
        page.get_by_label("Stage").select_option("idea")
        page.get_by_role("button", name="Add this signal").click()
        assert "added by a person" in page.locator("#panel").inner_text()
    mine = [review.action for review in shop.desk.reviews() if review.who == USER]
    assert mine == [Action.REJECT, Action.UNDO, Action.CORRECT, Action.ADD]


def test_a_view_is_saved_and_removed(browser: Any, shop: Shop) -> None:
    with tab(browser, java_script_enabled=False) as page:
        page.goto(f"{shop.address}/?sector=space")
        page.get_by_label("Save this view as").fill("Engines")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Engines", exact=True).click()
        assert "sector=space" in page.url
        page.get_by_role("button", name="Remove the view Engines").click()
        assert page.get_by_role("link", name="Engines", exact=True).count() == 0


def test_deals_are_merged_and_split_and_a_verdict_overruled(browser: Any, shop: Shop) -> None:
    s400 = shop.desk.deals(DealQuery(words="S-400", sort="sightings"))[0].id
    before = {each.id for each in shop.desk.deal(s400).sightings}
    with tab(browser, java_script_enabled=False) as page:
        page.goto(f"{shop.address}/deals/{s400}")
        page.get_by_role("button", name=re.compile("^Same deal: ")).first.click()
        merged = {each.id for each in shop.desk.deal(s400).sightings}
        assert merged > before
        page.get_by_role("button", name=re.compile("^Undo decision")).first.click()
        assert {each.id for each in shop.desk.deal(s400).sightings} == before

        box = page.locator("input[name=signals]").last
        off = box.get_attribute("value")
        box.check()
        page.get_by_role("button", name="Split them off").click()
        assert off not in {each.id for each in shop.desk.deal(s400).sightings}

        page.goto(f"{shop.address}/occasions/{quote(OCCASION.name)}?outcome=signed")
        article = page.get_by_role("region", name=re.compile("^Signed")).get_by_role("article").first
        deal = article.get_attribute("id").removeprefix("d-")
        article.get_by_text("Overrule").click()
        article.get_by_label("It brought").select_option("agreed")
        article.get_by_label("Why").fill("only announced")
        article.get_by_role("button", name="Decide").click()
    found = {each.deal: each for each in shop.desk.verdicts(OCCASION.name)}
    assert (found[deal].outcome, found[deal].by, found[deal].reason) == (Outcome.AGREED, USER, "only announced")


def test_lists_are_narrowed_and_searched(browser: Any, shop: Shop) -> None:
    with tab(browser, java_script_enabled=False, viewport={"width": 390, "height": 844}) as page:
        page.goto(f"{shop.address}/deals")
        page.get_by_role("searchbox", name="Search deals").fill("urea")
        page.get_by_role("searchbox", name="Search deals").press("Enter")
        assert "q=urea" in page.url
        assert page.locator("main .rows > li").count() >= 1
        page.goto(f"{shop.address}/documents")
        page.get_by_label("Kind").select_option("official")
        page.get_by_role("button", name="Show").click()
        assert page.locator("main .rows > li").count() == 3
        page.goto(f"{shop.address}/occasions")
        page.get_by_role("link", name=FOLLOW_UP).click()
        assert page.locator("h1").inner_text() == FOLLOW_UP


@pytest.mark.parametrize("address", ["/review"])
def test_the_review_says_what_it_lacks_without_script(browser: Any, shop: Shop, address: str) -> None:
    """It may need script; what can be decided with buttons is decided with them all the same."""
    start = len(list(shop.desk.reviews()))
    with tab(browser, java_script_enabled=False) as page:
        page.goto(f"{shop.address}{address}")
        page.get_by_role("button", name="Unsure").first.click()
        assert page.locator("h1").is_visible()
    assert [review.action for review in list(shop.desk.reviews())[start:]] == [Action.UNSURE]
