"""Web archives (WARC, .warc.gz), record by record, sound or damaged: the pages that they keep.

Where the records lie is found by ``framing``; here a record becomes the payload that it kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from paraph.errors import Damaged, SourceError, TooLarge
from paraph.intake.framing import BLANK, CUT, HEADER_BYTES, Framed, fields_of, frames
from paraph.intake.sniff import COMPRESSED, Form, sniff
from paraph.intake.unpack import CODINGS, expand, gather
from paraph.settings import Settings

__all__ = ["Capture", "read_warc"]

_COPY = "the others are read; copy the archive again if you need it"

_STATUS = re.compile(rb"HTTP/[0-9.]{1,4} ([0-9]{3})")
_CHUNK = re.compile(rb"\s{0,4}([0-9a-fA-F]{1,8})[ \t]{0,8}(?:;[^\r\n]{0,1000})?\r?\n")
_CHARSET = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([\w:.-]{2,40})", re.IGNORECASE)

_WANTED = frozenset({"response", "resource", "conversion"})
# Payloads that are no articles; what has none of these types is looked at.
_PASSED_OVER = re.compile(
    r"(?:image|audio|video|font)/|text/(?:css|javascript|vtt|x-component)|application/(?:javascript|x-javascript|ecmascript"
    r"|json|ld\+json|manifest\+json|wasm|font|x-font|vnd\.ms-font|octet-stream|x-shockwave|dns)|text/dns|application/dns"
)


@dataclass(frozen=True, slots=True)
class Capture:
    """What one record kept of one address: the payload with its transfer and content codings undone.

    ``number`` counts the records of the archive, or of the part that was read, from 1; ``name`` is what messages call it.
    """

    number: int
    name: str
    url: str | None
    fetched: datetime | None
    data: bytes
    charset: str | None
    is_cut: bool


def read_warc(
    file: BinaryIO, *, packed: bool, source: str, settings: Settings, part: tuple[int, int | None] | None = None
) -> Iterator[Capture | SourceError]:
    """Yield the pages of a web archive and, as values, an error for each damaged record; records count from 1.

    ``file`` can be sought in; ``packed`` says that it is gzip. Left out without a word: requests, metadata, revisits,
    answers other than 200, and payloads that are pictures, styles, scripts and the like. A record larger than
    ``max_unpacked_bytes`` gives TooLarge. A block whose digest does not match counts as damaged.

    With ``part``, two places in bytes, half open (no second: the end), only what begins between them comes out (``framing``
    says how an archive is cut), and records are called by the byte at which they, or their gzip members, begin, for nobody
    counted those before them.
    """
    start, stop = part or (0, None)
    for number, record in enumerate(frames(file, packed=packed, settings=settings, start=start, stop=stop), 1):
        name = f"{source}, record {number}" if part is None else _place(source, record)
        try:
            capture = _capture(record, number, name, settings)
        except SourceError as error:
            yield error
        else:
            if capture is not None:
                yield capture


def _place(source: str, record: Framed) -> str:
    return f"{source}, byte {record.place:,}" + (f", record {record.inside}" if record.inside > 1 else "")


def _capture(record: Framed, number: int, name: str, settings: Settings) -> Capture | None:
    """Return the page a record kept, or None where it kept none. Raises what is wrong with the record."""
    if record.fault:
        raise (TooLarge if record.is_large else Damaged)(name, record.fault, _COPY)
    fields = record.fields
    kind = fields.get("warc-type", "").lower()
    if kind not in _WANTED:
        return None
    media_type = fields.get("content-type", "")
    if kind != "response" and _PASSED_OVER.match(media_type.strip().lower()):
        return None
    if record.end - record.start > settings.max_unpacked_bytes:
        raise TooLarge(
            name, f"the record is larger than {settings.max_unpacked_bytes:,} bytes", "raise max_unpacked_bytes"
        )
    record.file.seek(record.start)
    block = record.file.read(record.end - record.start)
    matches = _digest_matches(block, fields.get("warc-block-digest", ""))
    if record.is_suspect and not matches:
        return None  # the broken member that it comes from is told of
    if matches is False:
        raise Damaged(name, "the record is not what was stored: its digest does not match", _COPY)
    if kind == "response" and block.startswith(b"HTTP/"):
        taken = _http(block, name, settings)
        if taken is None:
            return None
        data, media_type = taken
    elif kind == "response":
        return None  # DNS and other protocols
    else:
        data = block
    charset = _CHARSET.search(media_type[:1000])
    return Capture(
        number=number,
        name=name,
        url=_address(fields.get("warc-target-uri", "").strip("<> ")),
        fetched=_date(fields.get("warc-date", "")),
        data=data,
        charset=charset.group(1) if charset else None,
        is_cut="warc-truncated" in fields,
    )


def _digest_matches(block: bytes, digest: str) -> bool | None:
    """Whether the block has the digest its header gives; None where it gives none that is known."""
    algorithm, _, value = digest.strip().partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if algorithm not in ("sha1", "sha256", "sha512", "md5"):
        return None
    found = hashlib.new(algorithm, block, usedforsecurity=False).digest()
    if len(value) == 2 * len(found):
        return value.lower() == found.hex()
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8)) == found
    except (binascii.Error, ValueError):
        return False


def _http(block: bytes, name: str, settings: Settings) -> tuple[bytes, str] | None:
    """Return the body of an HTTP answer with its codings undone, and its type; None for what is passed over."""
    status = _STATUS.match(block)
    blank = BLANK.search(block, 0, HEADER_BYTES)
    if status is None or blank is None:
        raise Damaged(name, "the answer in the record has no header", _COPY)
    fields = fields_of(block[: blank.start()])
    media_type = fields.get("content-type", "")
    if status.group(1) != b"200" or _PASSED_OVER.match(media_type.strip().lower()):
        return None
    body = block[blank.end() :]
    # Some crawlers undo a coding and keep the field that tells of it: only what looks coded is decoded.
    if "chunked" in fields.get("transfer-encoding", "").lower() and _CHUNK.match(body):
        body = gather(
            _unchunk(body, name), source=name, limit=len(body), cause="its chunks are longer than itself", cure=_COPY
        )
    codings = [coding.strip().lower() for coding in fields.get("content-encoding", "").split(",")]
    codings = [coding for coding in codings if coding in CODINGS]
    if len(codings) > settings.max_nesting:
        raise TooLarge(name, f"it is packed more than {settings.max_nesting} times over", "raise max_nesting")
    for coding in reversed(codings):
        if body and sniff(body) in COMPRESSED | {Form.BINARY}:
            body = gather(
                expand([body], CODINGS[coding], source=name, settings=settings),
                source=name,
                limit=settings.max_unpacked_bytes,
                cause=f"it unpacks to more than {settings.max_unpacked_bytes:,} bytes",
                cure="raise max_unpacked_bytes if you trust it",
            )
    return body, media_type


def _unchunk(body: bytes, name: str) -> Iterator[bytes]:
    at = 0
    while True:
        size = _CHUNK.match(body, at)
        if size is None:
            raise Damaged(name, "its transfer coding (chunked) is damaged", _COPY)
        length = int(size.group(1), 16)
        if length == 0:
            return
        at = size.end() + length
        if at > len(body):
            raise Damaged(name, CUT, _COPY)
        yield body[size.end() : at]


def _address(text: str) -> str | None:
    """Return an address that can be taken apart, or None: damage may have come to it as to anything else."""
    try:
        return text if urlsplit(text).hostname else None
    except ValueError:
        return None


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None
