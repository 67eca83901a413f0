"""Official papers and reports about them."""

from __future__ import annotations

import pytest

from paraph.intake.official import HOSTS, document_kind
from paraph.model import Kind

PAPER = (
    "The two sides reaffirmed their strategic partnership and decided to deepen cooperation in energy and transport. "
    "They welcomed the progress of the working group and tasked the ministers with the conclusion of the agreement. "
    "The two sides expressed their satisfaction with the talks on fertilisers and looked forward to the next round of them."
)
REPORT = (
    "The two leaders said on Friday that they would sign an agreement, officials told reporters. The minister said that the "
    "text was ready. Sources said that the price was open, and he added that talks would go on until the end of the year."
)


@pytest.mark.parametrize(
    ("title", "text", "url", "publisher", "issuer"),
    [
        (
            "Visit of the minister",
            PAPER,
            "https://www.mea.gov.in/press-releases.htm?dtl/1",
            None,
            "Ministry of External Affairs",
        ),
        ("Fact Sheet: a visit", PAPER, "https://www.whitehouse.gov/x", "The White House", "White House"),
        ("Talks with the president", REPORT, "http://en.kremlin.ru/events/president/news/1", None, "Kremlin"),
        ("A release", PAPER, "https://pib.gov.in/PressReleasePage.aspx", None, "Press Information Bureau"),
        ("A release", PAPER, "https://www.gov.uk/government/news/x", "Department for Business", "UK Government"),
        ("A release", PAPER, "https://mfa.gov.rt/x", "Example Authority", "Example Authority"),
        ("A release", PAPER, "https://mfa.gov.rt/x", None, None),
        (
            "A release",
            PAPER,
            None,
            "Ministry of Foreign Affairs of Ruritania",
            "Ministry of Foreign Affairs of Ruritania",
        ),
        ("Relations in brief", PAPER, "https://example.org", "Embassy of Ruritania, Szohod", "Embassy of Ruritania"),
        ("A release", PAPER, "https://example.org", "European Commission (Example Mirror)", "European Commission"),
        ("A release", PAPER, None, "Ministry of Trade read-out (via Example News)", "Ministry of Trade"),
        (
            "FACT SHEET: Ruritania and Borduria",
            "The White House\n" + PAPER,
            "https://example.com",
            "Example",
            "White House",
        ),
        ("Joint Statement on the visit of the president", PAPER, "https://example.com", "Example News", None),
        ("Ruritania-Borduria Joint Statement", "At the invitation of President A, B came.\n" + PAPER, None, None, None),
        (
            "Joint statement following the summit",
            "The Leaders of Ruritania and Borduria held their summit today.\n" + PAPER,
            None,
            None,
            "The Leaders of Ruritania and Borduria",
        ),
        (
            "Premier announces partnership",
            "Office of the Prime Minister\nNEWS RELEASE\n" + PAPER,
            None,
            None,
            "Office of the Prime Minister",
        ),
        ("List of outcomes: State visit of the president", PAPER, "https://example.org", "Example Archive", None),
        (
            "Fact sheet: Ruritania and Borduria",
            "Issued by the Government of Ruritania.\n" + PAPER,
            None,
            None,
            "Government of Ruritania",
        ),
        ("Full text: Joint Statement of Ruritania and Borduria", PAPER, "https://example.com", "Example News", None),
        (
            "Readout of the President’s Call with the Prime Minister",
            PAPER,
            "https://example.com",
            "Example Archive",
            None,
        ),
        ("List of Agreements/MoUs signed during the visit", PAPER, "https://example.com", "Example Archive", None),
        ("Visit of the minister", PAPER, "https://archive.nic.in/x", None, None),
        (
            "Press release: a visit",
            f"Ministry of Trade\n{PAPER}",
            "https://example.com",
            "Example Archive",
            "Ministry of Trade",
        ),
    ],
)
def test_official_papers(title: str, text: str, url: str | None, publisher: str | None, issuer: str | None) -> None:
    assert document_kind(title, text, url, publisher) == (Kind.OFFICIAL, issuer)


@pytest.mark.parametrize(
    ("title", "text", "url", "publisher"),
    [
        ("What the joint statement says on arms", REPORT, "https://example.com/a", "Example News"),
        ("Joint statement skips the arms deals", PAPER, "https://example.com/a", "Example News"),
        ("Why the joint statement leaves out the arms deals", PAPER, "https://example.com/a", "Example News"),
        ("Joint statement issued after the talks", REPORT, "https://example.com/a", "Example News"),
        ("Fact sheet at a glance: what is in it", PAPER, "https://example.com/a", "Example News"),
        (
            "Joint Statement on gas",
            "SZOHOD (Reuters) - A joint statement said that gas will flow.\n" + PAPER,
            None,
            "Example",
        ),
        ("Key takeaways from the fact sheet", PAPER, None, None),
        ("Press release of a company", "News release\nExample Ltd has an order.\n" + PAPER, None, "Example Ltd"),
        ("President calls on Borduria: joint statement within reach", PAPER, None, "Example News"),
        ("Leaders sign pact", REPORT, "https://governance.example.com", "Government Today"),
        ("Leaders sign pact", REPORT, "https://www.gov.example.com/a", None),
        ("Leaders sign pact", REPORT, "https://[broken", "Department of Economics, Example University"),
        ("Fact sheet", "Short.", None, None),
        ("Read-out: talks in Szohod", PAPER, "https://example.com", "Example News"),
        (None, "", None, None),
    ],
)
def test_reports(title: str | None, text: str, url: str | None, publisher: str | None) -> None:
    assert document_kind(title, text, url, publisher) == (Kind.REPORT, None)


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_and_its_subdomains_are_official(host: str) -> None:
    assert document_kind("x", REPORT, f"https://{host}/a", None) == (Kind.OFFICIAL, HOSTS[host])
    assert document_kind("x", REPORT, f"https://www.{host}/a", None)[0] is Kind.OFFICIAL
    assert document_kind("x", REPORT, f"https://not{host.replace('.', '-')}.com/a", None)[0] is Kind.REPORT
