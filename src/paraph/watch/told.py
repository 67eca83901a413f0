"""What a watcher tells while it works: small values, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

__all__ = ["Summary", "Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened.

    ``what`` is ``document`` (one was taken in; ``state`` is new, copy or updated), ``page`` (an entry's page was not read),
    ``entry`` (an entry could not be taken in), ``failed`` or ``gone`` (of a feed), ``disallowed`` (by robots.txt), ``moved``
    (a feed has a new address), ``gap`` (entries of a feed may be missing) or ``round`` (one was ended; ``summary``).
    """

    at: datetime
    what: str
    feed: str | None = None
    url: str | None = None
    text: str = ""
    document: str | None = None
    title: str | None = None
    publisher: str | None = None
    state: str | None = None
    signals: int | None = None
    summary: Summary | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values, without what does not apply."""
        found: dict[str, Any] = {"at": self.at.isoformat(timespec="seconds"), "what": self.what}
        for one in fields(self)[2:-1]:
            value = getattr(self, one.name)
            if value not in (None, ""):
                found[one.name] = value
        return found | (self.summary.to_dict() if self.summary else {})


@dataclass(slots=True)
class Summary:
    """The counts of one round; mutable, as they are counted up.

    ``feeds`` were asked: ``unchanged``, ``answered`` (with ``entries`` not seen before) and ``failed`` (gone and disallowed
    ones as well). ``documents`` were taken in, ``copies`` of them near-copies; ``updated`` were known and changed, ``same``
    known and not. ``pages`` were asked for, ``unread`` of them in vain. ``left`` entries wait for a later round.
    """

    feeds: int = 0
    unchanged: int = 0
    answered: int = 0
    failed: int = 0
    entries: int = 0
    documents: int = 0
    copies: int = 0
    updated: int = 0
    same: int = 0
    signals: int = 0
    pages: int = 0
    unread: int = 0
    bytes: int = 0
    left: int = 0
    spent: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON-ready values."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def add(self, other: Summary) -> None:
        """Count another round's counts in; ``left`` and ``spent`` are those of the later round."""
        for one in fields(self):
            if one.name not in ("left", "spent"):
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        self.left, self.spent = other.left, other.spent
