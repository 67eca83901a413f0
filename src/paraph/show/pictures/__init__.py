"""Pictures of what the desk knows, made as SVG: each with its words, its table and a file of its own."""

from __future__ import annotations

from paraph.show.pictures.before_after import NOT_SPOKEN_OF, before_after, before_after_counts
from paraph.show.pictures.calibration import calibration
from paraph.show.pictures.cohorts import LAPSED, cohorts
from paraph.show.pictures.picture import Picture, standalone, styles
from paraph.show.pictures.small import lead_times, spark
from paraph.show.pictures.timeline import timeline

__all__ = [
    "LAPSED",
    "NOT_SPOKEN_OF",
    "Picture",
    "before_after",
    "before_after_counts",
    "calibration",
    "cohorts",
    "lead_times",
    "spark",
    "standalone",
    "styles",
    "timeline",
]
