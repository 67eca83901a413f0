"""``paraph model``: which engine reads, what it was trained on, and how good it is."""

from __future__ import annotations

import argparse

from paraph.commands.common import add_no_color
from paraph.exits import Exit

__all__ = ["arguments", "run"]


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.add_argument("-f", "--format", choices=("table", "json"), default="table", help="how to print it [table]")
    add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from paraph.extract.encoder import bundled_card
    from paraph.show.out import output

    card = bundled_card()
    with output(None) as sink:
        if given.format == "json":
            from paraph.show.rows import json_page

            sink.write(json_page(card))
        else:
            from paraph.show.model_card import print_card
            from paraph.show.terminal import console

            print_card(card, console(sink, color=not given.no_color))
    return Exit.DONE
