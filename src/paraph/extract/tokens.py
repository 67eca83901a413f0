"""Words of a text with their places: the tokens that every other part of extraction looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

__all__ = ["Tokens", "fold", "stem", "tokenize"]

# A word keeps its inner hyphens, dots, ampersands and apostrophes ("MQ-9B", "U.S", "S&P"), so that designations of arms
# and abbreviations stay whole; a possessive "'s" is a token of its own, for it closes a name. Each alternative begins
# with a different character class, so the pattern runs in linear time.
_TOKEN = re.compile(r"([^\W_]+(?:(?:[-.&]|['’](?!s\b))[^\W_]+)*|['’]s\b|[^\w\s]|_)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text: four parallel lists.

    ``starts`` and ``ends`` are code points of the text; ``words`` as written; ``lowers`` folded for look-up.
    """

    starts: list[int]
    ends: list[int]
    words: list[str]
    lowers: list[str]

    def __len__(self) -> int:
        return len(self.starts)


def tokenize(text: str) -> Tokens:
    """Split a text into words, possessive marks and single signs; white space falls away. Linear in the text."""
    # What stands between tokens and tokens in turns; no loop in Python, and no object a match.
    parts = _TOKEN.split(text)
    places = list(accumulate(map(len, parts)))
    starts, ends, words = places[:-1:2], places[1::2], parts[1::2]
    # The same as fold() of each word, without 200 calls a text.
    lowers = list(map(str.lower, words))
    if "’" in text:
        lowers = [word.replace("’", "'") for word in lowers]
    return Tokens(starts, ends, words, lowers)


def fold(word: str) -> str:
    """Return the word in the form of the tables: lower case, straight apostrophe."""
    return word.lower().replace("’", "'")


def stem(word: str) -> str:
    """Return a folded word without its plural ending; enough for a vocabulary of subjects, no more."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su'i":
        return word[:-1]
    return word
