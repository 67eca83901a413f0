"""Paraph follows deals between countries from the first hint to the signature."""

from paraph._version import __version__

__all__ = ["__version__"]
