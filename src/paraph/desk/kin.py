"""Kin of a deal: other deals that may be the same one, found the way signals are linked, for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from paraph.desk import waiting
from paraph.desk.placing import SignalForest
from paraph.desk.queries import root_of
from paraph.desk.questions import Candidate
from paraph.desk.rows import among
from paraph.desk.schema import signals
from paraph.desk.values import DealRow
from paraph.link import THRESHOLD
from paraph.model import Deal, Sighting

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["kin_of", "named_deal", "probes_of"]

# So many of a deal's signals are compared, each with so many others that share a key with it (those that came in next to it
# first), and so many deals are named. Set by eye: the page of a deal is made within its time.
PROBES, COMPARED, KIN = 3, 150, 5
# A deal that is less like than this is none. By eye: half of the bar for linking, as in the review.
LEAST_LIKENESS = THRESHOLD / 2


def probes_of(deal: Deal) -> list[Sighting]:
    """Return the signals that stand for a deal: its first, its newest and its surest, copies left out; each once."""
    own = [each for each in deal.sightings if each.document == each.voice] or list(deal.sightings)
    chosen = [own[0], own[-1], max(own, key=lambda each: (each.signal.confidence, each.id))]
    return list({each.id: each for each in chosen}.values())[:PROBES]


def kin_of(desk: Desk, deal: Deal, today: date) -> Sequence[Candidate]:
    """Return other deals that share parties and words with this one, the likeliest first, at most ``KIN``.

    Compared are signals within the days in which signals are linked at all; deals further apart are not found.
    """
    with desk.look() as connection:
        keys = [each.id for each in probes_of(deal)]
        rows = list(connection.execute(select(signals.c.id).where(among(connection, signals.c.key, keys))).scalars())
        forest = SignalForest(connection)
        nodes = forest.nodes(rows)
        near = {
            row: sorted(found, key=lambda other: (abs(other - row), other))[:COMPARED]
            for row, found in forest.near(nodes.values()).items()
        }
        known = forest.nodes({other for found in near.values() for other in found})
        mine = {node.root for node in nodes.values()}
        best: dict[int, float] = {}
        for row, found in near.items():
            for other in found:
                root = known[other].root
                if root is not None and root not in mine:
                    best[root] = max(best.get(root, 0.0), forest.likeness(nodes[row], known[other]))
        likely = sorted(
            ((root, score) for root, score in best.items() if score >= LEAST_LIKENESS),
            key=lambda pair: (-pair[1], pair[0]),
        )[:KIN]
        deals = waiting.deal_rows(connection, [root for root, _ in likely], today, desk.settings)
    return [Candidate(deals[root], round(score, 4)) for root, score in likely]


def named_deal(desk: Desk, id: str, today: date) -> DealRow:
    """Return a deal as lists show it, by the id of a signal of it or the beginning of one. Raises DeskError."""
    with desk.look() as connection:
        root = root_of(connection, id)
        return waiting.deal_rows(connection, [root], today, desk.settings)[root]
