"""White space, list marks, boilerplate by the table, and a body that stands twice."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.intake.boilerplate import BOILERPLATE, drop_boilerplate, drop_tail, is_boilerplate
from paraph.intake.clean import once, tidy_line

# Sentences and headings of reports that begin or end like a prompt; none may go.
KEPT = [
    "Read more about the treaty than the ministry wanted, the minister said, and you see why it took years.",
    "Advertisement revenue of the joint broadcaster will be shared under the agreement.",
    "Subscribe to the view that the deal is dead, and you have to explain the delegation in the capital.",
    "Share of the joint venture: 49 per cent for the foreign partner.",
    "Follow us into the port, the minister told reporters on the quay.",
    "Related party transactions are excluded from the agreement.",
    "Video surveillance systems will be supplied under the second contract.",
    "Image satellites are to be built jointly.",
    "Photo opportunities aside, the leaders agreed on little.",
    "Home ministers will sign the security pact in March.",
    "News of the deal reached the markets before noon.",
    "Top stories of cooperation include the reactor.",
    "Print and broadcast exchanges will be resumed.",
    "Line of credit",
    "Next generation reactors",
    "Trending towards a deal, both sides lowered their tariffs.",
    "Published tariffs remain in force until 2027.",
    "Updated tariffs will apply from January.",
    "Tags of origin will be recognised by both customs services.",
    "Live fire exercises",
    "Also read into the statement was a pledge on fertiliser.",
    "The two sides will keep reading the treaty differently.",
    "Cookie exports fall under chapter 19.",
    "Copyright protection",
    "Download speeds of the new cable will double.",
    "Most popular among the projects is the railway.",
    "- Joint research on reactor fuel",
    "1. Defence",
    "Most read the statement as a refusal.",
    "Explained: how the fuel is supplied",
    "OPINION | There is a way out of every contract",
    "Sign up to 34 agreements in a day: that is what the two governments did.",
    "Get the best out of the port: the plan of the two ministries",
]


@pytest.mark.parametrize(("pattern", "example"), BOILERPLATE, ids=[example for _, example in BOILERPLATE])
def test_each_row_of_the_table_catches_what_it_is_for(pattern: str, example: str) -> None:
    assert pattern
    assert is_boilerplate(example)
    assert is_boilerplate(f"- {example.upper()} »")


@pytest.mark.parametrize("line", KEPT)
def test_real_sentences_stay(line: str) -> None:
    assert not is_boilerplate(line)


def test_a_prompt_is_short() -> None:
    prompt = "Also read: "
    assert is_boilerplate(prompt + "x" * 150)
    assert not is_boilerplate(prompt + "x" * 300)


def test_lines_without_letters_or_digits_go() -> None:
    assert drop_boilerplate(["***", "", "Deal", "— —", "Advertisement", "2."]) == ["Deal", "2."]


def test_a_tail_of_other_articles_goes() -> None:
    body = ["The pact was signed.", "More will follow.", "It ends here."]
    tail = ["Related stories", "A cat climbs a tree", "Rain on Sunday"]
    assert drop_tail(body + tail) == body
    assert drop_tail([*body, "Editor's picks"]) == body


def test_a_tail_that_holds_sentences_stays() -> None:
    lines = ["The pact was signed.", "More from the ministry", "The minister said that talks go on.", "He left."]
    assert drop_tail(lines) == lines


def test_a_tail_heading_in_the_first_half_is_a_heading() -> None:
    lines = ["Further reading", "A pact", "A port", "A railway"]
    assert drop_tail(lines) == lines


@pytest.mark.parametrize(
    ("line", "tidy"),
    [
        ("  a \t b\u00a0c  ", "a b c"),
        ("• Radar", "- Radar"),
        ("●Radar", "- Radar"),
        ("▪  Radar", "- Radar"),
        ("* Radar", "- Radar"),
        ("*Radar*", "*Radar*"),
        ("- Radar", "- Radar"),
        ("2. Radar", "2. Radar"),
        ("– he said", "– he said"),
        ("", ""),
    ],
)
def test_lines_are_tidied(line: str, tidy: str) -> None:
    assert tidy_line(line) == tidy
    assert tidy_line(tidy) == tidy


BODY = [
    "The president hinted that large agreements on shipping and energy will be signed during his visit next week in the capital.",
    "What could be coming?",
    "A list of announcements could include:",
    "- Joint research",
    "- Transfer of turbine technologies",
    "Officials in both capitals said that the governments had worked on the texts for many months without a result.",
    "2. Energy",
    "The wording of the statement points to the possibility of:",
    "- Joint research",
    "- Long-term supply of fuel for the reactors",
    "Analysts warned that several of the projects have been discussed for years and that none of them has ever been built.",
]


def test_a_body_that_stands_twice_is_kept_once() -> None:
    kept, dropped = once(["Title of the report", *BODY, *BODY])
    assert kept == ["Title of the report", *BODY]
    assert dropped == len(BODY)


def test_the_title_may_be_repeated_with_it() -> None:
    head = ["President hints at large agreements with the neighbour", "By A. Reporter"]
    assert once([*head, *BODY, *head, *BODY])[0] == [*head, *BODY]


def test_three_times_is_once_as_well() -> None:
    assert once(BODY * 3)[0] == BODY


def test_a_second_copy_with_small_edits_goes_too() -> None:
    second = [line.replace("next week", "next Monday").replace("many months", "some months") for line in BODY]
    second[0] = second[0].replace("president", "President").replace("“", '"')
    assert once([*BODY, *second])[0] == BODY


def test_a_line_put_into_the_second_copy_stays() -> None:
    second = [*BODY[:3], "A new sentence that was not in the first copy of this text at all.", *BODY[3:]]
    assert once([*BODY, *second])[0] == [*BODY, second[3]]


def test_the_items_of_a_list_of_outcomes_are_no_copies() -> None:
    fields = ["health", "culture", "space", "customs", "ports", "railways", "nuclear energy", "fertilisers"]
    lines = [
        "Memorandum of Understanding between the Government of Ruritania and the Government of Borduria on cooperation in the "
        f"field of {name}"
        for name in fields
    ]
    assert once(lines) == (lines, 0)


def test_short_lines_may_stand_twice() -> None:
    lines = ["1. Defence", "- Joint research", "- Training", "2. Space", "- Joint research", "- Training", "3. Health"]
    assert once(lines) == (lines, 0)


def test_a_refrain_may_stand_twice() -> None:
    refrain = "No date was given for the signature of the agreement."
    lines = [*BODY, refrain, "Another line.", refrain]
    assert once(lines) == (lines, 0)


def test_a_standfirst_that_opens_a_paragraph_stays_in_both() -> None:
    first = "The two countries already build ships together under a licence that was given years ago."
    lines = [first, f"{first} But the hint of the president suggests a turn towards engines and radars as well.", *BODY]
    assert once(lines) == (lines, 0)


def test_a_long_paragraph_that_stands_twice_goes() -> None:
    paragraph = " ".join(BODY[i] for i in (0, 5, 10))
    lines = [
        paragraph,
        *(f"Another paragraph of the report, number {i}, on quite another matter." for i in range(40)),
        paragraph,
    ]
    assert once(lines)[1] == 1


@given(st.lists(st.sampled_from(["a b c d e f g h i", "short", "", *BODY]), max_size=40))
def test_nothing_is_lost_but_copies(lines: list[str]) -> None:
    kept, dropped = once(lines)
    assert len(kept) + dropped == len(lines)
    assert set(kept) == set(lines)


def test_a_large_text_takes_linear_time() -> None:
    def seconds(times: int) -> float:
        lines = [f"{line} {i % 50}" for i in range(times) for line in BODY]
        start = time.process_time()
        once(lines)
        return time.process_time() - start

    seconds(50)
    small = min(seconds(100) for _ in range(3))
    assert min(seconds(800) for _ in range(2)) < 30 * small
