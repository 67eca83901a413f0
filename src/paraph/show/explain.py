"""Each signal of a reading in its sentence, with the words marked that made it what it is, and what each decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from paraph.briefing.quoting import LEADING, Spans, containing, spans_of
from paraph.model import Cue, Reading, Signal
from paraph.show.safe import line, spaced
from paraph.show.terminal import DIM, HEAD, heading, joined, rungs, tally
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, STAGES, parties, state, voice

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["MARKS", "explain"]

# What stands around the anchor and around a deciding word; readable without colours, and copied with the text.
ANCHOR, CUE = ("[", "]"), ("{", "}")
MARKS = "[…] the words that name the deal   {…} the words that decided a field"
# Longest stretch of a sentence that is shown, in code points around the anchor: a line of 50 MB is a "sentence" too.
SHOWN_CHARS = 600
# How much of another sentence is shown around a word that decided a field from there.
NEAR_CHARS = 60
# The fields in the order in which they are explained.
FIELDS = ("stage", "ahead", "certainty", "source_type", "source", "parties", "sector", "instrument")


def explain(reading: Reading, console: Console) -> None:
    """Print the document's head and every signal with its sentence and the reasons for its fields."""
    from rich.padding import Padding
    from rich.text import Text

    text = reading.document.text
    spans = spans_of(reading.document) if reading.signals else []
    console.print(heading(reading.document))
    console.print(Text(tally(reading.signals)))
    for n, signal in enumerate(reading.signals, 1):
        console.print()
        head = joined([state(signal), CERTAINTIES[signal.certainty], SECTORS[signal.sector].lower()])
        console.print(Text.assemble((f"{n:>3}  ", DIM), rungs(signal), "  ", (line(signal.anchor), HEAD), f"  {head}"))
        shown = _shown(text, spans, signal)
        for start, end in shown:
            console.print(Padding(Text.assemble("“", marked(text, start, end, signal), "”"), (0, 0, 0, 5)))
        console.print(_reasons(text, signal, shown))
    console.print()


def marked(text: str, start: int, end: int, signal: Signal) -> Text:
    """Return ``text[start:end]`` as one line with the anchor and the deciding words marked; linear in its length."""
    from rich.text import Text

    marks = [(signal.start, signal.end, ANCHOR, "bold")]
    marks += [(a, b, CUE, "underline") for a, b in _apart({(cue.start, cue.end) for cue in signal.why})]
    inside = [(max(a, start), min(b, end), sign, style) for a, b, sign, style in marks if a < end and b > start]
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for a, b, sign, _ in inside:
        opening[a] = opening.get(a, "") + sign[0]
        closing[b] = sign[1] + closing.get(b, "")
    out = Text()
    cuts = sorted({start, end, *opening, *closing})
    for at, cut in enumerate(cuts):
        out.append(closing.get(cut, "") + opening.get(cut, ""), style=DIM)
        if at + 1 < len(cuts):
            styles = {style for a, b, _, style in inside if a <= cut < b}
            out.append(spaced(text[cut : cuts[at + 1]]), style=" ".join(sorted(styles)))
    return out


def _apart(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, those that overlap as one: "{The EU}" reads, "{{The} {EU}}" does not."""
    rows: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if rows and start < rows[-1][1]:
            rows[-1] = (rows[-1][0], max(end, rows[-1][1]))
        else:
            rows.append((start, end))
    return rows


def _shown(text: str, spans: Spans, signal: Signal) -> list[tuple[int, int]]:
    """Return the sentences to show: those whose words decided stage or certainty, and the anchor's own, in order."""
    places = {_cut(*containing(text, spans, signal.start, signal.end), signal.start)}
    for cue in signal.why:
        if cue.field in LEADING and not any(a <= cue.start < b for a, b in places):
            places.add(_cut(*containing(text, spans, cue.start, cue.end), cue.start))
    return sorted(places)


def _cut(start: int, end: int, around: int) -> tuple[int, int]:
    return max(start, around - SHOWN_CHARS // 2), min(end, around + SHOWN_CHARS // 2)


def _reasons(text: str, signal: Signal, shown: list[tuple[int, int]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    values = {
        "stage": STAGES[signal.stage],
        "ahead": "yes" if signal.ahead else "no",
        "certainty": CERTAINTIES[signal.certainty],
        "source_type": str(signal.source_type),
        "source": voice(signal),
        "parties": parties(signal.parties),
        "sector": str(signal.sector),
        "instrument": INSTRUMENTS[signal.instrument],
    }
    by_field: dict[str, list[Cue]] = {}
    for cue in signal.why:
        by_field.setdefault(cue.field, []).append(cue)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style=DIM, no_wrap=True, width=16)
    grid.add_column(style=DIM, width=20)
    grid.add_column(style=DIM)
    for field in [*FIELDS, *sorted(set(by_field) - set(FIELDS))]:
        if field == "source_type" and field not in by_field:
            continue
        words = "; ".join(_words(text, cue, shown) for cue in by_field.get(field, ())) or "(by default)"
        grid.add_row(Text(f"     {line(field)}"), Text(values.get(field, "")), Text(words))
    engine = f"engine {line(signal.engine)}" if signal.engine else ""
    grid.add_row(Text("     confidence"), Text(f"{signal.confidence:.2f}"), Text(engine))
    return grid


def _words(text: str, cue: Cue, shown: Iterable[tuple[int, int]]) -> str:
    words = "{" + line(text[cue.start : cue.end]) + "}"
    if any(a <= cue.start < b for a, b in shown):
        return words
    before = line(text[max(0, cue.start - NEAR_CHARS // 2) : cue.start])
    after = line(text[cue.end : cue.end + NEAR_CHARS // 2])
    return f"{words} in “…{before} {words} {after}…”"
