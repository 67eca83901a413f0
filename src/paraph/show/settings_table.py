"""The settings as a table for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paraph.show.terminal import DIM, HEAD

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_settings", "span"]


def print_settings(rows: list[dict[str, Any]], console: Console) -> None:
    """Print one setting a block: name and value now (marked where it is not the default), what it is, what sets it."""
    from rich.text import Text

    for row in rows:
        changed = "" if row["value"] == row["default"] else f"   (default {shown(row['default'])})"
        head = Text.assemble((row["name"], HEAD), f"  {shown(row['value'])} {row['unit']}".rstrip(), (changed, HEAD))
        console.print(head)
        console.print(Text(f"  {row['about']}"))
        console.print(Text(f"  {row['environment']}{span(row)}", style=DIM))


def shown(value: Any) -> str:
    """Return a setting's value for reading: numbers with separators, switches as on and off, an empty text as "no"."""
    if value == "":
        return "no"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,}" if isinstance(value, int) else str(value)


def span(row: dict[str, Any]) -> str:
    """Return a setting's range for reading: ", 1,000 to 5,000", or nothing where it has none."""
    if row["low"] is None and row["high"] is None:
        return ", 1 or 0" if isinstance(row["default"], bool) else ""
    return f", {shown(row['low'])} to {shown(row['high'])}"
