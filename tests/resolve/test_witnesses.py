"""Who counts as an independent witness, and who only repeats."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.resolve.witnesses import Witnesses, claims, place_of, witnesses
from sightings import copies, on, sighting


def count(*sightings):
    return witnesses(sightings).independent


def paper(name, day=0, **said):
    return sighting(day, "agreed", document=f"{name}-{day}-{said.get('source')}", publisher=name, **said)


def test_nobody_is_no_witness():
    assert witnesses([]) == Witnesses(0, 0, 0, 0)
    assert witnesses([sighting(0, vanished=True)]) == Witnesses(0, 0, 0, 0)


def test_two_papers_for_themselves_are_two_witnesses():
    assert witnesses([paper("Post"), paper("Courier")]) == Witnesses(2, 0, 2, 2)


def test_one_owner_is_one_place_whatever_the_sites_are_called():
    one, other = paper("Post"), replace(paper("Courier"), owner="Post")
    assert witnesses([one, other]) == Witnesses(1, 0, 1, 2)


def test_a_paper_that_says_it_twice_is_one_witness():
    assert count(paper("Post"), paper("Post", day=3)) == 1


def test_one_minister_in_five_papers_is_one_witness():
    assert count(*(paper(name, source="Ana Ruiz") for name in "ABCDE")) == 1


def test_five_ministers_in_one_paper_are_one_witness():
    assert count(*(paper("Post", source=f"Minister {n}") for n in "ABCDE")) == 1


def test_two_ministers_in_two_papers_are_two_witnesses():
    assert count(*(paper(name, source=source) for name in "AB" for source in ("Ana Ruiz", "Olav Berg"))) == 2


def test_the_largest_set_of_pairs_is_found():
    # Taken greedily, Ruiz in A would leave Berg without a paper.
    assert count(paper("A", source="Ana Ruiz"), paper("B", source="Ana Ruiz"), paper("A", source="Olav Berg")) == 2
    assert (
        count(
            paper("A", source="Uno"),
            paper("A", source="Due"),
            paper("B", source="Due"),
            paper("B", source="Tre"),
            paper("C", source="Tre"),
        )
        == 3
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Putin", "President Putin", True),
        ("Vladimir Putin", "putin", True),
        ("Prime Minister Berg", "Prime Minister Ruiz", False),
        ("Olav Berg", "Nina Berg", False),
    ],
)
def test_a_name_within_another_is_the_same_person(one, other, same):
    assert (count(paper("A", source=one), paper("B", source=other)) == 1) is same


def test_names_are_one_step_by_step():
    assert (
        count(
            *(
                paper(name, source=source)
                for name, source in zip("ABC", ("Berg", "Olav Berg", "Nina Berg"), strict=True)
            )
        )
        == 1
    )


def test_unnamed_sources_of_different_papers_count_and_are_told_apart():
    unnamed = {"source": "sources", "source_type": "unnamed"}
    assert witnesses([paper("A", **unnamed), paper("B", **unnamed)]) == Witnesses(2, 2, 2, 2)
    assert witnesses([paper("A", **unnamed), paper("B")]) == Witnesses(2, 1, 2, 2)
    # A paper and its own unnamed sources share the place.
    assert witnesses([paper("A", **unnamed), paper("A")]) == Witnesses(1, 0, 1, 2)


def test_a_report_of_another_medium_is_not_independent_of_it():
    post = replace(paper("Post"), publisher="The Daily Post")
    cites = paper("Courier", source="Daily Post", source_type="media")
    assert count(post, cites) == 1
    assert count(cites) == 1
    assert count(cites, paper("Gazette", source="The Post", source_type="media")) == 1
    assert count(cites, paper("Gazette", source="Mercury", source_type="media")) == 2
    assert count(post, cites, paper("Courier")) == 2


def test_media_reports_without_a_name_count_only_where_nothing_else_is():
    vague = paper("Courier", source="local media reports", source_type="media")
    assert witnesses([vague]) == Witnesses(1, 0, 1, 1)
    assert witnesses([vague, paper("Gazette", source="media", source_type="media")]).independent == 1
    assert count(vague, paper("Post")) == 1


def test_a_company_and_an_expert_are_speakers_and_an_official_without_a_name_is_the_paper():
    assert (
        count(paper("A", source="Acme", source_type="company"), paper("B", source="Dr Berg", source_type="expert")) == 2
    )
    assert count(paper("A", source_type="official"), paper("A", source="Ana Ruiz")) == 1


def test_copies_stand_with_what_they_copy():
    first = paper("Post")
    assert witnesses([first, *copies(first, (0, 3, 5))]) == Witnesses(1, 0, 1, 4)
    # Where the first is not among them, they are still one voice.
    assert count(*copies(first, (3, 5))) == 1
    # A reprinting paper that also writes for itself is a witness of its own.
    reprint = copies(first, [3])[0]
    own = replace(paper("Own"), owner=reprint.owner)
    assert count(first, reprint, own) == 2


def test_a_copy_of_the_same_day_does_not_take_the_place_of_the_first():
    first = replace(paper("Post"), document="zzz", voice="zzz")
    (copy,) = copies(first, [0])
    copy = replace(copy, document="aaa")
    assert [each.document for each in claims([copy, first])] == ["zzz"]
    assert count(copy, first, replace(paper("Own"), owner=copy.owner)) == 2


def test_claims_keep_the_first_of_each_voice_for_each_thing_it_says():
    first = paper("Post")
    other = replace(first, id="x", signal=replace(first.signal, source="Ana Ruiz"))
    again = replace(first, id="again", signal=replace(first.signal, start=9, end=13))
    assert claims([again, other, first]) == [first, other] or claims([again, other, first]) == [other, first]


def test_a_voice_that_took_its_words_back_takes_back_its_copies_words():
    first = paper("Post")
    (copy,) = copies(first, [3])
    assert claims([replace(first, vanished=True), copy]) == []
    assert claims([first, replace(copy, vanished=True)]) == [first]
    # Said in two places of the text, one of which is still there.
    twice = replace(first, id="twice", signal=replace(first.signal, start=30, end=34))
    assert claims([replace(first, vanished=True), twice]) == [twice]
    # The first document is not known here: what stands, stands.
    assert claims([copy]) == [copy]


def test_who_answers_for_a_place():
    known = sighting(0, owner="owner.example", publisher="Post")
    assert place_of(known) == "owner.example"
    assert place_of(replace(known, owner=None)) == "Post"
    assert place_of(replace(known, owner=None, publisher=None)) == known.voice


sayings = st.lists(
    st.builds(
        lambda name, source, kind, day: paper(name, day, source=source, source_type=kind),
        st.sampled_from("ABCD"),
        st.sampled_from(["Ana Ruiz", "Berg", "Olav Berg", "sources", "A", "media"]),
        st.sampled_from(["outlet", "official", "unnamed", "media", "expert"]),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
)


@given(sayings, st.randoms(use_true_random=False))
def test_the_count_is_within_its_bounds_and_of_no_order(said, chance):
    found = witnesses(said)
    assert 1 <= found.independent <= found.places
    assert 0 <= found.unnamed <= found.independent
    shuffled = list(said)
    chance.shuffle(shuffled)
    assert witnesses(shuffled) == found


@given(sayings, st.lists(st.integers(0, 9), max_size=3))
def test_copies_make_no_witness(said, days):
    assert witnesses(
        [*said, *copies(said[0], [(said[0].day - on(0)).days + day for day in days])]
    ).independent == count(*said)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=14))
def test_as_many_are_counted_as_can_stand_apart(pairs):
    """The count against trying every way to give each speaker a place of his own."""

    def most(speakers, taken):
        if not speakers:
            return 0
        first, *rest = speakers
        places = {place for speaker, place in pairs if speaker == first} - taken
        return max([most(rest, taken), *(1 + most(rest, taken | {place}) for place in places)])

    said = [paper(f"Paper{place}", source=f"Speaker{speaker}") for speaker, place in pairs]
    assert count(*said) == most(sorted({speaker for speaker, _ in pairs}), frozenset())


def test_a_long_chain_of_speakers_and_papers_is_counted(stopwatch):
    # Each speaks in two papers that he shares with his neighbours; the last paper forces everybody to move up by one.
    said = [paper(f"Paper{n + more}", source=f"Speaker{n}") for n in range(3_000) for more in (0, 1)]
    with stopwatch(4.0):
        assert count(*said) == 3_000


def test_thousands_of_names_are_told_apart(stopwatch):
    said = [paper(f"Paper{n}", source=f"Minister Family{n}") for n in range(3_000)]
    said += [paper(f"Other{n}", source=f"Family{n}") for n in range(3_000)]
    with stopwatch(4.0):
        assert count(*said) == 3_000
