"""The pages, one module each with its ``router``."""

from __future__ import annotations

from paraph.web.views import (
    about,
    board,
    deal,
    deals,
    decide,
    document,
    documents,
    feeds,
    occasion,
    occasions,
    review,
    review_log,
    scores,
    signal,
    you,
)

__all__ = ["ROUTERS"]

# Documents before the document: its address ends with whatever its key is.
ROUTERS = (
    about.router,
    board.router,
    deal.router,
    deals.router,
    decide.router,
    feeds.router,
    occasions.router,
    occasion.router,
    review.router,
    review_log.router,
    scores.router,
    signal.router,
    documents.router,
    document.router,
    you.router,
)
