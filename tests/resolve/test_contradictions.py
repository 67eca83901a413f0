"""Words that exclude each other, and words that only seem to."""

import pytest

from paraph.resolve.contradictions import Over, contradictions_of
from sightings import sighting


def found(*sightings, window=14):
    return contradictions_of(sightings, window)


def ruiz(day, stage, **said):
    return sighting(day, stage, source="Ana Ruiz", document=f"ruiz-{day}-{stage}", **said)


def berg(day, stage, **said):
    return sighting(day, stage, source="Olav Berg", document=f"berg-{day}-{stage}", **said)


@pytest.mark.parametrize(
    ("one", "other", "over"),
    [
        (("agreed", False), ("ended", False), Over.REFUSAL),
        (("signed", False), ("ended", False), Over.REFUSAL),
        (("in_force", False), ("ended", False), Over.REFUSAL),
        (("agreed", False), ("stalled", False), Over.DELAY),
        (("signed", False), ("stalled", False), Over.DELAY),
        (("agreed", False), ("talks", False), Over.DECISION),
        (("signed", False), ("idea", False), Over.DECISION),
        (("talks", False), ("ended", False), Over.TALKS),
        (("signed", True), ("ended", True), Over.OUTLOOK),
        (("agreed", True), ("ended", False), Over.OUTLOOK),
        (("in_force", True), ("stalled", True), Over.OUTLOOK),
    ],
)
def test_what_excludes_what(one, other, over):
    (both,) = found(ruiz(0, one[0], ahead=one[1]), berg(3, other[0], ahead=other[1]))
    assert both.over is over
    assert (both.says.signal.source, both.against.signal.source) == ("Ana Ruiz", "Olav Berg")
    assert both.day == both.against.day


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("idea", False), ("ended", False)),
        (("in_force", False), ("stalled", False)),
        (("talks", False), ("stalled", False)),
        (("in_force", False), ("talks", False)),
        (("talks", False), ("signed", True)),
        (("talks", True), ("ended", True)),
        (("agreed", False), ("signed", False)),
    ],
)
def test_what_may_both_be_true(one, other):
    assert found(ruiz(0, one[0], ahead=one[1]), berg(3, other[0], ahead=other[1])) == ()


def test_the_order_of_days_matters_only_where_progress_explains_it():
    (both,) = found(berg(0, "ended"), ruiz(3, "signed"))
    assert both.says.signal.source == "Ana Ruiz"
    assert both.day == both.says.day
    # Talks first and then agreed is progress, not a contradiction.
    assert found(berg(0, "talks"), ruiz(3, "agreed")) == ()
    assert found(berg(0, "talks"), ruiz(0, "agreed")) == ()
    assert len(found(berg(0, "talks", authority="spokesperson"), ruiz(0, "agreed"))) == 1
    assert found(berg(0, "talks"), ruiz(0, "agreed", authority="spokesperson")) == ()


@pytest.mark.parametrize(("day", "n"), [(14, 1), (15, 0)])
def test_the_window_is_kept(day, n):
    assert len(found(ruiz(0, "signed"), berg(day, "ended"))) == n


def test_what_is_only_possible_contradicts_nothing():
    assert found(ruiz(0, "signed", certainty="possible"), berg(1, "ended")) == ()
    assert found(ruiz(0, "signed"), berg(1, "ended", certainty="possible")) == ()
    assert len(found(ruiz(0, "signed", certainty="probable"), berg(1, "ended", certainty="probable"))) == 1


def test_nobody_contradicts_himself():
    assert found(ruiz(0, "signed"), ruiz(1, "ended")) == ()
    assert found(ruiz(0, "signed"), sighting(1, "ended", source="Ruiz", document="other")) == ()
    one_paper = {"publisher": "Post"}
    assert found(sighting(0, "signed", **one_paper), sighting(1, "ended", **one_paper)) == ()
    unnamed = {"source": "sources", "source_type": "unnamed", **one_paper}
    assert found(sighting(0, "signed", **unnamed), sighting(1, "ended", **one_paper)) == ()
    assert len(found(sighting(0, "signed", **unnamed), sighting(1, "ended", publisher="Courier"))) == 1


def test_a_person_may_contradict_the_paper_that_quotes_him_and_another_person_in_it():
    post = {"publisher": "Post"}
    assert len(found(ruiz(0, "ended", **post), sighting(0, "signed", **post))) == 1
    assert len(found(ruiz(0, "ended", **post), berg(0, "signed", **post))) == 1


def test_a_denial_is_told_from_a_mere_difference():
    sources = sighting(0, "signed", source="two officials", source_type="unnamed")
    (both,) = found(sources, ruiz(2, "ended"))
    assert both.denied
    (both,) = found(ruiz(0, "signed"), berg(2, "ended"))
    assert not both.denied
    (both,) = found(ruiz(0, "signed"), sighting(2, "ended", source="officials", source_type="unnamed"))
    assert not both.denied
    company = sighting(2, "ended", source="Acme", source_type="company")
    assert found(sources, company)[0].denied


def test_each_two_speakers_are_shown_once_over_each_matter():
    many = found(ruiz(0, "signed"), ruiz(1, "signed"), berg(2, "ended"), berg(3, "ended"), berg(4, "stalled"))
    assert [(each.over, each.says.document, each.against.document) for each in many] == [
        (Over.REFUSAL, "ruiz-0-signed", "berg-2-ended"),
        (Over.DELAY, "ruiz-0-signed", "berg-4-stalled"),
    ]


def test_days_far_apart_are_let_go_of():
    words = [ruiz(day, "signed") for day in range(0, 200, 20)] + [berg(192, "ended")]
    assert [each.says.document for each in found(*words)] == ["ruiz-180-signed"]
    assert found() == ()
