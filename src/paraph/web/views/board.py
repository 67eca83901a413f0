"""The board: what is on the table, by sector and stage, and what moved last."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from paraph.web.answers import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
def board(request: Request) -> Response:
    """Show the board."""
    return page(request, "board.html")
