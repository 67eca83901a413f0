"""Lists as Atom feeds (RFC 4287), so that a saved view is something to subscribe to."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from starlette.requests import Request
from starlette.responses import Response

from paraph._version import __version__
from paraph.show.safe import line
from paraph.web.answers import tagged

__all__ = ["Entry", "atom_feed"]

_NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it leads on this desk, what it is called, when it changed, and a summary in words."""

    path: str
    title: str
    changed: date | datetime
    summary: str


def atom_feed(request: Request, title: str, page: str, entries: Sequence[Entry]) -> Response:
    """Return entries as a feed; ``page`` is the path and query of the page that shows the same."""
    ET.register_namespace("", _NAMESPACE)
    base = str(request.base_url).rstrip("/")
    feed = ET.Element(f"{{{_NAMESPACE}}}feed")
    _text(feed, "id", base + page)
    _text(feed, "title", title)
    _text(
        feed,
        "updated",
        _moment(max((_utc(entry.changed) for entry in entries), default=datetime(1970, 1, 1, tzinfo=UTC))),
    )
    _text(feed, "generator", "Paraph").set("version", __version__)
    _text(_child(feed, "author"), "name", "Paraph")
    _link(feed, "alternate", base + page, "text/html")
    _link(feed, "self", str(request.url), "application/atom+xml")
    for each in entries:
        entry = _child(feed, "entry")
        _text(entry, "id", base + each.path)
        _text(entry, "title", each.title)
        _text(entry, "updated", _moment(_utc(each.changed)))
        _link(entry, "alternate", base + each.path, "text/html")
        _text(entry, "summary", each.summary)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return tagged(request, Response(body, media_type="application/atom+xml"))


def _child(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_NAMESPACE}}}{name}")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = _child(parent, name)
    child.text = line(text)  # no control character: XML has no way to write them
    return child


def _link(parent: ET.Element, rel: str, address: str, media_type: str) -> None:
    link = _child(parent, "link")
    link.attrib.update(rel=rel, href=line(address), type=media_type)


def _utc(when: date | datetime) -> datetime:
    if isinstance(when, datetime):
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return datetime.combine(when, time(), UTC)


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
