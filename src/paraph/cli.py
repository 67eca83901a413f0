"""The commands. Nothing heavy is imported before a command needs it: ``paraph --help`` answers at once.

The parsers are argparse's: typer (0.29) brings pydantic in for every command, 0.24 s before anything is read
(benchmarks/startup.py), and five more packages.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from paraph._version import __version__
from paraph.errors import SourceError, UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.model import Reading
    from paraph.settings import Settings
    from paraph.show.out import Sink

__all__ = ["COMMANDS", "main", "parser_of", "top_parser"]

ABOUT = "Follow deals between countries from the first hint to the signature."

# The commands with what each does, in the order in which the help names them.
COMMANDS = {
    "read": "Read sources and print every deal signal in them.",
    "brief": "Make the brief for the day before a meeting.",
    "settings": "Print every setting with its value and the variable that sets it.",
    "completion": "Print a script that lets a shell complete commands and options.",
}

_MORE = {
    "read": "A signal is one place in a text that speaks of one deal between countries: its stage, whether that lies ahead, "
    "how surely the text presents it, who says so, the parties, the sector and the form of the deal.",
    "brief": "It says what is on the table by sector and stage, how surely, who says so, what already exists, and what is "
    "denied or stalled, each with a quotation and its source.",
    "settings": "Settings are limits and switches; each is set by a variable of the environment.",
    "completion": "Bash: paraph completion bash >> ~/.bashrc. Zsh: paraph completion zsh >> ~/.zshrc. "
    "Fish: paraph completion fish > ~/.config/fish/completions/paraph.fish.",
}

READ_FORMATS = ("table", "json", "jsonl", "csv")
BRIEF_FORMATS = ("terminal", "markdown", "html", "json")
# The format that a file's name asks for where --format does not.
BY_SUFFIX = {
    ".csv": "csv",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".md": "markdown",
    ".ndjson": "jsonl",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; ``arguments`` are those of the process if not given.

    What Paraph raises on purpose becomes one line on standard error; anything else is a bug and keeps its traceback.
    """
    try:
        given = top_parser().parse_args(arguments)
        if given.command is None:
            top_parser().print_help(sys.stderr)
            return Exit.USAGE
        if given.command not in COMMANDS:
            raise UsageError(f"command {given.command!r} is not known; give one of: {', '.join(COMMANDS)}")
        parsed = parser_of(given.command).parse_intermixed_args(given.rest)
        with _told():
            return _RUN[given.command](parsed)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    except UsageError as error:
        return _say(str(error), Exit.USAGE)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line with the way to the help."""

    def error(self, message: str) -> NoReturn:
        _say(f"{message}; see {self.prog} --help")
        raise SystemExit(Exit.USAGE)


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=22, width=min(_columns(), 100))


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns - 2


def top_parser() -> argparse.ArgumentParser:
    """Return the parser of what stands before a command."""
    rows = "\n".join(f"  {name:<11} {about}" for name, about in COMMANDS.items())
    parser = _Parser(
        prog="paraph",
        usage="paraph [-h] [--version] COMMAND ...",
        description=f"{ABOUT}\n\ncommands:\n{rows}",
        epilog="`paraph COMMAND --help` tells more. Exit status: 0 all read, 2 wrong call, 3 some sources failed,\n"
        "4 all failed, 5 output not written, 130 interrupted.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"paraph {__version__}", help="print the version and exit"
    )
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of one command."""
    parser = _Parser(
        prog=f"paraph {command}",
        description=f"{COMMANDS[command]} {_MORE[command]}",
        formatter_class=_Help,
        allow_abbrev=False,
    )
    if command == "completion":
        from paraph.completion import SHELLS

        parser.add_argument("shell", choices=SHELLS, help="the shell to write for")
        return parser
    if command == "settings":
        parser.add_argument(
            "-f", "--format", choices=("table", "json"), default="table", help="how to print them [table]"
        )
        _add_no_color(parser)
        return parser
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="what to read: a file or folder, a URL, or - for standard input; pages, plain text, Markdown, PDF, feeds, WARC "
        "archives and JSON documents are told apart by their bytes",
    )
    formats = READ_FORMATS if command == "read" else BRIEF_FORMATS
    parser.add_argument(
        "-f", "--format", choices=formats, help=f"what to write [as the name of --out ends, else {formats[0]}]"
    )
    if command == "read":
        parser.add_argument(
            "--explain",
            action="store_true",
            help="show each signal in its sentence, with the words that decided each field",
        )
    parser.add_argument(
        "--min-confidence",
        type=float,
        metavar="P",
        help=f"leave out signals that the engine is less sure of, 0 to 1 [{'0' if command == 'read' else '0.5'}]",
    )
    parser.set_defaults(confidence="min_confidence" if command == "read" else "brief_confidence")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write to this file, whole or not at all")
    parser.add_argument("--engine", default="cues", metavar="NAME", help="what finds the signals [cues]")
    parser.add_argument("--follow", action="store_true", help="fetch the pages that a feed links to")
    _add_no_color(parser)
    return parser


