"""Data sets as ``paraph corpus run`` leaves them, made of readings that are at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from paraph.corpus.run import FORMAT, MANIFEST
from paraph.corpus.tables import TABLES, write
from paraph.desk.identity import key_of, signal_id, site_of, version_hash
from paraph.model import Reading, day_of, text_hash

__all__ = ["data_set", "manifest"]


def data_set(folder: Path, readings: Iterable[Reading], *, part: int = 5) -> Path:
    """Write a data set with so many documents in a part, in the order given; return its folder.

    Voices and deals are left empty, copies, deals, skipped and coverage left out: a load does not look at them.
    """
    months: dict[str, list[tuple[dict[str, Any], list[dict[str, Any]]]]] = {}
    for reading in readings:
        made = _rows(reading)
        day = made[0]["day"]
        months.setdefault(f"month={day:%Y-%m}" if day else "month=none", []).append(made)
    for month, rows in months.items():
        for number, at in enumerate(range(0, len(rows), part)):
            some = rows[at : at + part]
            name = f"part-{number:05d}.parquet"
            for table in ("documents", "signals"):
                (folder / table / month).mkdir(parents=True, exist_ok=True)
            write(folder / "documents" / month / name, "documents", [document for document, _ in some])
            write(folder / "signals" / month / name, "signals", [signal for _, own in some for signal in own])
    manifest(folder)
    return folder


def manifest(folder: Path) -> None:
    """Write the manifest of what lies in a folder."""
    import pyarrow.parquet as pq

    tables: dict[str, Any] = {}
    for table in ("documents", "signals"):
        files = [
            {
                "path": path.relative_to(folder).as_posix(),
                "rows": pq.read_metadata(path).num_rows,
                "bytes": path.stat().st_size,
            }
            for path in sorted((folder / table).rglob("*.parquet"))
        ]
        tables[table] = {"rows": sum(file["rows"] for file in files), "files": files}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "tables": tables}), "utf-8")


def _rows(reading: Reading) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    document = reading.document
    key, version, hash = key_of(document), version_hash(document), text_hash(document.text)
    when = document.published or document.fetched
    day = day_of(when) if when else None
    empty = {name: None for name, *_ in TABLES["signals"]}
    return (
        document.to_dict()
        | {
            "id": key,
            "version": version,
            "given_id": document.id,
            "name": "made",
            "site": site_of(document.url),
            "day": day,
            "text_hash": hash,
            "signals": len(reading.signals),
            "voice": None,
        },
        [
            empty
            | signal.to_dict()
            | {
                "id": signal_id(key, signal.start, signal.end, hash),
                "document": key,
                "version": version,
                "day": day,
            }
            for signal in reading.signals
        ],
    )
