"""Occasions suggested from texts: how many of the known summits are found, and what else is suggested.

usage: python benchmarks/occasions.py [GOLD] [EVENTS]      (default: ../shared/bench/gold and ../shared/bench/events.json)

Truth is known for the six events of dev. An event is *found* where a suggestion of its documents has two of its parties and
one of its days; *exact* where the days are the same. Suggestions on train were judged by eye (JUDGED, with what is wrong);
one that is not listed there is counted as not judged. Beside it, speed: documents a second, for a desk reads all of its own.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from paraph.model import Document, Occasion
from paraph.resolve.occasions import Suggestion, suggest
from paraph.show.words import party

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "bench"

# Read by eye on 2026-11-22, each suggestion held against its sentences: right where parties and days are those that they tell.
RIGHT = (
    "Modi in Paris, July 2023",
    "Erdogan in Pakistan, February 2025",
    "EU in London, May 2025",
    "India-EU summit, January 2026",
    "Shultz in Moscow, April 1987",
    "Clercq in Washington, July 1987",
    "Lyng in Japan, April 1987",
    "Häkkänen in Washington, December 2023",
    "Erdogan in Cairo, February 2024",
    "Jaishankar in Colombo, June 2024",
    "Pezeshkian in Moscow, January 2025",
    "South Korea-US summit, October 2025",
    "Scholz in Saudi Arabia and Qatar and UAE, September 2022",
    "Macron in India, January 2024",
    "Biden in Angola, December 2024",
    "Carney in Mexico, September 2025",
    "Starmer in Türkiye, October 2025",
    "Sharif in China, June 2024",
)
WRONG = ("Modi in Japan, August 2025",)  # another document speaks of a second day
JUDGED = dict.fromkeys(RIGHT, True) | dict.fromkeys(WRONG, False)


@dataclass(frozen=True, slots=True)
class Filed:
    """A document of the gold as the desk would hand it over."""

    document: Document
    day: date | None
    voice: str


def documents(folder: Path) -> list[Filed]:
    """Return the documents of a folder of the gold."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        row: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if "text" not in row:
            continue
        day = date.fromisoformat(row["published"]) if row.get("published") else None
        found.append(
            Filed(Document(text=row["text"], id=row["id"], title=row.get("title"), published=day), day, row["id"])
        )
    return found


def same(found: Occasion, true: Occasion) -> bool:
    """Tell whether a suggestion is an event: two of its parties, one of its days."""
    return len(set(found.parties) & set(true.parties)) > 1 and found.first <= true.last and true.first <= found.last


def main(arguments: list[str]) -> int:
    """Print the figures."""
    gold, events = Path(arguments[0]) if arguments else SHARED / "gold", SHARED / "events.json"
    if len(arguments) > 1:
        events = Path(arguments[1])
    if not gold.is_dir() or not events.is_file():
        print(f"{gold} or {events} is missing: nothing to measure on")
        return 0
    truth = {
        id: Occasion(
            row["name"],
            tuple(row["parties"]),
            date.fromisoformat(row["from"]),
            date.fromisoformat(row["to"]),
            row["place"],
        )
        for id, row in json.loads(events.read_text("utf-8")).items()
    }
    dev = documents(gold / "dev")
    suggested = suggest(dev, name_of=party)
    print(f"dev: {len(dev)} documents, {len(suggested)} suggestions")
    hits = exact = 0
    for id, true in truth.items():
        match = next((one for one in suggested if same(one.occasion, true)), None)
        hits += match is not None
        exact += match is not None and (match.occasion.first, match.occasion.last) == (true.first, true.last)
        print(f"  {id:24} {true.first} {true.last}  {told(match)}")
    print(f"  found {hits} of {len(truth)}, with exactly the same days {exact}")
    for one in suggested:
        if not any(same(one.occasion, true) for true in truth.values()):
            print(f"  besides: {told(one)}")
    train = documents(gold / "train")
    begin = time.perf_counter()
    suggested = suggest(train, name_of=party)
    seconds = time.perf_counter() - begin
    print(f"train: {len(train)} documents, {len(suggested)} suggestions, {len(train) / seconds:,.0f} documents/s")
    for one in suggested:
        mark = {True: "right", False: "WRONG", None: "?"}[JUDGED.get(one.occasion.name)]
        print(f"  {mark:6} {told(one)}")
    judged = [JUDGED[one.occasion.name] for one in suggested if one.occasion.name in JUDGED]
    print(f"  right by eye: {sum(judged)} of {len(judged)} judged; {len(suggested) - len(judged)} not judged")
    return 0


def told(one: Suggestion | None) -> str:
    """Return a suggestion in one line."""
    if one is None:
        return "-"
    occasion = one.occasion
    return f"{one.confidence:.2f} {one.voices} {occasion.name} {occasion.first} {occasion.last} {','.join(occasion.parties)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
