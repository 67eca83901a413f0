"""Files that hold documents, for the tests of plans and records: nothing here needs a reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from paraph.corpus.inputs import plan
from paraph.corpus.records import records
from paraph.corpus.values import Record
from paraph.errors import SourceError
from paraph.settings import Settings


def report(number: int) -> dict[str, Any]:
    """Return a short report as a row of the contract."""
    return {
        "text": f"Norway and Chile may sign an agreement on ferry number {number}, the minister said.",
        "url": f"https://news.example/{number}",
        "publisher": "News",
        "title": f"Ferry {number}",
        "published": f"2025-03-{1 + number % 28:02d}",
    }


def page(number: int) -> bytes:
    """Return the same report as a page."""
    row = report(number)
    return f"<!doctype html><html><title>{row['title']}</title><body><p>{row['text']}</p></body></html>".encode()


class Writer(WARCWriter):  # type: ignore[misc]
    """warcio's writer leaves its temporary files open, and warnings are errors here."""

    def _create_temp_file(self) -> BytesIO:
        return BytesIO()


def capture(
    url: str, data: bytes, media: str = "text/html; charset=utf-8", *, packed: bool = True, **more: str
) -> bytes:
    """Return one record of an archive."""
    out = BytesIO()
    writer = Writer(out, gzip=packed)
    headers = StatusAndHeaders("200 OK", [("Content-Type", media)], protocol="HTTP/1.1")
    about = {"WARC-Date": "2026-01-02T03:04:05Z", **more}
    writer.write_record(
        writer.create_warc_record(url, "response", payload=BytesIO(data), http_headers=headers, warc_headers_dict=about)
    )
    return out.getvalue()


def archive(path: Path, pages: int = 5, *, packed: bool = True) -> Path:
    """Write an archive of so many pages."""
    path.write_bytes(b"".join(capture(report(n)["url"], page(n), packed=packed) for n in range(pages)))
    return path


def table(path: Path, rows: Iterable[Mapping[str, Any]] | None = None, *, group: int = 2, **options: Any) -> Path:
    """Write a Parquet file with so many rows in a group."""
    made = pa.Table.from_pylist([report(n) for n in range(10)] if rows is None else list(rows))
    pq.write_table(made, path, row_group_size=group, **options)
    return path


def jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def read(
    *given: str | Path, settings: Settings | None = None, columns: Mapping[str, str] | None = None
) -> list[Record | SourceError]:
    """Return the records of every piece of the plan of these inputs."""
    settings = settings or Settings()
    pieces = plan([str(one) for one in given], settings, columns).pieces
    return [one for piece in pieces for one in records(piece, settings, columns or {})]


def good(found: Iterable[Record | SourceError]) -> list[Record]:
    """Return the records without the errors."""
    return [one for one in found if isinstance(one, Record)]


def errors(found: Iterable[Record | SourceError]) -> list[str]:
    """Return what the errors say."""
    return [str(one) for one in found if isinstance(one, SourceError)]


def seen(found: Iterable[Record | SourceError]) -> list[object]:
    """Return what can be compared of what was found, in its order."""
    return [one if isinstance(one, Record) else (type(one).__name__, str(one)) for one in found]
