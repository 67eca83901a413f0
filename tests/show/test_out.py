"""A file is there whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from paraph.show.out import NotWritten, output


def test_a_file_appears_at_the_end_and_keeps_its_mode(tmp_path: Path) -> None:
    place = tmp_path / "brief.html"
    place.write_text("old")
    place.chmod(0o640)
    with output(place) as sink:
        sink.write("new é")
        assert place.read_text() == "old"
    assert place.read_text("utf-8") == "new é"
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["brief.html"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, BrokenPipeError])
def test_after_an_error_the_old_file_stands(tmp_path: Path, error: type[BaseException]) -> None:
    place = tmp_path / "out.json"
    place.write_text("old")

    def fail() -> None:
        with output(place) as sink:
            sink.write("half")
            raise error

    with pytest.raises(error):
        fail()
    assert place.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]


def test_what_is_discarded_leaves_the_old_file(tmp_path: Path) -> None:
    for old in (True, False):
        place = tmp_path / f"{old}.csv"
        if old:
            place.write_text("old")
        with output(place) as sink:
            sink.write("nothing worth keeping")
            sink.discard()
        assert place.exists() is old
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with output(tmp_path / "link") as sink:
        sink.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("place", ["missing/out.csv", "."])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(NotWritten, match="cannot be written") as caught, output(tmp_path / place):
        pass
    assert caught.value.place == str(tmp_path / place)
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_straight(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with output(pipe) as sink:
        sink.write("through")
    reader.join()
    assert got == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_full_disk_is_told() -> None:
    with pytest.raises(NotWritten, match="No space left"), output(Path("/dev/full")) as sink:
        sink.write("x" * 100_000)


def test_a_missing_character_becomes_a_question_mark(tmp_path: Path) -> None:
    with output(tmp_path / "out") as sink:
        sink.write("●é", "ascii")
    assert (tmp_path / "out").read_text() == "??"
