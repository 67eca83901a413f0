"""Pieces as the reading step leaves them on the stage, made of readings that are at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from paraph.corpus.families import steps
from paraph.corpus.shuffle import Sizes
from paraph.corpus.stage import Stage
from paraph.corpus.tables import write
from paraph.corpus.values import Task
from paraph.desk.identity import key_of, signal_id, version_hash
from paraph.link import copies, keys_of, traits_of
from paraph.model import Reading, day_of, text_hash
from paraph.settings import Settings

__all__ = ["SMALLEST", "do", "made", "stage_pieces"]

# So small that a handful of documents takes many groups, ranges, partitions and slabs.
SMALLEST = Sizes(group=4, range=64, keys=150, slab=5, pairs=7)


def stage_pieces(root: Path, pieces: Sequence[Sequence[Reading]]) -> None:
    """Write the pieces as the reading step does."""
    for number, readings in enumerate(pieces):
        documents: list[dict[str, Any]] = []
        signals: list[dict[str, Any]] = []
        for reading in readings:
            document, key = reading.document, key_of(reading.document)
            version, hash = version_hash(document), text_hash(document.text)
            told = hashlib.sha256(f"{key}\n{version}".encode()).digest()
            day = day_of(document.published) if document.published else None
            documents.append(
                document.to_dict()
                | {
                    "id": key,
                    "given_id": document.id,
                    "version": version,
                    "day": day,
                    "text_hash": hash,
                    "signals": len(reading.signals),
                    "identity": int.from_bytes(told[:8], "big", signed=True),
                    "bands": copies.bands_of(copies.shingles_of(document.text)),
                }
            )
            for signal, traits in zip(reading.signals, traits_of(document, reading.signals), strict=True):
                keys = keys_of(traits)
                signals.append(
                    signal.to_dict()
                    | {
                        "document": key,
                        "version": version,
                        "day": day,
                        "row": len(documents) - 1,
                        "id": signal_id(key, signal.start, signal.end, hash),
                        "traits": traits.to_json(),
                        "keys": [number for number, _ in keys],
                        "windows": [days for _, days in keys],
                    }
                )
        with Stage(root).making("read", number) as folder:
            write(folder / "documents.parquet", "staged_documents", documents)
            write(folder / "signals.parquet", "staged_signals", signals)


def do(tasks: Iterable[Task], root: Path) -> None:
    """Do those of the tasks that are not done, as an engine does."""
    for task in tasks:
        if not Stage(root).is_done(task.step, task.number):
            task.function(*task.arguments)


def made(
    root: Path,
    pieces: Sequence[Sequence[Reading]],
    settings: Settings | None = None,
    sizes: Sizes = SMALLEST,
    arranged: Callable[[list[Task]], Iterable[Task]] = iter,
    families: Sequence[str] = ("copies", "deals"),
) -> dict[str, list[dict[str, Any]]]:
    """Stage the pieces, do all steps in the order of ``arranged``, and return the rows of ``copies`` and ``deals``."""
    import pyarrow.parquet as pq

    stage_pieces(root, pieces)
    found: dict[str, list[dict[str, Any]]] = {}
    for family in families:
        for tasks in steps(root, family, len(pieces), settings or Settings(), sizes):
            assert len({task.step for task in tasks}) <= 1
            do(arranged(tasks), root)
        folders = [Stage(root).folder(f"{family}_rows", number) for number in Stage(root).done(f"{family}_rows")]
        found[family] = [row for folder in folders for row in pq.read_table(folder / "rows.parquet").to_pylist()]
    return found
