"""Desks for watching: an empty one lies in every test's folder, for making one takes longer than most tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _empty_desk(empty_file: Path, tmp_path: Path) -> None:
    shutil.copy(empty_file, tmp_path / "desk.db")
