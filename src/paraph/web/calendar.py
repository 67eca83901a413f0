"""Occasions as a calendar (RFC 5545), so that a visit stands in the calendar of whoever waits for it.

Every event is a whole-day one: its end is the day after the last, as the standard has it. What comes from people or sources is
one line without control characters and escaped, so that no name can end its line and begin a property of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from paraph._version import __version__
from paraph.show.safe import line
from paraph.web.answers import tagged

__all__ = ["Event", "calendar", "calendar_file", "folded"]

# Most octets of a line, its end left aside (RFC 5545, 3.1).
LINE_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """One event of whole days, ``first`` and ``last`` included. ``uid`` names it for good; ``address`` is its page."""

    uid: str
    title: str
    first: date
    last: date
    address: str
    told: str = ""
    place: str | None = None
    tags: tuple[str, ...] = ()


def calendar(events: Sequence[Event], name: str, now: datetime) -> str:
    """Return events as a calendar of a name; ``now`` (with its zone) is when they were told."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Paraph//Paraph {escaped(__version__)}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for each in events:
        lines += _event(each, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(each)}\r\n" for each in lines)


def _event(event: Event, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{_day(event.first)}"
    after = event.last + timedelta(1) if event.last < date.max else event.last  # there is no day after that
    yield f"DTEND;VALUE=DATE:{_day(after)}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.place:
        yield f"LOCATION:{escaped(event.place)}"
    if event.told:
        yield f"DESCRIPTION:{escaped(event.told)}"
    if event.tags:
        yield f"CATEGORIES:{','.join(map(escaped, event.tags))}"
    # An address is a value of its own sort and not escaped; ours have no space or control character in them.
    yield f"URL:{line(event.address)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _day(day: date) -> str:
    # Not strftime: some systems leave out the zeros of an early year.
    return day.isoformat().replace("-", "")


def escaped(text: str) -> str:
    """Return a text as a value: one line, with what means something in a calendar escaped."""
    text = line(text).replace("\\", "\\\\")
    return text.replace(";", "\\;").replace(",", "\\,")


def folded(text: str) -> str:
    """Return a line cut into pieces of at most 75 octets, each but the first after a space; no character is cut in two."""
    pieces, size = [""], 0
    for letter in text:
        width = len(letter.encode())
        if size + width > LINE_OCTETS:
            pieces.append("")
            size = 1  # the space that the piece begins with
        pieces[-1] += letter
        size += width
    return "\r\n ".join(pieces)


def calendar_file(request: Request, events: Sequence[Event], name: str, file: str, now: datetime) -> Response:
    """Return a calendar as a file to be taken into a program, or subscribed to; ``file`` is its name without the ending."""
    headers = {"content-disposition": f'attachment; filename="{file}.ics"'}
    return tagged(
        request, Response(calendar(events, name, now), media_type="text/calendar; charset=utf-8", headers=headers)
    )
