"""Documents in a real browser: words selected by mouse and keyboard, the same without script, and what axe finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from paraph.desk import Action, Desk, Review
from paraph.model import Document, Reading
from press import article, deliver, told
from samples import HOSTILE, REPORT, report, signal
from websites import live, made_app

CHROMIUM = shutil.which("chromium")
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking".split()

# Letters of more than one UTF-16 unit, combined ones, ones that are not shown, and a line that runs from right to left.
ODD = (
    "\U0001f600 \U0001f1f3\U0001f1f4 e\u0301 Norway\u202e and \x07Chile & <i>\U0001f6a2</i> will sign.\n"
    "\u05d4\u05e1\u05db\u05dd \U0001f41f Norway says the \U0001f41f salmon \U0001f41f feed\tcontract\u2066 is near.\n"
)

# Selects letters of the text, counted over its lines as code points, as a mouse would.
SELECT = """([start, end]) => {
  const range = document.createRange();
  const spot = (offset) => {
    for (const line of document.querySelectorAll('p[data-start]')) {
      let left = offset - Number(line.dataset.start);
      if (left < 0 || left > [...line.textContent].length) continue;
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const letters = [...node.data];
        if (left <= letters.length) return [node, letters.slice(0, left).join('').length];
        left -= letters.length;
      }
    }
  };
  range.setStart(...spot(start));
  range.setEnd(...spot(end));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here"),
    # One database is enough for what happens in a browser.
    pytest.mark.parametrize("place", ["sqlite"], indirect=True),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """A desk with a report, an odd text and a copy, in a browser's reach."""
    deliver(desk, report())
    anchor = "\U0001f41f salmon \U0001f41f feed"
    deliver(
        desk, Reading(Document(text=ODD, id="odd", title=HOSTILE, url="https://odd.example/1"), (signal(ODD, anchor),))
    )
    with live(made_app(desk)) as base:
        yield base


class Tab:
    """A tab that remembers what went wrong in it."""

    def __init__(self, browser: Any, **how: Any) -> None:
        self.page = browser.new_context(**how).new_page()
        self.page.set_default_timeout(15_000)
        self.heard: list[str] = []
        self.page.on("console", lambda message: self.heard.append(f"console {message.text}"))
        self.page.on("pageerror", lambda error: self.heard.append(f"error {error}"))
        self.page.on("dialog", lambda dialog: self.heard.append(f"dialog {dialog.message}"))

    def close(self) -> None:
        self.page.context.close()
        assert self.heard == []


@pytest.fixture
def tab(browser: Any) -> Iterator[Tab]:
    made = Tab(browser, viewport={"width": 1280, "height": 800})
    yield made
    made.close()


def chosen(page: Any) -> str:
    """Return the id of the signal beside the text."""
    return str(page.locator(".panel input[name=signal]").first.get_attribute("value"))


@pytest.mark.parametrize(
    "words", ["\U0001f1f3\U0001f1f4", "e\u0301 Norway", "\U0001f6a2", "and \x07Chile & <i>", "Norway says"]
)
def test_words_that_are_selected_become_a_signal(address: str, tab: Tab, desk: Desk, words: str) -> None:
    page = tab.page
    page.goto(f"{address}/documents/odd")
    start = ODD.index(words)
    page.evaluate(SELECT, [start, start + len(words)])
    page.get_by_role("button", name="Add a signal").click()
    page.locator("#add select[name=stage]").select_option("idea")
    page.get_by_role("button", name="Add this signal").click()
    page.wait_for_selector("#panel")
    added = [
        row.sighting.signal
        for row in desk.signals_of("odd")
        if row.sighting.signal.engine == "hand" and row.state == "accepted"
    ]
    assert [(each.start, each.end, each.anchor, each.stage) for each in added] == [
        (start, start + len(words), words, "idea")
    ]


def test_words_over_two_lines_and_over_a_signal_can_be_selected(address: str, tab: Tab, desk: Desk) -> None:
    page = tab.page
    page.goto(f"{address}/documents/odd")
    start, end = ODD.index("will sign"), ODD.index("says the")
    page.evaluate(SELECT, [start, end])
    page.keyboard.press("a")
    page.wait_for_selector("#add")
    assert page.locator("#add input[name=start]").get_attribute("value") == str(start)
    assert page.locator("#add input[name=end]").get_attribute("value") == str(end - 1)  # without the space behind it
    page.keyboard.press("Escape")
    page.wait_for_selector("#add", state="detached")
    assert page.url.endswith("/documents/odd?part=1")


def test_one_goes_by_keys_and_back(address: str, tab: Tab, desk: Desk) -> None:
    page = tab.page
    order = [row.sighting.id for row in desk.signals_of("report")]
    page.goto(f"{address}/documents/report")
    for id in order:
        page.keyboard.press("j")
        page.wait_for_url(f"**/documents/report?signal={id}#s-{id}")
        assert chosen(page) == id
        assert page.locator("mark.on").first.get_attribute("id") == f"s-{id}"
    page.keyboard.press("k")
    page.wait_for_url(f"**?signal={order[-2]}#s-{order[-2]}")
    page.go_back()
    page.wait_for_selector(f'.panel input[value="{order[-1]}"]', state="attached")
    # What is typed is not taken for a key.
    page.locator("#f-reason").press("k")
    assert page.locator("#f-reason").input_value() == "k"
    assert chosen(page) == order[-1]


