"""A brief for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paraph.briefing import Brief, Item
from paraph.model import Stage
from paraph.settings import Settings
from paraph.show import brief_words as words
from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, LEGEND, rungs
from paraph.show.words import OFF_LADDER, RUNGS, SECTORS, STAGES, count, day, state, voice

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

__all__ = ["print_brief"]


def print_brief(brief: Brief, console: Console, settings: Settings) -> None:
    """Print the brief; the quotations are those of ``brief``, the limits those of the settings."""
    from rich.text import Text

    console.print(Text(line(words.title(brief)), style=HEAD))
    console.print(Text(words.lead(brief)))
    console.print()
    if brief.items:
        console.print(_matrix(brief))
        console.print()
    console.print(_pairs([(Text(label, style=HEAD), Text(line(fact))) for label, fact in words.facts(brief)]))
    for section, title in words.SECTIONS.items():
        sectors = brief.section(section)
        items = [item for rows in sectors.values() for item in rows]
        console.print()
        console.print(Text.assemble((title.upper(), HEAD), f"  {words.size(brief, items)}" if items else "  nothing"))
        for sector, (quoted, named) in words.picked(sectors, settings.brief_deals).items():
            console.print(Text.assemble("\n ", (SECTORS[sector], "bold italic"), f"  {len(quoted) + len(named)}"))
            rows = [(Text(f"  {rungs(item.lead)}"), _item(brief, item, settings.brief_voices)) for item in quoted]
            console.print(_pairs(rows))
            if named:
                console.print(_pairs([(Text("  also    "), Text("; ".join(_named(item) for item in named)))]))
    console.print()
    _print_sources(brief, console)
    console.print()
    console.print(Text(f"{LEGEND}\n{words.CAVEAT}", style=DIM))


def _matrix(brief: Brief) -> Table:
    """How many deals stand on each stage, by sector; the stages off the ladder apart."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 1), show_footer=True, header_style=DIM, footer_style=HEAD)
    rows = brief.stages()
    total = {stage: sum(len(row[stage]) for row in rows.values()) for stage in Stage}
    grid.add_column("deals", footer=str(len(brief.items)))
    for stage in (*RUNGS, *OFF_LADDER):
        if stage is OFF_LADDER[0]:
            grid.add_column("", footer="│")
        grid.add_column(STAGES[stage], justify="right", footer=str(total[stage] or "·"))
    for sector, row in rows.items():
        cells = [Text(str(len(row[stage])) if row[stage] else "·", style="" if row[stage] else DIM) for stage in RUNGS]
        off = [
            Text(str(len(row[stage])) if row[stage] else "·", style="" if row[stage] else DIM) for stage in OFF_LADDER
        ]
        grid.add_row(SECTORS[sector], *cells, "│", *off)
    return grid


def _item(brief: Brief, item: Item, most: int) -> Text:
    from rich.text import Text

    text = Text.assemble((line(item.lead.anchor), HEAD), "  ", " · ".join(words.about(item)))
    for each in item.voices[:most]:
        said = line(voice(each.signal))
        if state(each.signal) != state(item.lead):
            said += f", {state(each.signal)}"
        text.append(f"\n{said}: ", style=DIM)
        text.append(f"“{line(str(each.quote))}” ")
        text.append(f"[{each.document + 1}] {words.cited(brief.documents[each.document])}", style=DIM)
    if len(item.voices) > most:
        numbers = sorted({each.document + 1 for each in item.voices[most:]})
        text.append(f"\nand {len(item.voices) - most} more in " + ", ".join(f"[{n}]" for n in numbers), style=DIM)
    return text


def _named(item: Item) -> str:
    return f"{line(item.lead.anchor)} ({state(item.lead)}) [{item.voices[0].document + 1}]"


def _pairs(rows: list[tuple[Text, Text]]) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for left, right in rows:
        cells: tuple[RenderableType, ...] = (left, right)
        grid.add_row(*cells)
    return grid


def _print_sources(brief: Brief, console: Console) -> None:
    from rich.text import Text

    console.print(Text("SOURCES", style=HEAD))
    signals = [0] * len(brief.documents)
    for item in brief.items:
        for each in item.voices:
            signals[each.document] += 1
    rows = []
    for n, document in enumerate(brief.documents):
        text = Text(line(document.title or "") or "(no title)")
        text.append(f"\n{words.cited(document)} · {count(signals[n], 'signal')}", style=DIM)
        if document.updated:
            text.append(f" · updated {day(document.updated)}", style=DIM)
        if document.url:
            text.append(f"\n{line(document.url)}", style=DIM)
        rows.append((Text(f"  [{n + 1}]"), text))
    rows += [(Text("  repeat"), Text(line(name))) for name in brief.repeats]
    rows += [(Text("  not read", style=HEAD), Text(line(str(failure)))) for failure in brief.failures]
    console.print(_pairs(rows))
    if brief.made:
        console.print(Text(words.made(brief), style=DIM))
