"""How fast and how large the pages are: p50, p95 and size of every page and of the API, and when a browser first shows one.

usage: python benchmarks/pages.py [DESK] [--rounds N] [--only WORD] [--server] [--paint] [--check] [--json FILE]

Without a desk one of 10,000 signals is made. What is asked for (deals, documents, parties, words, occasions) is drawn from the
desk by a seed, another each time, so that hardly any answer was kept from before. Nothing is written.

- Each time is that of one request on the wall, in milliseconds: in this process through the whole application; with ``--server``
  to a server in a process of its own over one connection that stays open.
- ``baseline`` is a file that needs no desk: what any request takes here. On a busy machine read the others beside it.
- ``--paint`` loads the main pages in Chromium from such a server and tells when something was first seen
  (``performance.getEntriesByType('paint')``), the best of three, with the pages' files in the browser's cache.
- ``--check`` exits with 1 where a page is over the aims: 200 ms (p95), 150 kB, 1 s to the first paint. A page asked for as data
  (JSON, CSV, feeds, pictures) has no aim for its size.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from desk import TODAY, make
from page_load import BASELINE, at, served
from paraph.desk import DealQuery, Desk, open_desk
from paraph.settings import Settings

SEED, ROUNDS, SIGNALS = 20251204, 30, 10_000
# The aims: milliseconds at the 95th of a hundred, bytes of a page, milliseconds to the first paint.
MOST_MS, MOST_BYTES, MOST_PAINT = 200.0, 150_000, 1_000.0
PAINTED = ("/", "/deals", "/deals/ID", "/documents", "/documents/ID", "/occasions", "/scores", "/review", "/about")

Make = Callable[[], str]
Row = dict[str, Any]


def questions(desk: Desk) -> dict[str, Make]:
    """Return, for each kind of page, what makes an address of it."""
    pick = random.Random(SEED)
    rows = desk.deals(DealQuery(limit=300, sort="voices")) + desk.deals(DealQuery(limit=300))
    some = pick.sample(rows, min(len(rows), 60))
    deals = [row.id for row in rows]
    words = sorted({word for row in rows for word in re.findall(r"[A-Za-z]{4,}", row.title)})
    parties = sorted({party for row in rows for party in row.parties})
    sectors = sorted({str(row.sector) for row in rows})
    sightings = [sighting for row in some for sighting in desk.deal(row.id).sightings[:3]]
    documents, signals = [each.document for each in sightings], [each.id for each in sightings]
    publishers = sorted({each.publisher for each in sightings if each.publisher})
    occasions = [quote(occasion.name, safe="") for occasion in desk.occasions()] or ["none"]

    def one(values: Sequence[str]) -> str:
        return quote(pick.choice(values), safe="/%")

    def some_deals(path: str) -> str:
        drawn = pick.random()
        if drawn < 0.4:
            return f"{path}?party={one(parties)}&sector={one(sectors)}"
        if drawn < 0.7:
            return f"{path}?party={one(parties)}&since={pick.randint(2018, 2025)}-0{pick.randint(1, 9)}-01"
        return f"{path}?publisher={one(publishers)}&sort={pick.choice(('voices', 'first', 'title', 'sightings'))}"

    kinds = ("publisher", "source", "wording", "sector", "certainty")
    return {
        "baseline": lambda: BASELINE,
        "/": lambda: "/",
        "/ filtered": lambda: some_deals("/"),
        "/ words": lambda: f"/?q={one(words)}",
        "/deals": lambda: "/deals",
        "/deals filtered": lambda: some_deals("/deals"),
        "/deals words": lambda: f"/deals?q={one(words)}",
        "/deals two words": lambda: f"/deals?q={one(words)}+{one(words)}",
        "/deals.json": lambda: some_deals("/deals.json"),
        "/deals.csv": lambda: some_deals("/deals.csv"),
        "/deals.atom": lambda: some_deals("/deals.atom"),
        "/deals/ID": lambda: f"/deals/{one(deals)}",
        "/deals/ID.json": lambda: f"/deals/{one(deals)}.json",
        "/deals/ID/timeline.svg": lambda: f"/deals/{one(deals)}/timeline.svg",
        "/signals/ID.json": lambda: f"/signals/{one(signals)}.json",
        "/documents": lambda: "/documents",
        "/documents words": lambda: f"/documents?q={one(words)}",
        "/documents filtered": lambda: f"/documents?publisher={one(publishers)}",
        "/documents/ID": lambda: f"/documents/{one(documents)}",
        "/occasions": lambda: "/occasions",
        "/occasions.ics": lambda: "/occasions.ics",
        "/occasions/ID": lambda: f"/occasions/{one(occasions)}",
        "/scores": lambda: f"/scores?by={pick.choice(kinds)}",
        "/feeds": lambda: "/feeds",
        "/review": lambda: "/review",
        "/review/next": lambda: f"/review/next?party={one(parties)}",
        "/review/log": lambda: "/review/log",
        "/review/agreement": lambda: "/review/agreement",
        "/about": lambda: "/about",
        "/you": lambda: "/you",
        "/api/v1/deals": lambda: some_deals("/api/v1/deals"),
        "/api/v1/deals/ID": lambda: f"/api/v1/deals/{one(deals)}",
        "/api/v1/facets": lambda: some_deals("/api/v1/facets"),
        "/api/v1/documents": lambda: f"/api/v1/documents?q={one(words)}",
        "/api/v1/documents/ID": lambda: f"/api/v1/documents/{one(documents)}",
        "/api/v1/occasions": lambda: "/api/v1/occasions",
        "/api/v1/occasions/ID/outcomes": lambda: f"/api/v1/occasions/{one(occasions)}/outcomes",
        "/api/v1/scores": lambda: f"/api/v1/scores?by={pick.choice(kinds)}",
        "/api/v1/about": lambda: "/api/v1/about",
    }


Ask = Callable[[str], tuple[int, bytes, str]]


def in_process(desk: Desk) -> Ask:
    """Return what asks the application in this process, redirects followed."""
    from paraph.web.access import Gate
    from paraph.web.app import make_app
    from paraph.web.guard import hosts_of
    from paraph.web.house import House

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for httpx's successor
        from starlette.testclient import TestClient
    app = make_app(House(desk, Gate(True, "Ida"), "desk.db"), hosts_of("127.0.0.1", []))
    client = TestClient(app, base_url="http://127.0.0.1:8710", raise_server_exceptions=False)

    def ask(path: str) -> tuple[int, bytes, str]:
        got = client.get(path)
        return got.status_code, got.content, got.headers.get("content-type", "")

    return ask


def over_line(address: str) -> Ask:
    """Return what asks a server over one connection, redirects followed."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)

    def ask(path: str) -> tuple[int, bytes, str]:
        line.request("GET", path)
        got = line.getresponse()
        body = got.read()
        moved = got.headers.get("location")
        if moved and moved.startswith("/"):
            return ask(moved.partition("#")[0])
        return got.status, body, got.headers.get("content-type", "")

    return ask


