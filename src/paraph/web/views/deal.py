"""The page of one deal: where it stands and why, its quotations step by step, what occasions brought, what people decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from paraph.desk import Action, DealQuery, DealRow, Desk, Review
from paraph.desk.identity import site_of
from paraph.desk.kin import kin_of, named_deal
from paraph.desk.pages import SignalRow
from paraph.desk.people import may
from paraph.desk.reviews import undone
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.model import Authority, Deal, Occasion, Outcome, Sighting
from paraph.resolve.history import Step
from paraph.resolve.witnesses import said
from paraph.show.deal_page import MOVES, OVER, Page, deal_page_dict, page_of
from paraph.show.deal_story import anchored, chapters_of, cut
from paraph.show.pictures.picture import Picture, named
from paraph.show.pictures.timeline import timeline
from paraph.show.safe import line
from paraph.show.words import CERTAINTIES, STAGES, count, name_of, state, voice
from paraph.web.access import Reviewing, Role
from paraph.web.answers import Form, csv_rows, json_rows, page, see
from paraph.web.asking import number_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.forms import Fields, Sent
from paraph.web.house import desk_of, house_of, visitor_of
from paraph.web.pictures import PictureForm, picture_file
from paraph.web.views.signal import LEAST_DIGITS, is_id

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Quotations of a page. Set so that the fullest deal of a desk of a million signals stays under 150 kB with all that stands
# beside them.
QUOTATIONS = 30
# Copies that are named under a quotation; the rest is told as a number, and is in the JSON and CSV.
COPIES = 8
# Contradictions, decisions and rows of the picture's table that a page shows; the rest is told as a number. Set by eye.
CONTRADICTIONS, DECISIONS, TABLE_ROWS = 8, 30, 20
# Verdicts that are shown with their evidence, those of the newest occasions; of the others a line says what they are.
VERDICTS = 6
# Deals that a search for the other half of a merge lists.
FOUND = 8
# Occasions that a verdict can be given on from the page, those of the deal's parties and the nearest in time first.
OCCASIONS = 40
# Publishers that are named beside the page, those with the most signals.
PUBLISHERS = 8
# Entries of the feed, the newest.
ENTRIES = 100
# Signals that may show a verdict, to choose from in the form that overrules it.
EVIDENCE = 12

COLUMNS = (
    "id day document publisher owner title url start end anchor stage ahead certainty source_type source parties sector "
    "instrument confidence authority kind voice vanished quote"
).split()


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as the page tells it: in words, with the deal or signal that it leads to."""

    review: Review
    told: str
    leads: tuple[tuple[str, str], ...]
    undone: bool


def _found(request: Request, id: str) -> Deal | Response:
    """Return the deal of an address, or the way to its own one."""
    if not is_id(id):
        raise NotOnDesk(
            f"deal {id!r} is not on the desk: the id of a deal has {LEAST_DIGITS} digits 0-9 and a-f at least"
        )
    desk = desk_of(request)
    try:
        deal = desk.deal(id)
    except DeskError:
        # A rejected signal belongs to no deal, but an old link to the deal that began with it leads to it.
        if (row := _signal(desk, id)) is None or row.deal is not None:
            raise
        return RedirectResponse(f"/signals/{row.sighting.id}", status_code=302)
    if deal.id == id:
        return deal
    path = request.url.path.replace(f"/deals/{id}", f"/deals/{deal.id}", 1)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, status_code=302)


def _signal(desk: Desk, id: str) -> SignalRow | None:
    try:
        return desk.signal(id)
    except DeskError:
        return None


def _page_of(request: Request, deal: Deal) -> Page:
    return page_of(desk_of(request), deal, house_of(request).today())


def _picture(request: Request, told: Page) -> Picture:
    today = house_of(request).today()
    return timeline(told.deal, told.history, told.verdicts, today, lambda sighting: f"/signals/{sighting.id}")


