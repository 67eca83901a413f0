"""Bytes from anywhere to Documents: ``load`` takes what a person gives and yields what it holds."""

from __future__ import annotations

from paraph.intake.sources import Source, load

__all__ = ["Source", "load"]
