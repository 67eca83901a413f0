"""A document's page as values: which part of the text, which signals are marked, which one is chosen or is being added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import quote, urlencode

from markupsafe import Markup

from paraph.desk.pages import SignalRow
from paraph.desk.places import find
from paraph.desk.terms import ask, marks_of
from paraph.desk.values import State
from paraph.errors import UsageError
from paraph.extract.layout import sentences
from paraph.model import Cue, Selector, Signal
from paraph.show.glyphs import spoken
from paraph.web.marking import Mark, Span, html_of, paragraphs, part_at, parts_of, pieces, shallow, trimmed

__all__ = [
    "Addition",
    "Paragraph",
    "Sheet",
    "Want",
    "addition_of",
    "address_of",
    "is_shown",
    "is_weak",
    "link_to",
    "sheet_of",
    "wanted",
    "whys_of",
]

# Signals that are marked in one part, the surest first where there are more. Set by eye: with so many the page of an ordinary
# part is still under 150 kB.
MOST_MARKS = 300
# Words of this length are taken for those of a signal; of a longer stretch the page asks which are meant. Set by eye: a clause.
MOST_WORDS_CHARS = 160
# Places of searched words that are marked in one part. Set by eye.
MOST_FOUND = 200
# A paragraph of more than this is offered sentence by sentence. Set by eye.
LONG_PARAGRAPH = 400

# What a signal that is added far from any other begins with.
BLANK: Mapping[str, object] = {
    "stage": "talks",
    "ahead": False,
    "certainty": "probable",
    "source_type": "outlet",
    "source": None,
    "parties": [],
    "sector": "trade",
    "instrument": "cooperation",
}


@dataclass(frozen=True, slots=True)
class Want:
    """What an address asks of a document's page.

    ``part`` counts from 1, 0 where it is left to the signal; ``signal`` is the id of the chosen signal; ``at`` the place of one;
    ``add`` a stretch in which a signal is to be added, and ``words`` which words of it; ``find`` are words that were searched
    for; ``every`` is whether weak and rejected signals are shown as well. ``version`` and ``against`` count texts from 1.
    """

    part: int = 0
    signal: str = ""
    at: Span | None = None
    add: Span | None = None
    words: str = ""
    find: str = ""
    every: bool = False
    version: int = 0
    against: int = 0


def wanted(given: Mapping[str, str]) -> Want:
    """Return what the parameters of an address ask for. Raises UsageError, naming the parameter, for what cannot be."""
    show = given.get("show", "")
    if show not in ("", "all"):
        raise UsageError(f"show: {show!r} is not known; give all, or leave it out")
    return Want(
        part=_number(given, "part"),
        signal=given.get("signal", "").strip()[:100],
        at=_span(given, "at"),
        add=_span(given, "add"),
        words=given.get("words", "")[:MOST_WORDS_CHARS],
        find=given.get("q", ""),
        every=show == "all",
        version=_number(given, "version"),
        against=_number(given, "against"),
    )


def _number(given: Mapping[str, str], name: str) -> int:
    text = given.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise UsageError(f"{name}: {text!r} is no number from 1")
    return int(text)


def _span(given: Mapping[str, str], name: str) -> Span | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    begin, _, end = text.partition("-")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in (begin, end)) or int(begin) >= int(end):
        raise UsageError(f"{name}: {text!r} is no place in a text; give where it starts and ends, as 120-134")
    return int(begin), int(end)


def address_of(key: str) -> str:
    """Return the path of a document's page."""
    return "/documents/" + quote(key, safe="", errors="surrogatepass")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text with its marks. ``places`` are the stretches in which a signal can be added without script.

    ``chosen`` is whether the fields of the signal that is chosen (or added) stand beside it.
    """

    start: int
    end: int
    html: Markup
    places: Sequence[Span]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One part of a text with its signals.

    ``rows`` are the signals shown in this part, ``others`` counts those of the whole document that are not shown since they are
    weak, were rejected, or stand in an older text. ``before`` and ``after`` are the neighbours of the chosen signal among those
    shown in the whole document.
    """

    part: int
    parts: Sequence[Span]
    paragraphs: Sequence[Paragraph]
    rows: Sequence[SignalRow]
    left_out: int
    total: int
    shown: int
    chosen: SignalRow | None = None
    before: SignalRow | None = None
    after: SignalRow | None = None
    vanished: Sequence[SignalRow] = field(default=())


def is_shown(row: SignalRow, least: float, every: bool) -> bool:
    """Whether a signal is marked in the text: not one that was rejected, nor one that is weak and that nobody looked at."""
    if every:
        return True
    return row.state is not State.REJECTED and not is_weak(row, least)


