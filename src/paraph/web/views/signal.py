"""Permalinks of single signals: the way to the place in its document, and all that is known of it as JSON."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from paraph.desk import Desk, Kept, queries
from paraph.desk.pages import SignalRow
from paraph.desk.places import selector_of
from paraph.errors import DeskError, NotOnDesk
from paraph.model import Selector, iso
from paraph.web.answers import json_rows
from paraph.web.house import desk_of

__all__ = ["LEAST_DIGITS", "is_id", "place_of", "router", "signal_dict"]

router = APIRouter(include_in_schema=False)


# The least of an id that is taken for one: that of the desk.
LEAST_DIGITS = queries.MIN_PREFIX

_ID = re.compile(r"[0-9a-f]+")


def is_id(text: str) -> bool:
    """Whether a text can be the id of a signal or a deal, or the beginning of one."""
    return len(text) >= LEAST_DIGITS and _ID.fullmatch(text) is not None


def place_of(row: SignalRow) -> str:
    """Return the address of a signal's place in its document."""
    id = row.sighting.id
    # Also in the query: a long text is shown in parts, and its page has to know which.
    return f"/documents/{quote(row.sighting.document, safe='', errors='surrogatepass')}?signal={id}#s-{id}"


@router.get("/signals/{id}.{form}")
def signal_rows(request: Request, id: str, form: Literal["json"]) -> Response:
    """Give a signal with its document, deal, state, selector and reasons."""
    desk = desk_of(request)
    row = _row(desk, id)
    if row.sighting.id != id:
        return RedirectResponse(f"/signals/{row.sighting.id}.{form}", status_code=302)
    return json_rows(request, signal_dict(desk, row))


@router.get("/signals/{id}")
def signal_place(request: Request, id: str) -> Response:
    """Go to the signal's place in its document."""
    return RedirectResponse(place_of(_row(desk_of(request), id)), status_code=302)


def _row(desk: Desk, id: str) -> SignalRow:
    if not is_id(id):
        raise NotOnDesk(f"signal {id!r} is not on the desk: an id has {LEAST_DIGITS} digits 0-9 and a-f at least")
    return desk.signal(id)


def signal_dict(desk: Desk, row: SignalRow) -> dict[str, Any]:
    """Return all that is known of a signal, JSON-ready.

    ``target`` is one of the Web Annotation model of the W3C: where the document stands, and two selectors of the words, by
    place and by quotation. Offsets count in the text whose hash is given, an older one than the document's newest where
    ``newest`` is false. ``machine`` holds what the engine proposed of the fields that people corrected since.
    """
    sighting = row.sighting
    kept = desk.document(sighting.document)
    selector = _selector(desk, kept, row)
    document = kept.document
    return {
        "id": sighting.id,
        "page": f"/signals/{sighting.id}",
        "place": place_of(row),
        "state": str(row.state),
        "vanished": row.vanished,
        "newest": row.newest,
        "deal": {"id": row.deal, "page": f"/deals/{row.deal}"} if row.deal else None,
        "document": {
            "key": document.id,
            "page": place_of(row).partition("?")[0],
            "title": document.title,
            "publisher": document.publisher,
            "owner": kept.owner,
            "url": document.url,
            "published": iso(document.published),
            "first_seen": iso(kept.first_seen),
            "kind": str(document.kind),
            "voice": kept.voice,
            "copy_of": kept.copy_of,
        },
        "signal": {name: value for name, value in sighting.signal.to_dict().items() if name != "why"},
        "machine": dict(row.proposed),
        "reasons": [
            cue.to_dict() | {"words": words} for cue, words in zip(sighting.signal.why, row.words, strict=True)
        ],
        "engine_version": row.engine_version,
        "day": sighting.day.isoformat(),
        "authority": str(sighting.authority),
        "quote": sighting.quote,
        "target": {
            "source": document.url or document.id,
            "text_hash": selector.text_hash,
            "selector": [
                {"type": "TextPositionSelector", "start": selector.start, "end": selector.end},
                {
                    "type": "TextQuoteSelector",
                    "exact": selector.exact,
                    "prefix": selector.prefix,
                    "suffix": selector.suffix,
                },
            ],
        },
    }


def _selector(desk: Desk, kept: Kept, row: SignalRow) -> Selector:
    """Return where the signal's words stand, in the text of the document that it was read from."""
    signal = row.sighting.signal
    texts = [kept.document.text]
    if not row.newest:
        texts = [version.reading.document.text for version in reversed(desk.versions(kept.document.id))]
    for text in texts:
        if text[signal.start : signal.end] == signal.anchor:
            return selector_of(text, signal.start, signal.end)
    raise DeskError(f"signal {row.sighting.id}: none of the texts of document {kept.document.id} holds its words")
