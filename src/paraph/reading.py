"""From any source to readings: what ``paraph.read`` and ``paraph.read_all`` do."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from paraph.errors import SourceError, UsageError
from paraph.model import Document, Reading, Signal
from paraph.settings import Settings

if TYPE_CHECKING:
    from paraph.intake import Source

__all__ = ["DEFAULT_ENGINE", "ENGINES", "read", "read_all"]

Extract = Callable[[Document, bool], tuple[Signal, ...]]


def _cues(settings: Settings) -> Extract:
    from paraph.extract.engine import bundled

    return bundled().extract


def _encoder(settings: Settings) -> Extract:
    from paraph.extract.encoder_engine import bundled_encoder_engine

    return bundled_encoder_engine(settings.encoder_threads).extract


# The engines by name, each with what brings it in under the settings: none is loaded before it is asked for.
ENGINES: dict[str, Callable[[Settings], Extract]] = {"encoder": _encoder, "cues": _cues}
# The one that reads where none is named.
DEFAULT_ENGINE = "encoder"


def read(
    source: Source,
    *,
    settings: Settings | None = None,
    engine: str = DEFAULT_ENGINE,
    now: Callable[[], datetime] | None = None,
    follow: bool = False,
) -> Reading:
    """Read one source that holds one document, and return the document with its signals.

    ``source`` is a path, ``"-"`` (standard input), a URL, the bytes of a page or file, a mapping of the contract (``text``
    and optionally ``id``, ``url``, ``publisher``, ``title``, ``published``), or a Document. ``settings`` are those of the
    environment if not given; ``now`` is the clock that dates what is fetched (UTC now if not given). With ``follow``, the
    pages that a feed links to are fetched.

    Raises the SourceError that says why the source could not be read, and UsageError where the source holds several
    documents or none (a folder, a feed, an archive): ``read_all`` reads those.
    """
    with closing(read_all([source], settings=settings, engine=engine, now=now, follow=follow)) as found:
        first = next(found, None)
        if first is None:
            raise UsageError(f"{_name(source)}: holds no document; read_all([…]) gives what a source holds, be it none")
        if next(found, None) is not None:
            raise UsageError(f"{_name(source)}: holds more than one document; read them with read_all([…])")
    if isinstance(first, SourceError):
        raise first
    return first


def read_all(
    sources: Source | Iterable[Source],
    *,
    settings: Settings | None = None,
    engine: str = DEFAULT_ENGINE,
    now: Callable[[], datetime] | None = None,
    follow: bool = False,
    stdin: BinaryIO | None = None,
    weak: bool = False,
    keep: Callable[[str, bytes, str], None] | None = None,
) -> Generator[Reading | SourceError, None, None]:
    """Read every document of the sources, in the order given, one at a time.

    What cannot be read comes as the SourceError that says why, in its place, and the others go on. The parameters are those
    of ``read``; ``stdin`` is where the source ``"-"`` is read from. With ``weak``, signals too unsure to be told are among the
    others, with a low confidence: a desk keeps them for a person's look. ``keep`` is told the id, the bytes and their media
    type of each document that was read from bytes of its own (a page, a text, a PDF), before its reading comes out.

    Raises UsageError at once, before anything is read, for an unknown engine or a setting out of range.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is not known; give one of: {', '.join(sorted(ENGINES))}")
    if isinstance(sources, str | bytes | os.PathLike | Mapping | Document):
        sources = [sources]
    settings = settings or Settings.from_environment()
    return _read_all(sources, settings, ENGINES[engine](settings), now or _utc_now, follow, stdin, weak, keep)


def _read_all(
    sources: Iterable[Source],
    settings: Settings,
    extract: Extract,
    now: Callable[[], datetime],
    follow: bool,
    stdin: BinaryIO | None,
    weak: bool,
    keep: Callable[[str, bytes, str], None] | None,
) -> Generator[Reading | SourceError, None, None]:
    from paraph.intake import load

    for found in load(sources, settings=settings, now=now, stdin=stdin, follow=follow, keep=keep):
        if isinstance(found, SourceError):
            yield found
        else:
            yield Reading(found, tuple(s for s in extract(found, weak) if s.confidence >= settings.min_confidence))


def _name(source: Source) -> str:
    return os.fspath(source) if isinstance(source, str | os.PathLike) else "the source"


def _utc_now() -> datetime:
    return datetime.now(UTC)
