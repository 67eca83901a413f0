"""Beats: which record a worker is at, written down before it is touched, so that what ends a worker is known by name.

A record that crashes the program, eats all memory or never ends takes its worker along. The next worker that takes up the piece
finds how far the one before it came. One death may have another reason (a machine that was switched off), so the record is tried
once more; the second death at the same place within one session of the run makes it poison. A session is one call of the
command: when the whole run is killed, the records in work are not to blame and nothing is held against them.
"""

from __future__ import annotations

import faulthandler
import json
import mmap
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

__all__ = ["Beat", "Place", "guarded", "place_of"]

Item = TypeVar("Item")

# A record is poison from so many deaths of a worker on. Two: the first may have another reason.
DEATHS = 2

_LAYOUT = struct.Struct("<32sQ")
_FOLDER = "beats"

# A place in the work on a piece: twice a record's number while it is being fetched, and one more while it is being read.
Place = int


def place_of(root: Path, piece: int) -> int:
    """Return the number of the record that the work on a piece has come to, 0 where nobody has begun; for showing progress."""
    try:
        data = (root / _FOLDER / f"{piece:05d}").read_bytes()
    except OSError:
        return 0
    return int(_LAYOUT.unpack(data)[1]) // 2 if len(data) == _LAYOUT.size else 0


class Beat:
    """The place that the work on one piece has come to, and the places at which workers of this session died."""

    def __init__(self, root: Path, piece: int, session: str) -> None:
        folder = root / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{piece:05d}"
        self._deaths_path = folder / f"{piece:05d}.deaths"
        self._session = session.encode()[:32].ljust(32, b"\0")
        self._deaths = self._died()
        with self._path.open("wb") as file:
            file.write(_LAYOUT.pack(self._session, 0))
        with self._path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _LAYOUT.size)

    def at(self, place: Place) -> None:
        """Write down the place that comes now; costs next to nothing."""
        self._map[32:] = place.to_bytes(8, "little")

    def is_poison(self, place: Place) -> bool:
        """Tell whether workers died at this place, as often as makes it poison."""
        return self._deaths.get(place, 0) >= DEATHS

    def over(self) -> None:
        """The work on the piece is done: forget the places."""
        self._map.close()
        for path in (self._path, self._deaths_path):
            path.unlink(missing_ok=True)

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


@contextmanager
def guarded(seconds: float) -> Iterator[Callable[[], None]]:
    """Give what is to be called before each record; a record that then takes longer than ``seconds`` ends the process.

    0 seconds watch nothing. A worker whose driver is gone ends as well. The watch is the interpreter's own thread for such cases
    (faulthandler), which needs no lock that a stuck record may hold.
    """
    parent = os.getppid()
    silent = Path(os.devnull).open("w")  # noqa: SIM115 - closed below; the watch writes where everybody stood

    def rearm() -> None:
        if os.getppid() != parent:
            os._exit(1)
        if seconds:
            faulthandler.dump_traceback_later(seconds, exit=True, file=silent)

    try:
        yield rearm
    finally:
        if seconds:
            faulthandler.cancel_dump_traceback_later()
        silent.close()
