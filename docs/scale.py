"""The sums of docs/scale.md: reads the figures from the page's first table, and writes the tables that follow from them.

usage: python docs/scale.py [--check] [PAGE]      (--check writes nothing and ends with 1 if the page is not current)

A table to be written stands between ``<!-- sums: NAME -->`` and ``<!-- end -->``. Change a figure on the page, run this, and all
of it follows. Nothing is measured here.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "scale.md"
ROW = re.compile(r"^\| `(\w+)` \| ([\d.,]+) \|", re.MULTILINE)
PLACE = re.compile(r"(<!-- sums: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

HOUR, MILLION, GB = 3600.0, 1e6, 1e9
# Whole numbers a kept document and a signal that the driver holds at once at most, in bytes: while roots are followed, the
# parents, likenesses, two lines of roots, their order and the columns that are written (paraph/corpus/families.py, roots).
DRIVER_BYTES = 50
# While it is told which documents came before, for each kept one: its hash, the joined ones, and numpy's sorting of them
# (paraph/corpus/shuffle.py, count).
COUNT_BYTES = 40

Figures = Mapping[str, float]


def figures(page: str) -> dict[str, float]:
    """Return the figures of the page by name. Raises ValueError for one that is there twice."""
    found: dict[str, float] = {}
    for name, value in ROW.findall(page):
        if name in found:
            raise ValueError(f"{name}: the page has this figure twice")
        found[name] = float(value.replace(",", ""))
    return found


@dataclass(frozen=True, slots=True)
class Sums:
    """What so many documents of the input come to."""

    name: str
    documents: float
    by: Figures

    @property
    def kept(self) -> float:
        """Documents that hold signals."""
        return self.documents * self.by["kept_share"]

    @property
    def signals(self) -> float:
        """Signals in them."""
        return self.kept * self.by["signals_kept"]

    @property
    def reading(self) -> float:
        """Core-hours of reading."""
        return self.documents / self.by["read_rate"] / HOUR

    @property
    def copies(self) -> float:
        """Core-hours of finding copies, at the density that was measured."""
        return self.kept * self.by["copies_us"] / MILLION / HOUR

    @property
    def density(self) -> float:
        """How many times as many signals lie within a year of one another as where it was measured."""
        year = 365 * self.by["documents_day"] * self.by["kept_share"] * self.by["signals_kept"]
        return min(self.signals, year) / self.by["signals_year"]

    def deals_if(self, compared: float) -> float:
        """Return the core-hours of joining signals into deals where each is compared with so many others."""
        more = max(0.0, compared - self.by["compared"])
        return self.signals * (self.by["deals_us"] + more * self.by["compare_us"]) / MILLION / HOUR

    @property
    def deals(self) -> float:
        """Core-hours of joining signals into deals, comparisons growing as ``grows`` says, up to the cap."""
        return self.deals_if(min(self.by["compared"] * self.density ** self.by["grows"], self.cap))

    @property
    def cap(self) -> float:
        """Comparisons of a signal that meets as many as the cap lets it under each of its keys."""
        return self.by["keys_signal"] * self.by["bucket"]

    @property
    def pairs_at_most(self) -> float:
        """Bytes of the pairs on the stage then: a whole number each."""
        return 8 * self.signals * self.cap

    @property
    def settling(self) -> float:
        """Core-hours of writing the data set."""
        return self.kept * self.by["settle_us"] / MILLION / HOUR

    @property
    def all(self) -> float:
        """Core-hours of all steps."""
        return self.reading + self.copies + self.deals + self.settling

    def wall(self, cores: float) -> float:
        """Hours on so many cores: every doubling is taken to bring what the second one brought (``pair``)."""
        return float(self.all / self.by["pair"] ** math.log2(cores))

    @property
    def shuffle(self) -> float:
        """Bytes that copies and deals write to the stage."""
        return 1000 * (self.kept * self.by["shuffle_document_kb"] + self.signals * self.by["shuffle_signal_kb"])

    @property
    def staged(self) -> float:
        """Bytes on the stage when it is fullest, the data set's own included."""
        return self.shuffle + 1000 * self.kept * self.by["staged_kb"] + self.written

    @property
    def written(self) -> float:
        """Bytes of the data set."""
        return 1000 * self.kept * self.by["set_kb"]

    @property
    def pieces(self) -> float:
        """Pieces that the archive is cut into."""
        return self.documents * self.by["packed_kb"] / (1000 * self.by["piece_mb"])

    @property
    def driver(self) -> float:
        """Bytes that the driver holds at its fullest, the program itself left out."""
        items = max(self.kept * COUNT_BYTES, self.signals * DRIVER_BYTES)
        return items + 1000 * self.pieces * self.by["plan_kb"]

    @property
    def loading(self) -> float:
        """Hours of loading into a desk, by one process."""
        return self.kept / self.by["load_rate"] / HOUR

    @property
    def money(self) -> float:
        """What the cores cost."""
        return self.all * self.by["core_hour"]

    @property
    def disk_money(self) -> float:
        """What the disk of the run costs for a month."""
        return self.staged / GB * self.by["gb_month"]

    def asked(self, share: float) -> float:
        """Return what one call of a language model for such a share of the documents costs."""
        tokens = self.by["tokens_in"] * self.by["price_in"] + self.by["tokens_out"] * self.by["price_out"]
        return self.documents * share * tokens / MILLION

    def tokens(self, share: float) -> float:
        """Return how many tokens that are, both ways."""
        return self.documents * share * (self.by["tokens_in"] + self.by["tokens_out"])