def measure(ask: Ask, made: dict[str, Make], rounds: int) -> dict[str, Row]:
    """Ask for each kind in turn, round after round, so that what else the machine does falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in made}
    rows: dict[str, Row] = {name: {"kB": 0.0, "page": False, "wrong": 0} for name in made}
    first: dict[str, float] = {}
    for turn in range(rounds + 1):
        for name, make_one in made.items():
            path = make_one()
            begin = time.perf_counter()
            status, body, kind = ask(path)
            spent = (time.perf_counter() - begin) * 1e3
            if turn:
                times[name].append(spent)
            else:
                first[name] = spent
            row = rows[name]
            row["kB"] = max(row["kB"], len(body) / 1e3)
            row["page"] = row["page"] or (kind.startswith("text/html") and status == 200)
            if status >= 400:
                row["wrong"] += 1
                row["said"] = f"{status} {path}"
    for name, row in rows.items():
        row |= {"first": first[name], "p50": at(times[name], 0.5), "p95": at(times[name], 0.95)}
    return rows


def paint(address: str, made: dict[str, Make]) -> dict[str, float]:
    """Return when each main page was first seen in Chromium, in milliseconds."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("--paint: there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    # Within the page, which runs no text as script.
    asked = """() => new Promise((done) => {
      const look = () => {
        const found = performance.getEntriesByName("first-contentful-paint")[0];
        if (found) done(found.startTime); else requestAnimationFrame(look);
      };
      look();
    })"""
    seen = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address + "/about")
        for name in PAINTED:
            times = []
            for _ in range(3):
                page.goto(address + made[name](), wait_until="load")
                times.append(float(page.evaluate(asked)))
            seen[name] = min(times)
        browser.close()
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("desk", nargs="?")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="pages whose name holds this word")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--paint", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    over: list[str] = []
    with ExitStack() as stack:
        where = given.desk or str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "desk.db")
        settings = Settings.from_environment()
        from datetime import UTC, datetime

        clock = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
        desk = stack.enter_context(open_desk(where, settings=settings, now=lambda: clock, create=not given.desk))
        if not given.desk:
            make(desk, SIGNALS, settings)
        made = {name: ask for name, ask in questions(desk).items() if given.only in name or name == "baseline"}
        address = stack.enter_context(served(where))[0] if given.server or given.paint else ""
        rows = measure(over_line(address) if given.server else in_process(desk), made, given.rounds)
        seen = paint(address, questions(desk)) if given.paint else {}
    base = rows["baseline"]["p50"]
    print(f"{'':30}   first     p50     p95 ms   p50 in baselines   most kB")
    for name, row in rows.items():
        print(
            f"{name:30} {row['first']:7.0f} {row['p50']:7.1f} {row['p95']:7.1f}      {row['p50'] / base:7.1f}         "
            f"{row['kB']:9.1f}{'   ' + row['said'] if row['wrong'] else ''}"
        )
        over += [f"{name}: {row['wrong']} wrong, {row['said']}"] if row["wrong"] else []
        over += [f"{name}: p95 {row['p95']:.0f} ms"] if row["p95"] > MOST_MS else []
        over += [f"{name}: {row['kB']:.0f} kB"] if row["page"] and row["kB"] * 1e3 > MOST_BYTES else []
    for name, spent in seen.items():
        print(f"{name:30} first paint {spent:7.0f} ms")
        over += [f"{name}: first paint {spent:.0f} ms"] if spent > MOST_PAINT else []
    for line in over:
        print(f"over the aim: {line}")
    if given.json:
        given.json.write_text(json.dumps({"pages": rows, "paint": seen}, indent=1) + "\n", "utf-8")
    return int(given.check and bool(over))


if __name__ == "__main__":
    sys.exit(main())
