"""Who asks, and what they may do: on this machine alone everybody; elsewhere who signed in or brings a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from paraph.desk.people import Role, may

__all__ = ["Gate", "Refused", "Role", "Visitor", "allow"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``by`` says how they are known: ``here`` (on this machine alone), ``session`` or ``token``."""

    name: str
    role: Role
    by: str


class Refused(Exception):
    """The visitor may not do that; ``status`` is 401 where they may after signing in, else 403."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is let in. ``open_here`` lets everybody in as keeper: for a server that only this machine reaches.

    ``user`` is the name that decisions carry then, until the visitor gives another.
    """

    open_here: bool
    user: str


# The cookie in which a visitor of an open desk keeps the name that their decisions carry.
NAME_COOKIE = "paraph_name"
LONGEST_NAME = 80


def known(request: Request, gate: Gate) -> Visitor | None:
    """Return who asks, None where nobody can tell."""
    if gate.open_here:
        given = " ".join(request.cookies.get(NAME_COOKIE, "").split())[:LONGEST_NAME]
        return Visitor(given or gate.user, Role.KEEPER, "here")
    return None


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
