"""The bar on standard error: there where it helps, silent where it does not."""

from __future__ import annotations

import io
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from paraph.show.progress import progress, wanted


@contextmanager
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Put standard error on a terminal and give the end from which one reads what it shows.

    Not a fixture: pytest sets standard error anew between the fixtures and the test.
    """
    ours, theirs = pty.openpty()
    with monkeypatch.context() as patch, os.fdopen(theirs, "w") as stream:
        patch.setenv("TERM", "xterm-256color")
        patch.setattr(sys, "stderr", stream)
        yield ours
    os.close(ours)


def test_the_bar_counts_the_sources_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["one.html", "two\x1b[2J.html", "three.html"]
    with on_terminal(monkeypatch) as terminal:
        with progress(names) as sources:
            assert list(sources) == names
        # A terminal hands over what was written bit by bit: read until a word that was written last.
        print("THE-END", file=sys.stderr, flush=True)
        shown = ""
        while "THE-END" not in shown:
            shown += os.read(terminal, 1 << 16).decode()
    assert "/3" in shown
    assert "\x1b[2J" not in shown


def test_one_source_needs_no_bar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with on_terminal(monkeypatch):
        assert not wanted(["one.html"], busy=False)
        assert not wanted(["https://example.org/"], busy=False)
        assert wanted([str(tmp_path)], busy=False)
        assert wanted(["a", "b"], busy=False)


def test_a_terminal_that_is_printed_to_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with on_terminal(monkeypatch):
        monkeypatch.setattr(sys, "stdout", sys.stderr)
        assert not wanted(["a", "b"], busy=True)
        assert wanted(["a", "b"], busy=False)
    monkeypatch.undo()


def test_no_terminal_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress(["a", "b", "c"]) as sources:
        assert list(sources) == ["a", "b", "c"]
    assert stream.getvalue() == ""