def spans(by: Figures) -> list[Sums]:
    """Return the sums of a day, a month and all the years of CC-NEWS, and of 100 million documents."""
    month = by["documents_month"]
    return [
        Sums("a day", by["documents_day"], by),
        Sums("a month", month, by),
        Sums("100 million documents", 1e8, by),
        Sums(f"{by['months'] / 12:.0f} years", month * by["months"], by),
    ]


# Tables.


def _steps(by: Figures) -> str:
    return _table(
        ("core-hours", spans(by)),
        ("documents", lambda one: _count(one.documents)),
        ("of these kept, for they hold signals", lambda one: _count(one.kept)),
        ("signals", lambda one: _count(one.signals)),
        ("read", lambda one: _hours(one.reading)),
        ("copies", lambda one: _hours(one.copies)),
        ("deals", lambda one: _hours(one.deals)),
        ("settle", lambda one: _hours(one.settling)),
        ("**all steps**", lambda one: f"**{_hours(one.all)}**"),
    )


def _time(by: Figures) -> str:
    rows: list[tuple[str, Callable[[Sums], str]]] = [
        (f"on {cores} {'core' if cores == 1 else 'cores'}", lambda one, cores=cores: _wall(one.wall(cores)))  # type: ignore[misc]
        for cores in (1, 2, 16, 64, 256)
    ]
    return _table(
        ("hours on the wall", spans(by)), *rows, ("loading into a desk, one process", lambda one: _wall(one.loading))
    )


def _room(by: Figures) -> str:
    return _table(
        ("memory and disk", spans(by)),
        ("pieces", lambda one: _count(one.pieces)),
        ("memory of one worker", lambda one: _bytes(by["worker_mb"] * 1e6)),
        ("memory of the driver, the program left out", lambda one: _bytes(one.driver)),
        ("the archive, packed (read where it lies)", lambda one: _bytes(1000 * one.documents * by["packed_kb"])),
        ("of the stage: the shuffle's bytes", lambda one: _bytes(one.shuffle)),
        ("the stage at its fullest", lambda one: _bytes(one.staged)),
        ("the data set", lambda one: _bytes(one.written)),
    )


def _money(by: Figures) -> str:
    return _table(
        ("US dollars", spans(by)),
        ("cores", lambda one: _dollars(one.money)),
        ("disk of the run, held for a month", lambda one: _dollars(one.disk_money)),
        ("**Paraph, both**", lambda one: f"**{_dollars(one.money + one.disk_money)}**"),
        ("a call for every document", lambda one: _dollars(one.asked(1))),
        ("a call for every document in English", lambda one: _dollars(one.asked(by["english_share"]))),
        ("a call for those that pass the triage", lambda one: _dollars(one.asked(by["passed_share"]))),
        ("a call for those that Paraph keeps", lambda one: _dollars(one.asked(by["kept_share"]))),
        ("tokens of a call for every document", lambda one: _count(one.tokens(1))),
    )


def _most(by: Figures) -> str:
    return _table(
        ("core-hours of `deals`", spans(by)),
        ("as many comparisons a signal as were measured", lambda one: _hours(one.deals_if(by["compared"]))),
        ("growing as was measured (in the sums above)", lambda one: _hours(one.deals)),
        (
            "growing as the signals of a year do",
            lambda one: _hours(one.deals_if(min(by["compared"] * one.density, one.cap))),
        ),
        ("every signal at the cap, the worst there can be", lambda one: _hours(one.deals_if(one.cap))),
        ("pairs on the stage in the worst case", lambda one: _bytes(one.pairs_at_most)),
    )


TABLES: dict[str, Callable[[Figures], str]] = {
    "steps": _steps,
    "time": _time,
    "room": _room,
    "money": _money,
    "most": _most,
}


def _table(head: tuple[str, Sequence[Sums]], *rows: tuple[str, Callable[[Sums], str]]) -> str:
    name, found = head
    lines = [f"| {name} | " + " | ".join(one.name for one in found) + " |", "| --- |" + " ---: |" * len(found)]
    lines += [f"| {label} | " + " | ".join(tell(one) for one in found) + " |" for label, tell in rows]
    return "\n".join(lines) + "\n"


def _count(number: float) -> str:
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{_short(number / size)} {name}"
    return f"{number:,.0f}"


def _bytes(number: float) -> str:
    for size, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if number >= size:
            return f"{_short(number / size)} {name}"
    return f"{number / 1000:,.0f} kB"


def _hours(number: float) -> str:
    return _short(number)


def _wall(number: float) -> str:
    if number < 1:
        return f"{60 * number:.0f} min" if number >= 1 / 60 else "under 1 min"
    return f"{_short(number)} h" if number < 72 else f"{_short(number / 24)} days"


def _dollars(number: float) -> str:
    return f"{number:,.2f}" if number < 10 else f"{number:,.0f}"


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"


def summed(page: str) -> str:
    """Return the page with its sums made of its figures. Raises KeyError for a figure or a table that there is none of."""
    by = figures(page)
    return PLACE.sub(lambda place: place[1] + TABLES[place[2]](by) + place[3], page)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("page", type=Path, nargs="?", default=PAGE, help="the page [docs/scale.md]")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if the page is not current")
    given = parser.parse_args(words)
    page = given.page.read_text("utf-8")
    new = summed(page)
    if given.check:
        if new != page:
            print(f"{given.page}: its sums are not those of its figures; run python docs/scale.py", file=sys.stderr)
        return int(new != page)
    given.page.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
