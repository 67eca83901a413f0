"""Compressed bytes made whole again, counted while they grow.

Every decompressor here hands out pieces of at most ``PIECE`` bytes, so that a bomb is seen after a piece and not after
a gigabyte; what is collected goes to a temporary file beyond ``IN_MEMORY``. Memory grows by less than 64 MB on any input.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from paraph.errors import Damaged, SourceError, TooLarge
from paraph.intake.sniff import COMPRESSED, HEAD_BYTES, Form, sniff
from paraph.settings import Settings

__all__ = ["CODINGS", "PIECE", "expand", "gather", "look", "pieces", "spool", "unpack"]

# Bytes a decompressor may hand out at once: large enough to be fast, small enough that hundreds in flight are nothing.
PIECE = 65_536

# What is collected moves to disk beyond this size; half of the 64 MB that intake may grow by, less the windows below.
IN_MEMORY = 16_000_000

# zstd may ask for a window of up to 128 MB and more; the format advises decoders to take 8 MB (RFC 8878, 3.1.1.1.2).
# 32 MB takes what `zstd` makes at every level up to 20 and leaves half of the 64 MB.
ZSTD_WINDOW = 1 << 25

# zstd's decompressor cannot be told how much to hand out, so it is fed little: a block of 4 bytes makes 128 kB at most,
# which makes 8 MB of this many bytes.
_ZSTD_STEP = 256

# Growth is looked at once this much has come out: short repetitive texts pack better than any long one.
_FREE_OUTPUT = 1_000_000

# Most places looked at for a later member of a damaged .warc.gz head.
_MOST_PLACES = 32

# Names of HTTP content codings (RFC 9110, 8.4.1) and the form each stands for.
CODINGS = {
    "gzip": Form.GZIP,
    "x-gzip": Form.GZIP,
    "deflate": Form.DEFLATE,
    "br": Form.BROTLI,
    "zstd": Form.ZSTD,
}


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what is left in ``stream`` in pieces of at most ``PIECE`` bytes."""
    while piece := stream.read(PIECE):
        yield piece


def gather(chunks: Iterable[bytes], *, source: str, limit: int, cause: str, cure: str) -> bytes:
    """Return the chunks as one value. Raises TooLarge with ``cause`` and ``cure`` once they exceed ``limit`` bytes."""
    with spool(chunks, source=source, limit=limit, cause=cause, cure=cure) as kept:
        return kept.read()


def spool(chunks: Iterable[bytes], *, source: str, limit: int, cause: str, cure: str) -> BinaryIO:
    """Return the chunks as an open file, at its start, that lies on disk beyond ``IN_MEMORY``; the caller closes it.

    Raises TooLarge with ``cause`` and ``cure`` once they exceed ``limit`` bytes, SourceError where the disk is full.
    """
    kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed to the caller
    try:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(source, cause, cure)
            _write(kept, chunk, source)
        kept.seek(0)
    except BaseException:
        kept.close()
        raise
    return cast(BinaryIO, kept)


def _write(file: tempfile.SpooledTemporaryFile[bytes], chunk: bytes, source: str) -> None:
    try:
        file.write(chunk)
    except OSError as error:
        raise SourceError(
            source, f"there is no room to unpack it: {error.strerror}", f"make room in {tempfile.gettempdir()}"
        ) from error


def unpack(data: bytes, *, source: str, settings: Settings) -> bytes:
    """Return ``data`` with every layer of compression undone; data that is not compressed comes back as it is.

    Raises TooLarge for more than ``max_nesting`` layers, ``max_unpacked_bytes`` bytes or a growth of ``max_expansion``,
    and Damaged where the compressed data is broken or ends too soon. Not undone: bzip2, xz, zip, tar.
    """
    layers = 0
    while (form := sniff(data)) in COMPRESSED:
        layers += 1
        if layers > settings.max_nesting:
            raise TooLarge(
                source,
                f"it is compressed more than {settings.max_nesting} times over",
                "raise max_nesting, or unpack it",
            )
        data = gather(
            expand([data], form, source=source, settings=settings),
            source=source,
            limit=settings.max_unpacked_bytes,
            cause=f"it unpacks to more than {settings.max_unpacked_bytes:,} bytes",
            cure="raise max_unpacked_bytes if you trust it",
        )
    return data


def expand(chunks: Iterable[bytes], form: Form, *, source: str, settings: Settings) -> Iterator[bytes]:
    """Yield what the chunks unpack to, in pieces of at most ``PIECE`` bytes.

    gzip may have several members, zstd several frames; bytes after the last one are passed over, as gunzip does (brotli
    cannot tell them from damage). The caller counts the bytes (``gather``); growth is watched here. Raises TooLarge for
    a growth of more than ``max_expansion`` times and Damaged for broken data or an early end.
    """
    taken = given = 0

    def watched() -> Iterator[bytes]:
        nonlocal taken
        for chunk in chunks:
            for at in range(0, len(chunk), PIECE):
                piece = chunk[at : at + PIECE]
                taken += len(piece)
                yield piece

    for piece in _EXPANDERS[form](watched(), source):
        given += len(piece)
        if given > _FREE_OUTPUT and given > taken * settings.max_expansion:
            raise TooLarge(
                source,
                f"its {form} data grows more than {settings.max_expansion} times over, as a decompression bomb does",
                "raise max_expansion if you trust it",
            )
        yield piece


