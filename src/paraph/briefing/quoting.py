"""The quotation of a signal: its sentence, shortened around the anchor, with the lead-in that gave it its meaning."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from paraph.model import Document, Signal

__all__ = ["Quote", "Spans", "containing", "quote", "spans_of"]

# Sorted spans of a text's sentences.
Spans = list[tuple[int, int]]

# Share of the room that a lead-in may take: it gives the mood ("could include:"), the anchor's own sentence the matter.
LEAD_SHARE = 0.4
# The fields whose deciding words make a sentence outside the anchor's own worth quoting with it.
LEADING = frozenset({"stage", "ahead", "certainty"})


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document around an anchor, as they stand there; "…" where something was left out.

    ``lead`` is an earlier sentence that decided the stage or the certainty (a list's lead-in), or empty.
    """

    lead: str
    before: str
    anchor: str
    after: str

    def __str__(self) -> str:
        lead = " ".join(self.lead.split())
        own = " ".join(f"{self.before}{self.anchor}{self.after}".split())
        return f"{lead} … {own}" if lead else own


def spans_of(document: Document) -> Spans:
    """Return the spans of a document's sentences, headings and list items."""
    from paraph.extract.layout import read_layout

    return [(each.start, each.end) for each in read_layout(document.text, document.title).sentences]


def quote(text: str, spans: Spans, signal: Signal, chars: int) -> Quote:
    """Return the signal's quotation of at most about ``chars`` code points (the anchor is never cut below half of that)."""
    start, end = containing(text, spans, signal.start, signal.end)
    lead = ""
    outside = [cue for cue in signal.why if cue.field in LEADING and cue.end <= start]
    if outside:
        cue = outside[-1]
        a, b = containing(text, spans, cue.start, cue.end)
        if b <= start:
            before, words, after = _around(text, a, b, cue.start, cue.end, int(chars * LEAD_SHARE))
            lead = before + words + after
    before, words, after = _around(text, start, end, signal.start, signal.end, chars - len(lead))
    return Quote(lead, *_unquoted(before, words, after))


def _unquoted(before: str, words: str, after: str) -> tuple[str, str, str]:
    """Leave out a quotation mark at the edge whose other half stands in another sentence; the quotation has its own."""
    whole = before + words + after
    straight = whole.count('"') % 2 == 1
    if before and ((before[0] == "“" and "”" not in whole) or (before[0] == '"' and straight)):
        return before[1:], words, after
    if after and ((after[-1] == "”" and "“" not in whole) or (after[-1] == '"' and straight)):
        return before, words, after[:-1]
    return before, words, after


def containing(text: str, spans: Spans, start: int, end: int) -> tuple[int, int]:
    """Return the span of the sentence in which ``start`` stands, stretched to ``end``; the line's where no sentence has it."""
    at = bisect_right(spans, (start, len(text) + 1)) - 1
    if at >= 0 and spans[at][0] <= start < max(spans[at][1], spans[at][0] + 1):
        first, last = spans[at]
        while last < end and at + 1 < len(spans) and spans[at + 1][0] < end:
            at += 1
            last = spans[at][1]
        return first, max(last, end)
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return first, len(text) if last < 0 else last


def _around(text: str, first: int, last: int, start: int, end: int, room: int) -> tuple[str, str, str]:
    """Cut ``text[first:last]`` to about ``room`` code points around ``text[start:end]``, at spaces, evenly on both sides."""
    words = text[start:end]
    if len(words) > room // 2 and last - first > room:
        words = _head(words, max(room // 2, 20))
    left, right = max(start - first, 0), max(last - end, 0)
    spare = max(room - len(words), 0)
    give_left = min(left, max(spare // 2, spare - right))
    give_right = min(right, spare - give_left)
    before = text[first:start] if give_left >= left else _tail(text[start - give_left : start])
    after = text[end:last] if give_right >= right else _head(text[end : end + give_right])
    return before, words, after


def _head(text: str, room: int | None = None) -> str:
    cut = text if room is None else text[:room]
    at = cut.rfind(" ")
    return (cut[: at + 1].rstrip() if at > 0 else (cut if room is not None else "")) + " …"


def _tail(text: str) -> str:
    at = text.find(" ")
    return "… " + (text[at:].lstrip() if at >= 0 else "")
