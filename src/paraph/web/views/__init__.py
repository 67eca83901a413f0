"""The pages, one module each with its ``router``."""

from __future__ import annotations

from paraph.web.views import about, board, deal, deals, decide, document, documents, feeds, scores, signal

__all__ = ["ROUTERS"]

ROUTERS = (about.router, board.router, deal.router, deals.router, decide.router, documents.router, document.router, feeds.router, scores.router, signal.router)
