"""One document: its text with every signal marked, the words that decided, its copies and versions; and as JSON, CSV and text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import Desk, Kept, Review, Version
from paraph.desk.pages import SignalRow
from paraph.desk.people import Role, may
from paraph.desk.places import find, selector_of
from paraph.desk.reviews import undone
from paraph.desk.typed import typed_text
from paraph.desk.values import Action
from paraph.errors import DeskError, UsageError
from paraph.frames import COLUMNS as CONTRACT
from paraph.model import Certainty, Document, Instrument, Sector, SourceType, Stage, iso, text_hash
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, SOURCES, STAGES
from paraph.web.answers import csv_rows, json_rows, page, tagged
from paraph.web.changes import Change, changes, folded
from paraph.web.house import desk_of, house_of, visitor_of
from paraph.web.sheet import Want, addition_of, address_of, is_weak, link_to, sheet_of, wanted, whys_of
from paraph.web.views.documents import ARRIVALS, KINDS

__all__ = ["CHOICES", "router", "signal_dict"]

router = APIRouter(include_in_schema=False)

COLUMNS = ("id", "state", "deal", *CONTRACT)
# Letters of changes between two versions that one page shows. Set by eye: a long article whole.
MOST_CHANGED = 60_000
# Copies and versions that a page names. Set by eye; the JSON has them all.
MOST_COPIES = 20
MOST_VERSIONS = 30
# Decisions on one signal that are told beside it, the newest. Set by eye.
MOST_DECISIONS = 20

# The fields of a signal in the order of the form, each with its values in words; none where it is typed.
CHOICES: dict[str, dict[Any, str] | None] = {
    "stage": {str(each): STAGES[each] for each in Stage},
    "ahead": {"no": "no, as it stands", "yes": "yes, still to come"},
    "certainty": {str(each): CERTAINTIES[each] for each in Certainty},
    "source_type": {str(each): SOURCES[each] for each in SourceType},
    "source": None,
    "parties": None,
    "sector": {str(each): SECTORS[each] for each in Sector},
    "instrument": {str(each): INSTRUMENTS[each] for each in Instrument},
}
LABELS = {
    "stage": "Stage",
    "ahead": "Ahead",
    "certainty": "How sure",
    "source_type": "Who says so",
    "source": "By name",
    "parties": "Parties",
    "sector": "Sector",
    "instrument": "Form",
}
# What somebody did, as it is told beside a signal.
DID = {
    Action.ACCEPT: "accepted it",
    Action.REJECT: "rejected it",
    Action.UNSURE: "was unsure",
    Action.CORRECT: "corrected",
    Action.ADD: "added it",
    Action.MERGE: "merged its deal with another",
    Action.SPLIT: "split its deal",
    Action.OVERRULE: "overruled a verdict on its deal",
    Action.NOTE: "noted",
}


@router.get("/documents/{key:path}")
def document_page(request: Request, key: str) -> Response:
    """Show a document; with .json, .csv or .txt at its end give it in that form."""
    desk = desk_of(request)
    name, dot, form = key.rpartition(".")
    if dot and form in ("json", "csv", "txt"):
        try:
            return _as(request, desk, desk.document(name), form)
        except DeskError:
            if not _is_document(desk, key):
                raise
    kept = desk.document(key)
    want = wanted(request.query_params)
    if want.version:
        return _version(request, desk, kept, want)
    return _newest(request, desk, kept, want)


def _is_document(desk: Desk, key: str) -> bool:
    try:
        desk.document(key)
    except DeskError:
        return False
    return True


def _newest(request: Request, desk: Desk, kept: Kept, want: Want) -> Response:
    settings = house_of(request).settings
    key, text = kept.document.id, kept.document.text
    rows = desk.signals_of(key)
    visitor = visitor_of(request)
    may_review = visitor is not None and may(visitor.role, Role.REVIEWER)
    addition = addition_of(text, rows, want) if may_review else None
    sheet = sheet_of(text, rows, want, settings.brief_confidence, addition)
    weak = sum(row.state != "rejected" and is_weak(row, settings.brief_confidence) for row in rows)
    return page(
        request,
        "document.html",
        **_about(desk, kept),
        want=want,
        sheet=sheet,
        addition=addition,
        weak=weak,
        rejected=sum(row.state == "rejected" for row in rows),
        decisions=_decisions(desk, text, rows, sheet.chosen) if sheet.chosen else [],
        whys=whys_of(sheet.chosen) if sheet.chosen else {},
        values=_typed(sheet.chosen.sighting.signal.to_dict()) if sheet.chosen else {},
        proposed=_typed(sheet.chosen.proposed) if sheet.chosen else {},
        beginning=_typed(addition.fields) if addition else {},
        may_review=may_review,
        link_to=lambda row: link_to(row, want),
        choices=CHOICES,
        labels=LABELS,
        did=DID,
    )


def _about(desk: Desk, kept: Kept) -> dict[str, Any]:
    """Return what every view of a document tells of it."""
    copies = desk.copies_of(kept.document.id)
    versions = desk.versions(kept.document.id) if kept.versions > 1 else []
    return {
        "kept": kept,
        "document": kept.document,
        "here": address_of(kept.document.id),
        "address_of": address_of,
        "of_publisher": f"/documents?{urlencode({'publisher': kept.document.publisher or ''}, errors='surrogatepass')}",
        "copies": copies[:MOST_COPIES],
        "all_copies": len(copies),
        "versions": list(enumerate(versions, 1))[::-1][:MOST_VERSIONS] if len(versions) > 1 else [],
        "all_versions": max(1, len(versions)),
        "kinds": KINDS,
        "arrivals": ARRIVALS,
    }


def _typed(values: Any) -> dict[str, str]:
    """Return the fields of a signal as a form holds them."""
    return {name: typed_text(name, value) for name, value in values.items() if name in CHOICES}


def _decisions(desk: Desk, text: str, rows: Sequence[SignalRow], chosen: SignalRow) -> list[tuple[Review, bool]]:
    """Return what was decided about a signal, newest first, each with whether it was undone."""
    log = list(desk.reviews(document=chosen.sighting.document))
    taken_back = undone(log)
    here = [row for row in rows if row.newest]
    hash = text_hash(text) if log else ""
    spans = [(hash, row.sighting.signal.start, row.sighting.signal.end) for row in here]
    about = []
    for review in log:
        target = review.target
        if target is None or review.action is Action.UNDO:
            continue
        # One that was added had no id yet when it was decided; its words say which it is.
        if not target.signal:
            number = find(target.selector, spans, {hash: text})
            if number is None or here[number] is not chosen:
                continue
        elif target.signal != chosen.sighting.id:
            continue
        about.append((review, review.id in taken_back))
    return about[::-1][:MOST_DECISIONS]


# Versions.


def _version(request: Request, desk: Desk, kept: Kept, want: Want) -> Response:
    """Show an older text of a document, and what changed in it since another."""
    found = desk.versions(kept.document.id)
    for name, number in (("version", want.version), ("against", want.against)):
        if number > len(found):
            raise UsageError(f"{name}: this document has {len(found)}, not {number}")
    this = found[want.version - 1]
    against = want.against or max(1, want.version - 1)
    other = found[against - 1]
    older, newer = (other, this) if against <= want.version else (this, other)
    return page(
        request,
        "document_version.html",
        **_about(desk, kept),
        number=want.version,
        against=against,
        this=this,
        other=other,
        facts=_facts(older.reading.document, newer.reading.document),
        changed=_changed(older, newer),
    )


def _changed(older: Version, newer: Version) -> Sequence[Change]:
    return folded(changes(older.reading.document.text, newer.reading.document.text), MOST_CHANGED)


def _facts(old: Document, new: Document) -> list[tuple[str, str, str]]:
    """Return what the source says of two versions and is not the same in both: its name, before, after."""
    names = ("title", "publisher", "published", "updated", "url", "kind")
    before, after = old.to_dict(), new.to_dict()
    return [(name, before[name] or "none", after[name] or "none") for name in names if before[name] != after[name]]


# Other forms.


def _as(request: Request, desk: Desk, kept: Kept, form: str) -> Response:
    document = kept.document
    if form == "txt":
        body = document.text.encode("utf-8", "replace")
        return tagged(request, Response(body, media_type="text/plain; charset=utf-8"))
    rows = desk.signals_of(document.id)
    if form == "csv":
        about = {name: document.to_dict()[name] for name in ("url", "publisher", "title", "published")}
        about["document"] = document.id
        flat = [about | {k: v for k, v in signal_dict(row).items() if k in COLUMNS} for row in rows]
        return csv_rows(request, COLUMNS, flat, "signals")
    hash = text_hash(document.text)
    told = document.to_dict() | {
        "page": address_of(document.id),
        "day": kept.day.isoformat(),
        "first_seen": iso(kept.first_seen),
        "arrival": kept.arrival,
        "owner": kept.owner,
        "voice": kept.voice,
        "copy_of": kept.copy_of,
        "copies": [row.key for row in desk.copies_of(document.id)],
        "versions": kept.versions,
        "raw": kept.raw,
        "text_hash": hash,
        "signals": [signal_dict(row) | _selector(row, document.text, hash) for row in rows],
    }
    return json_rows(request, told)


def _selector(row: SignalRow, text: str, hash: str) -> dict[str, Any]:
    if not row.newest:
        return {"selector": None}
    signal = row.sighting.signal
    return {"selector": selector_of(text, signal.start, signal.end, hash).to_dict()}


def signal_dict(row: SignalRow) -> dict[str, Any]:
    """Return a signal as the contract has it, and what the desk knows of it beside: its id, state, deal, what was proposed."""
    return row.sighting.signal.to_dict() | {
        "id": row.sighting.id,
        "state": str(row.state),
        "deal": row.deal,
        "proposed": dict(row.proposed),
        "vanished": row.vanished,
        "newest": row.newest,
        "engine_version": row.engine_version,
        "page": f"/signals/{row.sighting.id}",
    }
