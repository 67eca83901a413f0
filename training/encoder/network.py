"""The encoder's network: six layers of MiniLM whose lower ones see one sentence and whose upper ones see its neighbours.

MiniLM (Wang et al. 2020, "MiniLM: Deep Self-Attention Distillation") gives the word pieces and the six layers; the attention of
all but the last GLOBAL is cut at sentence borders, which makes a window of many sentences cost what its pieces cost and keeps a
sentence's meaning its own. What the cue engine's tables know of each token is added where trained layers begin. Each piece gets
logits for O, B and I, and for the values of every field; an anchor's are the mean over its pieces plus those of its sentence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from paraph.extract.encoder import FIELDS

__all__ = ["Network", "crf_loss"]

# Layers whose attention goes beyond the sentence, and layers (with the table of pieces) that stay as they were found. Of the
# latter 2 save some 22 % of a step by count of operations; neither was tuned.
GLOBAL, FROZEN = 2, 2
VALUES = sum(len(values) for values in FIELDS.values())
# Added to the attention where a piece is not seen: its share is e^-60 of what it would be. Infinity, or anything whose
# exponential is too small for an ordinary number, makes onnxruntime's softmax several times as slow.
UNSEEN = -60.0
# An I after an O is next to impossible from the start; the network learns the other transitions.
NEVER = -8.0


class Dropout(nn.Module):
    """Dropout whose masks are slices of one pool of random numbers.

    Drawing them anew each time costs a quarter of a training step on a CPU.
    """

    pool: ClassVar[dict[float, Tensor]] = {}
    SIZE = 1 << 23

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Return the states, some of them dropped while training."""
        if not self.training or self.share == 0:
            return x
        if self.share not in self.pool:
            self.pool[self.share] = (torch.rand(self.SIZE) >= self.share).float() / (1 - self.share)
        pool = self.pool[self.share].to(x.device)
        at = int(torch.randint(0, self.SIZE - x.numel(), (1,)))
        return x * pool[at : at + x.numel()].view(x.shape)


