"""The page of one occasion: before and after side by side; before its first day a countdown and what is on the table.

Only what was settled is read; nothing is judged by looking. A keeper's button does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from paraph.desk import DealQuery, Desk
from paraph.desk.once import once
from paraph.desk.pages import OutcomePage, OutcomeRow
from paraph.desk.people import may
from paraph.desk.scoring import scores
from paraph.desk.table import (
    NEAR_DAYS,
    Around,
    TablePage,
    Words,
    around,
    deals_of,
    previews,
    table,
    words_after,
    words_before,
)
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.model import Certainty, Occasion, Outcome, Sector, Sighting, Verdict
from paraph.resolve.scorecards import By, Card
from paraph.show.deal_story import anchored
from paraph.show.outcome_list import COLUMNS as OUTCOME_COLUMNS
from paraph.show.outcome_list import outcome_dict, outcome_row
from paraph.show.pictures.before_after import NOT_SPOKEN_OF, before_after
from paraph.show.pictures.picture import Picture
from paraph.show.words import CERTAINTIES, STAGES, between, name_of, state, voice
from paraph.web.access import Keeping, Role
from paraph.web.answers import csv_rows, json_rows, page, see
from paraph.web.asking import MOST_VALUES, Asked, asked, number_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.calendar import calendar_file
from paraph.web.forms import Sent
from paraph.web.house import House, desk_of, house_of, visitor_of
from paraph.web.occasions import address_of, event_of, found, id_of, occasion_of, same_meeting, when
from paraph.web.pictures import picture_file
from paraph.web.views.occasions import Came, came_of, keeps, told

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Deals of a page, and unannounced ones below those that were on the table. Set so that a page with all its forms stays under
# 150 kB.
ROWS, UNANNOUNCED = 25, 10
# Cards of publishers and of sources beside the page.
CARDS = 6
# Entries of the feed.
ENTRIES = 100
FORMS = ("json", "csv", "atom", "ics")
PICTURES = ("svg", "csv", "json")
# What was made: the only outcomes of which the unannounced are told without being asked for.
MADE = (Outcome.SIGNED, Outcome.AGREED)


@dataclass(frozen=True, slots=True)
class Want:
    """What the address of an occasion asks for: which deals, with which outcome, from where on."""

    asked: Asked
    outcomes: tuple[Outcome, ...]
    announced: bool | None
    min_confidence: float
    limit: int
    after: str
    begin: int

    @property
    def deals(self) -> DealQuery | None:
        """The query that chooses among the deals; None where none is left out, but for confidence."""
        query = replace(self.asked.query, min_confidence=0.0, sort="last", limit=0, after="", today=None)
        return None if query == DealQuery(limit=0) else replace(query, today=self.asked.query.today)

    @property
    def filtered(self) -> bool:
        """Whether the address leaves out deals, be it for what came of them."""
        return bool(self.asked.filters)


def _wanted(request: Request, limit: int, min_confidence: float | None = None) -> Want:
    """Read an address; ``min_confidence`` stands for the setting where the address names none."""
    house, pairs = house_of(request), request.query_params.multi_items()
    base = asked([pair for pair in pairs if pair[0] not in ("occasion", "sort")], house.today(), house.settings, limit)
    named = list(dict.fromkeys(value.strip() for name, value in pairs if name == "outcome" and value.strip()))
    for value in named[: MOST_VALUES + 1]:
        if value not in list(Outcome):
            raise UsageError(f"outcome: {value!r} is not known; give one of: {', '.join(Outcome)}")
    announced = next((value.strip() for name, value in pairs if name == "announced" and value.strip()), "")
    if announced not in ("", "yes", "no"):
        raise UsageError(f"announced: {announced!r} is neither yes nor no")
    own = [("outcome", value) for value in named] + ([("announced", announced)] if announced else [])
    sure = base.query.min_confidence if min_confidence is None or base.one("min_confidence") else min_confidence
    return Want(
        Asked(base.query, (*base.pairs, *own)),
        tuple(map(Outcome, named)),
        None if not announced else announced == "yes",
        sure,
        base.query.limit,
        base.query.after,
        number_of(dict(pairs), "from", 0, 1_000_000),
    )


def _here(request: Request, given: str) -> Occasion | Response:
    """Return the occasion of an address, or the way to its own one."""
    occasion, own = found(desk_of(request), given)
    return occasion if own else _way(request, given, address_of(occasion))


def _way(request: Request, given: str, address: str) -> Response:
    rest = request.url.path.removeprefix("/occasions/").removeprefix(quote(given, safe="")).removeprefix(given)
    rest = rest if rest.startswith(("/", ".")) else ""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(address + rest + query, status_code=302)


def _begun(house: House, occasion: Occasion) -> bool:
    return house.today() >= occasion.first


# The picture.


def _words(house: House, occasion: Occasion) -> Words:
    sure = house.settings.brief_confidence
    with house.desk.look() as connection:
        if _begun(house, occasion) and house.desk.settled(occasion.name).done:
            return words_after(connection, occasion, house.settings, sure)
        query = DealQuery(min_confidence=sure)
        return words_before(connection, occasion, house.settings, query, house.today())


def _picture(house: House, occasion: Occasion) -> Picture:
    counts: dict[tuple[str, Certainty, Outcome | None, bool], int] = {}
    for (word, outcome), n in _words(house, occasion).items():
        if word is None:
            key = (NOT_SPOKEN_OF, Certainty.CERTAIN, outcome, False)
        else:
            stage, ahead, sure = word
            key = (STAGES[stage] + (", ahead" if ahead else ""), sure, outcome, True)
        counts[key] = counts.get(key, 0) + n
    return before_after(occasion, counts)


@router.get("/occasions/{id}/before-after.{form}")
def occasion_picture(request: Request, id: str, form: str) -> Response:
    """Give the picture of before and after."""
    occasion = _here(request, id)
    if isinstance(occasion, Response):
        return occasion
    if form not in PICTURES:
        raise NotOnDesk(f"picture before-after.{form} is not on the desk; there are: {', '.join(PICTURES)}")
    return picture_file(request, _picture(house_of(request), occasion), form)  # type: ignore[arg-type]


# The page.


@dataclass(frozen=True, slots=True)
class Group:
    """Deals of one outcome on a page; ``of`` is how many there are in all, None where that was not counted."""

    outcome: Outcome
    rows: Sequence[OutcomeRow]
    of: int | None

    @property
    def size(self) -> int:
        """How many stand on the page."""
        return len(self.rows)


@router.get("/occasions/{id}/remove")
def remove_page(request: Request, id: str, visitor: Keeping) -> Response:
    """Ask once more before an occasion is taken out."""
    occasion = _here(request, id)
    if isinstance(occasion, Response):
        return occasion
    return page(
        request,
        "occasion_remove.html",
        occasion=occasion,
        address=address_of(occasion),
        came=came_of(house_of(request), occasion),
        told=told,
    )


@router.post("/occasions/{id}/remove")
def remove_occasion(
    request: Request,
    id: str,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Take an occasion out, with its verdicts."""
    occasion, _ = found(desk_of(request), id)
    if fields.one("sure") != "yes":
        return see(request, f"{address_of(occasion)}/remove")
    desk_of(request).remove_occasion(occasion.name)
    return see(request, "/occasions")


