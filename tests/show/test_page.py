"""The brief as a page: what it says without a browser, and what a browser does with it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from paraph.briefing import brief
from paraph.errors import NotFound
from paraph.model import Document, Reading
from paraph.settings import Settings
from paraph.show.brief_html import brief_html
from samples import HOSTILE, hostile, noon, note, report, signal

# Elements that a page of text, tables and drawings needs; anything else would have come from a source's text.
MEANT = set(
    "html meta title style body svg defs clippath path symbol header p h1 main section table caption thead tbody tfoot tr th td "
    "span a use div dl dt dd ul li circle h2 h3 h4 article bdi b q mark cite time footer ol br".split()
)
# Ways to run a script from text that is put into a page without care; one for each context there is.
PAYLOADS = [
    "<script>hit()</script>",
    "</title><script>hit()</script>",
    "</style><script>hit()</script>",
    "<img src=x onerror=hit()>",
    "<svg onload=hit()>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s>",
    "<body onload=hit()>",
    "<iframe srcdoc='<script>parent.hit()</script>'>",
    "<details open ontoggle=hit()>",
    "<input autofocus onfocus=hit()>",
    "<a href=javascript:hit()>x</a>",
    "<math><mi//xlink:href='javascript:hit()'>",
    '" onmouseover=hit() x="',
    "' onfocus=hit() autofocus x='",
    '"><script>hit()</script>',
    "'><script>hit()</script>",
    "--><script>hit()</script>",
    "]]><script>hit()</script>",
    "{{constructor.constructor('hit()')()}}",
    "${hit()}",
    "javascript:hit()",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<object data=javascript:hit()>",
    "<form action=javascript:hit()><button autofocus>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<template><script>hit()</script></template>",
    "<scr\0ipt>hit()</scr\0ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "\u202e<script>hit()</script>\u202c",
]


def planted(payload: str) -> Reading:
    """A reading that has the payload wherever a source's text can come to stand."""
    text = f"Before {payload} lead: could include\n- the {payload} pact {payload}\n"
    anchor = f"{payload} pact"
    return Reading(
        Document(
            text=text,
            id=payload,
            url=payload,
            publisher=payload,
            title=payload,
            published=report().document.published,
            updated=report().document.updated,
            notes=(payload,),
        ),
        (
            signal(
                text,
                anchor,
                "signed",
                ahead=True,
                certainty="possible",
                source=payload,
                parties=(payload,),
                why=[("stage", "could")],
            ),
        ),
    )


class Page(HTMLParser):
    """Collects the elements with their attributes, and checks that each is closed in its place."""

    EMPTY = frozenset({"meta", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.found if name in attrs]


def everything() -> str:
    readings = [
        report(),
        note(),
        hostile(),
        Reading(Document("Nothing.", id="empty"), ()),
        NotFound("gone.html", "no such file"),
    ]
    return brief_html(brief(readings, made=noon()), Settings())


def test_the_page_is_whole_and_its_links_lead_somewhere() -> None:
    page = Page(everything())
    assert page.open == []
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    inner = [href[1:] for href in page.all("href") if href.startswith("#")]
    assert set(inner) <= set(ids)
    assert {href for href in page.all("href") if not href.startswith("#")} == {"https://news.example/ferries?a=1&b=2"}


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    text = everything()
    page = Page(text)
    assert {tag for tag, _ in page.found} <= MEANT
    assert not [
        name for _, attrs in page.found for name in attrs if name.startswith("on") or name in ("src", "style", "srcset")
    ]
    policy = dict(page.found[2][1])
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert "default-src 'none'" in (policy["content"] or "")
    assert "url(" not in text.replace("url(#half)", "")
    assert "@import" not in text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_an_element(payload: str) -> None:
    page = Page(
        brief_html(brief([planted(payload), NotFound(payload, payload, payload), planted(payload)]), Settings())
    )
    assert page.open == []
    assert {tag for tag, _ in page.found} <= MEANT
    allowed = {"href", "id", "class", "title", "aria-label", "datetime", "rel", "scope", "role", "lang"}
    drawing = {
        "viewbox",
        "width",
        "height",
        "d",
        "fill",
        "stroke",
        "stroke-width",
        "stroke-linejoin",
        "cx",
        "cy",
        "r",
        "x",
        "y",
    }
    for tag, attrs in page.found:
        assert set(attrs) <= allowed | drawing | {
            "aria-hidden",
            "clip-path",
            "content",
            "name",
            "http-equiv",
            "charset",
        }, tag
    assert all(href.startswith("#") for href in page.all("href"))


def test_no_control_or_bidirectional_character_is_left() -> None:
    assert not set("\x00\x07\x1b\x9b\u202e\u2066\u2069\u200f") & set(everything())
    assert HOSTILE not in everything()


def test_what_is_not_quoted_keeps_its_place_to_be_linked() -> None:
    page = Page(brief_html(brief([report(), note()]), Settings(brief_deals=1, brief_voices=1)))
    assert {href[1:] for href in page.all("href") if href.startswith("#d")} <= set(page.all("id"))
    text = "".join(page.text)
    assert "Also: " in text
    assert "and 1 more in 1" in text


def test_the_same_brief_is_the_same_page() -> None:
    assert everything() == everything()


def test_a_brief_of_nothing_is_a_page() -> None:
    page = Page(brief_html(brief([NotFound("a", "b")]), Settings()))
    assert "No signal was found." in "".join(page.text)
    assert "Not read: a: b" in "".join(page.text)


# --- in a browser ----------------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; `make test` installs it where it may (root and apt-get)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


def opened(browser: Any, path: Path, **how: Any) -> tuple[Any, list[str]]:
    """Open a page and return it with everything it asked for, complained of or ran."""
    page = browser.new_context(**how).new_page()
    heard: list[str] = []
    page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1 }")
    page.on("request", lambda request: heard.append(f"request {request.url}"))
    page.on("console", lambda message: heard.append(f"console {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error {error}"))
    page.on("dialog", lambda dialog: heard.append(f"dialog {dialog.message}"))
    page.goto(path.as_uri())
    return page, heard


