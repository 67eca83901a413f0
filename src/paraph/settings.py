"""The one table of settings: every limit and switch, with its default, unit and range.

A setting is read from the environment as ``PARAPH_`` and its name in capitals; docs/reference/settings.md is made from
this table and a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from paraph.errors import UsageError

__all__ = ["Settings"]

KB, MB = 1_000, 1_000_000


def _setting(default: Any, unit: str, about: str, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"unit": unit, "about": about, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and switches; immutable, so that a reading's settings can be kept with it.

    Raises UsageError, naming the setting and its range, where a value is out of range.
    """

    max_source_bytes: int = _setting(
        100 * MB, "bytes", "largest file or page taken in; larger ones are refused before they are read", 1 * KB, 10_000 * MB
    )
    max_unpacked_bytes: int = _setting(
        200 * MB, "bytes", "most that one compressed source may unpack to; counted while unpacking", 1 * KB, 10_000 * MB
    )
    max_text_chars: int = _setting(
        5 * MB, "code points", "longest text of one document; a longer one is refused", 1 * KB, 100 * MB
    )

    def __post_init__(self) -> None:
        for row in fields(self):
            value, low, high = getattr(self, row.name), row.metadata["low"], row.metadata["high"]
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            if (low is not None and value < low) or (high is not None and value > high):
                raise UsageError(f"setting {row.name}: {value} is out of range; give {low} to {high} {row.metadata['unit']}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Return the settings with what the environment says (``os.environ`` if none is given).

        Raises UsageError for a value that is not of the setting's type or out of its range.
        """
        environment = os.environ if environment is None else environment
        given: dict[str, Any] = {}
        for row in fields(cls):
            text = environment.get("PARAPH_" + row.name.upper())
            if text is not None:
                given[row.name] = _parse(row.name, text, row.default)
        return cls(**given)

    @classmethod
    def table(cls) -> list[dict[str, Any]]:
        """Return one row a setting: name, environment, default, unit, low, high, about."""
        return [
            {"name": row.name, "environment": "PARAPH_" + row.name.upper(), "default": row.default, **row.metadata}
            for row in fields(cls)
        ]


def _parse(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise UsageError(f"setting {name}: {text!r} is not a switch; give 1 or 0")
    try:
        return type(default)(text)
    except ValueError:
        raise UsageError(f"setting {name}: {text!r} is not a number") from None
