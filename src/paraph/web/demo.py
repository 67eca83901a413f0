"""The example's desk: made once from the bundled reports, kept in the user's cache, and served by ``paraph serve --demo``."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from paraph._version import __version__
from paraph.errors import NotFound, SourceError
from paraph.model import Occasion
from paraph.settings import Settings

__all__ = ["OCCASION", "documents", "example_desk", "make_example"]

OCCASION = Occasion("Putin in New Delhi 2025", ("IN", "RU"), date(2025, 12, 4), date(2025, 12, 5), "New Delhi")


def documents() -> Path:
    """Return the folder of the example's reports: in the package or, in a checkout, beside it. Raises NotFound."""
    here = Path(__file__).resolve()
    places = (here.parent.parent / "example", here.parents[3] / "examples" / "india-russia-2025" / "documents")
    for place in places:
        if place.is_dir():
            return place
    raise NotFound(str(places[0]), "the example's reports are not there", "install Paraph anew")


def cache_folder() -> Path:
    """Return the folder of the user's in which programs keep what they can make anew."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "paraph"


def example_desk(settings: Settings, say: Callable[[str], object]) -> Path:
    """Return the path of the example's desk, which is made where it is not there yet: half a minute, once a version.

    What is decided on it is kept. It is made under another name and renamed when it is whole.
    """
    path = cache_folder() / f"example-{__version__}.db"
    if not path.exists():
        say(f"making the example desk, once: {path}")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        for name in (part, Path(f"{part}-wal"), Path(f"{part}-shm")):
            name.unlink(missing_ok=True)
        make_example(part, settings)
        part.replace(path)
        for name in (Path(f"{part}-wal"), Path(f"{part}-shm")):
            with suppress(OSError):
                name.unlink(missing_ok=True)
    return path


def make_example(path: Path, settings: Settings) -> None:
    """Make the example's desk at a path: its reports read and kept, its occasion added and judged."""
    from paraph.desk import open_desk
    from paraph.reading import read_all

    with open_desk(path, settings=settings) as desk:
        for reading in read_all([str(documents())], settings=settings, weak=True):
            if isinstance(reading, SourceError):
                continue  # one of the example's pages is no article, on purpose
            desk.add(reading)
        desk.add_occasion(OCCASION)
        desk.judge(OCCASION)
