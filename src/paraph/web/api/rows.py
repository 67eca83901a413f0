"""The answers of the API as JSON-ready values: the pages' own rows, with their addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from paraph.desk import DealRow, Kept
from paraph.desk.pages import DocumentRow, OutcomeRow, Settled, SignalRow
from paraph.desk.places import selector_of
from paraph.model import Occasion
from paraph.show.deal_list import deal_dict

__all__ = ["deal_shape", "document_shape", "document_whole", "occasion_shape", "outcome_shape", "signal_shape"]


def deal_shape(row: DealRow) -> dict[str, Any]:
    """Return a deal of a list."""
    return deal_dict(row) | {"page": f"/deals/{row.id}"}


def signal_shape(row: SignalRow, text: str | None, hash: str) -> dict[str, Any]:
    """Return a signal with all that is known of it; its selector is made from the text that its offsets count in.

    Where that text is not at hand (an older version), the selector holds the anchor alone.
    """
    signal = row.sighting.signal
    if text is not None:
        selector = selector_of(text, signal.start, signal.end, hash).to_dict()
    else:
        selector = {
            "exact": signal.anchor,
            "prefix": "",
            "suffix": "",
            "start": signal.start,
            "end": signal.end,
            "text_hash": "",
        }
    why = [cue.to_dict() | {"words": words} for cue, words in zip(signal.why, row.words, strict=True)]
    return row.sighting.to_dict() | {
        "deal": row.deal,
        "state": str(row.state),
        "proposed": dict(row.proposed),
        "why": why,
        "selector": selector,
    }


def document_shape(row: DocumentRow) -> dict[str, Any]:
    """Return a document of a list."""
    return {
        "id": row.key,
        "title": row.title,
        "publisher": row.publisher,
        "day": row.day.isoformat(),
        "url": row.url,
        "kind": str(row.kind),
        "arrival": row.arrival,
        "signals": row.signals,
        "copy_of": row.copy_of,
        "cursor": row.cursor,
        "page": f"/documents/{quote(row.key, safe='')}",
    }


def document_whole(kept: Kept, signals: list[SignalRow], hash: str) -> dict[str, Any]:
    """Return a document with its text and all its signals."""
    text = kept.document.text
    return kept.document.to_dict() | {
        "day": kept.day.isoformat(),
        "first_seen": kept.first_seen.isoformat(),
        "copy_of": kept.copy_of,
        "versions": kept.versions,
        "signals": [signal_shape(row, text if row.newest else None, hash) for row in signals],
    }


def occasion_shape(occasion: Occasion, settled: Settled) -> dict[str, Any]:
    """Return an occasion, and whether it was worked out."""
    return occasion.to_dict() | {"settled": settled.done, "stale": settled.stale}


def outcome_shape(row: OutcomeRow) -> dict[str, Any]:
    """Return what an occasion brought for a deal."""
    verdict = row.verdict
    return {
        "deal": deal_shape(row.deal),
        "verdict": str(verdict.outcome),
        "announced": verdict.announced,
        "confidence": round(verdict.confidence, 4),
        "by": verdict.by,
        "reason": verdict.reason,
        "proposed": str(verdict.proposed) if verdict.proposed else None,
        "before": row.before.to_dict() if row.before else None,
        "evidence": verdict.evidence.to_dict() if verdict.evidence else None,
    }
