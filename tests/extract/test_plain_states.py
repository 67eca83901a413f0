"""Plain states: what a reader sees at a glance must not be read the wrong way round.

Each text is written for the project. A signal is found by a word of its anchor; what is expected follows the guidelines.
"""

import pytest

from paraph.extract.context import settle
from paraph.extract.engine import bundled
from paraph.extract.mood import Scene, mood_features
from paraph.extract.parse import parse
from paraph.extract.places import places
from paraph.extract.tables import decide, weigh
from paraph.model import Document

extract = bundled().extract


def sheet(heading: str, *items: str) -> str:
    """Return a fact sheet with a heading and the list under it."""
    return f"Fact sheet on Brazil and Korea\n\nThe ministers met in Brasilia on Monday.\n\n{heading}\n\n" + listed(
        items
    )


def led(lead: str, *items: str) -> str:
    """Return a report with a lead-in and the list behind it."""
    return f"The Brazilian president meets the Korean leader on Monday. {lead}\n\n" + listed(items)


def listed(items: tuple[str, ...]) -> str:
    return "".join(f"- {item}\n" for item in items)


CASES = [
    # Negated subjects.
    ("No contract for frigates was signed.", "contract", "ended", False, "certain"),
    ("No agreement on fisheries was signed in Hanoi on Friday.", "agreement", "ended", False, "certain"),
    (
        "No deal on gas supplies was announced, and the ministers left without a word.",
        "deal",
        "ended",
        False,
        "certain",
    ),
    ("No loan agreement has been concluded between Kenya and China.", "loan", "ended", False, "certain"),
    ("None of the planned trade agreements was signed in Lima.", "trade", "ended", False, "certain"),
    ("Neither a frigate contract nor a loan was agreed in Athens.", "frigate", "ended", False, "certain"),
    (
        "No free trade agreement will be signed during the visit of the Peruvian president to Chile.",
        "trade",
        "ended",
        True,
        "probable",
    ),
    # Negated objects.
    ("Brazil and Egypt signed no defence agreement.", "defence", "ended", False, "certain"),
    ("The two leaders announced no deal on nuclear fuel.", "deal", "ended", False, "certain"),
    ("Kenya and Japan ended the day without a trade agreement.", "trade", "ended", False, "certain"),
    ("There is no agreement on the pipeline between Turkey and Iraq.", "agreement", "ended", False, "certain"),
    (
        "There was no contract for the submarines in the list of Indian and German agreements.",
        "contract",
        "ended",
        False,
        "certain",
    ),
    # Double negatives.
    (
        "No joint project was cancelled this year, the Indian and Russian ministries say.",
        "project",
        "in_force",
        False,
        "certain",
    ),
    ("No arms contract between Greece and Israel was suspended.", "contract", "in_force", False, "certain"),
    ("Chile has not cancelled the lithium agreement with Korea.", "lithium", "in_force", False, "certain"),
    ("Poland never withdrew from the joint tank programme with Korea.", "tank", "in_force", False, "certain"),
    # What a text leaves out.
    ("The joint statement does not mention a second order of S-400 systems.", "order", "ended", False, "certain"),
    ("The communique makes no mention of the free trade agreement with Brazil.", "trade", "ended", False, "certain"),
    (
        "The frigate contract was not among the papers published by the two governments.",
        "frigate",
        "ended",
        False,
        "certain",
    ),
    ("The visa agreement is missing from the list that Kenya and Peru published.", "visa", "ended", False, "certain"),
    (
        "The lease of a submarine was left out of the joint statement of India and Russia.",
        "lease",
        "ended",
        False,
        "certain",
    ),
    # Particle verbs that look like refusals.
    (
        "Hindustan Aeronautics has turned out Su-30MKI fighters under a Russian licence.",
        "Su-30MKI",
        "in_force",
        False,
        "certain",
    ),
    (
        "A plant near Pune turns out rifles in a joint venture with a Russian firm.",
        "joint",
        "in_force",
        False,
        "certain",
    ),
    ("India and France are carrying out a joint space programme.", "space", "in_force", False, "certain"),
    ("Peru turned down an offer of twelve trainer aircraft from Korea.", "trainer", "ended", False, "certain"),
    ("The two governments called off the purchase of six frigates.", "frigates", "ended", False, "certain"),
    ("Turkey and Qatar put off the signing of the gas agreement.", "gas", "stalled", False, "certain"),
    ("Spain and Morocco pressed ahead with talks on a rail tunnel.", "tunnel", "talks", False, "certain"),
    # Questions.
    ("Putin asked why India should not buy Russian fuel.", "fuel", "not ended", None, None),
    ("Why should Kenya not buy Chinese locomotives?", "locomotives", "not ended", None, None),
    ("Why can Brazil not sign a trade agreement with China, the minister asked.", "trade", "not ended", None, None),
    # Awaited.
    (
        "Recruiters are waiting for the labour mobility agreement that the two are due to sign.",
        "labour",
        "signed",
        True,
        "probable",
    ),
    (
        "Farmers await the fertiliser agreement that India and Russia are expected to sign on Friday.",
        "fertiliser",
        "signed",
        True,
        "probable",
    ),
    (
        "Exporters are waiting for the trade agreement which Kenya and the EU will sign in May.",
        "trade",
        "signed",
        True,
        "certain",
    ),
    # Headlines.
    (
        "Peru and Chile sign no gas deal\n\nThe presidents met in Lima on Monday. They spoke for two hours.",
        "gas",
        "ended",
        False,
        "certain",
    ),
    (
        "No frigate deal for Greece and France\n\nThe ministers met in Athens on Monday.",
        "frigate",
        "ended",
        False,
        "certain",
    ),
    ("Kenya, Japan sign port agreement\n\nThe ministers met in Nairobi on Monday.", "port", "signed", False, "certain"),
    (
        "Turkey puts Russian gas hub on hold\n\nThe minister spoke in Ankara on Monday.",
        "hub",
        "stalled",
        False,
        "certain",
    ),
    (
        "Egypt to sign wheat agreement with Ukraine\n\nThe minister arrives in Cairo on Monday.",
        "wheat",
        "signed",
        True,
        "certain",
    ),
    # Not yet.
    ("The free trade agreement between Brazil and Japan has not been signed yet.", "trade", "talks", False, "certain"),
    (
        "The frigate contract was announced but not signed, the Greek ministry said.",
        "frigate",
        "agreed",
        False,
        "certain",
    ),
    ("There is no contract yet for the Korean tanks that Peru wants.", "contract", "talks", False, "certain"),
    # Trade reports.
    (
        "China and the United States agreed on a phase one trade deal, Trump said on Friday.",
        "phase",
        "agreed",
        False,
        "certain",
    ),
    (
        "Trump said China would make massive purchases of farm goods, though the deal may not be finished this year.",
        "purchases",
        "not ended",
        None,
        None,
    ),
    ("China is thinking of buying around $20 billion of American farm goods.", "buying", "not ended", None, None),
    # Lists with lead-ins and headings.
    (
        led("What already exists:", "Licensed production of T-90 tanks", "BrahMos missile in a joint venture"),
        "T-90",
        "in_force",
        False,
        "certain",
    ),
    (
        led("What already exists:", "Licensed production of T-90 tanks", "BrahMos missile in a joint venture"),
        "BrahMos",
        "in_force",
        False,
        "certain",
    ),
    (
        sheet("Already in place", "Joint venture for geothermal power", "Loan for the port of Mombasa"),
        "geothermal",
        "in_force",
        False,
        "certain",
    ),
    (
        sheet("Existing cooperation", "Joint venture for geothermal power", "Loan for the port of Mombasa"),
        "port",
        "in_force",
        False,
        "certain",
    ),
    (sheet("Denied", "Sale of six frigates", "Loan for a steel plant"), "frigates", "ended", False, "certain"),
    (sheet("On hold", "Purchase of six frigates", "Loan for a steel plant"), "frigates", "stalled", False, "certain"),
    (
        sheet("Expected to be signed", "Agreement on beef exports", "Memorandum on rare earths"),
        "beef",
        "signed",
        True,
        "probable",
    ),
    (
        sheet("Signed on Friday", "Agreement on beef exports", "Memorandum on rare earths"),
        "rare",
        "signed",
        False,
        "certain",
    ),
    (
        sheet("Under negotiation:", "Agreement on beef exports", "Memorandum on rare earths"),
        "beef",
        "talks",
        False,
        "certain",
    ),
    (
        sheet("Agreed in principle:", "Agreement on beef exports", "Memorandum on rare earths"),
        "beef",
        "agreed",
        False,
        "certain",
    ),
    (
        led("The following were cancelled:", "Sale of six frigates", "Loan for a steel plant"),
        "frigates",
        "ended",
        False,
        "certain",
    ),
    (
        led("The two signed:", "Agreement on beef exports", "Memorandum on rare earths"),
        "beef",
        "signed",
        False,
        "certain",
    ),
    (
        led("Possible announcements:", "Agreement on beef exports", "Memorandum on rare earths"),
        "beef",
        "agreed",
        True,
        "possible",
    ),
    (led("Not on the table:", "Sale of six frigates", "Loan for a steel plant"), "frigates", "ended", False, "certain"),
    ("A tax treaty between Qatar and Canada remains unresolved after two years.", "tax", "stalled", False, "certain"),
    ("A border treaty between Bolivia and Peru is within reach.", "border", "agreed", True, "possible"),
    (
        sheet("Signed in April", "Agreement on beef exports", "Memorandum on rare earths"),
        "beef",
        "signed",
        False,
        "certain",
    ),
    (sheet("Ruled out", "Sale of six frigates", "Loan for a steel plant"), "steel", "ended", False, "certain"),
    (
        sheet("What was not signed", "Sale of six frigates", "Loan for a steel plant"),
        "steel",
        "ended",
        False,
        "certain",
    ),
    (
        sheet("Postponed to next year", "Sale of six frigates", "Loan for a steel plant"),
        "steel",
        "stalled",
        False,
        "certain",
    ),
    (
        sheet("Announced, not signed", "Sale of six frigates", "Loan for a steel plant"),
        "steel",
        "agreed",
        False,
        "certain",
    ),
    # What the rules must leave alone, and the other forms they must see.
    ("Not a single agreement was signed in Moscow, Indian officials said.", "agreement", "ended", False, "certain"),
    ("There is speculation that Fiji and Tonga will announce a ferry agreement.", "ferry", "agreed", True, "possible"),
    ("The two countries have no defence agreement.", "defence", "ended", False, "certain"),
    ("The communique is silent on the frigate sale to Greece.", "frigate", "ended", False, "certain"),
    ("The submarine lease did not figure in the joint statement of both.", "lease", "ended", False, "certain"),
    ("Iran has not stopped gas supplies to Turkey.", "gas", "in_force", False, "certain"),
    ("India has no plans to cancel the S-400 contract with Russia.", "S-400", "in_force", False, "certain"),
    ("Is there no deal on gas between Turkey and Iraq?", "gas", "not ended", None, None),
    ("If no deal is signed by Friday, tariffs on Mexico will rise.", "deal", "not ended", None, None),
    ("The tank contract turned out to be smaller than planned, Poland said.", "contract", "not ended", None, None),
    ("No agreement with Iran will be signed without inspections.", "agreement", "not in_force", None, None),
    ("With no time to lose, India and Japan signed a chip agreement.", "chip", "signed", False, "certain"),
    ("The trade agreement with Japan, which no party opposed, was signed in May.", "trade", "signed", False, "certain"),
    ("India and Japan signed an agreement with no tariff quotas.", "agreement", "signed", False, "certain"),
    ("No sooner was the trade agreement with Japan signed than it rained.", "trade", "signed", False, "certain"),
    (
        "He said India should not wait for news, though he did not rule out a further order.",
        "order",
        "idea",
        False,
        "possible",
    ),
    ("Without a trade agreement, Korea will raise its tariffs on Chile.", "trade", "not in_force", None, None),
    ("Peru rejected no offer of trains from Korea.", "trains", "not in_force", None, None),
    ("None but the gas agreement was signed in Ankara.", "gas", "not ended", None, None),
    ("No trade agreement with Chile was discussed in Lima.", "trade", "not signed", None, None),
    ("The gas contract with Qatar was left out of the final text.", "gas", "ended", False, "certain"),
    ("Recruiters await the labour pact with Oman as ministers sign a visa deal.", "labour", "not signed", None, None),
    ("No deal on trains has been signed yet between Oman and Spain.", "trains", "talks", False, "certain"),
    # The usual ways round, which must stay.
    ("Agreements between India and Sri Lanka already exist.", "Agreements", "agreed", False, "certain"),
    ("A ferry contract between Greece and Turkey has been suspended.", "ferry", "stalled", False, "certain"),
    (
        "India operates two Russian reactors at Kudankulam under a 1988 agreement.",
        "reactors",
        "in_force",
        False,
        "certain",
    ),
    ("Egypt may discuss a wheat agreement with Ukraine.", "wheat", "talks", True, "possible"),
]


