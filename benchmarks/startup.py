"""How long the commands take to answer and the package to import, beside a bare interpreter in the same run.

usage: python benchmarks/startup.py [ROUNDS]      (default 20)

Prints the median and the least of ROUNDS runs of each, taken in turn so that a busy moment hits all alike, in milliseconds.
The aim is `paraph --help` under 300 ms and `import paraph` under 50 ms more than `python -c pass`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

CASES = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import paraph": [sys.executable, "-c", "import paraph"],
    "paraph --version": [str(Path(sys.executable).with_name("paraph")), "--version"],
    "paraph --help": [str(Path(sys.executable).with_name("paraph")), "--help"],
    "paraph read --help": [str(Path(sys.executable).with_name("paraph")), "read", "--help"],
}


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every run of every case."""
    taken: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, command in CASES.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            taken[name].append(time.perf_counter() - start)
    return taken


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    taken = measure(rounds)
    bare = statistics.median(taken["python -c pass"])
    print(f"{'':20} {'median':>8} {'least':>8} {'over bare':>10}   ms, {rounds} rounds")
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"{name:20} {median * 1e3:8.0f} {min(seconds) * 1e3:8.0f} {(median - bare) * 1e3:10.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
