"""Where forms send decisions: the log is written, and the browser goes back to where it was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from paraph.web.access import Role, Visitor, allow
from paraph.web.answers import see
from paraph.web.deciding import decided
from paraph.web.forms import Fields, fields_of
from paraph.web.house import desk_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.post("/decide")
def decide(
    request: Request,
    fields: Annotated[Fields, Depends(fields_of)],
    visitor: Annotated[Visitor, Depends(allow(Role.REVIEWER))],
) -> Response:
    """Decide what the form says, in the visitor's name, and go to the address in its field ``to``."""
    decided(desk_of(request), fields, visitor)
    return see(request, fields.one("to") or "/review")
