"""Write the pictures of docs/images anew: the example's brief, and every page of the example desk, as a browser shows them.

usage: python docs/pictures.py [brief] [pages] [--only NAME] [--chromium PATH]

Needs a Chromium and the dependency group "dev" (playwright); with Pillow beside them the files are a third as large. The desk is
the one that `paraph serve --demo` makes, and the clock is the example's, so that a picture changes only where the program does.
Pages are seen light and dark, on a desktop and on a phone; docs/pages.md, which shows them, is written with them.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import paraph
from paraph.desk import DealQuery, Desk, open_desk
from paraph.settings import Settings
from paraph.show.brief_html import brief_html

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "examples" / "india-russia-2025" / "documents"
BRIEF = HERE / "images" / "brief.png"
PAGES = HERE / "images" / "pages"
INDEX = HERE / "pages.md"
# In CSS pixels: the matrix, the facts and the first deals.
WIDTH, HEIGHT = 1200, 1060
MADE = datetime(2025, 12, 9, 12, tzinfo=UTC)
# Of each screen, its width and the most of its page's height that is kept: the first screen and a bit, so that the whole
# folder stays under 4 MB.
SCREENS = {"desktop": (1280, 960), "phone": (390, 1000)}
SCHEMES = ("light", "dark")
# Colours of a picture's palette. The pages have few; with fewer, edges of letters fray.
COLOURS = 96
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: the name of its pictures, a sentence on it, and its address on a desk."""

    name: str
    told: str
    address: Callable[[Desk], str]


def _at(address: str) -> Callable[[Desk], str]:
    return lambda desk: address


def _deal(words: str) -> Callable[[Desk], str]:
    return lambda desk: f"/deals/{desk.deals(DealQuery(words=words, sort='sightings'))[0].id}"


def _document(title: str, words: str) -> Callable[[Desk], str]:
    """Return the address of the report whose title begins so, with the signal chosen that stands at the words."""

    def found(desk: Desk) -> str:
        key = next(kept.document.id for kept in desk.documents() if (kept.document.title or "").startswith(title))
        rows = desk.signals_of(key)
        chosen = next(row.sighting.id for row in rows if words in row.sighting.signal.anchor)
        return f"/documents/{key}?signal={chosen}"

    return found


def _occasion(ahead: bool) -> Callable[[Desk], str]:
    def found(desk: Desk) -> str:
        name = next(each.name for each in desk.occasions() if (each.first > desk.now().date()) == ahead)
        return f"/occasions/{quote(name, safe='')}"

    return found


SHOWN = (
    Shown(
        "board",
        "The board: every deal by sector and stage, what was spoken of last, the occasions that come.",
        _at("/"),
    ),
    Shown(
        "board-narrowed",
        "The board narrowed to one sector, ready to be saved as a view; each view is also a feed.",
        _at("/?sector=nuclear"),
    ),
    Shown(
        "deals",
        "The list of deals, found by words, with facets that count what is there.",
        _at("/deals?q=agreement&sort=voices"),
    ),
    Shown(
        "deal",
        "A deal: where it stands and who says so, its signals on the ladder of stages, contradictions, quotations, verdicts.",
        _deal("S-400"),
    ),
    Shown("occasions", "The occasions, the next one with its countdown; as a calendar, too.", _at("/occasions")),
    Shown(
        "occasion",
        "An occasion that is over: what was hinted, by whom and how surely, beside what came of it.",
        _occasion(False),
    ),
    Shown("occasion-ahead", "An occasion that lies ahead: what is on the table for it.", _occasion(True)),
    Shown(
        "documents",
        "The documents, newest first, with what kind they are and how many signals stand in each.",
        _at("/documents"),
    ),
    Shown(
        "document",
        "A document: its text with every signal marked; of the one that is chosen, its fields and the words that decided them.",
        _document("Cards, urea, welders", "limited link"),
    ),
    Shown("scores", "Scorecards: what became of what was said to come, by how sure the words were.", _at("/scores")),
    Shown(
        "record",
        "The record of one outlet, with every count and interval.",
        _at("/scores/record?by=publisher&value=business.example"),
    ),
    Shown(
        "feeds", "The feeds that are followed: which are well, which fail, where entries may be missing.", _at("/feeds")
    ),
    Shown(
        "review", "The review: one question at a time, single keys, the machine's proposal beside it.", _at("/review")
    ),
    Shown("review-log", "What reviewers decided, with their reasons; each decision can be undone.", _at("/review/log")),
    Shown(
        "review-agreement", "How far reviewers agree, measured on what two of them looked at.", _at("/review/agreement")
    ),
    Shown(
        "about",
        "About this desk: the engine and its measured quality, what the desk holds, and the words.",
        _at("/about"),
    ),
    Shown("error", "An address that leads nowhere says so.", _at("/deals/none-such")),
)

# On a desk that people sign in to.
SIGNED = (
    Shown("sign-in", "Signing in, on a desk that is served beyond one machine.", _at("/sign-in")),
    Shown("you", "One's own page: the password, tokens for programs, browsers that are signed in.", _at("/you")),
)


def page() -> str:
    """Return the example's brief as a page."""
    made = datetime(2025, 12, 8, 12, tzinfo=UTC)
    readings = paraph.read_all([str(DOCUMENTS)], now=lambda: made)
    return brief_html(paraph.brief(readings, made=made), Settings())


