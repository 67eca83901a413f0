"""A pool of small invented reports about the same few deals: reprints, updates, pages of feeds and by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from paraph.desk import Arrival, Desk
from paraph.desk.schema import deal_tags, deals, documents, link_keys, signal_parties, signals, versions
from paraph.model import Document, Kind, Reading, Signal
from samples import signal

__all__ = ["Delivery", "deliver", "pool", "state"]

DEALS = (
    ("agreement on electric ferries", "transport", ("NO", "CL")),
    ("supply of salmon feed", "agriculture", ("NO", "CL")),
    ("purchase of rescue helicopters", "defence", ("NO", "PE")),
    ("joint research on fjord ice", "environment", ("NO", "CL")),
    ("loan for the port of Arica", "finance", ("CL", "PE")),
    ("several agreements", "trade", ("NO", "CL")),
)
STAGES = (("talks", False), ("signed", True), ("agreed", False), ("signed", False), ("stalled", False))
FILL = (
    "Officials met in Oslo on Monday and spoke for three hours about fish, ships and the weather in the north.",
    "The two sides have traded since the days of sail, and the ministers recalled it with some warmth at dinner.",
    "Nobody at the harbour would say when the next round is to be, though a hall was booked for the week after.",
    "A spokeswoman thanked the hosts and pointed to the long list of matters that were still being looked at.",
    "Analysts in Santiago had hoped for more, while those in Lima said that they had not expected anything at all.",
)

# When it came, how, and what was read.
Delivery = tuple[datetime, Arrival, Reading]
_BEGIN = datetime(2025, 3, 1, 12, tzinfo=UTC)


def _reading(chance: random.Random, id: str, day: date | None, publisher: str) -> Reading:
    lines, said = [], []
    for words, sector, parties in chance.sample(DEALS, chance.randint(1, 4)):
        lines.append(f"The {words} was spoken of by {publisher} again. {chance.choice(FILL)}")
        said.append((words, sector, parties, *chance.choice(STAGES)))
    chance.shuffle(lines)
    text = "\n".join([*lines, f"{publisher} {id} {chance.choice(FILL)}"])
    found: list[Signal] = [
        signal(text, words, stage, ahead=ahead, sector=sector, parties=parties, confidence=0.5 + 0.05 * len(words) / 10)
        for words, sector, parties, stage, ahead in said
    ]
    document = Document(
        text=text, id=id, url=f"https://{publisher.lower()}.example/{id}", publisher=publisher, title=id, published=day
    )
    return Reading(document, tuple(sorted(found, key=lambda each: each.start)))


def pool(seed: int, size: int = 10) -> list[Delivery]:
    """Return deliveries in order of time: some documents as two versions, some reprinted by others, some brought twice."""
    chance = random.Random(seed)
    out: list[Delivery] = []
    for number in range(size):
        day = None if chance.random() < 0.15 else date(2025, 2, 20) + timedelta(chance.randrange(60))
        seen = _BEGIN + timedelta(days=chance.randrange(60), minutes=number)
        arrival: Arrival = "watched" if chance.random() < 0.5 else "added"
        reading = _reading(chance, f"d{number}", day, chance.choice(("Fjord", "Andes", "Cable", "Harbour")))
        if chance.random() < 0.2:
            reading = replace(reading, document=replace(reading.document, kind=Kind.OFFICIAL))
        out.append((seen, arrival, reading))
        if chance.random() < 0.3:
            copied = replace(reading.document, id=f"c{number}", url=None, publisher="Reprint", published=None)
            out.append(
                (seen + timedelta(days=chance.randrange(4), hours=1), "watched", replace(reading, document=copied))
            )
        if chance.random() < 0.3:
            later = _reading(chance, f"d{number}", day, reading.document.publisher or "")
            updated = seen + timedelta(days=1) if chance.random() < 0.5 else None
            document = replace(later.document, updated=updated)
            out.append((seen + timedelta(days=2), arrival, replace(later, document=document)))
        if chance.random() < 0.3:
            out.append((seen + timedelta(days=3), "added", reading))
    return sorted(out, key=lambda delivery: delivery[0])


def deliver(desk: Desk, deliveries: list[Delivery]) -> None:
    """Add the deliveries in the order given."""
    for seen, arrival, reading in deliveries:
        desk.add(reading, arrival=arrival, seen=seen)


def state(desk: Desk) -> dict[str, list[Any]]:
    """Return all that a desk derives, without row ids and times of delivery, in an order of its own."""
    with desk.look() as connection:
        rows = {row.id: row for row in connection.execute(select(signals))}
        papers = {row.id: row for row in connection.execute(select(documents))}
        hashes = {row.id: row.hash for row in connection.execute(select(versions))}

        def key(table: dict[int, Any], id: int | None) -> str | None:
            return None if id is None else table[id].key

        inner = {"id", "document_id", "version_id", "parent_id", "root_id", "pin_id"}
        found = {
            "documents": [
                {name: value for name, value in row._mapping.items() if name not in inner}
                | {
                    "root": key(papers, row.root_id),
                    "parent": key(papers, row.parent_id),
                    "version": hashes[row.version_id],
                }
                for row in papers.values()
            ],
            "signals": [
                {name: value for name, value in row._mapping.items() if name not in inner}
                | {
                    "root": key(rows, row.root_id),
                    "parent": key(rows, row.parent_id),
                    "pin": key(rows, row.pin_id),
                    "document": papers[row.document_id].key,
                    "version": hashes[row.version_id],
                }
                for row in rows.values()
            ],
            "deals": [{**row._mapping, "id": key(rows, row.id)} for row in connection.execute(select(deals))],
            "tags": [dict(row._mapping) for row in connection.execute(select(deal_tags))],
            "keys": [(row.key, row.day, key(rows, row.signal_id)) for row in connection.execute(select(link_keys))],
            "parties": [
                (row.party, row.day, key(rows, row.signal_id)) for row in connection.execute(select(signal_parties))
            ],
        }
    return {name: sorted(values, key=repr) for name, values in found.items()}
