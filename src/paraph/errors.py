"""Every exception that Paraph raises on purpose, in one tree.

The tree::

    ParaphError
    ├── UsageError           the call itself is off: an unknown engine, a setting out of range
    │   └── MissingExtra     a package is needed that is not installed; the message names the command that installs it
    ├── DeskError            the desk cannot be opened, lacks what was asked for, or refuses what it was given
    │   ├── NotOnDesk        it holds no such deal, signal, document, occasion, person or view
    │   └── DeskAway         its database cannot be reached, is damaged, full, or held by another program all the while
    ├── CorpusError          a run over many documents cannot begin or go on, or its data set cannot be loaded
    └── SourceError          one source could not be read; the others go on
        ├── NotFound         no such file, folder or page
        ├── FetchError       the network said no, took too long or redirected without end
        │   └── AddressRefused   the address is private, loopback or otherwise not to be asked
        ├── TooLarge         a limit of the settings was reached (bytes, decompressed bytes, pages, depth)
        ├── Damaged          the bytes are not what they claim to be, or are broken
        ├── NoText           nothing that reads as an article
        └── NotEnglish       the text is in a language that Paraph does not read
"""

from __future__ import annotations

__all__ = [
    "AddressRefused",
    "CorpusError",
    "Damaged",
    "DeskAway",
    "DeskError",
    "FetchError",
    "MissingExtra",
    "NoText",
    "NotEnglish",
    "NotFound",
    "NotOnDesk",
    "ParaphError",
    "SourceError",
    "TooLarge",
    "UsageError",
]


class ParaphError(Exception):
    """Root of the tree: catch this to catch everything that Paraph raises on purpose."""


class UsageError(ParaphError):
    """The call is off; the message says what to give instead."""


class MissingExtra(UsageError):
    """A package is needed that is not installed; the message names the command that installs it."""


class DeskError(ParaphError):
    """The desk cannot be opened, lacks what was asked for, or refuses what it was given; the message says what to do."""


class NotOnDesk(DeskError):
    """The desk holds nothing of that name or id; the message says where those that it holds are listed."""


class DeskAway(DeskError):
    """The desk's database cannot be reached, is damaged, full, or held by another program all the while; what was in stays in."""


class CorpusError(ParaphError):
    """A run over many documents cannot begin or go on, or its data set cannot be loaded; what was done is kept."""


class SourceError(ParaphError):
    """One source could not be read.

    ``source`` names it as the user gave it (or the record within it), ``cause`` says what is wrong and ``cure`` what to do
    about it; both are sentences without a full stop.
    """

    def __init__(self, source: str, cause: str, cure: str = "") -> None:
        super().__init__(source, cause, cure)
        self.source = source
        self.cause = cause
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.source}: {self.cause}" + (f" ({self.cure})" if self.cure else "")


class NotFound(SourceError):
    """No such file, folder or page."""


class FetchError(SourceError):
    """The network said no, took too long or redirected without end."""


class AddressRefused(FetchError):
    """The address is private, loopback or otherwise not one to ask."""


class TooLarge(SourceError):
    """A limit of the settings was reached."""


class Damaged(SourceError):
    """The bytes are not what they claim to be, or are broken."""


class NoText(SourceError):
    """Nothing in the source reads as an article."""


class NotEnglish(SourceError):
    """The text is in a language that Paraph does not read."""