class Layer(nn.Module):
    """One layer of BERT: attention and a feed-forward net, each with a residual and a norm behind it."""

    def __init__(self, width: int, inner: int, heads: int, share: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm_attention, self.norm = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
        self.dropout = Dropout(share)

    def forward(self, x: Tensor, sees: Tensor) -> Tensor:
        """Return the states behind the layer; ``sees`` tells which piece attends to which."""
        rows, length, width = x.shape
        query, key, value = (
            make(x).view(rows, length, self.heads, width // self.heads).transpose(1, 2)
            for make in (self.query, self.key, self.value)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=sees)
        x = self.norm_attention(x + self.dropout(self.out(seen.transpose(1, 2).reshape(rows, length, width))))
        return self.norm(x + self.dropout(self.narrow(functional.gelu(self.widen(x)))))


class Network(nn.Module):
    """Pieces, positions, sentences and evidence to logits: of O, B, I; of the fields by piece; of the fields by sentence."""

    def __init__(self, config: dict[str, int], known: int, share: float = 0.1) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.pieces = nn.Embedding(config["vocab_size"], width)
        self.positions = nn.Embedding(config["max_position_embeddings"], width)
        self.kind = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(
            Layer(width, config["intermediate_size"], config["num_attention_heads"], share)
            for _ in range(config["num_hidden_layers"])
        )
        self.known = nn.Linear(known, width, bias=False)
        self.dropout = Dropout(share)
        self.tag = nn.Linear(width + known, 3)
        self.field = nn.Linear(width, VALUES)
        self.sentence = nn.Linear(width, VALUES, bias=False)
        nn.init.normal_(self.known.weight, std=0.02)
        nn.init.zeros_(self.sentence.weight)
        self.transitions = nn.Parameter(torch.tensor([[0.0, 0.0, NEVER], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))

    @classmethod
    def from_minilm(cls, folder: Path, known: int) -> Network:
        """Return a network with the weights of a folder that holds MiniLM's config.json and model.safetensors."""
        net = cls(json.loads((folder / "config.json").read_text("utf-8")), known)
        given = load_file(folder / "model.safetensors")
        state = net.state_dict()

        def take(name: str, source: str) -> None:
            for part in ("weight", "bias"):
                if f"{name}.{part}" in state and f"{source}.{part}" in given:
                    state[f"{name}.{part}"] = given[f"{source}.{part}"]

        take("pieces", "embeddings.word_embeddings")
        take("positions", "embeddings.position_embeddings")
        take("norm", "embeddings.LayerNorm")
        state["kind"] = given["embeddings.token_type_embeddings.weight"][0]
        for n in range(len(net.layers)):
            mine, source = f"layers.{n}", f"encoder.layer.{n}"
            for name in ("query", "key", "value"):
                take(f"{mine}.{name}", f"{source}.attention.self.{name}")
            take(f"{mine}.out", f"{source}.attention.output.dense")
            take(f"{mine}.norm_attention", f"{source}.attention.output.LayerNorm")
            take(f"{mine}.widen", f"{source}.intermediate.dense")
            take(f"{mine}.narrow", f"{source}.output.dense")
            take(f"{mine}.norm", f"{source}.output.LayerNorm")
        net.load_state_dict(state)
        return net

    def frozen(self) -> list[nn.Parameter]:
        """Return the parameters that training leaves as they were found."""
        parts: list[nn.Module] = [self.pieces, self.positions, self.norm, *list(self.layers)[:FROZEN]]
        return [self.kind, *(p for part in parts for p in part.parameters())]

    def lower(self, pieces: Tensor, positions: Tensor, sentences: Tensor) -> Tensor:
        """Return the states behind the frozen layers, [rows, length, width]."""
        x = self.norm(self.pieces(pieces) + self.positions(positions) + self.kind)
        own, _ = _sight(sentences)
        for layer in list(self.layers)[:FROZEN]:
            x = layer(x, own)
        return x

    def upper(self, x: Tensor, sentences: Tensor, known: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three kinds of logits, each [rows, length, values]."""
        x = x + self.known(known)
        own, wide = _sight(sentences)
        for n, layer in enumerate(self.layers):
            if n >= FROZEN:
                x = layer(x, wide if n >= len(self.layers) - GLOBAL else own)
        x = self.dropout(x)
        return self.tag(torch.cat([x, known], -1)), self.field(x), self.sentence(x)

    def forward(
        self, pieces: Tensor, positions: Tensor, sentences: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three kinds of logits of windows."""
        return self.upper(self.lower(pieces, positions, sentences), sentences, known)


def _sight(sentences: Tensor) -> tuple[Tensor, Tensor]:
    """Return what is added to the attention of each piece to each other, [rows, 1, length, length]; UNSEEN hides.

    In the first a piece sees its sentence, in the second the whole window. Filling, whose sentence is -1, sees filling, so
    that no row of the attention is empty.
    """
    own = sentences[:, :, None] == sentences[:, None, :]
    filling = sentences < 0
    wide = filling[:, :, None] == filling[:, None, :]
    return (1.0 - own[:, None].float()) * UNSEEN, (1.0 - wide[:, None].float()) * UNSEEN


def crf_loss(logits: Tensor, tags: Tensor, mask: Tensor, transitions: Tensor) -> Tensor:
    """Return the negative log-likelihood of each row's tags in a linear-chain CRF, [rows].

    ``logits`` [rows, tokens, 3], ``tags`` [rows, tokens], ``mask`` [rows, tokens] true where there is a token, from the left.
    """
    known = mask.float()
    right = (logits.gather(2, tags[..., None])[..., 0] * known).sum(1)
    right = right + (transitions[tags[:, :-1], tags[:, 1:]] * known[:, 1:]).sum(1)
    total = logits[:, 0]
    for t in range(1, logits.shape[1]):
        step = torch.logsumexp(total[:, :, None] + transitions[None], 1) + logits[:, t]
        total = torch.where(mask[:, t, None], step, total)
    return torch.logsumexp(total, 1) - right
