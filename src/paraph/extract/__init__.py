"""Extraction: a document to its signals."""

from __future__ import annotations

from paraph.model import Document, Signal

__all__ = ["extract"]


def extract(document: Document, weak: bool = False) -> tuple[Signal, ...]:
    """Return the signals of a document, found by the cue engine, in order of place. Deterministic; linear in the text.

    With ``weak``, what is too unsure to be told stands among them, for a desk whose keeper looks through it.
    """
    from paraph.extract.engine import bundled

    return bundled().extract(document, weak)
