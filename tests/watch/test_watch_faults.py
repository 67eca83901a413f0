"""A desk that fails at any one of its writes costs a watcher nothing that its next start does not bring."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from paraph.desk import Desk
from paraph.errors import DeskError
from paraph.settings import Settings
from watch.world import FEED, World, feed_page, html_page, world


class Failing:
    """Lets the n-th write of a desk fail: before anything of it, or after all of it and before it is kept."""

    def __init__(self, nth: int, late: bool) -> None:
        self.left = nth
        self.late = late

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        begin = Desk.begin

        @contextmanager
        def failing(desk: Desk) -> Iterator[Connection]:
            self.left -= 1
            if self.left == 0 and not self.late:
                raise DeskError("the disk is full")
            with begin(desk) as connection:
                yield connection
                if self.left == 0:
                    raise DeskError("the disk is full")

        monkeypatch.setattr(Desk, "begin", failing)


def served(one: World) -> None:
    one.web.pages["oslo.example/rss.xml"] = feed_page(
        2, 1, text="In short, they met in Oslo to speak of the ferries again."
    )
    one.web.pages["oslo.example/1"] = html_page(1)
    one.web.pages["oslo.example/2"] = (404, {}, b"")


def all_of(one: World) -> list[tuple[object, ...]]:
    """What the desk holds of it in the end."""
    with one.open() as desk, desk.look() as look:
        rows = look.execute(text("SELECT key, state, readings, document FROM feed_entries ORDER BY key")).all()
        feeds = look.execute(text("SELECT url, failures, items, gone, claimed FROM feeds")).all()
    return [*map(tuple, rows), *map(tuple, feeds), *((d.url, d.title) for d in one.documents())]


@pytest.mark.parametrize("late", [False, True])
def test_any_write_may_fail(tmp_path: Path, empty_file: Path, late: bool) -> None:
    settings = Settings(watch_host_gap_seconds=0)
    with world(tmp_path, settings) as clean:
        served(clean)
        clean.add(FEED)
        clean.watch()
        whole = all_of(clean)
    assert len(whole) == 5
    failed = 0
    for nth in range(1, 100):
        folder = tmp_path / f"{nth}"
        folder.mkdir()
        shutil.copy(empty_file, folder / "desk.db")
        with world(folder, settings) as one:
            served(one)
            one.add(FEED)
            with pytest.MonkeyPatch.context() as patch:
                Failing(nth, late).patch(patch)
                try:
                    one.watch()
                except DeskError:
                    failed += 1
                else:
                    break
            one.close()
            one.clock.on(minutes=40)  # claims have run out, and the feed is due
            one.watch()
            assert all_of(one) == whole, nth
    assert failed >= 8
