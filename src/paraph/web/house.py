"""What every page works with: the open desk, the settings, the clock, and who may come in; and how a request gets at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.settings import Settings
    from paraph.web.access import Gate, Visitor

__all__ = ["House", "desk_of", "house_of", "visitor_of"]


@dataclass(frozen=True, slots=True)
class House:
    """The desk that is served. ``name`` is what the pages call it; ``demo`` is true for the example's desk.

    The desk is used from many threads at once: its engine is made for that, and it keeps nothing else.
    """

    desk: Desk
    gate: Gate
    name: str
    demo: bool = False

    @property
    def settings(self) -> Settings:
        """The desk's settings."""
        return self.desk.settings

    @property
    def now(self) -> Callable[[], datetime]:
        """The desk's clock."""
        return self.desk.now

    def today(self) -> date:
        """Return the day by the desk's clock."""
        return self.desk.now().date()


def house_of(request: Request) -> House:
    """Return the house that a request came to."""
    house: House = request.app.state.house
    return house


def desk_of(request: Request) -> Desk:
    """Return the desk that a request is about."""
    return house_of(request).desk


def visitor_of(request: Request) -> Visitor:
    """Return who asks; set by ``paraph.web.access`` before any page is made."""
    visitor: Visitor = request.state.visitor
    return visitor
