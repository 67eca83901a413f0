"""A small press for tests: papers that foretell what a visit will bring, and what it brought. Every text is made up here."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from paraph.desk import Desk
from paraph.desk.values import Arrival
from paraph.model import Cue, Document, Kind, Occasion, Outcome, Reading, Verdict, day_of
from samples import signal

__all__ = ["BROUGHT", "DEALS", "VISIT", "article", "deliver", "honest", "settle", "shuffled", "told"]

VISIT = Occasion("Oslo visit", ("NO", "CL"), date(2025, 3, 20), date(2025, 3, 21), "Oslo")

# What the deals are called, their sector and form, and what the visit brought.
DEALS = {
    "ferries": ("electric ferries for the Chiloe crossing", "transport", "purchase"),
    "uranium": ("a uranium enrichment plant", "nuclear", "construction"),
    "radar": ("coastal radar stations", "defence", "purchase"),
    "desalination": ("a desalination loan", "finance", "investment"),
    "satellite": ("joint satellite production", "space", "joint_production"),
    "salmon": ("a salmon feed contract", "agriculture", "purchase"),
    "seed": ("the seed bank at Punta Arenas", "environment", "cooperation"),
}
BROUGHT = {
    "ferries": Outcome.SIGNED,
    "uranium": Outcome.SIGNED,
    "radar": Outcome.AGREED,
    "desalination": Outcome.ABSENT,
    "satellite": Outcome.ABSENT,
    "salmon": Outcome.REFUSED,
    "seed": Outcome.SIGNED,
}

_SAID = {
    ("signed", "certain"): "will sign",
    ("signed", "probable"): "are expected to sign",
    ("signed", "possible"): "could sign",
    ("ended", "probable"): "are unlikely to sign",
    ("in_force", "certain"): "will run",
}
_WORDS = (
    "harbour minister evening quarrel committee dredging canal winter senator bridge parliament invoice glacier orchard "
    "railway editor crowd festival lantern market tunnel island granite petition airport novelist copper drought chapel "
    "violin pavement carnival meadow whistle teacher kitchen ladder mountain postcard theatre umbrella wagon yeast"
).split()


def told(
    deal: str, stage: str = "signed", certainty: str = "probable", ahead: bool = True, source: str | None = None
) -> tuple[str, dict[str, Any]]:
    """Return what a sentence of an article tells of a deal."""
    return deal, {"stage": stage, "certainty": certainty, "ahead": ahead, "source": source}


def article(
    name: str,
    publisher: str,
    day: date | None,
    *tellings: tuple[str, dict[str, Any]],
    site: str | None = None,
    words: str | None = None,
    kind: Kind = Kind.REPORT,
    title: str | None = None,
    swap: float = 0.0,
    updated: date | None = None,
) -> Reading:
    """Return an article with its signals; ``words`` is the seed of its other sentences, its own where not given.

    ``swap`` is the share of those words that are exchanged for others.
    """
    chance, other = random.Random(words or name), random.Random(f"{name} swapped")
    sentences, marks = [], []
    for deal, fields in tellings:
        phrase = _SAID.get((fields["stage"], fields["certainty"]), "signed") if fields["ahead"] else fields["stage"]
        anchor, sector, instrument = DEALS[deal]
        attributed = f", {fields['source']} said" if fields["source"] else ""
        sentences.append(f"Norway and Chile {phrase} {anchor}{attributed}.")
        marks.append((anchor, phrase, fields | {"sector": sector, "instrument": instrument}))
        for _ in range(4):
            filler = [chance.choice(_WORDS) for _ in range(14)]
            sentences.append(" ".join(other.choice(_WORDS) if other.random() < swap else word for word in filler) + ".")
    text, signals, at = "", [], 0
    for n, sentence in enumerate(sentences):
        if n % 5 == 0:
            anchor, phrase, fields = marks[n // 5]
            made = signal(sentence, anchor, fields["stage"], **{k: v for k, v in fields.items() if k != "stage"})
            cue = sentence.index(phrase.split()[0])
            signals.append((made, at, cue, phrase))
        text += sentence + "\n"
        at = len(text)
    shifted = []
    for made, begin, cue, phrase in signals:
        cues, place = [], begin + cue
        for word in phrase.split():
            cues.append(Cue("certainty", place, place + len(word)))
            place += len(word) + 1
        shifted.append(replace(made, start=begin + made.start, end=begin + made.end, why=tuple(cues)))
    host = site or f"{publisher.lower().replace(' ', '-')}.example"
    return Reading(
        Document(
            text=text,
            id=name,
            url=f"https://{host}/{name}",
            publisher=publisher,
            title=title or f"{publisher} on the Oslo visit",
            published=day,
            updated=updated,
            kind=kind,
        ),
        tuple(shifted),
    )


def honest() -> list[Reading]:
    """Three papers that foretell the visit, each in its own words."""
    ruiz, berg = "Minister Ana Ruiz", "Minister Olav Berg"
    return [
        article("post-1", "Post", date(2025, 3, 1), told("ferries"), told("uranium", source=ruiz), told("salmon")),
        article("post-2", "Post", date(2025, 3, 6), told("radar"), told("desalination", certainty="possible")),
        article("courier-1", "Courier", date(2025, 3, 2), told("ferries", certainty="certain"), told("satellite")),
        article("courier-2", "Courier", date(2025, 3, 9), told("uranium", source=ruiz), told("salmon", "ended")),
        article("mercury-1", "Mercury", date(2025, 3, 3), told("ferries", source=berg), told("radar", source=berg)),
        article(
            "mercury-2", "Mercury", date(2025, 3, 12), told("desalination"), told("satellite", certainty="possible")
        ),
    ]


def deliver(desk: Desk, *readings: Reading, seen: date | None = None, arrival: Arrival = "added") -> None:
    """Add readings as they come out: each at noon of its day, or of the day on which it is seen."""
    for reading in readings:
        day = seen or day_of(reading.document.published or VISIT.first)
        desk.add(reading, seen=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), arrival=arrival)


def settle(desk: Desk, brought: dict[str, Outcome] = BROUGHT, occasion: Occasion = VISIT) -> dict[str, str]:
    """Settle the visit by what each deal is called; return the deals' ids by the word that names them."""
    desk.add_occasion(occasion)
    verdicts, ids = [], {}
    for deal in desk.all_deals(parties=occasion.parties):
        names = {word for word in DEALS for each in deal.sightings if word in each.signal.anchor}
        if len(names) == 1:
            (word,) = names
            assert word not in ids, f"{word} became two deals"
            ids[word] = deal.id
            verdicts.append(Verdict(deal.id, brought[word], 0.9))
    desk.settle(occasion, verdicts)
    return ids


def shuffled(readings: Sequence[Reading], seed: int) -> list[Reading]:
    """Return the readings in another order."""
    mixed = list(readings)
    random.Random(seed).shuffle(mixed)
    return mixed
