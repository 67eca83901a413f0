"""How many key presses a decision of the review takes, and how fast the next question is there: in a real browser.

usage: python benchmarks/review_session.py [--signals N] [--desk PLACE] [--decisions N] [--seed N] [--reading SECONDS]
                                           [--json FILE]

A desk is generated (2,000 signals; _desk.py) with an occasion that is judged, or a copy is made of the SQLite desk that
``--desk`` names. ``paraph serve`` serves it from a process of its own, and Chromium without a window answers its questions: by
keys alone, the same for the same seed and desk. Three fifths of the decisions are about signals (accept, reject, unsure, a
field corrected, merged with another deal, split off), a quarter about links (same deal, another deal), the rest about verdicts;
each twelfth is undone and given anew.

- key presses a decision: all keys that were pressed by all decisions, undoing being one. Aim: 2.2.
- next question: from the key press to the frame in which the next question is painted, in milliseconds, with no time to read
  between, so that fetching ahead has the least time to be in time. Aim: 150 at p95.
- an hour: decisions, if reading a question takes ``--reading`` seconds (8 if not given) and a key press 0.28 (Card, Moran and
  Newell 1980, an average typist).
- written: how many of the decisions stand in the log at the end, and how long the page took to be told so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

import _desk
from paraph.desk import open_desk
from paraph.model import Occasion
from paraph.settings import Settings

CHROMIUM = "/usr/bin/chromium"
KEYS_A_DECISION, MILLISECONDS = 2.2, 150
SECONDS_A_KEY = 0.28
# What a signal is answered with, and how often: harder than a desk is whose engine is right in most. By eye.
ANSWERS = {"accept": 30, "reject": 14, "unsure": 6, "correct": 40, "merge": 6, "split": 4}
FIELDS = ("stage", "certainty", "ahead", "source_type", "sector", "instrument", "parties", "source")
SHARES = (("signal", 0.6), ("link", 0.25), ("verdict", 0.15))
UNDO_EACH = 12
# The occasion of a generated desk: so many days before its last document, of the parties of so many pairs, so that there is
# something said of them after it. By eye.
BEFORE_LAST, PAIRS = 60, 8

# The time of each key press, and of the frame after the one in which another question came to stand there.
WATCH = """() => {
  window.took = [];
  addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    const since = window.pressed;
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => { window.took.push(performance.now() - since); };
      painted.port2.postMessage(0);
    });
  }).observe(document.getElementById("now"), { childList: true });
}"""


@dataclass
class Session:
    """What a session came to: decisions by what they were, key presses, and milliseconds to each next question."""

    decisions: dict[str, int] = field(default_factory=dict)
    keys: int = 0
    took: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    flushed: float = 0.0

    @property
    def made(self) -> int:
        """Return how many decisions were made."""
        return sum(self.decisions.values())


class Reviewer:
    """Answers what is on a page by pressing keys."""

    def __init__(self, page: Page, chance: random.Random, session: Session) -> None:
        self.page, self.chance, self.session = page, chance, session

    def open(self, address: str) -> None:
        """Load a page of the review."""
        begin = time.perf_counter()
        self.page.goto(address)
        self.page.wait_for_function("() => document.documentElement.classList.contains('js')")
        self.session.loads.append(1_000 * (time.perf_counter() - begin))
        self.page.evaluate(WATCH)

    def asked(self) -> str | None:
        """Return the id of the question that is shown."""
        found = self.page.locator("#now article")
        return found.get_attribute("data-item") if found.count() else None

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.session.keys += 1

    def answer(self, kind: str) -> bool:
        """Give the question an answer; False where none is left."""
        before = self.asked()
        if before is None:
            return False
        done = getattr(self, f"_{kind}")()
        self.session.decisions[done] = self.session.decisions.get(done, 0) + 1
        self._moved(before)
        return True

    def undo(self) -> None:
        """Take the last decision back."""
        before = self.asked()
        self.press("z")
        self.session.decisions["undo"] = self.session.decisions.get("undo", 0) + 1
        self._moved(before)

    def _moved(self, before: str | None) -> None:
        n = len(self.session.took)
        self.page.wait_for_function(
            "(was) => { const card = document.querySelector('#now article');"
            " const none = document.querySelector('#now .empty');"
            " return window.took.length && (card ? card.dataset.item !== was : none !== null); }",
            arg=before,
        )
        self.session.took += self.page.evaluate("() => window.took.splice(0)")[-1:]
        assert len(self.session.took) == n + 1

    def _has(self, selector: str) -> int:
        return self.page.locator(f"#now article {selector}").count()

    def _signal(self) -> str:
        said = self.chance.choices([*ANSWERS], weights=[*ANSWERS.values()])[0]
        if said == "merge" and self._has("[data-digit]"):
            self.press(str(self.chance.randint(1, self._has("[data-digit]"))))
            return "merge"
        if said == "split" and self._has('[data-act="apart"]'):
            self.press("d")
            return "split"
        if said == "correct":
            return self._correct(self.chance.choice(FIELDS))
        self.press({"reject": "x", "unsure": "u"}.get(said, "a"))
        return said if said in ("reject", "unsure") else "accept"

    def _correct(self, name: str) -> str:
        if name in ("parties", "source") and not self._has(f'[data-choice="{name}"] button[data-choose]:not(.is)'):
            name = "sector"
        self.press(self.page.locator(f'#now kbd[data-for="{name}"]').first.inner_text())
        if name == "ahead":
            return name
        open_ = f'[data-choice="{name}"]:not([hidden]) button[data-choose]:not(.is)'
        keys = [each.get_attribute("data-choose") or "" for each in self.page.locator(f"#now {open_}").all()]
        if name == "source_type":
            # The outlet has no name, and another kind than the outlet needs one: that would be a third key.
            named = self.page.locator('#now [data-field="source"]').get_attribute("data-was")
            keys = keys if named else [keys[0]]
        self.press(self.chance.choice(keys[:9]))
        if self.page.locator('#now [data-choice="source"]:not([hidden])').count():
            self.press("1")
        return name

    def _link(self) -> str:
        same = self.chance.random() < 0.7
        self.press("a" if same else "x")
        return "same deal" if same else "another deal"

    def _verdict(self) -> str:
        self.press("a" if self.chance.random() < 0.7 else str(self.chance.randint(1, 5)))
        return "verdict"


def session(address: str, decisions: int, seed: int, occasion: str | None) -> Session:
    """Let a browser make so many decisions on a desk that is served at an address; verdicts are those of an occasion."""
    out, chance = Session(), random.Random(seed)
    with sync_playwright() as playwright:
        rights = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=rights)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        reviewer = Reviewer(page, chance, out)
        made = 0
        for n, (kind, share) in enumerate(SHARES):
            wanted = decisions if n == len(SHARES) - 1 else made + round(share * decisions)
            named = f"&occasion={quote(occasion)}" if occasion and kind == "verdict" else ""
            reviewer.open(f"{address}review?kind={kind}{named}")
            while out.made < wanted and reviewer.answer(kind):
                if out.made % UNDO_EACH == 0 and out.made < wanted:
                    reviewer.undo()
            if out.made < wanted:  # no such question is left: signals there always are
                reviewer.open(f"{address}review?kind=signal")
                while out.made < wanted and reviewer.answer("signal"):
                    pass
            made = out.made
            begin = time.perf_counter()
            page.wait_for_selector('#review[data-waiting="0"]', timeout=60_000)
            out.flushed += time.perf_counter() - begin
            assert not page.locator("#failed li").count(), page.locator("#failed").inner_text()
        assert not errors, errors
        browser.close()
    return out


@contextmanager
def served(desk: Path) -> Iterator[str]:
    """Serve a desk in a process of its own; give its address with a slash at the end."""
    command = [sys.executable, "-m", "paraph", "serve", "--desk", str(desk), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            said = ""
            while "http" not in said:
                said = (process.stdout or sys.stdin).readline()
                if not said:
                    raise SystemExit("paraph serve ended without saying where it is")
            yield said[said.index("http") :].split()[0]
        finally:
            process.terminate()


def generated(path: Path, signals: int) -> None:
    """Make a desk of about so many signals, with an occasion of the pairs that are spoken of most after it."""
    last = _desk.LAST
    with open_desk(path, settings=Settings(), now=lambda: _clock(last)) as desk:
        with desk.begin() as connection:
            room = _desk.Newsroom(signals)
            _desk.Loader(connection, Settings(), exact=False).load(room.readings())
        first = last - timedelta(BEFORE_LAST)
        counts = _pairs(desk, first)
        often = sorted(counts, key=lambda pair: (-counts[pair], pair))[:PAIRS]
        parties = tuple(dict.fromkeys(party for pair in often for party in pair))
        occasion = Occasion("Summit", parties, first, first + timedelta(1))
        desk.add_occasion(occasion)
        desk.judge(occasion)


def _clock(day: Any) -> Any:
    from datetime import UTC, datetime, time

    return datetime.combine(day, time(12), UTC)


def _pairs(desk: Any, since: Any) -> dict[tuple[str, ...], int]:
    counts: dict[tuple[str, ...], int] = {}
    for deal in desk.all_deals(since=since):
        if len(deal.parties) == 2:
            counts[deal.parties] = counts.get(deal.parties, 0) + 1
    return counts


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=int, default=2_000)
    parser.add_argument("--desk", type=Path, help="a SQLite desk, which is copied first")
    parser.add_argument("--decisions", type=int, default=50)
    parser.add_argument("--seed", type=int, default=20251204)
    parser.add_argument("--reading", type=float, default=8.0, metavar="SECONDS")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        if given.desk:
            for suffix in ("", "-wal"):
                if Path(f"{given.desk}{suffix}").exists():
                    subprocess.run(["cp", "--reflink=auto", f"{given.desk}{suffix}", f"{path}{suffix}"], check=True)
        else:
            generated(path, given.signals)
        with open_desk(path, settings=Settings()) as desk:
            occasion = next((each.name for each in reversed(desk.occasions())), None)
            before = sum(1 for _ in desk.reviews())
        if shutil.which(CHROMIUM) is None:
            raise SystemExit(f"{CHROMIUM} is not there; install Chromium")
        with served(path) as address:
            found = session(address, given.decisions, given.seed, occasion)
        with open_desk(path, settings=Settings(), create=False) as desk:
            written = sum(1 for _ in desk.reviews()) - before
    keys = found.keys / found.made
    p50, p95 = statistics.median(found.took), percentile(found.took, 0.95)
    an_hour = 3_600 / (given.reading + keys * SECONDS_A_KEY + p50 / 1_000)
    told = ", ".join(f"{n} {what}" for what, n in sorted(found.decisions.items(), key=lambda each: -each[1]))
    print(f"{found.made} decisions: {told}")
    print(f"key presses a decision  {keys:6.2f}   aim {KEYS_A_DECISION}   {_verdict(keys, KEYS_A_DECISION)}")
    print(f"next question, p50 ms   {p50:6.0f}")
    print(f"next question, p95 ms   {p95:6.0f}   aim {MILLISECONDS}   {_verdict(p95, MILLISECONDS)}")
    print(f"slowest, ms             {max(found.took):6.0f}   n {len(found.took)}")
    print(f"page loaded, ms         {max(found.loads):6.0f}   slowest of {len(found.loads)}")
    print(f"decisions an hour       {an_hour:6.0f}   at {given.reading:g} s to read one")
    print(f"rows in the log         {written:6}   the page waited {found.flushed:.1f} s for the last")
    if given.json:
        row = {
            "decisions": found.decisions,
            "keys_a_decision": round(keys, 3),
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
            "took_ms": [round(each, 1) for each in found.took],
            "an_hour": round(an_hour),
            "written": written,
        }
        given.json.write_text(json.dumps(row, indent=1) + "\n", "utf-8")


def _verdict(value: float, aim: float) -> str:
    return "met" if value <= aim else "NOT met"


if __name__ == "__main__":
    main()
