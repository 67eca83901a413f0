"""Figures of the cue engine on annotated documents, by the project's scorer (../shared/bench/score.py).

python training/cues/measure.py ../shared/bench/gold/dev [--errors N] [--tables FOLDER]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from pathlib import Path
from typing import Any

from paraph.extract.engine import CueEngine, bundled
from paraph.model import Document

SCORER = Path(__file__).resolve().parents[3] / "shared/bench/score.py"


def scorer() -> Any:
    """Return the scorer beside the project as a module."""
    spec = importlib.util.spec_from_file_location("score", SCORER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extracted(documents: list[dict[str, Any]], tables: Path | None = None) -> dict[str, Any]:
    """Return the predictions for annotated documents by id; with the tables of a folder, else the bundled ones."""
    engine = bundled()
    if tables is not None:
        engine = CueEngine.from_tables({path.stem: path.read_text("utf-8") for path in tables.glob("*.tsv")})
    out = {}
    for document in documents:
        signals = engine.extract(Document(text=document["text"], id=document["id"], title=document.get("title")))
        out[document["id"]] = {"signals": [signal.to_dict() for signal in signals]}
    return out


def figures(documents: list[dict[str, Any]], predicted: dict[str, Any]) -> str:
    """Return the scorer's figures on one line."""
    out, _, _ = scorer().score({d["id"]: d for d in documents}, predicted)
    return " ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in out.items())


def main() -> int:
    """Print the figures, the confusions and some errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--tables", type=Path)
    arguments = parser.parse_args()
    documents = [
        json.loads(p.read_text("utf-8")) for p in sorted(arguments.gold.rglob("*.json")) if p.name != "outcomes.json"
    ]
    extracted(documents[:5], arguments.tables)
    begin = time.perf_counter()
    predicted = extracted(documents, arguments.tables)
    print(f"{len(documents) / (time.perf_counter() - begin):.0f} documents a second")
    out, confusion, errors = scorer().score({d["id"]: d for d in documents}, predicted)
    for key, value in out.items():
        print(f"{key:28} {value:.3f}" if isinstance(value, float) else f"{key:28} {value}")
    for key, n in confusion.most_common(20):
        print(f"  {n:4}  {key}")
    for error in errors[: arguments.errors]:
        print("  ", *error, sep=" | ")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
