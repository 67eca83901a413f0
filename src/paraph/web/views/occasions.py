"""The list of occasions: those ahead with what is on their table, those past with what came; adding one, and suggestions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import DealQuery, Desk
from paraph.desk.pages import OutcomeCounts, Settled
from paraph.desk.people import may
from paraph.desk.table import table
from paraph.errors import UsageError
from paraph.extract.codes import party_codes
from paraph.model import Occasion, Outcome
from paraph.show.occasion_list import days
from paraph.show.words import between, count, party
from paraph.web.access import Keeping, Role
from paraph.web.answers import csv_rows, json_rows, page, see
from paraph.web.asking import number_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.calendar import calendar_file
from paraph.web.forms import Fields, Sent
from paraph.web.house import House, desk_of, house_of, visitor_of
from paraph.web.occasions import add, address_of, event_of, id_of, occasion_of, when

__all__ = ["Came", "came_of", "router", "told"]

router = APIRouter(include_in_schema=False)

# Occasions of a page, ahead and past each. Set so that a page whose counts are all new takes under 200 ms at a million signals,
# where the counts of one take some ten (measured on a desk made for that).
ROWS = 12
# Of so many occasions ahead, the nearest, it is told how many deals are on their table; each takes a tenth of a second there.
TABLES = 2
# Documents that suggestions are looked for in, the newest, and how far back where nobody says: a second's reading.
LOOKED_AT, LOOK_DAYS = 400, 60
# Suggestions that are shown, and sentences of each.
SUGGESTED, SENTENCES = 20, 2

COLUMNS = (
    "id name parties from to place when settled stale on_the_table signed agreed advanced refused absent unannounced"
).split()
LISTS = Literal["json", "csv", "atom", "ics"]


@dataclass(frozen=True, slots=True)
class Came:
    """An occasion in the list: how far off it is, and what came of it as far as that was worked out.

    ``table`` is how many deals are on the table, None where that was not counted; ``table_whole`` is false where there are more.
    """

    occasion: Occasion
    when: str
    over: bool
    settled: Settled
    counts: OutcomeCounts | None = None
    table: int | None = None
    table_whole: bool = True

    def n(self, outcome: Outcome) -> int:
        """Return how many deals of those that were announced came to that."""
        return self.counts.outcomes.get((outcome, True), 0) if self.counts else 0

    @property
    def announced(self) -> int:
        """How many deals were on the table before."""
        return sum(map(self.n, Outcome))

    @property
    def unannounced(self) -> int:
        """How many deals were made of which nobody had spoken."""
        if self.counts is None:
            return 0
        return sum(self.counts.outcomes.get((each, False), 0) for each in (Outcome.SIGNED, Outcome.AGREED))

    @property
    def address(self) -> str:
        """The path of its page."""
        return address_of(self.occasion)


def came_of(house: House, occasion: Occasion) -> Came:
    """Return what came of an occasion, as it was settled; nothing is worked out."""
    desk, today = house.desk, house.today()
    settled = desk.settled(occasion.name)
    begun = today >= occasion.first
    counts = (
        desk.outcome_counts(occasion.name, min_confidence=house.settings.brief_confidence)
        if begun and settled.done
        else None
    )
    return Came(occasion, when(occasion, today), today > occasion.last, settled, counts)


def _with_table(house: House, came: Came) -> Came:
    with house.desk.look() as connection:
        query = DealQuery(min_confidence=house.settings.brief_confidence)
        found = table(connection, came.occasion, house.settings, query=query, today=house.today(), hints=0, limit=0)
    return Came(came.occasion, came.when, came.over, came.settled, came.counts, found.of, found.whole)


def told(came: Came) -> str:
    """Return what came of an occasion as one sentence, each number with what it is of."""
    if came.counts is None:
        if came.over:
            return "not worked out yet"
        return "ahead"
    of = came.announced
    parts = [
        f"{came.n(each):,} {word}"
        for each, word in (
            (Outcome.SIGNED, "signed"),
            (Outcome.AGREED, "agreed"),
            (Outcome.ADVANCED, "went on"),
            (Outcome.REFUSED, "refused"),
            (Outcome.ABSENT, "of which nothing was said"),
        )
    ]
    new = f"; {came.unannounced:,} came unannounced" if came.unannounced else ""
    return f"of {count(of, 'deal')} on the table: {', '.join(parts)}{new}"


@dataclass(frozen=True, slots=True)
class _Want:
    """Which occasions an address asks for."""

    party: str
    side: str
    words: str
    begin: int

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters but for the place in the list."""
        named = (("party", self.party), ("when", self.side), ("q", self.words))
        return [(name, value) for name, value in named if value]

    def string(self, **changes: Any) -> str:
        """Return the query string with some parameters changed."""
        text = urlencode({**dict(self.pairs), **{k: v for k, v in changes.items() if v}}, errors="surrogatepass")
        return f"?{text}" if text else "?"


def _wanted(request: Request) -> _Want:
    given = dict(request.query_params)
    side = given.get("when", "")
    if side not in ("", "ahead", "past"):
        raise UsageError(f"when: {side!r} is not known; give one of: ahead, past")
    named = given.get("party", "").strip()
    return _Want(
        party_codes(named)[0] if named else "",
        side,
        " ".join(given.get("q", "").split())[:200],
        number_of(given, "from", 0, 1_000_000),
    )


def _split(desk: Desk, want: _Want, today: date) -> tuple[list[Occasion], list[Occasion]]:
    """Return the occasions asked for: those not over, nearest first, and those over, newest first."""
    words = want.words.casefold().split()
    chosen = [
        each
        for each in desk.occasions()
        if (not want.party or want.party in each.parties)
        and all(word in f"{each.name} {each.place or ''}".casefold() for word in words)
    ]
    ahead = [each for each in chosen if each.last >= today and want.side != "past"]
    past = [each for each in chosen if each.last < today and want.side != "ahead"]
    past.sort(key=lambda each: (-each.last.toordinal(), each.name))
    return ahead, past


