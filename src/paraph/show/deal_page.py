"""One deal: its status and history, what contradicts it, what occasions brought for it, what people decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from paraph.model import Sighting, iso
from paraph.show.deal_story import shortened
from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, LEGEND, joined
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, STAGES, between, count, day, ladder, name_of, voice

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from paraph.desk import Desk, Review
    from paraph.model import Deal, Occasion, Verdict
    from paraph.resolve.history import History, Step
    from paraph.settings import Settings

__all__ = ["Page", "deal_page_dict", "page_of", "print_deal", "print_decisions", "review_dict"]

# How the steps of a history are told.
MOVES = {
    "first": "first heard of",
    "forward": "forward",
    "back": "back",
    "surer": "surer",
    "less_sure": "less sure",
    "off": "off the ladder",
    "lapsed": "nobody spoke of it any more",
    "resumed": "spoken of again",
}
# What a contradiction is over.
OVER = {
    "refusal": "done or agreed, against refused or called off",
    "delay": "agreed or signed, against stalled",
    "decision": "agreed or signed, against only wished or talked of",
    "talks": "talked about, against ruled out",
    "outlook": "expected, against expected to fail",
}


@dataclass(frozen=True, slots=True)
class Page:
    """All that is shown of one deal; ``verdicts`` are pairs of an occasion and what it brought, in order of the occasions."""

    deal: Deal
    history: History
    verdicts: Sequence[tuple[Occasion, Verdict]] = ()
    decisions: Sequence[Review] = ()

    @property
    def copies(self) -> int:
        """How many of the sightings stand in copies of another document."""
        return sum(each.voice != each.document for each in self.deal.sightings)


def page_of(desk: Desk, deal: Deal, today: date) -> Page:
    """Return all that is shown of a deal of a desk, as it stands on a day."""
    from paraph.resolve.history import history_of

    return Page(deal, history_of(deal, today, desk.settings), desk.verdicts_on(deal), desk.decisions_on(deal))


def deal_page_dict(page: Page) -> dict[str, Any]:
    """Return the page as JSON-ready values; sightings stand once, at the end, and are named by their ids elsewhere."""
    deal, status = page.deal, page.history.status
    return {
        "id": deal.id,
        "title": deal.title,
        "parties": list(deal.parties),
        "sector": str(deal.sector),
        "instrument": str(deal.instrument),
        "status": {
            "words": status.words,
            "stage": str(status.stage),
            "ahead": status.ahead,
            "certainty": str(status.certainty),
            "since": status.since.isoformat(),
            "heard": status.heard.isoformat(),
            "standing": str(status.standing),
            "contested": status.contested,
            "voices": status.witnesses.independent,
            "unnamed": status.witnesses.unnamed,
            "decided_by": status.decided_by.id,
        },
        "steps": [
            {
                "day": step.day.isoformat(),
                "heard": step.heard.isoformat(),
                "move": str(step.move),
                "stage": str(step.stage),
                "ahead": step.ahead,
                "certainty": str(step.certainty),
                "voices": step.witnesses.independent,
                "unnamed": step.witnesses.unnamed,
                "decided_by": step.decided_by.id,
                "sightings": [each.id for each in step.sightings],
            }
            for step in page.history.steps
        ],
        "contradictions": [
            {
                "over": str(each.over),
                "day": each.day.isoformat(),
                "denied": each.denied,
                "says": each.says.id,
                "against": each.against.id,
            }
            for each in page.history.contradictions
        ],
        "aside": [each.id for each in page.history.aside],
        "vanished": [each.id for each in page.history.vanished],
        "copies": page.copies,
        "verdicts": [
            {
                "occasion": occasion.name,
                "verdict": str(verdict.outcome),
                "confidence": round(verdict.confidence, 4),
                "announced": verdict.announced,
                "evidence": verdict.evidence.id if verdict.evidence else None,
                "by": verdict.by,
                "reason": verdict.reason,
                "proposed": str(verdict.proposed) if verdict.proposed else None,
            }
            for occasion, verdict in page.verdicts
        ],
        "decisions": [review_dict(review) for review in page.decisions],
        "sightings": [each.to_dict() for each in deal.sightings],
    }


def review_dict(review: Review) -> dict[str, Any]:
    """Return a decision as JSON-ready values."""
    return {
        "id": review.id,
        "at": iso(review.at),
        "who": review.who,
        "action": str(review.action),
        "signal": review.target.signal if review.target else review.signal,
        "target": review.target.to_dict() if review.target else None,
        "payload": dict(review.payload),
        "reason": review.reason,
        "undoes": review.undoes,
    }


def print_deal(page: Page, console: Console, settings: Settings) -> None:
    """Print the deal's title and status, then its steps with quotations, then what stands beside them."""
    from rich.text import Text

    deal, status = page.deal, page.history.status
    console.print(Text(line(deal.title), style=HEAD))
    console.print(
        Text(joined([between(deal.parties), SECTORS[deal.sector], INSTRUMENTS[deal.instrument], f"deal {deal.id}"]))
    )
    place = ladder(status.stage, status.certainty, status.ahead).rstrip()
    stands = Text.assemble(
        f"{place}  ", (status.words, HEAD), f", {CERTAINTIES[status.certainty]}, since {day(status.since)}"
    )
    if status.contested:
        stands.append("  contested", style=HEAD)
    console.print(stands)
    documents = len({each.document for each in deal.sightings})
    told = [
        f"{count(status.witnesses.independent, 'independent voice')} for it",
        f"{count(len(deal.sightings), 'sighting')} in {count(documents, 'document')}",
        f"{page.copies} of them in copies" if page.copies else "",
        f"last heard of {day(status.heard)}",
    ]
    console.print(Text(joined(told), style=DIM))
    console.print(Text.assemble(("\nHISTORY", HEAD), f"  {count(len(page.history.steps), 'step')}"))
    rows = [
        (Text(f"  {ladder(step.stage, step.certainty, step.ahead)}"), _step(step, settings))
        for step in page.history.steps
    ]
    console.print(_pairs(rows))
    _print_beside(page, console, settings)
    console.print()
    console.print(Text(LEGEND, style=DIM))


