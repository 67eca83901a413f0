"""Where words stand in a text: selectors that outlive an edit, and finding again what a decision was about.

The manner is that of the W3C Web Annotation model (text-quote selector with prefix and suffix) and of Hypothesis' fuzzy
anchoring: the exact words in the surroundings that fit best, the nearest of equals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from paraph.model import Selector, Signal, text_hash

__all__ = ["CONTEXT_CHARS", "Span", "find", "place_of", "quote_of", "selector_of"]

# How much is kept before and after the exact words, as Selector says.
CONTEXT_CHARS = 32
# A span is what a decision was about where this share of the shorter of the two is in both. Set by eye: an engine that takes
# a word more or less into an anchor means the same signal.
_LEAST_SHARED = 0.5
# The same, in words, where the exact words stand nowhere any more. Set by eye, higher: nothing but the words speaks for it.
_LEAST_WORDS = 0.6
# Of a text in which the exact words stand more often, the first so many places are looked at.
_MOST_PLACES = 1_000

# The longest quotation that is kept beside a signal; a longer sentence is cut around the anchor. Set by eye: four lines of print.
_MOST_QUOTE = 600

_WORD = re.compile(r"\w+")

# A signal's place: the hash of the text it stands in, start, end.
Span = tuple[str, int, int]


def selector_of(text: str, start: int, end: int, hash: str | None = None) -> Selector:
    """Return the selector of ``text[start:end]``; ``hash`` is the text's, where it is known already."""
    return Selector(
        exact=text[start:end],
        prefix=text[max(0, start - CONTEXT_CHARS) : start],
        suffix=text[end : end + CONTEXT_CHARS],
        start=start,
        end=end,
        text_hash=hash or text_hash(text),
    )


def quote_of(text: str, spans: Sequence[tuple[int, int]], signal: Signal) -> str:
    """Return the sentence around an anchor; where it spans several, all of them; cut around the anchor where too long.

    ``spans`` are the text's sentences.
    """
    start = max((a for a, b in spans if a <= signal.start < b), default=signal.start)
    end = min((b for a, b in spans if a < signal.end <= b), default=signal.end)
    start, end = min(start, signal.start), max(end, signal.end)
    if end - start > _MOST_QUOTE:
        room = max(0, _MOST_QUOTE - (signal.end - signal.start)) // 2
        start, end = max(start, signal.start - room), min(end, signal.end + room)
    return text[start:end]


def find(selector: Selector, spans: Sequence[Span], texts: Mapping[str, str]) -> int | None:
    """Return the number of the span that the selector's words stand in or overlap most, None where there is none.

    ``texts`` gives the text of each hash among the spans. Of equal ones that of the selector's own text, then the first.
    """
    best: tuple[float, bool, int] | None = None
    places: dict[str, tuple[int, int] | None] = {}
    for number, (hash, start, end) in enumerate(spans):
        own = hash == selector.text_hash
        if hash not in places:
            places[hash] = place_of(selector, texts[hash], hash)
        place = places[hash]
        share = _shared(place, (start, end)) if place else _words_shared(selector.exact, texts[hash][start:end])
        if share and (best is None or (share, own) > best[:2]):
            best = (share, own, number)
    return best[2] if best else None


def place_of(selector: Selector, text: str, hash: str) -> tuple[int, int] | None:
    """Return where the selector's exact words stand in a text, None where they do not.

    In its own text (``hash``) that is where it says; else in the surroundings most like its own, the nearest of equals.
    """
    if hash == selector.text_hash:
        return selector.start, selector.end
    found = list(islice(_occurrences(selector.exact, text), _MOST_PLACES))
    if not found:
        return None

    def fit(start: int) -> tuple[int, int]:
        end = start + len(selector.exact)
        before = _agree(reversed(selector.prefix), reversed(text[max(0, start - CONTEXT_CHARS) : start]))
        after = _agree(iter(selector.suffix), iter(text[end : end + CONTEXT_CHARS]))
        return before + after, -abs(start - selector.start)

    start = max(found, key=fit)
    return start, start + len(selector.exact)


def _occurrences(words: str, text: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _agree(one: Iterator[str], other: Iterator[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the share of two places that both hold, 0 where it is too little of the shorter."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    if both <= 0 or both < _LEAST_SHARED * min(one[1] - one[0], other[1] - other[0]):
        return 0.0
    return both / (max(one[1], other[1]) - min(one[0], other[0]))


def _words_shared(one: str, other: str) -> float:
    """Return the share of words that two anchors have in common, 0 where it is too little; half of it at most.

    Halved, so that words alone never outweigh a place.
    """
    a, b = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    share = len(a & b) / len(a | b) if a and b else 0.0
    return share * _LEAST_SHARED if share >= _LEAST_WORDS else 0.0
