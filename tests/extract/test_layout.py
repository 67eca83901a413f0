"""Layout: sentences, headings, items and what they depend on, turns, datelines, wrapped newswire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.extract.layout import Role, read_layout, sentences

SECTIONS = """Talks in Santiago: what may come
Chile and Korea meet on Monday. The two have worked on the pact since May.
1. Lithium
Both sides want more. A list of steps could include:
- A joint plant in Antofagasta
- Supply of carbonate for ten years
Nothing is signed yet.
2. Ports
The port of San Antonio comes next."""


def described(text, title=None):
    layout = read_layout(text, title)
    return [(s.role, text[s.start : s.end]) for s in layout.sentences]


def test_headings_items_and_text_are_told_apart():
    assert described(SECTIONS) == [
        (Role.TITLE, "Talks in Santiago: what may come"),
        (Role.TEXT, "Chile and Korea meet on Monday."),
        (Role.TEXT, "The two have worked on the pact since May."),
        (Role.HEADING, "Lithium"),
        (Role.TEXT, "Both sides want more."),
        (Role.TEXT, "A list of steps could include:"),
        (Role.ITEM, "A joint plant in Antofagasta"),
        (Role.ITEM, "Supply of carbonate for ten years"),
        (Role.TEXT, "Nothing is signed yet."),
        (Role.HEADING, "Ports"),
        (Role.TEXT, "The port of San Antonio comes next."),
    ]


def test_items_hang_on_the_sentence_before_them_and_text_on_its_heading():
    layout = read_layout(SECTIONS)
    items = [s for s in layout.sentences if s.role is Role.ITEM]
    assert {layout.sentences[s.lead].role for s in items} == {Role.TEXT}
    assert {SECTIONS[layout.sentences[s.lead].start :][:16] for s in items} == {"A list of steps "}
    assert [
        s.heading is not None and SECTIONS[slice(layout.sentences[s.heading].start, layout.sentences[s.heading].end)]
        for s in layout.sentences[4:9]
    ] == ["Lithium"] * 5
    assert layout.sentences[8].lead is None
    assert SECTIONS[layout.sentences[10].start - 6 : layout.sentences[10].start - 1] == "Ports"


def test_a_run_of_numbered_lines_is_a_list_and_a_lone_one_a_heading():
    text = "The two agreed on three things:\n1. Wheat\n2. Coffee\n3. Tea\nThe rest waits."
    assert [role for role, _ in described(text)][1:4] == [Role.ITEM] * 3


def test_a_short_line_with_a_colon_leads_in_what_follows():
    text = "Report.\n\nOutcomes:\n• A memorandum on ports\n• A loan"
    layout = read_layout(text)
    assert [
        text[layout.sentences[s.lead].start : layout.sentences[s.lead].end]
        for s in layout.sentences
        if s.role is Role.ITEM
    ] == ["Outcomes:"] * 2


@pytest.mark.parametrize("mark", ["-", "*", "•", "–", "—", "1.", "1)", "(a)", "iv)", "▪", "🔹", "✅"])
def test_list_marks_are_left_out_of_the_item(mark):
    assert described(f"They agreed:\n{mark} a loan of two billion")[1] == (Role.ITEM, "a loan of two billion")


def test_a_title_given_from_outside_is_found_in_the_text():
    text = "Two countries, one bridge, and nobody in a hurry to pay for any of it.\nThe talks went on."
    assert described(text, text.split("\n")[0])[0][0] is Role.TITLE


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The U.S. Navy came. It left.", 2),
        ("He met Mr. Costa in St. Petersburg. They spoke.", 2),
        ("It grew by 3.5 pct. in May. Exports fell.", 2),
        ("They met in the U.S. The talks failed.", 2),
        ('"We will sign." That was all.', 2),
        ("Will they sign? Nobody knows! So be it…", 3),
        ("J. R. Costa signed.", 1),
        ("Prices, e.g. of wheat, rose.", 1),
        ('"Why?" he asked.', 1),
        ("One sentence without a stop", 1),
        ("", 0),
        ("  \n\n ", 0),
    ],
)
def test_sentences_end_where_they_end(text, count):
    assert len(sentences(text)) == count


def test_newswire_wrapped_by_hand_is_read_through_its_line_breaks():
    text = (
        "Chile said it would sell 200,000 tonnes of copper to the\n"
        "Korean maker in the spring of next year, if the price that was\n"
        "agreed in May holds until then and ships are found.\n"
        "    The ministry in Seoul said it had no word of a contract of\n"
        "any kind with Santiago, but that talks were going on as they\n"
        "had for a year.\n"
    )
    found = [text[a:b] for a, b in sentences(text)]
    assert len(found) == 2
    assert found[0].endswith("ships are found.")
    assert found[1].startswith("The ministry")
    assert "\n" in found[1]


def test_lines_that_are_paragraphs_stay_apart():
    assert len(sentences("A first paragraph about the port.\nA second one about the rail.")) == 2


@pytest.mark.parametrize(
    "mark",
    ["NAIROBI, March 3 (Wire) - ", "Nairobi, 3 March 2025 (Wire) – ", "NAIROBI (Wire) -- ", "NAIROBI: ", "(Wire) - "],
)
def test_datelines_are_left_out_of_the_sentence_and_kept_apart(mark):
    text = f"{mark}Kenya and Norway signed a pact on Monday."
    layout = read_layout("Title here\n" + text)
    assert ("Title here\n" + text)[layout.sentences[1].start :].startswith("Kenya and")
    assert [("Title here\n" + text)[a:b] for a, b in layout.datelines] == [mark]


def test_an_ordinary_clause_with_a_dash_is_no_dateline():
    assert read_layout("Title\nKenya - once a rival - signed.").datelines == ()


def test_turns_name_their_speaker_until_the_next():
    text = (
        "Press conference\nQ: Will you sign the treaty on fish this week?\n"
        "PRESIDENT BORIC: We will. It is ready.\nWe thank our hosts."
    )
    layout = read_layout(text)
    speakers = [s.speaker and text[slice(*s.speaker)] for s in layout.sentences]
    assert speakers == [None, "Q", "PRESIDENT BORIC", "PRESIDENT BORIC", "PRESIDENT BORIC"]
    assert text[layout.sentences[2].start :].startswith("We will.")


def test_a_colon_in_running_text_makes_no_speaker():
    text = "Title\nThe Minister of Trade has one wish for the year to come: more wheat, at last."
    assert all(s.speaker is None for s in read_layout(text).sentences)


@given(st.text(alphabet=st.sampled_from(list('ab A.!?:\n-•1)"”, ü🔹\t')), max_size=200))
def test_spans_are_in_order_within_the_text_and_never_empty(text):
    layout = read_layout(text)
    last = 0
    for s in layout.sentences:
        assert last <= s.start < s.end <= len(text)
        last = s.end
        assert s.lead is None or s.lead < len(layout.sentences)
        assert s.heading is None or layout.sentences[s.heading].role is Role.HEADING


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for a, b in sentences(text):
        assert text[a:b].strip()


@pytest.mark.parametrize(
    "text",
    [
        "a. " * 30_000,
        "(" * 100_000,
        "A " * 50_000 + ":",
        "- " * 50_000,
        "\n" * 100_000,
        "A, " * 33_000,
        "Aa-" * 33_000,
        '."' * 50_000,
    ],
)
def test_hostile_lines_cost_linear_time(text, stopwatch):
    with stopwatch(2.0):
        read_layout(text)


def test_a_headline_over_short_lines_does_not_make_them_wrapped_newswire():
    text = "Kenya and Norway near a deal on the fisheries of the coast\nThe two sides met on Monday in Oslo.\nTalks go on in May."
    assert len(sentences(text)) == 3