def _shown(request: Request) -> dict[str, Any]:
    house, want = house_of(request), _wanted(request)
    ahead, past = _split(house.desk, want, house.today())
    coming = [came_of(house, each) for each in ahead[:ROWS]] if not want.begin else []
    coming = [
        _with_table(house, each) if nth < TABLES and each.counts is None else each for nth, each in enumerate(coming)
    ]
    over = [came_of(house, each) for each in past[want.begin : want.begin + ROWS]]
    end = want.begin + len(over)
    parties = sorted({code for each in house.desk.occasions() for code in each.parties})
    return {
        "want": want,
        "coming": coming,
        "coming_of": len(ahead),
        "over": over,
        "over_of": len(past),
        "end": end,
        "following": want.string(**{"from": end}) if end < len(past) else "",
        "parties": sorted(((party(code), code) for code in parties), key=lambda pair: pair[0].casefold()),
        "any": bool(parties),
        "told": told,
        "days": days,
        "outcomes": list(Outcome),
        "keeper": keeps(request),
    }


def keeps(request: Request) -> bool:
    """Whether who asks is a keeper."""
    visitor = visitor_of(request)
    return visitor is not None and may(visitor.role, Role.KEEPER)


@router.get("/occasions")
def occasions_page(request: Request) -> Response:
    """Show the list."""
    return page(request, "occasions.html", **_shown(request), found=None)


@router.get("/occasions.{form}")
def occasions_rows(request: Request, form: LISTS) -> Response:
    """Give the occasions asked for as JSON, CSV or a feed, as many as the page shows; a calendar has ``max_page_rows`` of them.

    What came of each is counted, so rows come a page at a time (``from``).
    """
    house, want = house_of(request), _wanted(request)
    ahead, past = _split(house.desk, want, house.today())
    most = house.settings.max_page_rows if form == "ics" else ROWS
    chosen = (ahead + past)[want.begin : want.begin + most]
    base = str(request.base_url)
    if form == "ics":
        return calendar_file(request, [event_of(each, base) for each in chosen], "Occasions", "occasions", house.now())
    found = [came_of(house, each) for each in chosen]
    if form == "csv":
        return csv_rows(request, COLUMNS, [_row(each) for each in found], "occasions")
    if form == "atom":
        today = house.today()
        entries = [
            Entry(each.address, f"{each.occasion.name}: {each.when}", min(each.occasion.last, today), _summary(each))
            for each in found
        ]
        return atom_feed(request, "Paraph: occasions", f"/occasions{want.string()}", entries)
    end = want.begin + len(chosen)
    more = end < len(ahead) + len(past)
    return json_rows(
        request,
        {
            "page": f"/occasions{want.string()}",
            "total": len(ahead) + len(past),
            "next": f"/occasions.json{want.string(**{'from': end})}" if more else None,
            "items": [_item(each) for each in found],
        },
    )


def _summary(came: Came) -> str:
    occasion = came.occasion
    return "; ".join(filter(None, [days(occasion), between(occasion.parties), occasion.place, told(came)]))


def _item(came: Came) -> dict[str, Any]:
    counts = came.counts
    return (
        {"id": id_of(came.occasion.name)}
        | came.occasion.to_dict()
        | {
            "when": came.when,
            "settled": came.settled.done,
            "stale": came.settled.stale,
            "on_the_table": came.announced if counts else None,
            "came": {str(each): came.n(each) for each in Outcome} if counts else None,
            "unannounced": came.unannounced if counts else None,
            "page": came.address,
        }
    )


def _row(came: Came) -> Mapping[str, Any]:
    item = _item(came)
    return {name: item.get(name) for name in COLUMNS} | (item["came"] or {})


@router.post("/occasions")
def add_occasion(
    request: Request,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Add an occasion and go to its page."""
    occasion = occasion_of(fields)
    add(desk_of(request), occasion)
    return see(request, address_of(occasion))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look for suggestions found, and what was looked at."""

    suggestions: Sequence[Any]
    more: int
    looked: int
    of: int
    whole: bool
    since: date
    until: date | None


@router.post("/occasions/suggest")
def suggest_occasions(
    request: Request,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Look for occasions in the newest documents and show them, each with a button that adds it; nothing is written."""
    return page(request, "occasions.html", **_shown(request), found=_suggested(house_of(request), fields))


def _suggested(house: House, fields: Fields) -> _Found:
    from paraph.resolve.occasions import suggest

    text = fields.one("since").strip()
    try:
        since = date.fromisoformat(text) if text else _back(house)
    except ValueError:
        raise UsageError(f"since: {text!r} is no day; give one as 2025-12-04") from None
    desk = house.desk
    listed = desk.documents_page(since=since, limit=LOOKED_AT)
    documents = [desk.document(row.key) for row in listed.rows]
    found = suggest(documents, known=desk.occasions(), name_of=party)
    newest = listed.rows[0].day if listed.rows else None
    oldest = listed.rows[-1].day if listed.more else since
    return _Found(
        found[:SUGGESTED],
        max(0, len(found) - SUGGESTED),
        len(documents),
        listed.of,
        listed.whole,
        oldest,
        newest,
    )


def _back(house: House) -> date:
    """Return the day from which documents are looked at where nobody says: of a desk that rests, the last days it has."""
    last = house.desk.documents_page(limit=1).rows
    newest = last[0].day if last else house.today()
    return min(newest, house.today()) - timedelta(LOOK_DAYS)