@router.get("/deals/{id}/timeline.{form}")
def deal_timeline(request: Request, id: str, form: PictureForm) -> Response:
    """Give the picture of the deal over time."""
    deal = _found(request, id)
    return (
        deal if isinstance(deal, Response) else picture_file(request, _picture(request, _page_of(request, deal)), form)
    )


@router.get("/deals/{id}.{form}")
def deal_rows(request: Request, id: str, form: Form) -> Response:
    """Give the deal as JSON, its signals as CSV, or what moved it and what was said of it as a feed."""
    deal = _found(request, id)
    if isinstance(deal, Response):
        return deal
    if form == "csv":
        rows = [_row(each) for each in deal.sightings]
        return csv_rows(request, COLUMNS, rows, f"deal-{deal.id}")
    told = _page_of(request, deal)
    if form == "json":
        return json_rows(request, {"page": f"/deals/{deal.id}"} | deal_page_dict(told))
    return atom_feed(request, f"Paraph: {deal.title}", f"/deals/{deal.id}", _entries(told))


def _row(sighting: Sighting) -> dict[str, Any]:
    values = sighting.to_dict()
    return {name: values[name] for name in COLUMNS}


def _entries(told: Page) -> list[Entry]:
    """Return the steps, what was said (copies left out) and the verdicts, the newest first."""
    here = f"/deals/{told.deal.id}"
    made: list[tuple[date, int, Entry]] = []
    for step in told.history.steps:
        title = f"{told.deal.title}: {_stands(step)} ({MOVES[step.move]})"
        summary = "" if step.move == "lapsed" else f"{voice(step.decided_by.signal)}: “{step.decided_by.quote}”"
        made.append((step.day, 1, Entry(f"{here}#d-{step.day.isoformat()}", title, step.day, summary)))
    seen: set[tuple[object, ...]] = set()
    for each in told.deal.sightings:
        if said(each) not in seen:
            seen.add(said(each))
            title = f"{name_of(each)}: {state(each.signal)}, {CERTAINTIES[each.signal.certainty]}"
            summary = f"{voice(each.signal)}: “{each.quote}”"
            made.append((each.day, 0, Entry(f"/signals/{each.id}", title, each.day, summary)))
    for occasion, verdict in told.verdicts:
        title, summary = f"{occasion.name}: {verdict.outcome}", f"{verdict.confidence:.2f} sure"
        if verdict.by:
            summary = f"by {verdict.by}" + (f": {verdict.reason}" if verdict.reason else "")
        made.append((occasion.last, 2, Entry(f"{here}#{_verdict_id(occasion)}", title, occasion.last, summary)))
    made.sort(key=lambda row: row[:2], reverse=True)
    return [entry for _, _, entry in made[:ENTRIES]]


def _verdict_id(occasion: Occasion) -> str:
    """Return the id that an occasion's verdict has on the page."""
    return f"v-{named(occasion.name)}"


def _stands(step: Step) -> str:
    if step.move == "lapsed":
        return "lapsed (inferred)"
    return f"{STAGES[step.stage]}{', ahead' if step.ahead else ''}, {CERTAINTIES[step.certainty]}"