@router.post("/occasions/{id}/change")
def change_occasion(
    request: Request,
    id: str,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Give an occasion other parties, days or another place; its verdicts are dropped then."""
    occasion, _ = found(desk_of(request), id)
    desk_of(request).add_occasion(occasion_of(fields, occasion.name))
    return see(request, address_of(occasion))


@router.post("/occasions/{id}/judge")
def judge_occasion(
    request: Request,
    id: str,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Work out what an occasion brought, and keep it."""
    desk = desk_of(request)
    occasion, _ = found(desk, id)
    if not _begun(house_of(request), occasion):
        raise DeskError(f"occasion “{occasion.name}” begins on {occasion.first}; it brought nothing yet")
    desk.judge(occasion)
    return see(request, address_of(occasion))


@router.get("/occasions/{id}.{form}")
def occasion_rows(request: Request, id: str, form: str) -> Response:
    """Give what an occasion brought as the JSON of ``paraph outcomes``, as CSV or a feed; or itself as a calendar."""
    if form not in FORMS:  # a name with a full stop in it
        return _shown(request, f"{id}.{form}")
    try:
        occasion = _here(request, id)
    except DeskError:
        return _shown(request, f"{id}.{form}")
    if isinstance(occasion, Response):
        return occasion
    if form == "ics":
        return _calendar(request, occasion)
    return _files(request, occasion, form)


@router.get("/occasions/{id:path}")
def occasion_page(request: Request, id: str) -> Response:
    """Show the occasion."""
    return _shown(request, id)


def _shown(request: Request, id: str) -> Response:
    occasion = _here(request, id)
    if isinstance(occasion, Response):
        return occasion
    house = house_of(request)
    want = _wanted(request, ROWS)
    visitor = visitor_of(request)
    came = came_of(house, occasion)
    context: dict[str, Any] = {
        "occasion": occasion,
        "address": address_of(occasion),
        "when": when(occasion, house.today()),
        "came": came,
        "want": want,
        "asked": want.asked,
        "picture": _picture(house, occasion),
        "around": _around(house, occasion),
        "outcomes": list(Outcome),
        "sectors": list(Sector),
        "parties": _parties(house, occasion),
        "here": address_of(occasion) + want.asked.string.rstrip("?"),
        "again": [each for each in desk_of(request).occasions() if same_meeting(each, occasion)][:3],
        "address_of": address_of,
        "anchored": lambda sighting: anchored(sighting, house.settings.quote_chars),
        "reviewer": visitor is not None and may(visitor.role, Role.REVIEWER),
        "keeper": keeps(request),
        "cards": {},
        "settings": house.settings,
        "near": timedelta(NEAR_DAYS),
        "table_back": timedelta(house.settings.table_days),
        "after_days": timedelta(house.settings.verdict_days),
    }
    if came.counts is not None:
        context |= _outcomes(house, occasion, want, came)
        if came.over:
            context["cards"] = _cards(house, occasion)
        return page(request, "occasion.html", **context)
    return page(request, "occasion_ahead.html", **context, table=_table(house, occasion, want))


def _around(house: House, occasion: Occasion) -> Around:
    with house.desk.look() as connection:
        return around(connection, occasion, house.settings, house.today())


def _parties(house: House, occasion: Occasion) -> Sequence[str]:
    """Return the parties that a filter offers: those of the occasion; any other may be asked for in the address."""
    return occasion.parties


def _outcomes(house: House, occasion: Occasion, want: Want, came: Came) -> dict[str, Any]:
    """Return what the page shows of what came: groups of those on the table, then the unannounced."""
    rows: OutcomePage | None = None
    new: OutcomePage | None = None
    if want.announced is not False:
        rows = _page(house, occasion, want, announced=True, outcomes=want.outcomes, limit=want.limit, after=want.after)
    if want.announced is False:
        new = _page(house, occasion, want, announced=False, outcomes=want.outcomes, limit=want.limit, after=want.after)
    elif want.announced is None and not want.after:
        wanted = tuple(each for each in MADE if not want.outcomes or each in want.outcomes)
        if wanted:
            new = _page(house, occasion, want, announced=False, outcomes=wanted, limit=UNANNOUNCED)
    counts = came.counts
    if want.deals is not None or want.min_confidence != house.settings.brief_confidence:
        counts = house.desk.outcome_counts(occasion.name, min_confidence=want.min_confidence, among_deals=want.deals)
    assert counts is not None  # noqa: S101  the caller has them
    numbers = counts.outcomes
    return {
        "counts": counts,
        "all_of": sum(
            n
            for (outcome, known), n in numbers.items()
            if (not want.outcomes or outcome in want.outcomes) and (want.announced is None or known == want.announced)
        ),
        "groups": _groups(_previewed(house, occasion, rows.rows), numbers, True) if rows else [],
        "more": rows.rows[-1].cursor if rows and rows.more else "",
        "new_groups": _groups(new.rows, numbers, False) if new else [],
        "new_of": sum(numbers.get((each, False), 0) for each in (want.outcomes or MADE)),
        "later_of": sum(numbers.get((each, False), 0) for each in Outcome if each not in MADE),
        "new_more": new.rows[-1].cursor if new and new.more and want.announced is False else "",
    }


def _page(
    house: House,
    occasion: Occasion,
    want: Want,
    *,
    announced: bool | None,
    outcomes: Sequence[Outcome],
    limit: int,
    after: str = "",
) -> OutcomePage:
    return house.desk.outcomes(
        occasion.name,
        outcomes=outcomes,
        announced=announced,
        min_confidence=want.min_confidence,
        among_deals=want.deals,
        hints=0,
        limit=limit,
        after=after,
        today=house.today(),
    )


def _previewed(house: House, occasion: Occasion, rows: Sequence[OutcomeRow]) -> list[OutcomeRow]:
    """Give those of which nobody spoke before the first day what was said on the days themselves of what was to come."""
    late = [row.deal.id for row in rows if row.before is None]
    if not late:
        return list(rows)
    with house.desk.look() as connection:
        said = previews(connection, occasion, late)
    return [replace(row, before=said.get(row.deal.id)) if row.before is None else row for row in rows]


def _groups(rows: Sequence[OutcomeRow], counts: Mapping[tuple[Outcome, bool], int], announced: bool) -> list[Group]:
    made: dict[Outcome, list[OutcomeRow]] = {}
    for row in rows:
        made.setdefault(row.verdict.outcome, []).append(row)
    return [Group(outcome, rows, counts.get((outcome, announced))) for outcome, rows in made.items()]


def _table(house: House, occasion: Occasion, want: Want, limit: int | None = None) -> TablePage:
    query = replace(want.asked.query, min_confidence=want.min_confidence, sort="last", limit=0, after="")
    with house.desk.look() as connection:
        return table(
            connection,
            occasion,
            house.settings,
            query=query,
            today=house.today(),
            hints=0,
            limit=want.limit if limit is None else limit,
            begin=want.begin,
        )


def _cards(house: House, occasion: Occasion) -> dict[str, tuple[Sequence[Card], int]]:
    """Return the cards of publishers and sources at an occasion that is over, with how many of each there are."""
    desk: Desk = house.desk

    def of(by: By) -> tuple[Sequence[Card], int]:
        cards = scores(desk, by, occasion=occasion.name, today=house.today(), others=CARDS)
        return cards.cards[:CARDS], cards.values

    with desk.look() as connection:
        asked_for = ("cards at", occasion, house.today(), house.settings)
        return once(connection, asked_for, lambda: {str(by): of(by) for by in (By.PUBLISHER, By.SOURCE)})


# The same as files.


def _calendar(request: Request, occasion: Occasion) -> Response:
    house = house_of(request)
    summary = f"{between(occasion.parties)}: {told(came_of(house, occasion))}"
    event = event_of(occasion, str(request.base_url), summary)
    return calendar_file(request, [event], occasion.name, id_of(occasion.name), house.now())


def _files(request: Request, occasion: Occasion, form: str) -> Response:
    """Give the verdicts as they were settled; all of them, but no more than ``max_page_rows`` at once.

    As with ``paraph outcomes`` no deal is left out for being unsure, unless ``min_confidence`` is given.
    """
    house = house_of(request)
    settings, desk = house.settings, house.desk
    want = _wanted(request, ENTRIES if form == "atom" else settings.max_page_rows, 0.0)
    rows = _page(
        house,
        occasion,
        want,
        announced=want.announced,
        outcomes=want.outcomes,
        limit=want.limit,
        after=want.after,
    )
    here = address_of(occasion)
    if form == "atom":
        title = f"Paraph: {occasion.name}"
        entries = [_entry(occasion, row) for row in rows.rows]
        return atom_feed(request, title, here + want.asked.string.rstrip("?"), entries)
    with desk.look() as connection:
        deals = deals_of(connection, [row.deal.id for row in rows.rows])
    pairs = [(deals[row.deal.id], row.verdict) for row in rows.rows if row.deal.id in deals]
    if form == "csv":
        lines = [outcome_row(deal, verdict, occasion, settings) for deal, verdict in pairs]
        return csv_rows(request, OUTCOME_COLUMNS, lines, id_of(occasion.name))
    settled = desk.settled(occasion.name)
    counts = desk.outcome_counts(occasion.name, min_confidence=want.min_confidence, among_deals=want.deals)
    following = want.asked.with_(after=rows.rows[-1].cursor) if rows.more else ""
    return json_rows(
        request,
        {
            "occasion": {"id": id_of(occasion.name)} | occasion.to_dict(),
            "page": here,
            "settled": settled.done,
            "stale": settled.stale,
            "total": counts.of,
            "next": f"{here}.json{following}" if following else None,
            "deals": [outcome_dict(deal, verdict) for deal, verdict in pairs],
        },
    )


def _entry(occasion: Occasion, row: OutcomeRow) -> Entry:
    verdict: Verdict = row.verdict
    title = f"{row.deal.title}: {verdict.outcome}"
    if verdict.by:
        parts = [f"decided by {verdict.by}" + (f": {verdict.reason}" if verdict.reason else "")]
    else:
        parts = [f"{verdict.confidence:.2f} sure"]
    if row.before is not None:
        parts.append(f"before: {_said(row.before)}")
    if verdict.evidence is not None:
        parts.append(f"after: {_said(verdict.evidence)}")
    changed = verdict.evidence.day if verdict.evidence is not None else occasion.last
    return Entry(f"{address_of(occasion)}#d-{row.deal.id}", title, changed, "; ".join(parts))


def _said(sighting: Sighting) -> str:
    signal = sighting.signal
    words = f"{voice(signal)}, {state(signal)}, {CERTAINTIES[signal.certainty]}"
    return f"{words}: “{sighting.quote}” ({name_of(sighting)})"
