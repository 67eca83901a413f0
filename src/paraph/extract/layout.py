"""Layout: what a text's lines are to each other, for half of a bullet's meaning stands above it.

A text becomes sentences in order of place, each with its role (title, heading, item or running text), the heading and the
lead-in it depends on ("A list of potential announcements could include:") and the speaker whose turn it is. Lines broken
by hand at a fixed width, as in newswire, are read through; their line breaks stay inside the sentences' spans.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Layout", "Role", "Sentence", "read_layout", "sentences"]


class Role(StrEnum):
    """What a sentence is on the page."""

    TITLE = "title"
    HEADING = "heading"
    ITEM = "item"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, heading or list item.

    ``start`` and ``end`` leave out the list mark, the dateline and the speaker's name. ``block`` numbers the paragraph.
    ``heading`` and ``lead`` are indices of sentences in the same layout. ``speaker`` is the span of the name before a turn.
    """

    start: int
    end: int
    role: Role
    block: int
    heading: int | None = None
    lead: int | None = None
    speaker: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """All sentences of a text, and the spans of its datelines ("NEW DELHI, Dec 4 (Reuters) -")."""

    sentences: tuple[Sentence, ...]
    datelines: tuple[tuple[int, int], ...]


# Longest line that may be a heading; a longer line without a full stop is rather a caption or a paragraph cut short. Set by
# reading, not tuned, as are the other limits of this module unless they say otherwise.
HEADING_CHARS = 110
# A heading that stands alone on its line has at most this many words, unless it is the first line of the text.
HEADING_WORDS = 14
# Lines of a text wrapped by hand are this long at most (newswire: 65 to 72), and most of them end without a full stop.
WRAP_CHARS = 82
WRAP_SHARE = 0.5
# A longer run of words without a full stop is cut: what governs a phrase lies nearer, and the cost of a sentence grows with
# the square of its length. The longest sentence of the gold has 497 code points.
SENTENCE_CHARS = 1_500
# A name before a colon is at most this long to be a speaker's.
SPEAKER_CHARS = 60

_ITEM = re.compile(r"[ \t]*(?:[-*•‣▪●○◦·–—✔✅►🔹🔸➤]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})[.)]|#\d{1,2}[:.])[ \t]+(?=\S)")
_NUMBERED = re.compile(r"[ \t]*\(?(?:\d{1,2})[.)][ \t]+")
_QUESTION = re.compile(r"(?:Q|A|QUESTION|ANSWER|Question|Answer|Q\d{1,2}|A\d{1,2})[:.][ \t]+")
_SPEAKER = re.compile(
    r"(?:[A-Z][\w.'’-]*|of|the|and|de|al|bin|van|von)"
    r"(?:[ ](?:[A-Z(][\w.'’)-]*|of|the|and|for|de|al|bin|van|von)){0,7}:[ \t]+(?=\S)"
)
_DATELINE = re.compile(
    r"[ \t]*(?:[A-Z][\w.'’-]*(?:[ /][A-Z][\w.'’-]*){0,4}(?:, [A-Z][\w. ]{1,30})?"  # place, region
    r"(?:, ?(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:,? \d{4})?)?"  # day
    r"[ ]?(?:\([^()\n]{2,40}\))?|\([A-Z][^()\n]{1,40}\))[ ]?(?:--|[-–—:])[ ]"  # agency, dash
)
_CLOSERS = "\"'”’»)]"
# Words that end in a full stop without ending a sentence. Written as data for news in English.
_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof gen lt col maj capt sgt adm cmdr gov sen rep rev hon st jr sr pres amb sec min inc corp co ltd plc llc
    bros dept univ assn no nos vs etc e.g i.e a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu
    thur thurs fri sat sun fig art approx est vol ed pp cf al ft mt pct mln bln dlr dlrs u.s u.k u.n u.a.e d.c""".split()
)
_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)|\n[ \t]*\n")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the span of every sentence of the text, in order."""
    return [(s.start, s.end) for s in read_layout(text).sentences]