def _add_no_color(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-color", action="store_true", help="no colours; the same as setting NO_COLOR")


def _read(given: argparse.Namespace) -> int:
    form = given.format or _asked_by(given.out, READ_FORMATS)
    if given.explain and form != "table":
        raise UsageError(
            f"--explain is for people, --format {form} for programs; leave one out (JSON has the reasons as “why”)"
        )
    tally = _Tally()
    with _reading(given, tally, busy=form == "table" and given.out is None) as (readings, sink, _):
        if form == "table":
            _print_readings(readings, sink, given)
        elif form == "csv":
            from paraph.show.rows import csv_head, csv_rows

            sink.write(csv_head())
            for reading in readings:
                sink.write(csv_rows(reading))
        else:
            from paraph.show.rows import json_line

            array = form == "json"
            for n, reading in enumerate(readings):
                sink.write(
                    (("[\n" if n == 0 else ",\n") if array else "") + json_line(reading) + ("" if array else "\n")
                )
            if array:
                sink.write("\n]\n" if tally.read else "[]\n")
        if tally.status() is Exit.ALL_FAILED:
            sink.discard()
    return tally.finish()


def _print_readings(readings: Iterable[Reading], sink: Sink, given: argparse.Namespace) -> None:
    from paraph.show.explain import MARKS, explain
    from paraph.show.table import print_table
    from paraph.show.terminal import LEGEND, console

    to = console(sink, color=not given.no_color)
    shown = False
    for reading in readings:
        (explain if given.explain else print_table)(reading, to)
        shown = True
    if shown:
        to.print(LEGEND + (f"\n{MARKS}" if given.explain else ""), style="dim")


def _brief(given: argparse.Namespace) -> int:
    from datetime import datetime

    from paraph.briefing import brief

    form = given.format or _asked_by(given.out, BRIEF_FORMATS)
    tally = _Tally()
    with _reading(given, tally) as (readings, sink, settings):
        read = list(readings)
        if tally.status() is Exit.ALL_FAILED:
            sink.discard()
            return tally.finish()
        made = brief([*read, *tally.failures], made=datetime.now().astimezone(), settings=settings)
        if form == "terminal":
            from paraph.show.brief_terminal import print_brief
            from paraph.show.terminal import console

            print_brief(made, console(sink, color=not given.no_color), settings)
        elif form == "markdown":
            from paraph.show.brief_markdown import brief_markdown

            sink.write(brief_markdown(made, settings))
        elif form == "html":
            from paraph.show.brief_html import brief_html

            sink.write(brief_html(made, settings))
        else:
            from paraph.show.rows import json_page

            sink.write(json_page(made.to_dict()))
    return tally.finish()


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
    from paraph.completion import script
    from paraph.show.out import output

    with output(None) as sink:
        sink.write(script(given.shell, {name: (about, parser_of(name)) for name, about in COMMANDS.items()}))
    return Exit.DONE


_RUN = {"read": _read, "brief": _brief, "settings": _settings, "completion": _completion}


class _Tally:
    """What was read and what failed; each failure is told on standard error as it comes."""

    def __init__(self) -> None:
        self.read = 0
        self.failures: list[SourceError] = []

    def over(self, found: Iterable[Reading | SourceError]) -> Iterator[Reading]:
        for reading in found:
            if isinstance(reading, SourceError):
                self.failures.append(reading)
                _say(str(reading))
            else:
                self.read += 1
                yield reading

    def status(self) -> Exit:
        if not self.read:
            return Exit.ALL_FAILED
        return Exit.SOME_FAILED if self.failures else Exit.DONE

    def finish(self) -> Exit:
        total = self.read + len(self.failures)
        if not total:
            _say("no document in the sources; nothing was read")
        elif self.failures and total > 1:
            _say(f"{len(self.failures)} of {total} could not be read")
        return self.status()


@contextmanager
def _reading(
    given: argparse.Namespace, tally: _Tally, busy: bool = False
) -> Iterator[tuple[Iterator[Reading], Sink, Settings]]:
    """Give the readings of the sources as they come, the sink for them, and the settings."""
    from dataclasses import replace

    from paraph.reading import read_all
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.progress import progress

    if "" in given.sources:
        # A variable that is not set ("$FILE"); as a path it would be the folder one stands in, read whole.
        raise UsageError("a source is empty; give a file, a folder, a URL or - (the folder one stands in is .)")
    settings = Settings.from_environment()
    if given.min_confidence is not None:
        settings = replace(settings, **{given.confidence: given.min_confidence})
    with output(given.out) as sink, progress(given.sources, busy=busy) as sources:
        stdin = getattr(sys.stdin, "buffer", None)
        found = read_all(sources, settings=settings, engine=given.engine, follow=given.follow, stdin=stdin)
        yield tally.over(found), sink, settings


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
        raise SystemExit(_say("interrupted", Exit.INTERRUPTED)) from None
    except NotWritten as error:
        raise SystemExit(_say(f"{error} (give another place with --out)", Exit.NOT_WRITTEN)) from None


def _asked_by(out: Path | None, forms: tuple[str, ...]) -> str:
    """Return the format that the file's name asks for, if the command has it, else the command's first."""
    asked = BY_SUFFIX.get(out.suffix.lower()) if out else None
    return asked if asked in forms else forms[0]


def _say(message: str, status: Exit = Exit.DONE) -> Exit:
    """Tell the person at the terminal, in one line that is safe there, and return the status."""
    from paraph.show.safe import line

    with suppress(OSError):  # standard error may be gone as well
        print(f"paraph: {line(message)}", file=sys.stderr)
    return status


def actions(parser: argparse.ArgumentParser) -> list[Any]:
    """Return the parser's arguments and options, for the reference and the completion."""
    return [action for action in parser._actions if action.help != argparse.SUPPRESS]


if __name__ == "__main__":
    sys.exit(main())
