"""What a form sends: its fields, read from the body within limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request

from paraph.errors import UsageError

__all__ = ["Fields", "Sent", "fields_of"]

# Most fields of one form: a deal of hundreds of signals that are ticked to be split off. Set by eye.
MOST_FIELDS = 2_000


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form in their order."""

    pairs: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """Return a field's first value; empty where it was not sent."""
        return next((value for key, value in self.pairs if key == name), "")

    def many(self, name: str) -> list[str]:
        """Return all values of a field."""
        return [value for key, value in self.pairs if key == name]

    def has(self, name: str) -> bool:
        """Whether a field was sent."""
        return any(key == name for key, _ in self.pairs)


async def fields_of(request: Request) -> Fields:
    """Read a form's fields: a dependency of the routes that take one. Raises UsageError for a body that is no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UsageError(f"the body is {kind or 'of no type'}; send a form (application/x-www-form-urlencoded)")
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:  # not UTF-8, or too many fields
        raise UsageError(f"the form cannot be read: {error}") from None
    return Fields(tuple(pairs))


# A route's parameter of this kind is what its form sent.
Sent = Annotated[Fields, Depends(fields_of)]
