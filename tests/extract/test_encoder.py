"""The encoder: its arithmetic on networks of a few tables, and the shipped one: same text, same numbers, whatever is around."""

from __future__ import annotations

import hashlib
import json
import math
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.tiny_network import network
from paraph.errors import UsageError
from paraph.extract.encoder import FIELDS, Encoder, Sight, bundled_card, bundled_encoder, inputs
from paraph.extract.parse import Parse, parse
from paraph.extract.sources import attributions
from paraph.extract.windows import CONTEXT, EVIDENCE, SENTENCE_PIECES, evidence, windows
from paraph.extract.wordpiece import WordPieces

VALUES = sum(len(values) for values in FIELDS.values())
PIECES = "[PAD] [UNK] [CLS] [SEP] [MASK] norway chile signed a ferry pact . ##s word".split()
random_ = np.random.default_rng(3)
OF_MARKS = random_.normal(size=(len(EVIDENCE), 3)).astype(np.float32)
OF_PIECES = random_.normal(size=(len(PIECES), VALUES)).astype(np.float32)
OF_SENTENCES = random_.normal(size=(1000, VALUES)).astype(np.float32)

REPORT = """Norway and Chile weigh a ferry pact
OSLO, March 3 - Norway and Chile could sign an agreement on electric ferries next week, Transport Minister Ana Ruiz said.
A list of further announcements could include:
- Joint research on fjord ice
- Supply of salmon feed
The two already run a seed bank in Punta Arenas. Norway has ruled out a loan for the port of Arica.
"""
OTHERS = (
    "Kenya signed a defence pact with Qatar on Monday.",
    "The weather in Bergen was fine, and a choir sang. " * 40,
    "",
    "URUGUAY - GHANA: WHEAT\n\n12,000 tonnes; 5 pct; 1.2 mln dlrs",
)


@pytest.fixture(scope="module")
def tiny() -> Encoder:
    return Encoder(network(OF_MARKS, OF_PIECES, OF_SENTENCES), "\n".join(PIECES), 1)


@cache
def shipped(threads: int = 1) -> Encoder:
    return bundled_encoder(threads)


def look(encoder: Encoder, text: str, title: str | None = None, wanted: set[int] | None = None) -> tuple[Parse, Sight]:
    parsed = parse(text, title)
    return parsed, encoder.read(parsed, attributions(parsed), wanted)


def exactly(encoder: Encoder, text: str, title: str | None = None) -> tuple[object, ...]:
    """Return all that the encoder makes of a text, to the last bit."""
    parsed, sight = look(encoder, text, title)
    spans = [(t, min(t + width, len(parsed.tokens)) - 1) for t in range(len(parsed.tokens)) for width in (1, 3)]
    return sight.tags, [sight.fields(first, last) for first, last in spans]


# --- networks of a few tables ----------------------------------------------------------------------------------------


def test_the_tags_of_a_token_are_those_of_its_first_piece(tiny: Encoder) -> None:
    text = "Norway signed ferry pacts. Chile signed a ferry pact."
    parsed, sight = look(tiny, text)
    known = evidence(parsed, attributions(parsed))
    assert set(sight.tags) == set(range(len(parsed.tokens)))
    for token, tags in sight.tags.items():
        assert tags == pytest.approx(OF_MARKS[list(known[token])].sum(0), abs=1e-4)


def test_the_fields_of_an_anchor_are_the_mean_of_its_pieces_and_its_sentence(tiny: Encoder) -> None:
    _, sight = look(tiny, "Norway signed. Chile signed ferry pacts.", "A ferry pact")
    # Title, first sentence, second sentence: number 2.
    pieces = [PIECES.index(piece) for piece in ("ferry", "pact", "##s")]
    assert sight.fields(5, 6) == pytest.approx(OF_PIECES[pieces].mean(0) + OF_SENTENCES[2], abs=1e-5)
    assert sight.fields(0, 0) == pytest.approx(OF_PIECES[PIECES.index("norway")] + OF_SENTENCES[1], abs=1e-5)


def test_what_was_not_read_has_no_fields(tiny: Encoder) -> None:
    parsed, sight = look(tiny, " ".join(["word"] * (SENTENCE_PIECES + 10)))
    last = len(parsed.tokens) - 1
    assert last not in sight.tags
    assert sight.fields(last, last) is None
    assert sight.fields(SENTENCE_PIECES - 1, last) == sight.fields(SENTENCE_PIECES - 1, SENTENCE_PIECES - 1)


def test_of_a_text_without_words_nothing_is_made(tiny: Encoder) -> None:
    for text in ("", " \n "):
        _, sight = look(tiny, text, "A ferry pact")
        assert sight.tags == {}
        assert sight.fields(0, 0) is None


