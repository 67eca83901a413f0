"""The encoder: a small trained network that reads a parsed text and tells, for every token, what it takes it for.

It runs under onnxruntime from one file of the package (eight-bit weights, one scale a channel). Each window is run by itself,
because the eight-bit steps are scaled by what is in the run: so what is read in a window depends on its own words alone, and
the same text gives the same numbers whatever was read before it or beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from paraph.errors import UsageError
from paraph.extract.parse import Parse
from paraph.extract.sources import Attribution
from paraph.extract.windows import CONTEXT, EVIDENCE, Window, evidence, windows
from paraph.extract.wordpiece import WordPieces
from paraph.model import Certainty, Instrument, Sector, SourceType, Stage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

    Floats = NDArray[np.float32]

__all__ = ["FIELDS", "Encoder", "Sight", "bundled_card", "bundled_encoder", "inputs", "look"]

# The values of each field in the order of the encoder's outputs.
FIELDS: dict[str, tuple[str, ...]] = {
    "stage": tuple(Stage),
    "ahead": ("False", "True"),
    "certainty": tuple(Certainty),
    "source_type": tuple(SourceType),
    "sector": tuple(Sector),
    "instrument": tuple(Instrument),
}
_DATA = files("paraph.extract").joinpath("data/encoder")
_INPUTS = ("pieces", "positions", "sentences", "known")


@dataclass(frozen=True, slots=True)
class Sight:
    """What the encoder made of a text.

    ``tags`` holds the logits of O, B and I of each token that was read; ``_pieces`` those of the fields' values by piece of each
    window, ``_places`` where each token stands in them: window, first piece, piece behind its last, its sentence's opening.
    """

    tags: dict[int, tuple[float, float, float]]
    _pieces: list[tuple[Floats, Floats]]
    _places: dict[int, tuple[int, int, int, int]]

    def fields(self, first: int, last: int) -> list[float] | None:
        """Return the logits of the values of all fields, in the order of FIELDS, for the tokens ``first`` to ``last`` inclusive.

        They are the mean over the pieces of the tokens plus what the sentence says. None where no token of them was read.
        """
        places = [self._places[t] for t in range(first, last + 1) if t in self._places]
        if not places:
            return None
        window, begin, _, opening = places[0]
        own, sentence = self._pieces[window]
        end = max(stop for at, _, stop, _ in places if at == window)
        total = own[begin:end].mean(axis=0, dtype=np.float64) + sentence[opening]
        return [float(x) for x in total]


class Encoder:
    """The network with its vocabulary. May be shared by threads; reading does not change it."""

    __slots__ = ("_session", "words")

    def __init__(self, network: bytes, vocabulary: str, threads: int = 0) -> None:
        """Make it ready. ``threads`` are those of one run, 0 for one a core.

        Raises UsageError where the network was made for other inputs than this program gives.
        """
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.use_deterministic_compute = True
        # Threads that wait in a loop for the next window would keep a laptop's core busy between documents.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: InferenceSession = InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self.words = WordPieces.from_vocabulary(vocabulary.splitlines())
        named = tuple(given.name for given in self._session.get_inputs())
        known = self._session.get_inputs()[-1].shape[-1]
        if named != _INPUTS or known != len(EVIDENCE):
            raise UsageError(
                f"the encoder's file takes {', '.join(named)} with {known} marks a token, this program gives "
                f"{', '.join(_INPUTS)} with {len(EVIDENCE)}: take the file and the program of one version"
            )

    def read(
        self, parse: Parse, voices: Sequence[Sequence[Attribution]], wanted: Collection[int] | None = None
    ) -> Sight:
        """Return what the encoder makes of a text; with ``wanted``, only of the windows that read one of these sentences.

        Linear in the text.
        """
        return look(parse, voices, self.words, self._run, wanted)

    def _run(self, given: dict[str, NDArray[Any]]) -> tuple[Floats, Floats, Floats]:
        tags, fields, sentence = self._session.run(None, given)
        return tags, fields, sentence


def look(
    parse: Parse,
    voices: Sequence[Sequence[Attribution]],
    words: WordPieces,
    run: Callable[[dict[str, NDArray[Any]]], tuple[Floats, Floats, Floats]],
    wanted: Collection[int] | None = None,
) -> Sight:
    """Return what a network makes of a text: ``run`` takes one window's inputs and gives the three kinds of logits."""
    known = evidence(parse, voices)
    tags: dict[int, tuple[float, float, float]] = {}
    pieces: list[tuple[Floats, Floats]] = []
    places: dict[int, tuple[int, int, int, int]] = {}
    for at, window in enumerate(windows(parse, words, wanted)):
        marks, own, sentence = run(inputs(window, known))
        pieces.append((own[0], sentence[0]))
        for token, (begin, stop, opening) in window.read.items():
            o, b, i = marks[0, begin].tolist()
            tags[token] = (o, b, i)
            places[token] = (at, begin, stop, opening)
    return Sight(tags, pieces, places)


def inputs(window: Window, known: Sequence[tuple[int, ...]]) -> dict[str, NDArray[Any]]:
    """Return a window in the form that the network takes, one row: pieces, positions, sentences, and the marks of each token."""
    marks = np.zeros((1, len(window.pieces), len(EVIDENCE)), dtype=np.float32)
    for at, token in enumerate(window.tokens):
        if token != CONTEXT:
            marks[0, at, list(known[token])] = 1.0
    return {
        "pieces": np.array([window.pieces], dtype=np.int64),
        "positions": np.array([window.positions], dtype=np.int64),
        "sentences": np.array([window.sentences], dtype=np.int64),
        "known": marks,
    }


@cache
def bundled_card() -> dict[str, Any]:
    """Return what is to be known of the shipped encoder: version, what it was made from, figures; read once."""
    card: dict[str, Any] = json.loads(_DATA.joinpath("card.json").read_text("utf-8"))
    return card


@cache
def bundled_encoder(threads: int = 0) -> Encoder:
    """Return the encoder that the package ships; read once for each number of threads."""
    return Encoder(
        _DATA.joinpath("network.onnx").read_bytes(), _DATA.joinpath("vocabulary.txt").read_text("utf-8"), threads
    )
