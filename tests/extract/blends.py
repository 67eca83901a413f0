"""Blends written out by hand: all weight on one witness, and a sieve that lets pass what the tags are sure of."""

from __future__ import annotations

from typing import Any

from paraph.extract.blend import TABLES, Blend
from paraph.extract.encoder import FIELDS
from paraph.extract.engine import bundled
from paraph.extract.sieve import FEATURES

MOOD = ("stage", "ahead", "certainty", "source_type")
_OWN = {"mood": MOOD, "voice": MOOD, "topic": ("sector", "instrument")}
OTHERS = {"mood": 18, "voice": 18, "topic": 0}


def classes(table: str) -> list[tuple[str, str]]:
    """Return field and value of each class of a table of the cues, in its order."""
    weights = getattr(bundled(), table)
    found = {at: (field, value) for field, values in weights.fields for at, value in values}
    return [found[at] for at in range(len(found))]


def sizes(table: str) -> tuple[int, int]:
    """Return how many inputs of a table come before those of its cues, and how many there are in all."""
    before = sum(len(FIELDS[field]) for field in _OWN[table]) + OTHERS[table]
    return before, before + len(classes(table)) + (len(classes("voice")) if table == "mood" else 0)


def from_cues(table: str) -> list[list[float]]:
    """Return weights that give each class what the cues say of it."""
    before, size = sizes(table)
    return [[float(at == before + row) for at in range(size)] for row in range(len(classes(table)))]


def from_encoder(table: str) -> list[list[float]]:
    """Return weights that give each class the encoder's log-probability of its value, or log-odds where there are two."""
    places = {}
    for field in _OWN[table]:
        for value in FIELDS[field]:
            places[field, value] = len(places)
    out = []
    for field, value in classes(table):
        row = [0.0] * sizes(table)[1]
        row[places[field, value]] = 1.0
        if field == "ahead":
            row[places[field, "False"]] = -1.0
        out.append(row)
    return out


def by_hand(witness: Any, begins: list[float], inside: list[float], **other: Any) -> dict[str, Any]:
    """Return a blend in the form of blend.json; ``witness`` is from_cues or from_encoder."""
    return {
        "begins": begins,
        "inside": inside,
        "transitions": [list(row) for row in bundled().anchors.transitions],
        "tables": {name: {"bias": [0.0] * len(classes(name)), "weights": witness(name)} for name in TABLES},
        "bars": {"inside": 0.4, "begins": 0.4, "listed": 0.15},
        "sieve": {"bias": 0.0, "weights": [float(name == "begins") for name in FEATURES], "told": 0.0},
        "weak": 0.0,
    } | other


def cues_alone(**other: Any) -> Blend:
    """Return a blend that hears the cues only."""
    return Blend.from_dict(by_hand(from_cues, [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], **other))


def encoder_alone(**other: Any) -> Blend:
    """Return a blend that hears the encoder only."""
    return Blend.from_dict(by_hand(from_encoder, [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], **other))
