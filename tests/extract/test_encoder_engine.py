"""The encoder's engine: both witnesses heard, the gate that only saves time, and signals that hold whatever is read."""

from __future__ import annotations

import json
import random
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.blends import cues_alone, encoder_alone
from paraph.cli import main
from paraph.errors import UsageError
from paraph.exits import Exit
from paraph.extract import blend as blending
from paraph.extract.encoder import FIELDS, Sight, bundled_card, bundled_encoder
from paraph.extract.encoder_engine import EncoderEngine, bundled_encoder_engine
from paraph.extract.engine import bundled
from paraph.extract.gate import bundled_gate
from paraph.extract.parse import Parse, parse
from paraph.extract.sources import Attribution
from paraph.model import Certainty, Document, Instrument, Sector, Signal, SourceType, Stage
from paraph.reading import ENGINES, read, read_all
from paraph.settings import Settings

REPORT = """Norway and Chile weigh a ferry pact before the Oslo visit
OSLO, March 3 - Norway and Chile could sign an agreement on electric ferries next week, Transport Minister Ana Ruiz said.
A list of further announcements could include:
- Joint research on fjord ice
- Supply of salmon feed
The two already run a seed bank in Punta Arenas. Norway has ruled out a loan for the port of Arica.
"""
TITLE = "Norway and Chile weigh a ferry pact before the Oslo visit"
OTHERS = (
    "Kenya signed a defence pact with Qatar on Monday. Qatar may also buy tea from Kenya, two officials said.",
    "The weather in Bergen was fine, and a choir sang.",
    "",
    "Peru and Ghana inked memoranda on fisheries, health and tourism. Ghana hopes for a loan of 30 mln dlrs.",
)
SENTENCES = (
    *(line for text in (REPORT, *OTHERS) for line in text.splitlines()),
    "The two leaders took note of work on a seed bank, a loan for Arica and supplies of salmon feed.",
    "President Rojas visited a shipyard where the ferries could be built.",
    "Q: What of the ferries?\nA: They sail under an agreement with Chile.",
)
texts = st.lists(st.sampled_from(SENTENCES), max_size=8).map("\n\n".join) | st.text(max_size=200)


@cache
def shipped(threads: int = 1) -> EncoderEngine:
    return bundled_encoder_engine(threads)


def document(text: str, title: str | None = None) -> Document:
    return Document(text=text, id="d", title=title)


def told(text: str, weak: bool = False, title: str | None = None, threads: int = 1) -> bytes:
    """Return the signals of a text as bytes."""
    found = shipped(threads).extract(document(text, title), weak)
    return json.dumps([signal.to_dict() for signal in found]).encode()


def places(signals: Collection[Signal]) -> list[tuple[int, int]]:
    return [(signal.start, signal.end) for signal in signals]


def check(text: str, signals: tuple[Signal, ...], name: str) -> None:
    """Hold signals to what every signal promises."""
    for one, other in pairwise(signals):
        assert one.end <= other.start, (one.anchor, other.anchor)
    for signal in signals:
        assert 0 <= signal.start < signal.end <= len(text)
        assert text[signal.start : signal.end] == signal.anchor
        assert signal.anchor.strip() == signal.anchor
        for value, kind in (
            (signal.stage, Stage),
            (signal.certainty, Certainty),
            (signal.source_type, SourceType),
            (signal.sector, Sector),
            (signal.instrument, Instrument),
        ):
            assert isinstance(value, kind)
        assert isinstance(signal.ahead, bool)
        assert 0.0 <= signal.confidence <= 1.0
        assert signal.engine == name
        assert signal.source_type != SourceType.OUTLET or signal.source is None
        for cue in signal.why:
            assert 0 <= cue.start < cue.end <= len(text)


# --- engines put together by hand --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A reader that was told what to see: anchors by their words, and the same values for each."""

    anchors: tuple[str, ...]
    values: dict[str, str]

    def read(self, parse: Parse, voices: list[list[Attribution]], wanted: Collection[int] | None = None) -> Sight:
        tags = dict.fromkeys(range(len(parse.tokens)), (9.0, 0.0, 0.0))
        for anchor in self.anchors:
            at = parse.text.index(anchor)
            first, stop = parse.token_range(at, at + len(anchor))
            tags |= dict.fromkeys(range(first, stop), (0.0, 0.0, 9.0)) | {first: (0.0, 9.0, 0.0)}
        import numpy as np

        row = [5.0 * (value == self.values[field]) for field, names in FIELDS.items() for value in names]
        own = np.array([row] * len(parse.tokens), dtype=np.float32)
        nothing = np.zeros((1, len(row)), dtype=np.float32)
        return Sight(tags, [(own, nothing)], {t: (0, t, t + 1, 0) for t in range(len(parse.tokens))})


