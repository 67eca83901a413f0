"""The pages, one module each with its ``router``."""

from __future__ import annotations

from paraph.web.views import about, board, deals, decide, feeds, scores

__all__ = ["ROUTERS"]

ROUTERS = (about.router, board.router, deals.router, decide.router, feeds.router, scores.router)