def _print_beside(page: Page, console: Console, settings: Settings) -> None:
    from rich.text import Text

    history = page.history
    parts: list[tuple[str, list[Text]]] = [
        (
            "CONTRADICTIONS" + ", THE FIRST" * history.uncounted,
            [_contradiction(each, settings) for each in history.contradictions],
        ),
        ("MOVED NOTHING", [_said(each, settings) for each in history.aside]),
        ("TAKEN OUT AGAIN", [_said(each, settings) for each in history.vanished]),
        ("OCCASIONS", [_verdict(occasion.name, verdict, settings) for occasion, verdict in page.verdicts]),
        ("DECISIONS", [_decision(review) for review in page.decisions]),
    ]
    for title, lines in parts:
        if lines:
            console.print(Text.assemble((f"\n{title}", HEAD), f"  {len(lines)}"))
            shown = lines[: settings.brief_deals]
            console.print(_pairs([(Text("   "), each) for each in shown]))
            if len(shown) < len(lines):
                console.print(Text(f"     and {len(lines) - len(shown)} more", style=DIM))


def _step(step: Step, settings: Settings) -> Text:
    from rich.text import Text

    said = STAGES[step.stage] + (", ahead" if step.ahead else "")
    lapsed = step.move == "lapsed"
    text = Text.assemble(
        (day(step.day), HEAD),
        ("  lapsed (inferred)" if lapsed else f"  {said}, {CERTAINTIES[step.certainty]}", HEAD),
        (f"  {MOVES[step.move]}", DIM),
    )
    if lapsed:
        text.append(f" for {settings.lapse_days} days", style=DIM)
        return text
    others = [each for each in step.sightings if each.id != step.decided_by.id]
    for each in [step.decided_by, *others][: settings.brief_voices]:
        text.append("\n")
        text.append_text(_said(each, settings, since=step))
    more = len(others) + 1 - settings.brief_voices
    if more > 0:
        text.append(f"\nand {more} more", style=DIM)
    if step.witnesses.independent > 1:
        text.append(f"\n{count(step.witnesses.independent, 'independent voice')}", style=DIM)
    return text


def _said(sighting: Sighting, settings: Settings, since: Step | None = None) -> Text:
    """Who said it, the words, where and when; the state as well where it is not that of the step it stands in."""
    from rich.text import Text

    signal = sighting.signal
    text = Text(voice(signal), style=DIM)
    if since is None:
        state = STAGES[signal.stage] + (", ahead" if signal.ahead else "")
        text.append(f", {state}, {CERTAINTIES[signal.certainty]}", style=DIM)
    text.append(": ", style=DIM)
    text.append(f"“{shortened(sighting, settings.quote_chars)}” ")
    cited = [name_of(sighting)]
    if since is None or sighting.day != since.day:
        cited.append(day(sighting.day))
    if sighting.authority != "press":
        cited.append(str(sighting.authority).replace("_", " "))
    if sighting.voice != sighting.document:
        cited.append("a copy")
    text.append(joined(cited), style=DIM)
    return text


def _contradiction(each: Any, settings: Settings) -> Text:
    from rich.text import Text

    text = Text.assemble((day(each.day), HEAD), f"  {OVER[each.over]}", ("  denied" if each.denied else "", HEAD), "\n")
    text.append_text(_said(each.says, settings))
    text.append("\n")
    return text.append_text(_said(each.against, settings))


def _verdict(occasion: str, verdict: Verdict, settings: Settings) -> Text:
    from rich.text import Text

    text = Text.assemble((line(occasion), HEAD), "  ", (str(verdict.outcome), HEAD), f", {verdict.confidence:.2f} sure")
    if not verdict.announced:
        text.append(", unannounced")
    if verdict.by:
        reason = f": {line(verdict.reason)}" if verdict.reason else ""
        instead = f" instead of {verdict.proposed}" if verdict.proposed else ""
        text.append(f", by {line(verdict.by)}{instead}{reason}", style=DIM)
    if verdict.evidence:
        text.append("\n")
        text.append_text(_said(verdict.evidence, settings))
    return text


def print_decisions(reviews: Sequence[Review], console: Console) -> None:
    """Print one line a decision: its number, day, who decided what about which signal, and why."""
    from rich.text import Text

    for review in reviews:
        text = _decision(review)
        if review.target:
            text.append(f"  {review.target.signal} “{line(review.target.selector.exact)}”", style=DIM)
        console.print(text)
    console.print(Text(count(len(reviews), "decision") if reviews else "no decisions"))


def _decision(review: Review) -> Text:
    from rich.text import Text

    text = Text.assemble((f"{review.id}", HEAD), f"  {day(review.at)}  {line(review.who)}: {review.action}")
    for name, value in review.payload.items():
        if name in ("pins", "token", "question"):
            continue  # how the desk carries a merge or a split out, and knows what was answered
        text.append(f" {line(name)} {line(' '.join(value) if isinstance(value, list) else str(value))}")
    if review.undoes:
        text.append(f" {review.undoes}")
    if review.reason:
        text.append(f"  {line(review.reason)}", style=DIM)
    return text


def _pairs(rows: list[tuple[Text, Text]]) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for row in rows:
        grid.add_row(*row)
    return grid
