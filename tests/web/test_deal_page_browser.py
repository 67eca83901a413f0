"""The page of a deal in a real browser: nothing for axe to find, without script, by keyboard, and no script of others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from desks import Clock
from paraph.desk import Action, DealQuery, Desk, Review, open_desk
from paraph.model import Outcome, Verdict
from paraph.settings import Settings
from press import VISIT, article, deliver, honest, settle, told
from websites import live, made_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PAYLOADS = (
    "<script>hit()</script>",
    "</title></select></textarea><img src=x onerror=hit()>",
    "\"' autofocus onfocus=hit() x=",
    "javascript:hit()",
    "]]><svg onload=hit()>",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; `make test` installs it where it may (root and apt-get)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def own(empty_file: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with the visit's press, judged, and a few decisions."""
    shutil.copy(empty_file, tmp_path / "desk.db")
    clock = Clock()
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(tmp_path / "desk.db", settings=Settings(), now=clock))
        deliver(desk, *honest())
        for n in range(2):
            again = article("wire", "Post", date(2025, 3, 4), told("ferries"), words="the same")
            named = replace(
                again.document, id=f"wire-{n}", publisher=f"Reprint {n}", url=f"https://reprint-{n}.example/a"
            )
            deliver(desk, replace(again, document=named))
        deliver(
            desk,
            article(
                "denial", "Gazette", date(2025, 3, 8), told("ferries", "ended", ahead=True, source="Minister Ana Ruiz")
            ),
            article("odd", "Gazette", date(2025, 3, 9), told("ferries", "talks", "possible", ahead=False)),
        )
        clock.go(days=30)
        ids = settle(desk)
        desk.settle(VISIT, [Verdict(id, Outcome.SIGNED, 0.8, desk.deal(id).sightings[-1]) for id in ids.values()])
        desk.decide(Review(Action.OVERRULE, "Ida", signal=ids["ferries"], payload=_REFUSED, reason="It was denied."))
        desk.decide(Review(Action.NOTE, "Ida", signal=ids["ferries"], reason="Ask the port."))
        desk.decide(Review(Action.ACCEPT, "Ida", signal=ids["ferries"]))
        yield desk


_REFUSED = {"occasion": VISIT.name, "outcome": "refused"}


def ferries(desk: Desk) -> str:
    return next(row.id for row in desk.deals(DealQuery(sort="sightings")) if "ferries" in row.title)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Any, own: Desk, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with live(made_app(own)) as address:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        heard: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto(f"{address}/deals/{ferries(own)}?find=radar")
        for box in page.query_selector_all("main details"):
            box.evaluate("each => { each.open = true }")
        found = Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        small = page.evaluate(
            "[...document.querySelectorAll('main button:not(.plain), main .choose')]"
            ".map(e => [e.outerHTML, e.getBoundingClientRect()])"
            ".filter(([_, r]) => r.width && (r.height < 24 || r.width < 24)).map(([told]) => told)"
        )
        headings = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(e => +e.tagName[1])")
        page.close()
    assert found.violations_count == 0, found.generate_report()
    assert wide <= width
    assert small == []
    assert headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert heard == []


def test_a_deal_is_split_merged_and_overruled_without_script(browser: Any, own: Desk) -> None:
    id = ferries(own)
    before = own.deal(id)
    with live(made_app(own)) as address:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{address}/deals/{id}")
        box = page.locator("input[name=signals]").nth(1)
        off = box.get_attribute("value")
        box.check()
        page.get_by_label("Why").and_(page.locator("#split input")).fill("other ferries")
        page.get_by_role("button", name="Split them off").click()
        assert off not in {each.id for each in own.deal(id).sightings}
        page.locator(f'form[action="/deals/{id}/merge"]').first.get_by_role("button").click()
        assert own.deal(id).sightings == before.sightings
        page.goto(f"{address}/deals/{id}")
        page.get_by_text("Decide anew").first.click()
        page.locator("select[name=outcome]").first.select_option("absent")
        page.locator("#verdicts input[name=reason]").first.fill("nothing came")
        page.get_by_role("button", name="Decide").first.click()
        assert "absent by Ida" in " ".join(page.locator("#verdicts .brought").first.inner_text().split())
        page.get_by_role("button", name="Take the overruling back").click()
        page.get_by_role("button", name="Take the overruling back").click()
        assert "signed" in page.locator("#verdicts .brought").first.inner_text()
        page.context.close()


def test_the_page_is_worked_by_keyboard_alone(browser: Any, own: Desk) -> None:
    id = ferries(own)
    with live(made_app(own)) as address:
        page = browser.new_page()
        page.goto(f"{address}/deals/{id}")
        reached: list[str] = []
        for _ in range(150):
            page.keyboard.press("Tab")
            told_as = page.evaluate(
                "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
                " return [e.tagName, e.name || e.textContent.trim().slice(0, 40), s.outlineStyle !== 'none'] })()"
            )
            reached.append(told_as[1])
            assert told_as[2] or told_as[0] == "BODY", told_as
            if told_as[1] == "Keep it":
                break
        for name in ("Decide anew", "signals", "Find", "Split them off", "Keep it"):
            assert any(name in each for each in reached), (name, reached)
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("By keyboard.")
        page.keyboard.press("Enter")
        page.wait_for_url("**/deals/**#decisions")
        assert page.get_by_text("By keyboard.").count() == 1
        page.close()


def test_no_script_of_others_runs(browser: Any, own: Desk) -> None:
    for n, payload in enumerate(PAYLOADS):
        made = article(f"evil-{n}", f"Paper {payload}", date(2025, 3, 10), told("seed", source=f"Minister {payload}"))
        deliver(own, replace(made, document=replace(made.document, title=payload, url=None)))
    (row,) = [each for each in own.deals(DealQuery()) if "seed" in each.title]
    own.decide(Review(Action.NOTE, f"Ida {PAYLOADS[1]}", signal=row.id, reason=PAYLOADS[0]))
    own.decide(Review(Action.OVERRULE, "Ida", signal=row.id, payload=_REFUSED, reason=PAYLOADS[2]))
    with live(made_app(own)) as address:
        page = browser.new_page()
        heard: list[str] = []
        page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1 }")
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("console", lambda message: heard.append(message.text))
        page.on("request", lambda request: request.url.startswith(address) or heard.append(request.url))
        page.goto(f"{address}/deals/{row.id}?find=%3Cscript%3Ehit()%3C/script%3E")
        assert page.evaluate("window.hits") == 0
        assert "<script>hit()</script>" in page.locator("main").inner_text()
        page.close()
    assert heard == []
