"""Copies: how many edited copies are found, how many reports of their own are taken for copies, how fast, beside datasketch.

    python benchmarks/copies.py [--copies N] [--gold FOLDER] [--reuters FILE]

Copies are made from texts of Reuters-21578 by edits of eight kinds, N of each (default 300), and looked for among all its
texts of 60 words or more (the first 8,000). Printed per kind are the median Jaccard index and the shares of copies that

    found    share a band with their original and are alike enough: what Paraph finds
    alike    are alike enough, band or no band: what the exact check alone would find
    ds .5/.3 datasketch's MinHashLSH finds with 128 permutations at those thresholds, without an exact check

then the same at other thresholds, and wrong pairs: the gold's documents are all different reports, many on the same event, so
that each pair of them taken for copies is wrong. Of pairs of Reuters texts only the number is printed: it holds real copies.
Speed is documents a second by processor time, sketching and looking up, the shingling apart as both begin with it. Edits are
drawn with a fixed seed. Needs the bench group (datasketch); without it that column is left out, and told.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from paraph.link.copies import THRESHOLD, bands_of, likeness, shingles_of

SHARED = Path(__file__).resolve().parents[2] / "shared"
GOLD = SHARED / "bench" / "gold"
REUTERS = SHARED / "data" / "reuters-21578" / "reuters21578.tar.gz"
ORIGINALS, SHORTEST, SEED = 8_000, 60, 4
OTHER_THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
AGENCIES = ("(Agency) -", "WIRE SERVICE:", "By our correspondent -", "UPDATE 2:", "Exclusive |")
TAILS = (
    "Reporting by the bureau; editing by the desk in London.",
    "(This story has not been edited by our staff and is published from a syndicated feed.)",
    "Sign up for our newsletter. All rights reserved.",
)


def reuters(path: Path) -> list[str]:
    """Return the bodies of 60 words or more, in the order of the archive."""
    texts: list[str] = []
    with tarfile.open(path) as archive:
        for member in sorted(archive.getnames()):
            if not member.endswith(".sgm"):
                continue
            page = archive.extractfile(member).read().decode("latin-1")  # type: ignore[union-attr]
            for body in re.findall(r"<BODY>(.*?)</BODY>", page, re.DOTALL):
                text = " ".join(body.replace("&lt;", "<").replace("&#3;", "").split()).removesuffix("REUTER").strip()
                if len(text.split()) >= SHORTEST:
                    texts.append(text)
    return texts[:ORIGINALS]


def gold(folder: Path) -> list[tuple[str, str]]:
    """Return event and text of every document of the gold."""
    pages = [json.loads(path.read_text("utf-8")) for path in sorted(folder.rglob("*.json"))]
    return [(page["event"], page["text"]) for page in pages if isinstance(page, dict) and "text" in page]


def dropped(text: str, sentences: float, words: float, chance: random.Random, vocabulary: list[str]) -> str:
    """Return the text without a share of its sentences and with a share of its words swapped for others."""
    kept = [part for part in SENTENCE_END.split(text) if chance.random() >= sentences] or [text]
    return " ".join(chance.choice(vocabulary) if chance.random() < words else word for word in " ".join(kept).split())


def edits(vocabulary: list[str], others: list[str]) -> dict[str, Callable[[str, random.Random], str]]:
    """Return the kinds of edits by name."""

    def cut(text: str, share: float) -> str:
        words = text.split()
        return " ".join(words[: max(1, int(len(words) * share))])

    def shuffled(text: str, chance: random.Random) -> str:
        parts = SENTENCE_END.split(text)
        chance.shuffle(parts)
        return dropped(" ".join(parts), 0, 0.04, chance, vocabulary)

    return {
        "agency lines only": lambda text, chance: text,
        "light (5 % sentences, 1 % words)": lambda text, chance: dropped(text, 0.05, 0.01, chance, vocabulary),
        "medium (20 %, 4 %)": lambda text, chance: dropped(text, 0.2, 0.04, chance, vocabulary),
        "heavy (40 %, 8 %)": lambda text, chance: dropped(text, 0.4, 0.08, chance, vocabulary),
        "cut to the first 40 %": lambda text, chance: cut(text, 0.4),
        "cut to the first 25 %": lambda text, chance: cut(text, 0.25),
        "shuffled, 4 % words": shuffled,
        "inside a longer page": lambda text, chance: f"{chance.choice(others)} {text} {chance.choice(others)}",
    }


def datasketch_recall(
    sets: list[frozenset[int]], copies: dict[str, list[tuple[int, frozenset[int]]]], threshold: float
) -> tuple[dict[str, float], float] | None:
    """Return recall by kind and documents a second; None where datasketch is not installed."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return None

    def sketch(shingles: frozenset[int]) -> Any:
        made = MinHash(num_perm=128, seed=1)
        made.update_batch([shingle.to_bytes(8, "big") for shingle in shingles])
        return made

    begun = time.process_time()
    index = MinHashLSH(threshold=threshold, num_perm=128)
    for at, shingles in enumerate(sets):
        made = sketch(shingles)
        index.query(made)
        index.insert(at, made)
    pace = len(sets) / (time.process_time() - begun)
    found = {
        kind: statistics.mean(origin in index.query(sketch(shingles)) for origin, shingles in rows)
        for kind, rows in copies.items()
    }
    return found, pace


