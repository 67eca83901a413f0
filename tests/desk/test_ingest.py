"""Taking documents in."""

from __future__ import annotations

from paraph.desk import Desk
from samples import note, report


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    first = desk.add(report())
    assert (first.state, first.signals) == ("new", 6)
    assert desk.add(report()).state == "same"
    assert desk.add(note()).state == "new"
    assert len(list(desk.documents())) == 2