def is_weak(row: SignalRow, least: float) -> bool:
    """Whether the engine was too unsure of a signal, and nobody accepted or corrected it."""
    looked_at = row.state not in (State.PROPOSED, State.UNSURE) or row.proposed
    return not looked_at and row.sighting.signal.confidence < least


def sheet_of(text: str, rows: Sequence[SignalRow], want: Want, least: float, addition: Addition | None = None) -> Sheet:
    """Return the part of a text that an address asks for. ``rows`` are all signals of the document in order of place.

    Signals of which the engine is less sure than ``least`` are weak. A signal that is chosen is marked whatever it is. Raises
    UsageError for a part or a signal that the document does not have.
    """
    here = [row for row in rows if row.newest]
    chosen = _chosen(text, rows, want)
    marked = [row for row in here if is_shown(row, least, want.every) or row is chosen]
    parts = parts_of(text)
    searched = ask(want.find)
    part = _part(parts, want, chosen, addition, next((at for at, _, _ in marks_of(text, searched)), 0))
    start, end = parts[part]
    inside = [row for row in marked if row.sighting.signal.start < end and row.sighting.signal.end > start]
    kept = sorted(inside, key=lambda row: (row is not chosen, -row.sighting.signal.confidence))[:MOST_MARKS]
    kept.sort(key=_place)
    marks = [_mark(row, want, least, row is chosen) for row in kept]
    if chosen is not None and chosen.newest:
        marks += _cues(chosen.sighting.signal)
    if addition is not None:
        marks.append(Mark(addition.start, addition.end, "adding", on=True))
    found = islice(marks_of(text[start:end], searched), MOST_FOUND)
    marks += [Mark(start + a, start + b, "found") for a, b, _ in found]
    at = chosen.sighting.signal.start if chosen else addition.start if addition else -1
    before, after = _neighbours(marked, chosen)
    return Sheet(
        part=part,
        parts=parts,
        paragraphs=_paragraphs(text, start, end, shallow(marks), at),
        rows=kept,
        left_out=len(inside) - len(kept),
        total=len(rows),
        shown=len(marked),
        chosen=chosen,
        before=before,
        after=after,
        vanished=[row for row in rows if not row.newest and (want.every or row.state is not State.REJECTED)],
    )


def _place(row: SignalRow) -> tuple[int, int, str]:
    return row.sighting.signal.start, row.sighting.signal.end, row.sighting.id


def _chosen(text: str, rows: Sequence[SignalRow], want: Want) -> SignalRow | None:
    if want.at is not None:
        return _taken(text, rows, want.at)
    if not want.signal:
        return None
    found = [row for row in rows if row.sighting.id.startswith(want.signal)]
    if not found:
        raise UsageError(f"signal: {want.signal!r} is none of this document's; leave it out to see those it has")
    return found[0]


def _taken(text: str, rows: Sequence[SignalRow], at: Span) -> SignalRow | None:
    """Return the signal that the desk takes a decision about these words to be about, None where it is a new one."""
    start, end = at
    here = [row for row in rows if row.newest]
    spans = [("", row.sighting.signal.start, row.sighting.signal.end) for row in here]
    words = Selector(text[start:end], "", "", start, end, "")  # of the text at hand, so its hash is not asked for
    number = find(words, spans, {"": text})
    return None if number is None else here[number]


def _part(parts: Sequence[Span], want: Want, chosen: SignalRow | None, addition: Addition | None, found: int) -> int:
    if want.part:
        if want.part > len(parts):
            raise UsageError(f"part: this text has {len(parts)}, not {want.part}")
        return want.part - 1
    if chosen is not None and chosen.newest:
        return part_at(parts, chosen.sighting.signal.start)
    return part_at(parts, addition.start if addition else found)


def _neighbours(marked: Sequence[SignalRow], chosen: SignalRow | None) -> tuple[SignalRow | None, SignalRow | None]:
    if chosen is None or chosen not in marked:
        return None, None
    at = marked.index(chosen)
    return (marked[at - 1] if at else None), (marked[at + 1] if at + 1 < len(marked) else None)


def _mark(row: SignalRow, want: Want, least: float, on: bool) -> Mark:
    signal = row.sighting.signal
    kind = f"sig {signal.certainty}"
    if row.state is not State.PROPOSED:
        kind += f" {row.state}"
    if is_weak(row, least):
        kind += " weak"
    href = link_to(row, want)
    return Mark(signal.start, signal.end, kind, id=f"s-{row.sighting.id}", href=href, told=spoken(signal), on=on)


