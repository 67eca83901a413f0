"""JSON Lines: the objects of a file, or of a part of it, as mappings of the contract.

A part owns the lines whose first byte lies in it. A line ends with a line feed and nothing else: U+2028 and its like may stand
inside of a string. What is packed, or is no UTF-8 by its mark, is read from its beginning to its end.
"""

from __future__ import annotations

import bz2
import codecs
import io
import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO, cast

from paraph.corpus.forms import BZIP2, XZ, unicode_of
from paraph.corpus.naming import fields
from paraph.corpus.values import Record
from paraph.errors import Damaged, SourceError, TooLarge
from paraph.intake.decode import decode
from paraph.intake.sniff import HEAD_BYTES
from paraph.intake.unpack import PIECE, expand, look, pieces
from paraph.settings import Settings

__all__ = ["lines"]

# Memory that xz may take: that of its highest level (a window of 64 MB) and a little.
_XZ_MEMORY = 80_000_000
# Growth of bzip2 and xz is looked at once this much has come out.
_FREE_OUTPUT = 1_000_000

_CUT = "what came before is read; copy it again"
_CURE = "correct the line, or leave it out"


def lines(
    file: BinaryIO, start: int, stop: int | None, source: str, settings: Settings, columns: Mapping[str, str]
) -> Iterator[Record | SourceError]:
    """Yield the records of an open file, of which ``start`` and ``stop`` are bytes, half open; no ``stop`` is its end.

    A line that is no JSON object, has neither text nor html, or is longer than ``max_source_bytes`` is an error in its place;
    so is, at the end, what ends the unpacking.
    """
    head = file.read(HEAD_BYTES) if start == 0 else b""
    file.seek(0)
    whole = _whole(file, head, source, settings) if start == 0 else None
    if whole is not None:
        stream = _Stream(whole)
        for number, (_, line) in enumerate(
            _lines(cast(BinaryIO, io.BufferedReader(stream, PIECE)), 0, None, settings), 1
        ):
            yield from _records(line, f"{source}, line {number:,}", settings, columns)
        if stream.fault is not None:
            yield stream.fault
        return
    for at, line in _lines(file, start, stop, settings):
        yield from _records(line, f"{source}, byte {at:,}", settings, columns)


def _lines(file: BinaryIO, start: int, stop: int | None, settings: Settings) -> Iterator[tuple[int, bytes | None]]:
    """Yield the place and the bytes of each line, None for one that is too long."""
    most, at = settings.max_source_bytes, start
    if start:
        # The line that begins before the part goes on to its end; where the part begins with a line, that is the byte before.
        file.seek(start - 1)
        at = start - 1 + _pass_line(file)
    while stop is None or at < stop:
        line: bytes | None = file.readline(most + 1)
        if not line:
            return
        length = len(line)
        if length > most and not line.endswith(b"\n"):
            line = None
            length += _pass_line(file)
        yield at, line
        at += length


def _pass_line(file: BinaryIO) -> int:
    """Read to the end of a line, keeping nothing; return how many bytes that were."""
    length = 0
    while piece := file.readline(PIECE):
        length += len(piece)
        if piece.endswith(b"\n"):
            break
    return length


def _records(
    line: bytes | None, name: str, settings: Settings, columns: Mapping[str, str]
) -> Iterator[Record | SourceError]:
    if line is None:
        yield TooLarge(name, f"the line is longer than {settings.max_source_bytes:,} bytes", "raise max_source_bytes")
        return
    line = line.removeprefix(codecs.BOM_UTF8).strip(b" \t\r\n\x00")
    if not line:
        return
    try:
        yield Record(name, fields=fields(_parsed(line, name), columns, name))
    except SourceError as error:
        yield error


def _parsed(line: bytes, name: str) -> dict[str, Any]:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = decode(line, tidy=False)
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise Damaged(name, "its JSON is nested too deep", _CURE) from error
    except ValueError as error:
        raise Damaged(name, f"it is not JSON ({str(error)[:200]})", _CURE) from error
    if not isinstance(value, dict):
        raise Damaged(name, "it is not a JSON object", 'give objects with a "text"')
    return value


# ---- what cannot be cut


def _whole(file: BinaryIO, head: bytes, source: str, settings: Settings) -> Iterator[bytes] | None:
    """Return the bytes of a file that has to be read from its beginning, unpacked and as UTF-8; None where it has not."""
    chunks: Iterator[bytes] | None = None
    if head.startswith(BZIP2):
        chunks = _watched(bz2.BZ2Decompressor, file, "bzip2", source, settings)
    elif head.startswith(XZ):
        engine = partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _XZ_MEMORY)
        chunks = _watched(engine, file, "xz", source, settings)
    for layer in look(head)[0] if chunks is None else ():
        chunks = expand(pieces(file) if chunks is None else chunks, layer, source=source, settings=settings)
    encoding = unicode_of(head)
    return _as_utf8(pieces(file), encoding) if encoding else chunks


def _watched(
    make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor],
    file: BinaryIO,
    kind: str,
    source: str,
    settings: Settings,
) -> Iterator[bytes]:
    """Yield what streams one behind the other unpack to; zeros between and behind them are padding."""
    engine = make()
    taken = given = 0
    data = b""
    while True:
        if engine.eof:
            data = engine.unused_data.lstrip(b"\x00")
            while not data and (piece := file.read(PIECE)):
                taken += len(piece)
                data = piece.lstrip(b"\x00")
            if not data:
                return
            engine = make()
        elif engine.needs_input and not data:
            data = file.read(PIECE)
            taken += len(data)
            if not data:
                raise Damaged(source, f"its {kind} data ends too soon", _CUT)
        try:
            made = engine.decompress(data, PIECE)
        except (OSError, lzma.LZMAError) as error:
            raise Damaged(source, f"its {kind} data is damaged ({error})", _CUT) from error
        data = b""
        given += len(made)
        if given > _FREE_OUTPUT and given > taken * settings.max_expansion:
            cause = f"its {kind} data grows more than {settings.max_expansion} times over, as a decompression bomb does"
            raise TooLarge(source, cause, "raise max_expansion if you trust it")
        if made:
            yield made


def _as_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode()


class _Stream(io.RawIOBase):
    """Chunks as a file to read from; what ends them too soon is kept as ``fault``."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._left = memoryview(b"")
        self.fault: SourceError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            try:
                piece = next(self._chunks, None)
            except (TooLarge, Damaged) as error:
                self.fault, piece = error, None
            if piece is None:
                return 0
            self._left = memoryview(piece)
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)
