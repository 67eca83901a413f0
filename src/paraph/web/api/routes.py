"""The routes of the API. Each answers with the rows that the pages show, under the shapes that OpenAPI tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from paraph._version import __version__
from paraph.desk import Desk
from paraph.desk.scoring import scores
from paraph.errors import UsageError
from paraph.model import Occasion, Outcome, text_hash
from paraph.show.deal_page import deal_page_dict, page_of, review_dict
from paraph.watch.keep import Keep
from paraph.web.access import Keeping, Reviewing
from paraph.web.answers import json_rows
from paraph.web.api import rows, shapes
from paraph.web.asking import Asked, asked
from paraph.web.deciding import decided
from paraph.web.forms import Fields
from paraph.web.house import desk_of, house_of
from paraph.web.views.about import about_dict
from paraph.web.views.deals import listed

__all__ = ["router"]

_TOLD = {
    400: "a value cannot be",
    401: "nobody is signed in and no token came with it",
    403: "the visitor may not do that, or the request does not say where it comes from",
    404: "it is not on the desk",
    409: "it does not go with what is on the desk",
    413: "the body is too large",
    421: "the host is not known",
    422: "a parameter is not of its kind",
    429: "too many tries",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.Error, "description": told} for status, told in _TOLD.items()
}
router = APIRouter(prefix="/api/v1", responses=ERRORS, tags=["v1"])

# Sightings and decisions of one deal that are sent, the newest. Set by eye; `/deals/ID.csv` has them all.
MOST_SIGHTINGS = 500
MOST_DECISIONS = 500

Id = Annotated[str, Path(max_length=500, description="an id, an older one, or the first digits of one (4 at least)")]
Name = Annotated[str, Path(min_length=1, max_length=500, description="the occasion's name")]


def _pairs(given: BaseModel) -> list[tuple[str, str]]:
    """Return a question as the parameters of an address."""
    pairs: list[tuple[str, str]] = []
    for name, value in given.model_dump(mode="json", exclude_defaults=True).items():
        pairs += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
    return pairs


def _next(path: str, given: BaseModel, after: str) -> str:
    kept = [pair for pair in _pairs(given) if pair[0] != "after"]
    return f"{path}?{urlencode([*kept, ('after', after)], errors='surrogatepass')}"


def _deals_asked(request: Request, given: shapes.DealAsked) -> Asked:
    house = house_of(request)
    return asked(_pairs(given), house.today(), house.settings, given.limit)


def _limit(request: Request, limit: int) -> int:
    most = house_of(request).settings.max_page_rows
    if limit > most:
        raise UsageError(f"limit: at most {most} rows (max_page_rows)")
    return limit


@router.get("", responses={200: {"model": shapes.Index}})
def index(request: Request) -> Response:
    """Tell the ways into the API."""
    names = ("deals", "facets", "documents", "occasions", "scores", "feeds", "decisions", "about")
    links = {name: f"/api/v1/{name}" for name in names} | {"openapi": "/openapi.json"}
    about = {"name": "Paraph", "version": __version__, "desk": house_of(request).name, "links": links}
    return json_rows(request, about)


@router.get("/deals", responses={200: {"model": shapes.DealList}})
def deals(request: Request, given: Annotated[shapes.DealAsked, Query()]) -> Response:
    """List deals by the filters of the pages, a page at a time."""
    desk = desk_of(request)
    want = _deals_asked(request, given)
    found, following = listed(desk, want)
    return json_rows(
        request,
        {
            "total": desk.count(want.query),
            "next": _next("/api/v1/deals", given, found[-1].cursor) if following else None,
            "items": [rows.deal_shape(row) for row in found],
        },
    )


@router.get("/facets", responses={200: {"model": shapes.FacetCounts}})
def facets(request: Request, given: Annotated[shapes.DealAsked, Query()]) -> Response:
    """Count the deals of a list by each facet."""
    found = desk_of(request).facets(_deals_asked(request, given).query)
    counts = {field: dict(values) for field, values in found.counts.items()}
    return json_rows(request, {"of": found.of, "whole": found.whole, "counts": counts})


@router.get("/deals/{id}", responses={200: {"model": shapes.DealWhole}})
def deal(request: Request, id: Id) -> Response:
    """Give a deal with its history, contradictions, verdicts and decisions."""
    desk = desk_of(request)
    made = deal_page_dict(page_of(desk, desk.deal(id), house_of(request).today()))
    made["decisions"] = made["decisions"][-MOST_DECISIONS:]
    sightings = made.pop("sightings")
    return json_rows(request, made | {"sightings_of": len(sightings), "sightings": sightings[-MOST_SIGHTINGS:]})


@router.get("/signals/{id}", responses={200: {"model": shapes.SignalWhole}})
def signal(request: Request, id: Id) -> Response:
    """Give one signal with its state, reasons and selector."""
    desk = desk_of(request)
    row = desk.signal(id)
    text = desk.document(row.sighting.document).document.text
    return json_rows(request, rows.signal_shape(row, text if row.newest else None, text_hash(text)))


@router.get("/documents", responses={200: {"model": shapes.DocumentList}})
def documents(request: Request, given: Annotated[shapes.DocumentAsked, Query()]) -> Response:
    """List documents, newest first; with ``q`` those that hold the words."""
    found = desk_of(request).documents_page(
        words=given.q,
        publisher=given.publisher,
        kind=given.kind,
        since=given.since,
        until=given.until,
        limit=_limit(request, given.limit),
        after=given.after,
    )
    following = _next("/api/v1/documents", given, found.rows[-1].cursor) if found.more and found.rows else None
    items = [rows.document_shape(row) for row in found.rows]
    return json_rows(request, {"total": found.of, "whole": found.whole, "next": following, "items": items})


@router.get("/documents/{key}", responses={200: {"model": shapes.DocumentWhole}})
def document(request: Request, key: Annotated[str, Path(max_length=2_000)]) -> Response:
    """Give a document with its text and all its signals, rejected ones included."""
    desk = desk_of(request)
    kept = desk.document(key)
    signals = desk.signals_of(kept.document.id)
    return json_rows(request, rows.document_whole(kept, signals, text_hash(kept.document.text)))


@router.get("/occasions", responses={200: {"model": shapes.OccasionList}})
def occasions(request: Request) -> Response:
    """List the occasions."""
    desk = desk_of(request)
    items = [rows.occasion_shape(each, desk.settled(each.name)) for each in desk.occasions()]
    return json_rows(request, {"total": len(items), "items": items})


@router.post("/occasions", status_code=201, responses={201: {"model": shapes.OccasionShape}})
def add_occasion(request: Request, given: shapes.OccasionAsked, visitor: Keeping) -> Response:
    """Add an occasion, or give one of that name other days, parties and place."""
    from paraph.extract.codes import party_codes

    desk = desk_of(request)
    parties = party_codes(",".join(given.parties))
    name = " ".join(given.name.split())
    desk.add_occasion(Occasion(name, parties, given.first, given.last, given.place or None))
    return json_rows(request, rows.occasion_shape(desk.occasion(name), desk.settled(name)), status=201)


@router.get("/occasions/{name}", responses={200: {"model": shapes.OccasionShape}})
def occasion(request: Request, name: Name) -> Response:
    """Give one occasion."""
    desk = desk_of(request)
    found = desk.occasion(name)
    return json_rows(request, rows.occasion_shape(found, desk.settled(found.name)))


@router.delete("/occasions/{name}", status_code=204)
def remove_occasion(request: Request, name: Name, visitor: Keeping) -> Response:
    """Take an occasion out, with its verdicts."""
    desk_of(request).remove_occasion(name)
    return Response(status_code=204)


@router.get("/occasions/{name}/outcomes", responses={200: {"model": shapes.OutcomeList}})
def outcomes(request: Request, name: Name, given: Annotated[shapes.OutcomeAsked, Query()]) -> Response:
    """Give what an occasion brought, as it was last worked out: what was said before, and what came."""
    house, desk = house_of(request), desk_of(request)
    found = desk.occasion(name)
    sure = house.settings.brief_confidence if given.min_confidence is None else given.min_confidence
    announced = None if given.announced is None else given.announced == "yes"
    page = desk.outcomes(
        found.name,
        outcomes=given.outcome,
        announced=announced,
        min_confidence=sure,
        limit=_limit(request, given.limit),
        after=given.after,
        today=house.today(),
    )
    counts = desk.outcome_counts(found.name, min_confidence=sure)
    path = request.url.path
    return json_rows(
        request,
        {
            "occasion": rows.occasion_shape(found, desk.settled(found.name)),
            "of": counts.of,
            "whole": counts.whole and page.whole,
            "counts": _by_outcome(counts.outcomes, True),
            "unannounced": _by_outcome(counts.outcomes, False),
            "next": _next(path, given, page.rows[-1].cursor) if page.more and page.rows else None,
            "items": [rows.outcome_shape(row) for row in page.rows],
        },
    )


def _by_outcome(counts: Mapping[tuple[Outcome, bool], int], announced: bool) -> dict[str, int]:
    return {str(outcome): counts.get((outcome, announced), 0) for outcome in Outcome}


@router.get("/scores", responses={200: {"model": shapes.Cards}})
def cards(request: Request, given: Annotated[shapes.ScoreAsked, Query()]) -> Response:
    """Give the scorecards by one thing."""
    today = house_of(request).today()
    found = scores(desk_of(request), given.by, occasion=given.occasion or None, today=today, others=given.few)
    return json_rows(request, {"occasion": given.occasion or None} | found.to_dict())


@router.get("/feeds", responses={200: {"model": shapes.FeedList}})
def feeds(request: Request) -> Response:
    """Give the feeds with their health and gaps."""
    found = Keep(desk_of(request)).feeds()
    return json_rows(request, {"total": len(found), "items": [feed.to_dict() for feed in found]})


@router.get("/decisions", responses={200: {"model": shapes.DecisionList}})
def decisions(
    request: Request,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="only decisions of lower numbers")] = None,
    limit: Annotated[int, Query(ge=1)] = 50,
) -> Response:
    """Give the log of decisions, newest first."""
    found = desk_of(request).log(_limit(request, limit) + 1, before=before)
    more = len(found) > limit
    found = found[:limit]
    following = f"/api/v1/decisions?before={found[-1].id}&limit={limit}" if more else None
    return json_rows(request, {"next": following, "items": [review_dict(review) for review in found]})


@router.post("/decisions", status_code=201, responses={201: {"model": shapes.Decided}})
def decide(request: Request, given: shapes.DecisionAsked, visitor: Reviewing) -> Response:
    """Write a decision to the log, in the visitor's name, and act on it."""
    desk: Desk = desk_of(request)
    values = given.model_dump(mode="json", exclude_none=True)
    pairs = [(name, str(value)) for name, value in values.items() if name != "signals"]
    pairs += [("signals", value) for value in given.signals]
    return json_rows(request, {"decisions": decided(desk, Fields(tuple(pairs)), visitor)}, status=201)


@router.get("/about", responses={200: {"model": shapes.AboutShape}})
def about(request: Request) -> Response:
    """Tell what the desk holds."""
    return json_rows(request, about_dict(desk_of(request).about()))
