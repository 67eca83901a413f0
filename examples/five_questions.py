"""The input of docs/five-questions.md, and its questions asked of a data set.

usage: python examples/five_questions.py reports > reports.jsonl       the reports, as JSON lines
       paraph corpus run reports.jsonl examples/india-russia-2025/documents --out news-set
       python examples/five_questions.py ask [FOLDER]                  the page's questions and answers; FOLDER holds news-set
       python examples/five_questions.py page                          make all of it anew, and write what comes into the pages

The reports are of training/reports: before, at and after 56 invented meetings, and plain news. Every fourth of those written
before a meeting comes a second time, a day later, under the name of another outlet, so that there are copies. An outlet's
address is made from its name; those without one are of "Written Daily". ``ask`` needs DuckDB and polars.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "five-questions.md"
HOW_TO = ROOT / "docs" / "how-to" / "read-a-corpus.md"
EXAMPLE = ROOT / "examples" / "india-russia-2025" / "documents"
# Of the reports those before, at and after meetings, and those of plain news, most of which speak of no deal.
KINDS = ("summit", "plain")
NOBODY = "Written Daily"
COPIER = "Second-Hand Post"
# Every so many previews are copied.
COPIED = 4
# What a run tells, behind its command.
REPORT = re.compile(r"^(```console\n\$ paraph corpus run reports\.jsonl [^\n]*\n).*?^```\n", re.MULTILINE | re.DOTALL)
# A block of the page: its code, and behind an empty line what it printed.
BLOCK = re.compile(r"^```(sql|py)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def reports() -> Iterator[dict[str, Any]]:
    """Yield the reports in the form of the contract, copies behind what they copy."""
    sys.path.insert(0, str(ROOT))
    from training.reports import documents

    previews = 0
    for report in documents():
        if report["event"].split("-")[1] not in KINDS:
            continue
        publisher, name = report["publisher"] or NOBODY, report["id"].split("/")[1]
        row = {"id": report["id"], "url": address(publisher, name), "publisher": publisher}
        row |= {key: report[key] for key in ("title", "published", "text")}
        yield row
        if report["role"] == "preview":
            if previews % COPIED == 0:
                after = date.fromisoformat(report["published"][:10]) + timedelta(days=1)
                copy = {"id": f"{report['id']}-again", "url": address(COPIER, name), "publisher": COPIER}
                yield row | copy | {"published": after.isoformat()}
            previews += 1


def lines() -> Iterator[str]:
    """Yield the reports as JSON lines."""
    for report in reports():
        yield json.dumps(report, ensure_ascii=False) + "\n"


def make(folder: Path) -> None:
    """Make the input and the data set in a folder, as the page does."""
    from paraph.cli import main as paraph

    given = folder / "reports.jsonl"
    given.write_text("".join(lines()), "utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        done = paraph(["corpus", "run", str(given), str(EXAMPLE), "--out", str(folder / "news-set")])
    if done != 0:
        raise SystemExit(done)


def address(publisher: str, name: str) -> str:
    """Return an address for a report of an outlet."""
    host = re.sub(r"[^a-z0-9]+", "-", publisher.lower()).strip("-")
    return f"https://{host}.example/{name}"


def answered(page: str, folder: Path) -> str:
    """Return the page with the code of its blocks run in a folder, and each block's answer behind it."""
    import duckdb

    talk = duckdb.connect()

    def run(block: re.Match[str]) -> str:
        kind, code = block[1], block[2]
        answer = asked(talk, code) if kind == "sql" else told(code)
        return f"```{kind}\n{code}```\n" + (f"\n```text\n{answer}```\n" if answer else "")

    with contextlib.chdir(folder):
        return BLOCK.sub(run, page)


def reported(page: str, folder: Path) -> str:
    """Return the page that shows a run with what the run told, but for its rate, which is another every time."""
    from paraph.corpus.report import lines_of

    report = json.loads((folder / "news-set" / "report.json").read_text("utf-8"))
    told = lines_of(report | {"out": "news-set", "session": {"documents": 0}})
    return REPORT.sub(lambda block: block[1] + "\n".join(told) + "\n```\n", page)


def asked(talk: Any, code: str) -> str:
    """Run SQL, and return the rows of its last statement as a table of plain text; none where it has no rows to give."""
    found = talk.execute(code)
    names = [column[0] for column in found.description or ()]
    # What a view or a macro gives back is a count.
    return "" if names == ["Count"] else shown(names, found.fetchall())


def told(code: str) -> str:
    """Run Python, and return what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, PAGE.name, "exec"), {"__name__": "page", "shown": shown})  # noqa: S102 - the page is ours
    return out.getvalue()


def shown(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as a table of plain text, numbers to the right."""
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    wide = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    right = [any(isinstance(row[at], int | float) for row in rows) for at in range(len(names))]
    lines = [
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, wide, right, strict=True)
        ).rstrip()
        for line in (list(names), *cells)
    ]
    return "\n".join(lines) + "\n"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("reports", "ask", "page"))
    parser.add_argument("folder", type=Path, nargs="?", default=Path.cwd(), help="where news-set lies [this folder]")
    given = parser.parse_args(words)
    if given.what == "reports":
        print("".join(lines()), end="")
    elif given.what == "page":
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder))
            for page, renew in ((PAGE, answered), (HOW_TO, reported)):
                page.write_text(renew(page.read_text("utf-8"), Path(folder)), "utf-8")
    elif (given.folder / "news-set" / "manifest.json").exists():
        print(answered(PAGE.read_text("utf-8"), given.folder))
    else:
        print(f"{given.folder}: there is no news-set in it; make it as docs/five-questions.md says", file=sys.stderr)
        return os.EX_NOINPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
