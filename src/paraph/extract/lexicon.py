"""The lexicon: the table of cues (data/cues.txt) and where its words stand in a text.

A cue class says what a word does in deal language: a stage ("talks"), a degree of certainty ("possible"), time ("ahead",
"past"), "negation", reporting ("report"), deal nouns and verbs. Which class decides is not settled here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from paraph.extract.tokens import Tokens, fold

__all__ = ["Lexicon", "Mark", "inflect", "lexicon"]

_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Mark:
    """A cue in its place: tokens ``first`` to ``last`` inclusive, with every class that the words stand in."""

    first: int
    last: int
    classes: tuple[str, ...]


# Further words of a cue, and the classes that it stands in.
_Row = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cues by their first word: each a tuple of further words with its classes, the longest first."""

    by_first: dict[str, tuple[_Row, ...]]
    # The same once more: phrases by their second word, those of one word under "".
    _by_second: dict[str, dict[str, tuple[_Row, ...]]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        made: dict[str, dict[str, tuple[_Row, ...]]] = {}
        for word, rows in self.by_first.items():
            of_word = made[word] = {}
            for row in rows:
                second = row[0][0] if row[0] else ""
                of_word[second] = (*of_word.get(second, ()), row)
        object.__setattr__(self, "_by_second", made)

    def find(self, tokens: Tokens) -> list[Mark]:
        """Return the cues in the tokens, in order of place; a phrase hides the cues inside it only in its own classes."""
        return [Mark(*found) for found in self._find(tokens.lowers)]

    def classes(self, tokens: Tokens) -> list[tuple[str, ...]]:
        """Return for each token the classes of the cues that it is part of, in order of the cues' places."""
        out: list[tuple[str, ...]] = [()] * len(tokens)
        for first, last, classes in self._find(tokens.lowers):
            for at in range(first, last + 1):
                before = out[at]
                out[at] = before + classes if before else classes
        return out

    def _find(self, lowers: list[str]) -> list[tuple[int, int, tuple[str, ...]]]:
        found: list[tuple[int, int, tuple[str, ...]]] = []
        taken: dict[str, int] = {}
        busy = -1
        size = len(lowers)
        for at, of_word in enumerate(map(self._by_second.get, lowers)):
            if of_word is None:
                continue
            # Words are never empty: at the end of a text the words by themselves are not met twice.
            for second in (lowers[at + 1], "") if at + 1 < size else ("",):
                for rest, classes in of_word.get(second, ()):
                    last = at + len(rest)
                    if last > at + 1 and tuple(lowers[at + 1 : last + 1]) != rest:
                        continue
                    # Behind the last phrase nothing is taken.
                    free = classes if busy < at else tuple([name for name in classes if taken.get(name, -1) < at])
                    if free:
                        found.append((at, last, free))
                        if last > at:
                            busy = max(busy, last)
                            for name in free:
                                taken[name] = last
        return found


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the bundled table; read once."""
    return parse(files("paraph.extract").joinpath("data/cues.txt").read_text("utf-8"))


def parse(table: str) -> Lexicon:
    """Return the lexicon that a table in the form of data/cues.txt describes."""
    classes: dict[tuple[str, ...], dict[str, None]] = {}
    section = ""
    for raw in table.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            continue
        for entry in line.split(","):
            words = fold(entry).split()
            if not words:
                continue
            for first in inflect(words[0][:-1]) if words[0].endswith("+") else (words[0],):
                classes.setdefault((first, *words[1:]), {})[section] = None
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase, names in classes.items():
        by_first.setdefault(phrase[0], []).append((phrase[1:], tuple(names)))
    return Lexicon({word: tuple(sorted(rows, key=lambda row: (-len(row[0]), row))) for word, rows in by_first.items()})


def inflect(verb: str) -> tuple[str, ...]:
    """Return the regular forms of an English verb: base, -s, -ed, -ing. Irregular verbs are written out in the table."""
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    plural = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")
    # A final consonant doubles after one short stressed vowel; the tables hold few such verbs, all of one syllable or listed.
    short = len(verb) > 2 and verb[-1] not in "aeiouwxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    if short and (
        sum(c in _VOWELS for c in verb) == 1
        or verb in ("commit", "permit", "refer", "submit", "allot", "defer", "compel")
    ):
        return verb, plural, verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    return verb, plural, verb + "ed", verb + "ing"
