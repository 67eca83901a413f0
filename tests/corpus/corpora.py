"""Inputs of corpora for tests, of texts written for the purpose; and an engine of one process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holdings import capture

from paraph.corpus.values import Task
from paraph.corpus.work import Order
from paraph.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "india-russia-2025" / "documents"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
# States, things and days of which reports are made.
STATES = (("Norway", "Chile"), ("Japan", "Kenya"), ("Brazil", "Poland"), ("Canada", "Vietnam"), ("Egypt", "Italy"))
THINGS = (
    "electric ferries",
    "salmon feed",
    "a rail line to the coast",
    "rice seed research",
    "satellite pictures of ice",
    "wind farms",
)


def report(number: int) -> dict[str, Any]:
    """Return a report of two states as a row of the contract; every number gives another one, some of them on the same deal."""
    one, two = STATES[number % len(STATES)]
    thing = THINGS[number // 3 % len(THINGS)]
    day = 1 + number % 27
    text = (
        f"{one} and {two} may sign an agreement on {thing} in the coming weeks, the foreign minister of {one} told reporters.\n"
        f"Report number {number} was written after a meeting of both delegations, who spoke for {number % 7 + 1} hours.\n"
        f"The two governments signed a memorandum on {THINGS[number % len(THINGS)]} last year, officials of {two} recalled.\n"
        f"A spokesperson declined to say whether the treaty on taxes would be ready by {2027 + number % 5}."
    )
    return {
        "text": text,
        "url": f"https://news{number % 4}.example/{number}",
        "publisher": f"News {number % 4}",
        "title": f"{one} and {two} speak of {thing}",
        "published": f"2025-{1 + number % 12:02d}-{day:02d}",
    }


QUIET = {
    "text": "The baker opened a second shop beside the station. It sells bread and cakes from six in the morning, and on "
    "Sundays from eight. Children get a roll for free, as they did in the days of her grandmother.",
    "url": "https://town.example/baker",
    "title": "A second bakery",
    "published": "2025-03-02",
}
FOREIGN = {
    "text": "Der Bäcker hat neben dem Bahnhof ein zweites Geschäft eröffnet. Es verkauft Brot und Kuchen ab sechs Uhr morgens, "
    "und am Sonntag ab acht. Kinder bekommen ein Brötchen geschenkt, wie schon in den Tagen ihrer Großmutter, die das Geschäft "
    "gegründet hat und bis heute jeden Morgen selbst in der Backstube steht. Der Bürgermeister kam zur Eröffnung und lobte den "
    "Mut der jungen Leute, die das Geschäft nun führen.",
    "url": "https://stadt.example/baecker",
    "published": "2025-03-03",
}


def page(row: Mapping[str, Any]) -> bytes:
    """Return a page with the text of a row."""
    lines = "".join(f"<p>{line}</p>" for line in row["text"].split("\n"))
    head = f"<title>{row.get('title', '')}</title><meta property='article:published_time' content='{row.get('published', '')}'>"
    body = f"<nav><a href='/'>Home</a></nav><article><h1>{row.get('title', '')}</h1>{lines}</article>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>".encode()


def warc(path: Path, pages: Iterable[tuple[str, bytes]]) -> Path:
    """Write pages with their addresses as a packed web archive."""
    path.write_bytes(b"".join(capture(url, data) for url, data in pages))
    return path


def order(**changes: Any) -> Order:
    """Return an order of the fast reader, with small pieces and files."""
    settings = changes.pop("settings", {})
    usual: dict[str, Any] = {"corpus_piece_bytes": 4_000, "corpus_file_documents": 7, "corpus_files_per_piece": 3}
    given: dict[str, Any] = {"reader": "cues", "settings": Settings(**(usual | settings)), "now": NOW, "columns": {}}
    return Order(**(given | changes))


class Inline:
    """An engine that does every task in this process, and stops as one that is interrupted after so many tasks."""

    name = "inline"
    workers = 1

    def __init__(self, most: int | None = None, error: BaseException | None = None) -> None:
        self.left = most
        self.error = error or KeyboardInterrupt()
        self.done: list[Task] = []

    def run(self, tasks: Iterable[Task], busy: float) -> Iterator[tuple[Task, Any] | None]:
        yield None
        for task in tasks:
            if self.left == 0:
                raise self.error
            if self.left is not None:
                self.left -= 1
            self.done.append(task)
            yield task, task.function(*task.arguments)


def contents(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a data set; the report, the order and the lock are no part of it."""
    own = ("report.json", "order.json", "work.lock")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in own
    }


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of a data set, in the order of its parts."""
    import pyarrow.parquet as pq

    return [
        row for path in sorted((folder / table).rglob("*.parquet")) for row in pq.ParquetFile(path).read().to_pylist()
    ]
