"""Signing in and out, and the page on which people look after their own password, tokens and browsers."""

from __future__ import annotations

import threading
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from paraph.desk import people
from paraph.desk.people import Person, Role
from paraph.errors import UsageError
from paraph.web.access import CHALLENGE, LONGEST_NAME, SIGN_IN, Refused, Visitor, here, session_cookie, signed_in_here
from paraph.web.answers import page, see
from paraph.web.forms import Sent
from paraph.web.house import desk_of, house_of, visitor_of
from paraph.web.tries import Tries

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Passwords that are checked at once, and seconds that one waits for its turn: each takes 64 MiB and a tenth of a second of
# several cores, and strangers can ask for it. Set by eye.
AT_ONCE = 2
PATIENCE = 10.0
_turns = threading.BoundedSemaphore(AT_ONCE)

# One text for all: who tries does not learn whether there is somebody of that name.
WRONG = "The name or the password is not right."
# What each role may do, as the page says it.
MAY = {
    Role.READER: "may look at everything",
    Role.REVIEWER: "may look at everything and decide",
    Role.KEEPER: "may look at everything, decide, and look after the desk: its occasions, feeds and owners",
}
_Fields = Sent
_Self = Annotated[Person, Depends(signed_in_here)]


@router.get(SIGN_IN)
def sign_in_page(request: Request) -> Response:
    """Show the form for signing in; who is signed in already is sent on to where they wanted to go."""
    to = here(request.query_params.get("to", "/"))
    visitor: Visitor | None = request.state.visitor
    if visitor is not None:
        return _unkept(see(request, to))
    # With a link from elsewhere a browser does not send the cookie; it does when a page of ours sends it on.
    from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    return _sign_in(request, to, lost=bool(request.query_params.get("lost")), again=from_elsewhere)


@router.post(SIGN_IN)
def sign_in(request: Request, fields: _Fields) -> Response:
    """Check a name and password and give the browser a session."""
    house = house_of(request)
    name, password, to = fields.one("name"), fields.one("password"), here(fields.one("to") or "/")
    if house.gate.open_here and request.state.visitor is not None and request.state.visitor.by == "here":
        return see(request, to)  # nobody has to sign in
    person = _checked(request, name, password)
    if person is None:
        answer = _sign_in(request, to, 401, wrong=WRONG, name=name[:LONGEST_NAME])
        answer.headers["www-authenticate"] = CHALLENGE
        return answer
    desk = house.desk
    cookie = session_cookie(request)
    with desk.begin() as connection:
        people.end_session(connection, request.cookies.get(cookie, ""))
        secret, _ = people.new_session(connection, person, now=desk.now(), settings=desk.settings)
    return _with_session(request, see(request, to), secret)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    with desk_of(request).begin() as connection:
        people.end_session(connection, request.cookies.get(session_cookie(request), ""))
    return _without_session(request, see(request, SIGN_IN))


@router.get("/you")
def you(request: Request) -> Response:
    """Show who asks: their name and role, and what they can change about themselves."""
    return _you(request)


@router.post("/you/password")
def change_password(request: Request, fields: _Fields, person: _Self) -> Response:
    """Give the person another password. All their browsers are signed out but this one."""
    new, desk = fields.one("new"), desk_of(request)
    if new != fields.one("again"):
        raise UsageError("the new password was typed differently the second time; type it twice alike")
    if _checked(request, person.name, fields.one("password")) is None:
        raise Refused(403, "the password that you have now is not the one you gave; nothing was changed")
    with desk.begin() as connection:
        people.change_password(connection, person.name, new, settings=desk.settings)
        secret, _ = people.new_session(connection, person, now=desk.now(), settings=desk.settings)
    return _with_session(request, see(request, "/you?done=password"), secret)


@router.post("/you/tokens")
def make_token(request: Request, fields: _Fields, person: _Self) -> Response:
    """Make a token and show it, this once."""
    desk = desk_of(request)
    days = _days(fields.one("days"))
    with desk.begin() as connection:
        secret, token = people.add_token(
            connection, person.name, fields.one("name"), now=desk.now(), settings=desk.settings, days=days
        )
    return _you(request, made=token, secret=secret)


@router.post("/you/tokens/revoke")
def revoke_token(request: Request, fields: _Fields, person: _Self) -> Response:
    """Take a token of one's own back."""
    number = fields.one("number")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise UsageError(f"number: {number!r} is no number of a token")
    with desk_of(request).begin() as connection:
        people.revoke_token(connection, int(number), owner=person.name)
    return see(request, "/you?done=revoked")


@router.post("/you/sign-out-everywhere")
def sign_out_everywhere(request: Request, person: _Self) -> Response:
    """End all sessions of the person."""
    with desk_of(request).begin() as connection:
        people.end_sessions(connection, person)
    return _without_session(request, see(request, SIGN_IN))


def _sign_in(request: Request, to: str, status: int = 200, **context: Any) -> Response:
    told = {"to": to, "lost": False, "again": False, "wrong": None, "name": ""} | context
    return _unkept(page(request, "sign_in.html", status, **told))


def _checked(request: Request, name: str, password: str) -> Person | None:
    """Return the person whose name and password these are, None for nobody's. Raises Refused for one try too many."""
    tries: Tries = request.app.state.tries
    desk = desk_of(request)
    wait = tries.count(request.client.host if request.client else "", name)
    if not wait and not _turns.acquire(timeout=PATIENCE):
        wait = round(PATIENCE)
    if wait:
        raise Refused(
            429,
            f"too many tries; try again in {_long(wait)} (sign_in_tries_per_name and sign_in_tries_per_address, within "
            "sign_in_minutes, are the settings for it)",
            {"retry-after": str(wait)},
        )
    try:
        with desk.look() as connection:
            found = people.check_password(connection, name, password)
    finally:
        _turns.release()
    if found is None:
        return None
    person, weak = found
    tries.clear(person.name)
    if weak:
        with desk.begin() as connection:
            people.rehash(connection, person, password)
    return person


def _long(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"


def _days(text: str) -> float | None:
    """Return how long a token is to be good for; None for as long as nobody revokes it."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6):
        raise UsageError(f"days: {text!r} is no number of days; give one, or nothing for a token without an end")
    return int(text)


def _you(request: Request, **made: Any) -> Response:
    visitor = visitor_of(request)
    desk = desk_of(request)
    tokens, browsers = [], []
    if visitor.person is not None and visitor.by == "session":
        with desk.look() as connection:
            tokens = people.tokens_of(connection, visitor.name)
            browsers = people.sessions_of(connection, visitor.person, now=desk.now())
    given = {"made": None, "secret": None, "done": request.query_params.get("done", "")} | made
    return _unkept(
        page(
            request,
            "you.html",
            tokens=tokens,
            browsers=browsers,
            now=desk.now(),
            settings=desk.settings,
            may=MAY[visitor.role],
            **given,
        )
    )


def _unkept(response: Response) -> Response:
    """Have a browser keep nothing of an answer: it holds a secret, or is not the same the next time."""
    response.headers["cache-control"] = "no-store"
    return response


def _with_session(request: Request, response: Response, secret: str) -> Response:
    secure = request.url.scheme == "https"
    response.set_cookie(
        session_cookie(request), secret, path="/", httponly=True, samesite="strict", secure=secure, max_age=None
    )
    return _unkept(response)


def _without_session(request: Request, response: Response) -> Response:
    secure = request.url.scheme == "https"
    response.delete_cookie(session_cookie(request), path="/", httponly=True, samesite="strict", secure=secure)
    return _unkept(response)
