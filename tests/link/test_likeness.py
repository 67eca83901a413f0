"""Likeness: the same from either side, on every machine, and higher for the same deal in other words than for another deal.

The weights are learnt anew from time to time; what is held here are orderings that any sound table must keep, not figures.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.link import THRESHOLD, Traits, score, traits_of
from paraph.link import likeness as likeness_module
from paraph.link.likeness import FEATURES, features, forget, subjects_of
from paraph.model import Document
from samples import signal

# One deal told twice, in other words, and deals that are others; all by the same two states.
FERRIES = ("Norway and Chile could sign an agreement on electric ferries next week.", "agreement on electric ferries")
FERRIES_AGAIN = ("Norway and Chile signed a deal for electric ferry boats on Friday.", "deal for electric ferry boats")
SALMON = ("Norway and Chile signed a contract for salmon feed.", "contract for salmon feed")
DRONES = ("They will buy 31 MQ-9B drones.", "31 MQ-9B drones")
DRONES_AGAIN = ("They signed a deal for the 31 MQ-9B Predator drones.", "31 MQ-9B Predator drones")
FEWER_DRONES = ("They signed a deal for 12 MQ-9B Predator drones.", "12 MQ-9B Predator drones")
UAVS = ("They will buy unmanned aircraft such as the MQ-9B.", "unmanned aircraft such as the MQ-9B")
JETS = ("They will buy 31 Rafale jets.", "31 Rafale jets")
PIPELINE = ("They spoke of Power of Siberia 2 again.", "Power of Siberia 2")


def told(what: tuple[str, str], document: str, sector: str = "transport", instrument: str = "purchase") -> Traits:
    text, anchor = what
    made = signal(text, anchor, sector=sector, instrument=instrument)
    return traits_of(Document(text=text, id=document), [made])[0]


def like(one: tuple[str, str], other: tuple[str, str], **fields: str) -> float:
    return score(told(one, "d", **fields), told(other, "e", **fields))


STOCK = (
    told(FERRIES, "a"),
    told(FERRIES_AGAIN, "b"),
    told(SALMON, "a", "agriculture"),
    told(DRONES, "c", "defence"),
    told(DRONES_AGAIN, "c", "defence"),
    told(UAVS, "d", "defence"),
    told(PIPELINE, "e", "energy", "construction"),
)
# Long enough that the order in which weights are summed would show in the last bits.
_MANY = tuple(
    sorted("ferri electr port uranium reactor oil trade salmon loan radar hydrogen copper wine visa rail".split())
)
CROWDED = tuple(replace(each, words=_MANY[n:], around=_MANY[: 15 - n], document=f"{n}") for n, each in enumerate(STOCK))

_words = st.lists(
    st.sampled_from("ferri electr mq9 mq9b drone #400 s400 reactor oil zzqqx trade".split()), max_size=5, unique=True
).map(lambda words: tuple(sorted(words)))
any_traits = st.builds(
    Traits,
    document=st.sampled_from(["a", "b"]),
    sentence=st.integers(0, 4),
    start=st.integers(0, 100),
    role=st.sampled_from(["text", "title", "item"]),
    words=_words,
    form=st.sampled_from([(), ("deal",), ("deal", "purchas")]),
    names=_words,
    numbers=st.sampled_from([(), ("31",), ("12", "31")]),
    around=_words,
    calls=_words,
    parties=st.sampled_from([(), ("NO",), ("CL", "NO"), ("CL", "SE")]),
    sector=st.sampled_from(["transport", "defence"]),
    instrument=st.sampled_from(["purchase", "cooperation"]),
)


@given(any_traits, any_traits)
def test_likeness_is_symmetric_and_a_probability(one: Traits, other: Traits) -> None:
    assert score(one, other) == score(other, one)
    assert 0.0 <= score(one, other) <= 1.0
    assert features(one, other) == features(other, one)


@given(any_traits, any_traits)
def test_what_was_made_before_changes_nothing(one: Traits, other: Traits) -> None:
    met = score(one, other)
    likeness_module._sets.cache_clear()
    likeness_module._subjects.cache_clear()
    assert score(other, one) == met
    assert score(replace(one), replace(other)) == met


@given(any_traits, any_traits)
def test_features_are_bounded(one: Traits, other: Traits) -> None:
    values = features(one, other)
    assert len(values) == len(FEATURES)
    # Sums of weights over a common one may exceed one, by the highest weight of a word at most.
    assert all(0.0 <= float(value) <= 6.0 for value in values), dict(zip(FEATURES, values, strict=True))


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_likeness_is_the_same_to_the_last_bit_in_every_process(seed: str) -> None:
    code = (
        "import sys; from itertools import combinations; from paraph.link import Traits, score;"
        "stock = [Traits.from_json(line) for line in sys.stdin];"
        "print([score(a, b).hex() for a, b in combinations(stock, 2)])"
    )
    said = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        input="\n".join(each.to_json() for each in STOCK + CROWDED),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={"PYTHONHASHSEED": seed},
    ).stdout.strip()
    assert said == str([score(a, b).hex() for a, b in combinations(STOCK + CROWDED, 2)])


def test_the_table_holds_a_weight_for_each_feature() -> None:
    text = files("paraph.link").joinpath("data/likeness.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    names = [name for name, _ in rows]
    assert len(set(names)) == len(names)
    assert len(set(FEATURES)) == len(FEATURES)
    assert names[0] == "*"
    assert set(names[1:]) == set(FEATURES)
    assert all(abs(float(weight)) < 30 for _, weight in rows)


def test_tables_read_again_give_the_same() -> None:
    before = [score(a, b) for a, b in combinations(STOCK, 2)]
    forget()
    assert [score(a, b) for a, b in combinations(STOCK, 2)] == before


# Which deals are the same


def test_the_same_deal_in_other_words_is_nearer_than_another_of_the_same_states() -> None:
    same = like(FERRIES, FERRIES_AGAIN)
    assert same > THRESHOLD
    for other in (SALMON, JETS, PIPELINE):
        assert like(FERRIES, other) < THRESHOLD
        assert same > like(FERRIES, other) + 0.3


def test_a_designation_holds_a_deal_together() -> None:
    assert like(DRONES, DRONES_AGAIN, sector="defence") > THRESHOLD
    assert like(DRONES, DRONES_AGAIN, sector="defence") > like(DRONES, JETS, sector="defence") + 0.3


def test_other_numbers_make_it_less_likely() -> None:
    assert like(DRONES, DRONES_AGAIN) > like(DRONES, FEWER_DRONES) + 0.05


@given(st.sampled_from(STOCK), st.sampled_from(STOCK))
def test_whatever_else_is_said_numbers_that_differ_lower_it_and_one_in_common_raises_it(
    one: Traits, other: Traits
) -> None:
    none = score(replace(one, numbers=()), replace(other, numbers=()))
    assert score(replace(one, numbers=("31",)), replace(other, numbers=("12",))) <= none
    assert score(replace(one, numbers=("31",)), replace(other, numbers=("12", "31"))) >= none


def test_other_names_make_it_less_likely() -> None:
    one, other = told(DRONES, "d", "defence"), told(UAVS, "e", "defence")
    bare = replace(one, names=()), replace(other, names=())
    named = replace(one, names=("predat",)), replace(other, names=("hermes",))
    assert score(*named) < score(*bare)


def test_other_parties_make_it_less_likely() -> None:
    one, other = STOCK[:2]
    assert score(one, replace(other, parties=("JP", "SE"))) < score(one, other) - 0.02


def test_another_sector_makes_it_less_likely() -> None:
    one, other = STOCK[:2]
    assert score(one, replace(other, sector="health", instrument="service")) < score(one, other) - 0.02


def test_a_deal_is_most_like_itself() -> None:
    for one in STOCK:
        elsewhere = replace(one, document="elsewhere")
        assert score(one, elsewhere) == max(score(one, replace(each, document="elsewhere")) for each in STOCK)
        assert score(one, elsewhere) > THRESHOLD


def test_words_for_one_subject_are_known_as_such() -> None:
    drones, uavs = told(DRONES, "d"), told(UAVS, "e")
    assert "drone" in subjects_of(drones) & subjects_of(uavs)
    assert "drone" not in subjects_of(told(SALMON, "f"))
    lone = told(("They want quadcopters.", "quadcopters"), "d"), told(("They want an UAV.", "UAV"), "e")
    values = dict(zip(FEATURES, features(*lone), strict=True))
    assert not set(lone[0].words) & set(lone[1].words)
    assert values["subject_alike"] == values["subject_only"] == 1.0
    assert not values["subject_differs"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("one_document", {"document": "b"}),
        ("one_sentence", {"sentence": 9}),
        ("sector", {"sector": "health"}),
        ("instrument", {"instrument": "service"}),
        ("parties_same", {"parties": ("NO",)}),
        ("two_parties", {"parties": ("NO", "SE")}),
        ("form_alike", {"form": ("pact",)}),
        ("whole", {"words": ("reactor",)}),
        ("contained", {"words": ("reactor",)}),
        ("overlap", {"words": ("electr", "ferri", "reactor")}),
    ],
)
def test_each_feature_says_what_it_is_called(name: str, change: dict[str, object]) -> None:
    one = STOCK[0]
    at = FEATURES.index(name)
    assert features(one, one)[at] >= 0.99
    assert features(one, replace(one, **change))[at] < features(one, one)[at]  # type: ignore[arg-type]
