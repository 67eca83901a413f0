"""What an occasion brought: the scoreboard for the terminal, rows for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paraph.model import Certainty, Deal, Occasion, Outcome, Sighting, Verdict
from paraph.resolve.verdicts import EVIDENCE_CONFIDENCE, is_after
from paraph.settings import Settings
from paraph.show.occasion_list import days
from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD
from paraph.show.words import count, day, ladder, name_of, parties, voice

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["COLUMNS", "outcome_dict", "outcome_row", "outcomes_dict", "print_outcomes"]

# The columns of the CSV, in order.
COLUMNS = (
    "deal title parties sector instrument verdict announced confidence hint hint_stage hint_certainty hint_source hint_publisher "
    "hint_day evidence evidence_authority evidence_publisher evidence_day by reason"
).split()

# How an outcome is told, the furthest first.
TOLD = {
    Outcome.SIGNED: "Signed",
    Outcome.AGREED: "Agreed, not signed",
    Outcome.ADVANCED: "Went on",
    Outcome.REFUSED: "Refused or put off",
    Outcome.ABSENT: "Nothing said",
}
# A quotation in the list is cut to this; the whole sentence is in the JSON.
QUOTE_CHARS = 150
# Quotations stand under the deal's title.
INDENT = (0, 0, 0, 11)


def hint_of(deal: Deal, verdict: Verdict, occasion: Occasion, settings: Settings) -> Sighting | None:
    """Return the surest thing that was said of a deal before: the last of the most certain ones; None for the unannounced.

    Before is what the verdicts take for it (``is_after``): on the days themselves a result is no hint.
    """
    before = [each for each in deal.sightings if is_after(each, occasion, settings) is False]
    before = [each for each in before if each.day < occasion.first] or before
    if not verdict.announced or not before:
        return None
    ranks = list(Certainty)

    def rank(each: Sighting) -> tuple[bool, int, int, str]:
        weak = each.signal.confidence < EVIDENCE_CONFIDENCE
        return weak, ranks.index(each.signal.certainty), -each.day.toordinal(), each.id

    return min(before, key=rank)


def outcome_dict(deal: Deal, verdict: Verdict) -> dict[str, Any]:
    """Return a deal with its verdict as JSON-ready values: the object of the contract, and what is known beside it."""
    evidence = verdict.evidence
    return {
        "id": deal.id,
        "title": deal.title,
        "verdict": str(verdict.outcome),
        "announced": verdict.announced,
        "confidence": verdict.confidence,
        "by": verdict.by,
        "reason": verdict.reason,
        "proposed": str(verdict.proposed) if verdict.proposed else None,
        "parties": list(deal.parties),
        "sector": str(deal.sector),
        "instrument": str(deal.instrument),
        "signals": [
            {"document": each.document, "start": each.signal.start, "end": each.signal.end, "id": each.id}
            for each in deal.sightings
            if not each.vanished
        ],
        "evidence": None if evidence is None else evidence_dict(evidence),
    }


def evidence_dict(evidence: Sighting) -> dict[str, Any]:
    """Return the words that show an outcome as JSON-ready values."""
    return {
        "document": evidence.document,
        "start": evidence.signal.start,
        "end": evidence.signal.end,
        "id": evidence.id,
        "quote": evidence.quote,
        "publisher": evidence.publisher,
        "day": evidence.day.isoformat(),
        "authority": str(evidence.authority),
        "url": evidence.url,
    }


def outcomes_dict(occasion: Occasion, deals: Sequence[tuple[Deal, Verdict]]) -> dict[str, Any]:
    """Return the occasion with its deals as JSON-ready values, keys in the order of the contract."""
    return {"occasion": occasion.to_dict(), "deals": [outcome_dict(deal, verdict) for deal, verdict in deals]}


def outcome_row(deal: Deal, verdict: Verdict, occasion: Occasion, settings: Settings) -> dict[str, Any]:
    """Return a deal with its verdict, the surest hint and the evidence as one flat row."""
    hint, evidence = hint_of(deal, verdict, occasion, settings), verdict.evidence
    row: dict[str, Any] = {
        "deal": deal.id,
        "title": deal.title,
        "parties": list(deal.parties),
        "sector": str(deal.sector),
        "instrument": str(deal.instrument),
        "verdict": str(verdict.outcome),
        "announced": verdict.announced,
        "confidence": verdict.confidence,
        "by": verdict.by,
        "reason": verdict.reason,
    }
    if hint is not None:
        row |= {
            "hint": hint.quote,
            "hint_stage": str(hint.signal.stage),
            "hint_certainty": str(hint.signal.certainty),
            "hint_source": voice(hint.signal),
            "hint_publisher": hint.publisher,
            "hint_day": hint.day.isoformat(),
        }
    if evidence is not None:
        row |= {
            "evidence": evidence.quote,
            "evidence_authority": str(evidence.authority),
            "evidence_publisher": evidence.publisher,
            "evidence_day": evidence.day.isoformat(),
        }
    return {name: row.get(name) for name in COLUMNS}


def print_outcomes(
    occasion: Occasion, deals: Sequence[tuple[Deal, Verdict]], console: Console, settings: Settings, *, limit: int
) -> None:
    """Print what was hinted against what came, then what came unannounced.

    Deals whose surest signal is below ``settings.brief_confidence`` are counted and not shown; of each group ``limit`` at
    most are.
    """
    from rich.text import Text

    sure = [
        pair for pair in deals if max(each.signal.confidence for each in pair[0].sightings) >= settings.brief_confidence
    ]
    hinted = [pair for pair in sure if pair[1].announced]
    console.print(Text(line(occasion.name), style=HEAD))
    console.print(
        Text(
            " · ".join(filter(None, [days(occasion), parties(occasion.parties), line(occasion.place or "")])), style=DIM
        )
    )
    counts = {outcome: sum(verdict.outcome is outcome for _, verdict in hinted) for outcome in Outcome}
    came = counts[Outcome.SIGNED] + counts[Outcome.AGREED]
    console.print(
        Text(
            f"{count(len(hinted), 'deal')} on the table before; {came:,} of {len(hinted):,} came "
            f"({counts[Outcome.SIGNED]:,} signed, {counts[Outcome.AGREED]:,} agreed), {counts[Outcome.ADVANCED]:,} went on, "
            f"{counts[Outcome.REFUSED]:,} refused or put off, of {counts[Outcome.ABSENT]:,} nothing was said"
        )
    )
    absent = [verdict for _, verdict in deals if verdict.outcome is Outcome.ABSENT]
    if absent and not came and not any(verdict.confidence for verdict in absent):
        console.print(
            Text("No document from after the occasion is on the desk: what it brought is not known yet.", style=HEAD)
        )
    for outcome, told in TOLD.items():
        _group(told, [pair for pair in hinted if pair[1].outcome is outcome], occasion, console, settings, limit)
    made = (Outcome.SIGNED, Outcome.AGREED)
    _group(
        "Came unannounced",
        [pair for pair in sure if not pair[1].announced and pair[1].outcome in made],
        occasion,
        console,
        settings,
        limit,
    )
    later = sum(not verdict.announced and verdict.outcome not in made for _, verdict in sure)
    if later:
        told = f"{count(later, 'deal was', 'deals were')} spoken of only afterwards, neither signed nor agreed (in JSON and CSV)"
        console.print(Text(f"\n{told}", style=DIM))
    if len(sure) < len(deals):
        told = f"{len(deals) - len(sure):,} of all {count(len(deals), 'deal')} too unsure to show; --min-confidence 0 shows them"
        console.print(Text(f"\n{told}", style=DIM))


def _group(
    told: str,
    group: Sequence[tuple[Deal, Verdict]],
    occasion: Occasion,
    console: Console,
    settings: Settings,
    limit: int,
) -> None:
    from rich.padding import Padding
    from rich.text import Text

    if not group:
        return
    console.print(Text(f"\n{told} ({len(group):,})", style=HEAD))
    ranked = sorted(
        group, key=lambda pair: (-len({each.voice for each in pair[0].sightings}), pair[0].title, pair[0].id)
    )
    for deal, verdict in ranked[:limit]:
        hint, evidence = hint_of(deal, verdict, occasion, settings), verdict.evidence
        state = ladder(hint.signal.stage, hint.signal.certainty, hint.signal.ahead) if hint else " " * 8
        console.print(
            Text.assemble(f"  {state} ", (line(deal.title), HEAD), (f"  {parties(deal.parties)} {deal.id}", DIM))
        )
        if hint is not None:
            _told("before:", hint, voice(hint.signal), console)
        if evidence is not None:
            _told("after: ", evidence, str(evidence.authority).replace("_", " "), console)
        if verdict.by is not None:
            why = f"decided by {line(verdict.by)}: {line(verdict.reason or 'no reason given')}"
            console.print(Padding(Text(why), INDENT))
    if len(group) > limit:
        console.print(Text(f"  and {count(len(group) - limit, 'more deal')} (--limit shows more)", style=DIM))


def _told(when: str, sighting: Sighting, rests: str, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    told = Text(f"{when} “{_cut(sighting.quote)}” ")
    told.append(f"{rests}, {name_of(sighting)}, {day(sighting.day)}", style=DIM)
    console.print(Padding(told, INDENT))


def _cut(quote: str) -> str:
    quote = line(quote)
    return quote if len(quote) <= QUOTE_CHARS else quote[:QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