@router.get("/deals/{id}")
def deal_page(request: Request, id: str) -> Response:
    """Show the deal."""
    deal = _found(request, id)
    if isinstance(deal, Response):
        return deal
    desk, house = desk_of(request), house_of(request)
    begin = number_of(dict(request.query_params), "from", 0, 10_000_000)
    visitor = visitor_of(request)
    reviewer = visitor is not None and may(visitor.role, Role.REVIEWER)
    find = request.query_params.get("find", "").strip() if reviewer else ""
    told = _page_of(request, deal)
    picture = _picture(request, told)
    chapters = chapters_of(deal, told.history)
    total = sum(len(chapter.quotations) for chapter in chapters)
    return page(
        request,
        "deal.html",
        told=told,
        deal=deal,
        verdicts=list(reversed(told.verdicts))[:VERDICTS],
        more_verdicts=list(reversed(told.verdicts))[VERDICTS:],
        present=told.history.status,
        documents=len({each.document for each in deal.sightings}),
        picture=replace(picture, rows=picture.rows[:TABLE_ROWS]),
        table_rows=len(picture.rows),
        chapters=cut(chapters, begin, QUOTATIONS),
        places=_places(chapters),
        begin=begin,
        shown=max(0, min(QUOTATIONS, total - begin)),
        total=total,
        size=QUOTATIONS,
        last=max(0, (total - 1) // QUOTATIONS * QUOTATIONS),
        copies=COPIES,
        moves=MOVES,
        over=OVER,
        anchored=lambda sighting: anchored(sighting, house.settings.quote_chars),
        owned=_owned,
        verdict_id=_verdict_id,
        contradictions=told.history.contradictions[:CONTRADICTIONS],
        decided=_decided(told.decisions)[:DECISIONS],
        authorities=list(Authority),
        outcomes=list(Outcome),
        evidence_for=lambda occasion: _evidence(deal, occasion, house.settings.verdict_days),
        overruling=_overruling(told.decisions),
        occasions=_occasions(desk, told, house.today()) if reviewer and not begin else (),
        kin=kin_of(desk, deal, house.today()) if reviewer and not begin else (),
        find=find,
        hits=_hits(desk, deal, find, house.today()) if find else (),
        reviewer=reviewer,
        lapse_days=house.settings.lapse_days,
        publishers=Counter(_publishers(deal)).most_common(PUBLISHERS),
        more_publishers=max(0, len(set(_publishers(deal))) - PUBLISHERS),
    )


def _owned(sighting: Sighting) -> bool:
    """Whether a person said who owns the publisher: else its owner is its own name, or its site."""
    return sighting.owner not in (None, sighting.publisher, site_of(sighting.url))


def _publishers(deal: Deal) -> list[str]:
    return [each.publisher for each in deal.sightings if each.publisher]


def _places(chapters: Sequence[Any]) -> dict[str, int]:
    """Return how many quotations stand in each place."""
    out: dict[str, int] = {}
    for chapter in chapters:
        out[chapter.place] = out.get(chapter.place, 0) + len(chapter.quotations)
    return out


def _evidence(deal: Deal, occasion: Occasion, days: int) -> list[Sighting]:
    """Return what was said on the days of an occasion and after it, what outweighs the rest first."""
    after = [
        each
        for each in deal.sightings
        if (each.day - occasion.first).days >= 0 and (each.day - occasion.last).days <= days
    ]
    return sorted(after, key=lambda each: (each.authority.rank, each.day, each.id))[:EVIDENCE]


def _occasions(desk: Desk, told: Page, today: date) -> list[Occasion]:
    """Return the occasions that have no verdict on the deal, those of more of its parties first, then the nearest."""
    known = {occasion.name for occasion, _ in told.verdicts}
    parties = set(told.deal.parties)
    rest = [each for each in desk.occasions() if each.name not in known]
    rest.sort(
        key=lambda each: (
            -len(parties.intersection(each.parties)),
            abs((each.first - told.history.status.heard).days),
            each.name,
        )
    )
    return rest[:OCCASIONS]


def _hits(desk: Desk, deal: Deal, words: str, today: date) -> list[DealRow]:
    """Return the deals in which the words stand, or the one that an id or an address names."""
    if is_id(_named(words)):
        try:
            rows = [named_deal(desk, _named(words), today)]
        except DeskError:  # a word of letters a to f is an id as well
            rows = desk.deals(DealQuery(words=words, today=today, limit=FOUND + 1))
    else:
        rows = desk.deals(DealQuery(words=words, today=today, limit=FOUND + 1))
    return [row for row in rows if row.id != deal.id][:FOUND]


def _named(text: str) -> str:
    """Return the id in what somebody typed or pasted: an id as it is, of an address of a deal or signal its last part."""
    path = urlsplit(text.strip()).path if "/" in text else text.strip()
    return path.rstrip("/").rsplit("/", 1)[-1].lower()


# What people decided.


def _decided(log: Sequence[Review]) -> list[Decided]:
    """Return the decisions, the newest first; those that undo others are left out, what they undid says so."""
    gone = undone(log)
    kept = [review for review in reversed(log) if review.action is not Action.UNDO]
    return [Decided(review, *_told(review), review.id in gone) for review in kept]


def _told(review: Review) -> tuple[str, tuple[tuple[str, str], ...]]:
    payload = review.payload
    signal = review.target.signal if review.target else review.signal or ""
    here = ((f"/signals/{signal}", "the signal"),) if signal else ()
    if review.action is Action.CORRECT:
        field = str(payload.get("field", "")).replace("_", " ")
        return f"corrected the {field} of a signal to {_value(payload.get('value'))}", here
    if review.action is Action.MERGE:
        return "said that it is one deal with another", (
            (f"/signals/{payload.get('other', '')}", "the other's signal"),
        )
    if review.action is Action.SPLIT:
        off = [str(each) for each in payload.get("signals", ())]
        leads = ((f"/deals/{off[0]}", "the deal they make"),) if off else ()
        return f"split off {count(len(off), 'signal')}", leads
    if review.action is Action.OVERRULE:
        return f"said what {payload.get('occasion', '')} brought: {payload.get('outcome', '')}", ()
    words = {
        Action.ACCEPT: "accepted a signal",
        Action.REJECT: "rejected a signal",
        Action.UNSURE: "was unsure of a signal",
        Action.ADD: "added a signal",
        Action.NOTE: "noted",
    }
    return words.get(review.action, str(review.action)), here


def _value(value: Any) -> str:
    """Return the value of a corrected field in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return str(value).replace("_", " ") if value else "none"


def _overruling(log: Sequence[Review]) -> dict[str, int]:
    """Return the number of the decision that counts on each occasion, to be undone."""
    gone = undone(log)
    return {
        str(review.payload.get("occasion")): review.id
        for review in log
        if review.action is Action.OVERRULE and review.id not in gone
    }


# What people decide here; the rest goes to /decide.


@router.post("/deals/{id}/merge")
def merge_deal(
    request: Request,
    id: str,
    fields: Sent,
    visitor: Reviewing,
) -> Response:
    """Decide that this deal and another are one; the other is named by its id, by one of a signal of it, or by its address."""
    other = _named(fields.one("other"))
    if not other:
        raise UsageError("other: give the id or the address of the other deal, or search for it")
    desk = desk_of(request)
    mine, theirs = desk.deal(id), desk.deal(other)
    desk.decide(
        Review(Action.MERGE, visitor.name, signal=mine.id, payload={"other": theirs.id}, reason=_reason(fields))
    )
    return see(request, f"/deals/{mine.id}#decisions")


@router.post("/deals/{id}/split")
def split_deal(
    request: Request,
    id: str,
    fields: Sent,
    visitor: Reviewing,
) -> Response:
    """Decide that the ticked signals are another deal; copies, which repeat them word for word, go with them."""
    desk = desk_of(request)
    deal = desk.deal(id)
    ticked = set(fields.many("signals"))
    if not ticked:
        raise UsageError("signals: none is ticked; tick the quotations that speak of another deal")
    words = {_words_of(each) for each in deal.sightings if each.id in ticked}
    off = [each.id for each in deal.sightings if each.id in ticked or _words_of(each) in words]
    off += sorted(ticked.difference(off))  # what is not of this deal: the desk says so
    desk.decide(Review(Action.SPLIT, visitor.name, signal=deal.id, payload={"signals": off}, reason=_reason(fields)))
    stays = next(each.id for each in deal.sightings if each.id not in off)
    return see(request, f"/deals/{stays}#decisions")


def _words_of(sighting: Sighting) -> tuple[object, ...]:
    """Return what a signal has in common with those that repeat it word for word."""
    return (*said(sighting), line(sighting.signal.anchor).casefold())


def _reason(fields: Fields) -> str | None:
    return " ".join(fields.one("reason").split()) or None