def test_no_payload_runs_in_a_browser(browser: Any, tmp_path: Path) -> None:
    readings = [planted(payload) for payload in PAYLOADS]
    place = tmp_path / "page.html"
    place.write_text(brief_html(brief(readings), Settings(brief_deals=1_000)), "utf-8")
    # Without the page's own policy as well: the escaping must hold by itself.
    bare = tmp_path / "bare.html"
    bare.write_text(re.sub("<meta http-equiv[^>]*>", "", place.read_text("utf-8")), "utf-8")
    for path in (place, bare):
        page, heard = opened(browser, path)
        for each in page.query_selector_all("a, article, h4, [title]")[:400]:
            each.dispatch_event("mouseover")
            each.dispatch_event("focus")
        assert heard == [f"request {path.as_uri()}"]
        assert page.evaluate("window.hits") == 0
        assert page.evaluate("document.scripts.length") == 0


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 768)])
def test_the_page_in_a_browser(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    place = tmp_path / "page.html"
    place.write_text(everything(), "utf-8")
    page, heard = opened(browser, place, color_scheme=scheme, viewport={"width": width, "height": 800})
    # One request, the page itself; its style sheet passes its own policy.
    assert heard == [f"request {place.as_uri()}"]
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(253, 252, 249)", "dark": "rgb(22, 21, 19)"}[scheme]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    # Every drawing is drawn: its symbol is found.
    assert page.evaluate(
        "[...document.querySelectorAll('use')].every(u => document.querySelector(u.getAttribute('href')))"
    )


# Every text against what lies behind it, as the accessibility guidelines count it (WCAG 2.2, 1.4.3): those below 4.5 to 1.
CONTRAST = """() => {
  const part = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = c.match(/[0-9.]+/g).map(Number).map(part);
    return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (c !== 'rgba(0, 0, 0, 0)') return c }
    return 'rgb(255, 255, 255)' };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) bad.push(e.outerHTML.slice(0, 80));
  }
  return bad }"""


def test_the_page_prints_on_one_sheet_of_a4(browser: Any, tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    place.write_text(brief_html(brief([report(), note()], made=noon()), Settings()), "utf-8")
    page, _ = opened(browser, place, color_scheme="dark")
    paper = page.pdf(prefer_css_page_size=True)
    import pypdfium2

    sheets = pypdfium2.PdfDocument(paper)
    assert len(sheets) == 1
    assert [round(side) for side in sheets[0].get_size()] == [595, 842]
    text = sheets[0].get_textpage().get_text_bounded()
    assert "agreement on electric ferries" in text
    sheets.close()


def test_every_link_and_mark_can_be_reached_by_keyboard(browser: Any, tmp_path: Path) -> None:
    place = tmp_path / "page.html"
    place.write_text(brief_html(brief([report()]), Settings()), "utf-8")
    page, _ = opened(browser, place)
    links = page.evaluate("document.querySelectorAll('a[href]').length")
    reached = set()
    for _ in range(links):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
        name = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
        assert name.strip()
    assert len(reached) <= links
    assert page.evaluate("document.activeElement.tagName") == "A"
