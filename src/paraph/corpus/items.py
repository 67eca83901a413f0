"""Items: what the forests of a corpus are made of, and what differs between the two of them.

``copies`` is the forest of documents whose trees are families of copies, ``deals`` that of signals whose trees are deals. Both
are those of the desk (``paraph.desk.placing``): the same order, the same keys and days, the same likeness.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from typing import Any

import numpy as np

from paraph.corpus.heaps import Numbers
from paraph.link import THRESHOLD, Traits, copies, score

__all__ = ["FAMILIES", "Family", "Item", "ordinal", "runs_of"]

Matter = Callable[[int], bytes]

# Traits are kept read for the next pair: an event's signals meet the same ones again and again. As many as the desk keeps.
_KEPT_TRAITS = 20_000


@dataclass(frozen=True, slots=True)
class Item:
    """A document or a signal as the forest sees it.

    ``place`` is where it stands in the order (its first field the ordinal of its day). Two of one ``kind`` are equally like every
    third one of another ``home``; ``home`` is a signal's document. ``keys`` are whole numbers, each with the days within which it
    counts; ``whole`` is the key that only those share whose texts may be the same in all words. ``matter`` is what likeness is
    told from, ``facts`` (JSON) what is told of it at the end.
    """

    place: tuple[Any, ...]
    kind: int
    home: int
    keys: tuple[int, ...]
    windows: tuple[int, ...]
    whole: tuple[int, ...]
    matter: bytes
    facts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """What differs between the two forests. ``columns`` are those of the staged ``table`` that ``item`` is made of.

    ``likenesses`` takes the numbers of the later and of the earlier items of pairs, sorted by both, with what gives the matter
    of a number. ``signed`` says whether keys may be below 0.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    threshold: float
    signed: bool
    item: Callable[[Mapping[str, Any]], Item]
    likenesses: Callable[[Numbers, Numbers, Matter], Numbers]


def ordinal(day: date | None) -> int:
    """Return the ordinal of a day, 0 where there is none."""
    return 0 if day is None else day.toordinal()


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True)


# Documents as texts that may be copies.


def _text(row: Mapping[str, Any]) -> Item:
    bands = tuple(sorted(set(row["bands"] or ())))
    return Item(
        place=(ordinal(row["day"]), row["id"], row["version"]),
        kind=int.from_bytes(bytes.fromhex(row["text_hash"])[:8], "big", signed=True),
        home=0,
        keys=bands,
        windows=(),
        whole=(_number(np.array(bands, np.int64).tobytes()),) if bands else (),
        matter=runs_of(row["text"]).tobytes(),
        facts=(row["id"], row["version"]),
    )


def runs_of(text: str) -> Numbers:
    """Return ``copies.runs_of`` a text as sorted whole numbers of 64 bits, made of its words' hashes: as many, and as alike.

    Hashing each run (``copies.shingles_of``) takes three times as long. Two runs have one number with a chance of 2**-64.
    """
    words = copies.words_of(text)
    hashes = np.fromiter(map(_word, words), np.uint64, len(words))
    if 0 < len(words) < copies.MIN_WORDS:
        whole: Numbers = (hashes * _POWERS[: len(words)]).sum(keepdims=True)
        return whole
    size = copies.SHINGLE_WORDS
    runs = sum(hashes[at : len(words) - size + 1 + at] * _POWERS[at] for at in range(size))
    return np.unique(np.asarray(runs, np.uint64))


# A run is the sum of its words' hashes, each times a power of an odd number, so that their order counts; modulo 2**64.
_POWERS = np.array([pow(0x9E3779B97F4A7C15, 1 + at, 1 << 64) for at in range(copies.MIN_WORDS)], np.uint64)
# Hashes of words are kept: those of news, with room to spare.
_KEPT_WORDS = 200_000


@lru_cache(maxsize=_KEPT_WORDS)
def _word(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _alike(later: Numbers, earlier: Numbers, matter: Matter) -> Numbers:
    """Return how much pairs of texts are copies, as ``paraph.link.copies.likeness`` does; each later one against all of its."""
    found = np.zeros(len(later))
    at = 0
    for number, group in groupby(later.tolist()):
        end = at + sum(1 for _ in group)
        one = np.frombuffer(matter(number), np.uint64)
        others = [np.frombuffer(matter(other), np.uint64) for other in earlier[at:end].tolist()]
        sizes = np.array([len(other) for other in others])
        filled = np.flatnonzero(sizes)
        if len(one) and len(filled):
            sizes = sizes[filled]
            joined = np.concatenate(others)
            hit = one[np.minimum(np.searchsorted(one, joined), len(one) - 1)] == joined
            shared = np.add.reduceat(hit, np.cumsum(sizes) - sizes, dtype=np.int64)
            jaccard = shared / (len(one) + sizes - shared)
            contained = copies.CONTAINMENT * shared / np.minimum(len(one), sizes)
            found[at + filled] = np.maximum(jaccard, contained)
        at = end
    return found


# Signals as what may speak of one deal.

# Fields of traits as JSON that say where a signal stands; they tell only against signals of the same document.
_WHERE = 4


def _signal(row: Mapping[str, Any]) -> Item:
    traits = json.loads(row["traits"])
    document = traits[0]
    told = json.dumps(traits[_WHERE:], ensure_ascii=False, separators=(",", ":"))
    return Item(
        place=(ordinal(row["day"]), row["document"], row["start"], row["end"], row["id"], row["version"]),
        kind=_number(told.encode("utf-8", "surrogatepass")),
        home=_number(document.encode("utf-8", "surrogatepass")),
        keys=tuple(row["keys"]),
        windows=tuple(row["windows"]),
        whole=(),
        matter=row["traits"].encode("utf-8", "surrogatepass"),
        facts=(
            row["id"],
            row["document"],
            row["paper"],
            row["day"] and row["day"].isoformat(),
            row["anchor"],
            row["parties"],
            row["sector"],
            row["instrument"],
            row["confidence"],
        ),
    )


def _likely(later: Numbers, earlier: Numbers, matter: Matter) -> Numbers:
    """Return how likely pairs of signals speak of one deal."""
    pairs = zip(later.tolist(), earlier.tolist(), strict=True)
    return np.fromiter(_scores(pairs, matter), np.float64, len(later))


def _scores(pairs: Iterator[tuple[int, int]], matter: Matter) -> Iterator[float]:
    for number, group in groupby(pairs, key=lambda pair: pair[0]):
        one = _traits(matter(number))
        for _, other in group:
            yield score(one, _traits(matter(other)))


@lru_cache(maxsize=_KEPT_TRAITS)
def _traits(written: bytes) -> Traits:
    return Traits.from_json(written.decode("utf-8", "surrogatepass"))


FAMILIES: dict[str, Family] = {
    "copies": Family(
        "copies",
        "documents",
        ("id", "version", "day", "text_hash", "text", "bands"),
        copies.THRESHOLD,
        True,
        _text,
        _alike,
    ),
    "deals": Family(
        "deals",
        "signals",
        (
            *("id", "document", "version", "row", "day", "start", "end", "anchor", "parties", "sector", "instrument"),
            *("confidence", "traits", "keys", "windows"),
        ),
        THRESHOLD,
        False,
        _signal,
        _likely,
    ),
}
