"""A session of the review in a real browser: keys, the log that it leaves, failures on the way, and the gold made of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from desks import Clock
from paraph.cli import main
from paraph.desk import Desk, open_desk
from paraph.model import Document, Reading
from paraph.settings import Settings
from samples import signal
from websites import live, made_app

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium")

NAMES = "ferries helicopters satellites vaccines railways uranium lithium salmon bridges radar ports turbines".split()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=rights)
        yield opened
        opened.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A desk with a dozen signals to be asked about, the surest last."""
    made = tmp_path / "desk.db"
    with open_desk(made, settings=Settings(second_look_share=0), now=Clock()) as desk:
        for n, name in enumerate(NAMES):
            text = (
                f"Number {n} of the week: they may well sign the pact on {name} before long, Ana Ruiz said in Oslo.\n"
            )
            found = signal(
                text,
                f"pact on {name}",
                "signed",
                ahead=True,
                confidence=0.5 + 0.02 * n,
                source="Ana Ruiz",
                sector="trade",
            )
            desk.add(Reading(Document(text=text, id=name, title=name, published=date(2025, 3, 3)), (found,)))
    return made


@pytest.fixture
def served(path: Path) -> Iterator[tuple[FastAPI, Desk]]:
    with open_desk(path, settings=Settings(second_look_share=0), now=Clock()) as desk:
        yield made_app(desk), desk


class Reviewer:
    """Somebody at the keyboard."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_selector("html.js #now article, html.js #now .empty")

    @property
    def words(self) -> str:
        """The anchor that is asked about; empty where nothing is."""
        found = self.page.locator("#now article")
        return (found.get_attribute("data-told") or "") if found.count() else ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def answer(self, *keys: str) -> str:
        """Press keys that answer the question, wait for the next, and return what was asked."""
        was = self.words
        self.press(*keys)
        self.page.wait_for_selector(f'#now article:not([data-told="{was}"]), #now .empty')
        return was

    def settled(self) -> None:
        """Wait until all is written."""
        self.page.wait_for_selector('#review[data-waiting="0"]')

    def said(self) -> str:
        return str(self.page.locator("#said").inner_text())


@pytest.fixture
def at(browser: Any, served: tuple[FastAPI, Desk]) -> Iterator[Reviewer]:
    """Somebody at the keyboard before the first question."""
    with live(served[0]) as address:
        context = browser.new_context(base_url=address)
        reviewer = Reviewer(context.new_page())
        reviewer.open("/review?kind=signal")
        yield reviewer
        context.close()
        assert reviewer.errors == []


def rows(desk: Desk) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the log: what was decided, about which words, and with what."""
    return [
        (
            str(each.action),
            each.target.selector.exact if each.target else "",
            {name: value for name, value in each.payload.items() if name in ("field", "value")},
        )
        for each in desk.reviews()
    ]


