"""The list of documents, newest first: search with what was found marked, filters, and the same view as JSON, CSV and Atom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import Arrival, Desk
from paraph.desk.pages import DocumentPage, DocumentRow
from paraph.errors import UsageError
from paraph.model import Kind
from paraph.settings import Settings
from paraph.show.words import count
from paraph.web.answers import Form, csv_rows, json_rows, page
from paraph.web.asking import LONGEST, choice_of, day_asked, limit_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.house import desk_of, house_of
from paraph.web.sheet import address_of

__all__ = ["COLUMNS", "Listing", "document_dict", "listing", "router"]

router = APIRouter(include_in_schema=False)

# Rows of a page where the address does not say how many.
PAGE_ROWS = 50
COLUMNS = "id title publisher day kind arrival signals copy_of likeness url page".split()
KINDS = {Kind.REPORT: "report", Kind.OFFICIAL: "official paper"}
ARRIVALS: dict[Arrival, str] = {"added": "by hand", "watched": "by a feed"}
_NAMES = ("q", "publisher", "kind", "arrival", "since", "until", "limit", "after")


@dataclass(frozen=True, slots=True)
class Listing:
    """What the address of a list asks for, and the parameters that say so."""

    words: str
    publisher: str | None
    kind: Kind | None
    arrival: Arrival | None
    since: date | None
    until: date | None
    limit: int
    after: str
    given: Mapping[str, str]

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """The parameters that choose documents."""
        return tuple((name, value) for name, value in self.given.items() if name not in ("limit", "after"))

    def with_(self, **changes: str | None) -> str:
        """Return the query string with these parameters changed, or taken away; the place in the list is dropped."""
        kept = {name: value for name, value in self.given.items() if name != "after"} | changes
        return "?" + urlencode({name: value for name, value in kept.items() if value}, errors="surrogatepass")

    def toggled(self, name: str, value: str) -> str:
        """Return the query string without a parameter where it has this value, else with it."""
        return self.with_(**{name: None if self.given.get(name) == value else value})

    @property
    def string(self) -> str:
        """The whole query string."""
        return "?" + urlencode(self.given, errors="surrogatepass")

    def read(self, desk: Desk) -> DocumentPage:
        """Return the page of the list that is asked for."""
        return desk.documents_page(
            words=self.words,
            publisher=self.publisher,
            kind=self.kind,
            arrival=self.arrival,
            since=self.since,
            until=self.until,
            limit=self.limit,
            after=self.after,
        )


def listing(parameters: Mapping[str, str], settings: Settings) -> Listing:
    """Return what an address asks for. Raises UsageError, naming the parameter, for a value that cannot be."""
    given = {name: parameters[name] for name in _NAMES if parameters.get(name, "").strip()}
    for name, value in given.items():
        if len(value) > LONGEST:
            raise UsageError(f"{name}: at most {LONGEST} characters, not {len(value)}")
    arrival = given.get("arrival", "").strip() or None
    if arrival is not None and arrival not in get_args(Arrival):
        raise UsageError(f"arrival: {arrival!r} is not known; give one of: {', '.join(get_args(Arrival))}")
    since, until = day_asked(given, "since"), day_asked(given, "until")
    if since and until and until < since:
        raise UsageError(f"until: {until} lies before since, {since}; exchange them")
    return Listing(
        words=given.get("q", ""),
        publisher=given.get("publisher"),
        kind=choice_of(given, "kind", Kind),
        arrival=arrival,  # type: ignore[arg-type]
        since=since,
        until=until,
        limit=limit_of(given, PAGE_ROWS, settings),
        after=given.get("after", ""),
        given=given,
    )


@router.get("/documents")
def documents_page(request: Request) -> Response:
    """Show the list."""
    want = listing(request.query_params, house_of(request).settings)
    found = want.read(desk_of(request))
    return page(
        request,
        "documents.html",
        asked=want,
        found=found,
        following=_following(want, found),
        kinds=KINDS,
        arrivals=ARRIVALS,
        address_of=address_of,
    )


def _following(want: Listing, found: DocumentPage) -> str:
    return want.with_() + f"&after={found.rows[-1].cursor}" if found.more else ""


@router.get("/documents.{form}")
def documents_rows(request: Request, form: Form) -> Response:
    """Give the same view as rows: JSON, CSV or an Atom feed."""
    want = listing(request.query_params, house_of(request).settings)
    found = want.read(desk_of(request))
    if form == "csv":
        return csv_rows(request, COLUMNS, [document_dict(row) for row in found.rows], "documents")
    if form == "atom":
        return atom_feed(request, _title(want), f"/documents{want.string}", [_entry(row) for row in found.rows])
    following = _following(want, found)
    return json_rows(
        request,
        {
            "page": f"/documents{want.string}",
            "total": found.of,
            "whole": found.whole,
            "next": f"/documents.json{following}" if following else None,
            "items": [document_dict(row) | ({"found": row.found.to_dict()} if row.found else {}) for row in found.rows],
        },
    )


def document_dict(row: DocumentRow) -> dict[str, Any]:
    """Return a document of a list as JSON-ready values."""
    return {
        "id": row.key,
        "title": row.title,
        "publisher": row.publisher,
        "day": row.day.isoformat(),
        "kind": str(row.kind),
        "arrival": row.arrival,
        "signals": row.signals,
        "copy_of": row.copy_of,
        "likeness": row.likeness,
        "url": row.url,
        "page": address_of(row.key),
    }


def _title(want: Listing) -> str:
    told = ", ".join(value for _, value in want.filters)
    return f"Paraph: documents, {told}" if told else "Paraph: documents"


def _entry(row: DocumentRow) -> Entry:
    told = [row.publisher or "publisher not known", KINDS[row.kind], count(row.signals, "signal")]
    told += [row.found.text] if row.found else []
    return Entry(address_of(row.key), row.title or row.key, row.day, "; ".join(told))
