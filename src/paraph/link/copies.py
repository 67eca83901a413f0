"""Copies: is a text a reprint, a cut or reworded copy, or an updated version of another one?

A text becomes the set of its runs of three words (shingles; Broder, "On the resemblance and containment of
documents", 1997), case, accents and punctuation folded. Two texts are copies where ``likeness`` of their sets reaches
``THRESHOLD``. To find the few worth comparing among millions, each set is sketched with MinHash and the sketch cut into
bands (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3): texts that share no band are not compared.
All of it is pure and the same on every machine.

What is not seen: a translation, and a report written anew in other words, which is a report of its own.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from struct import Struct
from typing import Any

__all__ = [
    "CONTAINMENT",
    "MIN_WORDS",
    "SKETCH_VERSION",
    "THRESHOLD",
    "bands_of",
    "likeness",
    "runs_of",
    "shingles_of",
    "words_of",
]

# Two texts are copies from this likeness on. benchmarks/copies.py: of the 816 different reports of the gold no pair comes
# above .17, and of copies with 40 % of the sentences out and 8 % of the words changed 88 % come above .3 (.25: 95 %).
# It is not lower because of what was seen in real reports on one event (ECB+, every sixth pair from .24 to .36 looked at):
# above about .3 they are one agency's story or one statement's words, below it more and more share quotations alone.
THRESHOLD = 0.3

# What a unit of containment (the share of the smaller set that is in the larger) counts beside one of resemblance (the
# Jaccard index): half of the smaller text counts as much as three tenths of both, so that a text of which only the
# beginning was printed is a copy.
CONTAINMENT = 0.6

# A text of fewer words than this is a copy only of one with the very same words: with so few runs of words, one quotation
# or a headline that both hold would make copies of different texts. Set by eye; the shortest reports of the gold have 60.
MIN_WORDS = 30

# What the bands rest on; bands of different versions must not be compared. To be raised with any change of the folding, the
# hashes, the seed or rensa's algorithm (tests/link/test_copies.py pins the bands of a text).
SKETCH_VERSION = 1

SHINGLE_WORDS = 3

# 64 bands of 2 rows: two sets with a Jaccard index of .3 share a band with a probability of 1 - (1 - .3**2)**64 = .998,
# two with one of .02, as different reports on one event have, with .025.
_PERMUTATIONS = 128
_SEED = 20251204

# A band is its number and its two rows; its key is kept with a sign.
_BAND, _BAND_KEY = Struct(">3I"), Struct(">q")

_WORD = re.compile(r"[^\W_]+")


def runs_of(text: str) -> frozenset[str]:
    """Return the text's runs of three words, with a space between them.

    Case, accents, width and punctuation make no difference. A text of fewer than ``MIN_WORDS`` words gives a single
    run of all its words; one without words gives the empty set. Linear in the text.
    """
    words = words_of(text)
    if not words:
        return frozenset()
    if len(words) < MIN_WORDS:
        return frozenset((" ".join(words),))
    return frozenset(map(" ".join, zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False)))


def words_of(text: str) -> list[str]:
    """Return the text's words in order, folded as they are compared. Linear in the text."""
    return _WORD.findall(_folded(text))


def shingles_of(text: str) -> frozenset[int]:
    """Return the hashes of ``runs_of`` the text, 64 bits each without sign. Linear in the text."""
    return frozenset(map(_hash, runs_of(text)))


def bands_of(shingles: frozenset[int]) -> tuple[int, ...]:
    """Return the bands of a set's sketch, 64 whole numbers of 64 bits with sign, as databases keep them.

    Two sets that share no band need not be compared. The empty set has no band and a set of one has one.
    """
    if not shingles:
        return ()
    from rensa import RMinHash

    row = RMinHash.digest_matrix_from_token_hash_sets([sorted(shingles)], _PERMUTATIONS, _SEED).to_rows()[0]
    bands = 1 if len(shingles) == 1 else _PERMUTATIONS // 2
    return tuple(_BAND_KEY.unpack(_digest(_BAND.pack(at, row[2 * at], row[2 * at + 1])))[0] for at in range(bands))


def likeness(one: frozenset[Any], other: frozenset[Any]) -> float:
    """Return how much two texts are copies of each other, 0..1: the larger of their Jaccard index and .6 of their containment.

    Both are given as their runs, or both as their shingles: hashing the runs takes longer than comparing them.
    Symmetric; 0 where one is empty. Texts too short to tell are 1 where they have the same words, else 0.
    """
    if not one or not other:
        return 0.0
    shared = len(one & other)
    jaccard = shared / (len(one) + len(other) - shared)
    return max(jaccard, CONTAINMENT * shared / min(len(one), len(other)))


def _folded(text: str) -> str:
    text = text.casefold()
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).digest()


def _hash(words: str) -> int:
    return int.from_bytes(_digest(words.encode("utf-8", "surrogatepass")), "big")
