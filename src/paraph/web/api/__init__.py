"""The API: the same desk as JSON under ``/api/v1``, described at ``/openapi.json``."""

from __future__ import annotations

from paraph.web.api.routes import router

__all__ = ["router"]
