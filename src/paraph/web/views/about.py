"""About this desk: what it holds and lacks, what reads it, how well that was measured, and what the words mean."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk.pages import About
from paraph.model import Sector
from paraph.show.pictures.cohorts import Counts, cohorts
from paraph.show.pictures.picture import Picture
from paraph.show.words import SECTORS
from paraph.web.answers import json_rows, page
from paraph.web.asking import choice_of
from paraph.web.house import desk_of, house_of
from paraph.web.pictures import PictureForm, picture_file

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Publishers and months that the page names; the JSON has them all. Set by eye.
PUBLISHERS, MONTHS = 15, 24

# What each figure of the model's card is, in words; those not named here are left to `paraph model`.
FIGURES = {
    "f1_any": "signals found and told apart (F1, any overlap)",
    "full_f1": "signals right in every field (F1)",
    "stage": "stage right",
    "certainty": "certainty right",
    "source_type": "kind of source right",
    "parties_f1": "parties right (F1)",
    "sector": "sector right",
    "false_alarms_per_negative": "false signals in a document that has none",
}
CORPORA = {
    "dev": "six summits kept for decisions",
    "events": "summits never seen",
    "newswire": "newswire of 1987, never seen",
}


@router.get("/about")
def about_page(request: Request) -> Response:
    """Show what the desk is."""
    house, desk = house_of(request), desk_of(request)
    sector = choice_of(dict(request.query_params), "sector", Sector)
    found = desk.about()
    months = dict(list(found.months.items())[-MONTHS:])
    return page(
        request,
        "about.html",
        about=found,
        months=months,
        most=max(months.values(), default=0),
        publishers=dict(list(found.publishers.counts.items())[:PUBLISHERS]),
        card=_card(),
        figures=FIGURES,
        corpora=CORPORA,
        settings=_changed(house.settings),
        picture=_flow(request, sector),
        sector=sector,
        sectors=SECTORS,
    )


def _card() -> dict[str, Any]:
    from paraph.extract.encoder import bundled_card

    return bundled_card()


def _changed(settings: Any) -> list[dict[str, Any]]:
    """Return the settings that somebody changed: what is as shipped needs no telling."""
    rows = [row | {"value": getattr(settings, row["name"])} for row in settings.table()]
    return [row for row in rows if row["value"] != row["default"] and row["name"] != "watch_contact"]


def _flow(request: Request, sector: Sector | None) -> Picture:
    found = desk_of(request).cohorts(sector)
    what = f"{SECTORS[sector]} deals" if sector else "Deals of all sectors"
    counts: Counts = {(year, stands): n for (year, stands), n in found.cells.items()}
    return cohorts(f"{what}, by the year in which they were first spoken of, and where they stand now", counts)


@router.get("/about/flow.{form}")
def flow_file(request: Request, form: PictureForm) -> Response:
    """Give the picture of a sector's deals over the years."""
    return picture_file(request, _flow(request, choice_of(dict(request.query_params), "sector", Sector)), form)


@router.get("/about.json")
def about_json(request: Request) -> Response:
    """Give the same as JSON, with the model's card."""
    return json_rows(request, about_dict(desk_of(request).about()) | {"model": _card()})


def about_dict(about: About) -> dict[str, Any]:
    """Return what a desk holds as JSON-ready values."""
    return {
        "at": about.at.isoformat(timespec="seconds"),
        "documents": about.documents,
        "copies": about.copies,
        "signals": about.signals,
        "deals": about.deals,
        "occasions": about.occasions,
        "decisions": about.decisions,
        "feeds": about.feeds,
        "first": about.first.isoformat() if about.first else None,
        "last": about.last.isoformat() if about.last else None,
        "engines": [{"engine": name, "version": version, "texts": n} for (name, version), n in about.engines.items()],
        "months": dict(about.months),
        "publishers": {"of": about.publishers.of, "counts": dict(about.publishers.counts)},
        "gaps": [{"from": first.isoformat(), "to": last.isoformat()} for first, last in about.gaps],
        "bytes": about.size,
    }
