"""Scorecards: how forecasts turned out, by publisher, source, wording and more; and the record of each, forecast by forecast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import Desk
from paraph.desk.scoring import forecasts_of_value, renew, scores
from paraph.errors import NotOnDesk
from paraph.resolve.scorecards import RANKED_BY_SKILL, By, Scorecards
from paraph.show.pictures.calibration import calibration
from paraph.show.pictures.picture import Picture
from paraph.show.pictures.small import lead_times
from paraph.show.score_table import COLUMNS, FIELDS, value_shown, why_empty
from paraph.web.access import Keeping
from paraph.web.answers import Form, csv_rows, json_rows, page, see
from paraph.web.asking import choice_of, number_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.forms import Sent
from paraph.web.house import desk_of, house_of
from paraph.web.pictures import PictureForm, picture_file

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Cards that a page shows, ranked or not; the rest is told as a number and is in the JSON. Set by eye.
MOST_CARDS = 60
# Wordings that stand beside the curve: as high as it is.
WORDINGS = 11
# Forecasts of one card on a page.
RECORD_ROWS = 50


def _by(request: Request) -> By:
    return choice_of(dict(request.query_params), "by", By) or By.PUBLISHER


def _scores(request: Request, others: int | None) -> tuple[Scorecards, By, str | None]:
    by, occasion = _by(request), request.query_params.get("occasion") or None
    found = scores(desk_of(request), by, occasion=occasion, today=house_of(request).today(), others=others)
    return found, by, occasion


def _address(path: str, **asked: Any) -> str:
    named = urlencode({key: value for key, value in asked.items() if value}, errors="surrogatepass")
    return f"{path}?{named}" if named else path


@router.get("/scores")
def scores_page(request: Request) -> Response:
    """Show the cards by one thing, the calibration of all, and what words are worth."""
    house, desk = house_of(request), desk_of(request)
    found, by, occasion = _scores(request, MOST_CARDS)
    return page(
        request,
        "scores.html",
        found=found,
        by=by,
        fields=FIELDS,
        occasion=occasion,
        shown=found.cards[:MOST_CARDS],
        wordings=_wordings(request, found, occasion),
        value_shown=value_shown,
        picture=_curve(found, occasion),
        by_skill=by in RANKED_BY_SKILL,
        why=why_empty(desk, occasion, house.today()) if found.whole is None else "",
        address=_address,
    )


def _wordings(request: Request, found: Scorecards, occasion: str | None) -> Scorecards:
    """Return the cards of the most frequent wordings, those with most forecasts first."""
    if found.whole is None or found.by is By.WORDING:
        return replace(found, cards=())
    every = scores(desk_of(request), By.WORDING, occasion=occasion, today=house_of(request).today(), others=WORDINGS)
    return replace(every, cards=tuple(sorted(every.cards, key=lambda card: (-card.n, card.value))[:WORDINGS]))


def _curve(found: Scorecards, occasion: str | None) -> Picture:
    at = f" at {occasion}" if occasion else ""
    whole = found.whole
    return calibration(
        whole.bins if whole else (),
        base=whole.share if whole else None,
        title=f"What words promised{at}, and what came",
    )


@router.get("/scores.{form}")
def scores_rows(request: Request, form: Form) -> Response:
    """Give the cards as JSON or CSV; as a feed, what came of the newest forecasts is under each card's own address."""
    found, by, occasion = _scores(request, None)
    if form == "csv":
        return csv_rows(request, COLUMNS, [card.to_dict() for card in found.cards], f"scores-{by}")
    if form == "json":
        return json_rows(request, {"occasion": occasion} | found.to_dict())
    changed = house_of(request).today()
    entries = [
        Entry(
            _address("/scores/record", by=by, value=card.value),
            f"{value_shown(card.value, by)}: {card.came} of {card.n} came true",
            changed,
            f"rank {card.rank}" if card.rank else f"fewer than {found.min_n} forecasts: no rank",
        )
        for card in found.cards[:MOST_CARDS]
    ]
    return atom_feed(
        request, f"Paraph: scorecards by {FIELDS[by]}", _address("/scores", by=by, occasion=occasion), entries
    )


@router.get("/scores/calibration.{form}")
def calibration_file(request: Request, form: PictureForm) -> Response:
    """Give the calibration curve."""
    found, _, occasion = _scores(request, 0)
    return picture_file(request, _curve(found, occasion), form)


