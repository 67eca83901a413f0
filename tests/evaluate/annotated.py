"""Annotated documents for tests, written for them; the figures that they give were worked out by hand.

Of five marked signals three are found, and four are told (``FOUND``):

- "a ferry pact" for "ferry pact": two of three words, so close; all right but that a party is missing
- "research" for "joint ice research": one of three words, so not close; stage and source type wrong
- "They" for nothing; "salmon feed supply" and "feed" are missed
- "ferry pact" in the second document for itself: all right but the sector, and a party too many
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from paraph.evaluate.gold import GoldDocument, load_gold
from paraph.evaluate.marks import Mark, found_mark
from paraph.evaluate.scoring import Scored, score
from paraph.settings import Settings

FIRST = "Norway and Chile signed a ferry pact. They may agree on joint ice research and a salmon feed supply."
SECOND = "Chile buys feed from Norway. The ferry pact is in force."


def signal(anchor: str, stage: str = "signed", **fields: Any) -> dict[str, Any]:
    """Return a signal as a gold file has it, without offsets."""
    return {
        "anchor": anchor,
        "stage": stage,
        "ahead": False,
        "certainty": "certain",
        "source_type": "outlet",
        "source": None,
        "parties": ["NO", "CL"],
        "sector": "transport",
        "instrument": "cooperation",
        "deal": "ferry",
    } | fields


def page(id_: str, text: str, *signals: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a document as a gold file has it."""
    return {
        "id": id_,
        "event": "oslo",
        "role": "preview" if signals else "negative",
        "url": None,
        "publisher": "The Fjord Post",
        "title": "Oslo visit",
        "published": "2026-03-03",
        "text": text,
        "signals": list(signals),
    } | fields


MAYBE = {"ahead": True, "certainty": "possible"}
PAGES = (
    page(
        "oslo/1",
        FIRST,
        signal("ferry pact"),
        signal(
            "joint ice research", "agreed", sector="technology", instrument="joint_development", deal="ice", **MAYBE
        ),
        signal("salmon feed supply", "agreed", sector="agriculture", instrument="purchase", deal="feed", **MAYBE),
    ),
    page(
        "oslo/2",
        SECOND,
        signal("feed", parties=["CL", "NO"], sector="agriculture", instrument="purchase", deal="feed"),
        signal("ferry pact", "in_force"),
        role="outcome",
    ),
    page("none/1", "Oslo has a new ferry. It was built in Oslo.", event="negative"),
    page("none/2", "Nothing was agreed in Arica.", event="negative"),
)


def told(text: str, anchor: str, **fields: Any) -> dict[str, Any]:
    """Return a signal as a prediction has it."""
    start = text.index(anchor)
    return (
        {key: value for key, value in signal(anchor).items() if key != "anchor"}
        | {
            "start": start,
            "end": start + len(anchor),
        }
        | fields
    )


FOUND: dict[str, list[dict[str, Any]]] = {
    "oslo/1": [
        told(FIRST, "They", deal=None, confidence=0.05),
        told(FIRST, "a ferry pact", parties=["NO"], deal=1, confidence=0.95),
        told(
            FIRST, "research", stage="talks", source_type="official", sector="technology", instrument="joint_development",
            deal=1, confidence=0.55, **MAYBE,
        ),
    ],
    "oslo/2": [
        told(SECOND, "ferry pact", stage="in_force", sector="industry", parties=["NO", "CL", "SE"], deal=1, confidence=1.0)
    ],
    "none/1": [told("Oslo has a new ferry. It was built in Oslo.", word, confidence=0.5) for word in ("ferry", "It")],
}  # fmt: skip

FIGURES = {
    "documents": 2,
    "signals": 5,
    "predicted": 4,
    "precision": 2 / 4,
    "recall": 2 / 5,
    "f1": 4 / 9,
    "f1_any": 6 / 9,
    "full_f1": 4 / 9,
    "stage": 2 / 3,
    "ahead": 1.0,
    "certainty": 1.0,
    "source_type": 2 / 3,
    "sector": 2 / 3,
    "instrument": 1.0,
    "parties_f1": 5 / 6,
    # Ferry, ice and ferry in one deal: precision (2/3 + 1/3 + 2/3) / 3, recall 1.
    "deal_b3": 10 / 14,
    "false_alarms_per_negative": 1.0,
}


def write(folder: Path, *pages: dict[str, Any]) -> Path:
    """Write documents as the files of a gold folder, each in the folder of its event."""
    for n, each in enumerate(pages, 1):
        path = folder / str(each.get("event", "x")) / f"{n:02}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(each), "utf-8")
    return folder


def lines(found: dict[str, list[dict[str, Any]]]) -> str:
    """Return predictions as JSON lines."""
    return "".join(json.dumps({"id": id_, "signals": signals}) + "\n" for id_, signals in found.items())


def loaded(folder: Path) -> list[GoldDocument]:
    """Return the documents of a folder in which every file is right."""
    out = []
    for each in load_gold([folder], settings=Settings()):
        assert isinstance(each, GoldDocument), each
        out.append(each)
    return out


def scored(folder: Path, found: dict[str, list[dict[str, Any]]]) -> list[Scored]:
    """Return the documents of a folder with what was found in them."""
    return [score(each, marks(each, found.get(each.id, []))) for each in loaded(folder)]


def marks(document: GoldDocument, found: list[dict[str, Any]]) -> list[Mark]:
    """Return what was found in a document."""
    return [found_mark(each, document.text, source="test", where="") for each in found]
