"""The example's desk: made once from the bundled reports, kept in the user's cache, and served by ``paraph serve --demo``."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from paraph._version import __version__
from paraph.errors import NotFound, SourceError
from paraph.settings import Settings

__all__ = ["documents", "example_desk", "make_example"]

# What SQLite keeps beside the file of a desk.
_BESIDE = ("", "-wal", "-shm")


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


def example_desk(settings: Settings, say: Callable[[str], object], now: Callable[[], datetime]) -> Path:
    """Return the path of the example's desk, which is made where it is not there yet: half a minute, once a version.

    What is decided on it is kept. It is made under another name, which is this process's own, and renamed when it is whole:
    one that is interrupted leaves nothing. ``say`` is told what is done; ``now`` is the clock by which one occasion lies ahead.
    """
    from paraph.desk import open_desk
    from paraph.web.example import bring_up_to

    path = cache_folder() / f"example-{__version__}.db"
    if path.exists():
        with open_desk(path, settings=settings, now=now, create=False) as desk:
            bring_up_to(desk, now())
        return path
    say(f"making the example desk: half a minute, once (Ctrl-C ends it; it is kept at {path})")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        make_example(part, settings, say, now)
        part.replace(path)
    finally:
        for ending in _BESIDE:
            with suppress(OSError):
                Path(f"{part}{ending}").unlink(missing_ok=True)
    return path


def make_example(path: Path, settings: Settings, say: Callable[[str], object], now: Callable[[], datetime]) -> None:
    """Make the example's desk at a path: its reports read and kept, its occasions, views, feeds and decisions, and verdicts."""
    from paraph.desk import open_desk
    from paraph.reading import read_all
    from paraph.show.progress import progress
    from paraph.web.example import OCCASION, decide_all, furnish

    files = sorted(str(each) for each in documents().iterdir() if each.is_file())
    say(f"reading {len(files)} files")
    with open_desk(path, settings=settings, now=now) as desk:
        with progress(files) as sources:
            for reading in read_all(sources, settings=settings, now=now, weak=True):
                if isinstance(reading, SourceError):
                    continue  # one of the example's pages is no article, on purpose
                desk.add(reading)
        say("working out what became of the deals")
        desk.add_occasion(OCCASION)
        furnish(desk)
        desk.judge(OCCASION)
        decide_all(desk)
        desk.judge(OCCASION)
