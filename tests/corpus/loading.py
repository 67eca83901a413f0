"""Loads a data set into a desk, and kills itself at the n-th point: before and after statements, within them, before commits.

    python loading.py DESK FOLDER NTH

With NTH 0 it lives, and prints how many points there were. A process of its own, as nobody can watch himself being killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event

from paraph.corpus.load import load
from paraph.desk import open_desk
from paraph.settings import Settings

__all__ = ["NOW", "SMALL"]

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
SMALL = Settings(corpus_load_documents=3)
# So many instructions of SQLite's machine lie between two points.
_INSTRUCTIONS = 20_000


def main() -> None:
    place, folder, nth = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    points = 0

    def reached(*_: object) -> int:
        nonlocal points
        points += 1
        if points == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    with open_desk(place, settings=SMALL, now=lambda: NOW) as desk:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(desk.engine, name, reached)
        if desk.engine.dialect.name == "sqlite":

            @event.listens_for(desk.engine, "checkout")
            def _watch(connection, record, proxy) -> None:
                connection.set_progress_handler(reached, _INSTRUCTIONS)

        last = list(load(folder, desk, settings=SMALL))[-1]
    print(json.dumps({"points": points, "documents": last.documents}))


if __name__ == "__main__":
    main()
