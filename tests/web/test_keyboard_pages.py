"""Every page of the example desk by keyboard alone: the skip link, an order that makes sense, a focus that is seen, no trap."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import NOW, Shop, addresses, browser, example_file, opened, shop, tab

__all__ = ["browser", "example_file", "shop"]

PAGES = addresses()


@pytest.fixture(scope="module")
def seen(browser: Any, example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    path = tmp_path_factory.mktemp("seen") / "desk.db"
    with opened(Path(shutil.copy(example_file, path)), lambda: NOW) as made:
        yield made


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    with tab(browser) as made:
        yield made


# What can be focused now, in the order of the document: in that order Tab goes where nothing asks for another one. A group of
# radio buttons is one stop, and what cannot be seen is none.
_STOPS = """
() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter((each) =>
  each.tabIndex >= 0 && !each.disabled && each.type !== 'hidden' && each.checkVisibility({ visibilityProperty: true })
  && each.getClientRects().length && !each.closest('[inert]')
  && !(each.localName === 'summary' && each.parentElement.querySelector('summary') !== each))
"""
_COUNT = f"({_STOPS})().length"
# Presses Tab are counted by the page itself: where the focus went, and whether it could be seen there.
_LISTEN = f"""
() => {{
  const stops = ({_STOPS})();
  window.went = [];
  document.addEventListener('focusin', (event) => {{
    const at = getComputedStyle(event.target);
    const outlined = at.outlineStyle !== 'none' && parseFloat(at.outlineWidth) >= 1;
    const box = event.target.getBoundingClientRect();
    window.went.push({{
      n: stops.indexOf(event.target),
      seen: outlined && box.width > 0 && box.height > 0,
      told: event.target.outerHTML.slice(0, 100),
    }});
  }});
  return stops.length;
}}
"""


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_everything_in_order_and_is_seen(page: Any, seen: Shop, name: str) -> None:
    page.goto(f"{seen.address}{PAGES[name](seen.desk)}")
    page.evaluate("document.activeElement.blur()")
    stops = page.evaluate(_LISTEN)
    assert stops >= 12
    for _ in range(stops):
        page.keyboard.press("Tab")
    went = page.evaluate("window.went")
    unseen = [each["told"] for each in went if not each["seen"]]
    assert unseen == []
    # A date is several stops to the keyboard and one element here.
    order = list(dict.fromkeys(each["n"] for each in went))
    assert order == sorted(order), [went[n]["told"] for n in range(1, len(order)) if order[n] < order[n - 1]][:3]
    assert order == list(range(len(order))), "some were passed over"
    assert "Skip to the page" in went[0]["told"]
    dates = page.locator("input[type=date]").count()
    assert len(order) >= stops - 4 * dates, "the focus was kept in a part of the page"


def test_the_skip_link_leads_past_the_head(page: Any, seen: Shop) -> None:
    page.goto(f"{seen.address}/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("each => each === document.activeElement")
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def focus_on(page: Any, where: Any, most: int = 200) -> None:
    """Press Tab until something has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if where.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"{where} was not reached")


def test_what_is_folded_opens_with_enter(page: Any, seen: Shop) -> None:
    page.goto(f"{seen.address}/deals")
    fold = page.locator("details.facet:not([open]) > summary").first
    facet = fold.locator("xpath=..")
    handle = facet.element_handle()
    fold.focus()
    page.keyboard.press("Enter")
    assert handle.evaluate("each => each.open")
    page.keyboard.press("Tab")
    assert handle.evaluate("each => each.contains(document.activeElement)")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/deals\?\w"))
    assert page.get_by_role("list", name="Filters in use").is_visible()


def test_forms_are_sent_with_enter(browser: Any, shop: Shop) -> None:
    """A view is saved and removed, a feed followed, a signal corrected: with Tab, letters and Enter alone."""
    with tab(browser) as page:
        page.goto(f"{shop.address}/?sector=space")
        focus_on(page, page.get_by_label("Save this view as"))
        page.keyboard.type("Engines")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Engines", exact=True).wait_for()
        focus_on(page, page.get_by_role("button", name="Remove the view Engines"))
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Engines", exact=True).wait_for(state="detached")

        page.goto(f"{shop.address}/feeds")
        focus_on(page, page.get_by_label("Follow the feed at"))
        page.keyboard.type("https://gazette.example.org/rss")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="gazette.example.org").wait_for()

        page.goto(f"{shop.address}{PAGES['document'](shop.desk)}")
        focus_on(page, page.get_by_label("Sector"))
        page.keyboard.type("Trade")
        focus_on(page, page.get_by_role("button", name="Save corrections"))
        page.keyboard.press("Enter")
        page.get_by_text("the machine said:").first.wait_for()
    assert "trade" in {review.payload.get("value") for review in shop.desk.reviews()}


def test_a_dialog_of_the_review_gives_the_focus_back(page: Any, seen: Shop) -> None:
    page.goto(f"{seen.address}/review")
    page.wait_for_selector("html.js #now article")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    assert dialog.evaluate("each => each.contains(document.activeElement) || each === document.activeElement")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement !== document.body")