def link_to(row: SignalRow, want: Want) -> str:
    """Return the address, from the document's page, at which a signal is chosen."""
    asked = {"signal": row.sighting.id} | ({"show": "all"} if want.every else {})
    return f"?{urlencode(asked)}#s-{row.sighting.id}"


def _cues(signal: Signal) -> list[Mark]:
    """Return marks for the deciding words, one for words that decided several fields."""
    fields: dict[Span, list[str]] = {}
    for cue in signal.why:
        told = cue.field.replace("_", " ")
        if told not in fields.setdefault((cue.start, cue.end), []):
            fields[cue.start, cue.end].append(told)
    return [Mark(*span, "cue", told="decided: " + ", ".join(f), label=", ".join(f)) for span, f in fields.items()]


def _paragraphs(text: str, start: int, end: int, marks: Sequence[Mark], chosen: int) -> list[Paragraph]:
    seen: set[str] = set()

    def fresh(id: str) -> bool:
        return id not in seen and not seen.add(id)  # type: ignore[func-returns-value]

    lines = paragraphs(text, start, end)
    beside = next((line for line in lines if line[0] <= chosen < line[1]), None)
    made = []
    first = 0
    for line in lines:
        while first < len(marks) and marks[first].end <= line[0]:
            first += 1
        inside = [mark for mark in marks[first:] if mark.start < line[1] and mark.end > line[0]]
        html = html_of(text, pieces(*line, inside), fresh)
        made.append(Paragraph(*line, html, _places(text, *line), chosen=line == beside))
    return made


def _places(text: str, start: int, end: int) -> list[Span]:
    if end - start <= LONG_PARAGRAPH:
        return [(start, end)]
    return [(start + a, start + b) for a, b in sentences(text[start:end])] or [(start, end)]


# Adding.


@dataclass(frozen=True, slots=True)
class Addition:
    """A signal that is about to be added: its words, the stretch they are looked for in, and the fields to begin with.

    ``ready`` is whether its words are settled; else the page asks for them, and ``error`` says why those given will not do.
    ``like`` is the signal whose fields it begins with; ``taken`` is the one that its words are already, so that its fields would
    become those of the form.
    """

    start: int
    end: int
    within: Span
    words: str
    fields: Mapping[str, object]
    ready: bool
    error: str = ""
    like: SignalRow | None = None
    taken: SignalRow | None = None


def addition_of(text: str, rows: Sequence[SignalRow], want: Want) -> Addition | None:
    """Return the signal that an address asks to add, None where it asks for none.

    Its fields are those of the signal that its words are already, else of the nearest before it, else ``BLANK``. Raises
    UsageError for a place that the text does not have.
    """
    if want.add is None:
        return None
    start, end = want.add
    if end > len(text):
        raise UsageError(f"add: {start}-{end} is no place in a text of {len(text)} code points")
    start, end = trimmed(text, start, end)
    if start == end:
        raise UsageError(f"add: no letter stands from {want.add[0]} to {want.add[1]}; choose words")
    within, error = (start, end), ""
    ready = end - start <= MOST_WORDS_CHARS
    if want.words.strip():
        found = _narrowed(text, start, end, want.words)
        ready = found is not None
        if found is None:
            error = "These words do not stand there like that. Type them as they are in the text."
        else:
            start, end = found
    taken = _taken(text, rows, (start, end)) if ready else None
    like = taken or _like(rows, start)
    values = {name: like.sighting.signal.to_dict()[name] for name in BLANK} if like else BLANK
    return Addition(start, end, within, text[start:end], values, ready, error, like, taken)


def _narrowed(text: str, start: int, end: int, words: str) -> Span | None:
    """Return where words stand in a stretch, white space of any kind and length between them, any case; None where not."""
    import re

    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.compile(pattern).search(text, start, end) or re.compile(pattern, re.IGNORECASE).search(text, start, end)
    return found.span() if found else None


def _like(rows: Sequence[SignalRow], start: int) -> SignalRow | None:
    earlier = [
        row for row in rows if row.newest and row.state is not State.REJECTED and row.sighting.signal.start < start
    ]
    return earlier[-1] if earlier else None


# The fields of the chosen signal.


def whys_of(row: SignalRow) -> dict[str, list[str]]:
    """Return the deciding words of each field of a signal, each once, in order of place."""
    cues: Sequence[Cue] = row.sighting.signal.why
    found: dict[str, list[str]] = {}
    for cue, words in zip(cues, row.words, strict=True):
        if words not in found.setdefault(cue.field, []):
            found[cue.field].append(words)
    return found