def states(text: str, word: str) -> list[tuple[str, bool, str]]:
    """Return stage, ahead and certainty of the signals with a word in their anchors; where the engine finds no such anchor, what
    it would say of the word.
    """
    found = [s for s in extract(Document(text=text)) if word in s.anchor]
    if found:
        return [(str(s.stage), s.ahead, str(s.certainty)) for s in found]
    parsed = parse(text)
    start = text.index(word)
    first, stop = parsed.token_range(start, start + len(word))
    n = next(n for n, (a, b) in enumerate(parsed.ranges) if a <= first < b)
    weights = bundled().mood
    evidence = mood_features(parsed, places(parsed, [(n, first, stop - 1)])[0], Scene(parsed, n))
    total, met = weigh(weights, evidence)
    best = decide(weights, settle(bundled().context, [total])[0], met)
    return [(best["stage"].value, best["ahead"].value == "True", best["certainty"].value)]


@pytest.mark.parametrize(("text", "word", "stage", "ahead", "certainty"), CASES)
def test_a_plain_statement_is_not_read_the_wrong_way_round(text, word, stage, ahead, certainty):
    found = states(text, word)
    if stage.startswith("not "):
        assert all(f"not {s}" != stage for s, *_ in found)
    else:
        assert found[0] == (stage, ahead, certainty)
