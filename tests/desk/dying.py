"""Adds one delivery to a desk, on either database, and kills itself before its n-th statement.

python dying.py DESK DELIVERY NTH
"""

from __future__ import annotations

import os
import signal
import sys

from desk_dumps import add, opened
from killing import DELIVERIES
from sqlalchemy import event

from deliveries import deliveries


def main() -> None:
    step, left = int(sys.argv[2]), int(sys.argv[3])
    with opened(sys.argv[1]) as desk:

        @event.listens_for(desk.engine, "before_cursor_execute")
        def _count(*_) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        add(desk, deliveries(DELIVERIES)[step])


if __name__ == "__main__":
    main()
