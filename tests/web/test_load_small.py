"""Readers and reviewers at once against a real server: nobody is refused, and the server holds no more than before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from paraph.desk import open_desk
from press import deliver, honest, settle
from samples import note, report

LOAD = Path(__file__).parents[2] / "benchmarks" / "page_load.py"


def test_readers_and_reviewers_at_once_are_all_answered(place: str, tmp_path: Path) -> None:
    with open_desk(place) as desk:
        deliver(desk, *honest())
        settle(desk)
        for reading in (report(), note()):
            desk.add(reading)
    out = tmp_path / "out.json"
    command = [
        sys.executable,
        str(LOAD),
        place,
        "--readers",
        "8",
        "--reviewers",
        "2",
        "--seconds",
        "5",
        "--think",
        "0.3",
    ]
    done = subprocess.run(
        [*command, "--check", "--json", str(out)],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(out.read_text("utf-8"))
    assert told["wrong"] == {}
    assert told["kinds"]["decide"]["n"] > 0
    assert told["requests"] > 30
