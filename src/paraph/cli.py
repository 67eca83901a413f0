"""The commands. Nothing heavy is imported before a command needs it: ``paraph --help`` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from paraph._version import __version__
from paraph.errors import ParaphError, SourceError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from paraph.model import Reading
    from paraph.settings import Settings
    from paraph.show.out import Sink

__all__ = ["Exit", "app", "main"]


class Exit(IntEnum):
    """What the exit status of a command says; ``about`` is the sentence that the reference prints."""

    DONE = 0
    BUG = 1
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4
    NOT_WRITTEN = 5
    INTERRUPTED = 130
    PIPE_CLOSED = 141

    @property
    def about(self) -> str:
        """What the status means, in a sentence without a full stop."""
        return _ABOUT[self]


_ABOUT = {
    Exit.DONE: "every source was read (a document without signals counts as read)",
    Exit.BUG: "an error in Paraph itself; the traceback on standard error is worth reporting",
    Exit.USAGE: "the call is off: an unknown option, format or engine, or a setting out of range; nothing was read",
    Exit.SOME_FAILED: "some sources could not be read; what could be read was written",
    Exit.ALL_FAILED: "nothing could be read; a file named by --out is left as it was",
    Exit.NOT_WRITTEN: "the output could not be written: the folder is missing, the disk is full",
    Exit.INTERRUPTED: "interrupted from the keyboard; a file named by --out is left as it was",
    Exit.PIPE_CLOSED: "whoever read the output stopped reading (`paraph … | head`); nothing is said about it",
}


class ReadFormat(StrEnum):
    """What ``paraph read`` can write."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


class BriefFormat(StrEnum):
    """What ``paraph brief`` can write."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


class SettingsFormat(StrEnum):
    """What ``paraph settings`` can write."""

    TABLE = "table"
    JSON = "json"


# The format that a file's name asks for where --format does not.
_BY_SUFFIX = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}

app = typer.Typer(
    name="paraph",
    help="Follow deals between countries from the first hint to the signature.",
    epilog="Exit status: 0 all read, 2 wrong call, 3 some sources failed, 4 all failed, 5 output not written, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: with rich it takes three times as long to come (benchmarks/startup.py).
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"paraph {__version__}")
        raise typer.Exit()


def _engines(incomplete: str) -> list[str]:
    from paraph.reading import ENGINES

    return [name for name in sorted(ENGINES) if name.startswith(incomplete)]


Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="What to read: a file or folder, a URL, or - for standard input. Pages, plain text, Markdown, PDF, feeds, "
        "WARC archives and JSON documents are told apart by their bytes.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Write to this file, whole or not at all.", show_default=False),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine", metavar="NAME", help="What finds the signals.", autocompletion=_engines, show_default=True
    ),
]
Follow = Annotated[bool, typer.Option("--follow", help="Fetch the pages that a feed links to.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; the same as setting NO_COLOR.")]


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Follow deals between countries from the first hint to the signature."""


@app.command()
def read(
    sources: Sources,
    format: Annotated[
        ReadFormat | None,
        typer.Option("--format", "-f", help="[default: as --out ends, else table]", show_default=False),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show each signal in its sentence, with the words that decided each field."),
    ] = False,
    out: Out = None,
    engine: Engine = "cues",
    follow: Follow = False,
    no_color: NoColor = False,
) -> None:
    """Read sources and print every deal signal in them.

    A signal is one place in a text that speaks of one deal between countries: its stage, whether that lies ahead, how surely
    the text presents it, who says so, the parties, the sector and the form of the deal.
    """
    form = ReadFormat(format or _asked_by(out, ReadFormat, ReadFormat.TABLE))
    if explain and form is not ReadFormat.TABLE:
        raise UsageError(
            f"--explain is for people, --format {form} for programs; leave one out (JSON holds the reasons as “why”)"
        )
    settings = _settings()
    tally = _Tally()
    with _output(out) as sink, _progress(sources, busy=form is ReadFormat.TABLE and out is None) as tick:
        readings = tally.over(_readings(tick(sources), settings, engine, follow))
        if form is ReadFormat.TABLE:
            _print_readings(readings, sink, explain, not no_color)
        elif form is ReadFormat.CSV:
            from paraph.show.rows import csv_head, csv_rows

            sink.write(csv_head())
            for reading in readings:
                sink.write(csv_rows(reading))
        else:
            from paraph.show.rows import json_line

            array = form is ReadFormat.JSON
            for n, reading in enumerate(readings):
                sink.write(
                    (("[\n" if n == 0 else ",\n") if array else "") + json_line(reading) + ("" if array else "\n")
                )
            if array:
                sink.write("\n]\n" if tally.read else "[]\n")
        if tally.status() is Exit.ALL_FAILED:
            sink.discard()
    raise typer.Exit(tally.finish())