def look(head: bytes) -> tuple[tuple[Form, ...], Form]:
    """Return the layers of compression around a source and the form within, as far as its head alone can tell.

    Meant for finding web archives, which are read piece by piece, before anything is read whole. A head too short or
    too damaged to tell ends in the last form that was seen.
    """
    layers: list[Form] = []
    form = sniff(head)
    while form in COMPRESSED and len(layers) < 10:
        inner = _peek(head, form)
        if not inner:
            break
        layers.append(form)
        head, form = inner, sniff(inner)
    if form in (Form.BINARY, Form.GZIP) and _hides_archive(head):
        return (*layers, Form.GZIP), Form.WARC
    return tuple(layers), form


def _peek(head: bytes, form: Form) -> bytes:
    out = bytearray()
    try:
        for piece in _EXPANDERS[form](iter([head]), ""):
            out += piece
            if len(out) >= HEAD_BYTES:
                break
    except Damaged:
        pass
    return bytes(out[:HEAD_BYTES])


def _hides_archive(head: bytes) -> bool:
    """Whether a member of a .warc.gz begins somewhere in a head whose own start is damaged."""
    at = -1
    for _ in range(_MOST_PLACES):
        at = head.find(b"\x1f\x8b\x08", at + 1)
        if at < 0:
            return False
        try:
            if zlib.decompressobj(31).decompress(head[at:], 16).startswith(b"WARC/"):
                return True
        except zlib.error:
            continue
    return False


def _gunzip(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    return _inflate(chunks, source, 31, Form.GZIP)


def _undeflate(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    # HTTP's "deflate" is zlib by the standard and bare deflate from some servers; the first two bytes tell.
    first = next(chunks, b"")
    while len(first) < 2 and (more := next(chunks, b"")):
        first += more
    bare = len(first) < 2 or first[0] & 0x0F != 8 or (first[0] * 256 + first[1]) % 31 != 0

    def again() -> Iterator[bytes]:
        yield first
        yield from chunks

    return _inflate(again(), source, -15 if bare else 15, Form.DEFLATE)


def _inflate(chunks: Iterator[bytes], source: str, bits: int, form: Form) -> Iterator[bytes]:
    engine = zlib.decompressobj(bits)
    members, started = 0, False
    for chunk in chunks:
        data = chunk
        while data:
            if engine.eof:
                # Padding and rubbish after a member end the reading; another member goes on with it.
                data = data.lstrip(b"\x00")
                if form is not Form.GZIP or not b"\x1f\x8b\x08".startswith(data[:3]):
                    return
                engine, started = zlib.decompressobj(bits), False
                continue
            try:
                piece = engine.decompress(data, PIECE)
            except zlib.error as error:
                if members and not started:
                    return
                raise _broken(source, form, error) from error
            if piece:
                started = True
                yield piece
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
            members += engine.eof
            if not engine.eof and not data:
                while piece := engine.decompress(b"", PIECE):
                    yield piece
    if not engine.eof and (started or not members):
        raise _cut(source, form)


def _unbrotli(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    import brotli

    engine = brotli.Decompressor()
    for chunk in chunks:
        data = chunk
        while True:
            try:
                piece = engine.process(data, output_buffer_limit=PIECE)
            except brotli.error as error:
                raise _broken(source, Form.BROTLI, error) from error
            if not piece:
                break
            # The limit is a wish to brotli: what comes out may be longer, so it is cut here.
            for at in range(0, len(piece), PIECE):
                yield piece[at : at + PIECE]
            if engine.is_finished():
                break
            data = b""
    if not engine.is_finished():
        raise _cut(source, Form.BROTLI)


def _unzstd(chunks: Iterator[bytes], source: str) -> Iterator[bytes]:
    import zstandard

    def engine() -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()

    frame, data = engine(), b""
    for chunk in chunks:
        for at in range(0, len(chunk), _ZSTD_STEP):
            data += chunk[at : at + _ZSTD_STEP]
            while data:
                if frame.eof:
                    if len(data) < 4:
                        break  # not enough to tell another frame from rubbish
                    if data[:4] != b"\x28\xb5\x2f\xfd" and data[1:4] != b"\x2a\x4d\x18":
                        return
                    frame = engine()
                try:
                    piece = frame.decompress(data)
                except zstandard.ZstdError as error:
                    raise _broken(source, Form.ZSTD, error) from error
                for start in range(0, len(piece), PIECE):
                    yield piece[start : start + PIECE]
                data = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise _cut(source, Form.ZSTD)


_EXPANDERS = {Form.GZIP: _gunzip, Form.DEFLATE: _undeflate, Form.BROTLI: _unbrotli, Form.ZSTD: _unzstd}


def _broken(source: str, form: Form, error: Exception) -> Damaged:
    return Damaged(source, f"its {form} data is damaged ({error})", "fetch or copy it again")


def _cut(source: str, form: Form) -> Damaged:
    return Damaged(source, f"its {form} data ends too soon", "fetch or copy it again")
