"""Traits: what is kept of a signal so that it can be compared with others without its text.

Words are kept as stems, names as written but folded. Empty words and the forms that any deal may take ("agreement",
"purchase") are told apart from the words that say which deal is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from paraph.extract.gazetteer import default_gazetteer
from paraph.extract.layout import Role, Sentence, read_layout
from paraph.extract.tokens import fold, stem
from paraph.model import Document, Signal

__all__ = ["Traits", "forms", "traits_of", "weight_of"]

# Of a sentence, at most this many words and names around the anchor are kept, the nearest first. Set by eye.
AROUND = 24
# Sorts of names that say who or where, which a signal's parties say already, and nothing of which deal is meant.
_SAID = frozenset(("country", "demonym", "person"))

_WORD = re.compile(r"[^\W_]+(?:[-.&/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is kept of one signal for comparing it.

    ``words`` are the stems of the anchor that say which deal is meant, ``form`` those that say only what form it takes,
    ``names`` the names and designations in the anchor (also among ``words``), ``numbers`` its numbers. ``around`` are
    stems of the sentence outside the anchor, ``calls`` the names there, ``above`` the stems of heading and lead-in.
    ``document``, ``sentence`` (its number), ``role`` and ``start`` say where it stands. All tuples of words are sorted and without repeats.
    """

    document: str
    sentence: int
    start: int
    role: str
    words: tuple[str, ...]
    form: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    around: tuple[str, ...]
    calls: tuple[str, ...]
    above: tuple[str, ...]
    parties: tuple[str, ...]
    sector: str
    instrument: str
    stage: str

    def to_json(self) -> str:
        """Return the traits as one JSON array, in the order of the fields."""
        return json.dumps(
            [getattr(self, field.name) for field in fields(self)], ensure_ascii=False, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> Traits:
        """Return the traits that ``to_json`` wrote."""
        return cls(*(tuple(value) if isinstance(value, list) else value for value in json.loads(text)))


@cache
def _table(name: str) -> str:
    return files("paraph.link").joinpath(f"data/{name}").read_text("utf-8")


@cache
def _lists() -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    section = ""
    for line in _table("words.txt").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            out.setdefault(section, set()).update(line.split())
    return {section: frozenset(words) for section, words in out.items()}


def forms() -> frozenset[str]:
    """Return the stems that say what form a deal takes and nothing of which deal it is."""
    return _lists()["forms"]


def traits_of(document: Document, signals: Sequence[Signal]) -> tuple[Traits, ...]:
    """Return the traits of a document's signals, in the order given. Linear in the text."""
    if not signals:
        return ()
    layout = read_layout(document.text, document.title)
    places = _Places(document.text, layout.sentences)
    return tuple(_traits(document, signal, places) for signal in signals)


class _Places:
    """The words of each sentence, made once a sentence; countries and people's titles are left out of them."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self.text = text
        self.sentences = sentences
        self._starts = [s.start for s in sentences]
        self._known: dict[int, list[tuple[int, int, str, str]]] = {}

    def at(self, place: int) -> int:
        """Return the number of the sentence that a place in the text stands in (or the one before it)."""
        from bisect import bisect_right

        return max(0, bisect_right(self._starts, place) - 1)

    def words(self, n: int) -> list[tuple[int, int, str, str]]:
        """Return start, end, stem and sort ("name", "number" or "word") of the sentence's words that say anything."""
        if n not in self._known:
            self._known[n] = list(_words(self.text, self.sentences[n]))
        return self._known[n]

    def stems(self, n: int | None) -> list[str]:
        return [] if n is None else [word for _, _, word, sort in self.words(n) if sort != "number"]


def _words(text: str, sentence: Sentence) -> Iterable[tuple[int, int, str, str]]:
    empty = _lists()["empty"]
    said = text[sentence.start : sentence.end]
    # Countries, leaders and firms by name: countries are the signal's parties and said there; leaders say nothing of a deal.
    taken = [(m.start, m.end) for m in default_gazetteer().find(said) if m.kind in _SAID]
    at = 0
    titled = sentence.role in (Role.TITLE, Role.HEADING)
    for match in _WORD.finditer(said):
        while at < len(taken) and taken[at][1] <= match.start():
            at += 1
        if at < len(taken) and taken[at][0] < match.end():
            continue
        word = match[0]
        plain = stem(fold(word))
        start = sentence.start + match.start()
        if word[0].isdigit() and not any(c.isalpha() for c in word):
            yield start, start + len(word), word, "number"
        elif plain in empty or len(plain) < 2:
            continue
        else:
            named = any(c.isdigit() for c in word) or (word[0].isupper() and match.start() > 0 and not titled)
            named = named or (len(word) > 1 and word.isupper() and not titled)
            yield start, start + len(word), plain, "name" if named else "word"


def _traits(document: Document, signal: Signal, places: _Places) -> Traits:
    n = places.at(signal.start)
    sentence = places.sentences[n] if places.sentences else None
    inside, outside = [], []
    for row in places.words(n) if sentence else ():
        (inside if row[0] < signal.end and row[1] > signal.start else outside).append(row)
    outside.sort(key=lambda row: (min(abs(row[0] - signal.end), abs(row[1] - signal.start)), row[0]))
    outside = outside[:AROUND]
    form = {word for _, _, word, sort in inside if word in forms()}
    return Traits(
        document=document.id,
        sentence=n,
        start=signal.start,
        role=str(sentence.role) if sentence else "text",
        words=_sorted(word for _, _, word, sort in inside if sort != "number" and word not in form),
        form=_sorted(form),
        names=_sorted(word for _, _, word, sort in inside if sort == "name" and word not in form),
        numbers=_sorted(word for _, _, word, sort in inside if sort == "number"),
        around=_sorted(word for _, _, word, sort in outside if sort != "number" and word not in forms()),
        calls=_sorted(word for _, _, word, sort in outside if sort == "name"),
        above=_sorted(
            word
            for m in ((sentence.heading, sentence.lead) if sentence else ())
            for word in places.stems(m)
            if word not in forms()
        ),
        parties=tuple(sorted(signal.parties)),
        sector=str(signal.sector),
        instrument=str(signal.instrument),
        stage=str(signal.stage),
    )


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


@cache
def _weights() -> dict[str, float]:
    out = {}
    for line in _table("weights.tsv").splitlines():
        if line and not line.startswith("#"):
            word, weight = line.split("\t")
            out[word] = float(weight)
    return out


def weight_of(word: str) -> float:
    """Return how much a stem tells: the log of how rare it is in the news (data/weights.tsv); the table's "*" for others."""
    weights = _weights()
    return weights.get(word, weights["*"])
