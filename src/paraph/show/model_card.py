"""The card of the shipped encoder for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paraph.show.terminal import DIM, HEAD

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_card"]

# What the columns of the scores stand for, in the order in which they are shown.
_CORPORA = {
    "dev": "six summits kept for decisions",
    "events": "events never seen, folds of gold/train",
    "newswire": "newswire of 1987 never seen, folds of gold/train",
}


def print_card(card: dict[str, Any], console: Console) -> None:
    """Print what the encoder is, what it was made from, and its figures with 95 % intervals where they were drawn."""
    from rich.table import Table
    from rich.text import Text

    console.print(
        Text.assemble((f"{card['name']} {card['version']}", HEAD), f", made {card['made']}, {card['license']}")
    )
    console.print(
        Text(f"  {card['network']['bytes'] / 1e6:.1f} MB, {card['network']['precision']}; grown from {card['base']}")
    )
    for name, source in card["trained_on"].items():
        console.print(
            Text(f"  trained on {name}: {source['documents']} documents, sha256 {source['sha256'][:12]}…", style=DIM)
        )
    scores: dict[str, dict[str, Any]] = card["scores"]
    if not scores:
        return
    shown = [name for name in _CORPORA if name in scores]
    table = Table(box=None, pad_edge=False, header_style=HEAD)
    table.add_column("figure", no_wrap=True)
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for figure in next(iter(scores.values())):
        table.add_row(figure.replace("_", " "), *(_told(scores[name].get(figure)) for name in shown))
    console.print()
    console.print(table)
    console.print()
    for name in shown:
        console.print(Text(f"  {name}: {_CORPORA[name]}", style=DIM))
    console.print(Text("  paraph eval GOLD measures it on annotated documents of your own", style=DIM))


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return f"{_short(value['value'], 3)} [{_short(value['low'], 2)}, {_short(value['high'], 2)}]"
    return _short(value, 3)


def _short(value: float, digits: int) -> str:
    """Return a figure without its leading nought, so that three columns with intervals fit on a terminal."""
    return f"{value:.{digits}f}".removeprefix("0")
