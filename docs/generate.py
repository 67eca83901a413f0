"""Writes docs/reference from the code: the API, commands, data sets, settings, exit status, the Python names.

usage: python docs/generate.py [--check]      (--check writes nothing and ends with 1 if a page is not current)
"""

from __future__ import annotations

import argparse
import dataclasses
import enum
import inspect
import re
import sys
from pathlib import Path
from typing import Any

import paraph
from paraph.cli import actions, parser_of, top_parser
from paraph.commands import COMMANDS
from paraph.commands.common import BY_SUFFIX
from paraph.corpus.report import FATES
from paraph.corpus.tables import TABLES
from paraph.exits import Exit
from paraph.settings import Settings
from paraph.show.settings_table import shown

HERE = Path(__file__).resolve().parent
NOTE = "<!-- Written by docs/generate.py from the code; do not edit. -->\n\n"


def pages() -> dict[Path, str]:
    """Return every page of the reference by its path."""
    folder = HERE / "reference"
    return {
        folder / "api.md": NOTE + api(),
        folder / "commands.md": NOTE + commands(),
        folder / "corpus.md": NOTE + corpus(),
        folder / "exit-status.md": NOTE + exit_status(),
        folder / "python.md": NOTE + python(),
        folder / "settings.md": NOTE + settings(),
    }