def test_a_window_in_the_form_of_the_network() -> None:
    parsed = parse("Norway signed.", "A pact")
    known = evidence(parsed, attributions(parsed))
    (window,) = windows(parsed, WordPieces.from_vocabulary(PIECES))
    given_ = inputs(window, known)
    assert list(given_) == ["pieces", "positions", "sentences", "known"]
    assert [given_[name].dtype for name in given_] == [np.int64] * 3 + [np.float32]
    assert given_["pieces"].tolist() == [list(window.pieces)]
    assert given_["positions"].tolist() == [list(window.positions)]
    assert given_["sentences"].tolist() == [list(window.sentences)]
    for at, token in enumerate(window.tokens):
        marked = np.flatnonzero(given_["known"][0, at]).tolist()
        assert marked == ([] if token == CONTEXT else list(known[token]))


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (network(OF_MARKS[1:], OF_PIECES, OF_SENTENCES), f"known with {len(EVIDENCE) - 1} marks"),
        (
            network(OF_MARKS, OF_PIECES, OF_SENTENCES, ("ids", "positions", "sentences", "known")),
            "takes ids, positions, sentences, known",
        ),
        (
            network(OF_MARKS, OF_PIECES, OF_SENTENCES, ("pieces", "sentences", "positions", "known")),
            "takes pieces, sent",
        ),
    ],
    ids=["marks", "names", "order"],
)
def test_a_file_of_another_version_is_refused_with_the_cure(file: bytes, told: str) -> None:
    with pytest.raises(UsageError, match="take the file and the program of one version") as error:
        Encoder(file, "\n".join(PIECES))
    assert told in str(error.value)
    assert f"with {len(EVIDENCE)}:" in str(error.value)


def test_a_vocabulary_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="lacks"):
        Encoder(network(OF_MARKS, OF_PIECES, OF_SENTENCES), "norway\nchile")


# --- the shipped network ---------------------------------------------------------------------------------------------


def test_the_card_tells_of_the_file_beside_it() -> None:
    data = files("paraph.extract").joinpath("data/encoder")
    file = data.joinpath("network.onnx").read_bytes()
    card = bundled_card()
    assert card == json.loads(data.joinpath("card.json").read_text("utf-8"))
    assert card["network"]["sha256"] == hashlib.sha256(file).hexdigest()
    assert card["network"]["bytes"] == len(file) <= 25_000_000
    assert card["version"].isdigit()
    assert card["license"] == "Apache-2.0"
    assert set(card["trained_on"]) == {"gold/train", "training/reports"}
    for source in card["trained_on"].values():
        assert source["documents"] > 0
        assert len(bytes.fromhex(source["sha256"])) == 32


def test_the_same_text_gives_the_same_numbers_whatever_was_read_before_it() -> None:
    alone = exactly(shipped(), REPORT, "Ferries")
    for other in OTHERS:
        exactly(shipped(), other)
        assert exactly(shipped(), REPORT, "Ferries") == alone


def test_one_thread_and_two_give_the_same_numbers() -> None:
    for text in (REPORT, *OTHERS):
        assert exactly(shipped(1), text) == exactly(shipped(2), text)


def test_threads_may_share_the_encoder() -> None:
    texts = [REPORT, *OTHERS] * 2
    alone = [exactly(shipped(), text) for text in texts]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda text: exactly(shipped(), text), texts)) == alone


def test_another_text_gives_other_numbers() -> None:
    """What is held equal above could not be equal by being constant."""
    tags, fields = exactly(shipped(), REPORT)
    assert len(set(tags.values())) > 50  # type: ignore[attr-defined]
    assert len({tuple(row) for row in fields if row}) > 50  # type: ignore[attr-defined]
    assert exactly(shipped(), REPORT, "Ferries") != (tags, fields)


def test_what_is_wanted_changes_no_number_of_what_is_read() -> None:
    text = "\n\n".join([REPORT, *OTHERS, REPORT.replace("Norway", "Peru")])
    parsed, every = look(shipped(), text)
    count = len(parsed.ranges)
    for n in (0, count // 2, count - 1):
        _, some = look(shipped(), text, wanted={n})
        assert set(range(*parsed.ranges[n])) <= set(some.tags)
        assert len(some.tags) < len(every.tags)
        for token, tags in some.tags.items():
            assert tags == every.tags[token]
            assert some.fields(token, token) == every.fields(token, token)
    _, none = look(shipped(), text, wanted=set())
    assert none.tags == {}


@pytest.mark.parametrize("text", ["a", ".", "é\u0301", "\ufffd", "x" * 500, "条約" * 400, "x " * 3000], ids=len)
def test_odd_texts_give_numbers(text: str) -> None:
    parsed, sight = look(shipped(), text)
    assert 0 in sight.tags
    assert all(math.isfinite(x) for tags in sight.tags.values() for x in tags)
    fields = sight.fields(0, len(parsed.tokens) - 1)
    assert fields is not None
    assert len(fields) == VALUES
    assert all(math.isfinite(x) for x in fields)


def test_a_word_that_is_longer_than_any_sentence_is_not_read() -> None:
    """The layout cuts what has no end, and the cut goes through the word."""
    parsed, sight = look(shipped(), "x" * 100_000)
    assert len(parsed.tokens) == 1
    assert sight.tags == {}
    assert sight.fields(0, 0) is None


@settings(max_examples=25)
@given(st.text(max_size=200), st.none() | st.text(max_size=30))
def test_any_text_gives_finite_numbers_for_all_its_sentences(text: str, title: str | None) -> None:
    parsed, sight = look(shipped(), text, title)
    assert set(sight.tags) <= {t for span in parsed.ranges for t in range(*span)}
    assert all(math.isfinite(x) for tags in sight.tags.values() for x in tags)
