"""Training of the encoder on tiny inputs: the loss against its definition, filling that changes nothing, folds by event.

Runs where the packages of the dependency group "train" are installed, and skips elsewhere.
"""

from __future__ import annotations

import random
import sys
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: training is not part of the program")
for needed in ("pycrfsuite", "sklearn", "safetensors"):
    pytest.importorskip(needed, reason=f"{needed} is not installed: training is not part of the program")

sys.path.append(str(Path(__file__).resolve().parents[2]))

from training.encoder.data import Hiding, collate, examples, folds, groups  # noqa: E402
from training.encoder.network import GLOBAL, VALUES, Network, crf_loss  # noqa: E402
from training.reports import read_report  # noqa: E402

from paraph.extract.encoder import bundled_encoder  # noqa: E402
from paraph.extract.windows import CONTEXT, EVIDENCE  # noqa: E402

CONFIG = {
    "hidden_size": 16,
    "vocab_size": 30522,
    "max_position_embeddings": 512,
    "intermediate_size": 32,
    "num_attention_heads": 2,
    "num_hidden_layers": 4,
}
REPORT = (
    "id: a\nevent: b\nrole: preview\ntitle: Ferries\n\nNorway and Chile discuss a [[ferry pact | talks now certain | "
    "official: Ana Ruiz | NO,CL | transport | cooperation | ferries]], Ana Ruiz said.\n\nThe weather was fine in Bergen. A "
    "[[loan | ended ahead possible | outlet | NO,CL | finance | investment | loan]] may be refused.\n"
)
SHORT = "id: s\nevent: c\nrole: negative\ntitle: Weather\n\nIt rained.\n"


@pytest.fixture(scope="module")
def net() -> Any:
    torch.manual_seed(0)
    made = Network(CONFIG, len(EVIDENCE)).eval()
    # Such as it is made it would not tell sentences apart.
    torch.nn.init.normal_(made.sentence.weight)
    return made


def rows(*reports: str) -> list[Any]:
    return [one for report in reports for one in examples(read_report(report), bundled_encoder(1).words)]


def test_the_loss_is_that_of_all_ways_to_tag() -> None:
    torch.manual_seed(1)
    lengths = (1, 2, 4)
    logits, transitions = torch.randn(3, 4, 3), torch.randn(3, 3)
    tags = torch.randint(0, 3, (3, 4))
    mask = torch.tensor([[at < length for at in range(4)] for length in lengths])
    loss = crf_loss(logits, tags, mask, transitions)
    for row, length in enumerate(lengths):

        def score(path: Any, row: int = row) -> float:
            own = sum(float(logits[row, at, tag]) for at, tag in enumerate(path))
            return own + sum(float(transitions[a, b]) for a, b in pairwise(path))

        every = torch.tensor([score(path) for path in product(range(3), repeat=length)])
        right = score(tags[row, :length].tolist())
        assert float(loss[row]) == pytest.approx(float(torch.logsumexp(every, 0)) - right, abs=1e-4)
        assert loss[row] > 0


def test_each_piece_gets_logits_of_tags_and_of_fields(net: Any) -> None:
    batch = collate(rows(REPORT, SHORT), bundled_encoder(1).words, None, random.Random(0))
    tags, fields, sentence = net(batch.pieces, batch.positions, batch.numbers, batch.known)
    shape = tuple(batch.pieces.shape)
    assert shape[0] == 2
    assert tuple(tags.shape) == (*shape, 3)
    assert tuple(fields.shape) == tuple(sentence.shape) == (*shape, VALUES)
    assert all(bool(torch.isfinite(one).all()) for one in (tags, fields, sentence))