@contextmanager
def chromium_at(path: str) -> Iterator[Any]:
    """Give a browser that is running."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def shoot_brief(chromium: str) -> None:
    """Write the first screen of the brief as a PNG."""
    BRIEF.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium_at(chromium) as browser:
        place = Path(folder) / "brief.html"
        place.write_text(page(), "utf-8")
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        view.goto(place.as_uri())
        view.screenshot(path=BRIEF)


@contextmanager
def served(path: Path) -> Iterator[tuple[str, Desk]]:
    """Serve a desk on a port of its own, as `paraph serve --demo` does; gives the address and the desk."""
    import uvicorn

    from paraph.web.access import Gate
    from paraph.web.app import make_app
    from paraph.web.guard import hosts_of
    from paraph.web.house import House
    from paraph.web.server import listen

    with open_desk(path, settings=Settings(), now=lambda: MADE, create=False) as desk:
        app = make_app(House(desk, Gate(True, "You"), "The example desk", demo=True), hosts_of("127.0.0.1", []))
        with listen("127.0.0.1", 0) as listening:
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}", desk
            finally:
                server.should_exit = True
                thread.join()


def shoot_pages(chromium: str, only: str, target: Path = PAGES) -> None:
    """Write the pictures of the pages, those whose name is ``only`` where it is given."""
    from paraph.web.demo import make_example

    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.db"
        make_example(path, Settings(), lambda told: None, lambda: MADE)
        with served(path) as (address, desk), chromium_at(chromium) as browser:
            _shoot_all(browser, address, desk, [each for each in SHOWN if only in ("", each.name)], target, "")
            # From the first person on, everybody signs in.
            secret = _keeper(desk)
            for each in SIGNED:
                if only in ("", each.name):
                    _shoot_all(browser, address, desk, [each], target, "" if each.name == "sign-in" else secret)


def _keeper(desk: Desk) -> str:
    """Add a person to the desk and return what their browser keeps to be known by."""
    from paraph.desk import people

    with desk.begin() as connection:
        given = {"now": desk.now(), "settings": desk.settings}
        person = people.add_person(connection, "Kim", people.Role.KEEPER, password="an example alone", **given)  # noqa: S106
        people.add_token(connection, "Kim", "the feed reader", **given)
        return people.new_session(connection, person, **given)[0]


def _shoot_all(browser: Any, address: str, desk: Desk, pages: list[Shown], target: Path, secret: str) -> None:
    """Write the pictures of some pages on every screen, in a browser that is known by a secret where there is one."""
    for screen, (width, most) in SCREENS.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": most},
                color_scheme=scheme,
                locale="en-GB",
                timezone_id="UTC",
                reduced_motion="reduce",
                has_touch=screen == "phone",
            )
            if secret:
                context.add_cookies([{"name": "paraph_session", "value": secret, "url": address}])
            view = context.new_page()
            for each in pages:
                answer = view.goto(f"{address}{each.address(desk)}")
                if answer.status != (404 if each.name == "error" else 200):
                    raise RuntimeError(f"{each.name}: {answer.status} at {answer.url}")
                if each.name == "review":
                    view.wait_for_selector("html.js #now article")
                _shoot(view, target / f"{each.name}-{scheme}-{screen}.png", width, most)
            context.close()


def _shoot(view: Any, target: Path, width: int, most: int) -> None:
    """Write the beginning of a page, down to its end or the most that is kept."""
    height = min(most, view.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)"))
    data = view.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": max(height, 1)})
    target.write_bytes(_small(data))


def _small(data: bytes) -> bytes:
    """Return a picture with few colours where Pillow is there, else as it is."""
    try:
        from PIL import Image
    except ImportError:
        return data
    out = io.BytesIO()
    flat = Image.open(io.BytesIO(data)).convert("RGB")
    flat.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def index() -> str:
    """Return docs/pages.md."""
    parts = [
        "# The pages",
        "Every page of the example desk, as `paraph serve --demo` shows it: light and dark, on a desktop and on a phone. "
        "`python docs/pictures.py pages` writes these pictures, and this page, anew.",
    ]
    for each in (*SHOWN, *SIGNED):
        title = each.name.replace("-", ", ").capitalize()
        shots = [
            f"![{title}, {scheme}, on a {screen}](images/pages/{each.name}-{scheme}-{screen}.png)"
            for screen in SCREENS
            for scheme in SCHEMES
        ]
        parts += [f"## {title}", each.told, " ".join(shots[:2]), " ".join(shots[2:])]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the pictures; 2 where there is no browser to look with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="*", choices=["brief", "pages", []], help="which pictures [all]")
    parser.add_argument(
        "--only", default="", choices=["", *(each.name for each in (*SHOWN, *SIGNED))], help="one page alone"
    )
    names = ("chromium", "chromium-browser", "google-chrome")
    parser.add_argument("--chromium", default=next(filter(None, map(shutil.which, names)), None), help="the browser")
    given = parser.parse_args()
    if given.chromium is None:
        print("pictures: no Chromium was found; install one or name it with --chromium", file=sys.stderr)
        return 2
    what = given.what or ["brief", "pages"]
    if "brief" in what:
        shoot_brief(given.chromium)
    if "pages" in what:
        shoot_pages(given.chromium, given.only)
        INDEX.write_text(index(), "utf-8")
    files = sorted((HERE / "images").rglob("*.png"))
    print(f"docs/images: {len(files)} pictures, {sum(each.stat().st_size for each in files):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
