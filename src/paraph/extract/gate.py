"""The gate: which texts, and which of their sentences, are worth a slow reader's time.

Most of what a news stream brings speaks of no deal between countries. Two cheap looks tell: ``Gate.may_hold`` at the bare
text, before any parse; ``Gate.sentences_to_read`` at the parse, sentence by sentence. Each adds up the weights of words and
of what stands around them (data/gate.tsv, a logistic regression made by training/gate, which has how it was measured) and
compares the sum with a threshold set so that hardly a signal is lost. A text passes by its best stretch, not by its average:
one sentence on a treaty in a long page on grain prices is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate

from paraph.extract.layout import Role
from paraph.extract.lexicon import lexicon
from paraph.extract.parse import Parse
from paraph.extract.tables import classes_of
from paraph.extract.tokens import stem

__all__ = [
    "Gate",
    "bundled_gate",
    "may_hold",
    "read_gate",
    "sentence_features",
    "sentences_to_read",
    "state_words",
    "stretches",
    "text_features",
    "word_features",
]

# A stretch of text is a sentence, near enough: it ends behind a full stop, question or exclamation mark and white space, or
# before an indented line, an empty one or a list item (see _SAME). Nothing is tried twice: linear time.
_END = re.compile("[.!?\\n][\"'”’)]*\\s+")
# What is shorter goes on into the next sentence, so that a text of full stops is not a stretch a sign.
_SHORTEST_STRETCH = 15
# ... and a stretch ends after so many characters at the latest, that a text without full stops is not one sum; some 80 words,
# set by eye.
_LONGEST_STRETCH = 500
_WORD = re.compile(r"\w+")
# What is written otherwise before words are looked for, in as many characters: abbreviations and names that a pattern for
# single words would take apart, and list marks as empty lines. Plain replacing costs a tenth of a cleverer pattern.
_SAME = (
    ("U.S.", "US  "),
    ("U.K.", "UK  "),
    ("U.N.", "UN  "),
    ("E.U.", "EU  "),
    ("North Korea", "North_Korea"),
    ("North\nKorea", "North_Korea"),
    ("NORTH KOREA", "NORTH_KOREA"),
    ("World Bank", "World_Bank"),
    ("World\nBank", "World_Bank"),
    ("WORLD BANK", "WORLD_BANK"),
    ("\n-", "\n\n"),
    ("\n•", "\n\n"),
    ("\n*", "\n\n"),
)
# Parties named and kinds of names are counted up to these: what is more says no more.
_MOST_PARTIES, _MOST_NAMES = 5, 3
# Words kept with what they count; emptied when full. The words of the whole gold, some 20,000, fit.
_MOST_WORDS_KEPT = 50_000
# Longer words are none, and are not kept.
_LONGEST_WORD = 40
# Names in capital and small letters that are parts of countries' names and say nothing by themselves.
_PARTS_OF_NAMES = frozenset(
    """Cape Central City Coast Commonwealth Democratic East Eastern Equatorial Federal Federation French Great Holy Isle Island
    Islands Ivory Kingdom Mainland New North Northern Oriental People Peoples Plurinational Principality Republic River Rock
    Saint South Southern State States The Territories Territory Union United Virgin West Western World""".split()
)
_PARTIES = frozenset("country demonym capital seat body person firm bloc region".split())
# What a gazetteer's single word stands for in a line in capitals too; firms and people are too often common words there.
_STATES = frozenset("country demonym capital bloc region".split())


class _Words(dict[str, int]):
    """What each word met counts in its stretch, worked out when first asked for; ``parties`` holds what those name."""

    def __init__(self, weights: dict[str, int]) -> None:
        super().__init__()
        self.weights = weights
        self.parties: dict[str, str] = {}

    def __missing__(self, name: str) -> int:
        features, party = word_features(name)
        find = self.weights.get
        count = sum([find(feature, 0) for feature in features])
        if len(name) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS_KEPT:
                # The parties stay: they are words of a table, and as few.
                self.clear()
            self[name] = count
            if party:
                self.parties[name] = party
        return count


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate with its weights, in hundredths of log-odds: whole numbers, so that sums are the same on every machine.

    ``text`` weighs the features of ``text_features``, ``sentence`` those of ``sentence_features``. A text passes from
    ``text_least`` on, a sentence from ``sentence_least`` on, and a parsed document as a whole only where its best sentence
    reaches ``document_least``. May be shared by threads.
    """

    text: dict[str, int]
    sentence: dict[str, int]
    text_least: int
    sentence_least: int
    document_least: int
    # The words met; what 0, 1, 2 … names in a stretch and parties in a text add up to, and what so many parties add at
    # least, whatever else is named.
    _words: _Words = field(init=False, compare=False, repr=False)
    _named: list[int] = field(init=False, compare=False, repr=False)
    _several: list[int] = field(init=False, compare=False, repr=False)
    _sure: list[int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named = [self.text.get(f"names>={n}", 0) for n in range(_MOST_NAMES + 1)]
        several = list(accumulate(self.text.get(f"parties>={n}", 0) for n in range(_MOST_PARTIES + 1)))
        object.__setattr__(self, "_words", _Words(self.text))
        object.__setattr__(self, "_named", list(accumulate(named)))
        object.__setattr__(self, "_several", several)
        object.__setattr__(self, "_sure", [min(several[n:]) for n in range(_MOST_PARTIES + 1)])

    def may_hold(self, text: str, title: str | None = None) -> bool:
        """Tell whether a text can hold a signal at all. Linear in the text; no parse is made.

        A text without a single capital letter passes: names cannot be told in it. Not for languages other than English, of
        which next to nothing passes.
        """
        return self.text_score(text, title, self.text_least) >= self.text_least or text.islower()

    def text_score(self, text: str, title: str | None = None, enough: int | None = None) -> int:
        """Return what ``may_hold`` compares: the best stretch with what is added for the number of parties named.

        With ``enough``, reading stops where the rest cannot bring the sum below it, and that which is sure is returned.
        """
        count, party_of = self._words.__getitem__, self._words.parties.get
        named, sure = self._named, self._sure
        parties: set[str | None] = {None}
        best: int | None = None
        for names in _words_of_stretches(text, title):
            # No loop over words in Python: this is what makes the look cheap.
            total = sum(map(count, names))
            here = set(map(party_of, names))
            if len(here) > 1 or None not in here:
                total += named[min(len(here - {None}), _MOST_NAMES)]
                parties |= here
            if best is None or total > best:
                best = total
                if enough is not None and total + sure[min(len(parties) - 1, _MOST_PARTIES)] >= enough:
                    return total + sure[min(len(parties) - 1, _MOST_PARTIES)]
        return (best or 0) + self._several[min(len(parties) - 1, _MOST_PARTIES)]

    def sentences_to_read(self, parsed: Parse) -> list[bool]:
        """Tell for each sentence of a parse whether it can hold a signal; all False where none is sure enough of one."""
        scores = self.sentence_scores(parsed)
        if max(scores, default=self.document_least - 1) < self.document_least:
            return [False] * len(scores)
        return [score >= self.sentence_least for score in scores]

    def sentence_scores(self, parsed: Parse) -> list[int]:
        """Return what ``sentences_to_read`` compares, a number a sentence."""
        find = self.sentence.get
        shared, own = sentence_features(parsed)
        of_all = sum(find(feature, 0) for feature in shared)
        return [of_all + sum(find(feature, 0) for feature in features) for features in own]


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text, start and end in code points: sentences, near enough, none of them long."""
    return _stretches(_same(text))


def _same(text: str) -> str:
    for written, other in _SAME:
        if written in text:
            text = text.replace(written, other)
    return text


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _END.finditer(text):
        end = found.end()
        if end - start > _SHORTEST_STRETCH:
            if end - start > _LONGEST_STRETCH:
                yield from _cut(start, end)
            else:
                yield start, end
            start = end
    yield from _cut(start, len(text))


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, _LONGEST_STRETCH):
        yield at, min(end, at + _LONGEST_STRETCH)


def _words_of_stretches(text: str, title: str | None) -> Iterator[list[str]]:
    """Yield the words of the title, if there is one, and those of each stretch."""
    find = _WORD.findall
    if title:
        yield find(_same(title))
    same = _same(text)
    for start, end in _stretches(same):
        yield find(same, start, end)


def word_features(name: str) -> tuple[tuple[str, ...], str]:
    """Return the features of a word of a text and the party that it names ("" for none).

    The features of what is no name: its stem, and the classes of cues and of subjects that it stands in by itself.
    """
    words = state_words()
    party = words.get(name, "")
    if not party and len(name) > 2 and name.isupper():
        party = words.get("^" + name.title(), "")
    if party or len(name) < 2 or not name.isalpha():
        return (), party
    lower = name.lower()
    own = stem(lower)
    cues = [name for rest, classes in lexicon().by_first.get(lower, ()) if not rest for name in classes]
    return (own, *(f"[{name}]" for name in (*cues, *classes_of("topics").get(own, ())))), ""


@cache
def state_words() -> dict[str, str]:
    """Return the single words by which a text names a party, each with one code; made of data/gazetteer.tsv, read once.

    "^" stands before those that are looked for in lines in capitals too. Of names of several words ("Saudi Arabia") those
    words count that belong to one party only.
    """
    found: dict[str, str] = {}
    parts: dict[str, set[str]] = {}
    for line in files("paraph.extract").joinpath("data/gazetteer.tsv").read_text("utf-8").splitlines():
        if line[0] == "#":
            continue
        surface, kind, codes, flags = line.split("\t")
        if kind not in _PARTIES or "w" in flags:
            continue
        surface = _same(surface).strip()
        if _WORD.fullmatch(surface):
            found[surface] = codes
            if kind in _STATES and "a" not in flags:
                found["^" + surface] = codes
        elif kind in ("country", "demonym"):
            for part in _WORD.findall(surface):
                if part[0].isupper() and part not in _PARTS_OF_NAMES:
                    parts.setdefault(part, set()).add(codes)
    for part, several in sorted(parts.items()):
        if len(several) == 1 and part not in found:
            found[part] = found["^" + part] = next(iter(several))
    return found


def text_features(text: str, title: str | None) -> tuple[list[str], list[list[str]]]:
    """Return what ``Gate.text_score`` sums: the features of the whole text, and those of the title (if there is one) and of
    each stretch.

    For training, and for explaining a score; the score itself is reckoned without making them.
    """
    parties: set[str] = set()
    own: list[list[str]] = []
    for names in _words_of_stretches(text, title):
        pairs = [word_features(name) for name in names]
        here = {party for _, party in pairs if party}
        parties |= here
        named = [f"names>={n}" for n in range(1, min(len(here), _MOST_NAMES) + 1)]
        own.append([feature for features, _ in pairs for feature in features] + named)
    return [f"parties>={n}" for n in range(1, min(len(parties), _MOST_PARTIES) + 1)], own


def sentence_features(parsed: Parse) -> tuple[list[str], list[set[str]]]:
    """Return the features of a parsed document that all its sentences share, and those of each sentence."""
    parties = {code for mention in parsed.mentions if mention.kind in _PARTIES for code in mention.codes[:1]}
    shared = [f"parties>={n}" for n in range(1, min(len(parties), _MOST_PARTIES) + 1)]
    words = [_words(parsed, first, stop) for first, stop in parsed.ranges]
    cues = [_cues(parsed, first, stop) for first, stop in parsed.ranges]
    shared += sorted({f"text {cue}" for of_one in cues for cue in of_one})
    own: list[set[str]] = []
    for n, (first, stop) in enumerate(parsed.ranges):
        sentence = parsed.sentence(n)
        features = words[n] | cues[n]
        features.update(_names(parsed.kinds, first, stop))
        features.add(f"role {sentence.role}")
        if stop - first <= _SHORT:
            features.add("short")
        if n:
            features.update([f"before {cue}" for cue in cues[n - 1]])
        for name, other in (("lead", sentence.lead), ("heading", sentence.heading)):
            if other is not None:
                features.add(name)
                features.update([f"{name} {cue}" for cue in cues[other]])
        if sentence.role is Role.TEXT and n + 1 == len(parsed.ranges):
            features.add("last")
        own.append(features)
    return shared, own


# A sentence of so few tokens is rather a heading or an item; set by eye.
_SHORT = 6


def _words(parsed: Parse, first: int, stop: int) -> set[str]:
    """Return the stems of a sentence's words that are no names."""
    kinds, stems = parsed.kinds, parsed.stems
    return {stems[i] for i in range(first, stop) if not kinds[i] and stems[i][0].isalpha()}


def _cues(parsed: Parse, first: int, stop: int) -> set[str]:
    """Return the classes of cues and of subjects that a sentence's words stand in."""
    found: set[str] = set()
    for classes in (parsed.classes, parsed.subjects):
        for of_one in classes[first:stop]:
            found.update(of_one)
    return {f"[{name}]" for name in found}


def _names(kinds: list[str], first: int, stop: int) -> Iterator[str]:
    """Yield the kinds of names in a sentence, and how many names of parties there are."""
    yield from {f"<{kind}>" for kind in kinds[first:stop] if kind}
    count = sum(kinds[i] in _PARTIES and (i == first or kinds[i - 1] != kinds[i]) for i in range(first, stop))
    for n in range(1, min(count, _MOST_NAMES) + 1):
        yield f"names>={n}"


def read_gate(lines: Iterable[str]) -> Gate:
    """Return the gate that a table holds: what ("text", "sentence" or "least"), feature and hundredths, parted by tabs.

    Lines that begin with "# " are comments. Raises KeyError where a threshold is missing.
    """
    tables: dict[str, dict[str, int]] = {"text": {}, "sentence": {}, "least": {}}
    for line in lines:
        if line and not line.startswith("# "):
            what, feature, hundredths = line.split("\t")
            tables[what][feature] = int(hundredths)
    least = tables["least"]
    return Gate(tables["text"], tables["sentence"], least["text"], least["sentence"], least["document"])


@cache
def bundled_gate() -> Gate:
    """Return the gate that comes with Paraph; read once."""
    return read_gate(files("paraph.extract").joinpath("data/gate.tsv").read_text("utf-8").splitlines())


def may_hold(text: str, title: str | None = None) -> bool:
    """Tell whether a text can hold a signal at all, by the gate that comes with Paraph; see ``Gate.may_hold``."""
    return bundled_gate().may_hold(text, title)


def sentences_to_read(parsed: Parse) -> list[bool]:
    """Tell which sentences of a parse can hold a signal, by the gate that comes with Paraph; see ``Gate``."""
    return bundled_gate().sentences_to_read(parsed)