def _record(request: Request, limit: int) -> dict[str, Any]:
    desk, by = desk_of(request), _by(request)
    value, occasion = request.query_params.get("value", ""), request.query_params.get("occasion") or None
    cards = scores(desk, by, occasion=occasion, today=house_of(request).today())
    card = next((each for each in cards.cards if each.value == value), None)
    if card is None:
        raise NotOnDesk(
            f"{FIELDS[by]} “{value}” is not on the desk's scorecards; /scores?by={by} lists those there are"
        )
    begin = number_of(dict(request.query_params), "from", 0, 10_000_000)
    with desk.look() as connection:
        rows, total = forecasts_of_value(connection, by, value, occasion=occasion, limit=limit, offset=begin)
    return {
        "by": by,
        "value": value,
        "occasion": occasion,
        "card": card,
        "cards_of": cards,
        "rows": rows,
        "total": total,
        "begin": begin,
    }


@router.get("/scores/record")
def record_page(request: Request) -> Response:
    """Show one card with every forecast that it counts, and what came of it."""
    found = _record(request, RECORD_ROWS)
    card, by, value = found["card"], found["by"], found["value"]
    end = found["begin"] + len(found["rows"])
    named = value_shown(value, by)
    own = {"by": by, "value": value, "occasion": found["occasion"]}
    return page(
        request,
        "record.html",
        **found,
        named=named,
        fields=FIELDS,
        picture=calibration(card.bins, base=card.base, title=f"{named}: what words promised, and what came"),
        leads=_leads(desk_of(request), by, value, found["occasion"], named),
        file_string="?" + _address("", **own).lstrip("?"),
        following=_address("/scores/record", **own, **{"from": end}) if end < found["total"] else "",
        first=_address("/scores/record", **own) if found["begin"] else "",
        address=_address,
    )


# Forecasts whose lead times are drawn, the newest. Set by eye: a histogram of so many does not change its shape.
LEADS = 2_000


def _leads(desk: Desk, by: By, value: str, occasion: str | None, named: str) -> Picture:
    with desk.look() as connection:
        rows, _ = forecasts_of_value(connection, by, value, occasion=occasion, limit=LEADS)
    return lead_times([forecast.lead for forecast, _ in rows], title=f"{named}: how long before")


@router.get("/scores/record/{drawn}.{form}")
def record_picture(request: Request, drawn: str, form: PictureForm) -> Response:
    """Give the calibration curve or the lead times of one card."""
    found = _record(request, 1)
    named = value_shown(found["value"], found["by"])
    if drawn == "calibration":
        card = found["card"]
        made = calibration(card.bins, base=card.base, title=f"{named}: what words promised, and what came")
    elif drawn == "leads":
        made = _leads(desk_of(request), found["by"], found["value"], found["occasion"], named)
    else:
        raise NotOnDesk(f"picture “{drawn}” is not on the desk; there are calibration and leads")
    return picture_file(request, made, form)


RECORD_COLUMNS = (
    "day deal title publisher source certainty wording stage lead_days occasion verdict came_true signal".split()
)


@router.get("/scores/record.{form}")
def record_rows(request: Request, form: Form) -> Response:
    """Give a card's forecasts as rows."""
    found = _record(request, house_of(request).settings.max_page_rows)
    rows = [
        {
            "day": each.day.isoformat(),
            "deal": each.deal,
            "title": title,
            "publisher": each.publisher,
            "source": each.source,
            "certainty": str(each.certainty),
            "wording": each.wording,
            "stage": str(each.stage),
            "lead_days": each.lead,
            "occasion": each.occasion,
            "verdict": str(each.outcome),
            "came_true": each.came,
            "signal": each.id,
        }
        for each, title in found["rows"]
    ]
    named = value_shown(found["value"], found["by"])
    if form == "csv":
        return csv_rows(request, RECORD_COLUMNS, rows, "record")
    if form == "json":
        return json_rows(
            request, {"by": str(found["by"]), "card": found["card"].to_dict(), "total": found["total"], "items": rows}
        )
    entries = [
        Entry(
            f"/signals/{each.id}",
            f"{title or each.deal}: {'came' if each.came else 'did not come'} ({each.outcome})",
            each.day,
            f"{each.publisher}, {each.certainty}, {each.lead} days before {each.occasion}",
        )
        for each, title in found["rows"]
    ]
    here = _address("/scores/record", by=found["by"], value=found["value"], occasion=found["occasion"])
    return atom_feed(request, f"Paraph: the record of {named}", here, entries)


@router.post("/scores/renew")
def renew_scores(
    request: Request,
    fields: Sent,
    visitor: Keeping,
) -> Response:
    """Work out all forecasts anew, after decisions on signals, deals or owners."""
    renew(desk_of(request), today=house_of(request).today())
    return see(request, fields.one("to") or "/scores")