def test_a_click_on_a_signal_shows_its_fields_and_a_form_corrects_it(address: str, tab: Tab, desk: Desk) -> None:
    page = tab.page
    page.goto(f"{address}/documents/report")
    page.locator("mark.sig a", has_text="agreement on electric ferries").click()
    page.locator("#f-stage").select_option("talks")
    page.locator("#f-reason").fill("only talks")
    page.get_by_role("button", name="Save corrections").click()
    page.wait_for_selector("text=the machine said: signed")
    assert [review.payload for review in desk.reviews()] == [{"field": "stage", "value": "talks"}]
    page.get_by_role("button", name="Undo: corrected").click()
    page.wait_for_selector("text=undone")
    page.get_by_role("button", name="Reject").click()
    page.wait_for_selector("text=Rejected: it counts for nothing")


def test_without_script_all_of_it_works(address: str, browser: Any, desk: Desk) -> None:
    tab = Tab(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = tab.page
    page.goto(f"{address}/documents")
    page.get_by_role("link", name="Norway and Chile weigh a ferry pact").click()
    page.locator("mark.sig a", has_text="Supply of salmon feed").click()
    page.locator("#f-certainty").select_option("probable")
    page.get_by_role("button", name="Save corrections").click()
    assert page.locator(".was").inner_text() == "the machine said: possible"
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("link", name="all signals").click()
    page.locator(".adds a").nth(5).click()
    assert page.locator(".panel").get_attribute("id") == "add"
    page.locator("#f-words").fill("seed  BANK")
    page.get_by_role("button", name="Take these words").click()
    page.locator("#add select[name=sector]").select_option("environment")
    page.get_by_role("button", name="Add this signal").click()
    # The seed bank is a signal of the report, so that is what is corrected.
    [added] = [row for row in desk.signals_of("report") if row.sighting.signal.sector == "environment" and row.proposed]
    start = REPORT.index("seed bank")
    assert added.sighting.signal.start <= start < added.sighting.signal.end
    assert added.state == "accepted"
    tab.close()


def test_a_source_runs_nothing(address: str, tab: Tab, desk: Desk) -> None:
    payloads = (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<svg/onload=alert(1)>",
        "javascript:alert(1)",
        "</p></div><iframe srcdoc='<script>parent.alert(1)</script>'>",
        "{{7*7}}{% raise %}",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    )
    text = "\n".join(payloads)
    made = tuple(replace(signal(text, words), source=words, source_type="official") for words in payloads)
    deliver(
        desk, Reading(Document(text=text, id="<b>", title=payloads[1], publisher=payloads[0], url=payloads[3]), made)
    )
    page = tab.page
    for row in desk.signals_of("<b>"):
        page.goto(f"{address}/signals/{row.sighting.id}")
        assert page.locator(".panel #f-source").input_value() == row.sighting.signal.source
    assert page.locator("main script, main img, main iframe, main svg[onload]").count() == 0
    assert "\n".join(page.locator("p[data-start]").all_text_contents()) == text
    for form in ("", "?version=1", ".txt", ".json"):
        page.goto(f"{address}/documents/%3Cb%3E{form}")
    # A page that is no HTML names no icon, so the browser asks for one by itself.
    tab.heard = [each for each in tab.heard if "404 (Not Found)" not in each]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(address: str, browser: Any, desk: Desk, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = {row.sighting.signal.anchor: row.sighting.id for row in desk.signals_of("report")}
    first, second, third = list(found.values())[:3]
    desk.decide(Review(Action.REJECT, "Ida", signal=first))
    desk.decide(Review(Action.CORRECT, "Ida", signal=second, payload={"field": "stage", "value": "talks"}, reason="so"))
    desk.decide(Review(Action.UNSURE, "Ida", signal=third))
    made = report()
    text = REPORT.replace("seed bank", "fish bank")
    document = replace(made.document, text=text, updated=None, notes=("a note",), title="x" * 300)
    desk.add(Reading(document, made.signals[:2]))
    copies = [article(f"c-{n}", f"Post {n}", None, told("seed"), told("radar"), words="same") for n in range(3)]
    deliver(desk, *copies)
    for width in (1280, 390):
        tab = Tab(browser, color_scheme=scheme, viewport={"width": width, "height": 844})
        for path in (  # every kind of page
            "/documents",
            "/documents?q=seed",
            "/documents?publisher=nobody",
            "/documents/report?show=all",
            f"/documents/report?signal={second}",
            f"/documents/report?signal={first}&show=all",
            "/documents/report?add=0-6",
            f"/documents/report?add=0-{len(text)}&words=nothing",
            "/documents/report?version=2",
            "/documents/odd",
            "/documents/c-1",
        ):
            tab.page.goto(address + path)
            sticks = tab.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert sticks <= 0, (path, width)
            results = Axe().run(tab.page)
            assert results.violations_count == 0, (path, width, results.generate_report())
        tab.close()
