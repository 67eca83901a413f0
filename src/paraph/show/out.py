"""Where output goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["NotWritten", "Sink", "output"]


class NotWritten(Exception):
    """The output could not be written; ``place`` is the file or "standard output", ``cause`` why."""

    def __init__(self, place: str, cause: str) -> None:
        super().__init__(f"{place}: cannot be written: {cause}")
        self.place = place
        self.cause = cause


class Sink:
    """What a command writes its text to. ``terminal`` says whether a person sees it come."""

    def __init__(self, stream: BinaryIO, place: str, encoding: str = "utf-8", terminal: bool = False) -> None:
        self._stream = stream
        self.place = place
        self.encoding = encoding
        self.terminal = terminal
        self.discarded = False

    def write(self, text: str, encoding: str = "utf-8") -> None:
        """Write the text and hand it on at once, so that a reader downstream sees each document as it is done.

        A character that the encoding lacks becomes "?". Raises NotWritten, and BrokenPipeError where nobody reads any more.
        """
        try:
            self._stream.write(text.encode(encoding, "replace"))
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise NotWritten(self.place, error.strerror or str(error)) from error

    def discard(self) -> None:
        """Say that nothing worth keeping was written: an existing file stays as it was."""
        self.discarded = True


@contextmanager
def output(path: Path | None) -> Iterator[Sink]:
    """Give the sink for a path, or for standard output where there is none (or ``-``).

    A file is written beside its place under another name and renamed at the end, so that it is never seen half written;
    after an error, an interrupt or ``discard`` the old file stands as it was. A path that is no plain file (a pipe, a
    device) is written straight. Raises NotWritten.
    """
    if path is None or str(path) == "-":
        sys.stdout.flush()
        yield Sink(sys.stdout.buffer, "standard output", sys.stdout.encoding or "utf-8", sys.stdout.isatty())
        return
    place = Path(os.path.realpath(path))
    straight = place.exists() and not place.is_file()
    part = place if straight else place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        if place.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        stream = part.open("wb" if straight else "xb")
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error
    try:
        with stream:
            sink = Sink(stream, str(path))
            yield sink
        if not straight and not sink.discarded:
            _put(part, place)
    finally:
        if not straight:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _put(part: Path, place: Path) -> None:
    """Bring the bytes to the disk, then put the new file in the old one's place, with the old one's mode."""
    try:
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        if place.is_file():
            shutil.copymode(place, part)
        part.replace(place)
    except OSError as error:
        raise NotWritten(str(place), error.strerror or str(error)) from error
