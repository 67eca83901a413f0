"""The review: one question at a time, what is least certain or most consequential first, with the last decisions beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import Desk
from paraph.desk.again import item_again
from paraph.desk.logbook import last_shown, left_open, signals_of
from paraph.desk.questions import Decision, Item, Progress, Question
from paraph.desk.queue import next_items, progress
from paraph.errors import UsageError
from paraph.model import Sector
from paraph.web.access import LONGEST_NAME, NAME_COOKIE, Reviewing
from paraph.web.answers import json_rows, page, see
from paraph.web.asking import number_of
from paraph.web.cards import KEYS, cards, label_of, machine_told, value_told
from paraph.web.deciding import may_undo
from paraph.web.forms import Sent
from paraph.web.house import desk_of
from paraph.web.reviewing import answered
from paraph.web.templating import render

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Questions that a page holds ready, at most; set by eye: enough to type ahead while the server answers.
MOST_ASKED = 12
# Questions that the page itself brings, so that the first key press need not wait either. By eye.
READY = 3
# Questions that an address may leave out. By eye: an hour of passing over; more would make the address too long.
MOST_SKIPPED = 200
LAST = 10

_Reviewer = Reviewing


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an address asks for: which questions, but those to be left out."""

    kinds: tuple[Question, ...]
    occasion: str | None
    parties: tuple[str, ...]
    sectors: tuple[Sector, ...]
    skip: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the filters as pairs of a query string."""
        given = [("kind", str(kind)) for kind in self.kinds]
        given += [("occasion", self.occasion)] if self.occasion else []
        given += [("party", party) for party in self.parties]
        return given + [("sector", str(sector)) for sector in self.sectors]

    @property
    def string(self) -> str:
        """Return the query string of the filters."""
        return self.with_()

    def skipping(self, id: str) -> list[tuple[str, str]]:
        """Return the pairs that leave out one more question."""
        return [("skip", each) for each in (*self.skip, id)[-MOST_SKIPPED:]]

    def with_(self, *more: tuple[str, str]) -> str:
        """Return the query string of the filters and some more."""
        pairs = [*self.pairs, *more]
        return "?" + urlencode(pairs, errors="surrogatepass") if pairs else ""


def _wanted(request: Request) -> _Wanted:
    from paraph.extract.codes import party_codes

    def many(name: str) -> list[str]:
        return [value.strip() for value in request.query_params.getlist(name) if value.strip()]

    return _Wanted(
        kinds=tuple(dict.fromkeys(_one_of(Question, "kind", each) for each in many("kind"))),
        occasion=next(iter(many("occasion")), None),
        parties=tuple(dict.fromkeys(code for each in many("party") for code in party_codes(each))),
        sectors=tuple(dict.fromkeys(_one_of(Sector, "sector", each) for each in many("sector"))),
        skip=tuple(many("skip")[:MOST_SKIPPED]),
    )


def _one_of(kind: Any, name: str, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise UsageError(f"{name}: {value!r} is not known; give one of: {', '.join(kind)}") from None


def _items(desk: Desk, want: _Wanted, who: str, limit: int) -> list[Item]:
    return next_items(
        desk,
        who,
        kinds=want.kinds or tuple(Question),
        occasion=want.occasion,
        parties=want.parties,
        sectors=want.sectors,
        skip=(*want.skip, *left_open(desk, who)),
        limit=limit,
    )


@router.get("/review")
def review_page(request: Request, visitor: _Reviewer) -> Response:
    """Show the most urgent question, or the one that the address names."""
    desk, want = desk_of(request), _wanted(request)
    named = request.query_params.get("item", "")
    items = [item_again(desk, visitor.name, named)] if named else _items(desk, want, visitor.name, READY)
    found = cards(desk, items)
    return page(
        request,
        "review.html",
        want=want,
        card=found[0] if found else None,
        ready=found[1:],
        left=_left(desk, visitor.name),
        signals=signals_of(desk),
        occasions=desk.occasions(),
        sectors=tuple(Sector),
        kinds=KINDS,
        **_shared(),
        **_last(desk, visitor.name),
    )


KINDS = {Question.SIGNAL: "signals", Question.LINK: "links", Question.VERDICT: "verdicts"}


def _shared() -> dict[str, Any]:
    """Return what the parts of the page need beside their own."""
    return {
        "keys": KEYS,
        "label_of": label_of,
        "value_told": value_told,
        "machine_told": machine_told,
        "item_address": lambda id: "/review?item=" + quote(id, safe=":"),
    }


def _left(desk: Desk, who: str) -> Progress:
    return progress(desk, who)


def _last(desk: Desk, who: str) -> dict[str, Any]:
    last, machine = last_shown(desk, who, LAST)
    return {"last": last, "machine": machine, "item_of": _item_of}


def _item_of(decision: Decision) -> str:
    """Return the id of the question that a decision answered."""
    review = decision.review
    if review.payload.get("question"):
        return str(review.payload["question"])
    signal = (decision.sighting.id if decision.sighting else review.signal) or ""
    if review.payload.get("occasion"):
        return f"verdict:{review.signal}:{review.payload['occasion']}"
    return f"signal:{signal}"


@router.get("/review/next")
def review_next(request: Request, visitor: _Reviewer) -> Response:
    """Give the next questions as pieces of a page, for the script that holds some ready."""
    desk, want = desk_of(request), _wanted(request)
    given = dict(request.query_params)
    named = request.query_params.get("item", "")
    limit = max(1, number_of(given, "n", 1, MOST_ASKED))
    items = [item_again(desk, visitor.name, named)] if named else _items(desk, want, visitor.name, limit)
    made = [
        {"id": card.item.id, "html": render(request, "_review_card.html", {"card": card, "want": want} | _shared())}
        for card in cards(desk, items)
    ]
    return json_rows(request, {"items": made})


@router.post("/review/decide")
def review_decide(request: Request, fields: Sent, visitor: _Reviewer) -> Response:
    """Act on an answer, and go on to the next question; to a script tell its numbers and what stands beside it now."""
    desk = desk_of(request)
    given = [*fields.many("number"), *fields.many("instead")]
    may_undo(desk, visitor, [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 12])
    done = answered(desk, fields, visitor.name)
    if not request.headers.get("accept", "").startswith("application/json"):
        return see(request, fields.one("to") or "/review")
    beside = _shared() | _last(desk, visitor.name) | {"to": fields.one("to") or "/review"}
    return json_rows(
        request,
        {
            "numbers": list(done.numbers),
            "again": done.again,
            "last": render(request, "_review_last.html", beside),
            "left": render(request, "_review_left.html", {"left": _left(desk, visitor.name), "of": ""}),
        },
    )


@router.post("/review/name")
def review_name(request: Request, fields: Sent, visitor: _Reviewer) -> Response:
    """Keep under which name this browser reviews, on a desk that only its own machine reaches."""
    if visitor.by != "here":
        raise UsageError("the name is the one that you signed in with; sign in as somebody else to change it")
    name = " ".join(fields.one("name").split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(f"name: give a name of 1 to {LONGEST_NAME} characters")
    response = see(request, fields.one("to") or "/review")
    response.set_cookie(NAME_COOKIE, quote(name), max_age=YEAR, httponly=True, samesite="strict", path="/")
    return response


# How long a browser keeps the name, in seconds.
YEAR = 365 * 24 * 3600
