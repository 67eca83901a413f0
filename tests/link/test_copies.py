"""Near-copies: what is one voice, what is a report of its own, and that the sketch is the same everywhere."""

from __future__ import annotations

import random

import pytest
import rensa
from hypothesis import given
from hypothesis import strategies as st

from paraph.link.copies import MIN_WORDS, SKETCH_VERSION, THRESHOLD, bands_of, likeness, runs_of, shingles_of

REPORT = """
Ruritania and Freedonia will sign a treaty on the common use of the Great Canal when President Ivo Maran comes
to Fredville on Friday, two officials who saw the draft said. Under the draft both fleets may pass without
toll for twenty years, and a joint board of six members fixes the depth of the locks. "The text is ready, the
pens are ready," Foreign Minister Ada Lorne told reporters. The last treaty on the canal lapsed in 2009 after
a quarrel over dredging costs. Freedonia has since charged 40 crowns a ship, which Ruritanian carriers call a
tax on neighbours. A purchase of twelve patrol boats, worth 300 million crowns, could be announced on the same
day but has not been finalised, one of the officials said. The opposition in Fredville wants parliament to see
both papers first.
"""

OF_ITS_OWN = """
Fredville gets ready for a guest. On Friday Ivo Maran, the Ruritanian president, is expected at the old
palace, where a canal accord lies on the table after sixteen years without rules. Ships of both countries
would no longer pay at the locks. Whether the navy's patrol boats are part of the bargain nobody would say at
the weekend; shipyard shares rose all the same. Ada Lorne, who leads the talks for Freedonia, promised that
dredging will never divide us again. Lawmakers complain that they know the papers from the newspapers only.
"""


def like(one: str, other: str) -> float:
    found = likeness(shingles_of(one), shingles_of(other))
    assert found == likeness(runs_of(one), runs_of(other))
    return found


def share_a_band(one: str, other: str) -> bool:
    return bool({*bands_of(shingles_of(one))} & {*bands_of(shingles_of(other))})


def sentences() -> list[str]:
    return [part.strip() + "." for part in REPORT.replace("\n", " ").split(". ")]


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        ("as it was", REPORT),
        (
            "agency line before and after",
            "FREDVILLE, Nov 3 (Agency) - " + REPORT + "(Reporting by A. B.; editing by C. D.)",
        ),
        ("in capitals", REPORT.upper()),
        ("curly quotes, dashes and wide digits", REPORT.replace('"', "“").replace(",", " —").replace("4", "４")),
        ("one line a word", "\n".join(REPORT.split())),
        ("accents", REPORT.replace("Lorne", "Lörné")),
        ("every ninth word another", " ".join("so" if n % 9 == 4 else w for n, w in enumerate(REPORT.split()))),
        ("sentences left out", " ".join(sentences()[::2])),
        ("sentences in another order", " ".join(reversed(sentences()))),
        ("the beginning alone", REPORT[: len(REPORT) * 2 // 5]),
        ("within a longer page", OF_ITS_OWN + REPORT + OF_ITS_OWN.upper()),
    ],
)
def test_an_edited_copy_is_a_copy_and_is_found(edit: str, text: str) -> None:
    assert like(REPORT, text) >= THRESHOLD, edit
    assert share_a_band(REPORT, text), edit


def test_a_report_of_ones_own_is_no_copy() -> None:
    assert like(REPORT, OF_ITS_OWN) < THRESHOLD / 3


def test_one_long_quotation_in_both_makes_no_copy() -> None:
    quoted = " ".join(sentences()[2:3])
    assert 0 < like(REPORT, OF_ITS_OWN + quoted) < THRESHOLD


def test_folding_makes_the_same_set() -> None:
    assert shingles_of(REPORT) == shingles_of(REPORT.upper().replace(" ", "\n - "))
    assert shingles_of("ﬁnal " + REPORT) == shingles_of("final " + REPORT)
    assert shingles_of("İstanbul " + REPORT) == shingles_of("istanbul " + REPORT)


@pytest.mark.parametrize("text", ["", "  \n", "…!?", "***"])
def test_a_text_without_words_is_a_copy_of_nothing(text: str) -> None:
    assert shingles_of(text) == frozenset()
    assert bands_of(shingles_of(text)) == ()
    assert like(text, text) == like(text, REPORT) == like(REPORT, text) == 0


def test_a_short_text_is_a_copy_only_of_its_very_words() -> None:
    short = "Ruritania and Freedonia sign treaty on canal"
    assert like(short, short.upper() + "!") == 1
    assert share_a_band(short, short.upper() + "!")
    assert len(bands_of(shingles_of(short))) == 1
    assert like(short, short + " today") == 0
    assert not share_a_band(short, short + " today")
    assert like(short, short + " " + REPORT) == 0


def test_where_short_ends() -> None:
    words = REPORT.split()
    assert len(shingles_of(" ".join(words[: MIN_WORDS - 1]))) == 1
    assert len(shingles_of(" ".join(words[:MIN_WORDS]))) == MIN_WORDS - 2


def test_thirty_times_the_same_word_is_a_set_of_one() -> None:
    assert len(shingles_of("deal " * 40)) == 1
    assert len(bands_of(shingles_of("deal " * 40))) == 1


def test_a_lone_surrogate_is_let_pass() -> None:
    assert shingles_of("\ud800 " + REPORT)
    assert shingles_of("a\ud800")


@given(st.sets(st.integers(0, 2**64 - 1)), st.sets(st.integers(0, 2**64 - 1)))
def test_likeness_is_symmetric_and_between_nothing_and_all(one: set[int], other: set[int]) -> None:
    first, second = frozenset(one), frozenset(other)
    assert likeness(first, second) == likeness(second, first)
    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, first) == bool(first)


@given(st.frozensets(st.integers(0, 2**64 - 1), min_size=2, max_size=40), st.randoms(use_true_random=False))
def test_bands_are_those_of_the_set_whatever_its_order(shingles: frozenset[int], chance: random.Random) -> None:
    items = list(shingles)
    chance.shuffle(items)
    bands = bands_of(shingles)
    assert bands == bands_of(frozenset(items))
    assert len(bands) == len({*bands}) == 64
    assert all(-(2**63) <= band < 2**63 for band in bands)


def test_containment_counts_six_tenths() -> None:
    part, whole = frozenset(range(100, 200)), frozenset(range(150, 1150))
    assert likeness(part, whole) == pytest.approx(0.6 * 50 / 100)
    assert likeness(part, frozenset(range(120, 220))) == pytest.approx(80 / 120)


def test_the_sketch_is_the_one_that_desks_hold() -> None:
    """Bands are kept in desks: a change of folding, hash, seed or of rensa must raise SKETCH_VERSION, and these with it."""
    assert SKETCH_VERSION == 1
    assert rensa.RMinHash.ALGORITHM_VERSION == 2
    shingles = shingles_of(REPORT)
    assert (len(shingles), min(shingles)) == (136, 411744526871882255)
    assert bands_of(shingles)[:2] == (-2390991233607114083, 7928178414761488814)
    assert bands_of(frozenset((7,))) == (-4467355899199436180,)
