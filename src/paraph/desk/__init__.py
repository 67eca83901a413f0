"""The desk: documents, signals, deals, occasions, verdicts and what a person decided, all of it kept in one database.

``open_desk(where)`` gives a Desk: a SQLite file by its path, or a PostgreSQL database by its address. Nothing heavy is
loaded before a name of this room is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paraph.desk.pages import (
        About,
        Cohorts,
        DocumentPage,
        DocumentRow,
        Matrix,
        OutcomeCounts,
        OutcomePage,
        OutcomeRow,
        Settled,
        SignalRow,
        Tally,
    )
    from paraph.desk.store import Desk, open_desk
    from paraph.desk.values import (
        Action,
        Added,
        Arrival,
        DealQuery,
        DealRow,
        DealSort,
        DealState,
        Excerpt,
        Facets,
        Hit,
        Incoming,
        Kept,
        Many,
        Raw,
        Reread,
        Review,
        State,
        Target,
        Unplaced,
        Version,
    )

__all__ = [
    "About",
    "Action",
    "Added",
    "Arrival",
    "Cohorts",
    "DealQuery",
    "DealRow",
    "DealSort",
    "DealState",
    "Desk",
    "DocumentPage",
    "DocumentRow",
    "Excerpt",
    "Facets",
    "Hit",
    "Incoming",
    "Kept",
    "Many",
    "Matrix",
    "OutcomeCounts",
    "OutcomePage",
    "OutcomeRow",
    "Raw",
    "Reread",
    "Review",
    "Settled",
    "SignalRow",
    "State",
    "Tally",
    "Target",
    "Unplaced",
    "Version",
    "open_desk",
]

_ROOMS = {
    "pages": "About Cohorts DocumentPage DocumentRow Matrix OutcomeCounts OutcomePage "
    "OutcomeRow Settled SignalRow Tally",
    "store": "Desk open_desk",
    "values": "Action Added Arrival DealQuery DealRow DealSort DealState Excerpt "
    "Facets Hit Incoming Kept Many Raw Reread Review State Target Unplaced Version",
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    room = _HOME.get(name)
    if room is None:
        raise AttributeError(f"module 'paraph.desk' has no attribute {name!r}")
    value = getattr(import_module(f"paraph.desk.{room}"), name)
    globals()[name] = value
    return value
