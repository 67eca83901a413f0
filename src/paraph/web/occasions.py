"""Occasions on the pages: their ids, how an address finds one, and one made of a form's fields."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from urllib.parse import quote

from paraph.desk import Desk
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.extract.codes import party_codes
from paraph.model import Occasion
from paraph.show.occasion_list import days
from paraph.show.safe import line
from paraph.show.words import count
from paraph.web.calendar import Event
from paraph.web.forms import Fields

__all__ = ["add", "address_of", "event_of", "found", "id_of", "occasion_of", "same_meeting", "when"]

# Letters of a name that stand in its id, and digits of its hash. Eight digits: two of ten thousand names share them once in a
# hundred desks, and then only if their letters are the same as well.
NAME_LETTERS, HASH_DIGITS = 60, 8


def id_of(name: str) -> str:
    """Return the id that an occasion's name has in addresses: what is plain of its letters, and the beginning of its hash.

    It follows from the name alone: other occasions that come or go do not change it. A name of other scripts than ours has no
    plain letters, and names that differ only in signs have the same; the hash tells them apart.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:NAME_LETTERS].strip("-")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
    return f"{plain}-{digest}" if plain else digest


def address_of(occasion: Occasion) -> str:
    """Return the path of an occasion's page."""
    return f"/occasions/{id_of(occasion.name)}"


def found(desk: Desk, given: str) -> tuple[Occasion, bool]:
    """Return the occasion that a part of an address names, and whether that is its id: if not, the address is another.

    The name itself leads there as well, and so does an id without its hash where only one occasion has it. Raises DeskError.
    """
    occasions = desk.occasions()
    for each in occasions:
        if id_of(each.name) == given:
            return each, True
    named = [each for each in occasions if each.name == given]
    named = named or [each for each in occasions if id_of(each.name).rpartition("-")[0] == given.lower()]
    if len(named) == 1:
        return named[0], False
    raise NotOnDesk(f"occasion “{given}” is not on the desk; /occasions lists those there are")


def occasion_of(fields: Fields, name: str | None = None) -> Occasion:
    """Return the occasion that a form tells: ``name`` (if not given), ``parties``, ``first``, ``last`` and ``place``.

    Raises UsageError, naming the field, for what cannot be.
    """
    name = name or line(fields.one("name"))  # unseen characters would be lost in every form that names it
    if not name:
        raise UsageError("name: give the occasion one (“Putin in New Delhi 2025”)")
    parties = party_codes(fields.one("parties"))
    if len(parties) == 1 and len(parties[0]) == 2:
        raise UsageError(f"parties: {parties[0]} alone meets nobody; give two parties or a bloc (IN, RU)")
    first = _day(fields, "first")
    if first is None:
        raise UsageError("first: give the first day as 2025-12-04")
    last = _day(fields, "last") or first
    if last < first:
        raise UsageError(f"last: {last} lies before the first day, {first}; exchange them")
    place = line(fields.one("place"))
    return Occasion(name, parties, first, last, place or None)


def _day(fields: Fields, name: str) -> date | None:
    text = fields.one(name).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{name}: {text!r} is no day; give one as 2025-12-04") from None


def add(desk: Desk, occasion: Occasion) -> None:
    """Add a new occasion. Raises DeskError where there is another of its name: nothing is written over."""
    for each in desk.occasions():
        if each.name == occasion.name and each != occasion:
            raise DeskError(
                f"there is an occasion “{each.name}” already, {days(each)}; change that one, or give this one another name"
            )
    desk.add_occasion(occasion)


def same_meeting(one: Occasion, other: Occasion) -> bool:
    """Tell whether two occasions may be one that was added twice: days in common, and two parties, or the only one."""
    common = set(one.parties) & set(other.parties)
    least = min(2, len(set(one.parties)), len(set(other.parties)))
    return (
        one.name != other.name and one.first <= other.last and other.first <= one.last and len(common) >= max(1, least)
    )


def when(occasion: Occasion, today: date) -> str:
    """Return how far off an occasion is, in words."""
    if today < occasion.first:
        return f"in {count((occasion.first - today).days, 'day')}"
    if today > occasion.last:
        return f"over for {count((today - occasion.last).days, 'day')}"
    nth, of = (today - occasion.first).days + 1, (occasion.last - occasion.first).days + 1
    return "today" if of == 1 else f"day {nth} of {of}"


def event_of(occasion: Occasion, base: str, told: str = "") -> Event:
    """Return an occasion as an event of a calendar; ``base`` is the address of the desk."""
    id = id_of(occasion.name)
    address = f"{base.rstrip('/')}/occasions/{quote(id)}"
    return Event(
        f"{id}@paraph", occasion.name, occasion.first, occasion.last, address, told, occasion.place, occasion.parties
    )
