"""Article text: paraph against trafilatura on the article-extraction-benchmark, in one run.

    python benchmarks/article_text.py [FOLDER] [--rounds N] [--check]

FOLDER holds ``ground-truth.json`` and ``html/*.html.gz`` (default: ../shared/data/article-extraction-benchmark). Printed are
word F1 (multisets of words) and F1 on shingles of four words, both averaged as the benchmark's own ``evaluate.py`` does
(precision and recall are means over documents, F1 is theirs), and pages a second: the systems take turns page by page, and
of each page the fastest of N rounds counts, so that a neighbour on the machine disturbs both alike. ``--check`` exits with
1 below the aims (word F1 0.96, speed 0.8 of trafilatura's).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "article-extraction-benchmark"
AIM_F1, AIM_SPEED = 0.96, 0.8
WORD = re.compile(r"\w+")
WARM_UP = 10


def shingles(text: str, size: int) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1)) if words)


def score(truth: dict[str, str], found: dict[str, str], size: int) -> tuple[float, float, float]:
    precisions, recalls = [], []
    for key, text in truth.items():
        wanted, got = shingles(text, size), shingles(found[key], size)
        hits = (wanted & got).total()
        if got:
            precisions.append(hits / got.total())
        if wanted:
            recalls.append(hits / wanted.total())
    precision, recall = statistics.mean(precisions), statistics.mean(recalls)
    return 2 * precision * recall / (precision + recall), precision, recall


def systems() -> dict[str, Callable[[str], str]]:
    import trafilatura

    from paraph.intake.page import read_page
    from paraph.settings import Settings

    settings, now = Settings(), datetime(2026, 1, 1, tzinfo=UTC)

    def paraph(html: str) -> str:
        return read_page(html, source="page", settings=settings, now=now, any_language=True).text

    def plain(html: str) -> str:
        return trafilatura.extract(html, favor_precision=True, include_comments=False) or ""

    def default_comments(html: str) -> str:
        return trafilatura.extract(html, favor_precision=True) or ""

    return {"paraph": paraph, "trafilatura precision": plain, "the same, comments on": default_comments}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not (options.folder / "ground-truth.json").is_file():
        print(
            f"{options.folder}: no ground-truth.json; give the folder of the article-extraction-benchmark",
            file=sys.stderr,
        )
        return 2
    truth = {
        key: row["articleBody"]
        for key, row in json.loads((options.folder / "ground-truth.json").read_text(encoding="utf-8")).items()
    }
    pages = {
        key: gzip.decompress((options.folder / "html" / f"{key}.html.gz").read_bytes()).decode("utf-8") for key in truth
    }
    runs = systems()
    for html in list(pages.values())[:WARM_UP]:
        for run in runs.values():
            run(html)
    found: dict[str, dict[str, str]] = {name: {} for name in runs}
    seconds: dict[str, float] = dict.fromkeys(runs, 0.0)
    for key, html in pages.items():
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(options.rounds):
            for name, run in runs.items():
                start = time.perf_counter()
                found[name][key] = run(html)
                best[name] = min(best[name], time.perf_counter() - start)
        for name in runs:
            seconds[name] += best[name]
    print(f"{'':24}{'word F1':>9}{'P':>8}{'R':>8}{'4-gram F1':>11}{'P':>8}{'R':>8}{'pages/s':>9}")
    for name in runs:
        words, grams = score(truth, found[name], 1), score(truth, found[name], 4)
        figures = "".join(
            f"{value:>{width}.4f}" for value, width in zip((*words, *grams), (9, 8, 8, 11, 8, 8), strict=True)
        )
        print(f"{name:24}{figures}{len(pages) / seconds[name]:>9.1f}")
    ratio = seconds["trafilatura precision"] / seconds["paraph"]
    f1 = score(truth, found["paraph"], 1)[0]
    print(f"{len(pages)} pages; paraph reads {ratio:.2f} times as many pages a second as trafilatura without comments")
    return int(options.check and (f1 < AIM_F1 or ratio < AIM_SPEED))


if __name__ == "__main__":
    sys.exit(main())
