"""Sightings and deals for tests, in few words: what is said on which day, by whom, where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from paraph.model import (
    Authority,
    Certainty,
    Deal,
    Instrument,
    Kind,
    Sector,
    Sighting,
    Signal,
    SourceType,
    Stage,
)

# The first day of all stories in these tests.
START = date(2025, 1, 1)


def on(day: int) -> date:
    """Return the day so many days after the start."""
    return START + timedelta(day)


def sighting(day: int, stage: str = "talks", **said: Any) -> Sighting:
    """Return a sighting on a day after the start; ``document`` gives publisher and owner where these are not given."""
    document = said.get("document", f"doc-{day}-{stage}")
    source = said.get("source")
    start = said.get("start", 0)
    return Sighting(
        id=said.get("id", f"{document}:{start}"),
        document=document,
        signal=Signal(
            start=start,
            end=start + 4,
            anchor="pact",
            stage=Stage(stage),
            ahead=said.get("ahead", False),
            certainty=Certainty(said.get("certainty", "certain")),
            source_type=SourceType(said.get("source_type", "official" if source else "outlet")),
            source=source,
            parties=tuple(said.get("parties", ("NO", "CL"))),
            sector=Sector(said.get("sector", "transport")),
            instrument=Instrument.COOPERATION,
            confidence=said.get("confidence", 0.9),
        ),
        day=on(day),
        voice=said.get("voice", document),
        publisher=said.get("publisher", f"{document} Herald"),
        owner=said.get("owner", said.get("publisher", f"{document}.example")),
        authority=Authority(said.get("authority", "press")),
        kind=Kind.REPORT,
        title=None,
        quote="A pact.",
        vanished=said.get("vanished", False),
    )


def deal(*sightings: Sighting, id: str = "deal", sector: str = "transport") -> Deal:
    """Return the deal of these sightings."""
    return Deal(id, "A pact", ("NO", "CL"), Sector(sector), Instrument.COOPERATION, tuple(sightings))


def copies(of: Sighting, days: Iterable[int], **changes: Any) -> list[Sighting]:
    """Return reprints of a sighting by other publishers on later days."""
    from dataclasses import replace

    return [
        replace(
            of,
            id=f"{of.id}-copy-{n}",
            document=f"{of.document}-copy-{n}",
            publisher=f"Reprint {n}",
            owner=f"reprint-{n}.example",
            day=on(day),
            **changes,
        )
        for n, day in enumerate(days)
    ]
