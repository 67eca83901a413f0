"""How far reviewers agree, in numbers and in plain words."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

import pytest

from paraph.desk import Action, Desk, Review
from paraph.model import Document, Reading
from paraph.resolve.agreement import Agreement, agreement_of
from paraph.web.views.review_log import alpha_told
from samples import signal
from websites import Site
from webtext import shown

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def twice(desk: Desk) -> list[str]:
    """A desk with twelve signals that two people looked at: they differ on two, and on a stage."""
    ids = []
    for n in range(12):
        text = f"They spoke of matter {n} of the sea again, and of nothing else in week {n}.\n"
        found = signal(text, f"matter {n} of the sea", "talks", confidence=0.6)
        desk.add(Reading(Document(text=text, id=f"page{n:02}", published=date(2025, 3, 3)), (found,)))
        (kept,) = desk.document(f"page{n:02}").sightings
        ids.append(kept.id)
    for n, id in enumerate(ids):
        desk.decide(Review(Action.REJECT if n < 4 else Action.ACCEPT, "Ana", signal=id))
        desk.decide(Review(Action.REJECT if n in (0, 1, 2, 5) else Action.ACCEPT, "Bo", signal=id))
    for who, value in (("Ana", "agreed"), ("Bo", "signed")):
        desk.decide(Review(Action.CORRECT, who, signal=ids[7], payload={"field": "stage", "value": value}))
    return ids


def test_it_is_told_in_numbers_and_in_words(site: Site, twice: list[str]) -> None:
    told = shown(site.get("/review/agreement").text)
    assert "2 people looked at the same 12 signals. In 10 of 12 pairs of answers they say the same" in told
    assert "Counted over all 26 decisions." in told
    assert "weak: better than chance, but not to be relied on" in told
    assert "Ana and Bo" in told
    assert "stage" in told
    assert "10 % of the questions" in told.replace("\u00a0", " ").replace("10%", "10 %")


def test_nothing_to_compare_says_what_to_do(site: Site) -> None:
    told = shown(site.get("/review/agreement").text)
    assert "Nothing to compare yet" in told
    assert "let a second person review" in told
    assert [row["n"] for row in site.get("/review/agreement.json").json()["items"]] == [0]


def test_rows(site: Site, twice: list[str]) -> None:
    found = site.get("/review/agreement.json").json()
    assert (found["looked_at"], found["whole"]) == (26, True)
    every, pair, stage = found["items"]
    assert (every["of"], every["n"], every["agreeing"], every["pairs"], every["people"]) == ("signals", 12, 10, 12, 2)
    assert every["percent"] == pytest.approx(10 / 12, abs=1e-4)
    assert every["percent_low"] < every["percent"] < every["percent_high"]
    assert every["alpha_low"] < every["alpha"] < every["alpha_high"]
    assert (pair["of"], pair["name"], pair["n"]) == ("pair", "Ana and Bo", 12)
    assert (stage["of"], stage["name"], stage["n"], stage["agreeing"]) == ("field", "stage", 1, 0)
    assert stage["alpha_low"] is None
    rows = list(csv.DictReader(io.StringIO(site.get("/review/agreement.csv").text)))
    assert [row["name"] for row in rows] == ["all", "Ana and Bo", "stage"]
    feed = ET.fromstring(site.get("/review/agreement.atom").content)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == [
        "all: 10 of 12 pairs of answers agree",
        "Ana and Bo: 10 of 12 pairs of answers agree",
        "stage: 0 of 1 pairs of answers agree",
    ]


def pairs(*judged: tuple[Any, Any]) -> Agreement:
    return agreement_of([{"Ana": one, "Bo": other} for one, other in judged])


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (pairs(), "nobody looked at the same signal twice yet"),
        (pairs((1, 1), (1, 1)), "all gave the same answer throughout"),
        (pairs(*[(1, 1), (0, 0)] * 5), "reliable"),
        (pairs(*[(1, 1), (0, 0)] * 5, (1, 0), (0, 1)), "tentative"),
        (pairs(*[(1, 1), (0, 0), (1, 0)] * 5), "weak"),
        (pairs((1, 0), (0, 1)), "no better than chance"),
    ],
)
def test_what_an_alpha_means(found: Agreement, told: str) -> None:
    assert told in alpha_told(found)
