"""The same five hundred payloads in a real browser: nothing runs, nothing asks, nothing is asked for elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from attack_texts import PAYLOADS
from payload_desk import fill
from walking import fillers, ways

from desks import Clock
from paraph.desk import open_desk
from paraph.settings import Settings
from websites import SESSION, live, made_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# Every payload that runs calls it. It cannot be taken away, and counts in whatever frame it is called.
TRAP = """
window.__ran = [];
for (const name of ["ran", "alert", "confirm", "prompt", "print", "open"])
  Object.defineProperty(window, name, { value: (...given) => { window.__ran.push([name, String(given)]); } });
for (const name of ["securitypolicyviolation", "error", "unhandledrejection"])
  addEventListener(name, (e) => window.__ran.push([name, e.violatedDirective ?? e.message ?? String(e.reason)]), true);
"""
# What a page came to be: elements with attributes that only a payload would have, and where links lead.
LOOK = """() => {
  const bad = [];
  for (const element of document.querySelectorAll("*")) {
    if (["IFRAME", "OBJECT", "EMBED", "BASE", "STYLE", "MARQUEE", "FRAME", "AUDIO", "VIDEO"].includes(element.tagName))
      bad.push(element.outerHTML.slice(0, 200));
    for (const { name, value } of element.attributes)
      if (/^on|^style$|^srcdoc$|^autofocus$|^http-equiv$|["'<]/i.test(name)) bad.push(name + "=" + value.slice(0, 200));
  }
  for (const link of document.links)
    if (!["http:", "https:"].includes(link.protocol)) bad.push(link.outerHTML.slice(0, 200));
  for (const script of document.scripts)
    if (script.text || new URL(script.src).origin !== location.origin) bad.push(script.outerHTML.slice(0, 200));
  return { bad, ran: window.__ran, elements: document.querySelectorAll("*").length, base: document.baseURI };
}"""
# Pages that show many at once; the rest are found by walking over the routes.
LISTS = (
    "/deals?limit=500",
    "/documents?limit=500",
    "/review/log?limit=500",
    "/scores?by=source",
    "/scores?by=publisher",
    "/feeds?limit=500",
    "/documents?q=could",
    "/deals?q=could&limit=500",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The address of a desk of payloads, a session's secret, and the pages to look at."""
    folder = tmp_path_factory.mktemp("browsed")
    shutil.copy(empty_file, folder / "desk.db")
    with ExitStack() as stack:
        desk = stack.enter_context(open_desk(folder / "desk.db", settings=Settings(score_min_n=1), now=Clock()))
        secret = fill(desk, PAYLOADS)
        app, known = made_app(desk), fillers(desk)
        pages = list(LISTS)
        for way in ways(app):
            if way.reads and not way.path.startswith(("/api/", "/static/", "/openapi", "/signals/")):
                pages += way.addresses(known, 3)
        yield stack.enter_context(live(app)), secret, list(dict.fromkeys(pages))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; `make test` installs it where it may (root and apt-get)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Watched:
    """A window in which everything that a payload could do is written down."""

    def __init__(self, browser: Any, address: str, secret: str) -> None:
        self.address, self.seen = address, []
        self.context = browser.new_context()
        self.context.add_cookies([{"name": SESSION, "value": secret, "url": address}])
        self.context.add_init_script(TRAP)
        self.context.on("request", self._asked)
        self.context.on("page", lambda _: self.seen.append("a window was opened") if self.context.pages[1:] else None)
        self.page = self.context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(self.address + "/"):
            self.seen.append(f"asked for {request.url}")

    def _dialog(self, dialog: Any) -> None:
        self.seen.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: Any) -> None:
        # What an error page answers with is told in the console too.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.seen.append(f"console: {message.text}")

    def look(self, path: str) -> dict[str, Any]:
        """Load a page, and return what it came to be."""
        self.page.goto(self.address + path, wait_until="load")
        found: dict[str, Any] = self.page.evaluate(LOOK)
        assert found["base"].startswith(self.address + "/"), path
        assert not found["bad"], path
        assert not found["ran"], path
        assert not self.seen, path
        return found


@pytest.fixture
def window(browser: Any, served: tuple[str, str, list[str]]) -> Iterator[Watched]:
    made = Watched(browser, served[0], served[1])
    yield made
    made.context.close()


def test_the_trap_is_one(browser: Any, served: tuple[str, str, list[str]]) -> None:
    """A page of another's that the payloads are put into as they are: they run, and are seen to."""
    made = Watched(browser, served[0], served[1])
    body = "".join(f"<div>{text}</div>" for text in PAYLOADS if "<img" in text or "<svg" in text)
    made.page.route("**/trap", lambda route: route.fulfill(body=f"<!doctype html>{body}", content_type="text/html"))
    made.page.goto(f"{served[0]}/trap", wait_until="load")
    made.page.wait_for_function("window.__ran.length > 0")
    assert made.page.evaluate(LOOK)["bad"]
    made.context.close()


def test_no_page_runs_what_stands_in_it(window: Watched, served: tuple[str, str, list[str]]) -> None:
    pages = [path for path in served[2] if not path.rpartition("/")[2].partition("?")[0].count(".") or "svg" in path]
    assert len(pages) > 25
    many = 0
    for path in pages:
        if path.partition("?")[0].endswith(".svg"):
            window.page.goto(window.address + path, wait_until="load")
            scripts = window.page.evaluate("document.querySelectorAll('script, foreignObject, [onload]').length")
            assert (scripts, window.seen) == (0, []), path
            continue
        found = window.look(path)
        many += found["elements"]
        # What is focused, pointed at and opened runs no more than what is loaded.
        window.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        window.page.keyboard.press("Tab")
        assert window.page.evaluate("window.__ran") == [], path
    assert many > 20_000


def test_no_address_runs(window: Watched) -> None:
    """Many payloads in one address, as far as an address is long enough: in the query of each list, and in the path."""
    lists = (
        "/deals",
        "/",
        "/documents",
        "/occasions",
        "/review",
        "/scores",
        "/feeds",
        "/review/log",
        "/nowhere",
        "/sign-in",
    )
    names = ("q", "party", "source", "publisher", "to", "by", "value", "x")
    left = [quote(text, safe="", errors="surrogatepass") for text in PAYLOADS]
    turns = 0
    while left:
        pairs, long = [], 0
        while left and long < 6_000:
            value = left.pop()
            pairs.append(f"{names[(turns + len(pairs)) % len(names)]}={value}")
            long += len(value)
        window.look(f"{lists[turns % len(lists)]}?{'&'.join(pairs)}")
        window.look(f"/{'deals/' if turns % 2 else ''}{pairs[0].partition('=')[2].replace('%2F', '/') or 'x'}")
        turns += 1
    assert turns > 5