def test_a_session_by_keys_stands_in_the_log_and_in_the_gold(
    at: Reviewer, served: tuple[FastAPI, Desk], path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = at.answer("a")
    rejected = at.answer("x")
    unsure = at.answer("u")
    staged = at.answer("s", "2")
    ahead = at.answer("h")
    sector = at.answer("e", "4")
    form = at.answer("i", "1")
    same = at.answer("i", "0")  # what the machine proposes
    outlet = at.answer("t", "1")
    again = at.answer("x")
    at.press("z")
    at.page.wait_for_selector(f'#now article[data-told="{again}"]')
    at.answer("c", "3")
    passed = at.answer("j")
    at.press("k")
    assert at.words == passed
    at.settled()
    desk = served[1]
    assert [each for each in rows(desk) if each[0] != "undo" and each != ("reject", again, {})] == [
        ("accept", accepted, {}),
        ("reject", rejected, {}),
        ("unsure", unsure, {}),
        ("correct", staged, {"field": "stage", "value": "talks"}),
        ("correct", ahead, {"field": "ahead", "value": False}),
        ("correct", sector, {"field": "sector", "value": "energy"}),
        ("correct", form, {"field": "instrument", "value": "transfer"}),
        ("accept", same, {}),
        ("correct", outlet, {"field": "source_type", "value": "outlet"}),
        ("correct", outlet, {"field": "source", "value": None}),
        ("correct", again, {"field": "certainty", "value": "possible"}),
    ]
    assert "how sure → possible" in at.page.locator("#last").inner_text()
    assert main(["review", "list", "--desk", str(path)]) == 0
    told = capsys.readouterr().out
    assert f"“{accepted}”" in told
    assert "token" not in told
    out = tmp_path / "gold"
    assert main(["export", "--desk", str(path), "--format", "gold", "--out", str(out)]) == 0
    gold = {}
    for file in sorted(out.rglob("*.json")):
        page = json.loads(file.read_text("utf-8"))
        for found in page["signals"]:
            gold[page["text"][found["start"] : found["end"]]] = found
    assert rejected not in gold
    assert gold[accepted]["stage"] == "signed"
    assert gold[staged]["stage"] == "talks"
    assert gold[ahead]["ahead"] is False
    assert gold[sector]["sector"] == "energy"
    assert (gold[outlet]["source_type"], gold[outlet]["source"]) == ("outlet", None)
    assert gold[again]["certainty"] == "possible"


def test_the_next_question_is_there_before_the_answer_is_written(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    at.page.context.set_offline(True)
    asked = [at.answer("a"), at.answer("x")]
    at.page.wait_for_selector("#banner:not([hidden])")
    assert "not written yet" in at.page.locator("#banner").inner_text()
    assert at.page.locator("#waiting li").count() == 2
    assert rows(served[1]) == []
    at.page.context.set_offline(False)
    at.settled()
    at.page.wait_for_selector("#banner", state="hidden")
    assert rows(served[1]) == [("accept", asked[0], {}), ("reject", asked[1], {})]


def test_what_was_not_sent_yet_is_taken_back_without_a_trace(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    at.page.context.set_offline(True)
    first = at.answer("a")
    second = at.answer("x")
    at.press("z")
    assert at.words == second
    at.page.context.set_offline(False)
    at.settled()
    assert rows(served[1]) == [("accept", first, {})]


def test_an_answer_whose_answer_was_lost_is_not_written_twice(browser: Any, served: tuple[FastAPI, Desk]) -> None:
    app, desk = served
    lost = []

    @app.middleware("http")
    async def lose(request: Request, go_on: Any) -> Any:
        answer = await go_on(request)
        if request.url.path == "/review/decide" and len(lost) < 1:
            lost.append(answer.status_code)
            return JSONResponse({"error": {"message": "the desk is busy"}}, 503)
        return answer

    with live(app) as address:
        at = Reviewer(browser.new_page())
        at.open(f"{address}/review?kind=signal")
        asked = [at.answer("x"), at.answer("a")]
        at.settled()
        at.page.close()
    assert lost == [200]
    assert rows(desk) == [("reject", asked[0], {}), ("accept", asked[1], {})]


def test_what_waits_survives_that_the_page_is_loaded_again(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    at.page.on("dialog", lambda dialog: dialog.accept())
    at.page.route("**/review/decide", lambda route: route.abort())
    asked = [at.answer("a"), at.answer("u")]
    at.page.unroute("**/review/decide")
    at.page.route("**/review/decide", lambda route: route.abort())
    at.page.reload()
    at.page.wait_for_selector("html.js #now article")
    assert at.words not in asked
    assert at.page.locator("#waiting li").count() == 2
    at.page.unroute("**/review/decide")
    at.settled()
    assert rows(served[1]) == [("accept", asked[0], {}), ("unsure", asked[1], {})]


def test_a_refused_answer_is_told_and_can_be_asked_again(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    body = json.dumps({"error": {"status": 409, "message": "somebody merged these two"}})
    at.page.route(
        "**/review/decide", lambda route: route.fulfill(status=409, body=body, content_type="application/json")
    )
    asked = at.answer("a")
    at.page.wait_for_selector("#failed li")
    assert "somebody merged these two" in at.page.locator("#failed").inner_text()
    at.page.unroute("**/review/decide")
    at.page.get_by_role("button", name="Ask again").click()
    assert at.words == asked
    assert at.page.locator("#failed li").count() == 0
    at.answer("x")
    at.settled()
    assert rows(served[1]) == [("reject", asked, {})]


def test_a_session_that_ended_holds_what_waits_until_one_is_signed_in(
    at: Reviewer, served: tuple[FastAPI, Desk]
) -> None:
    body = json.dumps({"error": {"status": 401, "message": "sign in first"}})
    at.page.route(
        "**/review/decide", lambda route: route.fulfill(status=401, body=body, content_type="application/json")
    )
    asked = [at.answer("a"), at.answer("a")]
    at.page.wait_for_selector("#banner a")
    assert "sign in first" in at.page.locator("#banner").inner_text()
    assert at.page.locator("#waiting li").count() == 2
    at.page.unroute("**/review/decide")
    at.page.get_by_role("button", name="Try again").click()
    at.settled()
    assert rows(served[1]) == [("accept", each, {}) for each in asked]


def test_a_decision_is_changed_and_undone_from_the_last_ten(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    first, second = at.answer("a"), at.answer("x")
    at.settled()
    at.page.wait_for_function("() => document.querySelectorAll('#last li').length === 2")
    rows_ = at.page.locator("#last li")
    rows_.nth(1).get_by_text("change").click()
    assert at.words == first
    assert "You decided: accepted" in at.page.locator("#now .decided").inner_text()
    at.answer("u")
    at.settled()
    at.page.wait_for_function("() => document.querySelectorAll('#last li').length === 3")
    at.page.locator("#last li").nth(1).get_by_role("button").click()
    at.page.wait_for_selector(f'#now article[data-told="{second}"]')
    at.settled()
    at.page.wait_for_function("() => document.querySelectorAll('#last li.taken-back').length === 2")
    assert [each[:2] for each in rows(served[1])] == [
        ("accept", first),
        ("reject", second),
        ("undo", first),
        ("unsure", first),
        ("undo", second),
    ]


def test_undo_after_the_page_was_loaded_again_takes_back_the_last_decision(
    at: Reviewer, served: tuple[FastAPI, Desk]
) -> None:
    asked = at.answer("x")
    at.settled()
    at.page.reload()
    at.page.wait_for_selector("html.js #now article")
    at.press("z")
    at.page.wait_for_selector(f'#now article[data-told="{asked}"]')
    at.settled()
    at.page.wait_for_selector("#last li.taken-back")
    assert [each[0] for each in rows(served[1])] == ["reject", "undo"]


def test_a_key_is_given_to_another_action_and_taken_back(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    at.press("?")
    assert at.page.locator("#help").evaluate("(help) => help.open")
    at.page.get_by_role("button", name=re.compile("^Key for: accept")).click()
    at.press("x")
    assert "is taken" in at.page.locator("#help-error").inner_text()
    at.press("1")
    assert "Digits choose" in at.page.locator("#help-error").inner_text()
    at.press("/")
    assert "has its meaning already" in at.page.locator("#help-error").inner_text()
    at.press("F5")
    assert "the browser's" in at.page.locator("#help-error").inner_text()
    at.press("g")
    at.page.get_by_role("button", name="Close").click()
    assert at.page.locator('#now [data-act="accept"] kbd').inner_text() == "g"
    was = at.words
    at.press("a")
    assert at.words == was
    at.answer("g")
    at.page.reload()
    at.page.wait_for_selector("html.js #now article")
    at.answer("g")
    at.press("?")
    at.page.get_by_role("button", name="Keys as shipped").click()
    at.press("Escape")
    at.answer("a")
    at.settled()
    assert [each[0] for each in rows(served[1])] == ["accept"] * 3


def test_keys_of_the_browser_and_of_boxes_decide_nothing(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    was = at.words
    for key in ("Control+a", "Alt+x", "Meta+u", "Shift+A", "F2", "Tab", "q", "9"):
        at.press(key)
    at.press("/")
    at.page.keyboard.type("aaxu")
    assert at.page.locator(".find input").input_value() == "aaxu"
    at.press("Escape")
    at.press("s", "q", "Escape")
    assert at.page.locator(".choice:not([hidden])").count() == 0
    at.page.keyboard.down("j")
    at.page.keyboard.down("j")
    at.page.keyboard.up("j")
    at.press("k")
    assert at.words == was
    assert rows(served[1]) == []


def test_what_is_decided_and_what_comes_is_announced_and_focus_stays(at: Reviewer) -> None:
    at.page.locator('#now [data-act="accept"]').focus()
    was = at.answer("Enter")
    assert at.said().startswith("accepted. Next: Is this a signal, and are its fields right? ")
    assert at.words in at.said()
    assert at.words != was
    assert at.page.evaluate("() => document.activeElement.dataset.act") == "accept"
    at.press("s")
    assert at.said().startswith("Stage: choose. 1 idea, 2 talks")
    assert at.page.evaluate("() => document.activeElement.closest('.choice') !== null")


def test_parties_and_sources_are_typed_where_they_are_not_offered(at: Reviewer, served: tuple[FastAPI, Desk]) -> None:
    at.press("p", "0")
    at.page.keyboard.type("Norway, PE")
    first = at.answer("Enter")
    at.press("w", "0")
    at.page.keyboard.type("Olav Berg")
    second = at.answer("Enter")
    at.press("f")
    at.page.locator(".several select[name=sector]").select_option("energy")
    at.page.locator(".several select[name=stage]").select_option("agreed")
    third = at.words
    at.page.get_by_role("button", name="Correct these").click()
    at.settled()
    assert rows(served[1]) == [
        ("correct", first, {"field": "parties", "value": ["NO", "PE"]}),
        ("correct", second, {"field": "source", "value": "Olav Berg"}),
        ("correct", third, {"field": "stage", "value": "agreed"}),
        ("correct", third, {"field": "sector", "value": "energy"}),
    ]


def test_a_kind_of_source_that_has_a_name_asks_for_it(browser: Any, tmp_path: Path) -> None:
    text = "They may well sign the pact on bells before long.\n"
    with open_desk(tmp_path / "one.db", settings=Settings(), now=Clock()) as desk:
        found = replace(signal(text, "pact on bells", "signed"), confidence=0.5)
        desk.add(Reading(Document(text=text, id="bells", published=date(2025, 3, 3)), (found,)))
        with live(made_app(desk)) as address:
            at = Reviewer(browser.new_page())
            at.open(f"{address}/review")
            at.press("t", "2")
            assert "Who is it (official)?" in at.page.locator(".choice:not([hidden])").inner_text()
            at.press("0")
            at.page.keyboard.type("Olav Berg")
            at.answer("Enter")
            at.settled()
            assert "Nothing is left to ask" in at.page.locator("#now").inner_text()
            at.page.close()
        assert rows(desk) == [
            ("correct", "pact on bells", {"field": "source_type", "value": "official"}),
            ("correct", "pact on bells", {"field": "source", "value": "Olav Berg"}),
        ]


def test_without_script_the_same_is_done_by_forms(browser: Any, served: tuple[FastAPI, Desk]) -> None:
    with live(served[0]) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/review?kind=signal")
        assert not page.locator("kbd:visible").count() or not page.locator(".js:visible").count()
        words = []
        for name in ("Accept", "Reject"):
            words.append(page.locator("#now mark").inner_text())
            page.get_by_role("button", name=re.compile(f"{name}$")).click()
        page.locator(".several summary").click()
        words.append(page.locator("#now mark").inner_text())
        page.locator("select[name=stage]").select_option("talks")
        page.get_by_role("button", name="Correct these").click()
        page.locator("#last").get_by_role("button", name=re.compile("Undo decision 2")).click()
        page.locator("#now").get_by_text("Next").click()
        assert page.locator("#now mark").count() == 1
        context.close()
    assert rows(served[1]) == [
        ("accept", words[0], {}),
        ("reject", words[1], {}),
        ("correct", words[2], {"field": "stage", "value": "talks"}),
        ("undo", words[1], {}),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(browser: Any, served: tuple[FastAPI, Desk], scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    with live(served[0]) as address:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        at = Reviewer(context.new_page())
        at.open(f"{address}/review")
        at.answer("a")
        at.answer("x")
        at.press("s")
        found = axe.Axe().run(at.page)
        assert found.violations_count == 0, found.generate_report()
        for path in ("/review/log", "/review/agreement"):
            at.page.goto(address + path)
            found = axe.Axe().run(at.page)
            assert found.violations_count == 0, found.generate_report()
        assert at.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        context.close()
