"""The gazetteer: which countries, blocs, people and firms a text names, and where.

The names are a table (``data/gazetteer.tsv``, made by ``training/gazetteer/build.py``), looked up by their first word. (An
Aho-Corasick automaton over the same 28,000 names was no faster on a text and took three times as long to build.) What a
name means in this very text (Jordan the country or the man, a surname whose whole name was read, the other Georgia) is
decided afterwards by the flags of the table and a few small rules. Only names are looked for: "us" and "turkey" in small
letters are none, "JAPAN" in a headline in capitals is one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Gazetteer", "Mention", "Name", "default_gazetteer"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: ``text[start:end]`` (code points) stands for the parties ``codes``.

    ``codes`` are ISO 3166 alpha-2 codes or short names of blocs; several for a group ("the Baltic states"). ``kind`` is one of
    country, demonym, capital, seat, body, person, firm, bloc, region, media, city, product. A region ("Africa", "Europe")
    stands for the union of its states; a medium has its country, which is a party to nothing.
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
class _Entry:
    """The names that begin with one word, by their letters; and their lengths, longest first.

    ``lengths`` of those that go on after the first word with the same letters, ``short`` of those that have not so many.
    """

    names: dict[str, Name]
    lengths: dict[str, tuple[int, ...]]
    short: tuple[int, ...]


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
    "Korea": _Sense(("KP",), ("Pyongyang", "Kim Jong"), ("South Korea", "Seoul", "Republic of Korea", "SOUTH KOREA")),
}  # fmt: skip
# Words before a surname that say that a person in office follows.
_TITLES = frozenset(
    """president premier chancellor minister secretary ambassador envoy mr mr. mrs mrs. ms ms. dr dr. king queen emir sultan
    sheikh prince general gen. admiral adm. chief spokesman spokeswoman spokesperson commissioner governor senator sen.
    negotiator representative chairman director sir lord lady counterpart leader adviser advisor deputy pm colonel col.
    defence defense foreign trade finance prime energy interior""".split()
)
# Words that may stand capitalised before a name without being a part of it.
_BEFORE = _TITLES | frozenset(
    """in from with for to and but while both the since after before as at by of on like unlike between against then when if
    that or a an its his her their our neighbouring neighboring says said why how what where who is are will would can could
    may also near outside across around inside through via over under about not only even yet so because although though
    modern north south east west western eastern northern southern central monday tuesday wednesday thursday friday saturday
    sunday today yesterday tomorrow now once""".split()
)
# Given names that are names of places too: with a surname after them they are people.
_GIVEN = frozenset(
    "Chad Jordan Israel Kenya Austin Florence Sydney Madison Paris Georgia Brittany Dallas Virginia Sofia".split()
)
_PLACE_WORDS = frozenset("in from to with at of near into across for between and".split())
_LETTERS = (
    ("\n", " "), ("\t", " "), ("\r", " "), ("\xa0", " "), ("\u202f", " "), ("’", "'"), ("‘", "'"), ("–", "-"), ("‑", "-"),
)  # fmt: skip
# A word from its first capital or digit on; letters beyond Latin with accents begin no name of the table.
_CAPITAL = re.compile(r"[A-Z0-9À-ÖØ-ÞĀ-ɏḀ-ỿ]\w*")
# White space that is not one space or line break; two line breaks end a paragraph, and no name runs over that.
_RUNS = ("  ", "\n ", " \n", "\t", "\r")
_SPACES = re.compile(r" {2,}")
_WORD_BEFORE = re.compile(r"[\w.'-]+$")
_WORD_AFTER = re.compile(r" ([\w'-]+)")
# Letters after the first word by which the names that begin with it are told apart.
_HEAD = 3
# Longest stretch looked at for the word beside a name; longer "words" are no words.
_BESIDE = 30


class Gazetteer:
    """Finds the names of a table in texts.

    ``table`` has one name a line with surface, kind, codes and flags between tabs; ``#`` begins a comment. Raises ValueError
    for a line that has not four columns or whose name holds no capital or digit. Rows are read when a text first holds
    their first word.
    """

    def __init__(self, table: str) -> None:
        # The lines by the first word of their name, and those whose name begins with small letters ("al-Sisi") by the first
        # word in it that does not, with what stands before.
        self._lines: dict[str, list[str]] = {}
        self._inner: dict[str, list[tuple[str, str]]] = {}
        self._entries: dict[str, _Entry] = {}
        self._size = 0
        lines = self._lines
        find_word = _CAPITAL.search
        for line in table.splitlines():
            if not line or line[0] == "#":
                continue
            word = find_word(line, 0, line.find("\t"))
            if word is None or line.count("\t") != 3:
                raise ValueError(
                    f"gazetteer, {line!r}: not a name, kind, codes and flags parted by tabs; mend the table"
                )
            self._size += 1
            first = word.group()
            if word.start():
                self._inner.setdefault(first, []).append((line[: word.start()], line))
            elif first in lines:
                lines[first].append(line)
            else:
                lines[first] = [line]
        # First words whose usual form cannot be told from them in capitals ("LEBLANC").
        self._capitals: dict[str, list[str]] = {}
        for first in lines:
            if not first.isupper() and first != first.capitalize():
                self._capitals.setdefault(first.upper(), []).append(first)

    def __len__(self) -> int:
        return self._size

    def _entry(self, first: str) -> _Entry | None:
        """Return what begins with a word as it stands in a text, read once."""
        names = {name.surface: name for name in map(_read, self._lines.get(first, ()))}
        if len(first) > 1 and first.isupper():
            usual = [first.capitalize(), *self._capitals.get(first, ())]
            others = [_read(line) for form in usual for line in self._lines.get(form, ())]
            for name in (*names.values(), *others):
                # A weak name is not looked for in capitals: there it cannot be told from the word.
                if "w" not in name.flags:
                    names.setdefault(name.surface.upper(), name)
        if not names:
            return None
        tail = len(first)
        short = {len(surface) for surface in names if len(surface) < tail + _HEAD}
        heads: dict[str, set[int]] = {}
        for surface in names:
            if len(surface) >= tail + _HEAD:
                heads.setdefault(surface[tail : tail + _HEAD], set(short)).add(len(surface))
        lengths = {head: tuple(sorted(known, reverse=True)) for head, known in heads.items()}
        return _Entry(names, lengths, tuple(sorted(short, reverse=True)))

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in order of place; they do not overlap, the leftmost and then the longest wins.

        Any run of white space in the text matches a space of a name, but the end of a paragraph does not. Linear in the text.
        What holds a country's name and means none ("South China Sea") is not returned.
        """
        plain = text
        for letter, other in _LETTERS:
            # A tenth of what str.translate costs.
            if letter in plain:
                plain = plain.replace(letter, other)
        cuts: list[int] = []
        shifts: list[int] = []
        if any(run in text for run in _RUNS):
            plain, cuts, shifts = _squeeze(plain)
        found = self._decide(plain, self._longest(plain))
        if not cuts:
            return found
        return [
            Mention(m.start + _shift(cuts, shifts, m.start), m.end + _shift(cuts, shifts, m.end - 1), m.codes, m.kind)
            for m in found
        ]

    def codes(self) -> frozenset[str]:
        """Return the codes of all countries and blocs that the table knows."""
        rows = (line.split("\t") for lines in self._lines.values() for line in lines)
        return frozenset(
            code for _, kind, codes, _ in rows if kind in ("country", "bloc") for code in codes.split(",") if code
        )

    def called(self, surface: str) -> str:
        """Return how texts go on to call a person whose whole name is ``surface``: "Xi" for Xi Jinping; "" if not known."""
        first = _CAPITAL.search(surface)
        entry = self._entry(first.group()) if first else None
        name = entry.names.get(surface) if entry else None
        return name.short if name else ""

    def _longest(self, plain: str) -> list[tuple[int, int, Name]]:
        """Return the names that stand in a text as whole words, leftmost and then longest, without overlaps."""
        found: list[tuple[int, int, Name]] = []
        entries, known, inner = self._entries, self._lines, self._inner
        at = 0
        for word in _CAPITAL.finditer(plain):
            first = word.group()
            start, after = word.span()
            if start < at:
                continue
            if first in inner:
                hit = self._from_inside(plain, first, start, at)
                if hit is not None:
                    found.append(hit)
                    at = hit[1]
                    continue
            entry = entries.get(first)
            if entry is None:
                if first not in known and not first.isupper():
                    continue
                entry = self._entry(first)
                if entry is None:
                    continue
                entries[first] = entry
            if start and _is_letter(plain[start - 1]):
                continue
            for length in entry.lengths.get(plain[after : after + _HEAD], entry.short):
                words = plain[start : start + length]
                # At the end of the text these are fewer than asked for, and may be a shorter name.
                end = start + len(words)
                name = entry.names.get(words)
                if name is not None and not _is_letter(plain[end : end + 1]):
                    found.append((start, end, name))
                    at = end
                    break
        return found

    def _from_inside(self, plain: str, first: str, inside: int, at: int) -> tuple[int, int, Name] | None:
        """Return the longest name that begins with small letters and whose first capital stands at ``inside``."""
        best: tuple[int, int, Name] | None = None
        for prefix, line in self._inner[first]:
            start = inside - len(prefix)
            surface = line[: line.index("\t")]
            end = start + len(surface)
            if (
                start >= at
                and plain.startswith(surface, start)
                and not _is_letter(plain[end : end + 1])
                and not (start and _is_letter(plain[start - 1]))
                and (best is None or end - start > best[1] - best[0])
            ):
                best = start, end, _read(line)
        return best

    def _decide(self, plain: str, matches: list[tuple[int, int, Name]]) -> list[Mention]:
        """Keep the matches that are names in this text, with the codes they have here."""
        strong: set[str] = set()
        introduced: dict[str, tuple[str, ...]] = {}
        ends = set()
        for _, end, name in matches:
            ends.add(end)
            if name.short:
                introduced.setdefault(name.short, name.codes)
            if "w" not in name.flags and "s" not in name.flags:
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
                elif ("n" in name.flags and _is_person(plain, start, end, ends, name.surface)) or (
                    "a" in name.flags and _in_capitals(plain, start, end)
                ):
                    codes = ()
                if not codes:
                    continue
            found.append(Mention(start, end, codes, kind))
        return found


def _read(line: str) -> Name:
    surface, kind, codes, flags = line.split("\t")
    flags, _, short = flags.partition("=")
    return Name(surface, kind, tuple(codes.split(",")) if codes else (), flags, short)


def _is_letter(one: str) -> bool:
    # "US$5" names a currency.
    return one.isalnum() or one == "_" or one == "$"


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
        and not before.endswith("'s")  # "Lula's India visit"
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
