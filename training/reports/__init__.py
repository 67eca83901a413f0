"""Training reports written for this project, with their signals marked in the text, and what turns them into the gold's form.

A report is a text file: a head of "name: value" lines (id, event, role, title, publisher, published), an empty line, the text.
Each signal stands in double square brackets around its anchor, its fields after bars:

    Manila hopes for [[joint patrols | idea now certain | official: Carlos Dizon | PH,VN | security | cooperation | patrols]].

Second comes stage, "now" or "ahead", certainty; third the source type, and after a colon the source's name as the text
gives it; then parties, sector, instrument and deal.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from paraph.model import Certainty, Instrument, Sector, SourceType, Stage

__all__ = ["documents", "read_report"]

HERE = Path(__file__).resolve().parent
_SIGNAL = re.compile(r"\[\[([^\[\]]*)\]\]")
_WHEN = {"now": False, "ahead": True}
_NAMES = {"id", "event", "role", "title", "publisher", "published"}


def read_report(report: str) -> dict[str, Any]:
    """Return a report in the form of the gold's files. Raises ValueError that names the report and the mark that is off."""
    head, _, body = report.partition("\n\n")
    out: dict[str, Any] = {"url": None, "publisher": None, "published": None}
    for line in head.splitlines():
        name, _, value = line.partition(":")
        if name not in _NAMES:
            raise ValueError(f"{out.get('id', 'report')}: {name!r} is no name of the head")
        out[name] = value.strip()
    missing = {"id", "event", "role", "title"} - set(out)
    if missing:
        raise ValueError(f"{out.get('id', 'report')}: the head lacks {', '.join(sorted(missing))}")
    text, at, signals = "", 0, []
    for mark in _SIGNAL.finditer(body.strip()):
        text += body.strip()[at : mark.start()]
        at = mark.end()
        try:
            signal = _signal(mark[1])
        except (ValueError, KeyError) as error:
            raise ValueError(f"{out['id']}: [[{mark[1]}]]: {error}") from error
        signals.append({"start": len(text), "end": len(text) + len(signal["anchor"]), **signal})
        text += signal["anchor"]
    text += body.strip()[at:]
    if "[[" in text or "]]" in text:
        raise ValueError(f"{out['id']}: a mark is not closed")
    if (out["role"] == "negative") != (not signals):
        raise ValueError(f"{out['id']}: a negative has no signals, every other role has some")
    return out | {"text": text, "signals": signals}


def _signal(mark: str) -> dict[str, Any]:
    anchor, mood, voice, parties, sector, instrument, deal = (part.strip() for part in mark.split("|"))
    stage, when, certainty = mood.split()
    source_type, _, source = voice.partition(":")
    return {
        "anchor": anchor,
        "stage": Stage(stage).value,
        "ahead": _WHEN[when],
        "certainty": Certainty(certainty).value,
        "source_type": SourceType(source_type.strip()).value,
        "source": source.strip() or None,
        "parties": [code.strip() for code in parties.split(",")],
        "sector": Sector(sector).value,
        "instrument": Instrument(instrument).value,
        "deal": deal,
    }


def documents(folder: Path = HERE) -> list[dict[str, Any]]:
    """Return the reports of a folder in order of name."""
    return [read_report(path.read_text("utf-8")) for path in sorted(folder.glob("*.txt"))]
