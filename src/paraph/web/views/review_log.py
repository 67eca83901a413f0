"""The log of decisions, newest first: by who, what and when; and how far reviewers agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import Action, Desk
from paraph.desk.agreement import agreeing
from paraph.desk.logbook import LogPage, log_page, reviewers
from paraph.desk.questions import Decision
from paraph.errors import UsageError
from paraph.model import iso
from paraph.resolve.agreement import Agreement
from paraph.show.deal_page import review_dict
from paraph.web.answers import Form, csv_rows, json_rows, page
from paraph.web.asking import choice_of, limit_of, number_of
from paraph.web.atom import Entry, atom_feed
from paraph.web.cards import label_of, machine_told, value_told
from paraph.web.house import desk_of, house_of

__all__ = ["done_told", "router"]

router = APIRouter(include_in_schema=False)

# Decisions of a page where the address does not say how many.
PAGE_ROWS = 50
# Names that the form offers, those with most decisions. Set by eye.
MOST_NAMES = 200
COLUMNS = (
    "id at who action document signal words field value machine other occasion outcome reason undoes undone".split()
)

# What each action is called in a list.
ACTIONS = {
    Action.ACCEPT: "accepted",
    Action.REJECT: "rejected",
    Action.UNSURE: "unsure",
    Action.CORRECT: "corrected",
    Action.ADD: "added a signal",
    Action.MERGE: "same deal",
    Action.SPLIT: "another deal",
    Action.OVERRULE: "verdict",
    Action.OWN: "owner",
    Action.NOTE: "note",
    Action.UNDO: "undone",
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which decisions an address asks for."""

    who: str | None
    action: Action | None
    since: date | None
    until: date | None
    before: int | None
    limit: int

    def with_(self, **more: Any) -> str:
        """Return the query string of the filters and something more."""
        pairs = {"who": self.who, "action": self.action, "since": self.since, "until": self.until} | more
        given = [(name, str(value)) for name, value in pairs.items() if value]
        return "?" + urlencode(given, errors="surrogatepass") if given else ""


def _wanted(request: Request) -> _Wanted:
    given = dict(request.query_params)
    return _Wanted(
        who=given.get("who") or None,
        action=choice_of(given, "action", Action),
        since=_day(given, "since"),
        until=_day(given, "until"),
        before=number_of(given, "before", 0, 999_999_999) or None,
        limit=limit_of(given, PAGE_ROWS, house_of(request).settings),
    )


def _day(given: dict[str, str], name: str) -> date | None:
    text = given.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{name}: {text!r} is no day; give one as 2025-12-04") from None


def _log(desk: Desk, want: _Wanted) -> LogPage:
    return log_page(
        desk,
        who=want.who,
        action=want.action,
        since=want.since,
        until=want.until,
        before=want.before,
        limit=want.limit,
    )


def done_told(decision: Decision) -> str:
    """Return in words what a decision says, without what it is about."""
    review = decision.review
    payload = review.payload
    if review.action is Action.CORRECT:
        return f"{label_of(payload['field'])} → {value_told(payload['field'], payload['value'])}"
    if review.action is Action.OVERRULE:
        return f"{payload['outcome']} at {payload['occasion']}"
    if review.action is Action.OWN:
        return f"{payload['publisher']} belongs to {payload.get('owner') or 'nobody'}"
    if review.action is Action.UNDO:
        return f"took back decision {review.undoes}"
    if review.action is Action.MERGE:
        return "same deal as another"
    if review.action is Action.SPLIT:
        return "another deal"
    return ACTIONS[review.action]


@router.get("/review/log")
def log_list(request: Request) -> Response:
    """Show the log."""
    desk, want = desk_of(request), _wanted(request)
    found = _log(desk, want)
    people = reviewers(desk)
    return page(
        request,
        "review_log.html",
        want=want,
        found=found,
        people=dict(list(people.items())[:MOST_NAMES]),
        every=sum(people.values()),
        actions=ACTIONS,
        done_told=done_told,
        machine_told=machine_told,
    )


@router.get("/review/log.{form}")
def log_rows(request: Request, form: Form) -> Response:
    """Give the same view as rows."""
    want = _wanted(request)
    found = _log(desk_of(request), want)
    if form == "csv":
        return csv_rows(request, COLUMNS, [_row(each, found) for each in found.rows], "decisions")
    if form == "json":
        following = f"/review/log.json{want.with_(before=found.next)}" if found.next else None
        return json_rows(
            request,
            {
                "page": f"/review/log{want.with_()}",
                "total": found.total,
                "at_least": found.at_least,
                "next": following,
                "items": [review_dict(each.review) | {"undone": each.undone} for each in found.rows],
            },
        )
    return atom_feed(
        request, "Paraph: decisions", f"/review/log{want.with_()}", [_entry(each, request) for each in found.rows]
    )