def api() -> str:
    """The routes of the API with their parameters, bodies and answers, as ``/openapi.json`` tells them."""
    from fastapi import FastAPI

    from paraph.web.api import router

    app = FastAPI(title="Paraph")
    app.include_router(router)
    whole = app.openapi()
    shapes = whole["components"]["schemas"]
    parts = [
        "# The API",
        "What `paraph serve` answers to programs; [how to use it](../how-to/use-the-api.md). Errors are all of the shape "
        '`{"error": {"status", "title", "message"}}`.',
    ]
    for path, methods in whole["paths"].items():
        for method, about in methods.items():
            parts += [f"## {method.upper()} {path}", _sentence(about.get("description", ""))]
            rows = [(each["name"], each["schema"], each.get("description", "")) for each in about.get("parameters", ())]
            body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body:
                rows += _properties(shapes[body["$ref"].rsplit("/", 1)[1]])
            if rows:
                lines = [f"| `{name}` | {_cell(_kind(kind, shapes))} | {_cell(told)} |" for name, kind, told in rows]
                parts.append("\n".join(["| takes | kind | |", "| --- | --- | --- |", *lines]))
            good = next((each for code, each in about["responses"].items() if code.startswith("2")), {})
            answer = good.get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in answer:
                shape = shapes[answer["$ref"].rsplit("/", 1)[1]]
                names = ", ".join(f"`{name}`" for name, _, _ in _properties(shape))
                parts.append(f"Answers with {names}.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _properties(shape: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
    return [(name, kind, kind.get("description", "")) for name, kind in shape["properties"].items()]


def _kind(schema: dict[str, Any], shapes: dict[str, Any]) -> str:
    """Return what values a parameter takes, in words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each, shapes) for each in schema["anyOf"] if each.get("type") != "null"))
    if "$ref" in schema:
        return _kind(shapes[schema["$ref"].rsplit("/", 1)[1]], shapes)
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"any number of: {_kind(schema['items'], shapes)}"
    return str(schema.get("format") or schema.get("const") or schema.get("type", "value"))


def commands() -> str:
    """The commands with their arguments and options."""
    parts = ["# Commands", _sentence(top_parser().description or ""), _options(actions(top_parser()))]
    for name in COMMANDS:
        parser = parser_of(name)
        usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
        parts += [f"## paraph {name}", _sentence(parser.description or ""), f"    {usage}", _options(actions(parser))]
    parts.append("## The format by the name of the file")
    parts.append(
        "Where `--out` names a file and `--format` is not given, the file's name decides, if the command has that format:"
    )
    parts.append(
        "\n".join(["| name ends with | format |", "| --- | --- |", *(f"| `{a}` | {b} |" for a, b in BY_SUFFIX.items())])
    )
    parts.append("See also [exit status](exit-status.md) and [settings](settings.md).")
    return "\n\n".join(parts) + "\n"


# The tables of a data set, with what each holds.
_TABLES = {
    "documents": "One row a document that was kept, by month of its day, in the order of the input.",
    "signals": "One row a signal, part by part in step with the documents.",
    "deals": "One row a deal.",
    "copies": "One row a document that is a copy of an earlier one.",
    "coverage": "How many documents of each site and day had which fate: the denominators.",
    "skipped": "One row a document that could not be read, with the reason.",
}


def corpus() -> str:
    """The tables of a data set with their columns."""
    parts = [
        "# Data sets",
        "What `paraph corpus run` writes: Parquet files below the folder given with `--out`, and `manifest.json` (input, order, "
        "files with rows and SHA-256) once all of it is there. Parts of `documents`, `signals` and `coverage` lie in "
        "`month=2025-12` and so on. [How to make and use one](../how-to/read-a-corpus.md).",
    ]
    for table, about in _TABLES.items():
        rows = [f"| `{name}` | {_KINDS.get(kind, kind)} | {_cell(told)} |" for name, kind, told in TABLES[table]]
        parts += [f"## {table}", about, "\n".join(["| column | kind | |", "| --- | --- | --- |", *rows])]
    fates = [f"| `{fate}` | {_cell(words)} |" for fate, words in FATES.items()]
    parts += [
        "## Fates",
        "Each document of the input has one.",
        "\n".join(["| fate | documents |", "| --- | --- |", *fates]),
    ]
    return "\n\n".join(parts) + "\n"


# Kinds of columns as a reader knows them.
_KINDS = {"strings": "list of strings", "cues": "list of field, start, end", "date32": "date", "bool": "boolean"}


def exit_status() -> str:
    """The exit statuses with what each means."""
    rows = "\n".join(f"| {int(code)} | {_cell(code.about)} |" for code in Exit)
    return (
        "# Exit status\n\n| status | meaning |\n| ---: | --- |\n"
        f"{rows}\n\n"
        "Each failure is one line on standard error: the source, the cause and, in brackets, the cure. "
        "How to use them in scripts: [exit status in scripts](../how-to/exit-status-in-scripts.md).\n"
    )


def settings() -> str:
    """The settings as a table."""
    rows = []
    for row in Settings.table():
        span = "" if row["low"] is None and row["high"] is None else f"{shown(row['low'])} to {shown(row['high'])}"
        default = f"{shown(row['default'])} {row['unit']}".strip() or "(empty)"
        rows.append(f"| `{row['name']}` | {default} | {span} | {row['about']} |")
    return (
        "# Settings\n\nA setting is set by a variable of the environment, `PARAPH_` and its name in capitals "
        "(`PARAPH_MAX_TEXT_CHARS=100000 paraph read …`), or in Python by `paraph.Settings(max_text_chars=100_000)`. "
        "`paraph settings` prints the values that hold now.\n\n"
        "| setting | default | range | what it does |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def python() -> str:
    """The public names of the package with their docstrings."""
    parts = ["# Python", _prose(inspect.getdoc(paraph) or "")]
    groups: dict[str, list[str]] = {"Functions": [], "Values": [], "Enumerations": [], "Exceptions": []}
    for name in paraph.__all__:
        thing = getattr(paraph, name)
        if inspect.isclass(thing) and issubclass(thing, Exception):
            groups["Exceptions"].append(name)
        elif inspect.isclass(thing) and issubclass(thing, enum.Enum):
            groups["Enumerations"].append(name)
        elif inspect.isclass(thing):
            groups["Values"].append(name)
        elif callable(thing):
            groups["Functions"].append(name)
    for title, names in groups.items():
        parts.append(f"## {title}")
        parts += [_thing(name, getattr(paraph, name)) for name in names]
    parts.append("`paraph.__version__` is the version.")
    return "\n\n".join(parts) + "\n"


def _thing(name: str, thing: Any) -> str:
    parts = [f"### paraph.{name}", _prose(inspect.getdoc(thing) or "")]
    if inspect.isclass(thing) and issubclass(thing, enum.Enum):
        parts.append("Values: " + ", ".join(f"`{member.value}`" for member in thing) + ".")
    elif inspect.isclass(thing) and issubclass(thing, Exception):
        bases = [base.__name__ for base in thing.__bases__ if base.__name__ in paraph.__all__]
        if bases:
            parts.insert(1, f"A kind of {', '.join(f'`{base}`' for base in bases)}.")
    elif inspect.isclass(thing):
        if dataclasses.is_dataclass(thing) and thing is not Settings:
            rows = [f"| `{field.name}` | `{_type(field.type)}` |" for field in dataclasses.fields(thing)]
            parts.append("\n".join(["| field | type |", "| --- | --- |", *rows]))
        for method, value in inspect.getmembers(thing):
            shown_here = method in vars(thing) and not method.startswith("_")
            if shown_here and (inspect.isfunction(value) or inspect.ismethod(value)):
                parts.append(f"- `{method}{_signature(value)}` {_prose(inspect.getdoc(value) or '')}")
    else:
        parts.insert(1, f"    paraph.{name}{_signature(thing)}")
    return "\n\n".join(part for part in parts if part)


def _signature(thing: Any) -> str:
    # Annotations are kept as texts, so the signature shows them in quotes.
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(thing)))
    return text.replace("(self)", "()").replace("(self, ", "(")


def _type(kind: Any) -> str:
    return _cell(kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind)))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _prose(text: str) -> str:
    """A docstring as Markdown: code in single backticks, trees and lists as they stand."""
    blocks = []
    for block in text.replace("``", "`").split("\n\n"):
        drawn = any(line.startswith(("    ", "- ", "|")) for line in block.split("\n"))
        blocks.append(block if drawn else " ".join(block.split()))
    return "\n\n".join(blocks)


def _sentence(text: str) -> str:
    return " ".join(text.split("\n\ncommands:")[0].split())


def _options(found: list[Any]) -> str:
    rows = []
    for action in found:
        name = ", ".join(f"`{flag}`" for flag in action.option_strings) or f"`{action.metavar or action.dest}`"
        if action.option_strings and action.nargs != 0 and not action.choices:
            name += f" {action.metavar or ''}".rstrip()
        values = f" ({', '.join(f'`{choice}`' for choice in action.choices)})" if action.choices else ""
        rows.append(f"| {name} | {_cell(action.help or '')}{values} |")
    return "\n".join(["| argument | meaning |", "| --- | --- |", *rows])


def main() -> int:
    """Write the pages that are not current, or only name them."""
    parser = argparse.ArgumentParser(description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page is not current")
    given = parser.parse_args()
    stale = []
    for path, text in pages().items():
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(path)
        if not given.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    for path in stale:
        print(f"{path.relative_to(HERE.parent)}: {'not current; run make docs' if given.check else 'written'}")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
