"""Titles: what a deal is called and what is said of it as a whole, read off its signals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from paraph.extract.tokens import fold
from paraph.extract.verbs import verb_list
from paraph.link.traits import STORED, forms, root, tells
from paraph.model import Instrument, Sector, Sighting

__all__ = ["summary_of", "title_of"]

# A title is best between these many words: long enough to say something, short enough for a line. Set by eye.
LEAST_WORDS, MOST_WORDS = 2, 9


def title_of(sightings: Sequence[Sighting]) -> str:
    """Return the best anchor: told most often in these words, by the surest engine, neither bare nor long.

    Pure; the order of the sightings does not matter.
    """

    def worth(sighting: Sighting) -> tuple[float, str]:
        fits, folded = _told(sighting.signal.anchor)
        return (fits + sighting.signal.confidence + 0.2 * said[folded], sighting.id)

    said = Counter(_told(sighting.signal.anchor)[1] for sighting in sightings)
    best = max(sightings, key=worth)
    # Of a row of a table, its first cell that says something.
    cells = [cell for cell in best.signal.anchor.split("|") if any(map(tells, cell.split()))] or [best.signal.anchor]
    title = " ".join(cells[0].split())
    return title[:1].upper() + title[1:]


@lru_cache(maxsize=STORED)
def _told(anchor: str) -> tuple[int, str]:
    """Return how well an anchor's words make a title, and the anchor folded; kept, for large deals ask often."""
    words = anchor.split()
    fits = min(sum(tells(word) for word in words), 4) - max(0, len(words) - MOST_WORDS)
    fits += any(root(word) in forms() for word in words)  # "agreement", "joint": it says what form the deal takes
    first = fold(words[0]) if words else ""
    fits -= 2 * (first in verb_list().third and root(first) not in forms())  # "flies at …" is torn out of a sentence
    return fits - (2 if len(words) < LEAST_WORDS else 0), fold(anchor)


def summary_of(sightings: Sequence[Sighting]) -> tuple[tuple[str, ...], Sector, Instrument]:
    """Return the deal's parties, sector and instrument.

    Parties are those that at least half as many sightings name as name the most named one, most named first; sector and
    instrument are the most frequent, weighed by confidence; ties go to the first in the order of the guidelines.
    """
    parties = Counter(party for sighting in sightings for party in sighting.signal.parties)
    most = max(parties.values(), default=0)
    named = tuple(sorted((p for p, n in parties.items() if 2 * n >= most), key=lambda p: (-parties[p], p)))
    sectors = dict.fromkeys(Sector, 0.0)
    instruments = dict.fromkeys(Instrument, 0.0)
    for sighting in sorted(sightings, key=lambda s: s.id):
        sectors[sighting.signal.sector] += sighting.signal.confidence
        instruments[sighting.signal.instrument] += sighting.signal.confidence
    return (
        named,
        max(Sector, key=lambda sector: sectors[sector]),
        max(Instrument, key=lambda instrument: instruments[instrument]),
    )
