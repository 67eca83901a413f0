"""Who asks, and what they may do: on this machine alone everybody; elsewhere who signed in or brings a token.

While a desk has no people and only its own machine reaches it, everybody is its keeper. As soon as it has people, or is
reached from elsewhere, everything but the page for signing in and the files of the pages needs a session or a token.
"""

from __future__ import annotations

import base64
import binascii
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from paraph.desk import people
from paraph.desk.people import LONGEST_NAME, Person, Role, may
from paraph.errors import DeskError
from paraph.web.guard import bearer

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.web.house import House

__all__ = [
    "CHALLENGE",
    "LONGEST_NAME",
    "NAME_COOKIE",
    "SIGN_IN",
    "Door",
    "Gate",
    "Keeping",
    "Refused",
    "Reviewing",
    "Role",
    "Visitor",
    "allow",
    "here",
    "session_cookie",
    "signed_in_here",
]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``by`` says how they are known: ``here`` (on this machine alone), ``session`` or ``token``.

    ``person`` is who they are on the desk; None for a visitor of an open desk.
    """

    name: str
    role: Role
    by: str
    person: Person | None = None


class Refused(Exception):
    """The visitor may not do that; ``status`` is 401 where they may after signing in, 429 later, else 403."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is let in. ``open_here`` lets everybody in as keeper while the desk has no people: for a server that only its own
    machine reaches.

    ``user`` is the name that decisions carry then, until the visitor gives another. ``behind_proxy`` says that a proxy stands
    before the server, which alone can reach it: what it tells of the request (``X-Forwarded-For``, ``X-Forwarded-Proto``) is
    believed.
    """

    open_here: bool
    user: str
    behind_proxy: bool = False


# The cookie in which a visitor of an open desk keeps the name that their decisions carry, percent-encoded.
NAME_COOKIE = "paraph_name"
# The cookie that holds a session's id. With the prefix, which needs https, no other site of the same domain can set it.
SESSION_COOKIE, SECURE_PREFIX = "paraph_session", "__Host-"
SIGN_IN = "/sign-in"
# What is answered to everybody: the page for signing in, and the files that it needs.
OPEN_PAGES, OPEN_FILES = frozenset((SIGN_IN,)), ("/static/", "/favicon.ico")
# What a proxy adds to a request; an open desk answers none that came through one.
PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
# What a token is asked for with. Feed readers and calendars know names and passwords: the token is the password.
CHALLENGE = 'Bearer realm="Paraph"'
BASIC_CHALLENGE = 'Bearer realm="Paraph", Basic realm="Paraph: the password is a token", charset="UTF-8"'
BASIC_ENDINGS = (".atom", ".ics")

_log = logging.getLogger("paraph.web")


def session_cookie(request: Request) -> str:
    """Return the name of the cookie that holds the session: over https one that is bound to it."""
    return SECURE_PREFIX + SESSION_COOKIE if request.url.scheme == "https" else SESSION_COOKIE


def here(address: str) -> str:
    """Return an address if it is a page of this desk, else the board's: nobody is sent to another site, or to sign in again."""
    # A browser takes a backslash for a slash and leaves tabs and line ends out before it looks.
    if (
        not address.startswith("/")
        or address.startswith("//")
        or any(c == "\\" or c <= " " or c == "\x7f" for c in address)
    ):
        return "/"
    return "/" if address.partition("?")[0].rstrip("/") in (SIGN_IN, "/sign-out") else address


# Who asks.


@dataclass(frozen=True, slots=True)
class _Known:
    """A visitor, and what is to be written about their visit once they are answered."""

    visitor: Visitor
    touch: Callable[[Desk], None] | None = None


def _known(request: Request, house: House) -> _Known | None:
    """Return who asks, None where nobody can tell. One transaction that reads. Raises Refused for a token that is not good."""
    token = _token(request)
    secret = request.cookies.get(session_cookie(request), "")
    now = house.now()
    with house.desk.look() as connection:
        if token is not None:
            held = people.by_token(connection, token, now=now)
            if held is None:
                raise Refused(
                    401, "the token is not known: it was mistyped, revoked or has run out (make another at /you)"
                )
            person, due = held
            visitor = Visitor(person.name, person.role, "token", person)
            return _Known(visitor, _token_touch(token) if due else None)
        if secret:
            found = people.session_of(connection, secret, now=now)
            if found is not None and found[0].person is not None:
                person, due = found[0].person, found[1]
                visitor = Visitor(person.name, person.role, "session", person)
                return _Known(visitor, _session_touch(secret) if due else None)
        if not house.gate.open_here or people.any_people(connection):
            return None
    if any(name in request.headers for name in PROXIED):
        raise Refused(
            403,
            "this desk is open to everybody on its own machine, and the request came through a proxy (start it with "
            "--behind-proxy and add people: paraph people add NAME --role keeper)",
        )
    given = " ".join(unquote(request.cookies.get(NAME_COOKIE, "")).split())[:LONGEST_NAME]
    return _Known(Visitor(given or house.gate.user, Role.KEEPER, "here"))


