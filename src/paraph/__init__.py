"""Paraph follows deals between countries from the first hint to the signature.

``paraph.read(source)`` gives a document with its deal signals; ``paraph.read_all(sources)`` those of many sources;
``paraph.brief(readings)`` what is on the table before a meeting; ``paraph.open_desk(where)`` the desk on which documents,
deals and occasions are kept. Everything public is named here; importing this module loads nothing until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from paraph._version import __version__

if TYPE_CHECKING:
    from paraph.briefing import Brief, brief
    from paraph.desk import Desk, open_desk
    from paraph.errors import (
        AddressRefused,
        CorpusError,
        Damaged,
        DeskAway,
        DeskError,
        FetchError,
        MissingExtra,
        NotEnglish,
        NoText,
        NotFound,
        NotOnDesk,
        ParaphError,
        SourceError,
        TooLarge,
        UsageError,
    )
    from paraph.model import (
        Authority,
        Certainty,
        Cue,
        Deal,
        Document,
        Instrument,
        Kind,
        Occasion,
        Outcome,
        Reading,
        Sector,
        Sighting,
        Signal,
        SourceType,
        Stage,
        Verdict,
    )
    from paraph.reading import read, read_all
    from paraph.settings import Settings

__all__ = [
    "AddressRefused",
    "Authority",
    "Brief",
    "Certainty",
    "CorpusError",
    "Cue",
    "Damaged",
    "Deal",
    "Desk",
    "DeskAway",
    "DeskError",
    "Document",
    "FetchError",
    "Instrument",
    "Kind",
    "MissingExtra",
    "NoText",
    "NotEnglish",
    "NotFound",
    "NotOnDesk",
    "Occasion",
    "Outcome",
    "ParaphError",
    "Reading",
    "Sector",
    "Settings",
    "Sighting",
    "Signal",
    "SourceError",
    "SourceType",
    "Stage",
    "TooLarge",
    "UsageError",
    "Verdict",
    "__version__",
    "brief",
    "open_desk",
    "read",
    "read_all",
]

_ROOMS = {
    "briefing": "Brief brief",
    "errors": (
        "AddressRefused CorpusError Damaged DeskAway DeskError FetchError MissingExtra NoText NotEnglish NotFound NotOnDesk "
        "ParaphError SourceError TooLarge UsageError"
    ),
    "desk": "Desk open_desk",
    "model": (
        "Authority Certainty Cue Deal Document Instrument Kind Occasion Outcome Reading Sector Sighting Signal SourceType "
        "Stage Verdict"
    ),
    "reading": "read read_all",
    "settings": "Settings",
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    room = _HOME.get(name)
    if room is None:
        raise AttributeError(f"module 'paraph' has no attribute {name!r}")
    value = getattr(import_module(f"paraph.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
