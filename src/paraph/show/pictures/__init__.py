"""Pictures of what the desk knows, made as SVG: each with its words, its table and a file of its own."""

from __future__ import annotations

from paraph.show.pictures.picture import Picture, standalone, styles
from paraph.show.pictures.timeline import timeline

__all__ = ["Picture", "standalone", "styles", "timeline"]