def read_layout(text: str, title: str | None = None) -> Layout:
    """Return the sentences of a text with their roles and what they depend on. Linear in the text."""
    paragraphs = _paragraphs(text)
    found: list[Sentence] = []
    datelines: list[tuple[int, int]] = []
    heading: int | None = None
    lead: int | None = None
    speaker: tuple[int, int] | None = None
    turns = False
    wanted = " ".join(title.split()).casefold() if title else None
    roles = _roles(text, paragraphs, wanted)
    for block, ((start, end), role) in enumerate(zip(paragraphs, roles, strict=True)):
        if role is Role.ITEM:
            mark = _ITEM.match(text, start, end)
            start = mark.end() if mark else start
            for at, (a, b) in enumerate(_split(text, start, end)):
                found.append(Sentence(a, b, Role.ITEM if at == 0 else Role.TEXT, block, heading, lead, speaker))
            continue
        lead = None
        if role in (Role.TITLE, Role.HEADING):
            mark = _NUMBERED.match(text, start, end)
            start = mark.end() if mark else start
            found.append(Sentence(start, end, role, block, None if role is Role.TITLE else heading))
            if role is Role.HEADING:
                found[-1] = Sentence(start, end, role, block)
                heading = len(found) - 1
                if text[end - 1] == ":":
                    lead = heading
            speaker = None
            continue
        turn = _turn(text, start, end)
        # "NAIROBI: Kenya and …" opens a report, "BORIC: We will …" a turn; only where turns follow is the first a turn.
        if (
            turn
            and not turns
            and text[slice(*turn[0])].isupper()
            and not any(_turn(text, *p) for p in paragraphs[block + 1 :])
        ):
            datelines.append((start, turn[1]))
            start = turn[1]
            turn = None
        if turn is not None:
            turns = True
            speaker, start = turn
        dateline = _DATELINE.match(text, start, end) if turn is None else None
        if dateline and _is_dateline(text[dateline.start() : dateline.end()]):
            datelines.append((dateline.start(), dateline.end()))
            start = dateline.end()
        for a, b in _split(text, start, end):
            found.append(Sentence(a, b, Role.TEXT, block, heading, None, speaker))
        if found and block + 1 < len(roles) and roles[block + 1] is Role.ITEM and found[-1].block == block:
            lead = len(found) - 1
    return Layout(tuple(found), tuple(datelines))


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the spans of the paragraphs: single lines or, in text wrapped by hand, runs of lines."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    wrapped = _is_wrapped(text, lines)
    out: list[tuple[int, int]] = []
    open_ = False
    for a, b in lines:
        stripped_a = a + (b - a - len(text[a:b].lstrip()))
        stripped_b = stripped_a + len(text[stripped_a:b].rstrip())
        if stripped_a >= stripped_b:
            open_ = False
            continue
        fresh = not open_ or not wrapped or stripped_a - a >= 2 or _ITEM.match(text, a, b) is not None
        if fresh:
            out.append((stripped_a, stripped_b))
        else:
            out[-1] = (out[-1][0], stripped_b)
        open_ = True
    return out


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Tell whether lines are broken at a fixed width: short throughout, and most go on in the next."""
    runs = [(text[a:b], text[c : c + 1]) for (a, b), (c, d) in itertools.pairwise(lines) if b > a and d > c]
    # The first line may be a headline, which never ends with a full stop: it does not count.
    runs = runs[1:]
    if len(runs) < 2 or max(b - a for a, b in lines) > WRAP_CHARS:
        return False
    flowing = sum(len(line) > WRAP_CHARS / 2 and line.rstrip()[-1:] not in '.!?:"”' for line, _ in runs)
    return flowing >= WRAP_SHARE * len(runs)


def _roles(text: str, paragraphs: list[tuple[int, int]], title: str | None) -> list[Role]:
    out: list[Role] = []
    for n, (a, b) in enumerate(paragraphs):
        line = text[a:b]
        if title and n < 3 and b - a < 400 and " ".join(line.split()).casefold() == title:
            out.append(Role.TITLE)
        elif _ITEM.match(text, a, b):
            out.append(Role.ITEM)
        elif _is_heading(line, n == 0):
            out.append(Role.TITLE if n == 0 else Role.HEADING)
        else:
            out.append(Role.TEXT)
    # A numbered line is an item among its neighbours and a heading where running text follows ("2. Nuclear energy").
    for n, (a, b) in enumerate(paragraphs):
        if (
            out[n] is Role.ITEM
            and _NUMBERED.match(text, a, b)
            and b - a <= HEADING_CHARS
            and text[b - 1] not in ".;,!?"
        ):
            before = n > 0 and out[n - 1] is Role.ITEM and _NUMBERED.match(text, *paragraphs[n - 1]) is not None
            after = (
                n + 1 < len(out) and out[n + 1] is Role.ITEM and _NUMBERED.match(text, *paragraphs[n + 1]) is not None
            )
            if n + 1 < len(out) and not after and not before:
                out[n] = Role.HEADING
    return out


def _is_heading(line: str, first: bool) -> bool:
    if len(line) > HEADING_CHARS * (2 if first else 1) or ("\n" in line and not first):
        return False
    last = line.rstrip(_CLOSERS)[-1:]
    if last in ".!;,…" or (last == ":" and len(line.split()) > 6):
        return False
    words = line.split()
    if first:
        return True
    return len(words) <= HEADING_WORDS and (line[0].isupper() or not line[0].isalpha()) and not _QUESTION.match(line)


def _turn(text: str, start: int, end: int) -> tuple[tuple[int, int], int] | None:
    """Return the span of the speaker's name and where the words begin, where a paragraph opens a turn."""
    mark = _QUESTION.match(text, start, end)
    if mark:
        return (mark.start(), mark.start() + len(mark.group().rstrip().rstrip(":."))), mark.end()
    mark = _SPEAKER.match(text, start, min(end, start + SPEAKER_CHARS))
    if mark:
        name = mark.group().rstrip().rstrip(":")
        words = name.split()
        if name.isupper() or (2 <= len(words) <= 7 and end - mark.end() > 40):
            if len(words) == 1 and text[mark.end() : mark.end() + 1] not in '"“' and not name.isupper():
                return None
            return (start, start + len(name)), mark.end()
    return None