VALUES = {
    "stage": "stalled",
    "ahead": "True",
    "certainty": "possible",
    "source_type": "outlet",
    "sector": "space",
    "instrument": "joint_production",
}


@pytest.mark.parametrize("text", [REPORT, *OTHERS, "\n\n".join(SENTENCES)])
def test_with_all_weight_on_the_cues_it_is_the_cue_engine(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_CUES", "MOST_TAGS"):
        monkeypatch.setattr(blending, name, 1e9)
    engine = EncoderEngine(bundled(), bundled_encoder(1), cues_alone(), name="cues")
    found = engine.extract(document(text))
    expected = bundled().extract(document(text))
    assert [replace(signal, confidence=0.5) for signal in found] == [replace(s, confidence=0.5) for s in expected]
    assert [s.confidence for s in found] == pytest.approx([s.confidence for s in expected], abs=2e-4)


def test_with_all_weight_on_the_encoder_it_says_what_the_encoder_says() -> None:
    """Even against the cues: nothing in the text speaks of space, or of what is stalled."""
    engine = EncoderEngine(bundled(), Told(("choir", "weather in Bergen"), VALUES), encoder_alone())
    text = f"Norway spoke. {OTHERS[1]}"
    found = engine.extract(document(text))
    assert [signal.anchor for signal in found] == ["weather in Bergen", "choir"]
    for signal in found:
        row = signal.to_dict()
        assert {name: str(row[name]) for name in VALUES} == VALUES
        assert signal.confidence > 0.9
    check(text, found, "encoder")


def test_a_sieve_that_lets_nothing_pass_tells_nothing() -> None:
    held = {"bias": 0.0, "weights": encoder_alone().sieve.weights, "told": 1.1}
    reader = Told(("choir",), VALUES)
    text = document(f"Norway spoke. {OTHERS[1]}")
    assert EncoderEngine(bundled(), reader, encoder_alone(sieve=held)).extract(text) == ()
    (weak,) = EncoderEngine(bundled(), reader, encoder_alone(sieve=held, weak=0.3)).extract(text, weak=True)
    assert weak.anchor == "choir"
    assert EncoderEngine(bundled(), reader, encoder_alone(sieve=held, weak=1.05)).extract(text, weak=True) == ()


def test_the_gate_spares_the_reader_texts_without_deals() -> None:
    @dataclass
    class Counting:
        asked: list[object]

        def read(self, parse: Parse, voices: list[list[Attribution]], wanted: Collection[int] | None = None) -> Sight:
            self.asked.append(wanted)
            return bundled_encoder(1).read(parse, voices, wanted)

    reader = Counting([])
    gated = EncoderEngine(bundled(), reader, cues_alone(), bundled_gate())
    for text in ("", "The weather in Bergen was fine, and a choir sang.", "norway. " * 3, "a sang b."):
        assert gated.extract(document(text)) == ()
    assert reader.asked == []
    gated.extract(document(REPORT))
    (wanted,) = reader.asked
    assert isinstance(wanted, frozenset)
    assert wanted <= set(range(len(parse(REPORT).ranges)))
    EncoderEngine(bundled(), reader, cues_alone()).extract(document(REPORT))
    assert reader.asked[1] is None


# --- the shipped engine ------------------------------------------------------------------------------------------------


def test_a_report_is_read() -> None:
    found = shipped().extract(document(REPORT, TITLE))
    assert len(found) >= 4
    check(REPORT, found, "encoder/1")
    assert any("electric ferries" in signal.anchor for signal in found)
    assert {"NO", "CL"} in [set(signal.parties) for signal in found]
    assert any(signal.ahead for signal in found)


def test_its_signals_are_signed_with_its_version() -> None:
    assert shipped().name == f"encoder/{bundled_card()['version']}"


def test_the_blend_fits_the_program() -> None:
    blend = shipped().blend
    assert 0 < blend.weak < blend.sieve.told < 1
    assert 0 < blend.bars.listed <= blend.bars.begins < 1
    for name, (bias, weights) in blend.tables.items():
        classes = getattr(bundled(), name).bias
        assert len(bias) == len(weights) == len(classes)


def test_the_same_text_gives_the_same_bytes_in_any_company() -> None:
    texts_ = ["\n\n".join((REPORT, *OTHERS)), REPORT, *OTHERS]
    alone = {text: told(text, weak=True) for text in texts_}
    assert sum(map(len, alone.values())) > 1000
    for seed in range(3):
        order = texts_ * 2
        random.Random(seed).shuffle(order)
        assert {text: told(text, weak=True) for text in order} == alone
    assert {text: told(text, weak=True, threads=2) for text in texts_} == alone
    with ThreadPoolExecutor(2) as pool:
        assert dict(zip(texts_, pool.map(lambda text: told(text, weak=True), texts_), strict=True)) == alone


def test_what_a_gate_leaves_out_changes_nothing_of_what_is_told() -> None:
    """Where every window has a sentence that is wanted, the gate makes no difference at all."""
    without = replace(shipped(), gate=None)
    assert without.extract(document(REPORT, TITLE)) == shipped().extract(document(REPORT, TITLE))


@settings(max_examples=40)
@given(texts, st.none() | st.just(TITLE))
def test_any_text_gives_valid_signals(text: str, title: str | None) -> None:
    engine = shipped()
    found = engine.extract(document(text, title))
    check(text, found, engine.name)
    both = engine.extract(document(text, title), True)
    check(text, both, engine.name)
    sure = {(signal.start, signal.end): signal.confidence for signal in both}
    assert all(sure[signal.start, signal.end] == signal.confidence for signal in found)
    assert all(signal.confidence >= engine.blend.sieve.told - 1e-4 for signal in found)
    assert all(signal.confidence >= engine.blend.weak - 1e-4 for signal in both)


def test_weak_signals_are_there_and_less_sure_than_any_that_is_told() -> None:
    text = "\n\n".join(SENTENCES)
    engine = shipped()
    found, both = engine.extract(document(text)), engine.extract(document(text), True)
    assert set(places(found)) < set(places(both))
    weak = [signal for signal in both if (signal.start, signal.end) not in places(found)]
    assert weak
    assert max(signal.confidence for signal in weak) <= min(signal.confidence for signal in found)


@pytest.mark.parametrize(
    "text",
    ["", "a", ".", "x" * 100_000, "Norway signed a pact with Chile" + " and Peru" * 3000 + ".", REPORT[:200].lower()],
    ids=["empty", "letter", "sign", "word", "sentence", "small"],
)
def test_odd_texts_are_read(text: str) -> None:
    check(text, shipped().extract(document(text), True), "encoder/1")


# --- asked for by name -------------------------------------------------------------------------------------------------


def test_both_engines_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"id": "d", "text": REPORT, "title": TITLE}), "utf-8")
    for name, signed in (("encoder", "encoder/1"), ("cues", "cues")):
        assert main(["read", str(path), "--engine", name, "--format", "jsonl"]) == Exit.DONE
        signals = json.loads(capsys.readouterr().out)["signals"]
        assert {signal["engine"] for signal in signals} == {signed}
        by_name = read({"text": REPORT, "title": TITLE, "id": "d"}, engine=name)
        assert [signal.to_dict() for signal in by_name.signals] == signals
    assert main(["read", str(path), "--format", "jsonl"]) == Exit.DONE
    assert {signal["engine"] for signal in json.loads(capsys.readouterr().out)["signals"]} == {"encoder/1"}


def test_an_unknown_engine_is_refused_with_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="'oracle' is not known; give one of: cues, encoder"):
        read_all([], engine="oracle")
    assert main(["read", "-", "--engine", "oracle"]) == Exit.USAGE
    assert "oracle" in capsys.readouterr().err


def test_threads_are_those_of_the_settings() -> None:
    extract = ENGINES["encoder"](Settings(encoder_threads=1))
    assert extract(document(REPORT), False) == shipped(1).extract(document(REPORT))
