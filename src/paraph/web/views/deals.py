"""The list of deals: filters and facets, search with what was found marked, and the same view as JSON, CSV and Atom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import DealRow, Facets
from paraph.show.deal_list import COLUMNS, deal_dict, stands
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, SOURCES, STAGES, between, count, party
from paraph.web.answers import Form, csv_rows, json_rows, page
from paraph.web.asking import Asked, asked
from paraph.web.atom import Entry, atom_feed
from paraph.web.house import desk_of, house_of

__all__ = ["FacetBox", "FacetValue", "facet_boxes", "router", "unsure_of"]

router = APIRouter(include_in_schema=False)

# Rows of a page where the address does not say how many.
PAGE_ROWS = 50
# Values that a facet shows; the rest is told as a number. Set by eye: what fits beside a list.
FACET_VALUES = 8
SORTS = {
    "last": "newest first",
    "first": "oldest first",
    "voices": "most voices",
    "sightings": "most signals",
    "title": "by title",
}
STATES = {"table": "on the table", "done": "done", "off": "off", "lapsed": "lapsed"}

# The facets beside a list: parameter, field of the counts, heading, and how a value is called.
FACETS: tuple[tuple[str, str, str, Any], ...] = (
    ("state", "state", "Standing", STATES),
    ("sector", "sectors", "Sector", SECTORS),
    ("stage", "stages", "Stage", STAGES),
    ("certainty", "certainties", "How sure", CERTAINTIES),
    ("party", "parties", "Party", party),
    ("source_type", "source_types", "Who says so", SOURCES),
    ("instrument", "instruments", "Form", INSTRUMENTS),
    ("publisher", "publishers", "Publisher", str),
    ("source", "sources", "Source", str),
    ("ahead", "ahead", "Ahead", str),
    ("contested", "contested", "Contested", str),
)
# Of these an address has one value at most.
_SWITCHES = frozenset(("ahead", "contested"))


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value: what it is called, how many deals have it, whether it is asked for, and the address that asks otherwise."""

    label: str
    n: int
    on: bool
    href: str


@dataclass(frozen=True, slots=True)
class FacetBox:
    """One facet with its values, most first; ``more`` is how many values are not shown."""

    title: str
    values: tuple[FacetValue, ...]
    more: int

    @property
    def on(self) -> bool:
        """Whether one of its values is asked for."""
        return any(value.on for value in self.values)


def facet_boxes(facets: Facets, asked: Asked, path: str) -> list[FacetBox]:
    """Return the facets that tell deals apart, each with its most frequent values and those asked for."""
    boxes = []
    for name, field, title, label in FACETS:
        counts = facets.counts.get(field, {})
        call = label if callable(label) else label.__getitem__
        values: list[FacetValue] = []
        for value, n in counts.items():
            on = asked.has(name, value)
            if len(values) < FACET_VALUES or on:
                values.append(FacetValue(call(value), n, on, path + _toggled(asked, name, value, on)))
        if len(values) > 1 or any(value.on for value in values):
            boxes.append(FacetBox(title, tuple(values), max(0, len(counts) - len(values))))
    return boxes


def _toggled(asked: Asked, name: str, value: str, on: bool) -> str:
    if name in _SWITCHES:
        return asked.with_(**{name: None if on else value})
    return asked.toggled(name, value)


@router.get("/deals")
def deals_page(request: Request) -> Response:
    """Show the list."""
    house, desk = house_of(request), desk_of(request)
    want = asked(request.query_params.multi_items(), house.today(), house.settings, PAGE_ROWS)
    rows, following = listed(desk, want)
    facets = desk.facets(want.query)
    total = facets.of if facets.whole else desk.count(want.query)
    return page(
        request,
        "deals.html",
        asked=want,
        rows=rows,
        following=following,
        total=total,
        facets=facets,
        boxes=facet_boxes(facets, want, "/deals"),
        unsure=unsure_of(desk, want, total) if not rows or "min_confidence" not in dict(want.pairs) else 0,
        sorts=SORTS,
        excerpts=desk.excerpts(want.query, [row.id for row in rows]),
    )


def listed(desk: Any, want: Asked) -> tuple[list[DealRow], str]:
    """Return one page of deals, and the query string of the next, empty where there is none."""
    rows = desk.deals(replace(want.query, limit=want.query.limit + 1))
    if len(rows) <= want.query.limit:
        return rows, ""
    rows = rows[: want.query.limit]
    return rows, want.with_(after=rows[-1].cursor)


def unsure_of(desk: Any, want: Asked, total: int) -> int:
    """Return how many deals were left out since the engine is too unsure of them."""
    if "min_confidence" in dict(want.pairs) or want.query.min_confidence == 0:
        return 0
    return int(desk.count(replace(want.query, min_confidence=0.0))) - total


@router.get("/deals.{form}")
def deals_rows(request: Request, form: Form) -> Response:
    """Give the same view as rows: JSON, CSV or an Atom feed."""
    house, desk = house_of(request), desk_of(request)
    want = asked(request.query_params.multi_items(), house.today(), house.settings, PAGE_ROWS)
    rows, following = listed(desk, want)
    if form == "csv":
        return csv_rows(request, COLUMNS, [deal_dict(row) for row in rows], "deals")
    if form == "atom":
        return atom_feed(request, _title(want), f"/deals{want.string}", [_entry(row) for row in rows])
    return json_rows(
        request,
        {
            "page": f"/deals{want.string}",
            "total": desk.count(want.query),
            "next": f"/deals.json{following}" if following else None,
            "items": [deal_dict(row) | {"page": f"/deals/{row.id}"} for row in rows],
        },
    )


def _title(want: Asked) -> str:
    told = ", ".join(value for _, value in want.filters)
    return f"Paraph: deals, {told}" if told else "Paraph: deals"


def _entry(row: DealRow) -> Entry:
    told = [stands(row), CERTAINTIES[row.certainty], between(row.parties), SECTORS[row.sector]]
    told += [count(row.voices, "independent voice"), count(row.sightings, "signal")]
    return Entry(f"/deals/{row.id}", f"{row.title}: {stands(row)}", row.last_day, "; ".join(told))
