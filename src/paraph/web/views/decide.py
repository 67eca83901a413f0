"""Where forms send decisions: the log is written, and the browser goes back to where it was."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.web.access import Reviewing
from paraph.web.answers import see
from paraph.web.deciding import decided
from paraph.web.forms import Sent
from paraph.web.house import desk_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.post("/decide")
def decide(
    request: Request,
    fields: Sent,
    visitor: Reviewing,
) -> Response:
    """Decide what the form says, in the visitor's name, and go to the address in its field ``to``."""
    decided(desk_of(request), fields, visitor)
    return see(request, fields.one("to") or "/review")
