"""Files by path and, on other machines, by fsspec address (s3://, gs://, https:// …): what is there, and bytes of it, by ranges.

Nothing is fetched whole but where a server gives no parts: then the file is copied to the disk, once a piece. What passes
(a connection that breaks, a server that is busy) is tried again a few times; what remains is a FetchError, which ends the
piece, so that it is done again and no network's mood is taken for a gap of the archive.
"""

from __future__ import annotations

import io
import re
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from paraph.errors import FetchError, MissingExtra, NotFound, SourceError, UsageError
from paraph.intake.unpack import PIECE, spool

__all__ = ["Found", "find", "is_address", "opened", "printable", "ranges_of", "read_head", "unreadable", "whole"]

T = TypeVar("T")
Sleep = Callable[[float], None]

# Seconds before a request is made again; a server that is away longer ends the piece, which the run then does again.
_PAUSES = (1.0, 3.0, 9.0)
# Answers of servers that pass: too slow, too early, too many requests, and their own faults (500 and up).
_PASSING = frozenset({408, 425, 429})
# Seconds for which a server may be silent, in the middle of an answer too.
_SILENCE = 60.0
# Bytes of one request within the part that is read: few requests, and little that waits in memory. Set by eye.
_BLOCK = 8_000_000
# Bytes of one request outside of it, where only the end of the last record is wanted.
_BORDER = 262_144
# Blocks of the part, and of what lies outside of it, that are kept: reading goes forward, and looks back a little at most.
_KEPT = 3
_KEPT_OUTSIDE = 8

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::|://)")
_WEB = ("http://", "https://")
_PACKAGES = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
}


