"""The encoder's engine: cues and encoder read the same words, the blend hears both.

The gate drops texts and sentences without any vocabulary of deals before the slow part. Layout, parties, the name of the
source and the words that explain each field come from the cue engine, whatever value the blend decides for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

from paraph.extract.anchors import AnchorSpan, anchor_weights, mark_anchors
from paraph.extract.blend import Blend
from paraph.extract.encoder import Sight, bundled_card, bundled_encoder
from paraph.extract.engine import CueEngine, Weighed, bundled
from paraph.extract.gate import Gate, bundled_gate
from paraph.extract.parse import Parse, parse
from paraph.extract.places import Place
from paraph.extract.sieve import features, posterior_of
from paraph.extract.sources import Attribution, attributions
from paraph.model import Document, Signal

__all__ = ["NAME", "EncoderEngine", "bundled_encoder_engine"]

NAME = "encoder"


class Reader(Protocol):
    """What reads a parsed text: the shipped encoder, or one in training."""

    def read(self, parse: Parse, voices: list[list[Attribution]], wanted: Collection[int] | None = None) -> Sight:
        """Return what it makes of the text, or of the windows that read one of the wanted sentences."""
        ...


@dataclass(frozen=True, slots=True)
class EncoderEngine:
    """The engine with its parts; immutable.

    Without a gate every sentence is read. ``name`` is what its signals are signed with.
    """

    cues: CueEngine
    encoder: Reader
    blend: Blend
    gate: Gate | None = None
    name: str = NAME

    def extract(self, document: Document, weak: bool = False) -> tuple[Signal, ...]:
        """Return the signals of a document in order of place. Linear in the text; deterministic.

        With ``weak``, those that are too unsure to be told stand among them, less sure than all others; the others are the
        same as without.
        """
        if self.gate is not None and not self.gate.may_hold(document.text, document.title):
            return ()
        parsed = parse(document.text, document.title)
        wanted = None
        if self.gate is not None:
            wanted = frozenset(n for n, read in enumerate(self.gate.sentences_to_read(parsed)) if read)
            if not wanted:
                return ()
        voices = attributions(parsed)
        sight = self.encoder.read(parsed, voices, wanted)
        weighed = list(self.blend.tags(sight, anchor_weights(parsed, self.cues.anchors), parsed.ranges))
        found = mark_anchors(parsed, weighed, self.blend.transitions, self.blend.bars)
        inside = posterior_of(parsed, weighed, self.blend.transitions)
        told = self.blend.sieve.told
        signals: list[Signal] = []
        for least, below in ((told, math.inf), (self.blend.weak, told))[: 2 if weak else 1]:
            second = _Hearing(self.blend, parsed, sight, inside, least, below)
            signals += self.cues.signals(document, parsed, voices, found, second, self.name)
        return tuple(sorted(signals, key=lambda signal: (signal.start, signal.end)))


@dataclass(frozen=True, slots=True)
class _Hearing:
    """The second look at one document: the sieve over its places, the blend over its anchors' fields.

    Places at least as sure as ``least`` and less sure than ``below`` are signals.
    """

    blend: Blend
    parsed: Parse
    sight: Sight
    inside: dict[int, float]
    least: float
    below: float

    def sift(self, spans: list[AnchorSpan], parties: list[int]) -> list[float | None]:
        sieve = self.blend.sieve
        sure = [sieve.probability(row) for row in features(self.parsed, spans, self.inside, parties)]
        return [p if self.least <= p < self.below else None for p in sure]

    def judge(self, where: list[Place], cues: list[Weighed]) -> list[Weighed]:
        return self.blend.fields(cues, [self.sight.fields(place.first, place.last) for place in where])


@cache
def bundled_encoder_engine(threads: int = 0) -> EncoderEngine:
    """Return the engine with the bundled tables and the shipped network; read once for each number of threads."""
    blend = json.loads(files("paraph.extract").joinpath("data/encoder/blend.json").read_text("utf-8"))
    name = f"{NAME}/{bundled_card()['version']}"
    return EncoderEngine(bundled(), bundled_encoder(threads), Blend.from_dict(blend), bundled_gate(), name)
