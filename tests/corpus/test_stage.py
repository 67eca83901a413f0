"""The stage: a step's work is there whole or not at all, whatever happens while it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from paraph.corpus.beats import WRITING, Beat, guarded, places_in
from paraph.corpus.stage import Stage


def test_work_appears_when_it_is_done(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.making("read", 3) as folder:
        (folder / "a").write_text("1")
        assert not stage.is_done("read", 3)
        assert stage.done("read") == []
    assert stage.is_done("read", 3)
    assert stage.done("read") == [3]
    assert (stage.folder("read", 3) / "a").read_text() == "1"
    assert stage.done("other") == []


def break_off(folder: Path) -> None:
    (folder / "a").write_text("1")
    (folder / "none" / "b").write_text("2")


def test_work_that_fails_leaves_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with pytest.raises(FileNotFoundError), stage.making("read", 0) as folder:
        break_off(folder)
    assert list((tmp_path / "read").iterdir()) == []


def test_of_two_that_do_the_same_the_first_counts(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.making("read", 0) as late:
        (late / "a").write_text("late")
        with stage.making("read", 0) as early:
            (early / "a").write_text("early")
    assert (stage.folder("read", 0) / "a").read_text() == "early"
    assert stage.done("read") == [0]
    assert [path.name for path in (tmp_path / "read").iterdir()] == ["00000"]


def test_what_interrupted_work_left_is_swept(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.making("read", 0) as folder:
        (folder / "a").write_text("1")
    (tmp_path / "read" / ".00001-abc").mkdir()
    (tmp_path / "read" / ".00001-abc" / "half").write_text("")
    stage.sweep()
    assert [path.name for path in (tmp_path / "read").iterdir()] == ["00000"]


def swept(stage: Stage, folder: Path) -> None:
    (folder / "a").write_text("1")
    stage.sweep()
    # What was written is gone; the rest must not be taken for the whole.
    (folder / "b").write_text("2")


def test_who_is_at_work_while_it_is_swept_puts_nothing_in_its_place(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with pytest.raises(FileNotFoundError), stage.making("read", 0) as folder:
        swept(stage, folder)
    assert list((tmp_path / "read").iterdir()) == []


def test_folders_in_a_folder_are_on_the_disk_before_it_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("paraph.corpus.stage.sync", synced.append)
    with Stage(tmp_path).making("settle", 0) as folder:
        (folder / "documents").mkdir()
        (folder / "documents" / "part").write_text("1")
    assert synced == [folder / "documents" / "part", folder / "documents", folder, folder.parent]


def attempt(root: Path, session: str, dies_at: int) -> Beat:
    beat = Beat(root, 5, session)
    beat.at(dies_at)
    beat.close()
    return beat


def test_the_second_death_at_one_place_makes_it_poison(tmp_path: Path) -> None:
    assert places_in(tmp_path, {5}) == 0
    assert not attempt(tmp_path, "s", 9).is_poison(9)
    assert places_in(tmp_path, {5, 6}) == 4
    assert places_in(tmp_path, {6}) == 0
    assert not attempt(tmp_path, "s", 9).is_poison(9)
    last = Beat(tmp_path, 5, "s")
    assert last.is_poison(9)
    assert not last.is_poison(8)
    last.over()
    assert list((tmp_path / "beats").iterdir()) == []


def test_deaths_at_different_places_or_in_other_sessions_are_nobodys_fault(tmp_path: Path) -> None:
    for place in (3, 5, 7):
        beat = attempt(tmp_path, "s", place)
    assert not any(beat.is_poison(place) for place in range(10))
    attempt(tmp_path, "t", 7)
    beat = Beat(tmp_path, 5, "t")
    assert not beat.is_poison(7)
    beat.over()


def test_one_who_writes_has_come_to_no_further_record(tmp_path: Path) -> None:
    attempt(tmp_path, "s", WRITING)
    assert places_in(tmp_path, {5}) == 0


def test_a_beat_that_was_cut_off_counts_as_none(tmp_path: Path) -> None:
    attempt(tmp_path, "s", 3)
    (tmp_path / "beats" / "00005").write_bytes(b"x")
    assert places_in(tmp_path, {5}) == 0
    Beat(tmp_path, 5, "s").over()


def test_a_watch_of_no_seconds_watches_nothing() -> None:
    with guarded(0) as watch:
        watch.arm()
        watch.rest()