def test_filling_changes_nothing(net: Any) -> None:
    words = bundled_encoder(1).words
    (short,) = rows(SHORT)
    alone = collate([short], words, None, random.Random(0))
    beside = collate([*rows(REPORT), short], words, None, random.Random(0))
    size = len(short.pieces)
    assert beside.pieces.shape[1] > size
    assert set(beside.pieces[1, size:].tolist()) == {words.pad}
    assert set(beside.numbers[1, size:].tolist()) == {-1}
    one = net(alone.pieces, alone.positions, alone.numbers, alone.known)
    two = net(beside.pieces, beside.positions, beside.numbers, beside.known)
    for a, b in zip(one, two, strict=True):
        assert torch.allclose(a[0], b[1, :size], atol=1e-5)


def test_lower_layers_see_their_own_sentence_only(net: Any) -> None:
    batch = collate(rows(REPORT), bundled_encoder(1).words, None, random.Random(0))
    other = batch.pieces.clone()
    last = int(batch.numbers.max())
    other[batch.numbers == last] = 2000
    elsewhere = batch.numbers[0] < last
    assert bool(elsewhere.any())
    a, b = (net.lower(pieces, batch.positions, batch.numbers)[0, elsewhere] for pieces in (batch.pieces, other))
    assert torch.allclose(a, b, atol=1e-6)
    assert 0 < GLOBAL < CONFIG["num_hidden_layers"]
    a, b = (
        net(pieces, batch.positions, batch.numbers, batch.known)[1][0, elsewhere] for pieces in (batch.pieces, other)
    )
    assert not torch.allclose(a, b, atol=1e-6)


def test_frozen_parameters_are_those_of_the_lower_part(net: Any) -> None:
    frozen = {id(parameter) for parameter in net.frozen()}
    names = {name.split(".")[0] for name, parameter in net.named_parameters() if id(parameter) in frozen}
    assert names == {"pieces", "positions", "kind", "norm", "layers"}
    assert len(frozen) < len(list(net.parameters()))


def test_what_is_to_be_learnt_from_a_report() -> None:
    (one,) = rows(REPORT)
    words = bundled_encoder(1).words
    assert len(one.sentences) == 3
    tags = [tags.tolist() for _, tags in one.sentences]
    assert tags[0][:8] == [0, 0, 0, 0, 0, 1, 2, 0]
    assert tags[1] == [0] * 7
    assert tags[2][:3] == [0, 1, 0]
    for anchor, named in zip(one.anchors, ("ferry pact", "loan"), strict=True):
        pieces = [piece for word in named.split() for piece in words.pieces(word)]
        assert list(one.pieces[anchor.first : anchor.stop]) == pieces
        assert one.pieces[anchor.opening] == words.begin
    negative = read_report(SHORT)
    assert all(not example.anchors for example in examples(negative, words))


def test_hidden_words_are_hidden_whole_and_words_of_grammar_never() -> None:
    words = bundled_encoder(1).words
    (one,) = rows(REPORT)
    batch = collate([one], words, Hiding(1.0, 1.0, 1.0), random.Random(0))
    shown = batch.pieces[0].tolist()
    for at, (token, kind) in enumerate(one.words):
        assert shown[at] == (words.mask if kind is not None else one.pieces[at])
        assert kind is None or token != CONTEXT
    assert words.mask in shown
    assert collate([one], words, Hiding(0, 0, 0), random.Random(0)).pieces[0].tolist() == list(one.pieces)
    some = [collate([one], words, Hiding(0.5, 0.5, 0.5), random.Random(seed)).pieces[0].tolist() for seed in (1, 1, 2)]
    assert some[0] == some[1] != some[2]


def test_no_event_stands_in_two_folds() -> None:
    documents = [{"event": f"event-{n % 9}" if n % 4 else "negative"} for n in range(60)]
    named = groups(documents, 5)
    outside_of: list[int] = []
    for inside, outside in folds(documents, 5):
        assert not set(inside) & set(outside)
        assert not {named[n] for n in inside} & {named[n] for n in outside}
        outside_of += outside
    assert sorted(outside_of) == list(range(60))
    events = {d["event"] for d in documents} - {"negative"}
    assert events < set(named)
    assert len({name for name in named if name.startswith("negative-")}) > 1
