"""How the pages hold when many use them at once: readers click, reviewers decide, for minutes, against a real server.

usage: python benchmarks/page_load.py [DESK] [--readers N] [--reviewers N] [--seconds N] [--think N] [--check] [--json FILE]

`paraph serve` is started on a copy of the desk, or of a generated one of 10,000 signals where none is named (a desk on PostgreSQL
is served as it is: give one that may be written to).
Each reader is a thread with one connection that stays open, as a browser's does: it begins at the board and then follows a link
drawn from the page that it has, looks for words that it read, or asks the API, with some seconds between (``--think``, the
mean). Each reviewer asks for a question, and accepts, rejects, corrects or takes back. Files of the pages are asked for once.
What is drawn follows from ``--seed``; what comes when does not.

Told are the requests of each kind with p50 and p95 in milliseconds as the client sees them, what went wrong (an answer of 400
or more, or none; 409 is told apart: two reviewers decided at once), and the server's memory and open files before and after.
``baseline`` is a file that needs no desk, asked for all the while: what the machine and the server's queue take of any request.
``--check`` exits with 1 where anything went wrong, or files stayed open.
"""

from __future__ import annotations

import argparse
import html
import http.client
import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from desk import made_at

BASELINE = "/static/icon.svg"
FILES = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
LINKS = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')
WORDS = re.compile(r"[a-z]{5,12}")
# Of a reader's steps: to look for words, to ask the API, to go back to a page of the head; else to follow a link.
SEARCH, PROGRAM, HEAD = 0.15, 0.05, 0.15
HEADS = ("/", "/deals", "/occasions", "/documents", "/scores", "/feeds", "/about")
API = ("/api/v1/deals", "/api/v1/facets", "/api/v1/documents", "/api/v1/decisions", "/api/v1/about")
SECONDS_TO_ANSWER = 60
# Connections that end and files that the log opens come and go: so many more than before are no leak.
SPARE_FILES = 80
# Characters of what the server said that are told at the end.
MOST_SAID = 4_000


