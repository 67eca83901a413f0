"""The feeds that the desk follows, with the health of each and the times between which entries may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.show.feed_list import ago, apart, due_in
from paraph.watch.health import Feed
from paraph.watch.keep import Keep
from paraph.watch.opml import tidy_url, write_opml
from paraph.web.access import Keeping
from paraph.web.answers import Form, csv_rows, json_rows, page, see, tagged
from paraph.web.asking import number_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.forms import Sent
from paraph.web.house import desk_of, house_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Feeds of a page; set by eye: under 150 kB also where each has gaps.
PAGE_FEEDS = 100
# Gaps of each feed that the page names, the newest; the JSON has all that are kept.
GAPS = 3
COLUMNS = "title url state checked succeeded due failures error items period_seconds gaps".split()
# What ails a feed comes first.
ORDER = {"failing": 0, "gone": 1, "new": 2, "well": 3}


def _feeds(request: Request) -> tuple[list[Feed], str]:
    """Return the feeds in the state that the address asks for (all where it asks for none), the ailing ones first."""
    state = request.query_params.get("state", "")
    found = [feed for feed in Keep(desk_of(request)).feeds() if not state or feed.state == state]
    return sorted(found, key=lambda feed: (ORDER[feed.state], feed.name.casefold(), feed.url)), state


@router.get("/feeds")
def feeds_page(request: Request) -> Response:
    """Show the feeds."""
    desk = desk_of(request)
    found, state = _feeds(request)
    every = Keep(desk).feeds() if state else found
    begin = number_of(dict(request.query_params), "from", 0, 10_000_000)
    return page(
        request,
        "feeds.html",
        feeds=found[begin : begin + PAGE_FEEDS],
        begin=begin,
        total=len(found),
        every=len(every),
        states={name: sum(feed.state == name for feed in every) for name in ORDER},
        state=state,
        waiting=Keep(desk).backlog(),
        next_page=begin + PAGE_FEEDS if begin + PAGE_FEEDS < len(found) else 0,
        now=desk.now(),
        ago=ago,
        due_in=due_in,
        apart=apart,
        gaps=GAPS,
    )


@router.get("/feeds.opml")
def feeds_opml(request: Request) -> Response:
    """Give the feeds as OPML, which feed readers import."""
    desk = desk_of(request)
    body = write_opml([(feed.url, feed.title) for feed in Keep(desk).feeds() if not feed.gone], desk.now())
    headers = {"content-disposition": 'attachment; filename="feeds.opml"'}
    return tagged(request, Response(body, media_type="text/x-opml; charset=utf-8", headers=headers))


@router.get("/feeds.{form}")
def feeds_rows(request: Request, form: Form) -> Response:
    """Give the feeds as rows; as a feed, their troubles."""
    found, _ = _feeds(request)
    if form == "csv":
        return csv_rows(request, COLUMNS, [_row(feed) for feed in found], "feeds")
    if form == "json":
        return json_rows(request, {"total": len(found), "items": [feed.to_dict() for feed in found]})
    return atom_feed(request, "Paraph: feeds in trouble", "/feeds", _troubles(found))


def _row(feed: Feed) -> dict[str, Any]:
    row = feed.to_dict()
    return row | {"gaps": [f"{gap['from']}/{gap['to']}" for gap in row["gaps"]]}


def _troubles(found: Sequence[Feed]) -> list[Entry]:
    entries = []
    for feed in found:
        when = feed.checked or feed.added
        if feed.gone or feed.failures:
            told = "not asked any more" if feed.gone else f"{feed.failures} failures in a row"
            entries.append(Entry(f"/feeds?state={feed.state}", f"{feed.name}: {told}", when, feed.error or ""))
        entries += [
            Entry(
                "/feeds",
                f"{feed.name}: entries may be missing",
                end,
                f"between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC",
            )
            for start, end in feed.gaps
        ]
    return entries


@router.post("/feeds")
def change_feeds(
    request: Request,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Follow an address, or one no longer. Nothing is asked for: ``paraph watch`` does that."""
    house, keep = house_of(request), Keep(desk_of(request))
    url = fields.one("url").strip()
    if fields.one("do") == "remove":
        keep.remove(url)
    else:
        keep.add(
            [(tidy_url(url, source=url or "(empty)", settings=house.settings), None)],
            house.now(),
            house.settings.max_feeds,
        )
    return see(request, "/feeds")