_ASKED = re.compile(r"\?.*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """One file at an address; ``size`` is None where its server does not say it, and ``stamp`` tells it from its next version."""

    address: str
    size: int | None
    stamp: str


def is_address(text: str) -> bool:
    """Tell whether a text is an fsspec address and no path."""
    return _ADDRESS.match(text) is not None


def whole(text: str) -> str:
    """Return a text without halves of characters, which no table or message takes."""
    return text.encode("utf-8", "backslashreplace").decode()


def printable(address: str) -> str:
    """Return what messages and tables call a file.

    A name of a file need not be text. Of an address neither name and password nor what
    is asked with it are told: signed addresses are keys.
    """
    if is_address(address):
        scheme, _, rest = address.partition("://")
        host, slash, path = rest.partition("/")
        address = f"{scheme}://{host.rpartition('@')[2]}{slash}{_ASKED.sub('?…', path)}"
    return whole(address)


def unreadable(path: str, error: OSError | ValueError) -> SourceError:
    """Return what to tell of a path that cannot be looked at or opened."""
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return NotFound(printable(path), "there is no such file or folder", "check the path")
    return SourceError(printable(path), f"it cannot be read ({error.strerror or error})", "check who may read it")


def find(address: str, *, sleep: Sleep = time.sleep) -> Iterator[Found]:
    """Yield the files that an address means, in the order of their names: a file, those below a folder, those a pattern fits.

    ``*``, ``?`` and ``[`` make a pattern (on the web only ``*``, where the folder's page links to what is in it). What is
    hidden, by a dot, is left out. Raises MissingExtra where a package is missing, NotFound for what is not there, FetchError
    where the network fails for good, SourceError for what may not be read.
    """
    system, path = _system(address)
    on_web = address.startswith(_WEB)
    if re.search(r"\*" if on_web else r"[*?\[]", path):
        listed = _try(partial(system.glob, path, detail=True), address, sleep)
        for name in sorted(listed):
            if listed[name].get("type") == "directory":
                yield from _below(system, name, address, sleep)
            else:
                yield _found(system, name, listed[name])
        return
    if not on_web and _try(partial(system.isdir, path), address, sleep):
        yield from _below(system, path, address, sleep)
        return
    yield _found(system, path, _try(partial(system.info, path), address, sleep))


def _below(system: Any, folder: str, address: str, sleep: Sleep) -> Iterator[Found]:
    listed = _try(partial(system.find, folder, detail=True), address, sleep)
    for name in sorted(listed):
        if not any(part.startswith(".") for part in name[len(folder) :].split("/")):
            yield _found(system, name, listed[name])


def _found(system: Any, path: str, info: dict[str, Any]) -> Found:
    size = info.get("size")
    when = next(
        (info[key] for key in ("ETag", "etag", "Last-Modified", "LastModified", "updated", "mtime") if info.get(key)),
        "",
    )
    return Found(system.unstrip_protocol(path), size, f"{when or info.get('created', '')}; {size}")


def read_head(address: str, length: int, *, sleep: Sleep = time.sleep) -> bytes:
    """Return the first bytes of a file, fewer where it has no more; whatever it holds, little more than that is fetched."""
    if not is_address(address):
        with opened(address, most=length) as file:
            return file.read(length)
    system, path = _system(address)

    def read() -> bytes:
        with system.open(path, "rb", block_size=PIECE, cache_type="none") as file:
            parts: list[bytes] = []
            left = length
            while left and (part := file.read(left)):
                parts.append(part)
                left -= len(part)
            return b"".join(parts)

    return _try(read, address, sleep)


def ranges_of(address: str, size: int, *, sleep: Sleep = time.sleep) -> bool:
    """Tell whether the server of a file gives parts of it."""
    return _try(partial(_gives_parts, address, size), address, sleep)


def _gives_parts(address: str, size: int) -> bool:
    system, path = _system(address)
    try:
        with system.open(path, "rb", block_size=PIECE, cache_type="none") as file:
            file.seek(max(0, size - 1))
            return len(file.read(1)) == min(1, size)
    except ValueError:  # what fsspec says of a server that answers with the whole file
        return False


@contextmanager
def opened(
    address: str,
    *,
    start: int = 0,
    stop: int | None = None,
    most: int,
    blocks: int = _KEPT,
    sleep: Sleep = time.sleep,
) -> Iterator[BinaryIO]:
    """Open a file for reading and seeking; a path is opened as any, and none of what follows is for it.

    Only what is asked for is fetched, and between ``start`` and ``stop`` in large blocks. Where the server gives no parts, the
    file is copied to the disk first, up to ``most`` bytes. ``blocks`` are kept in memory, of 8 MB each. Raises what ``find``
    raises; reading raises FetchError where the network fails for good.
    """
    if not is_address(address):
        try:
            local = Path(address).open("rb")  # noqa: SIM115 - closed below; only opening is tried
        except (OSError, ValueError) as error:
            raise unreadable(address, error) from error
        with local:
            yield local
        return
    system, path = _system(address)
    info = _try(partial(system.info, path), address, sleep)
    size = info.get("size")
    # That a part is asked for shows that the plan found its server to give parts.
    if size is None or (start == 0 and not ranges_of(address, size, sleep=sleep)):
        with _copied(system, path, address, most, sleep) as copy:
            yield copy
        return
    handle = _try(partial(system.open, path, "rb", block_size=PIECE, cache_type="none"), address, sleep)
    with handle:

        def fetch(first: int, last: int) -> bytes:
            try:
                return _try(partial(_part, handle, first, last), address, sleep)
            except ValueError as error:
                raise FetchError(
                    address, "its server gave parts of it and no longer does", "copy it to this machine"
                ) from error

        stop = size if stop is None else min(stop, size)
        with io.BufferedReader(_Ranges(fetch, size, start, stop, blocks), PIECE) as file:
            yield cast(BinaryIO, file)


def _part(handle: Any, first: int, last: int) -> bytes:
    handle.seek(first)
    data = handle.read(last - first)
    if len(data) != last - first:
        raise ConnectionError(f"{len(data):,} bytes came where {last - first:,} were asked for")
    return bytes(data)


def _copied(system: Any, path: str, address: str, most: int, sleep: Sleep) -> BinaryIO:
    def copy() -> BinaryIO:
        with system.open(path, "rb", block_size=0) as stream:
            return spool(
                iter(lambda: stream.read(PIECE), b""),
                source=address,
                limit=most,
                cause=f"its server gives no parts of it, and it is larger than {most:,} bytes",
                cure="raise max_archive_bytes, or copy it to this machine",
            )

    return _try(copy, address, sleep)


class _Ranges(io.RawIOBase):
    """A file of which blocks are fetched as they are asked for, the last few kept."""

    def __init__(self, fetch: Callable[[int, int], bytes], size: int, start: int, stop: int, kept: int) -> None:
        super().__init__()
        self._fetch, self._size, self._start, self._stop, self._most = fetch, size, start, stop, kept
        self._at = 0
        self._inside: OrderedDict[int, bytes] = OrderedDict()
        self._outside: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        first, last = self._limits(self._at)
        is_inside = self._start <= first < self._stop
        blocks, most = (self._inside, self._most) if is_inside else (self._outside, _KEPT_OUTSIDE)
        block = blocks.get(first)
        if block is None:
            block = self._fetch(first, last)
            blocks[first] = block
            if len(blocks) > most:
                blocks.popitem(last=False)
        blocks.move_to_end(first)
        view = memoryview(block)[self._at - first : self._at - first + len(buffer)]
        buffer[: len(view)] = view
        self._at += len(view)
        return len(view)

    def _limits(self, at: int) -> tuple[int, int]:
        """Return the block in which a byte lies: of the part, or of what lies before or behind it."""
        low, high, length = 0, self._start, _BORDER
        if self._start <= at < self._stop:
            low, high, length = self._start, self._stop, _BLOCK
        elif at >= self._stop:
            low, high = self._stop, self._size
        first = low + (at - low) // length * length
        return first, min(first + length, high)


# ---- what may go wrong


def _system(address: str) -> tuple[Any, str]:
    protocol = re.split(r"::|://", address, maxsplit=1)[0].lower()
    options: dict[str, Any] = {}
    try:
        import fsspec

        if protocol in ("http", "https"):
            import aiohttp

            # Bytes as they are: a packed archive must not be unpacked on its way, for its parts are asked for. The time for a
            # whole answer is not limited, for a large file may be one; silence is.
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=_SILENCE, sock_read=_SILENCE)
            options = {
                "client_kwargs": {"auto_decompress": False, "timeout": timeout},
                "headers": {"Accept-Encoding": "identity"},
            }
    except ImportError as error:
        raise MissingExtra(
            f"{address}: reading addresses needs {error.name}; install it with: pip install 'paraph[corpus]'"
        ) from error
    try:
        system, path = fsspec.core.url_to_fs(address, **options)
    except ImportError as error:
        package = _PACKAGES.get(protocol)
        cure = (
            f"reading {protocol}:// needs {package}; install it with: pip install {package}" if package else str(error)
        )
        raise MissingExtra(f"{address}: {cure}") from error
    except ValueError as error:
        raise UsageError(
            f"{address}: {protocol}:// is no kind of address that is known; give a path, s3://, gs:// or https://"
        ) from error
    return system, path


def _try(act: Callable[[], T], address: str, sleep: Sleep) -> T:
    """Return what ``act`` returns, after a few tries; raises SourceError with what is wrong in words."""
    for pause in (*_PAUSES, None):
        try:
            return act()
        except (SourceError, UsageError):
            raise
        except Exception as error:
            if isinstance(error, ValueError) and not isinstance(error, OSError):
                raise  # what fsspec says of a server without ranges; a wrong certificate is both
            # fsspec calls every failure of a web server a missing file, and keeps what it was.
            cause = error.__cause__ if isinstance(error, FileNotFoundError) and error.__cause__ is not None else error
            status = getattr(cause, "status", None)
            if isinstance(cause, FileNotFoundError) or status in (404, 410):
                raise NotFound(address, "there is no such file", "check the address") from error
            if isinstance(cause, PermissionError) or status in (401, 403):
                raise SourceError(
                    address, "it may not be read", "check who may read it, and your keys for it"
                ) from error
            passes = status is None or status >= 500 or status in _PASSING
            passes = passes and not isinstance(cause, ssl.SSLCertVerificationError)
            if pause is None or not passes:
                said = " ".join(str(cause).split())[:200] or type(cause).__name__
                raise FetchError(
                    address, f"it cannot be fetched ({said})", "run the command again: it goes on there"
                ) from error
        sleep(pause)
    raise AssertionError  # pragma: no cover - the last try returns or raises
