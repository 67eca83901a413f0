"""Values of a signal's fields as people type them, in a command or a form."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from paraph.errors import UsageError
from paraph.model import Certainty, Instrument, Sector, SourceType, Stage

__all__ = ["CHOICES", "typed_text", "typed_value"]

# The fields that have one of a few values.
CHOICES: dict[str, type[StrEnum]] = {
    "stage": Stage,
    "certainty": Certainty,
    "source_type": SourceType,
    "sector": Sector,
    "instrument": Instrument,
}


def typed_value(field: str, text: str) -> Any:
    """Return the value of a field as the desk keeps it: parties with commas between them, ahead as yes or no.

    An empty source is none. Raises UsageError for a field that there is not, and for a value that it cannot have.
    """
    if field == "source":
        return text.strip() or None
    if field == "parties":
        from paraph.extract.codes import party_codes

        return list(party_codes(text)) if text.strip() else []
    if field == "ahead":
        if text.lower() in ("yes", "no", "true", "false"):
            return text.lower() in ("yes", "true")
        raise UsageError(f"ahead {text!r} is not known; give yes or no")
    if field not in CHOICES:
        raise UsageError(
            f"field {field!r} cannot be corrected; give one of: {', '.join((*CHOICES, 'ahead', 'source', 'parties'))}"
        )
    try:
        return str(CHOICES[field](text))
    except ValueError:
        raise UsageError(f"{field} {text!r} is not known; give one of: {', '.join(CHOICES[field])}") from None


def typed_text(field: str, value: Any) -> str:
    """Return the value of a field as a person would type it: what ``typed_value`` makes the value of."""
    if field == "ahead":
        return "yes" if value else "no"
    if field == "parties":
        return ", ".join(value)
    return "" if value is None else str(value)
