"""Web archives (WARC, .warc.gz), record by record, sound or damaged.

The framing is our own, for a reader that trusts each record's length stops at the first wrong one: here a record counts as
whole if what follows it is where a record may end, and after damage the reading goes on at the next member of the gzip
file or the next line "WARC/1.". Never more than one record is in memory. Format: ISO 28500:2017.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from paraph.errors import Damaged, SourceError, TooLarge
from paraph.intake.sniff import COMPRESSED, Form, sniff
from paraph.intake.unpack import CODINGS, IN_MEMORY, PIECE, expand, gather
from paraph.settings import Settings

__all__ = ["Capture", "read_warc"]

# Longest header of a record, and of the HTTP answer in it; real ones stay under 8 kB.
_HEADER_BYTES = 65_536
_FIRST_BYTES = 4096
# Bytes looked at behind the first line of what may be a record for its type, which real writers put among the first.
_TYPE_WITHIN = 2048
# Bytes read at once when looking for the next record.
_WINDOW = 1_000_000
# Members of a gzip file that break are read again from their middle, so that what they swallowed is found. This many times
# the size of the archive may be read so in all; beyond, the reading goes on where the member broke.
_REREAD = 8
# Places that look like a gzip member and hold no record: by chance one in 16 MB, on purpose one every three bytes.
_MOST_PLACES = 100_000
# Most output of a gzip member that is looked at whatever its size when packed.
_FREE_OUTPUT = 1_000_000

_CUT = "the record is cut off"
_COPY = "the others are read; copy the archive again if you need it"

_MAGIC = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/[01]\.[0-9]{1,2}\r?\n")
_BLANK = re.compile(rb"\r?\n\r?\n")
_AFTER = re.compile(rb"[\r\n]{0,8}(?:WARC/|\Z)")
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
    """What one record kept of one address: the payload with its transfer and content codings undone."""

    number: int
    url: str | None
    fetched: datetime | None
    data: bytes
    charset: str | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Record:
    """Where a record lies in its file; ``fault`` says what is wrong with it, if anything."""

    fields: Mapping[str, str]
    start: int
    end: int
    fault: str = ""
    is_large: bool = False


def read_warc(file: BinaryIO, *, packed: bool, source: str, settings: Settings) -> Iterator[Capture | SourceError]:
    """Yield the pages of a web archive and, as values, an error for each damaged record; records count from 1.

    ``file`` can be sought in; ``packed`` says that it is gzip. Left out without a word: requests, metadata, revisits,
    answers other than 200, and payloads that are pictures, styles, scripts and the like. A record larger than
    ``max_unpacked_bytes`` gives TooLarge. A block whose digest does not match counts as damaged.
    """
    for number, (data_file, record, is_suspect) in enumerate(_all_records(file, packed, settings), 1):
        name = f"{source}, record {number}"
        try:
            capture = _capture(data_file, record, is_suspect, number, name, settings)
        except SourceError as error:
            yield error
        else:
            if capture is not None:
                yield capture


def _all_records(file: BinaryIO, packed: bool, settings: Settings) -> Iterator[tuple[BinaryIO, _Record, bool]]:
    """Yield each record with the file it lies in and whether what that file holds may be wrong."""
    if not packed:
        yield from ((file, record, False) for record in _records(file))
        return
    for member in _members(file, settings):
        with member.file as inside:
            for record in _records(inside):
                # Of a broken member only what is whole counts; its own fault says the rest.
                if not (member.fault and record.fault):
                    yield inside, record, member.is_suspect
            if member.fault:
                yield inside, _Record({}, 0, 0, member.fault, member.is_large), False


# ---- framing


def _records(file: BinaryIO) -> Iterator[_Record]:
    """Yield the records of an unpacked archive, damaged ones with their fault."""
    size = file.seek(0, 2)
    at = 0
    while True:
        at = _skip_line_ends(file, at)
        if at >= size:
            return
        head = _head(file, at)
        if head.count(0) == len(head) and not any(file.read(_HEADER_BYTES)):
            return  # padding
        record = _record(file, head, at, size)
        yield record
        if record.fault:
            following = _next_start(file, max(at + 1, record.start))
            if following is None:
                return
            at = following
        else:
            at = record.end


def _record(file: BinaryIO, head: bytes, at: int, size: int) -> _Record:
    if _VERSION.match(head) is None:
        return _Record({}, at, at, "there is rubbish between the records")
    blank = _BLANK.search(head)
    if blank is None:
        return _Record({}, at + 5, at, "its header has no end")
    fields = _fields(head[: blank.start()])
    start = at + blank.end()
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        return _Record(fields, at + 5, at, "its header does not say how long it is")
    end = start + int(length)
    if end > size:
        fault = "its length is wrong" if _next_start(file, start) is not None else _CUT
        return _Record(fields, start, end, fault)
    file.seek(end)
    after = file.read(16)
    if after and not after.startswith((b"\r\n\r\n", b"\n\n")) and not _AFTER.match(after):
        return _Record(fields, start, end, "its length is wrong")
    return _Record(fields, start, end)


def _head(file: BinaryIO, at: int) -> bytes:
    """Return enough bytes from ``at`` on to hold a header: few at first, for most headers are short."""
    file.seek(at)
    head = file.read(_FIRST_BYTES)
    return head if _BLANK.search(head) or not _VERSION.match(head) else head + file.read(_HEADER_BYTES - _FIRST_BYTES)


def _skip_line_ends(file: BinaryIO, at: int) -> int:
    while True:
        file.seek(at)
        piece = file.read(PIECE)
        rest = piece.lstrip(b"\r\n")
        at += len(piece) - len(rest)
        if rest or not piece:
            return at


def _next_start(file: BinaryIO, at: int) -> int | None:
    """Return where, from ``at`` on, a record opens: its version, and soon a type. Rubbish before it may end without a line."""
    while True:
        file.seek(at)
        window = file.read(_WINDOW)
        for found in _VERSION.finditer(window):
            if len(window) - found.end() < _TYPE_WITHIN and len(window) == _WINDOW:
                break  # too near to the window's end to tell
            if b"warc-type" in window[found.end() : found.end() + _TYPE_WITHIN].lower():
                return at + found.start()
        if len(window) < _WINDOW:
            return None
        at += _WINDOW - _TYPE_WITHIN - 32


def _fields(block: bytes) -> dict[str, str]:
    """Return the fields of a header, names in small letters; the values of a repeated name are joined by commas."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in block.split(b"\n")[1:]:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text[:1] in (" ", "\t") and name:
            found[name][-1] = f"{found[name][-1]} {text.strip()}".strip()
            continue
        before, colon, after = text.partition(":")
        if colon:
            name = before.strip().lower()
            found.setdefault(name, []).append(after.strip())
    return {name: ", ".join(values) for name, values in found.items()}


