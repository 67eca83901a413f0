"""``paraph settings`` and ``paraph completion``: what Paraph says of itself."""

from __future__ import annotations

import argparse

from paraph.commands.common import add_no_color
from paraph.exits import Exit

__all__ = ["arguments", "run"]


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name == "completion":
        from paraph.completion import SHELLS

        parser.add_argument("shell", choices=SHELLS, help="the shell to write for")
        return
    parser.add_argument("-f", "--format", choices=("table", "json"), default="table", help="how to print them [table]")
    add_no_color(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return (_settings if name == "settings" else _completion)(given)


def _settings(given: argparse.Namespace) -> int:
    from paraph.settings import Settings
    from paraph.show.out import output

    now = Settings.from_environment()
    rows = [row | {"value": getattr(now, row["name"])} for row in Settings.table()]
    with output(None) as sink:
        if given.format == "json":
            from paraph.show.rows import json_page

            sink.write(json_page(rows))
        else:
            from paraph.show.settings_table import print_settings
            from paraph.show.terminal import console

            print_settings(rows, console(sink, color=not given.no_color))
    return Exit.DONE


def _completion(given: argparse.Namespace) -> int:
    from paraph.cli import parser_of
    from paraph.commands import COMMANDS
    from paraph.completion import script
    from paraph.show.out import output

    with output(None) as sink:
        sink.write(script(given.shell, {name: (command.about, parser_of(name)) for name, command in COMMANDS.items()}))
    return Exit.DONE
