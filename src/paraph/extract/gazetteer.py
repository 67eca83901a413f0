"""The gazetteer: which countries, blocs, people and firms a text names, and where.

The names are a table (``data/gazetteer.tsv``, made by ``training/gazetteer/build.py``), searched all at once by an
Aho-Corasick automaton. What a name means in this very text (Jordan the country or the man, a surname whose whole name was
read, the other Georgia) is decided afterwards by the flags of the table and a few small rules. Only names are looked for:
"us" and "turkey" in small letters are none, "JAPAN" in a headline in capitals is one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["Gazetteer", "Mention", "Name", "default_gazetteer"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: ``text[start:end]`` (code points) stands for the parties ``codes``.

    ``codes`` are ISO 3166 alpha-2 codes or short names of blocs; several for a group ("the Baltic states"), none for a
    medium. ``kind`` is one of country, demonym, capital, seat, body, person, firm, bloc, media, city, product.
    """

    start: int
    end: int
    codes: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """One row of the table. ``flags`` are letters (see ``training/gazetteer/build.py``); ``short`` is the form by which
    a text goes on to call a person once the whole name was read."""

    surface: str
    kind: str
    codes: tuple[str, ...]
    flags: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a name stands for where the text holds one of ``signs`` and none of ``unless``."""

    codes: tuple[str, ...]
    signs: tuple[str, ...]
    unless: tuple[str, ...]


# Names of two places: the second one is meant where the text names what belongs to it.
_SENSES: dict[str, _Sense] = {
    "Georgia": _Sense(
        ("US",),
        ("Atlanta", "Savannah", "Georgia Power", "Georgia Tech", "Brian Kemp", "Ellabell", "Bryan County", "Alabama",
         "South Carolina", "North Carolina", "state of Georgia", "Hyundai", "Peach State", "Florida", "Tennessee"),
        ("Tbilisi", "Georgian", "Batumi", "Abkhazia", "Ossetia", "Azerbaijan", "Armenia", "Caucasus", "Kobakhidze"),
    ),
    "Congo": _Sense(("CG",), ("Brazzaville", "Sassou"), ("Kinshasa", "Tshisekedi", "DRC", "Democratic Republic", "Zaire")),
    "Congolese": _Sense(("CG",), ("Brazzaville", "Sassou"), ("Kinshasa", "Tshisekedi", "DRC", "Democratic Republic")),
    "Korea": _Sense(("KP",), ("Pyongyang", "Kim Jong"), ("South Korea", "Seoul", "Korean won", "Republic of Korea", "SOUTH KOREA")),
}  # fmt: skip
# Words before a surname that say that a person in office follows.
_TITLES = frozenset(
    """president premier chancellor minister secretary ambassador envoy mr mr. mrs mrs. ms ms. dr dr. king queen emir sultan sheikh prince
    general gen. admiral adm. chief spokesman spokeswoman spokesperson commissioner governor senator sen. negotiator representative
    chairman director sir lord lady counterpart leader adviser advisor deputy pm colonel col. defence defense foreign trade finance
    prime energy interior""".split()
)
# Words that may stand capitalised before a name without being a part of it.
_BEFORE = _TITLES | frozenset(
    """in from with for to and but while both the since after before as at by of on like unlike between against then when if that or a
    an its his her their our neighbouring neighboring says said why how what where who is are will would can could may also near outside
    across around inside through via over under about not only even yet so because although though modern north south east west western
    eastern northern southern central monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow now once""".split()
)
# Given names that are names of places too: with a surname after them they are people.
_GIVEN = frozenset(
    "Chad Jordan Israel Kenya Austin Florence Sydney Madison Paris Georgia Brittany Dallas Virginia Sofia".split()
)
_PLACE_WORDS = frozenset("in from to with at of near into across for between and".split())
_LETTERS = str.maketrans(
    {"\n": " ", "\t": " ", "\r": " ", "\xa0": " ", "\u202f": " ", "’": "'", "‘": "'", "–": "-", "‑": "-"}
)
_ODD = re.compile("[\n\t\r\xa0\u202f’‘–‑]")
_SPACES = re.compile(r" {2,}")
_WORD_BEFORE = re.compile(r"[\w.'-]+$")
_WORD_AFTER = re.compile(r" ([\w'-]+)")
# Longest stretch looked at for the word beside a name; longer "words" are no words.
_BESIDE = 30


class Gazetteer:
    """Finds the names of a table in texts.

    ``table`` has one name a line with surface, kind, codes and flags between tabs; ``#`` begins a comment. Raises ValueError
    for a line without four columns. Building takes some milliseconds; rows are read when they are first met in a text.
    """

    def __init__(self, table: str) -> None:
        from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

        self._lines = [line for line in table.splitlines() if line and line[0] != "#"]
        self._rows: dict[int, Name] = {}
        patterns: dict[str, int] = {}
        for n, line in enumerate(self._lines):
            if line.count("\t") != 3:
                raise ValueError(f"gazetteer, row {n + 1}: {line!r} has not four columns; part them by tabs")
            patterns[line[: line.index("\t")]] = n
        # A weak name is not looked for in capitals: there it cannot be told from the word.
        for surface, n in list(patterns.items()):
            if "\tw" not in self._lines[n]:
                patterns.setdefault(surface.upper(), n)
        self._row_of = list(patterns.values())
        self._automaton: AhoCorasick = AhoCorasick(
            list(patterns),
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.NoncontiguousNFA,
        )

    def __len__(self) -> int:
        return len(self._lines)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in order of place; they do not overlap, the leftmost and then the longest wins.

        Any run of white space in the text matches a space of a name. Linear in the text. Names of media come with no codes
        that count as parties; what holds a country's name and means none ("South China Sea") is not returned.
        """
        plain = text.translate(_LETTERS) if _ODD.search(text) else text
        cuts: list[int] = []
        shifts: list[int] = []
        if "  " in plain:
            plain, cuts, shifts = _squeeze(plain)
        found = self._decide(plain, self._longest(plain))
        if not cuts:
            return found
        return [
            Mention(m.start + _shift(cuts, shifts, m.start), m.end + _shift(cuts, shifts, m.end - 1), m.codes, m.kind)
            for m in found
        ]

    def _longest(self, plain: str) -> list[tuple[int, int, Name]]:
        """Return the word-bounded matches, leftmost and then longest, without overlaps."""
        spans: list[tuple[int, int, int]] = []
        last = len(plain)
        for row, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            if (
                (start == 0 or not (plain[start - 1].isalnum() or plain[start - 1] == "_"))
                and (end == last or not (plain[end].isalnum() or plain[end] == "_"))
            ):  # fmt: skip
                spans.append((start, -end, row))
        spans.sort()
        chosen: list[tuple[int, int, Name]] = []
        at = 0
        for start, minus_end, row in spans:
            if start >= at:
                at = -minus_end
                chosen.append((start, at, self._rows.get(row) or self._name(row)))
        return chosen

    def _name(self, pattern: int) -> Name:
        surface, kind, codes, flags = self._lines[self._row_of[pattern]].split("\t")
        flags, _, short = flags.partition("=")
        name = self._rows[pattern] = Name(surface, kind, tuple(codes.split(",")) if codes else (), flags, short)
        return name

    def _decide(self, plain: str, matches: list[tuple[int, int, Name]]) -> list[Mention]:
        """Keep the matches that are names in this text, with the codes they have here."""
        strong: set[str] = set()
        introduced: dict[str, tuple[str, ...]] = {}
        ends = set()
        for _, end, name in matches:
            ends.add(end)
            if name.short:
                introduced.setdefault(name.short, name.codes)
            if not name.flags:
                strong.update(name.codes)
        found: list[Mention] = []
        for start, end, name in matches:
            kind, codes = name.kind, name.codes
            if kind == "none":
                continue
            if name.surface in _SENSES:
                codes = _sense(plain, name.surface, codes)
            if name.flags:
                if "s" in name.flags:
                    kind = "person"
                    codes = _surname(plain, start, ends, codes, introduced.get(name.surface), strong)
                elif "w" in name.flags:
                    codes = tuple(code for code in codes if code in strong)[:1]
                elif "n" in name.flags and _is_person(plain, start, end, ends, name.surface):
                    codes = ()
                elif "a" in name.flags and _in_capitals(plain, start, end):
                    codes = ()
                if not codes:
                    continue
            found.append(Mention(start, end, codes, kind))
        return found


