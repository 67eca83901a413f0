"""Blocking: which signals are compared at all.

Two signals are candidates for one deal if they share a key and their days lie no further apart than the key's window. A key
is made of a party and a word that tells something, or of the document itself; the rarer the word, the longer the window.
Keys depend on the signal alone, so who is compared with whom does not depend on what else the desk holds, nor on the order
in which it came.
"""

from __future__ import annotations

import hashlib
from itertools import combinations

from paraph.link.traits import Traits, weight_of

__all__ = ["keys_of"]

# Beside one party, a word keeps two signals comparable over so many days, by how much it tells (the log of its rarity in news): a
# deal on "trade" half a year on is mostly another; one on "S-400" is the same. Set by eye.
WINDOWS = ((5.0, 1500), (3.5, 400), (0.0, 45))
# Beside two parties every word does so for this long: what two states do together in one field is followed over a year.
PAIR_DAYS = 400
# Keys are made of at most this many parties (the first by the alphabet) and words (those that tell most) of a signal: a list of
# 27 members would otherwise make hundreds. Two long lists that share only later members are compared by no key. Set by eye.
MOST_PARTIES, MOST_WORDS = 4, 6
# General anchors ("several agreements") have no word of their own; they are compared with each other.
GENERAL = "[general]"


def keys_of(traits: Traits) -> tuple[tuple[int, int], ...]:
    """Return the signal's keys: pairs of a whole number below 2**63 and a window in days, in order of the number.

    Signals of one document always share a key, whose window is 0 days. A signal without parties has the keys of its words
    under the party "".
    """
    words = sorted(traits.words, key=lambda word: (-weight_of(word), word))[:MOST_WORDS] or [GENERAL]
    parties = traits.parties[:MOST_PARTIES] or ("",)
    keys = {_number(f"document\t{traits.document}"): 0}
    for word in words:
        days = 0 if word == GENERAL else _window(word)
        for party in parties:
            keys[_number(f"{party}\t{word}")] = days
        for one, other in combinations(parties, 2):
            keys[_number(f"{one}\t{other}\t{word}")] = max(days, PAIR_DAYS)
    return tuple(sorted(keys.items()))


def _window(word: str) -> int:
    weight = weight_of(word)
    return next(days for least, days in WINDOWS if weight >= least)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
