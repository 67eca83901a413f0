"""The visual language as SVG: shape for the source type, fill for the certainty, place on the ladder for the stage.

Every drawing uses ``currentColor`` and symbols defined once in the page (``definitions``); no style, no script, no address
outside the page.
"""

from __future__ import annotations

from paraph.model import Certainty, Signal, SourceType, Stage
from paraph.show.safe import markup
from paraph.show.words import CERTAINTIES, OFF_LADDER, RUNGS, SOURCES, STAGES, state, voice

__all__ = ["definitions", "glyph", "ladder", "ladder_at", "legend", "spoken"]

# Outlines in a box of 12 by 12, of about the same area, so that none looks weightier than another.
SHAPES = {
    SourceType.OFFICIAL: "M1.6 1.6h8.8v8.8h-8.8z",
    SourceType.COMPANY: "M6 .8 10.7 3.4v5.2L6 11.2 1.3 8.6V3.4z",
    SourceType.MEDIA: "M6 .4 11.6 6 6 11.6.4 6z",
    SourceType.OUTLET: "M6 1.1a4.9 4.9 0 1 1 0 9.8a4.9 4.9 0 1 1 0-9.8z",
    SourceType.UNNAMED: "M6 .9 11.5 10.8H.5z",
    SourceType.EXPERT: "M6 .2 7.7 4l4.1.4-3.1 2.8.9 4L6 9.1l-3.6 2.1.9-4L.2 4.4 4.3 4z",
}

# Where the steps of the small ladder stand; the two off it begin after a gap.
STEP, GAP = 12, 7
AT = {stage: 7 + STEP * n + (GAP if stage in OFF_LADDER else 0) for n, stage in enumerate((*RUNGS, *OFF_LADDER))}
WIDTH, HEIGHT = max(AT.values()) + 7, 14


def definitions() -> str:
    """Return the hidden drawing that holds the 18 symbols, one a source type and certainty."""
    symbols = []
    for source, path in SHAPES.items():
        for certainty in Certainty:
            fill = "currentColor" if certainty is Certainty.CERTAIN else "none"
            half = f'<path d="{path}" fill="currentColor" stroke="none" clip-path="url(#half)"/>' * (
                certainty is Certainty.PROBABLE
            )
            symbols.append(
                f'<symbol id="{_symbol(source, certainty)}" viewBox="-.6 -.6 13.2 13.2">{half}'
                f'<path d="{path}" fill="{fill}" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/></symbol>'
            )
    clip = '<clipPath id="half"><path d="M-1-1H6V13H-1z"/></clipPath>'
    return f'<svg width="0" height="0" class="defs" aria-hidden="true"><defs>{clip}{"".join(symbols)}</defs></svg>'


def glyph(source: SourceType, certainty: Certainty, ahead: bool = False) -> str:
    """Return the small drawing of a voice: its shape and fill, with a dashed stem before it where the state is ahead."""
    use = f'<use href="#{_symbol(source, certainty)}" x="{6 if ahead else 0}" y="0" width="12" height="12"/>'
    if not ahead:
        return f'<svg class="g" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{use}</svg>'
    stem = '<path class="stem" d="M0 6H6"/>'
    return f'<svg class="g" viewBox="0 0 18 12" width="18" height="12" aria-hidden="true">{stem}{use}</svg>'


def ladder(signal: Signal) -> str:
    """Return the ladder of seven steps with the signal in its place; its words are the drawing's label."""
    return ladder_at(signal.stage, signal.certainty, signal.ahead, spoken(signal), signal.source_type)


def ladder_at(
    stage: Stage, certainty: Certainty, ahead: bool, told: str, source: SourceType = SourceType.OUTLET
) -> str:
    """Return the ladder with a deal's state in its place, labelled with what is told; a circle where no one source is meant."""
    middle, at = HEIGHT / 2, AT[stage]
    first, last = AT[RUNGS[0]], AT[RUNGS[-1]]
    rail = f'<path class="rail" d="M{first} {middle:g}H{last}"/>'
    ticks = "".join(f'<circle class="tick" cx="{x}" cy="{middle:g}" r="1.3"/>' for x in AT.values() if x != at)
    way = ""
    if stage in RUNGS and at > first:
        way = f'<path class="{"stem" if ahead else "way"}" d="M{at - STEP if ahead else first} {middle:g}H{at}"/>'
    elif ahead:
        way = f'<path class="stem" d="M{at - 7} {middle:g}H{at}"/>'
    use = f'<use href="#{_symbol(source, certainty)}" x="{at - 6}" y="{middle - 6:g}" width="12" height="12"/>'
    # The place is cleared before the glyph is drawn, so that an outline stays an outline over the rail.
    clear = f'<circle class="clear" cx="{at}" cy="{middle:g}" r="6"/>'
    return (
        f'<svg class="ladder" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{markup(told)}">{rail}{ticks}{way}{clear}{use}</svg>'
    )


def spoken(signal: Signal) -> str:
    """Return a drawing's meaning in words: "agreed, ahead; possible; Putin (official)"."""
    return f"{state(signal)}; {CERTAINTIES[signal.certainty]}; {voice(signal)}"


def legend() -> list[tuple[str, str]]:
    """Return the drawings of the legend with their words: steps, fills, stem, shapes; each kind begins with what it tells."""
    steps = ", ".join(STAGES[stage] for stage in RUNGS)
    off = " and ".join(STAGES[stage] for stage in OFF_LADDER)
    rows = [(_empty_ladder(), f"stage, by place: {steps}; apart: {off}")]
    sure = [(glyph(SourceType.OUTLET, certainty), CERTAINTIES[certainty]) for certainty in Certainty]
    said = [(glyph(source, Certainty.CERTAIN), SOURCES[source]) for source in SHAPES]
    rows += _told("how sure, by fill: ", sure)
    rows.append((glyph(SourceType.OUTLET, Certainty.CERTAIN, ahead=True), "ahead"))
    return rows + _told("who says so, by shape: ", said)


def _told(what: str, rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    (drawing, first), *others = rows
    return [(drawing, what + first), *others]


def _empty_ladder() -> str:
    middle = HEIGHT / 2
    ticks = "".join(f'<circle class="tick" cx="{x}" cy="{middle:g}" r="1.8"/>' for x in AT.values())
    rail = f'<path class="rail" d="M{AT[Stage.IDEA]} {middle:g}H{AT[RUNGS[-1]]}"/>'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg class="ladder" {box} aria-hidden="true">{rail}{ticks}</svg>'


def _symbol(source: SourceType, certainty: Certainty) -> str:
    return f"{source}-{certainty}"