def _token(request: Request) -> str | None:
    """Return the token that a request brings; to read, it may stand in a name and password, as feed readers send them.

    A name and password without a token are somebody else's (a proxy's), and left alone.
    """
    token = bearer(request.headers)
    if token is not None or request.method not in ("GET", "HEAD"):
        return token
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return next((each for each in (password, name) if each.startswith(people.PREFIX)), None)


def _token_touch(token: str) -> Callable[[Desk], None]:
    def touch(desk: Desk) -> None:
        with desk.begin() as connection:
            people.token_used(connection, token, now=desk.now())

    return touch


def _session_touch(secret: str) -> Callable[[Desk], None]:
    def touch(desk: Desk) -> None:
        with desk.begin() as connection:
            people.session_seen(connection, secret, now=desk.now(), settings=desk.settings)

    return touch


def allow(needed: Role) -> Callable[[Request], Any]:
    """Return a dependency of a route that only visitors of this role may use. It raises Refused for others."""

    def check(request: Request) -> Visitor:
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is None:
            raise Refused(401, "sign in first")
        if not may(visitor.role, needed):
            raise Refused(403, f"{visitor.name} is a {visitor.role} here; only a {needed} may do that")
        return visitor

    return check


# A route with a parameter of one of these kinds is for visitors of that role, and is given who it is.
Reviewing = Annotated[Visitor, Depends(allow(Role.REVIEWER))]
Keeping = Annotated[Visitor, Depends(allow(Role.KEEPER))]


def signed_in_here(request: Request) -> Person:
    """A dependency of the routes with which people look after their own password and tokens: not to be done with a token.

    A token that leaked could else be made into others. Raises Refused.
    """
    visitor: Visitor | None = request.state.visitor
    if visitor is None:
        raise Refused(401, "sign in first")
    if visitor.by != "session" or visitor.person is None:
        raise Refused(403, "that is done by somebody who signed in with a password")
    return visitor.person


class Door:
    """The middleware that finds out who asks before any page is made, and sends away who may not come in."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house
        # While somebody else writes to the desk for long, one thread waits for it, not one a request.
        self._touching = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on with its visitor."""
        if scope["type"] != "http" or scope["path"].startswith(OPEN_FILES):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request.state.visitor = None
        try:
            known = await run_in_threadpool(_known, request, self.house)
        except Refused as refused:
            await _refusal(request, refused)(scope, receive, send)
            return
        except DeskError as error:
            from paraph.web.answers import problem

            await problem(scope, 503, str(error))(scope, receive, send)
            return
        if known is None and scope["path"] not in OPEN_PAGES:
            await _refusal(request, Refused(401, "sign in first, or bring a token"))(scope, receive, send)
            return
        request.state.visitor = known.visitor if known else None
        await self.app(scope, receive, send)
        if known is not None and known.touch is not None:
            await run_in_threadpool(self._touch, known.touch)

    def _touch(self, touch: Callable[[Desk], None]) -> None:
        if not self._touching.acquire(blocking=False):
            return
        try:
            touch(self.house.desk)
        except DeskError as error:
            _log.warning("a visit was not noted: %s", error)
        finally:
            self._touching.release()


def _refusal(request: Request, refused: Refused) -> Response:
    """Return what is answered to who may not come in: to a program what is the matter, to a browser the page to sign in."""
    from paraph.web.answers import problem

    answer = problem(request.scope, refused.status, refused.message)
    if refused.status != 401:
        return answer
    if answer.headers["content-type"].startswith("text/html") and bearer(request.headers) is None:
        return RedirectResponse(_sign_in(request), status_code=303, headers={"cache-control": "no-store"})
    basic = request.url.path.endswith(BASIC_ENDINGS)
    answer.headers["www-authenticate"] = BASIC_CHALLENGE if basic else CHALLENGE
    return answer


def _sign_in(request: Request) -> str:
    """Return the address for signing in that leads back to what was asked for; from a form, to the page that it stands on."""
    if request.method in ("GET", "HEAD"):
        # As it was asked for, before anything in it was decoded.
        path, query = (request.scope[part].decode("latin-1") for part in ("raw_path", "query_string"))
        asked, lost = path + (f"?{query}" if query else ""), ""
    else:
        from_page = urlsplit(request.headers.get("referer", ""))
        asked = from_page.path + (f"?{from_page.query}" if from_page.query else "")
        lost = "&lost=1"
    to = here(asked)
    return f"{SIGN_IN}?to={quote(to, safe='/')}{lost}" if to != "/" or lost else SIGN_IN
