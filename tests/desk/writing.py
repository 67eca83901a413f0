"""One of several writers that add to one desk at the same time.

    python writing.py DESK NUMBER COUNT SHARED

Adds COUNT small reports of its own, and among them SHARED reports that every writer adds. Waits for a line on standard
input, so that all begin at once. Prints as JSON how many went in as new.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

from desk_dumps import opened

from deliveries import NOW, little

SHARED_FROM = 1_000_000


def main() -> None:
    where, number, count, shared = sys.argv[1], *map(int, sys.argv[2:5])
    own = [number * 10_000 + at for at in range(count)]
    step = max(1, count // shared)
    told: Counter[str] = Counter()
    with opened(where) as desk:
        print("ready", flush=True)
        sys.stdin.readline()
        for at, name in enumerate(own):
            told[desk.add(little(name), seen=NOW).state] += 1
            if at % step == 0 and at // step < shared:
                told[desk.add(little(SHARED_FROM + at // step), seen=NOW).state] += 1
    print(json.dumps(told))


if __name__ == "__main__":
    main()
