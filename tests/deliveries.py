"""Small documents as they come in from everywhere: reports, reprints, updates and official papers on the same invented deals.

What is delivered exercises every way in which one document touches what others left: a reprint joins a voice, an
earlier report that comes late becomes the root of a deal, an update takes words out. Signals are made up by hand, so
that no engine is needed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from paraph.model import Document, Kind, Reading
from samples import signal

__all__ = ["NOW", "Delivery", "deliveries", "little"]

NOW = datetime(2031, 6, 1, 12, tzinfo=UTC)

_PARTIES = [("NO", "CL"), ("IN", "RU"), ("FR", "KE"), ("JP", "PH"), ("BR", "EG"), ("CA", "VN")]
_DEALS = [
    ("electric ferries", "transport", "purchase"),
    ("a uranium enrichment plant", "nuclear", "construction"),
    ("coastal radar stations", "defence", "purchase"),
    ("a free trade agreement", "trade", "trade_terms"),
    ("joint satellite production", "space", "joint_production"),
    ("a desalination loan", "finance", "investment"),
]
_WORDS = (
    "harbour minister evening quarrel committee dredging canal winter senator bridge parliament invoice glacier "
    "orchard railway editor crowd festival ferry lantern market tunnel island granite petition airport novelist "
    "copper drought chapel"
).split()
_LEADS = {
    "idea": "{a} has proposed to {b} to agree on {deal}, an official said on Monday.",
    "talks": "{a} and {b} are still negotiating {deal}, according to two diplomats.",
    "agreed": "{a} and {b} could announce {deal} when their leaders meet.",
    "signed": "{a} and {b} signed the papers on {deal} at a ceremony.",
    "stalled": "{a} has put off the decision on {deal} until the autumn.",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One document as it comes in; ``seen`` is when."""

    reading: Reading
    arrival: Any
    seen: datetime
    raw: bytes | None = None


def deliveries(count: int, seed: int = 1) -> list[Delivery]:
    """Return so many deliveries, in the order of time; the same for the same seed."""
    chance = random.Random(seed)
    made: list[Delivery] = []
    story = 0
    while len(made) < count:
        made += _story(story, chance)
        story += 1
    return sorted(made[:count], key=lambda each: (each.seen, each.reading.document.id))


def little(number: int) -> Reading:
    """Return a report of its own with one signal, the same for the same number; as small as a document can be."""
    chance = random.Random(number)
    deal, (_, sector, instrument) = f"a {chance.choice(_WORDS)} {chance.choice(_WORDS)} scheme", chance.choice(_DEALS)
    text = _body("talks", ("Norway", "Chile"), deal, chance)
    return Reading(
        Document(
            text=text,
            id=f"little-{number}",
            published=date(2011, 1, 1) + timedelta(days=number * 37 % 7_000),
            language="en",
        ),
        (
            signal(
                text,
                deal,
                "talks",
                sector=sector,
                instrument=instrument,
                parties=(chance.choice(_PARTIES)[0], chance.choice(_PARTIES)[1]),
            ),
        ),
    )


def _body(stage: str, names: tuple[str, str], deal: str, chance: random.Random, extra: str = "") -> str:
    lead = _LEADS[stage].format(a=names[0], b=names[1], deal=deal)
    filler = " ".join(" ".join(chance.choices(_WORDS, k=9)).capitalize() + "." for _ in range(5))
    return f"{lead} {filler} {extra}".strip()


def _story(number: int, chance: random.Random) -> list[Delivery]:
    parties = _PARTIES[number % len(_PARTIES)]
    deal, sector, instrument = _DEALS[(number // 2) % len(_DEALS)]
    begin = date(2031, 3, 1) + timedelta(days=5 * (number // 4))
    fields: dict[str, Any] = {"parties": parties, "sector": sector, "instrument": instrument}
    second = "A wharf for tugs may follow."

    def reading(
        id: str, text: str, day: int, stage: str, publisher: str, *, updated: int | None = None, **more: Any
    ) -> Reading:
        found = [signal(text, deal, stage, **fields, **more)]
        if second in text:
            found.append(
                signal(
                    text,
                    "wharf for tugs",
                    "agreed",
                    ahead=True,
                    certainty="possible",
                    **fields | {"sector": "transport"},
                )
            )
        when = datetime.combine(begin, datetime.min.time(), UTC) + timedelta(days=day, hours=8)
        return Reading(
            Document(
                text=text,
                id=f"{number}-{id}",
                url=f"https://{publisher.lower()}.example/{number}/{id}",
                publisher=publisher,
                title=f"{publisher} on {deal}",
                published=when,
                updated=when + timedelta(days=updated) if updated else None,
                language="en",
                kind=Kind.OFFICIAL if publisher == "Ministry" else Kind.REPORT,
            ),
            tuple(sorted(found, key=lambda each: each.start)),
        )

    def at(day: int) -> datetime:
        return datetime.combine(begin, datetime.min.time(), UTC) + timedelta(days=day, hours=9, minutes=number % 60)

    first = _body("agreed", parties, deal, chance, second)
    ahead: dict[str, Any] = {"ahead": True, "certainty": "possible"}
    reprint = f"OSLO (Agency) - {first} Reporting by the bureau."
    own = _body("talks", parties, deal, chance)
    outcome = _body("signed", parties, deal, chance)
    return [
        Delivery(reading("report", first, 0, "agreed", "Herald", **ahead), "watched", at(0), first.encode()),
        Delivery(reading("reprint", reprint, 1, "agreed", "Courier", **ahead), "watched", at(1)),
        Delivery(reading("own", own, 2, "talks", "Tribune"), "added", at(2), own.encode()),
        Delivery(
            reading(
                "report", first.replace(second, "Nothing more is planned."), 0, "agreed", "Herald", updated=3, **ahead
            ),
            "watched",
            at(3),
        ),
        Delivery(reading("outcome", outcome, 7, "signed", "Ministry", source="Ana Ruiz"), "added", at(7)),
    ]
