"""Extraction: a document to its signals."""

from __future__ import annotations

from paraph.model import Document, Signal

__all__ = ["extract"]


def extract(document: Document) -> tuple[Signal, ...]:
    """Return the signals of a document, found by the cue engine, in order of place. Deterministic; linear in the text."""
    from paraph.extract.engine import bundled

    return bundled().extract(document)
