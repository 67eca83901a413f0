"""A picture of a page under its own address: as SVG, and what is drawn as CSV and JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from paraph.show.pictures.picture import Picture, standalone
from paraph.web.answers import csv_rows, json_rows, tagged

__all__ = ["PictureForm", "picture_file"]

PictureForm = Literal["svg", "csv", "json"]

_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)


def picture_file(request: Request, picture: Picture, form: PictureForm) -> Response:
    """Return a picture's file. An SVG is a document of its own: it may use its one style sheet and nothing else."""
    if form == "csv":
        return csv_rows(request, picture.columns, picture.rows, picture.name)
    if form == "json":
        about = {"title": picture.title, "caption": picture.caption, "alt": picture.alt}
        return json_rows(
            request, about | {"columns": list(picture.columns), "rows": [dict(row) for row in picture.rows]}
        )
    drawn = standalone(picture)
    # The first style element is the picture's own: what comes before it is escaped.
    found = _STYLE.search(drawn)
    digest = base64.b64encode(hashlib.sha256((found[1] if found else "").encode()).digest()).decode()
    headers = {"content-security-policy": f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"}
    return tagged(request, Response(drawn, media_type="image/svg+xml", headers=headers))
