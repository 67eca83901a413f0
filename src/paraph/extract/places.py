"""Places: where anchors stand, and which of them make up one list."""

from __future__ import annotations

from dataclasses import dataclass

from paraph.extract.parse import Parse

__all__ = ["Place", "places"]

# Words that may stand between the items of one list.
_LINKS = frozenset(', and or & the a an of for on in as well its their to with such including " “ ”'.split())
# Most tokens between two items of one list, links only. Set by reading, not tuned.
LINK_TOKENS = 7


@dataclass(frozen=True, slots=True)
class Place:
    """An anchor in its place: tokens ``first`` to ``last`` (inclusive) of sentence ``n``.

    ``chain`` is the range of tokens of the list that the anchor is an item of (its own range where it is none): what governs
    the list governs the item.
    """

    n: int
    first: int
    last: int
    chain: tuple[int, int]


def places(parse: Parse, spans: list[tuple[int, int, int]]) -> list[Place]:
    """Return the places of anchors given as (sentence, first token, last token) in order; finds which make up one list."""
    lowers = parse.tokens.lowers
    starts: list[int] = []
    for at, (n, first, _) in enumerate(spans):
        begin = first
        if at and spans[at - 1][0] == n:
            gap = range(spans[at - 1][2] + 1, first)
            if 0 < len(gap) <= LINK_TOKENS and all(lowers[i] in _LINKS for i in gap):
                begin = starts[-1]
        starts.append(begin)
    ends = [last for _, _, last in spans]
    for at in range(len(spans) - 2, -1, -1):
        if starts[at + 1] == starts[at] and spans[at + 1][0] == spans[at][0]:
            ends[at] = ends[at + 1]
    return [
        Place(n, first, last, (begin, end)) for (n, first, last), begin, end in zip(spans, starts, ends, strict=True)
    ]