def wrong_pairs(events: list[str], sets: list[frozenset[int]]) -> list[tuple[float, bool]]:
    """Return likeness and whether on the same event, of every pair that shares a shingle, the most alike first."""
    holders = defaultdict(list)
    for at, shingles in enumerate(sets):
        for shingle in shingles:
            holders[shingle].append(at)
    pairs = {pair for row in holders.values() for pair in combinations(row, 2)}
    return sorted(((likeness(sets[a], sets[b]), events[a] == events[b]) for a, b in pairs), reverse=True)


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=300, help="copies of each kind [300]")
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--reuters", type=Path, default=REUTERS)
    given = parser.parse_args(None if arguments is None else list(arguments))
    for path in (given.gold, given.reuters):
        if not path.exists():
            print(f"{path} is missing; name it with --gold and --reuters")
            return 1
    texts = reuters(given.reuters)
    chance = random.Random(SEED)
    vocabulary = [word for text in texts[:500] for word in text.split()]

    begun = time.process_time()
    sets = [shingles_of(text) for text in texts]
    shingling = len(texts) / (time.process_time() - begun)
    begun = time.process_time()
    holders: dict[int, list[int]] = defaultdict(list)
    candidates = alike = 0
    for at, shingles in enumerate(sets):
        bands = bands_of(shingles)
        near = {other for band in bands for other in holders.get(band, ())}
        candidates += len(near)
        alike += sum(likeness(shingles, sets[other]) >= THRESHOLD for other in near)
        for band in bands:
            holders[band].append(at)
    pace = len(texts) / (time.process_time() - begun)
    words = statistics.mean(len(text.split()) for text in texts)
    print(f"{len(texts)} texts of Reuters-21578, {words:.0f} words on average; {given.copies} copies of each kind")
    print(f"shingling {shingling:,.0f} documents a second; sketch, look-up and exact check {pace:,.0f}")
    print(f"{candidates} candidate pairs among the originals, {alike} of them alike enough\n")

    copies: dict[str, list[tuple[int, frozenset[int]]]] = {}
    for kind, edit in edits(vocabulary, texts).items():
        rows = []
        for origin in chance.sample(range(len(texts)), given.copies):
            text = f"{chance.choice(AGENCIES)} {edit(texts[origin], chance)} {chance.choice(TAILS)}"
            rows.append((origin, shingles_of(text)))
        copies[kind] = rows
    peers = {threshold: datasketch_recall(sets, copies, threshold) for threshold in (0.5, 0.3)}
    print(f"{'kind of edit':32}{'Jaccard':>9}{'found':>8}{'alike':>8}" + ("  ds .5  ds .3" if peers[0.5] else ""))
    for kind, rows in copies.items():
        near = [{at for band in bands_of(shingles) for at in holders.get(band, ())} for _, shingles in rows]
        scores = [likeness(shingles, sets[origin]) for origin, shingles in rows]
        found = statistics.mean(
            origin in seen and score >= THRESHOLD for (origin, _), seen, score in zip(rows, near, scores, strict=True)
        )
        jaccard = statistics.median(len(s & sets[origin]) / len(s | sets[origin]) for origin, s in rows)
        line = f"{kind:32}{jaccard:9.2f}{found:8.3f}{statistics.mean(score >= THRESHOLD for score in scores):8.3f}"
        print(line + "".join(f"{peer[0][kind]:7.3f}" for peer in peers.values() if peer))
    for threshold, peer in peers.items():
        told = f"{peer[1]:,.0f} documents a second, sketch and look-up" if peer else "not installed (group bench)"
        print(f"datasketch at {threshold}: {told}")

    pages = gold(given.gold)
    pairs = wrong_pairs([event for event, _ in pages], [shingles_of(text) for _, text in pages])
    same = [score for score, same in pairs if same]
    print(
        f"\n{len(pages)} documents of the gold, all different reports: the most alike pair {pairs[0][0]:.3f}, ", end=""
    )
    print(f"on the same event {same[0]:.3f}\n\nthreshold   wrong pairs   recall by kind, in the order above")
    for threshold in OTHER_THRESHOLDS:
        wrong = sum(score >= threshold for score, _ in pairs)
        recalls = [statistics.mean(likeness(s, sets[at]) >= threshold for at, s in rows) for rows in copies.values()]
        mark = "  <- THRESHOLD" if threshold == THRESHOLD else ""
        print(f"{threshold:9.2f}{wrong:14}   " + " ".join(f"{recall:.3f}" for recall in recalls) + mark)
    return 1 if any(score >= THRESHOLD for score, _ in pairs) else 0


if __name__ == "__main__":
    sys.exit(main())
