"""A deal's status and history: the rule of what decides, silence, and what must never change them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.model import Authority, Certainty, SourceType, Stage
from paraph.resolve import contradictions
from paraph.resolve.contradictions import MOST_CONTRADICTIONS
from paraph.resolve.history import SAYS, Move, Standing, history_of, on_the_table, status_of
from paraph.settings import Settings
from sightings import copies, deal, on, sighting

SETTINGS = Settings(hold_days=7, lapse_days=100, contradiction_days=14)


def told(*sightings, today=60):
    return history_of(deal(*sightings), on(today), SETTINGS)


def steps(*sightings, today=60):
    return [
        ((step.day - on(0)).days, str(step.move), str(step.stage) + (", ahead" if step.ahead else ""))
        for step in told(*sightings, today=today).steps
    ]


def test_one_sighting_is_one_step():
    history = told(sighting(3, "agreed", certainty="probable"))
    (step,) = history.steps
    assert (step.day, step.heard, step.move) == (on(3), on(3), Move.FIRST)
    assert (step.stage, step.ahead, step.certainty) == (Stage.AGREED, False, Certainty.PROBABLE)
    assert step.sightings == (sighting(3, "agreed", certainty="probable"),)
    status = history.status
    assert (status.stage, status.ahead, status.certainty) == (Stage.AGREED, False, Certainty.PROBABLE)
    assert (status.since, status.heard, status.standing) == (on(3), on(3), Standing.SAID)
    assert status.witnesses.independent == 1
    assert not status.contested
    assert status.decided_by.id == "doc-3-agreed:0"
    assert status == status_of(deal(sighting(3, "agreed", certainty="probable")), on(60), SETTINGS)


def test_a_deal_without_sightings_has_no_status():
    with pytest.raises(ValueError, match="deal has no sightings"):
        status_of(deal(), on(0), SETTINGS)


def test_the_way_up_the_ladder_is_told_step_by_step():
    assert steps(
        sighting(0, "idea"),
        sighting(10, "talks"),
        sighting(20, "signed", ahead=True, certainty="probable"),
        sighting(30, "signed"),
        sighting(40, "in_force"),
    ) == [
        (0, "first", "idea"),
        (10, "forward", "talks"),
        (20, "forward", "signed, ahead"),
        (30, "forward", "signed"),
        (40, "forward", "in_force"),
    ]


def test_the_same_said_again_is_no_step_but_stands_behind_it():
    history = told(sighting(0, "talks"), sighting(9, "talks"), sighting(20, "talks"))
    (step,) = history.steps
    assert [each.day for each in step.sightings] == [on(0), on(9), on(20)]
    assert step.heard == on(20)
    assert step.witnesses.independent == 3
    assert history.status.since == on(0)
    assert history.status.heard == on(20)


def test_a_status_can_move_back_and_the_step_back_is_shown():
    assert steps(sighting(0, "agreed"), sighting(20, "talks")) == [(0, "first", "agreed"), (20, "back", "talks")]
    assert steps(sighting(0, "signed"), sighting(20, "stalled"), sighting(40, "talks")) == [
        (0, "first", "signed"),
        (20, "off", "stalled"),
        (40, "resumed", "talks"),
    ]
    assert steps(sighting(0, "stalled"), sighting(20, "ended"))[-1] == (20, "forward", "ended")


def test_what_is_said_more_or_less_surely_is_a_step():
    hint = sighting(0, "signed", ahead=True, certainty="possible")
    assert [move for _, move, _ in steps(hint, sighting(9, "signed", ahead=True))] == ["first", "surer"]
    assert [move for _, move, _ in steps(sighting(0, "agreed"), sighting(9, "agreed", certainty="probable"))] == [
        "first",
        "less_sure",
    ]


@pytest.mark.parametrize(("day", "moved"), [(7, False), (8, True)])
def test_a_stronger_word_holds_for_a_week_against_weaker_ones(day, moved):
    paper = sighting(0, "agreed", authority="joint_statement")
    assert (len(steps(paper, sighting(day, "talks"))) == 2) is moved
    sure = sighting(0, "talks")
    assert (len(steps(sure, sighting(day, "signed", ahead=True, certainty="possible"))) == 2) is moved


def test_a_stronger_or_equal_word_moves_the_status_at_once():
    assert len(steps(sighting(0, "talks"), sighting(1, "agreed"))) == 2
    assert len(steps(sighting(0, "agreed"), sighting(1, "talks", authority="spokesperson"))) == 2
    weak = sighting(0, "agreed", certainty="possible")
    assert len(steps(weak, sighting(1, "talks", certainty="probable"))) == 2


def test_a_word_holds_on_where_it_is_said_again_with_no_less_weight():
    paper = sighting(0, "agreed", authority="joint_statement")
    again = replace(paper, id="again", document="again", voice="again", day=on(6))
    assert len(steps(paper, again, sighting(13, "talks"))) == 1
    assert len(steps(paper, again, sighting(14, "talks"))) == 2
    # Said again by the press alone, the paper's week is not renewed.
    assert len(steps(paper, sighting(6, "agreed"), sighting(13, "talks"))) == 2


def test_what_moved_nothing_is_kept_aside():
    history = told(sighting(0, "agreed", authority="joint_statement"), sighting(2, "talks"))
    assert [each.signal.stage for each in history.aside] == [Stage.TALKS]
    assert [each.signal.stage for each in history.steps[0].sightings] == [Stage.AGREED]


@pytest.mark.parametrize("done", ["signed", "in_force"])
def test_what_is_done_stays_done(done):
    first = sighting(0, done)
    for word in (
        sighting(30, "signed", ahead=True),
        sighting(30, "in_force", ahead=True),
        sighting(30, "ended", ahead=True),
        sighting(30, "talks"),
        sighting(30, "agreed", authority="spokesperson", certainty="probable"),
    ):
        assert len(steps(first, word)) == 1, word
    assert steps(first, sighting(30, "talks", authority="spokesperson"))[-1] == (30, "back", "talks")
    assert steps(first, sighting(30, "ended"))[-1] == (30, "off", "ended")


def test_who_takes_back_a_signature_needs_no_less_authority_than_who_told_of_it():
    listed = sighting(0, "signed", authority="outcome_list")
    assert len(steps(listed, sighting(30, "talks", authority="joint_statement"))) == 1
    assert len(steps(listed, sighting(30, "talks", authority="outcome_list"))) == 2
    assert len(steps(listed, sighting(30, "talks", authority="signed_text"))) == 2


def test_old_news_of_a_signature_does_not_end_what_is_in_force():
    assert len(steps(sighting(0, "in_force"), sighting(30, "signed"))) == 1
    assert len(steps(sighting(0, "signed"), sighting(30, "in_force"))) == 2
    assert steps(sighting(0, "signed"), sighting(30, "signed", certainty="probable"))[-1][1] == "less_sure"


def test_on_one_day_authority_then_certainty_then_what_says_most_then_confidence_decides():
    def stands(*words):
        return str(told(*words).status.decided_by.document)

    weak, strong = {"document": "weak"}, {"document": "strong"}
    assert stands(sighting(0, "signed", **weak), sighting(0, "talks", authority="spokesperson", **strong)) == "strong"
    assert stands(sighting(0, "signed", certainty="probable", **weak), sighting(0, "talks", **strong)) == "strong"
    assert stands(sighting(0, "talks", **weak), sighting(0, "agreed", **strong)) == "strong"
    assert stands(sighting(0, "agreed", **weak), sighting(0, "signed", ahead=True, **strong)) == "strong"
    assert stands(sighting(0, "signed", ahead=True, **weak), sighting(0, "ended", ahead=True, **strong)) == "strong"
    assert stands(sighting(0, "agreed", confidence=0.4, **weak), sighting(0, "agreed", **strong)) == "strong"


def test_every_state_has_its_place_in_what_says_how_much():
    assert sorted(SAYS) == sorted((stage, ahead) for stage in Stage for ahead in (True, False))


def test_silence_becomes_lapsed_after_the_period_and_not_before():
    talk = sighting(0, "talks")
    assert told(talk, today=99).status.words == "talks"
    lapsed = told(talk, today=100)
    assert lapsed.status.words == "lapsed (inferred)"
    assert lapsed.status.standing is Standing.LAPSED
    assert (lapsed.status.since, lapsed.status.heard) == (on(100), on(0))
    assert lapsed.steps[-1].sightings == ()
    assert lapsed.steps[-1].witnesses.independent == 0
    assert lapsed.steps[-1].move is Move.LAPSED


@pytest.mark.parametrize("stage", ["signed", "in_force", "stalled", "ended"])
def test_what_is_done_or_called_off_never_lapses(stage):
    assert told(sighting(0, stage), today=5000).status.standing is Standing.SAID


@pytest.mark.parametrize("stage", ["agreed", "signed", "in_force"])
def test_what_is_still_ahead_lapses(stage):
    assert told(sighting(0, stage, ahead=True), today=100).status.standing is Standing.LAPSED


def test_a_lapsed_deal_that_is_spoken_of_again_has_resumed():
    said = (sighting(0, "talks"), sighting(101, "talks", document="later"))
    assert steps(*said, today=120) == [(0, "first", "talks"), (100, "lapsed", "talks"), (101, "resumed", "talks")]
    assert told(*said, today=120).status.since == on(101)
    assert steps(sighting(0, "talks"), sighting(100, "talks", document="later"), today=120) == [(0, "first", "talks")]
    # After silence nothing holds any more.
    strong = sighting(0, "agreed", authority="joint_statement")
    assert steps(strong, sighting(150, "idea"), today=160)[-1] == (150, "resumed", "idea")


def test_any_word_on_the_deal_keeps_it_from_lapsing_even_one_that_moves_nothing():
    history = told(
        sighting(0, "agreed", authority="joint_statement"),
        sighting(5, "talks"),
        today=104,
    )
    assert history.status.standing is Standing.SAID
    assert history.status.heard == on(5)


def test_a_reprint_keeps_no_deal_alive_and_counts_for_nothing():
    first = sighting(0, "talks")
    alone, crowd = told(first, today=150), told(first, *copies(first, (1, 90, 140)), today=150)
    assert crowd == alone


def test_an_updated_copy_that_says_more_is_a_word_of_its_voice():
    first = sighting(0, "talks")
    (copy,) = copies(first, [10])
    copy = replace(copy, signal=replace(copy.signal, stage=Stage.AGREED))
    history = told(first, copy)
    assert [step.stage for step in history.steps] == [Stage.TALKS, Stage.AGREED]
    assert history.steps[-1].witnesses.independent == 1


def test_words_that_vanished_decide_nothing():
    history = told(sighting(0, "talks"), sighting(9, "signed", vanished=True))
    assert history.status.words == "talks"
    assert [each.signal.stage for each in history.vanished] == [Stage.SIGNED]


def test_what_the_engine_doubts_decides_nothing_where_there_is_more():
    firm, doubted = sighting(0, "talks", confidence=0.4), sighting(9, "signed", confidence=0.39)
    history = told(firm, doubted)
    assert history.status.words == "talks"
    assert history.aside == (doubted,)
    assert told(doubted).status.words == "signed"
    assert told(replace(firm, vanished=True), doubted).status.words == "signed"


def test_a_deal_of_which_all_was_taken_back_says_so():
    history = told(sighting(0, "agreed", vanished=True), sighting(3, "signed", ahead=True, vanished=True))
    assert history.status.standing is Standing.WITHDRAWN
    assert history.status.words == "signed, ahead (withdrawn)"
    assert not history.contradictions


def test_a_deal_in_force_is_said_so_in_words():
    assert told(sighting(0, "in_force")).status.words == "in force"


def test_the_history_ends_on_the_day_asked_for():
    said = (sighting(0, "talks"), sighting(20, "agreed"), sighting(40, "signed"))
    assert told(*said, today=19).status.stage is Stage.TALKS
    assert told(*said, today=20).status.stage is Stage.AGREED
    # A clock that is behind: the first day stands for today.
    assert told(*said, today=-5).status.stage is Stage.TALKS


def test_the_outlook_is_the_latest_word_on_what_lies_beyond():
    talks = sighting(0, "talks")
    hint = sighting(3, "signed", ahead=True, certainty="possible")
    later = sighting(5, "in_force", ahead=True, certainty="possible")
    assert told(talks).status.outlook is None
    assert told(talks, hint).status.outlook == hint
    assert told(talks, hint, later).status.outlook == later
    same_day = sighting(0, "signed", ahead=True, certainty="possible")
    assert told(talks, same_day).status.outlook == same_day
    assert told(talks, sighting(3, "talks", ahead=True)).status.outlook is None
    assert told(talks, sighting(3, "ended", ahead=True, certainty="possible")).status.outlook is None
    assert told(talks, hint, sighting(20, "ended")).status.outlook is None
    assert told(talks, hint, today=150).status.outlook is None
    before = sighting(0, "signed", ahead=True, certainty="possible")
    assert told(before, sighting(9, "talks")).status.outlook is None


def test_a_contradiction_is_contested_until_it_is_settled():
    says = sighting(0, "agreed", source="Ana Ruiz")
    denies = sighting(5, "talks", source="Olav Berg")
    contested = told(says, denies)
    assert len(contested.contradictions) == 1
    assert contested.status.contested
    # A third that says the same as the one who denies stands against the first as well; after the window it settles it.
    assert told(says, denies, sighting(9, "talks", document="third")).status.contested
    assert not told(says, denies, sighting(15, "talks", document="third")).status.contested
    assert not told(says, denies, sighting(9, "talks", source="Olav Berg")).status.contested
    assert not told(says, denies, sighting(9, "signed")).status.contested
    weak = sighting(15, "talks", document="third", certainty="possible")
    assert told(says, denies, weak).status.contested


def test_a_paper_of_both_sides_settles_a_contradiction_by_itself():
    listed = sighting(0, "signed", authority="outcome_list")
    assert not told(listed, sighting(3, "ended", source="Olav Berg")).status.contested
    assert told(listed, sighting(3, "ended", authority="joint_statement")).status.contested
    said = sighting(0, "signed", source="Ana Ruiz", authority="spokesperson")
    assert told(said, sighting(3, "ended", source="Olav Berg")).status.contested


def test_on_the_table_is_what_is_still_to_be_made():
    table = {(stage, ahead) for stage, ahead in SAYS if on_the_table(stage, ahead)}
    assert table == {
        *((stage, True) for stage in Stage if stage not in (Stage.STALLED, Stage.ENDED)),
        (Stage.IDEA, False),
        (Stage.TALKS, False),
        (Stage.AGREED, False),
    }


said = st.builds(
    lambda day, stage, ahead, certainty, authority, source, publisher, vanished, confidence, n: sighting(
        day,
        stage,
        ahead=ahead,
        certainty=certainty,
        authority=authority,
        source=source,
        publisher=publisher,
        vanished=vanished,
        confidence=confidence,
        document=f"doc-{n}",
    ),
    st.integers(0, 400),
    st.sampled_from(list(Stage)),
    st.booleans(),
    st.sampled_from(list(Certainty)),
    st.sampled_from(list(Authority)),
    st.sampled_from([None, "Ana Ruiz", "Ruiz", "Olav Berg"]),
    st.sampled_from(["The Post", "Daily News", "Courier"]),
    st.booleans(),
    st.sampled_from([0.2, 0.5, 0.9]),
    st.integers(0, 10**9),
)
stories = st.lists(said, min_size=1, max_size=9, unique_by=lambda each: each.id)


@given(stories, st.integers(0, 600), st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_the_sightings(story, today, chance):
    shuffled = list(story)
    chance.shuffle(shuffled)
    assert told(*shuffled, today=today) == told(*story, today=today)


@given(stories, st.integers(400, 600), st.data())
def test_copies_change_nothing(story, today, data):
    of = data.draw(st.sampled_from(story))
    days = data.draw(st.lists(st.integers((of.day - on(0)).days, 600), max_size=3))
    assert told(*story, *copies(of, days), today=today).status == told(*story, today=today).status
    assert told(*story, *copies(of, days), today=today).steps == told(*story, today=today).steps


@given(stories, st.integers(0, 600))
def test_no_stage_is_left_silently(story, today):
    history = told(*story, today=today)
    assert history.steps[0].move is Move.FIRST
    for before, step in zip(history.steps, history.steps[1:], strict=False):
        assert before.day <= step.day
        if step.move in (Move.SURER, Move.LESS_SURE):
            assert step.state == before.state
            assert step.certainty is not before.certainty
        elif step.move is Move.LAPSED:
            assert step.state == before.state
            assert on_the_table(*step.state)
            assert step.day - before.heard >= timedelta(SETTINGS.lapse_days) or before.day + timedelta(100) <= step.day
        elif step.move is Move.BACK:
            assert SAYS.index(step.state) < SAYS.index(before.state)
        elif step.move in (Move.FORWARD, Move.OFF):
            assert step.state != before.state
        else:
            assert step.move is Move.RESUMED
            assert before.move is Move.LAPSED or before.stage in (Stage.STALLED, Stage.ENDED)
    last, status = history.steps[-1], history.status
    assert (status.stage, status.ahead, status.certainty, status.since) == (*last.state, last.certainty, last.day)


@given(stories, st.integers(0, 600))
def test_every_standing_word_is_in_a_step_or_aside_once(story, today):
    history = told(*story, today=today)
    kept = [each.id for step in history.steps for each in step.sightings] + [each.id for each in history.aside]
    assert len(kept) == len(set(kept))
    known = [each for each in story if each.day <= max(on(today), min(one.day for one in story))]
    standing = {each.id for each in known if not each.vanished}
    assert set(kept) == (standing or {each.id for each in known})


def test_ten_thousand_sightings_are_read_in_a_second(stopwatch):
    chance = random.Random(5)
    many = [
        sighting(
            chance.randrange(3000),
            chance.choice(list(Stage)),
            ahead=chance.random() < 0.5,
            certainty=chance.choice(list(Certainty)),
            source=chance.choice([None, "Ana Ruiz", "Olav Berg"]),
            source_type=chance.choice([SourceType.UNNAMED, SourceType.OFFICIAL]),
            document=f"doc-{n}",
            publisher=f"paper-{n % 40}",
        )
        for n in range(10_000)
    ]
    whole = deal(*many)
    with stopwatch(4.0):
        history_of(whole, on(3000), Settings())


@pytest.mark.parametrize(("one", "other"), [("signed", "ended"), ("agreed", "talks")])
def test_five_thousand_voices_against_each_other_are_read_in_a_second(stopwatch, one, other):
    many = [
        sighting(n % 3, one if n % 2 else other, source=f"Given{n % 97} Family{n}", document=f"doc-{n}")
        for n in range(5_000)
    ]
    whole = deal(*many)
    with stopwatch(4.0):
        history = history_of(whole, on(5), Settings())
    assert len(history.contradictions) == MOST_CONTRADICTIONS
    assert history.uncounted
    assert history.status.witnesses.independent > 800
    with stopwatch(4.0):
        assert status_of(whole, on(5), Settings()) == history.status


def crowd(day, stage, first, **said):
    """Return what 40 people say on a day."""
    return [
        sighting(day, stage, source=f"Person{n}", document=f"{stage}-{day}-{n}", **said)
        for n in range(first, first + 40)
    ]


def test_a_contradiction_beyond_those_listed_contests_a_deal_as_well():
    # 40 against 40 are 1,600 contradictions, more than are listed, all settled by the treaty register's word.
    settled = [
        *crowd(0, "signed", 0),
        *crowd(0, "ended", 40),
        sighting(5, "signed", authority="treaty_register", document="r"),
    ]
    history = told(*settled, today=30)
    assert len(history.contradictions) == MOST_CONTRADICTIONS
    assert not history.status.contested
    # The same people say it all once more: nothing new arose between them.
    again = [*crowd(6, "signed", 0), *crowd(6, "ended", 40)]
    assert not told(*settled, *again, today=30).status.contested
    # Somebody who had not spoken before does make a new one, though it is not among those that are listed.
    late = sighting(6, "ended", source="Newcomer", document="newcomer")
    history = told(*settled, *again, late, today=30)
    assert history.status.contested
    assert late not in {each.against for each in history.contradictions}


@given(stories, st.sampled_from([0, 1, 3]))
def test_however_few_are_listed_a_deal_is_contested_or_not(story, most):
    whole, day = deal(*story), on(400)
    full = history_of(whole, day, SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contradictions, "MOST_CONTRADICTIONS", most)
        cut = history_of(whole, day, SETTINGS)
    assert cut.status == full.status == status_of(whole, day, SETTINGS)
    assert cut.contradictions == full.contradictions[:most]
