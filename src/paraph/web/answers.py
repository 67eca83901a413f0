"""What is sent back: a page, rows as JSON or CSV, a feed, and every error in one shape."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from paraph.show.rows import csv_page, json_page

if TYPE_CHECKING:
    from starlette.types import Scope

__all__ = ["Form", "csv_rows", "error_dict", "json_rows", "page", "problem", "see", "tagged"]

# The forms of a list: what its address ends with.
Form = Literal["json", "csv", "atom"]

TITLES = {
    400: "That cannot be asked",
    401: "Who is asking?",
    403: "Not allowed",
    404: "Not on this desk",
    405: "Not done this way",
    409: "Not as it was",
    413: "Too large",
    415: "Not in this form",
    421: "Not known by that name",
    422: "That cannot be asked",
    429: "Too many tries",
    500: "An error in Paraph",
    503: "The desk cannot be had now",
}


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return a page made from a template, which also knows the request, the house and who asks."""
    from paraph.web.templating import render

    return tagged(request, HTMLResponse(render(request, template, context), status_code=status))


def json_rows(request: Request, value: Any, status: int = 200) -> Response:
    """Return JSON to be read by people too, with the characters escaped that a terminal might act on."""
    return tagged(request, Response(json_page(value), status, media_type="application/json"))


def csv_rows(request: Request, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], name: str) -> Response:
    """Return rows as CSV that is safe to open in a spreadsheet, to be saved under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return tagged(request, Response(csv_page(columns, rows), media_type="text/csv; charset=utf-8", headers=headers))


def tagged(request: Request, response: Response) -> Response:
    """Return a response with an entity tag of its bytes, or 304 without a body where the asker has these bytes already."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200:
        return response
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["etag"] = tag
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        kept = {name: response.headers[name] for name in ("etag", "cache-control", "link") if name in response.headers}
        return Response(status_code=304, headers=kept)
    return response


def see(request: Request, address: str) -> Response:
    """Send a browser on to an address of this desk after a write, so that loading it again writes nothing."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        address = "/"  # never to another site, whatever a form says
    return RedirectResponse(address, status_code=303)


def error_dict(status: int, message: str) -> dict[str, Any]:
    """Return the one shape of an error: its status, what it is called, and the cause with its cure."""
    return {"error": {"status": status, "title": TITLES.get(status, "Error"), "message": message}}


def problem(scope: Scope, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as a page, or as JSON where JSON, CSV or the API was asked for."""
    path = scope.get("path", "")
    if path.startswith("/api/") or path.endswith((".json", ".csv", ".atom", ".ics", ".svg")) or _wants_json(scope):
        body = json_page(error_dict(status, message))
        return Response(body, status, media_type="application/json", headers=dict(headers or {}))
    from paraph.web.templating import render_error

    return HTMLResponse(render_error(scope, status, TITLES.get(status, "Error"), message), status, dict(headers or {}))


def _wants_json(scope: Scope) -> bool:
    accept = next((value for name, value in scope.get("headers", ()) if name == b"accept"), b"")
    return accept.startswith(b"application/json")
