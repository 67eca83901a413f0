"""A stream of documents to measure with: as many as wanted, the same again from the same seed.

    python benchmarks/_stream.py OUT --documents 1000 [--form warc.gz|warc|jsonl|parquet|folder] [--seed N] …

What it is made of, and so what it is not:

- English texts, six in ten: stories of Reuters-21578 (newswire of 1987: trade, markets, talks) and, six in ten of these, the
  English articles of the article-extraction-benchmark (blogs, sport, technology, politics). Each is told anew every time: some
  lines left out, numbers and half of the words of four letters and more changed for others, in every other one the countries
  too; so that hardly two tellings count as copies. As they are, 45 % of the 161 articles and 23 % of the stories hold signals
  for the cue engine. What share of a day's news does was not measured; it is surely less, and such a stream quicker to read.
- Other languages, four in ten, as of CC-NEWS: a quarter of these from the benchmark's own foreign pages (Portuguese, Russian,
  Korean, Italian, Indonesian, German, Japanese), the rest pseudo-texts: real function words of nine languages among invented
  words, put in place of the words of English texts, and of the menus of English pages.
- Reprints, one in ten: an earlier document of another host with an agency's line, a few sentences fewer and some words changed.
- Deliveries of the very same page once more, one in a hundred; pages without a word, one in five hundred.

As pages, all stand in frames: real pages of the benchmark with their own article taken out. Their mean is 163 kB; ``--largest``
leaves the larger frames out (100,000 bytes: mean 65 kB), so that 100,000 documents fit on a disk. Nothing of the gold is in here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from _documents import BEGIN, Item, Recipe, item

__all__ = ["FORMS", "write", "write_items"]

FORMS = ("warc.gz", "warc", "jsonl", "parquet", "folder")
# Documents in one file; CC-NEWS has some 30,000 in one of a gigabyte.
FILE_DOCUMENTS = 5_000
# Level of gzip: pages pack nearly as small as at the usual 6, twice as fast.
LEVEL = 4


def write(
    recipe: Recipe, out: Path, form: str = "warc.gz", *, file_documents: int = FILE_DOCUMENTS, processes: int = 1
) -> dict[str, Any]:
    """Write a stream to a folder, some thousand documents a file, and return what was written: files, bytes, counts by kind."""
    out.mkdir(parents=True, exist_ok=True)
    parts = [
        (recipe, out, form, part, start, min(recipe.documents, start + file_documents))
        for part, start in enumerate(range(0, recipe.documents, file_documents))
    ]
    done: Iterable[tuple[int, dict[str, int]]]
    if processes > 1 and len(parts) > 1:
        with ProcessPoolExecutor(processes) as pool:
            done = list(_told(pool.map(_write_part, *zip(*parts, strict=True)), len(parts)))
    else:
        done = list(_told((_write_part(*part) for part in parts), len(parts)))
    kinds: dict[str, int] = {}
    for _, counts in done:
        for kind, count in counts.items():
            kinds[kind] = kinds.get(kind, 0) + count
    packed = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    unpacked = sum(size for size, _ in done)
    return {"files": len(parts), "packed": packed, "unpacked": unpacked, "kinds": dict(sorted(kinds.items()))}


def _told(done: Iterable[tuple[int, dict[str, int]]], of: int) -> Iterator[tuple[int, dict[str, int]]]:
    for number, one in enumerate(done, 1):
        if sys.stderr.isatty() or number % 5 == 0:
            print(f"stream: {number} of {of} files written", file=sys.stderr)
        yield one


def _write_part(recipe: Recipe, out: Path, form: str, part: int, start: int, stop: int) -> tuple[int, dict[str, int]]:
    return write_items((item(recipe, number) for number in range(start, stop)), out / f"stream-{part:05d}", form)


def write_items(items: Iterable[Item], path: Path, form: str) -> tuple[int, dict[str, int]]:
    """Write documents to one file, or for "folder" to a folder of files; ``path`` is its name without the ending.

    Return the bytes of the documents themselves, and how many of each kind there are.
    """
    kinds: dict[str, int] = {}
    size = 0

    def counted() -> Iterator[Item]:
        nonlocal size
        for one in items:
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
            size += len(one.page) if one.page is not None else len(one.text.encode())
            yield one

    if form in ("warc", "warc.gz"):
        with path.with_name(f"{path.name}.{form}").open("wb") as file:
            for chunk in _archive(counted(), path.name):
                file.write(_packed(chunk) if form == "warc.gz" else chunk)
    elif form == "jsonl":
        with path.with_name(f"{path.name}.jsonl").open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(_row(one), ensure_ascii=False) + "\n" for one in counted())
    elif form == "parquet":
        _write_parquet(counted(), path.with_name(f"{path.name}.parquet"))
    elif form == "folder":
        path.mkdir()
        for number, one in enumerate(counted()):
            ending, data = ("html", one.page) if one.page is not None else ("txt", one.text.encode())
            (path / f"{number:06d}.{ending}").write_bytes(data)
    else:
        raise ValueError(f"{form!r} is no form; give one of: {', '.join(FORMS)}")
    return size, kinds


def _row(one: Item) -> dict[str, str | None]:
    said = {
        "url": one.url,
        "title": one.title or None,
        "published": one.published.isoformat(),
        "publisher": one.publisher,
    }
    if one.page is None:
        return said | {"text": one.text}
    return {"url": one.url, "html": one.page.decode("utf-8", "replace")}


def _write_parquet(items: Iterator[Item], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("url", "title", "published", "publisher", "text", "html")
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for one in items:
            rows.append(_row(one))
            if len(rows) == 500:
                writer.write_table(pa.Table.from_pylist(rows, schema))
                rows = []
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, schema))


def _archive(items: Iterator[Item], name: str) -> Iterator[bytes]:
    """Yield the records of a web archive: of each document the request and the response, as CC-NEWS has them."""
    about = b"software: paraph benchmarks/_stream.py\r\nformat: WARC File Format 1.0\r\n"
    yield _record("warcinfo", f"{name} info", None, BEGIN, "application/warc-fields", about)
    for number, one in enumerate(items):
        host = one.url.split("/")[2]
        path = one.url.partition(host)[2]
        asked = f"GET {path} HTTP/1.1\r\nUser-Agent: CCBot/2.0\r\nHost: {host}\r\n\r\n".encode()
        yield _record(
            "request", f"{name} {number} asked", one.url, one.fetched, "application/http; msgtype=request", asked
        )
        body, kind = (one.page, "html") if one.page is not None else (one.text.encode(), "plain")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        answer = head.encode() + body
        yield _record(
            "response", f"{name} {number}", one.url, one.fetched, "application/http; msgtype=response", answer
        )


def _record(kind: str, identity: str, url: str | None, when: datetime, media: str, block: bytes) -> bytes:
    identifier = UUID(bytes=hashlib.sha256(f"{kind} {identity}".encode()).digest()[:16], version=4)
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <{identifier.urn}>",
        f"WARC-Date: {when:%Y-%m-%dT%H:%M:%SZ}",
    ]
    lines += [f"WARC-Target-URI: {url}"] if url else []
    lines += [f"Content-Type: {media}", f"Content-Length: {len(block)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def _packed(data: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def main(arguments: list[str] | None = None) -> int:
    """Write a stream and say what is in it."""
    usual = Recipe(0)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="a folder, new or empty")
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--form", choices=FORMS, default="warc.gz")
    parser.add_argument("--html-share", type=float, help="pages among the documents [archives and folders 1, rows 0]")
    parser.add_argument("--foreign", type=float, default=usual.foreign, help="share in other languages [0.4]")
    parser.add_argument("--reprints", type=float, default=usual.reprints, help="share of edited copies [0.1]")
    parser.add_argument("--again", type=float, default=usual.again, help="share delivered twice [0.01]")
    parser.add_argument("--largest", type=int, default=usual.largest, help="most characters of a frame")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--file-documents", type=int, default=FILE_DOCUMENTS, help="documents in one file [5,000]")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args(arguments)
    if given.out.exists() and any(given.out.iterdir()):
        parser.error(f"{given.out} is not empty")
    html = given.html_share
    if html is None:
        html = 0.0 if given.form in ("jsonl", "parquet") else 1.0
    recipe = Recipe(
        given.documents, given.seed, given.foreign, given.reprints, given.again, usual.empty, html, given.largest
    )
    begin = datetime.now(UTC)
    told = write(recipe, given.out, given.form, file_documents=given.file_documents, processes=given.processes)
    spent = (datetime.now(UTC) - begin).total_seconds()
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in told["kinds"].items())
    print(f"{recipe.documents:,} documents in {told['files']} files below {given.out}, {spent:.0f} s: {kinds}")
    mean = told["unpacked"] / max(1, recipe.documents) / 1e3
    print(
        f"{told['packed'] / 1e6:,.1f} MB as they lie, {told['unpacked'] / 1e6:,.1f} MB of documents, {mean:,.1f} kB each"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
