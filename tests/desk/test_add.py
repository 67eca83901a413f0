"""``paraph add`` and ``paraph reread`` as a person calls them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from paraph import reading
from paraph.cli import main
from paraph.desk import Action, Review, open_desk
from paraph.exits import Exit
from paraph.show.progress import counting
from samples import NOTE, REPORT

PAGE = (
    '<html><head><title>A pact</title><meta property="article:published_time" content="2025-03-03T08:00:00Z"></head>'
    "<body><article><p>{}</p></article></body></html>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three sources: a page, a text, and lines of JSON."""
    inside = tmp_path / "news"
    inside.mkdir()
    (inside / "a.html").write_text(PAGE.format(REPORT.replace("\n", "</p><p>")), "utf-8")
    (inside / "b.txt").write_text(NOTE, "utf-8")
    record = {"id": "c", "text": REPORT + "\nThe talks go on in May.", "published": "2025-03-04"}
    (inside / "c.jsonl").write_text(json.dumps(record), "utf-8")
    return inside


@pytest.fixture(autouse=True)
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The desk, by the variable."""
    path = str(tmp_path / "desk.db")
    monkeypatch.setenv("PARAPH_DESK", path)
    return path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        status = main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_sources_are_added_and_told(run: Run, folder: Path, at: str) -> None:
    status, out, err = run("add", folder)
    assert (status, err) == (Exit.DONE, "")
    assert out.startswith("3 new (1 copy of others), 0 known; ")
    assert run("add", folder)[1] == "0 new, 3 known; 0 signals\n"
    with open_desk(at, create=False) as desk:
        kept = {each.document.id: each for each in desk.documents()}
        assert len(kept) == 3
        raws = {each.raw: desk.raw(each.raw).media_type for each in kept.values() if each.raw}
        assert sorted(raws.values()) == ["text/html", "text/plain"]
        assert kept["c"].raw is None  # a record of JSON is its own text
        page = next(each for each in kept.values() if each.raw and raws[each.raw] == "text/html")
        assert desk.raw(page.raw or "").data == (folder / "a.html").read_bytes()
        assert list(desk.sightings())


def test_what_cannot_be_read_is_told_and_the_rest_is_in(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "d.pdf").write_bytes(b"%PDF-1.4 broken")
    status, out, err = run("add", folder, tmp_path / "missing")
    assert status == Exit.SOME_FAILED
    assert out.startswith("3 new (1 copy of others), 0 known, 2 could not be read; ")
    assert "d.pdf" in err
    assert "missing" in err
    assert run("add", tmp_path / "missing")[:2] == (Exit.ALL_FAILED, "0 new, 0 known, 1 could not be read; 0 signals\n")
    head = "WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2025-03-01T00:00:00Z\r\n"
    (tmp_path / "empty.warc").write_text(f"{head}Content-Length: 2\r\n\r\na\n\r\n\r\n", newline="")
    status, out, err = run("add", tmp_path / "empty.warc")
    assert (status, out) == (Exit.ALL_FAILED, "")
    assert err
    assert run("add", "")[0] == Exit.USAGE
    assert run("add", folder, "--engine", "best")[0] == Exit.USAGE


def test_a_line_a_document_for_programs(run: Run, folder: Path) -> None:
    status, out, _ = run("add", folder, "-f", "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == Exit.DONE
    assert [line["state"] for line in lines] == ["new", "new", "copy"]
    assert lines[2]["copy_of"] == lines[0]["document"]
    assert all(line.keys() == {"document", "state", "signals", "copy_of", "vanished"} for line in lines)


def test_an_update_is_told(run: Run, tmp_path: Path) -> None:
    record: dict[str, Any] = {"id": "c", "text": REPORT, "published": "2025-03-04"}
    path = tmp_path / "c.json"
    path.write_text(json.dumps(record))
    run("add", path)
    path.write_text(json.dumps(record | {"text": NOTE, "updated": "2025-03-05T10:00Z"}))
    out = run("add", path)[1]
    assert out.startswith("0 new, 1 updated (")
    assert "vanished)" in out


def test_standard_input_and_an_interrupt(
    run: Run, folder: Path, at: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = reading.read_all

    def stopped(*given: Any, **rest: Any) -> Iterator[Any]:
        found = read(*given, **rest)
        yield next(found)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_all", stopped)
        status, out, err = run("add", folder)
    assert (status, out) == (Exit.INTERRUPTED, "")
    assert "1 new, 0 known; " in err
    assert "what is in stays in" in err
    with open_desk(at) as desk:
        assert len(list(desk.documents())) == 1
    monkeypatch.setattr(sys, "stdin", StringIO())  # without bytes behind it
    assert run("add", folder)[1].startswith("2 new")


def test_the_switch_that_keeps_no_bytes(run: Run, folder: Path, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAPH_KEEP_RAW", "0")
    run("add", folder)
    with open_desk(at) as desk:
        assert {each.raw for each in desk.documents()} == {None}


def test_reading_again_tells_what_it_could_not_place(
    run: Run, folder: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("add", folder)
    status, out, err = run("reread")
    assert (status, err) == (Exit.DONE, "")
    assert out.startswith("3 documents read again; ")
    assert out.endswith("0 of them new, 0 gone; 0 decisions could not be placed\n")
    with open_desk(at) as desk:
        first = next(iter(list(desk.sightings())))
        desk.decide(Review(Action.ACCEPT, "Ana", signal=first.id))
    monkeypatch.setitem(reading.ENGINES, "none", lambda settings: lambda document, weak=False: ())
    status, out, err = run("reread", "--engine", "none", "-f", "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == Exit.DONE
    assert sum(len(line["unplaced"]) for line in lines) == 1
    assert all(line["signals"] == 0 and line["lost"] and not line["gained"] for line in lines)
    assert "decision 1 (accept, Ana) has nothing to stand on" in err
    with open_desk(at) as desk:
        assert list(desk.sightings()) == []
    assert run("reread")[2] == ""
    with open_desk(at) as desk:
        assert first.id in {each.id for each in desk.sightings()}
    assert run("reread", "--engine", "best")[0] == Exit.USAGE
    assert run("--desk", Path(at).parent / "nowhere.db", "reread")[0] == Exit.USAGE


def test_a_count_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with counting([1, 2, 3]) as items:
        assert list(items) == [1, 2, 3]
    assert screen.getvalue()
    monkeypatch.setattr(sys, "stdout", Terminal())
    quiet = Terminal()
    monkeypatch.setattr(sys, "stderr", quiet)
    with counting([1], busy=True) as items:
        assert list(items) == [1]
    assert quiet.getvalue() == ""
