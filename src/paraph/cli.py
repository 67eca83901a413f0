"""The command line: finds the command, gives it its parser, turns its end into an exit status.

The parsers are argparse's: typer (0.29) brings pydantic in for every command, 0.24 s before anything is read
(benchmarks/startup.py), and five more packages.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, NoReturn

from paraph._version import __version__
from paraph.commands import COMMANDS
from paraph.commands.common import say
from paraph.errors import ParaphError
from paraph.exits import Exit

__all__ = ["actions", "main", "parser_of", "top_parser"]

ABOUT = "Follow deals between countries from the first hint to the signature."

_DESK = "the desk: a file, or postgresql://…; $PARAPH_DESK if not given, else desk.db in the user's data folder"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; ``arguments`` are those of the process if not given.

    What Paraph raises on purpose becomes one line on standard error; anything else is a bug and keeps its traceback.
    """
    try:
        given = top_parser().parse_args(arguments)
        if given.command is None:
            top_parser().print_help(sys.stderr)
            return Exit.USAGE
        name, rest = _command(given.command, given.rest)
        parsed = parser_of(name).parse_intermixed_args(rest)
        if COMMANDS[name].desk:
            parsed.desk = parsed.desk or given.desk
        with _told():
            return int(import_module(f"paraph.commands.{COMMANDS[name].module}").run(name, parsed))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    except ParaphError as error:
        return say(str(error), Exit.USAGE)


def _command(first: str, rest: list[str]) -> tuple[str, list[str]]:
    """Return the command's name, of one word or two, and the words that are its arguments."""
    if first in COMMANDS:
        return first, rest
    seconds = [name.split()[1] for name in COMMANDS if name.startswith(f"{first} ")]
    if rest and rest[0] in seconds:
        return f"{first} {rest[0]}", rest[1:]
    if not seconds:
        nouns = dict.fromkeys(name.split()[0] for name in COMMANDS)
        told = f"command {first!r} is not known; give one of: {', '.join(nouns)}"
    elif rest and rest[0] in ("-h", "--help"):
        rows = "\n".join(f"  {second:<9} {COMMANDS[f'{first} {second}'].about}" for second in seconds)
        print(f"usage: paraph {first} {{{','.join(seconds)}}} ...\n\n{rows}")
        raise SystemExit(Exit.DONE)
    else:
        told = (
            f"{first} {rest[0]!r} is not known"
            if rest and rest[0][:1] != "-"
            else f"what shall be done to the {first} is not said"
        )
        told += f"; give one of: {', '.join(seconds)}; see paraph {first} --help"
    raise SystemExit(say(told, Exit.USAGE))


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line with the way to the help."""

    def error(self, message: str) -> NoReturn:
        raise SystemExit(say(f"{message}; see {self.prog} --help", Exit.USAGE))


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=22, width=min(_columns(), 100))


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns - 2


def top_parser() -> argparse.ArgumentParser:
    """Return the parser of what stands before a command."""
    rows = "\n".join(f"  {name:<17} {command.about}" for name, command in COMMANDS.items())
    parser = _Parser(
        prog="paraph",
        usage="paraph [-h] [--version] [--desk DESK] COMMAND ...",
        description=f"{ABOUT}\n\ncommands:\n{rows}",
        epilog="`paraph COMMAND --help` tells more. Exit status: 0 all read, 2 wrong call, 3 some sources failed,\n"
        "4 all failed, 5 output not written, 130 interrupted.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"paraph {__version__}", help="print the version and exit"
    )
    parser.add_argument("--desk", metavar="DESK", help=_DESK)
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return the parser of one command."""
    command = COMMANDS[name]
    parser = _Parser(
        prog=f"paraph {name}",
        description=f"{command.about} {command.more}".rstrip(),
        formatter_class=_Help,
        allow_abbrev=False,
    )
    import_module(f"paraph.commands.{command.module}").arguments(name, parser)
    if command.desk:
        parser.add_argument("--desk", metavar="DESK", help=_DESK)
    return parser


@contextmanager
def _told() -> Iterator[None]:
    """Turn what ends a command early into the exit status it has."""
    from paraph.show.out import NotWritten

    try:
        yield
    except BrokenPipeError:
        # Let the interpreter's last flush go nowhere instead of complaining about the closed pipe.
        with suppress(OSError, ValueError):  # standard output may be no file (a test's capture)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(Exit.PIPE_CLOSED) from None
    except KeyboardInterrupt:
        raise SystemExit(say("interrupted", Exit.INTERRUPTED)) from None
    except NotWritten as error:
        raise SystemExit(say(f"{error} (give another place with --out)", Exit.NOT_WRITTEN)) from None


def actions(parser: argparse.ArgumentParser) -> list[Any]:
    """Return the parser's arguments and options, for the reference and the completion."""
    return [action for action in parser._actions if action.help != argparse.SUPPRESS]


if __name__ == "__main__":
    sys.exit(main())
