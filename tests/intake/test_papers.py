"""Which sort of official paper a document is."""

from __future__ import annotations

import pytest

from paraph.intake.official import document_kind
from paraph.intake.papers import Paper, is_signed_text, paper_named
from paraph.model import Kind

PAPER = (
    "The two sides decided to deepen cooperation in energy and tasked the ministers with the conclusion of the talks."
)

TREATY = """The Government of Ruritania and the Government of Borduria, hereinafter referred to as the Parties,
have agreed as follows:

Article 1
The Parties shall promote the exchange of seeds.

Article 9
This Agreement shall enter into force on the day of its signature.

Done at Szohod in duplicate, both texts being equally authentic.
"""


@pytest.mark.parametrize(
    ("title", "text", "url", "paper"),
    [
        ("List of Outcomes: Visit of the President of Ruritania", PAPER, None, Paper.OUTCOME_LIST),
        ("List of documents signed during the visit", PAPER, None, Paper.OUTCOME_LIST),
        ("Agreements exchanged during the visit", PAPER, None, Paper.OUTCOME_LIST),
        ("Outcomes of the State visit", PAPER, None, Paper.OUTCOME_LIST),
        ("FACT SHEET: Ruritania and Borduria sign a pact", PAPER, None, Paper.FACT_SHEET),
        ("Joint Factsheet on the visit", PAPER, None, Paper.FACT_SHEET),
        ("Ruritania–Borduria Joint Statement", PAPER, None, Paper.JOINT_STATEMENT),
        ("Joint Leaders’ Statement", PAPER, None, Paper.JOINT_STATEMENT),
        ("Joint Vision 2035", PAPER, None, Paper.JOINT_STATEMENT),
        ("Szohod Declaration", PAPER, None, Paper.JOINT_STATEMENT),
        ("Chair's Statement of the summit", PAPER, None, Paper.JOINT_STATEMENT),
        ("Readout of the Prime Minister's call with the Chancellor", PAPER, None, Paper.READ_OUT),
        ("Telephone conversation with the Prime Minister of Borduria", PAPER, None, Paper.READ_OUT),
        ("Prime Minister Anna Holm meets the Chancellor", PAPER, None, Paper.READ_OUT),
        ("Transcript of the special briefing", PAPER, None, Paper.TRANSCRIPT),
        ("Transcript of the joint press statement", PAPER, None, Paper.TRANSCRIPT),
        ("Remarks by the President at the state dinner", PAPER, None, Paper.TRANSCRIPT),
        ("Press conference - Szohod", PAPER, None, Paper.TRANSCRIPT),
        ("Q&A: the port fees", PAPER, None, Paper.TRANSCRIPT),
        ("Press release: the visit of the minister", PAPER, None, Paper.RELEASE),
        ("Press release: joint statement of the ministers", PAPER, None, Paper.JOINT_STATEMENT),
        ("Visit of the minister", PAPER, None, Paper.RELEASE),
        (None, PAPER, None, Paper.RELEASE),
        ("Visit of the minister", f"JOINT STATEMENT\n\n{PAPER}", None, Paper.JOINT_STATEMENT),
        ("Visit of the minister", f"\n\nFact sheet\n{PAPER}", None, Paper.FACT_SHEET),
        (
            "Visit",
            "A sentence of the text that speaks of a joint statement which the two ministers adopted in the capital on the "
            "second day of the visit and which is to be published later.",
            None,
            Paper.RELEASE,
        ),
        ("A visit", PAPER, "https://www.example.gov/fact-sheets/2025/x", Paper.FACT_SHEET),
        ("A visit", PAPER, "https://example.gov/events/transcripts/1", Paper.TRANSCRIPT),
        ("A visit", PAPER, "https://example.gov/joint-statements/1", Paper.JOINT_STATEMENT),
        ("A visit", PAPER, "https://example.gov/readouts/1", Paper.READ_OUT),
        ("Pact on seeds", PAPER, "https://treaties.un.org/doc/1", Paper.TREATY_REGISTER),
        ("Pact on seeds", PAPER, "https://treaties.un.org.example.com/doc/1", Paper.RELEASE),
        ("In the garden", "Q: Was it signed?\nA: It was.\nQ: When?", None, Paper.TRANSCRIPT),
        ("In the garden", "PRESIDENT HOLM: We signed.\nCHANCELLOR VOSS: We did.", None, Paper.TRANSCRIPT),
        ("In the garden", "DEFENCE: the navy\nThe frigates were bought.", None, Paper.RELEASE),
        ("Agreement between Ruritania and Borduria on seeds", TREATY, None, Paper.SIGNED_TEXT),
        ("Agreement between Ruritania and Borduria on seeds", PAPER, None, Paper.RELEASE),
    ],
)  # fmt: skip
def test_the_sort_of_a_paper(title: str | None, text: str, url: str | None, paper: Paper) -> None:
    assert paper_named(title, text, url) is paper


def test_the_text_of_an_agreement_is_told_by_its_name_and_its_clauses() -> None:
    name = "Memorandum of Understanding between Ruritania and Borduria on seeds"
    assert is_signed_text(name, TREATY)
    assert is_signed_text(None, f"{name}\n{TREATY}")
    assert not is_signed_text("Leaders sign pact", TREATY)
    assert not is_signed_text(name, "A report. The parties shall meet again, says the memorandum.")


def test_the_clauses_at_the_end_of_a_long_agreement_count() -> None:
    start, end = TREATY.split("Article 9")
    assert is_signed_text("Treaty on seeds", start + "The seeds are listed below.\n" * 4_000 + end)


def test_the_text_of_an_agreement_of_states_is_an_official_paper() -> None:
    name = "Agreement between Ruritania and Borduria on seeds"
    assert document_kind(name, TREATY, None, "Example Archive")[0] is Kind.OFFICIAL
    contract = TREATY.replace("The Government of", "Example").replace("the Government of", "Sample")
    assert document_kind("Agreement on seeds", contract, None, "Example Archive")[0] is Kind.REPORT
