"""Adds deliveries to a desk under a limit on the size of files, as on a disk that is full, until one is refused.

    python limited.py DESK FROM BYTES

The limit is the operating system's, so that SQLite's own writing fails. Prints as JSON how many deliveries from number
FROM on went in, and what was said of the one that did not. A process of its own, as a limit cannot be taken back.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path

from desk_dumps import add, opened
from killing import DELIVERIES

from deliveries import deliveries
from paraph.errors import DeskError


def main() -> None:
    path, start, most = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails, instead of the process being ended
    said, done = "", 0
    try:
        with opened(path) as desk:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            for delivery in deliveries(DELIVERIES)[start:]:
                add(desk, delivery)
                done += 1
    except DeskError as error:
        said = str(error)
    print(json.dumps({"done": done, "said": said}))


if __name__ == "__main__":
    main()
