"""Beats: which record a worker is at, written down before it is touched, so that what ends a worker is known by name.

A record that crashes the program, eats all memory or never ends takes its worker along. The next worker that takes up the piece
finds how far the one before it came. One death may have another reason (a machine that was switched off), so the record is tried
once more; the second death at the same place within one session of the run makes it poison. A session is one call of the
command: when the whole run is killed, the records in work are not to blame and nothing is held against them.
"""

from __future__ import annotations

import faulthandler
import json
import os
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = ["WRITING", "Beat", "Place", "Watch", "guarded", "places_in"]

# A record is poison from so many deaths of a worker on. Two: the first may have another reason.
DEATHS = 2

_LAYOUT = struct.Struct("<32sQ")
_FOLDER = "beats"

# A place in the work on a piece: twice a record's number while it is being fetched, and one more while it is being read.
Place = int
# The place of one who has read all and writes the last of it.
WRITING: Place = (1 << 64) - 1


def places_in(root: Path, pieces: Collection[int]) -> int:
    """Return how many records those at work on some of these pieces have come to, together; for showing progress."""
    found = 0
    with suppress(OSError):
        # What is at work are a few of the many pieces: the folder is listed, not each piece asked for.
        for entry in os.scandir(root / _FOLDER):
            if entry.name.isdecimal() and int(entry.name) in pieces:
                with suppress(OSError, struct.error):
                    place = int(_LAYOUT.unpack(Path(entry.path).read_bytes())[1])
                    found += place // 2 if place != WRITING else 0
    return found


class Beat:
    """The place that the work on one piece has come to, and the places at which workers of this session died."""

    def __init__(self, root: Path, piece: int, session: str) -> None:
        folder = root / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{piece:05d}"
        self._deaths_path = folder / f"{piece:05d}.deaths"
        self._session = session.encode()[:32].ljust(32, b"\0")
        self._deaths = self._died()
        # Written to and not mapped: on a full disk a mapped file ends the process, and a record would be blamed for it.
        self._file = self._path.open("wb", buffering=0)
        self._file.write(_LAYOUT.pack(self._session, 0))

    def at(self, place: Place) -> None:
        """Write down the place that comes now; costs a few microseconds."""
        self._file.seek(0)
        self._file.write(_LAYOUT.pack(self._session, place))

    def is_poison(self, place: Place) -> bool:
        """Tell whether workers died at this place, as often as makes it poison."""
        return self._deaths.get(place, 0) >= DEATHS

    def over(self) -> None:
        """The work on the piece is done: forget the places."""
        self.close()
        for path in (self._path, self._deaths_path):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; the place stays written down."""
        self._file.close()

    def _died(self) -> dict[Place, int]:
        """Return how often workers of this session died at each place, the last one included."""
        try:
            session, place = _LAYOUT.unpack(self._path.read_bytes())
        except (OSError, struct.error):
            return {}
        if session != self._session:
            self._deaths_path.unlink(missing_ok=True)
            return {}
        deaths: dict[Place, int] = {}
        with suppress(OSError, ValueError):
            deaths = {int(name): count for name, count in json.loads(self._deaths_path.read_text("ascii")).items()}
        deaths[place] = deaths.get(place, 0) + 1
        self._deaths_path.write_text(json.dumps(deaths), "ascii")
        return deaths


class Watch:
    """The watch over one record at a time: what takes longer than ``seconds`` ends the process; 0 seconds watch nothing.

    It is the interpreter's own thread for such cases (faulthandler), which needs no lock that a stuck record may hold.
    """

    def __init__(self, seconds: float, silent: IO[str]) -> None:
        self._seconds = seconds
        self._silent = silent
        self._parent = os.getppid()

    def arm(self) -> None:
        """Begin to watch, anew. A worker whose driver is gone ends."""
        if os.getppid() != self._parent:
            os._exit(1)
        if self._seconds:
            faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._silent)

    def rest(self) -> None:
        """Watch nothing until armed again."""
        if self._seconds:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def guarded(seconds: float) -> Iterator[Watch]:
    """Give a watch over records, which ends with the block."""
    with Path(os.devnull).open("w") as silent:  # the watch would write where everybody stood
        watch = Watch(seconds, silent)
        try:
            yield watch
        finally:
            watch.rest()