@app.command()
def brief(
    sources: Sources,
    format: Annotated[
        BriefFormat | None,
        typer.Option("--format", "-f", help="[default: as --out ends, else terminal]", show_default=False),
    ] = None,
    out: Out = None,
    engine: Engine = "cues",
    follow: Follow = False,
    no_color: NoColor = False,
) -> None:
    """Make the one-page brief for the day before a meeting.

    It says what is on the table by sector and stage, how surely, who says so, what already exists, and what is denied or
    stalled, each with a quotation and its source.
    """
    from datetime import datetime

    from paraph.briefing import brief as make

    form = BriefFormat(format or _asked_by(out, BriefFormat, BriefFormat.TERMINAL))
    settings = _settings()
    tally = _Tally()
    with _output(out) as sink:
        with _progress(sources) as tick:
            readings = list(tally.over(_readings(tick(sources), settings, engine, follow)))
        made = make([*readings, *tally.failures], made=datetime.now().astimezone(), settings=settings)
        if tally.status() is Exit.ALL_FAILED:
            sink.discard()
        elif form is BriefFormat.TERMINAL:
            from paraph.show.brief_terminal import print_brief
            from paraph.show.terminal import console

            print_brief(made, console(sink, color=not no_color), settings)
        elif form is BriefFormat.MARKDOWN:
            from paraph.show.brief_markdown import brief_markdown

            sink.write(brief_markdown(made, settings))
        elif form is BriefFormat.HTML:
            from paraph.show.brief_html import brief_html

            sink.write(brief_html(made, settings))
        else:
            import json

            from paraph.show.safe import json_text

            sink.write(json_text(json.dumps(made.to_dict(), ensure_ascii=False, indent=1)) + "\n")
    raise typer.Exit(tally.finish())


@app.command()
def settings(
    format: Annotated[SettingsFormat, typer.Option("--format", "-f", help="How to print them.")] = SettingsFormat.TABLE,
    no_color: NoColor = False,
) -> None:
    """Print every setting with its value and the variable that sets it."""
    from paraph.settings import Settings

    now = _settings()
    rows = [row | {"value": getattr(now, row["name"])} for row in Settings.table()]
    with _output(None) as sink:
        if format is SettingsFormat.JSON:
            import json

            sink.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        else:
            from paraph.show.settings_table import print_settings
            from paraph.show.terminal import console

            print_settings(rows, console(sink, color=not no_color))


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; ``arguments`` are those of the process if not given.

    Everything Paraph raises on purpose becomes one line on standard error.
    """
    try:
        app(args=arguments, prog_name="paraph", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    except UsageError as error:
        return _say(str(error), Exit.USAGE)
    except ParaphError as error:
        return _say(str(error), Exit.ALL_FAILED)
    return Exit.DONE


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


_Form = TypeVar("_Form", bound=StrEnum)


def _asked_by(out: Path | None, forms: type[_Form], otherwise: _Form) -> _Form:
    """Return the format that the file's name asks for, if the command has it."""
    wanted = _BY_SUFFIX.get(out.suffix.lower()) if out else None
    return forms(wanted) if wanted in list(forms) else otherwise


def _settings() -> Settings:
    from paraph.settings import Settings

    return Settings.from_environment()


def _readings(sources: Iterable[str], settings: Settings, engine: str, follow: bool) -> Iterator[Reading | SourceError]:
    from paraph.reading import read_all

    return read_all(sources, settings=settings, engine=engine, follow=follow, stdin=sys.stdin.buffer)


def _print_readings(readings: Iterable[Reading], sink: Sink, explain: bool, color: bool) -> None:
    from paraph.show.explain import MARKS
    from paraph.show.explain import explain as print_explained
    from paraph.show.table import print_table
    from paraph.show.terminal import LEGEND, console

    to = console(sink, color=color)
    show: Callable[[Reading, Console], None] = print_explained if explain else print_table
    shown = False
    for reading in readings:
        show(reading, to)
        shown = True
    if shown:
        to.print(LEGEND + (f"\n{MARKS}" if explain else ""), style="dim")


@contextmanager
def _output(out: Path | None) -> Iterator[Sink]:
    """Give the sink, and turn what can go wrong in writing into the exit status it has."""
    from paraph.show.out import NotWritten, output

    try:
        with output(out) as sink:
            yield sink
    except BrokenPipeError:
        _close_stdout()
        raise typer.Exit(Exit.PIPE_CLOSED) from None
    except KeyboardInterrupt:
        raise typer.Exit(_say("interrupted", Exit.INTERRUPTED)) from None
    except NotWritten as error:
        raise typer.Exit(_say(f"{error} (give another place with --out)", Exit.NOT_WRITTEN)) from None


def _close_stdout() -> None:
    """Let the interpreter's last flush go nowhere instead of complaining about the closed pipe."""
    with suppress(OSError, ValueError):  # standard output may be no file (a test's capture)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _progress(sources: list[str], busy: bool = False) -> Iterator[Callable[[list[str]], Iterable[str]]]:
    """Show a bar on standard error while many sources are read, if that is a terminal and standard output leaves it free.

    Gives what to pass the sources through; the bar counts those begun. ``busy`` says that standard output is being printed
    to meanwhile, which would tear the bar if both are the terminal.
    """
    many = len(sources) > 1 or any(Path(source).is_dir() for source in sources if "://" not in source)
    if not many or not sys.stderr.isatty() or (busy and sys.stdout.isatty()):
        yield lambda given: given
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from paraph.show.safe import line

    columns: list[Any] = [
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(sources))

        def tick(given: list[str]) -> Iterator[str]:
            for n, source in enumerate(given):
                bar.update(task, completed=n, description=line(source)[-60:])
                yield source
            bar.update(task, completed=len(given))

        yield tick


def _say(message: str, status: Exit = Exit.DONE) -> Exit:
    """Tell the person at the terminal, in one line that is safe there, and return the status."""
    from paraph.show.safe import line

    print(f"paraph: {line(message)}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