def _sense(plain: str, surface: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    sense = _SENSES[surface]
    if any(sign in plain for sign in sense.signs) and not any(sign in plain for sign in sense.unless):
        return sense.codes
    return codes


def _surname(
    plain: str, start: int, ends: set[int], codes: tuple[str, ...], introduced: tuple[str, ...] | None, strong: set[str]
) -> tuple[str, ...]:
    """Return whom a surname stands for here: the person whose whole name was read, or whom a title makes known."""
    before = _word_before(plain, start)
    title = before.lower() in _TITLES
    if introduced is not None:
        # "Gordon Brown" was read, this is "Michael Brown".
        other = (
            before[:1].isupper() and not before.isupper() and before.lower() not in _BEFORE and (start - 1) not in ends
        )
        return () if other else introduced
    known = tuple(code for code in codes if code in strong)
    return known[:1] if title and len(known) == 1 else ()


def _is_person(plain: str, start: int, end: int, ends: set[int], surface: str) -> bool:
    """Say whether a place's name is a person's here: "Michael Jordan", "Chad Wolf"."""
    before = _word_before(plain, start)
    if (
        before[:1].isupper()
        and not before.isupper()
        and before.lower() not in _BEFORE
        and (start - 1) not in ends
        and before[-1] != "."
    ):
        return True
    if surface not in _GIVEN or before.lower() in _PLACE_WORDS:
        return False
    after = _WORD_AFTER.match(plain, end, end + _BESIDE)
    if after is None:
        return False
    word = after.group(1)
    return word[0].isupper() and word[1:].islower() and word.lower() not in _BEFORE


def _word_before(plain: str, start: int) -> str:
    """Return the word that one space parts from ``start``, or ""."""
    if start < 2 or plain[start - 1] != " ":
        return ""
    found = _WORD_BEFORE.search(plain, max(0, start - _BESIDE), start - 1)
    return found.group() if found else ""


def _in_capitals(plain: str, start: int, end: int) -> bool:
    """Say whether an acronym stands among words in capitals, where it may be a word ("TELLS US"), and is not set off."""
    around = plain[max(0, start - _BESIDE) : start] + plain[end : end + _BESIDE]
    return (
        around.isupper()
        and plain[end : end + 1] not in {"-", ",", "'", "/"}
        and plain[max(0, start - 1) : start] not in {"-", "/"}
    )


def _squeeze(plain: str) -> tuple[str, list[int], list[int]]:
    """Return the text with each run of spaces as one; and from which place on how much must be added to go back."""
    cuts: list[int] = []
    shifts: list[int] = []
    parts: list[str] = []
    at = removed = 0
    for run in _SPACES.finditer(plain):
        parts.append(plain[at : run.start() + 1])
        at = run.end()
        cuts.append(run.start() + 1 - removed)
        removed += run.end() - run.start() - 1
        shifts.append(removed)
    parts.append(plain[at:])
    return "".join(parts), cuts, shifts


def _shift(cuts: list[int], shifts: list[int], place: int) -> int:
    n = bisect_right(cuts, place)
    return shifts[n - 1] if n else 0


@cache
def default_gazetteer() -> Gazetteer:
    """Return the gazetteer that comes with Paraph; read at the first call."""
    return Gazetteer((Path(__file__).parent / "data" / "gazetteer.tsv").read_text("utf-8"))
