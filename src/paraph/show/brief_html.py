"""A brief as one page of HTML: self-contained, without script, without a request to anywhere.

Every text of a source goes through ``safe.markup`` and stands in a ``bdi``; a link leads only to http and https addresses.
The page's own policy forbids everything but its one style sheet, by its hash, so that a hole here would still run nothing.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from paraph._version import __version__
from paraph.briefing import Brief, Item, Voice
from paraph.model import Document, iso
from paraph.settings import Settings
from paraph.show import brief_words as words
from paraph.show.glyphs import definitions, glyph, ladder, legend, spoken
from paraph.show.safe import href, markup, spaced
from paraph.show.words import OFF_LADDER, RUNGS, SECTORS, STAGES, count, day, moment, name_of, state, voice

__all__ = ["brief_html"]


def brief_html(brief: Brief, settings: Settings) -> str:
    """Return the page; the same text for the same brief and settings."""
    names = {id(item): f"d{n}" for n, item in enumerate(brief.items, 1)}
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = markup(words.title(brief))
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta name="generator" content="Paraph {markup(__version__)}">',
        f"<title>{title}</title>",
        f"<style>{style}</style>",
        "<body>",
        definitions(),
        "<header>",
        f'<p class="kicker">{markup(" · ".join(filter(None, ["Paraph", words.made(brief)])))}</p>',
        f"<h1>{title}</h1>",
        f'<p class="standfirst">{markup(words.lead(brief))}</p>',
        "</header>",
        "<main>",
        _overview(brief, names),
        *_sections(brief, settings, names),
        "</main>",
        "<footer>",
        _sources(brief),
        f'<p class="small">{markup(words.CAVEAT)}</p>',
        "</footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


@cache
def _style() -> str:
    return "".join(files("paraph.show").joinpath(name).read_text("utf-8") for name in ("base.css", "brief.css"))


def _overview(brief: Brief, names: dict[int, str]) -> str:
    drawings = "".join(f"<li>{drawing}<span>{markup(told)}</span></li>" for drawing, told in legend())
    facts = "".join(f"<dt>{markup(label)}</dt><dd>{markup(fact)}</dd>" for label, fact in words.facts(brief))
    matrix = _matrix(brief, names) if brief.items else "<p>No signal was found.</p>"
    return (
        f'<section class="overview" aria-label="Overview">\n{matrix}\n<div class="side"><dl class="facts">{facts}</dl>\n'
        f'<ul class="legend" aria-label="Legend">{drawings}</ul></div>\n</section>'
    )


def _matrix(brief: Brief, names: dict[int, str]) -> str:
    """Every deal as a glyph in its sector's row and its stage's column; each leads to the deal below."""
    stages = (*RUNGS, *OFF_LADDER)
    border = {OFF_LADDER[0]: ' class="off"'}
    rows = brief.stages()
    head = "".join(f'<th scope="col"{border.get(stage, "")}>{markup(STAGES[stage])}</th>' for stage in stages)
    body = []
    for sector, row in rows.items():
        cells = "".join(
            f"<td{border.get(stage, '')}>{''.join(_dot(item, names) for item in row[stage])}</td>" for stage in stages
        )
        body.append(f'<tr><th scope="row">{markup(SECTORS[sector])}</th>{cells}</tr>')
    totals = {stage: sum(len(row[stage]) for row in rows.values()) for stage in stages}
    foot = "".join(f"<td{border.get(stage, '')}>{totals[stage] or '·'}</td>" for stage in stages)
    return (
        f'<table class="matrix"><caption>Each mark is a deal, in its sector and at its stage; {len(brief.items)} in all'
        f'</caption><thead><tr><th scope="col"><span class="kicker">sector</span></th>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(body)
        + f'\n</tbody>\n<tfoot><tr><th scope="row">of {len(brief.items)}</th>{foot}</tr></tfoot></table>'
    )


def _dot(item: Item, names: dict[int, str]) -> str:
    lead = item.lead
    told = markup(f"{lead.anchor}: {spoken(lead)}")
    return (
        f'<a href="#{names[id(item)]}" title="{told}" aria-label="{told}">'
        f"{glyph(lead.source_type, lead.certainty, lead.ahead)}</a>"
    )


def _sections(brief: Brief, settings: Settings, names: dict[int, str]) -> list[str]:
    parts = []
    for section, title in words.SECTIONS.items():
        sectors = brief.section(section)
        items = [item for rows in sectors.values() for item in rows]
        size = words.size(brief, items) if items else "nothing"
        parts.append(
            f'<section class="part" id="{section}"><h2>{markup(title)} <span class="size">{markup(size)}</span></h2>'
        )
        parts.append('<div class="flow">')
        for sector, (quoted, named) in words.picked(sectors, settings.brief_deals).items():
            number = f'<span class="size">{len(quoted) + len(named)} of {len(items)}</span>'
            parts.append(f"<h3>{markup(SECTORS[sector])} {number}</h3>")
            parts += [_deal(brief, item, settings.brief_voices, names[id(item)]) for item in quoted]
            if named:
                rest = "; ".join(_named(item, names[id(item)]) for item in named)
                parts.append(f'<p class="also">Also: {rest}</p>')
        parts.append("</div></section>")
    return parts


def _deal(brief: Brief, item: Item, most: int, name: str) -> str:
    first, *others = words.about(item)
    about = " · ".join([f"<b>{markup(first)}</b>", *map(markup, others)])
    voices = "".join(_voice(brief, item, each) for each in item.voices[:most])
    if len(item.voices) > most:
        numbers = sorted({each.document + 1 for each in item.voices[most:]})
        links = " ".join(f'<a href="#s{n}">{n}</a>' for n in numbers)
        voices += f'<li class="said">and {len(item.voices) - most} more in <cite>{links}</cite></li>'
    return (
        f'<article class="deal" id="{name}"><h4><bdi>{markup(item.lead.anchor)}</bdi></h4>'
        f'<p class="about">{ladder(item.lead)}{about}</p>\n<ul class="voices">{voices}</ul></article>'
    )


def _named(item: Item, name: str) -> str:
    n = item.voices[0].document + 1
    told = f"<bdi>{markup(item.lead.anchor)}</bdi> ({markup(state(item.lead))})"
    return f'<span id="{name}">{told} <cite><a href="#s{n}">{n}</a></cite></span>'


def _voice(brief: Brief, item: Item, each: Voice) -> str:
    signal, quote = each.signal, each.quote
    said = voice(signal) + (f", {state(signal)}" if state(signal) != state(item.lead) else "")
    lead = f"{markup(quote.lead)} … " if quote.lead else ""
    words_ = f"{lead}{_piece(quote.before)}<mark>{_piece(quote.anchor)}</mark>{_piece(quote.after)}"
    return (
        f'<li>{glyph(signal.source_type, signal.certainty)}<span class="said"><bdi>{markup(said)}</bdi>:</span> '
        f"<q><bdi>{words_}</bdi></q> {_cite(brief.documents[each.document], each.document + 1)}</li>"
    )


def _piece(text: str) -> str:
    """A piece of a sentence, escaped, with the space at its edges."""
    whole = spaced(text)
    core = markup(text)
    return (" " if whole[:1] == " " else "") + core + (" " if core and whole[-1:] == " " else "")


def _cite(document: Document, n: int) -> str:
    who = f'<span class="who"><bdi>{markup(name_of(document))}</bdi>, {_time(document)}</span>'
    return f'<cite><a href="#s{n}">{n}</a> {who}</cite>'


def _time(document: Document) -> str:
    when = document.published
    if when is None:
        return "undated"
    return f'<time datetime="{markup(iso(when) or "")}" title="{markup(moment(when))}">{markup(day(when))}</time>'


def _sources(brief: Brief) -> str:
    signals = [0] * len(brief.documents)
    for item in brief.items:
        for each in item.voices:
            signals[each.document] += 1
    rows = []
    for n, document in enumerate(brief.documents, 1):
        title = f"<bdi>{markup(document.title or '') or '(no title)'}</bdi>"
        url = href(document.url)
        if url:
            title = f'<a href="{markup(url)}" rel="noreferrer noopener">{title}</a>'
        about = f"<bdi>{markup(name_of(document))}</bdi>, {_time(document)}"
        if document.updated:
            about += f", updated {markup(moment(document.updated))}"
        told = f"{about} · {document.kind} · {count(signals[n - 1], 'signal')}"
        rows.append(f'<li id="s{n}"><span class="n">{n}</span>{title}<br><span class="said">{told}</span></li>')
    parts = [f'<section class="part"><h2>Sources <span class="size">{markup(words.coverage(brief))}</span></h2>']
    missing = [f"<li>Not read: <bdi>{markup(str(failure))}</bdi></li>" for failure in brief.failures]
    missing += [f"<li>Left out, its text came before: <bdi>{markup(name)}</bdi></li>" for name in brief.repeats]
    if missing:
        parts.append(f'<ul class="missing">{"".join(missing)}</ul>')
    parts.append(f'<ol class="sources">{"".join(rows)}</ol></section>')
    return "\n".join(parts)
