"""The fixtures of the pages' tests."""

from __future__ import annotations

from websites import signed_site, site

__all__ = ["signed_site", "site"]
