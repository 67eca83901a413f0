"""A brief in Markdown (CommonMark with GitHub's tables). Every text of a source goes through ``safe.markdown``."""

from __future__ import annotations

from paraph.briefing import Brief, Item, Voice
from paraph.model import Document
from paraph.settings import Settings
from paraph.show import brief_words as words
from paraph.show.safe import href
from paraph.show.safe import markdown as md
from paraph.show.words import OFF_LADDER, RUNGS, SECTORS, STAGES, count, state, voice

__all__ = ["brief_markdown"]


def brief_markdown(brief: Brief, settings: Settings) -> str:
    """Return the brief as Markdown; the same text for the same brief and settings."""
    parts = [f"# {md(words.title(brief))}", md(words.lead(brief))]
    if brief.items:
        parts.append(_matrix(brief))
    parts.append("\n".join(f"- **{md(label)}:** {md(fact)}" for label, fact in words.facts(brief)))
    for section, title in words.SECTIONS.items():
        sectors = brief.section(section)
        items = [item for rows in sectors.values() for item in rows]
        parts += [f"## {title}", md(words.size(brief, items)) if items else "Nothing."]
        for sector, (quoted, named) in words.picked(sectors, settings.brief_deals).items():
            parts.append(f"### {SECTORS[sector]} ({len(quoted) + len(named)} of {len(items)})")
            lines = [_item(brief, item, settings.brief_voices) for item in quoted]
            if named:
                lines.append("- Also: " + "; ".join(_named(item) for item in named))
            parts.append("\n".join(lines))
    parts += ["## Sources", f"{md(words.coverage(brief))}.", _sources(brief), f"*{md(words.CAVEAT)}*"]
    if brief.made:
        parts.append(md(words.made(brief)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _matrix(brief: Brief) -> str:
    stages = (*RUNGS, *OFF_LADDER)
    rows = brief.stages()
    lines = ["| deals | " + " | ".join(STAGES[stage] for stage in stages) + " |", "| --- |" + " ---: |" * len(stages)]
    for sector, row in rows.items():
        lines.append(f"| {SECTORS[sector]} | " + " | ".join(str(len(row[stage]) or "·") for stage in stages) + " |")
    total = [str(sum(len(row[stage]) for row in rows.values()) or "·") for stage in stages]
    lines.append(f"| **of {len(brief.items)}** | " + " | ".join(total) + " |")
    return "\n".join(lines)


def _item(brief: Brief, item: Item, most: int) -> str:
    lines = [f"- **{md(item.lead.anchor)}** — {md(' · '.join(words.about(item)))}"]
    lines += [_voice(brief, item, each) for each in item.voices[:most]]
    if len(item.voices) > most:
        numbers = sorted({each.document + 1 for each in item.voices[most:]})
        lines.append(f"  - and {len(item.voices) - most} more in " + ", ".join(f"\\[{n}\\]" for n in numbers))
    return "\n".join(lines)


def _named(item: Item) -> str:
    return f"{md(item.lead.anchor)} ({state(item.lead)}) \\[{item.voices[0].document + 1}\\]"


def _voice(brief: Brief, item: Item, each: Voice) -> str:
    said = voice(each.signal) + (f", {state(each.signal)}" if state(each.signal) != state(item.lead) else "")
    document = brief.documents[each.document]
    return f"  - {md(said)}: “{md(str(each.quote))}” \\[{each.document + 1}\\] {md(words.cited(document))}"


def _sources(brief: Brief) -> str:
    signals = [0] * len(brief.documents)
    for item in brief.items:
        for each in item.voices:
            signals[each.document] += 1
    lines = [
        f"{n + 1}. {_link(document)}, {md(words.cited(document))}, {count(signals[n], 'signal')}"
        for n, document in enumerate(brief.documents)
    ]
    lines += [f"- left out, its text came before: {md(name)}" for name in brief.repeats]
    lines += [f"- **not read:** {md(str(failure))}" for failure in brief.failures]
    return "\n".join(lines)


def _link(document: Document) -> str:
    title = md(document.title or "") or "(no title)"
    url = href(document.url)
    return f"[{title}](<{url}>)" if url else title
