"""Small documents and readings for tests, written for them; countries and firms are real, the deals are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from paraph.model import (
    Certainty,
    Cue,
    Document,
    Instrument,
    Kind,
    Reading,
    Sector,
    Signal,
    SourceType,
    Stage,
)

REPORT = """Norway and Chile weigh a ferry pact before the Oslo visit
OSLO, March 3 - Norway and Chile could sign an agreement on electric ferries next week, Transport Minister Ana Ruiz said.
A list of further announcements could include:
- Joint research on fjord ice
- Supply of salmon feed
The two already run a seed bank in Punta Arenas. Norway has ruled out a loan for the port of Arica.
"""

NOTE = """Fact sheet: visit of the President of Chile

Norway and Chile signed the agreement on electric ferries today.

The supply of salmon feed was postponed.
"""

# Every kind of character that must not reach a terminal, a page or a spreadsheet as it is.
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eevil\u2066\x9b31m\x00<script>alert(1)</script>"


def signal(text: str, anchor: str, stage: str = "agreed", **fields: Any) -> Signal:
    """Return a signal on the first place of an anchor; ``why`` as pairs of field and words."""
    start = text.index(anchor)
    why = []
    for field, words in fields.pop("why", ()):
        at = text.index(words)
        why.append(Cue(field, at, at + len(words)))
    source = fields.pop("source", None)
    given = {
        "ahead": False,
        "certainty": "certain",
        "source_type": "official" if source else "outlet",
        "parties": ("NO", "CL"),
        "sector": "transport",
        "instrument": "cooperation",
        "confidence": 0.9,
        "engine": "hand",
    } | fields
    return Signal(
        start=start,
        end=start + len(anchor),
        anchor=anchor,
        stage=Stage(stage),
        ahead=given["ahead"],
        certainty=Certainty(given["certainty"]),
        source_type=SourceType(given["source_type"]),
        source=source,
        parties=tuple(given["parties"]),
        sector=Sector(given["sector"]),
        instrument=Instrument(given["instrument"]),
        confidence=given["confidence"],
        why=tuple(sorted(why, key=lambda cue: cue.start)),
        engine=given["engine"],
    )


def report() -> Reading:
    """A preview with six signals: ahead, listed, in force, refused."""
    listed: dict[str, Any] = {"ahead": True, "certainty": "possible"}
    lead = (("stage", "announcements"), ("certainty", "could include"), ("ahead", "could include"))
    return Reading(
        Document(
            text=REPORT,
            id="report",
            url="https://news.example/ferries?a=1&b=2",
            publisher="The Oslo Example",
            title="Norway and Chile weigh a ferry pact before the Oslo visit",
            published=datetime.fromisoformat("2025-03-03T22:32+01:00"),
            updated=datetime.fromisoformat("2025-03-04T08:05+01:00"),
            language="en",
        ),
        (
            signal(REPORT, "ferry pact", "talks", why=[("stage", "weigh")]),
            signal(
                REPORT,
                "agreement on electric ferries",
                "signed",
                source="Ana Ruiz",
                why=[("certainty", "could"), ("ahead", "could"), ("stage", "sign"), ("source", "said")],
                **listed,
            ),
            signal(REPORT, "Joint research on fjord ice", sector="environment", why=lead, **listed),
            signal(REPORT, "Supply of salmon feed", sector="agriculture", instrument="purchase", why=lead, **listed),
            signal(REPORT, "seed bank", "in_force", sector="agriculture", why=[("stage", "already run")]),
            signal(
                REPORT, "loan for the port of Arica", "ended", instrument="investment", why=[("stage", "ruled out")]
            ),
        ),
    )


def note() -> Reading:
    """An official paper after the day: one deal of the report came true, one was put off."""
    return Reading(
        Document(
            text=NOTE,
            id="note",
            publisher="Government of Norway",
            title="Fact sheet: visit of the President of Chile",
            published=date(2025, 3, 12),
            kind=Kind.OFFICIAL,
        ),
        (
            signal(NOTE, "agreement on electric ferries", "signed", source="Government of Norway"),
            signal(NOTE, "supply of salmon feed", "stalled", sector="agriculture", source="Government of Norway"),
        ),
    )


def hostile() -> Reading:
    """A document in which every text that a source supplies tries to be more than text."""
    text = f"Intro {HOSTILE} line.\nA pact={HOSTILE} is near.\n"
    return Reading(
        Document(
            text=text,
            id=f"id{HOSTILE}",
            url="javascript:alert(1)",
            publisher=f"=cmd|' /C calc'!A0{HOSTILE}",
            title=f"@SUM(1+1){HOSTILE}",
            published=date(2025, 1, 2),
            notes=(f"note{HOSTILE}",),
        ),
        (
            signal(
                text,
                f"pact={HOSTILE}",
                "talks",
                source=f"+source{HOSTILE}",
                parties=("NO", f"-{HOSTILE}"),
                engine=f"engine{HOSTILE}",
                why=[("stage", "near")],
            ),
        ),
    )


def noon() -> datetime:
    """A clock that stands still."""
    return datetime(2025, 3, 5, 12, tzinfo=UTC)
