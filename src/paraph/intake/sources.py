"""What a person gives to be read: paths, folders, ``-``, addresses, bytes, mappings, Documents; in the order given."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from paraph.errors import NoText, NotFound, SourceError, TooLarge
from paraph.intake.address import is_url
from paraph.intake.dispatch import Context, Found, Keep, from_bytes, from_record, from_stream, from_url, safely
from paraph.intake.fetch import Fetcher
from paraph.intake.pdf import PdfReader
from paraph.model import Document
from paraph.settings import Settings

__all__ = ["Source", "load"]

Source = str | os.PathLike[str] | bytes | Mapping[str, object] | Document

_STDIN = "-"


def load(
    sources: Iterable[Source],
    *,
    settings: Settings,
    now: Callable[[], datetime],
    stdin: BinaryIO | None = None,
    follow: bool = False,
    fetcher: Fetcher | None = None,
    keep: Keep | None = None,
) -> Iterator[Document | SourceError]:
    """Yield the documents of each source in the order given and, as values and in their place, what could not be read.

    A source is a path, a folder (walked in the order of names; what is hidden is left out), ``-`` for ``stdin``, an http
    or https address, bytes, a mapping of the contract, or a Document, which comes out as it is. ``follow`` fetches the
    page of each feed entry. ``now`` gives the time with its zone. ``fetcher`` is how the network is reached, if not by
    default. ``keep`` is told the id, the bytes and their media type of each document that was read from bytes of its own,
    before it comes out. Nothing is read before it is asked for; closing the iterator ends the child process and the connections.
    Raises UsageError for a setting that cannot be.
    """
    if isinstance(sources, str | bytes | os.PathLike | Mapping | Document):
        sources = [sources]
    with PdfReader(settings) as pdf, Fetcher(settings) as own:
        context = Context(settings, now, fetcher or own, pdf, follow, keep)
        for number, source in enumerate(sources, 1):
            name = _name(source, number)
            yield from safely(name, _one(source, name, stdin, context))


def _name(source: Source, number: int) -> str:
    """Return what errors call a source: as it was given, or by its number."""
    if source == _STDIN:
        return "standard input"
    if isinstance(source, str | os.PathLike):
        return _printable(os.fspath(source))
    return f"{'bytes' if isinstance(source, bytes) else 'document'} {number}"


def _printable(path: str) -> str:
    # A file name need not be text; half a character would break the message that names it.
    return path.encode("utf-8", "backslashreplace").decode()


def _one(source: Source, name: str, stdin: BinaryIO | None, context: Context) -> Found:
    if isinstance(source, Document):
        yield source
    elif isinstance(source, Mapping):
        yield from_record(source, source=name, context=context)
    elif isinstance(source, bytes):
        yield from from_bytes(source, source=name, url=None, charset=None, context=context)
    elif source == _STDIN:
        yield from from_stream(stdin or sys.stdin.buffer, source=name, context=context)
    elif isinstance(source, str) and is_url(source):
        yield from from_url(source, source=name, context=context)
    elif source == "":
        # Path("") is the current folder, which nobody asked for.
        raise NotFound("(empty)", "an empty name is no source", "give a path, an address or -")
    else:
        yield from _path(Path(source), name, context)


def _path(path: Path, name: str, context: Context) -> Found:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    if not is_folder:
        yield from _file(path, name, context)
        return
    count = 0
    for one in _walk(path):
        if isinstance(one, SourceError):
            yield one
            continue
        if count == context.settings.max_folder_files:
            raise TooLarge(
                name, f"the folder holds more than {count:,} files", "raise max_folder_files, or give its parts"
            )
        count += 1
        inner = _printable(str(one))
        yield from safely(inner, _file(one, inner, context))
    if count == 0:
        raise NoText(name, "the folder holds no files that could be read", "give a folder with files in it")


def _file(path: Path, name: str, context: Context) -> Found:
    try:
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    with stream:
        try:
            yield from from_stream(stream, source=name, context=context)
        except OSError as error:  # the disk, the share or the pipe fails while it is read
            raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError | ValueError) -> SourceError:
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return NotFound(name, "there is no such file or folder", "check the path; an address begins with https://")
    return SourceError(name, f"it cannot be opened: {error.strerror or error}", "check who may read it")


def _walk(folder: Path) -> Iterator[Path | SourceError]:
    """Yield the files below a folder, by name, folders in their place among them; each folder once, whatever links to it.

    Left out: hidden files and folders, and what is neither file nor folder (pipes, devices).
    """
    seen: set[tuple[int, int]] = set()
    ahead = [folder]
    while ahead:
        path = ahead.pop()
        try:
            status = path.stat()
            if stat.S_ISREG(status.st_mode):
                yield path
            elif stat.S_ISDIR(status.st_mode) and (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                inside = (entry for entry in path.iterdir() if not entry.name.startswith("."))
                ahead.extend(sorted(inside, key=lambda entry: entry.name, reverse=True))
        except OSError as error:
            yield _unreadable(_printable(str(path)), error)
