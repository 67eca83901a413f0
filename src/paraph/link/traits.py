"""Traits: what is kept of a signal so that it can be compared with others without its text.

Words are kept as stems, names as written but folded. Empty words and the forms that any deal may take ("agreement",
"purchase") are told apart from the words that say which deal is meant.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from paraph.extract.gazetteer import default_gazetteer
from paraph.extract.layout import Role, Sentence, read_layout
from paraph.extract.tokens import fold
from paraph.model import Document, Signal

__all__ = ["STORED", "Places", "Traits", "designations", "forget", "forms", "root", "tells", "traits_of", "weight_of"]

# Of a sentence, at most this many words and names around the anchor are kept, the nearest first. Set by eye.
AROUND = 24
# Sorts of names that say who or where, which a signal's parties say already, and nothing of which deal is meant.
_SAID = frozenset(("country", "demonym", "person"))

# What may stand around a word without being of it.
_SIGNS = ".,;:!?()[]\"'“”‘’«»"
# Roots kept in memory: the words of English news with room to spare.
STORED = 50_000

# Start, end, the form compared, and its sort: "name", "number" or "word".
Word = tuple[int, int, str, str]

_WORD = re.compile(r"[^\W_]+(?:[-.&/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is kept of one signal for comparing it.

    ``words`` are the roots of the anchor that say which deal is meant, ``form`` those that say only what form it takes,
    ``names`` the names and designations in the anchor (also among ``words``), ``numbers`` its numbers. ``around`` are
    roots of the sentence outside the anchor, ``calls`` the names there. ``document``, ``sentence`` (its number), ``role`` and
    ``start`` say where it stands. All tuples of words are sorted and without repeats.
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
    parties: tuple[str, ...]
    sector: str
    instrument: str

    def to_json(self) -> str:
        """Return the traits as one JSON array, in the order of the fields."""
        return json.dumps(
            [getattr(self, field.name) for field in fields(self)], ensure_ascii=False, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> Traits:
        """Return the traits that ``to_json`` wrote."""
        values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in json.loads(text)]
        return cls(*values)

    @classmethod
    def read(cls, text: str) -> Traits | None:
        """Return the traits, None for those that another version of the linking wrote."""
        try:
            return cls.from_json(text)
        except (TypeError, ValueError):
            return None


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
            out.setdefault(section, set()).update(word for plain in line.split() for word in (plain, root(plain)))
    return {section: frozenset(words) for section, words in out.items()}


def forms() -> frozenset[str]:
    """Return the stems that say what form a deal takes and nothing of which deal it is."""
    return _lists()["forms"]


def tells(word: str) -> bool:
    """Say whether a word of a text says anything of which deal is meant: no number, no word of any sentence or any deal."""
    plain = root(word.strip(_SIGNS))
    return any(c.isalpha() for c in word) and not any(
        form in listed for listed in (forms(), _lists()["empty"]) for form in (plain, fold(word.strip(_SIGNS)))
    )


def traits_of(document: Document, signals: Sequence[Signal], places: Places | None = None) -> tuple[Traits, ...]:
    """Return the traits of a document's signals, in the order given; ``places`` are its own, where they are at hand.

    Linear in the text.
    """
    if not signals:
        return ()
    places = places or Places.of(document.text, document.title)
    return tuple(_traits(document, signal, places) for signal in signals)


class Places:
    """The words of each sentence, made once a sentence; countries and people's titles are left out of them."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self.text = text
        self.sentences = sentences
        self._starts = [s.start for s in sentences]
        self._known: dict[int, list[Word]] = {}

    @classmethod
    def of(cls, text: str, title: str | None) -> Places:
        """Return the places of a text."""
        return cls(text, read_layout(text, title).sentences)

    def at(self, place: int) -> int:
        """Return the number of the sentence that a place in the text stands in (or the one before it)."""
        return max(0, bisect_right(self._starts, place) - 1)

    def words(self, n: int) -> list[Word]:
        """Return start, end, stem and sort ("name", "number" or "word") of the sentence's words that say anything."""
        if n not in self._known:
            self._known[n] = list(_words(self.text, self.sentences[n]))
        return self._known[n]


def _words(text: str, sentence: Sentence) -> Iterable[Word]:
    """Yield the words of a sentence that say anything, each in the forms by which it is compared."""
    said = text[sentence.start : sentence.end]
    taken = [(m.start, m.end) for m in default_gazetteer().find(said) if m.kind in _SAID]
    titled = sentence.role in (Role.TITLE, Role.HEADING)
    at = 0
    before = ""
    for match in _WORD.finditer(said):
        while at < len(taken) and taken[at][1] <= match.start():
            at += 1
        if at < len(taken) and taken[at][0] < match.end():
            before = ""
            continue
        word, start, end = match[0], sentence.start + match.start(), sentence.start + match.end()
        named = ((word[0].isupper() and match.start() > 0) or (len(word) > 1 and word.isupper())) and not titled
        sort, shapes = _told(word)
        if sort == "number":
            yield start, end, shapes[0], sort
            if before and len(word) <= 2:
                # "Power of Siberia 2" is not "Power of Siberia".
                yield start, end, before + word, "name"
            before = ""
            continue
        before = ""
        for form in shapes:
            if sort == "name":
                yield start, end, form, sort
            else:
                before = form if named else ""
                yield start, end, form, "name" if named else sort


@lru_cache(maxsize=STORED)
def _told(word: str) -> tuple[str, tuple[str, ...]]:
    """Return the sort of a word, and the forms by which it is compared: of a number one, of a designation ("name") all there
    are, of a word the roots of its parts that say anything.
    """
    if not any(c.isalpha() for c in word):
        return "number", (word.rstrip("."),)
    if any(c.isdigit() for c in word):
        return "name", tuple(designations(word))
    empty = _lists()["empty"]
    parts = (word,) if word.lower().startswith("co-") else re.split(r"[-/]", word)
    roots = ((root(part), part) for part in parts)
    return "word", tuple(
        plain for plain, part in roots if len(plain) > 1 and plain not in empty and fold(part) not in empty
    )


_BASE = re.compile(r"([a-z]+)(\d+)[a-z]*")


def designations(word: str) -> list[str]:
    """Return the forms by which a designation is compared: whole, without its last letter, its digits alone.

    "MQ-9B" is mq9b and mq9; "F414" is f414 and #414.
    """
    whole = re.sub(r"[^a-z0-9]", "", fold(word))
    base = _BASE.fullmatch(whole)
    out = [whole]
    if base:
        out.append(base[1] + base[2])
        if len(base[2]) > 2:
            out.append("#" + base[2])
    return list(dict.fromkeys(out))


@cache
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer

    return snowballstemmer.stemmer("english").stemWord  # type: ignore[no-any-return]


@lru_cache(maxsize=STORED)
def root(word: str) -> str:
    """Return the root of a word by the Snowball stemmer for English (Porter 2001): "agricultural" and "agriculture" are one."""
    return _stemmer()(fold(word).replace("-", ""))


def _traits(document: Document, signal: Signal, places: Places) -> Traits:
    n = places.at(signal.start)
    sentence = places.sentences[n] if places.sentences else None
    inside: list[Word] = []
    outside: list[Word] = []
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
        parties=tuple(sorted(signal.parties)),
        sector=str(signal.sector),
        instrument=str(signal.instrument),
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


def forget() -> None:
    """Forget the tables that were read, so that training sees those it has just written."""
    _table.cache_clear()
    _weights.cache_clear()
    _told.cache_clear()
