"""Saved views: lists that somebody gave a name, by their address; every page is its address, so nothing else need be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from paraph.desk.identity import utc
from paraph.desk.schema import views
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.settings import Settings

__all__ = ["View", "all_views", "remove_view", "rename_view", "save_view", "view_of"]

# The longest name, which has to fit into a menu, and the longest address, which servers in between must let pass. Set by eye.
LONGEST_NAME, LONGEST_ADDRESS = 80, 2_000

# What an address within the desk is made of: the characters that a browser sends. Left out is "\\", which browsers take for "/"
# (so that "/\\host" leads to another host), and "#", which no server sees.
_ADDRESS = re.compile(r"/(?![/\\])[A-Za-z0-9/?&=%+.,:;@!$'()*_~\[\]|^-]*")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class View:
    """A saved view: ``address`` is its path and query; ``owner`` whose it is, empty for everybody's."""

    id: int
    owner: str
    name: str
    address: str
    added: datetime


def save_view(
    connection: Connection, name: str, address: str, *, owner: str = "", now: datetime, settings: Settings
) -> View:
    """Save a view, or give the one of that owner and name another address.

    Raises UsageError for a name that will not do and for an address that leads outside, DeskError for one view too many.
    """
    name, address = _name(name), _address(address)
    mine = (views.c.owner == owner) & (views.c.name == name)
    id = connection.execute(select(views.c.id).where(mine)).scalar()
    if id is not None:
        connection.execute(update(views).where(views.c.id == id).values(address=address))
        return view_of(connection, id)
    if connection.execute(select(func.count()).select_from(views)).scalar_one() >= settings.max_views:
        raise DeskError(f"view “{name}”: the desk has {settings.max_views} already (remove one, or raise max_views)")
    values = {"owner": owner, "name": name, "address": address, "added": utc(now)}
    id = connection.execute(insert(views).values(values).returning(views.c.id)).scalar_one()
    return view_of(connection, id)


def view_of(connection: Connection, id: int, *, owner: str | None = None) -> View:
    """Return a view by its number; only one of ``owner``'s or everybody's, where that is given. Raises DeskError for none."""
    found = select(views).where(views.c.id == id)
    if owner is not None:
        found = found.where(views.c.owner.in_((owner, "")))
    row = connection.execute(found).first()
    if row is None:
        raise NotOnDesk(f"view {id} is not on the desk (the board lists those there are)")
    return View(row.id, row.owner, row.name, row.address, datetime.fromisoformat(row.added))


def all_views(connection: Connection, *, owner: str | None = None) -> list[View]:
    """Return the views by name: everybody's and those of ``owner``, or all of them where none is given."""
    found = select(views)
    if owner is not None:
        found = found.where(views.c.owner.in_((owner, "")))
    rows = connection.execute(found).all()
    made = [View(row.id, row.owner, row.name, row.address, datetime.fromisoformat(row.added)) for row in rows]
    return sorted(made, key=lambda view: (view.name.casefold(), view.name, view.owner))


def rename_view(connection: Connection, id: int, name: str, *, owner: str | None = None) -> View:
    """Give a view another name. Raises UsageError for a name that will not do, DeskError for no view or one of that name."""
    view, name = view_of(connection, id, owner=owner), _name(name)
    taken = select(views.c.id).where(views.c.owner == view.owner, views.c.name == name, views.c.id != id)
    if connection.execute(taken).first():
        raise DeskError(f"view “{name}” is on the desk already (choose another name, or remove that one)")
    connection.execute(update(views).where(views.c.id == id).values(name=name))
    return view_of(connection, id)


def remove_view(connection: Connection, id: int, *, owner: str | None = None) -> None:
    """Take a view out. Raises DeskError for none."""
    connection.execute(delete(views).where(views.c.id == view_of(connection, id, owner=owner).id))


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name:
        raise UsageError("the view's name is empty (give at least one letter)")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"the view's name has {len(name)} characters (give at most {LONGEST_NAME})")
    if _UNFIT.search(name):
        raise UsageError("the view's name holds a character that cannot be shown (give letters, digits, spaces)")
    return name


def _address(given: str) -> str:
    if len(given) > LONGEST_ADDRESS:
        raise UsageError(f"the view's address has {len(given)} characters (a view's has at most {LONGEST_ADDRESS})")
    if not _ADDRESS.fullmatch(given):
        raise UsageError(
            f"{given!r} is no address on this desk (give the path and query of a page, such as /deals?party=IN)"
        )
    return given
