"""Agreement between the people of a desk: what each said last counts, of signals that several decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from paraph.desk import Action, Desk, Review, agreement
from paraph.model import Document, Reading
from samples import signal

NAMES = ("salmon feed", "rescue helicopters", "fjord ice", "port of Arica")


@pytest.fixture
def ids(desk: Desk) -> dict[str, str]:
    text = "".join(f"They spoke of the {name} again.\n" for name in NAMES)
    desk.add(
        Reading(
            Document(text=text, id="page", published=date(2025, 3, 3)),
            tuple(signal(text, name, "talks") for name in NAMES),
        )
    )
    return {each.signal.anchor: each.id for each in desk.sightings()}


def say(desk: Desk, who: str, action: str, signal: str, field: str | None = None, value: Any = None) -> int:
    payload = {"field": field, "value": value} if field else {}
    return desk.decide(Review(Action(action), who, signal=signal, payload=payload))


def test_an_empty_log(desk: Desk) -> None:
    found = agreement.agreeing(desk)
    assert (found.signals.units, found.pairs, found.fields, found.looked_at, found.whole) == (0, {}, {}, 0, True)


def test_signals_that_two_or_more_decided(desk: Desk, ids: dict[str, str]) -> None:
    feed, helicopters, ice, port = (ids[name] for name in NAMES)
    for who, action in (("Ana", "accept"), ("Bo", "accept"), ("Cy", "reject")):
        say(desk, who, action, feed)
    say(desk, "Ana", "reject", helicopters)
    say(desk, "Bo", "reject", helicopters)
    say(desk, "Ana", "accept", ice)  # nobody else
    say(desk, "Ana", "accept", port)
    say(desk, "Bo", "unsure", port)  # says neither
    found = agreement.agreeing(desk)
    assert (found.signals.units, found.signals.people, found.signals.pairs, found.signals.agreeing) == (2, 3, 4, 2)
    assert found.signals.percent == 0.5
    assert {pair: (each.agreeing, each.pairs) for pair, each in found.pairs.items()} == {
        ("Ana", "Bo"): (2, 2),
        ("Ana", "Cy"): (0, 1),
        ("Bo", "Cy"): (0, 1),
    }
    assert (found.fields, found.looked_at, found.whole) == ({}, 8, True)


def test_the_last_that_was_not_undone_counts(desk: Desk, ids: dict[str, str]) -> None:
    feed = ids["salmon feed"]
    say(desk, "Ana", "reject", feed)
    say(desk, "Ana", "accept", feed)
    number = say(desk, "Ana", "reject", feed)
    undo = desk.decide(Review(Action.UNDO, "Cy", undoes=number))
    say(desk, "Bo", "accept", feed)
    assert agreement.agreeing(desk).signals.agreeing == 1
    desk.decide(Review(Action.UNDO, "Cy", undoes=undo))
    assert (agreement.agreeing(desk).signals.pairs, agreement.agreeing(desk).signals.agreeing) == (1, 0)


def test_fields_are_compared_where_somebody_corrected_them(desk: Desk, ids: dict[str, str]) -> None:
    feed, helicopters, *_ = (ids[name] for name in NAMES)
    say(desk, "Ana", "correct", feed, "stage", "signed")
    say(desk, "Ana", "correct", feed, "parties", ["CL", "PE"])
    say(desk, "Bo", "correct", feed, "parties", ["PE", "CL"])
    say(desk, "Bo", "accept", feed)  # lets the machine's stage stand
    say(desk, "Cy", "reject", feed)  # says nothing of its fields
    say(desk, "Ana", "correct", helicopters, "stage", "agreed")
    say(desk, "Bo", "correct", helicopters, "stage", "talks")  # what the machine said, in so many words
    found = agreement.agreeing(desk)
    told = {field: (each.units, each.pairs, each.agreeing) for field, each in found.fields.items()}
    assert told == {"stage": (2, 2, 0), "parties": (1, 1, 1)}
    # To correct is to take it for a signal.
    assert (found.signals.units, found.signals.pairs, found.signals.agreeing) == (2, 4, 2)


def test_of_a_long_log_the_newest_are_looked_at(
    desk: Desk, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, helicopters, *_ = (ids[name] for name in NAMES)
    for id in (feed, helicopters):
        say(desk, "Ana", "accept", id)
        say(desk, "Bo", "accept", id)
    monkeypatch.setattr(agreement, "DECISIONS", 3)
    found = agreement.agreeing(desk)
    assert (found.signals.units, found.looked_at, found.whole) == (1, 3, False)
    monkeypatch.setattr(agreement, "DECISIONS", 4)
    assert (agreement.agreeing(desk).signals.units, agreement.agreeing(desk).whole) == (2, True)


def test_a_signal_that_is_gone_is_left_out(desk: Desk, ids: dict[str, str]) -> None:
    feed = ids["salmon feed"]
    say(desk, "Ana", "accept", feed)
    say(desk, "Bo", "accept", feed)
    list(desk.reread(lambda document: (), engine="none", engine_version="1"))
    assert agreement.agreeing(desk).signals.units == 0