# ---- gzip


@dataclass(frozen=True, slots=True)
class _Member:
    """One gzip member, unpacked; ``is_suspect`` says that what came out of it may be wrong and not only short."""

    file: BinaryIO
    fault: str = ""
    is_suspect: bool = False
    is_large: bool = False


def _members(file: BinaryIO, settings: Settings) -> Iterator[_Member]:
    size = file.seek(0, 2)
    search = _Search(file)
    at = spent = 0
    while at < size:
        file.seek(at)
        head = file.read(_HEADER_BYTES)
        if not head.startswith(_MAGIC):
            if head.count(0) < len(head):
                yield _Member(BytesIO(), "there is rubbish between the records")
            following = search.after(at + 1)
        else:
            end, member = _unpack_member(file, at, settings)
            yield member
            if not member.fault:
                at = end
                continue
            spent += end - at
            following = search.after(at + 1 if spent <= _REREAD * size else max(at + 1, end))
        if following is None:
            return
        at = following


def _unpack_member(file: BinaryIO, at: int, settings: Settings) -> tuple[int, _Member]:
    """Return where the member at ``at`` ends or breaks, and what it unpacks to."""
    out = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - the caller closes it
    engine = zlib.decompressobj(31)
    file.seek(at)
    taken = given = 0
    # Room for the headers beside the largest payload.
    most = settings.max_unpacked_bytes + 2 * _HEADER_BYTES
    while data := file.read(PIECE):
        taken += len(data)
        piece = b""
        while data or len(piece) == PIECE:  # a full piece may leave more inside the engine
            try:
                piece = engine.decompress(data, PIECE)
            except zlib.error as error:
                return at + taken, _Member(out, f"its gzip data is damaged ({error})", is_suspect=True)
            given += len(piece)
            if given > most:
                fault = f"its gzip member unpacks to more than {settings.max_unpacked_bytes:,} bytes"
                return at + taken, _Member(out, fault, is_large=True)
            if given > _FREE_OUTPUT and given > taken * settings.max_expansion:
                fault = f"it grows more than {settings.max_expansion} times over, as a bomb does"
                return at + taken, _Member(out, fault, is_large=True)
            out.write(piece)
            if engine.eof:
                return at + taken - len(engine.unused_data), _Member(out)
            data = engine.unconsumed_tail
    return at + taken, _Member(out, _CUT)


class _Search:
    """Looks for gzip members that hold a record, and gives up after ``_MOST_PLACES`` places that only look like one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = _MOST_PLACES

    def after(self, at: int) -> int | None:
        """Return where, from ``at`` on, a member begins that holds a record."""
        while True:
            self._file.seek(at)
            window = self._file.read(_WINDOW)
            place = window.find(_MAGIC)
            while place >= 0 and self._left:
                if _opens_record(window[place : place + _FIRST_BYTES]):
                    return at + place
                self._left -= 1
                place = window.find(_MAGIC, place + 1)
            if len(window) < _WINDOW or not self._left:
                return None
            at += _WINDOW - _FIRST_BYTES


def _opens_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(packed, 8).startswith(b"WARC/")
    except zlib.error:
        return False


# ---- one record


def _capture(
    file: BinaryIO, record: _Record, is_suspect: bool, number: int, name: str, settings: Settings
) -> Capture | None:
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
    file.seek(record.start)
    block = file.read(record.end - record.start)
    matches = _digest_matches(block, fields.get("warc-block-digest", ""))
    if is_suspect and not matches:
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
    blank = _BLANK.search(block, 0, _HEADER_BYTES)
    if status is None or blank is None:
        raise Damaged(name, "the answer in the record has no header", _COPY)
    fields = _fields(block[: blank.start()])
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
            raise Damaged(name, _CUT, _COPY)
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
