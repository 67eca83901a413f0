"""The style sheet and the scripts: files of this package, read once, named with their hash so that a browser may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["Asset", "asset", "assets", "icon"]

# Each file that is served, with the package's files that it is made of. One style sheet: one request, and pictures look alike
# in a page and in a file of their own.
PARTS: dict[str, tuple[str, ...]] = {
    "paraph.css": ("show/base.css", "show/pictures/pictures.css", "web/static/paraph.css", "web/static/occasions.css"),
    "paraph.js": ("web/static/paraph.js",),
    "document.js": ("web/static/document.js",),
    "review.js": ("web/static/review.js",),
    "icon.svg": ("web/static/icon.svg",),
}
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, media type, and the hash that its address carries."""

    data: bytes
    media_type: str
    version: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return the files by name."""
    root = files("paraph")
    made = {}
    for name, parts in PARTS.items():
        data = b"\n".join(root.joinpath(part).read_bytes() for part in parts)
        made[name] = Asset(data, TYPES[name.rsplit(".", 1)[1]], hashlib.sha256(data).hexdigest()[:12])
    return made


def asset(request: Request) -> Response:
    """Answer with a file. Under its hash a browser keeps it for a year; the address changes when the file does."""
    from paraph.web.answers import problem

    found = assets().get(request.path_params["name"])
    if found is None:
        return problem(request.scope, 404, f"there is no file {request.path_params['name']!r}")
    return _file(request, found)


def icon(request: Request) -> Response:
    """Answer with the icon, where a browser asks for it that shows something else than a page."""
    return _file(request, assets()["icon.svg"])


def _file(request: Request, found: Asset) -> Response:
    keep = "public, max-age=31536000, immutable" if request.url.query == found.version else "public, no-cache"
    headers = {"cache-control": keep, "etag": f'"{found.version}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.data, media_type=found.media_type, headers=headers)
