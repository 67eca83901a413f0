"""Windows: a parsed text as rows of word pieces, in the form that the encoder reads.

Each sentence is a row of its own in the lower layers ("[CLS] … [SEP]", positions counted from its beginning) and meets its
neighbours only in the upper ones, so a window is a run of whole sentences with the title before it and a few sentences on
either side that are only looked at. Every token is read in exactly one window. What the tables of the cue engine know of a
token (its kind of name, its cues, who speaks in its sentence, where it stands on the page) goes in beside its pieces.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from paraph.extract.layout import Role
from paraph.extract.parse import Parse
from paraph.extract.sources import Attribution
from paraph.extract.states import state_words
from paraph.extract.tables import word_classes
from paraph.extract.wordpiece import WordPieces

__all__ = ["CONTEXT", "EVIDENCE", "Window", "evidence", "windows"]

# Pieces of the sentences that a window reads, and of those that it only looks at: on the left, on the right, and of the title.
# With these a report of the gold is one to three windows; set by what an epoch of training costs, not tuned.
PACK, LEFT, RIGHT, TITLE = 220, 48, 32, 32
# A word's pieces and a sentence's beyond these are not read: 2 of the 166,646 words of gold/train have more than 8 (13 at most),
# and its longest sentence has 105. Positions end at 512.
WORD_PIECES, SENTENCE_PIECES = 8, 220

_KINDS = {
    "country": "state", "demonym": "state", "capital": "state", "region": "state", "seat": "state", "bloc": "bloc",
    "body": "bloc", "firm": "firm", "person": "person", "city": "city", "media": "media", "product": "product",
}  # fmt: skip
_SOURCES = ("company", "expert", "media", "official", "unnamed")
# What is known of a token, by name; the place in this list is the place in the encoder's input, so it goes with the trained file.
EVIDENCE: tuple[str, ...] = (
    *(f"role={role}" for role in Role),
    "under-lead", "under-heading", "first", "in-voice",
    *(f"kind={kind}" for kind in sorted(set(_KINDS.values()))),
    *(f"speaks={source}" for source in _SOURCES),
    *(f"cue={name}" for name in sorted(word_classes("cues"))),
    *(f"subject={name}" for name in sorted(word_classes("topics"))),
    *(f"state={name}" for name in sorted(word_classes("states"))),
)  # fmt: skip
_PLACE = {name: at for at, name in enumerate(EVIDENCE)}


@dataclass(frozen=True, slots=True)
class Window:
    """One row of pieces.

    ``pieces``, ``positions`` (within the sentence), ``sentences`` (numbered from 0 in the window) and ``tokens`` (of the parse,
    CONTEXT for none) run side by side. ``read`` holds, for each token that this window reads, its first piece, the piece behind
    its last, and the piece that opens its sentence.
    """

    pieces: tuple[int, ...]
    positions: tuple[int, ...]
    sentences: tuple[int, ...]
    tokens: tuple[int, ...]
    read: dict[int, tuple[int, int, int]]


CONTEXT = -1


def evidence(parse: Parse, voices: Sequence[Sequence[Attribution]]) -> list[tuple[int, ...]]:
    """Return what is known of each token: places in EVIDENCE, in rising order. Linear in the text."""
    verbs, nouns = state_words()
    out: list[set[int]] = [set() for _ in parse.tokens.starts]
    lowers = parse.tokens.lowers
    for n, (first, stop) in enumerate(parse.ranges):
        sentence = parse.sentence(n)
        shared = {_PLACE[f"role={sentence.role}"]}
        if sentence.lead is not None:
            shared.add(_PLACE["under-lead"])
        if sentence.heading is not None:
            shared.add(_PLACE["under-heading"])
        shared |= {_PLACE[f"speaks={voice.type}"] for voice in voices[n]}
        for t in range(first, stop):
            mine = out[t]
            mine |= shared
            kind = _KINDS.get(parse.kinds[t])
            if kind:
                mine.add(_PLACE[f"kind={kind}"])
            mine |= {_PLACE[f"cue={name}"] for name in parse.classes[t]}
            mine |= {_PLACE[f"subject={name}"] for name in parse.subjects[t]}
            word = lowers[t]
            pair = f"{word} {lowers[t + 1]}" if t + 1 < stop else word
            verb = verbs.get(pair) or verbs.get(word)
            if verb:
                mine.add(_PLACE[f"state=verb:{verb}"])
            noun = nouns.get(pair) or nouns.get(word)
            if noun:
                mine.add(_PLACE[f"state=noun:{noun}"])
        if stop > first:
            out[first].add(_PLACE["first"])
        for voice in voices[n]:
            for t in range(max(voice.first, first), min(voice.last + 1, stop)):
                out[t].add(_PLACE["in-voice"])
    return [tuple(sorted(mine)) for mine in out]


def windows(parse: Parse, words: WordPieces, wanted: Collection[int] | None = None) -> list[Window]:
    """Return the windows that read a text, in order of place.

    With ``wanted``, only those that read one of these sentences. Linear in the text.
    """
    pieces = [words.pieces(word)[:WORD_PIECES] for word in parse.tokens.words]
    sizes = [
        min(sum(len(pieces[t]) for t in range(*span)), SENTENCE_PIECES) + 2 if span[1] > span[0] else 0
        for span in parse.ranges
    ]
    title = [piece for word in (parse.title or "").split() for piece in words.pieces(word)][:TITLE]
    chosen = None if wanted is None else frozenset(wanted)
    return [
        _window(parse, words, pieces, title, _around(parse, sizes, pack), pack)
        for pack in _packs(sizes)
        if chosen is None or not chosen.isdisjoint(pack)
    ]


def _packs(sizes: list[int]) -> list[list[int]]:
    """Return the sentences that each window reads."""
    out: list[list[int]] = []
    room = 0
    for n, size in enumerate(sizes):
        if size:
            if not out or size > room:
                out.append([])
                room = PACK
            out[-1].append(n)
            room -= size
    return out


def _around(parse: Parse, sizes: list[int], pack: list[int]) -> tuple[list[int], list[int]]:
    """Return the sentences that a window looks at before and behind those that it reads.

    The heading and the lead-in that its first sentence depends on come along from wherever they stand.
    """
    before: list[int] = []
    room = LEFT
    n = pack[0] - 1
    while n >= 0 and (sizes[n] <= room or not before):
        if sizes[n]:
            before.insert(0, n)
        room -= sizes[n]
        n -= 1
    first = parse.sentence(pack[0])
    before = sorted({*before, *(n for n in (first.heading, first.lead) if n is not None and n < pack[0] and sizes[n])})
    behind: list[int] = []
    room = RIGHT
    n = pack[-1] + 1
    while n < len(sizes) and sizes[n] <= room:
        if sizes[n]:
            behind.append(n)
        room -= sizes[n]
        n += 1
    return before, behind


def _window(
    parse: Parse,
    words: WordPieces,
    pieces: list[tuple[int, ...]],
    title: list[int],
    around: tuple[list[int], list[int]],
    pack: list[int],
) -> Window:
    rows: list[tuple[int, int, int, int]] = []
    read: dict[int, tuple[int, int, int]] = {}

    def put(line: list[tuple[int, int]], number: int) -> None:
        marked = [(words.begin, CONTEXT), *line[:SENTENCE_PIECES], (words.separator, CONTEXT)]
        rows.extend((piece, at, number, token) for at, (piece, token) in enumerate(marked))

    number = 0
    if title:
        put([(piece, CONTEXT) for piece in title], number)
        number += 1
    for n in (*around[0], *pack, *around[1]):
        opening = len(rows)
        put([(piece, t) for t in range(*parse.ranges[n]) for piece in pieces[t]], number)
        number += 1
        if pack[0] <= n <= pack[-1]:
            for at in range(opening, len(rows)):
                token = rows[at][3]
                if token != CONTEXT:
                    read[token] = (read[token][0] if token in read else at, at + 1, opening)
    columns = tuple(zip(*rows, strict=True))
    return Window(columns[0], columns[1], columns[2], columns[3], read)
