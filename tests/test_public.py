"""The public face: the names are those that are meant, they load late, and they do what they say."""

from __future__ import annotations

import ast
import inspect
import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas
import polars
import pytest

import paraph
from paraph import errors
from paraph.frames import COLUMNS
from paraph.reading import ENGINES
from samples import REPORT, noon, report

PUBLIC = """
    AddressRefused Authority Brief Certainty CorpusError Cue Damaged Deal Desk DeskAway DeskError Document FetchError Instrument
    Kind MissingExtra NoText NotEnglish NotFound NotOnDesk Occasion Outcome ParaphError Reading Sector Settings Sighting Signal
    SourceError SourceType Stage TooLarge UsageError Verdict __version__ brief open_desk read read_all
""".split()


def test_the_public_names_are_those_that_are_meant() -> None:
    assert paraph.__all__ == sorted(PUBLIC)
    assert dir(paraph) == sorted(PUBLIC)
    for name in PUBLIC:
        thing = getattr(paraph, name)
        assert name == "__version__" or inspect.getdoc(thing)


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(str(paraph.__file__)).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(PUBLIC) - {"__version__"}


def test_a_name_that_is_none_is_none() -> None:
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        _ = paraph.reed


HEAVY = "rich httpx trafilatura lxml pypdfium2 warcio feedparser numpy pandas polars py3langid asyncio ssl".split()
HEAVY += "sqlalchemy alembic rensa protego snowballstemmer psycopg pyarrow fsspec distributed".split()


@pytest.mark.parametrize(
    "code",
    [
        "import paraph",
        "import paraph; paraph.read; paraph.read_all; paraph.brief; paraph.Document; paraph.Settings()",
        "import paraph.cli; paraph.cli.main(['--help']); paraph.cli.main(['read', '--help'])",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    ask = f"{code}\nimport sys; print('LOADED', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_every_exception_is_public_and_stands_in_the_tree() -> None:
    for name in errors.__all__:
        assert name in PUBLIC
        assert issubclass(getattr(paraph, name), paraph.ParaphError)
        assert name in (errors.__doc__ or "")


def test_reading_any_kind_of_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    given = {"text": REPORT, "id": "given", "publisher": "The Oslo Example", "published": "2025-03-03"}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(REPORT.encode())))
    for source in (path, str(path), REPORT.encode(), given, report().document, "-"):
        reading = paraph.read(source, now=noon)
        assert isinstance(reading, paraph.Reading)
        assert reading.signals
        for signal in reading.signals:
            assert reading.document.text[signal.start : signal.end] == signal.anchor
    assert paraph.read(given).document.id == "given"
    assert paraph.read(given).document.text == REPORT


def test_what_cannot_be_read_is_raised(tmp_path: Path) -> None:
    with pytest.raises(paraph.NotFound) as caught:
        paraph.read(tmp_path / "missing.html")
    assert caught.value.source == str(tmp_path / "missing.html")
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(paraph.SourceError):
        paraph.read(tmp_path / "empty.txt")


def test_several_documents_are_for_read_all(tmp_path: Path) -> None:
    for n in range(2):
        (tmp_path / f"{n}.txt").write_text(REPORT + f"\nNumber {n}.\n", "utf-8")
    with pytest.raises(paraph.UsageError, match="read_all"):
        paraph.read(tmp_path)
    assert len(list(paraph.read_all(tmp_path))) == 2


def test_a_feed_without_entries_holds_no_document() -> None:
    feed = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Deals</title></channel></rss>'
    found = list(paraph.read_all(feed))
    if found:  # an intake that calls it an error says so in the same place
        assert all(isinstance(each, paraph.SourceError) for each in found)
        with pytest.raises(paraph.SourceError):
            paraph.read(feed)
    else:
        with pytest.raises(paraph.UsageError, match="no document"):
            paraph.read(feed)


def test_read_all_goes_on_after_a_failure_and_keeps_the_order(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    found = list(paraph.read_all([report().document, tmp_path / "missing", path], now=noon))
    assert [type(each) for each in found] == [paraph.Reading, paraph.NotFound, paraph.Reading]
    assert list(paraph.read_all([])) == []


def test_an_unknown_engine_is_told_before_anything_is_read() -> None:
    with pytest.raises(paraph.UsageError, match="engine 'best' is not known; give one of: cues"):
        paraph.read_all(["/nowhere"], engine="best")
    assert "cues" in ENGINES


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAPH_MAX_TEXT_CHARS", "1000")
    with pytest.raises(paraph.TooLarge):
        paraph.read({"text": REPORT * 10})
    assert paraph.read({"text": REPORT * 2}, settings=paraph.Settings(max_text_chars=2_000))
    monkeypatch.setenv("PARAPH_MAX_TEXT_CHARS", "many")
    with pytest.raises(paraph.UsageError, match="max_text_chars"):
        paraph.read_all([])


def test_the_clock_is_passed_in() -> None:
    assert paraph.read({"text": REPORT}, now=noon).document.fetched in (None, noon())
    early = datetime(2000, 1, 1, tzinfo=UTC)
    reading = paraph.read({"text": REPORT, "published": "2025-03-03"}, now=lambda: early)
    assert reading.document.notes  # a date in the future is told


def test_a_reading_as_rows_and_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = report().to_dicts()
    assert [list(row) for row in rows] == [list(COLUMNS)] * 6
    empty = paraph.Reading(paraph.Document("Nothing."), ())
    for reading, size in ((report(), 6), (empty, 0)):
        frame = reading.to_frame()
        assert isinstance(frame, pandas.DataFrame)
        assert list(frame.columns) == list(COLUMNS)
        assert len(frame) == size
        assert frame["ahead"].dtype == bool
        assert frame["start"].dtype == "int64"
    monkeypatch.setitem(sys.modules, "pandas", None)
    for reading, size in ((report(), 6), (empty, 0)):
        frame = reading.to_frame()
        assert isinstance(frame, polars.DataFrame)
        assert frame.columns == list(COLUMNS)
        assert frame.height == size
        assert frame.schema["parties"] == polars.List(polars.String)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(paraph.MissingExtra, match=r"pip install 'paraph\[pandas\]'"):
        report().to_frame()


def test_a_brief_takes_what_read_all_gives(tmp_path: Path) -> None:
    made = paraph.brief(paraph.read_all([report().document, tmp_path / "missing"]), made=noon())
    assert isinstance(made, paraph.Brief)
    assert (len(made.documents), len(made.failures)) == (1, 1)
    assert made.items
