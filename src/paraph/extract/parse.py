"""The parse of a text: its layout, tokens, cues and mentions side by side, made once and read by every later part."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from paraph.extract.gazetteer import Mention, default_gazetteer
from paraph.extract.layout import Layout, Sentence, read_layout
from paraph.extract.lexicon import lexicon
from paraph.extract.tables import classes_of
from paraph.extract.tokens import Tokens, stem, tokenize

__all__ = ["Parse", "parse"]


@dataclass(frozen=True, slots=True)
class Parse:
    """A text taken apart.

    ``ranges[n]`` is the half-open range of tokens of ``layout.sentences[n]``. ``classes[i]`` holds the cue classes of token
    i, ``kinds[i]`` the kind of name that token i belongs to ("country", "firm", …) or "", ``stems[i]`` its word without a
    plural ending, ``subjects[i]`` the classes of the vocabulary of subjects (data/topics.txt) that it stands in.
    """

    text: str
    title: str | None
    layout: Layout
    tokens: Tokens
    ranges: tuple[tuple[int, int], ...]
    classes: list[tuple[str, ...]]
    mentions: tuple[Mention, ...]
    kinds: list[str]
    stems: list[str]
    subjects: list[tuple[str, ...]]

    def sentence(self, n: int) -> Sentence:
        """Return the n-th sentence."""
        return self.layout.sentences[n]

    def token_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of the tokens that a span of the text touches."""
        return bisect_right(self.tokens.ends, start), bisect_left(self.tokens.starts, end)


def parse(text: str, title: str | None = None) -> Parse:
    """Take a text apart. Linear in the text."""
    layout = read_layout(text, title)
    tokens = tokenize(text)
    count = len(tokens)
    starts, ends = tokens.starts, tokens.ends
    ranges: list[tuple[int, int]] = []
    at = 0
    for sentence in layout.sentences:
        first = bisect_left(starts, sentence.start, at)
        at = bisect_right(ends, sentence.end, first)
        ranges.append((first, at))
    classes = lexicon().classes(tokens)
    mentions = tuple(default_gazetteer().find(text))
    kinds = [""] * count
    at = 0
    for mention in mentions:
        at = bisect_right(ends, mention.start, at)
        while at < count and starts[at] < mention.end:
            kinds[at] = mention.kind
            at += 1
    stems = [stem(word) if word[-1] == "s" else word for word in tokens.lowers]
    return Parse(
        text, title, layout, tokens, tuple(ranges), classes, mentions, kinds, stems, _subjects(tokens.lowers, stems)
    )


def _subjects(lowers: list[str], stems: list[str]) -> list[tuple[str, ...]]:
    vocabulary = classes_of("topics")
    empty: tuple[str, ...] = ()
    found = [vocabulary.get(word, empty) for word in stems]
    for i, alone in enumerate(found):
        if alone and i:
            pair = vocabulary.get(f"{lowers[i - 1]} {stems[i]}")
            if pair is not None:
                # A pair says more than its words: it takes the place of what each says alone ("free trade", "air defence").
                found[i - 1] = found[i] = pair
    return found
