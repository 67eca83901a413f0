"""Terms: the words of a text as the search knows them, what a person asks for, and the excerpt that shows it.

Texts are cut into terms here and not by the database, so that SQLite and PostgreSQL answer alike and the marks of an excerpt
agree with both. A term is a run of letters and digits, its case, accents and width folded and its plural ending taken off
("reactors" and "Reactor" are one). What a person asks is data: no sign in it is an operator but quotation marks, which
hold a phrase together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from paraph.desk.values import Excerpt
from paraph.extract.tokens import stem

__all__ = ["TERMS_VERSION", "Asked", "ask", "excerpt", "marks_of", "terms_of"]

# To be raised with any change of what a text's terms are: an index made of others has to be made anew.
TERMS_VERSION = 1

# A longer run of letters is no word (an encoded image, a key); its beginning stands for it. Set by eye.
TERM_CHARS = 64
# As much of one text as is indexed, in bytes of its terms: PostgreSQL refuses a text whose terms and places fill more than
# 1,048,575, and each place takes two beside the term. A newspaper page has 10,000 to 40,000.
INDEXED_BYTES = 500_000
# The rest of a question this long is left out: nobody types it, and each term costs a look-up.
ASKED_CHARS, ASKED_TERMS = 1_000, 32
# As much of a long text as is looked through for an excerpt.
EXCERPT_READS = 200_000

# A run of letters and digits; combining accents (U+0300 to U+036F) go with the letter before them. One class after one
# character, so linear.
_TERM = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")
# What stands between quotation marks of any kind, or else up to the next white space or quotation mark.
_CHUNK = re.compile('["“”„«»]([^"“”„«»]*)["“”„«»]?|[^\\s"“”„«»]+')
# Words in -s that are no plurals, and are asked for in news.
_SINGULAR = frozenset(("news", "texas", "wales", "mercosus"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person searches for: phrases of one or more terms, all of which must stand in a text."""

    phrases: tuple[tuple[str, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.phrases)

    @property
    def terms(self) -> frozenset[str]:
        """All terms of all phrases."""
        return frozenset(term for phrase in self.phrases for term in phrase)


def terms_of(text: str, most: int = INDEXED_BYTES) -> list[str]:
    """Return the text's terms in order, as many as fill ``most`` bytes. Linear in the text."""
    found: list[str] = []
    room = most
    for match in _TERM.finditer(text):
        term = _term(match[0][:TERM_CHARS])
        if term:
            room -= len(term) + 2 if term.isascii() else len(term.encode()) + 2
            if room < 0:
                break
            found.append(term)
    return found


@lru_cache(maxsize=65_536)
def _term(word: str) -> str:
    """Return the folded word; empty where folding leaves no letter or digit."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if c.isalnum())
    word = word.lower()
    return word if word in _SINGULAR else stem(word)


def ask(words: str) -> Asked:
    """Return what the words ask for: every word, and what is quoted in the order in which it stands.

    A word that holds signs ("S-400", "India's") is a phrase of its parts. Any string is taken; one without a letter or
    digit asks for nothing. Repeats count once.
    """
    phrases: dict[tuple[str, ...], None] = {}
    room = ASKED_TERMS
    for chunk in _CHUNK.finditer(words[:ASKED_CHARS]):
        phrase = tuple(terms_of(chunk[0]))[:room]
        if phrase and phrase not in phrases:
            phrases[phrase] = None
            room -= len(phrase)
    return Asked(tuple(phrases))


def marks_of(text: str, asked: Asked, reads: int = EXCERPT_READS) -> Iterator[tuple[int, int, int]]:
    """Give each place that was asked for: start, end and the number of its phrase, in order of end.

    Only the first ``reads`` code points are looked at.
    """
    wanted = asked.terms
    longest = max(map(len, asked.phrases), default=0)
    run: list[tuple[str, int, int]] = []
    for match in _TERM.finditer(text, 0, reads):
        term = _term(match[0][:TERM_CHARS])
        if not term:
            continue
        if term not in wanted:
            run.clear()
            continue
        run = [*run[1 - longest :], (term, match.start(), match.end())] if longest > 1 else [(term, *match.span())]
        for number, phrase in enumerate(asked.phrases):
            if len(run) >= len(phrase) and all(
                have[0] == want for have, want in zip(run[-len(phrase) :], phrase, strict=True)
            ):
                yield run[-len(phrase)][1], match.end(), number


def excerpt(text: str, asked: Asked, chars: int, reads: int = EXCERPT_READS) -> Excerpt:
    """Return some ``chars`` code points of the text around the first place where most of what was asked for stands together.

    Cut at white space where there is any near. Where nothing is found it is the text's beginning, without marks.
    """
    places: list[tuple[int, int, int]] = []
    found = marks_of(text, asked, reads)
    best, most, at = 0, 0, 0
    for n, place in enumerate(found):
        places.append(place)
        while places[at][0] < place[1] - chars and at < n:
            at += 1
        told = len({number for _, _, number in places[at : min(n + 1, at + ASKED_TERMS * 4)]})
        if told > most:
            best, most = at, told
            if told == len(asked.phrases):
                break
    start = places[best][0] if places else 0
    # A long text has thousands of places; those behind the excerpt are not looked for.
    places += takewhile(lambda place: place[1] <= start + chars, found)
    last = max((end for begin, end, _ in places[best:] if end <= start + chars), default=start)
    begin = _cut(text, max(0, min(start, (start + last - chars) // 2)), start)
    stop = _cut_back(text, min(len(text), begin + chars), last)
    marks = _apart((a - begin, b - begin) for a, b, _ in places[best:] if a >= begin and b <= stop)
    earlier = _apart((a - begin, b - begin) for a, b, _ in places[:best] if a >= begin and b <= stop)
    return Excerpt(text[begin:stop], _apart(iter((*earlier, *marks))), begin > 0, stop < len(text))


# A cut is moved by at most this much to fall between two words.
_SLACK = 20


def _cut(text: str, at: int, most: int) -> int:
    """Return the beginning of the first word from ``at`` on, if it is near and not past ``most``."""
    if at == 0:
        return 0
    for place in range(at, min(at + _SLACK, most) + 1):
        if text[place - 1].isspace():
            return place
    return at


def _cut_back(text: str, at: int, least: int) -> int:
    """Return the end of the last word before ``at``, if it is near and not before ``least``."""
    if at == len(text):
        return at
    for place in range(at, max(at - _SLACK, least), -1):
        if text[place].isspace():
            return place
    return at


def _apart(places: Iterator[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the places in order, those that overlap as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
