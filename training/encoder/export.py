"""Make the shipped file: a trained network to ONNX with eight-bit weights, with its vocabulary, blend and card beside it.

    python training/encoder/export.py --nets out/encoder --blend out/encoder/blend.json --gold ../shared/bench/gold

Weights are kept in eight bits with one scale a channel (one scale a matrix damages the table of pieces) and one bit less
than the bytes hold, so that processors without VNNI do not overflow and give the same sums. The card says what the file was
made of: the hashes of the annotated documents, of the reports and of the network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from training.encoder.network import Network
from training.encoder.train import EPOCHS, SEED, minilm
from training.reports import HERE as REPORTS

from paraph.extract.windows import EVIDENCE

DATA = Path(__file__).parents[2] / "src/paraph/extract/data/encoder"
OPSET = 17


def to_onnx(net: Network, path: Path) -> None:
    """Write a network as ONNX in full precision; the length of a window is free, windows come one at a time."""
    length = 40
    given = (
        torch.randint(1000, 2000, (1, length)),
        torch.arange(length)[None],
        torch.arange(length)[None] // 12,
        torch.zeros(1, length, len(EVIDENCE)),
    )
    names = ["pieces", "positions", "sentences", "known"]
    outs = ["tags", "fields", "sentence"]
    torch.onnx.export(
        net.eval(),
        given,
        str(path),
        input_names=names,
        output_names=outs,
        dynamic_axes={name: {1: "length"} for name in names + outs},
        opset_version=OPSET,
        dynamo=False,
    )


def quantize(source: Path, target: Path) -> None:
    """Write a network with eight-bit weights."""
    quantize_dynamic(source, target, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)


def hash_of(paths: list[Path]) -> str:
    """Return the SHA-256 of files by name and bytes, in order of name."""
    whole = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def card(gold: Path, scores: dict[str, Any], network: Path, version: str) -> dict[str, Any]:
    """Return what is to be known of the file."""
    train = [path for path in gold.joinpath("train").rglob("*.json") if path.name != "outcomes.json"]
    reports = list(REPORTS.glob("*.txt"))
    return {
        "name": "paraph-encoder",
        "version": version,
        "made": date.today().isoformat(),
        "license": "Apache-2.0",
        "base": "all-MiniLM-L6-v2 (Apache-2.0), its word pieces and six layers",
        "trained_on": {
            "gold/train": {"documents": len(train), "sha256": hash_of(train)},
            "training/reports": {"documents": len(reports), "sha256": hash_of(reports)},
        },
        "epochs": EPOCHS,
        "seed": SEED,
        "network": {
            "sha256": hashlib.sha256(network.read_bytes()).hexdigest(),
            "bytes": network.stat().st_size,
            "precision": "eight-bit weights, one scale a channel",
        },
        "scores": scores,
    }


def main() -> int:
    """Write the files of the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nets", type=Path, required=True, help="the folder with all.pt")
    parser.add_argument("--blend", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--version", default="1")
    parser.add_argument("--scores", type=Path, help="JSON with the figures to put on the card")
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    net = Network.from_minilm(minilm(), len(EVIDENCE))
    net.load_state_dict(torch.load(arguments.nets / "all.pt"))
    arguments.out.mkdir(parents=True, exist_ok=True)
    target = arguments.out / "network.onnx"
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        to_onnx(net, full)
        quantize(full, target)
        (arguments.nets / "full.onnx").write_bytes(full.read_bytes())
    (arguments.out / "vocabulary.txt").write_bytes((minilm() / "vocab.txt").read_bytes())
    (arguments.out / "blend.json").write_bytes(arguments.blend.read_bytes())
    scores = json.loads(arguments.scores.read_text("utf-8")) if arguments.scores else {}
    made = card(arguments.gold, scores, target, arguments.version)
    (arguments.out / "card.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
