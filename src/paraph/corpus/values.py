"""The words of the corpus room: a piece of the input, a record in it, and what became of a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = ["Fate", "Form", "Input", "Piece", "Plan", "Record", "Task"]


class Form(StrEnum):
    """How an input holds its documents, and so how it can be cut into pieces."""

    WARC = "warc"  # by bytes; packed with gzip or not
    JSONL = "jsonl"  # by bytes; a packed one is one piece
    PARQUET = "parquet"  # by row groups
    FILES = "files"  # small files of any form, by number


class Fate(StrEnum):
    """What became of one document of the input; each has exactly one."""

    SIGNALS = "signals"  # read, and it holds signals
    QUIET = "quiet"  # read, and it holds none
    IRRELEVANT = "irrelevant"  # the triage found no word of deals between countries in it
    FOREIGN = "foreign"  # not in English
    AGAIN = "again"  # the same words under the same address came before it
    EMPTY = "empty"  # no text in it
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    POISON = "poison"  # reading it ended the worker, twice, or took longer than corpus_document_seconds


@dataclass(frozen=True, slots=True)
class Input:
    """One file that documents are in: a path or an fsspec address, its form and bytes.

    ``stamp`` is what tells another file under the same name (time of its last change, or the ETag of its server).
    """

    address: str
    form: Form
    size: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the input that succeeds or fails whole; pieces are numbered from 0 in the order of the input.

    ``addresses`` is one file (of the form FILES: several). ``start`` and ``stop``, half open, are bytes of a WARC or JSONL file
    (what begins in them belongs to the piece), row groups of a Parquet file, and of FILES the places in ``addresses``.
    """

    number: int
    form: Form
    addresses: tuple[str, ...]
    start: int
    stop: int

    @property
    def name(self) -> str:
        """Return what the piece is called in messages."""
        if self.form is Form.FILES:
            return f"{self.addresses[0]} and {len(self.addresses) - 1} more"
        unit = "row groups" if self.form is Form.PARQUET else "bytes"
        return f"{self.addresses[0]}, {unit} {self.start:,} to {self.stop:,}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The input, cut: the same input and settings give the same plan, whatever reads it and with how many workers."""

    inputs: tuple[Input, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One thing of the input that may be a document.

    ``name`` says where it stands, for messages. Either ``data`` (bytes of a page, text, PDF … with the ``charset`` of its
    transport) or ``fields`` (a mapping of the contract, with ``text`` or, in its place, ``html``) is there. ``url`` and
    ``fetched`` are what the archive says of ``data``; ``notes`` go to the document.
    """

    name: str
    data: bytes | None = None
    fields: Mapping[str, Any] | None = None
    url: str | None = None
    charset: str | None = None
    fetched: datetime | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work of a step: what an engine calls, in any order and in any process, unless it is on the stage already.

    ``function`` is a module's own function and ``arguments`` can be pickled; it writes the stage's folder of ``step`` and
    ``number``, whole or not at all, and returns a small summary. Tasks of one list need nothing of each other.
    """

    step: str
    number: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
