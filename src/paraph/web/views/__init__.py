"""The pages, one module each with its ``router``."""

from __future__ import annotations

from paraph.web.views import board, deals, decide, feeds

__all__ = ["ROUTERS"]

ROUTERS = (board.router, deals.router, decide.router, feeds.router)