@dataclass
class Log:
    """What happened: times in milliseconds by kind, and what went wrong; kept by all threads together."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, spent: float, status: int, size: int, path: str, said: str) -> None:
        """Note one answer; a status of 0 stands for none."""
        with self.lock:
            self.times[kind].append(spent * 1e3)
            self.sizes[kind] = max(self.sizes[kind], size)
            if status == 409:
                self.conflicts += 1
            elif status == 0 or status >= 400:
                self.wrong[f"{status} {path[:150]} {said[:200]}"] += 1


class Visitor(threading.Thread):
    """Somebody with a browser: a connection, a name, and what to do until the end."""

    def __init__(self, address: str, log: Log, name: str, seed: int, think: float, until: float) -> None:
        super().__init__(name=name)
        parts = urlsplit(address)
        self.address, self.host, self.port = address, parts.hostname or "", parts.port
        self.log, self.pick, self.think, self.until = log, random.Random(f"{seed} {name}"), think, until
        self.line: http.client.HTTPConnection | None = None
        self.known: set[str] = set()

    def run(self) -> None:
        """Act until the end, with pauses drawn around the mean."""
        time.sleep(self.pick.uniform(0, min(self.think, 2)))
        while time.monotonic() < self.until:
            self.step()
            time.sleep(min(self.pick.uniform(0.5, 1.5) * self.think, max(0.0, self.until - time.monotonic())))
        if self.line:
            self.line.close()

    def step(self) -> None:
        """Do one thing."""
        self.ask("baseline", BASELINE)

    def ask(
        self, kind: str, path: str, body: str | None = None, type: str = "application/x-www-form-urlencoded"
    ) -> str:
        """Ask for a path and return the text of the answer; empty where it went wrong."""
        headers = {"cookie": f"paraph_name={quote(self.name)}", "accept": "text/html"}
        if body is not None:
            headers |= {"origin": self.address, "sec-fetch-site": "same-origin", "content-type": type}
        begin = time.perf_counter()
        for again in (True, False):
            fresh = self.line is None
            try:
                self.line = self.line or http.client.HTTPConnection(self.host, self.port, timeout=SECONDS_TO_ANSWER)
                self.line.request("GET" if body is None else "POST", path, body, headers)
                got = self.line.getresponse()
                data = got.read()
                break
            except (OSError, http.client.HTTPException) as error:
                self.line = None
                # A server may end a connection that nobody used for long; a browser asks again on a new one.
                if not again or fresh or body is not None:
                    self.log.add(kind, time.perf_counter() - begin, 0, 0, path, repr(error))
                    return ""
        text = data.decode("utf-8", "replace")
        self.log.add(
            kind, time.perf_counter() - begin, got.status, len(data), path, text[-300:] if got.status > 499 else ""
        )
        for file in set(FILES.findall(data)) - self.known:
            self.known.add(file)
            self.ask("files", file.decode())
        moved = got.headers.get("location")
        if got.status in (302, 303) and moved and moved.startswith("/") and body is None:
            return self.ask(kind, moved.partition("#")[0])
        return text if got.status < 400 else ""


class Reader(Visitor):
    """Somebody who reads: from the board on, wherever links lead."""

    text = ""

    def step(self) -> None:
        """Follow a link, look for words, ask the API or begin anew."""
        drawn = self.pick.random()
        links = [html.unescape(link) for link in LINKS.findall(self.text)]
        links = [link for link in links if link.startswith("/") and not link.startswith(("//", "/static"))]
        words = WORDS.findall(self.text.lower())
        if drawn < SEARCH and words:
            path = f"{self.pick.choice(('/deals', '/documents', '/'))}?q={self.pick.choice(words)}"
        elif drawn < SEARCH + PROGRAM:
            self.ask("API", self.pick.choice(API))
            return
        elif drawn < SEARCH + PROGRAM + HEAD or not links:
            path = self.pick.choice(HEADS)
        else:
            path = self.pick.choice(links).partition("#")[0]
        self.text = self.ask(kind_of(path), path) or self.text


class Reviewer(Visitor):
    """Somebody who decides: one question after the other, as the review page sends it, and now and then by a form."""

    last = ""
    numbers: list[int] = []  # noqa: RUF012  replaced, never changed

    def step(self) -> None:
        """Ask for a question and answer it, or take the last decision back."""
        if self.numbers and self.pick.random() < 0.2:
            self.send({"action": "undo", "number": self.numbers[-1]})
            self.numbers = []
            return
        text = self.ask("next question", "/review/next")
        item = re.search(r'name="item"[^>]*?value="([^"]+)"', text) or re.search(r'data-item="([^"]+)"', text)
        signal = re.search(r"/signals/([0-9a-f]{12})", text) or re.search(r"\b(?:deals/)([0-9a-f]{12})", text)
        drawn = self.pick.random()
        if item and drawn < 0.6:
            said = self.pick.choice(("accept", "reject", "unsure"))
            fields = {"item": html.unescape(item[1]), "answer": said, "token": f"{self.name}{self.pick.random()}"}
            if item[1].startswith(("link", "verdict")):
                fields["answer"] = "unsure"
            self.ask("decide", "/review/decide", urlencode(fields))
            return
        found = signal[1] if signal else self.any_signal()
        if found:
            action: dict[str, Any] = {"action": self.pick.choice(("accept", "reject", "unsure")), "signal": found}
            if drawn > 0.8:
                sector = self.pick.choice(("defence", "energy", "trade", "finance"))
                action = {"action": "correct", "signal": found, "field": "sector", "value": sector}
            self.send(action)

    def any_signal(self) -> str:
        """Return the id of a deal drawn from the newest."""
        text = self.ask("API", "/api/v1/deals?limit=50&min_confidence=0")
        items = json.loads(text)["items"] if text else []
        return str(self.pick.choice(items)["id"]) if items else ""

    def send(self, action: dict[str, Any]) -> None:
        """Decide by the API, and remember the number."""
        text = self.ask("decide", "/api/v1/decisions", json.dumps(action), "application/json")
        self.numbers = json.loads(text)["decisions"] if text else []


def kind_of(path: str) -> str:
    """Return what sort of page an address is of: its path without ids, and whether it searches."""
    parts = urlsplit(path)
    words = parts.path.strip("/").split("/")
    plain = {"", "log", "agreement", "record", "next"}
    shown = "/".join([words[0], *(word if word in plain else "…" for word in words[1:3])])
    return f"/{shown}" + (" words" if parts.query.startswith("q=") or "&q=" in parts.query else "")


@dataclass(frozen=True, slots=True)
class State:
    """What a process holds: memory in MB, files."""

    memory: float
    files: int


def state_of(pid: int) -> State:
    """Return what a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return State(int(found[1]) / 1e3 if found else 0.0, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def press(address: str, readers: int, reviewers: int, seconds: float, think: float, seed: int) -> Log:
    """Have visitors use the pages and return what happened."""
    log, until = Log(), time.monotonic() + seconds
    visitors: list[Visitor] = [Visitor(address, log, "Base", seed, min(think, 1), until)]
    visitors += [Reader(address, log, f"Reader {n}", seed, think, until) for n in range(readers)]
    visitors += [Reviewer(address, log, f"Reviewer {n}", seed, think, until) for n in range(reviewers)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    return log


@contextmanager
def served(place: str) -> Iterator[tuple[str, int]]:
    """Serve a desk with the command that people use; give the address and the number of its process."""
    command = [sys.executable, "-m", "paraph", "serve", "--desk", place, "--port", "0", "--who", "Ida"]
    with tempfile.TemporaryFile("w+") as said:
        running = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True)
        try:
            for _ in range(2_400):
                said.seek(0)
                found = re.search(r"http://[\d.:]+(?=/)", said.read())
                if found or running.poll() is not None:
                    break
                time.sleep(0.05)
            if not found:
                said.seek(0)
                raise SystemExit(f"the server did not start: {said.read()[-2_000:]}")
            yield found[0], running.pid
            said.seek(0)
            print(said.read()[-MOST_SAID:], file=sys.stderr)
            if running.poll() is not None:
                said.seek(0)
                raise SystemExit(f"the server ended: {said.read()[-2_000:]}")
        finally:
            running.terminate()
            running.wait(60)


def copied(desk: str, folder: str) -> str:
    """Return the place of a copy of a SQLite desk, its log included; of a PostgreSQL desk itself."""
    if "://" in desk:
        return desk
    copy = str(Path(folder) / "desk.db")
    shutil.copy(desk, copy)  # quick where the file system can share; what is in the log still follows
    with (
        sqlite3.connect(f"file:{quote(str(Path(desk).absolute()))}?mode=ro", uri=True) as source,
        sqlite3.connect(copy) as to,
    ):
        if source.execute("PRAGMA user_version").fetchone() != to.execute("PRAGMA user_version").fetchone():
            source.backup(to)
    return copy


def at(values: list[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    order = sorted(values)
    return order[min(len(order) - 1, round(share * (len(order) - 1)))]


def told(log: Log, before: State, after: State, seconds: float) -> dict[str, Any]:
    """Return what is printed, as JSON-ready values."""
    kinds = {
        kind: {
            "n": len(times),
            "p50": round(at(times, 0.5), 1),
            "p95": round(at(times, 0.95), 1),
            "kB": log.sizes[kind] // 1000,
        }
        for kind, times in sorted(log.times.items(), key=lambda pair: -len(pair[1]))
    }
    requests = sum(map(len, log.times.values()))
    return {
        "requests": requests,
        "a_second": round(requests / seconds, 1),
        "wrong": dict(log.wrong.most_common(20)),
        "conflicts": log.conflicts,
        "memory_mb": [round(before.memory), round(after.memory)],
        "files": [before.files, after.files],
        "kinds": kinds,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("desk", nargs="?")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--reviewers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=20251204)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="paraph-load-"))
        address, pid = stack.enter_context(served(copied(given.desk or made_at(folder), folder)))
        warm = press(
            address, 1, 0, 1, 0.1, given.seed
        )  # loads what is loaded late, so that it does not count as growth
        before = state_of(pid)
        log = press(address, given.readers, given.reviewers, given.seconds, given.think, given.seed)
        time.sleep(0.5)
        after = state_of(pid)
    log.wrong.update(warm.wrong)
    found = told(log, before, after, given.seconds)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(
        f"{found['requests']} requests, {found['a_second']} a second; {sum(log.wrong.values())} wrong, {log.conflicts} conflicts"
    )
    print(f"memory {before.memory:.0f} MB before, {after.memory:.0f} MB after; files {before.files}, {after.files}")
    for kind, row in found["kinds"].items():
        print(f"{kind:28} n {row['n']:6}   p50 {row['p50']:8.1f}   p95 {row['p95']:8.1f} ms   most {row['kB']:5} kB")
    for what, n in log.wrong.most_common(20):
        print(f"wrong, {n} times: {what}")
    return int(given.check and (bool(log.wrong) or after.files > before.files + SPARE_FILES))


if __name__ == "__main__":
    sys.exit(main())
