"""The people of a desk with their tokens, as a table for the terminal and as JSON-ready values; never a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from paraph.show.feed_list import ago
from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, joined
from paraph.show.words import count, day

if TYPE_CHECKING:
    from rich.console import Console

    from paraph.desk.people import Person, Token

__all__ = ["person_dict", "print_people"]


def person_dict(person: Person, tokens: Sequence[Token]) -> dict[str, Any]:
    """Return a person with those of the tokens that are theirs."""
    return {
        "name": person.name,
        "role": str(person.role),
        "password": person.password,
        "added": person.added.isoformat(),
        "disabled": person.disabled.isoformat() if person.disabled else None,
        "tokens": [
            {
                "number": token.id,
                "name": token.name,
                "added": token.added.isoformat(),
                "used": token.used.isoformat() if token.used else None,
                "expires": token.expires.isoformat() if token.expires else None,
            }
            for token in tokens
            if token.person == person.name
        ],
    }


def print_people(people: Sequence[Person], tokens: Sequence[Token], now: datetime, console: Console) -> None:
    """Print one block a person: their name and role, how they come in, and a line for each token."""
    from rich.text import Text

    for person in people:
        ways = [str(person.role), f"added {day(person.added)}"]
        ways.append("with a password" if person.password else "without a password")
        if person.disabled:
            ways.append(f"disabled since {day(person.disabled)}")
        console.print(Text.assemble((line(person.name), HEAD), f"  {joined(ways)}"))
        for token in tokens:
            if token.person == person.name:
                console.print(Text(f"  token {token.id} for {line(token.name)}: {_token(token, now)}", style=DIM))
    out = sum(person.disabled is not None for person in people)
    told = [count(len(people), "person", "people"), f"{out} of them disabled" if out else ""]
    told.append(count(len(tokens), "token") if people else "everybody on this machine may do everything")
    console.print(Text(joined([part for part in told if part]) if people else joined(["nobody", told[-1]])))


def _token(token: Token, now: datetime) -> str:
    used = f"used {ago(token.used, now)}" if token.used else "never used"
    if token.expires is None:
        return f"{used}, good until it is revoked"
    return f"{used}, {'over since' if token.expires <= now else 'good until'} {day(token.expires)}"
