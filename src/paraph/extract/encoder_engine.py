"""The encoder's engine: cues and encoder read the same words, the blend hears both.

The gate drops texts and sentences without any vocabulary of deals before the slow part. Layout, parties, the name of the
source and the words that explain each field come from the cue engine, whatever value the blend decides for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
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
        sight = self.encoder.read(parsed, attributions(parsed), wanted)
        blend = self.blend
        weighed = list(blend.tags(sight, anchor_weights(parsed, self.cues.anchors), parsed.ranges))
        found = mark_anchors(parsed, weighed, blend.transitions, blend.bars)
        signals = self._signals(document, parsed, sight, found)
        if weak:
            unsure = mark_anchors(parsed, weighed, blend.transitions, blend.bars, blend.weak)
            signals += self._signals(document, parsed, sight, unsure)
        return tuple(sorted(signals, key=lambda signal: (signal.start, signal.end)))

    def _signals(self, document: Document, parsed: Parse, sight: Sight, spans: list[AnchorSpan]) -> list[Signal]:
        told = [replace(span, confidence=self.blend.confidence(span)) for span in spans]
        return self.cues.signals(document, parsed, told, self._judge(sight), self.name)

    def _judge(self, sight: Sight) -> Callable[[list[Place], list[Weighed]], list[Weighed]]:
        def judge(where: list[Place], cues: list[Weighed]) -> list[Weighed]:
            return self.blend.fields(cues, [sight.fields(place.first, place.last) for place in where])

        return judge


@cache
def bundled_encoder_engine(threads: int = 0) -> EncoderEngine:
    """Return the engine with the bundled tables and the shipped network; read once for each number of threads."""
    blend = json.loads(files("paraph.extract").joinpath("data/encoder/blend.json").read_text("utf-8"))
    name = f"{NAME}/{bundled_card()['version']}"
    return EncoderEngine(bundled(), bundled_encoder(threads), Blend.from_dict(blend), bundled_gate(), name)