def _row(each: Decision, found: LogPage) -> dict[str, Any]:
    review = each.review
    target = review.target
    return {
        "id": review.id,
        "at": iso(review.at),
        "who": review.who,
        "action": str(review.action),
        "document": target.document if target else None,
        "signal": target.signal if target else review.signal,
        "words": target.selector.exact if target else None,
        "field": review.payload.get("field"),
        "value": review.payload.get("value"),
        "machine": machine_told(each, found.machine) or None,
        "other": review.payload.get("other"),
        "occasion": review.payload.get("occasion"),
        "outcome": review.payload.get("outcome"),
        "reason": review.reason,
        "undoes": review.undoes,
        "undone": each.undone,
    }


def _entry(each: Decision, request: Request) -> Entry:
    review = each.review
    words = f" “{review.target.selector.exact}”" if review.target else ""
    told = f"decision {review.id}" + (", undone since" if each.undone else "")
    return Entry(
        f"/review/log?before={review.id + 1}&limit=1",
        f"{review.who}: {done_told(each)}{words}",
        review.at or house_of(request).now(),
        f"{told}; {review.reason}" if review.reason else told,
    )


# How much people agree, in words; from so much alpha on. The bounds are Krippendorff's.
RELIABLE, TENTATIVE = 0.8, 0.667


def alpha_told(found: Agreement) -> str:
    """Return in plain words what an alpha comes to."""
    if not found.units:
        return "nobody looked at the same signal twice yet"
    if found.alpha is None:
        return "all gave the same answer throughout, so there is no chance agreement to set it against"
    if found.alpha >= RELIABLE:
        return "reliable: most of it is no chance"
    if found.alpha >= TENTATIVE:
        return "good enough for tentative conclusions"
    if found.alpha > 0:
        return "weak: better than chance, but not to be relied on"
    return "no better than chance"


@router.get("/review/agreement")
def agreement_page(request: Request) -> Response:
    """Show how far reviewers agree."""
    found = agreeing(desk_of(request))
    share = house_of(request).settings.second_look_share
    return page(request, "review_agreement.html", found=found, alpha_told=alpha_told, label_of=label_of, share=share)


AGREEMENT_COLUMNS = (
    "of name n people pairs agreeing percent percent_low percent_high alpha alpha_low alpha_high".split()
)


@router.get("/review/agreement.{form}")
def agreement_rows(request: Request, form: Form) -> Response:
    """Give the same as rows; as a feed, each pair and field with what it comes to."""
    found = agreeing(desk_of(request))
    rows = [_agreement_row("signals", "all", found.signals)]
    rows += [_agreement_row("pair", f"{one} and {other}", each) for (one, other), each in found.pairs.items()]
    rows += [_agreement_row("field", field, each) for field, each in found.fields.items()]
    if form == "csv":
        return csv_rows(request, AGREEMENT_COLUMNS, rows, "agreement")
    if form == "json":
        return json_rows(request, {"looked_at": found.looked_at, "whole": found.whole, "items": rows})
    today = house_of(request).today()
    entries = [
        Entry(
            f"/review/agreement#{row['of']}",
            f"{row['name']}: {row['agreeing']} of {row['pairs']} pairs of answers agree",
            today,
            f"n {row['n']}, alpha {row['alpha']}",
        )
        for row in rows
        if row["n"]
    ]
    return atom_feed(request, "Paraph: how far reviewers agree", "/review/agreement", entries)


def _agreement_row(of: str, name: str, found: Agreement) -> dict[str, Any]:
    shares, alphas = found.percent_interval, found.alpha_interval
    return {
        "of": of,
        "name": name,
        "n": found.units,
        "people": found.people,
        "pairs": found.pairs,
        "agreeing": found.agreeing,
        "percent": _rounded(found.percent),
        "percent_low": _rounded(shares.low) if shares else None,
        "percent_high": _rounded(shares.high) if shares else None,
        "alpha": _rounded(found.alpha),
        "alpha_low": _rounded(alphas.low) if alphas else None,
        "alpha_high": _rounded(alphas.high) if alphas else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