def _is_dateline(mark: str) -> bool:
    head = mark.strip().rstrip("-–—:").strip()
    place = head.split(",")[0].split("(")[0].strip()
    return bool("(" in head or any(c.isdigit() for c in head) or (place.isupper() and len(place) > 3) or not place)


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the sentences within one paragraph."""
    out: list[tuple[int, int]] = []
    at = start
    for mark in _END.finditer(text, start, end):
        stop = mark.end()
        if mark.group()[0] == "." and not _is_end(text, at, mark.start(), stop, end):
            continue
        if mark.group()[0] in "!?" and stop < end and text[stop:end].lstrip()[:1].islower():
            continue
        if stop > at:
            out.append((at, stop))
        at = stop
        while at < end and text[at].isspace():
            at += 1
    if at < end:
        out.append((at, end))
    return [piece for a, b in out for piece in (_cut(text, a, b) if b - a > SENTENCE_CHARS else ((a, b),))]


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return pieces of SENTENCE_CHARS at most, cut at white space where there is any."""
    out: list[tuple[int, int]] = []
    while end - start > SENTENCE_CHARS:
        space = max(text.rfind(" ", start, start + SENTENCE_CHARS), text.rfind("\n", start, start + SENTENCE_CHARS))
        stop = space if space > start else start + SENTENCE_CHARS
        out.append((start, stop))
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        out.append((start, end))
    return out


def _is_end(text: str, begin: int, dot: int, stop: int, end: int) -> bool:
    """Tell whether the full stop at ``dot`` ends a sentence."""
    at = stop
    while at < end and text[at].isspace():
        at += 1
    if at >= end:
        return True
    following = text[at]
    if following.islower() or following in ",;:)":
        return False
    word_from = dot
    while word_from > begin and (text[word_from - 1].isalnum() or text[word_from - 1] in ".-'’"):
        word_from -= 1
    word = text[word_from:dot]
    if word.lower() in _ABBREVIATIONS:
        # "in the U.S. The talks" ends, "U.S. President" does not: a common function word in capitals starts a sentence.
        return word.lower() in _ENDING and text[at : at + 4].split(" ")[0] in _STARTERS
    return not (len(word) == 1 and word.isupper())


_ENDING = frozenset(
    {"u.s", "u.k", "u.n", "u.a.e", "inc", "corp", "co", "ltd", "plc", "pct", "a.m", "p.m", "dlrs", "d.c", "etc"}
)
_STARTERS = frozenset("The A An It He She In On At We They But And This That For If As No So".split())
