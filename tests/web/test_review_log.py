"""The log of decisions: newest first, by who, what and when, a page at a time, as rows and as a feed."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from desks import Clock
from paraph.desk import Action, Desk, Review
from paraph.desk.logbook import last_decisions, log_page, reviewers
from paraph.model import Document, Occasion, Reading
from samples import HOSTILE, signal
from websites import Signed, Site, post
from webtext import shown

ATOM = "{http://www.w3.org/2005/Atom}"
OSLO = Occasion("Oslo", ("NO", "CL"), date(2025, 3, 8), date(2025, 3, 9))


@pytest.fixture
def decided(desk: Desk, clock: Clock) -> list[int]:
    """A desk on which Ana and Bo decided on two days; the numbers of what they decided."""
    text = "They spoke of the salmon feed, the port of Arica, the fjord ice and the lithium brine.\n"
    names = ("salmon feed", "port of Arica", "fjord ice", "lithium brine")
    found = tuple(signal(text, name, "talks", confidence=0.6) for name in names)
    desk.add(Reading(Document(text=text, id="page", published=date(2025, 3, 3)), found))
    desk.add_occasion(OSLO)
    ids = {each.signal.anchor: each.id for each in desk.sightings()}
    feed, port, ice, brine = (ids[name] for name in names)
    numbers = [
        desk.decide(Review(Action.ACCEPT, "Ana", signal=feed)),
        desk.decide(Review(Action.REJECT, "Ana", signal=port, reason="a quay, no deal")),
        desk.decide(Review(Action.CORRECT, "Bo", signal=ice, payload={"field": "parties", "value": ["NO", "PE"]})),
    ]
    clock.go(days=1)
    numbers += [
        desk.decide(Review(Action.UNDO, "Bo", undoes=numbers[1])),
        desk.decide(Review(Action.MERGE, "Bo", signal=brine, payload={"other": feed})),
        desk.decide(Review(Action.OVERRULE, "Bo", signal=ice, payload={"occasion": "Oslo", "outcome": "agreed"})),
        desk.decide(Review(Action.OWN, "Ana", payload={"publisher": "Wire", "owner": "Group"})),
        desk.decide(Review(Action.NOTE, "Ana", reason="a quiet day")),
        desk.decide(Review(Action.SPLIT, "Ana", signal=feed, payload={"signals": [brine]})),
    ]
    return numbers


def ids(page: object) -> list[int]:
    return [each.review.id for each in page.rows]  # type: ignore[attr-defined]


def test_newest_first_by_who_what_and_day(desk: Desk, decided: list[int]) -> None:
    newest = decided[::-1]
    assert ids(log_page(desk)) == newest
    assert ids(log_page(desk, who="Bo")) == [n for n in newest if n in (decided[2], *decided[3:6])]
    assert ids(log_page(desk, action=Action.OWN)) == [decided[6]]
    assert ids(log_page(desk, until=date(2025, 3, 5))) == decided[2::-1]
    assert ids(log_page(desk, since=date(2025, 3, 6), who="Ana")) == decided[:5:-1]
    assert ids(log_page(desk, since=date(2025, 3, 7))) == []
    assert log_page(desk, since=date(2025, 3, 7)).total == 0
    assert log_page(desk, since=date.min, until=date.max).total == 9
    first = log_page(desk, limit=4)
    assert (ids(first), first.next, first.total, first.at_least) == (newest[:4], newest[3], 9, False)
    second = log_page(desk, limit=5, before=first.next)
    assert (ids(second), second.next) == (newest[4:], None)


def test_what_was_undone_says_so_until_that_is_undone(desk: Desk, decided: list[int]) -> None:
    gone = [each.review.id for each in log_page(desk).rows if each.undone]
    assert gone == [decided[1]]
    desk.decide(Review(Action.UNDO, "Ana", undoes=decided[3]))
    assert [each.review.id for each in log_page(desk).rows if each.undone] == [decided[3]]


def test_more_than_can_be_counted_says_so(desk: Desk, decided: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraph.desk.logbook.COUNTED", 8)
    page = log_page(desk)
    assert (page.total, page.at_least) == (8, True)
    monkeypatch.setattr("paraph.desk.logbook.COUNTED", 9)
    assert (log_page(desk).total, log_page(desk).at_least) == (9, False)


def test_what_the_machine_proposed_is_kept_beside_what_was_corrected(desk: Desk, decided: list[int]) -> None:
    page = log_page(desk, action=Action.CORRECT)
    (row,) = page.rows
    assert row.sighting is not None
    assert row.sighting.signal.parties == ("NO", "PE")
    assert page.machine[row.sighting.id] == {"parties": ["NO", "CL"]}


def test_who_decides_how_much(desk: Desk, decided: list[int]) -> None:
    assert reviewers(desk) == {"Ana": 5, "Bo": 4}
    assert [each.review.id for each in last_decisions(desk, "Bo", 2)] == [decided[5], decided[4]]


def test_the_page(site: Site, decided: list[int]) -> None:
    page = site.get("/review/log")
    told = shown(page.text)
    assert "9 of 9 decisions, newest first." in told
    for words in (
        "accepted",
        "rejected",
        "a quay, no deal",
        "parties → Norway–Peru",
        f"took back decision {decided[1]}",
        "same deal as",
        "agreed at Oslo",
        "Wire belongs to Group",
        "another deal",
        "a quiet day",
        "undone since",
        "talks, certain; .60 sure",
        "Ana (5)",
        "Bo (4)",
    ):
        assert words in told, words
    assert "2 of 9 decisions" in shown(site.get("/review/log?who=Ana&since=2025-03-05&until=2025-03-05").text)
    first = site.get("/review/log?limit=4&who=Ana").text
    assert "older" in first
    assert f"before={decided[6]}" not in first
    rest = site.get(f"/review/log?before={decided[3]}").text
    assert "newest" in rest
    assert "No decision is like that" in shown(site.get("/review/log?who=Cy").text)


def test_an_empty_log_leads_to_the_review(site: Site) -> None:
    told = shown(site.get("/review/log").text)
    assert "Nothing was decided yet" in told
    assert "Begin with the first question" in told
    assert site.get("/review/log.json").json()["items"] == []


def test_a_decision_is_undone_from_the_log(site: Site, desk: Desk, decided: list[int]) -> None:
    gone = post(site, "/review/decide", {"answer": "undo", "number": str(decided[0]), "to": "/review/log?who=Ana"})
    assert (gone.status_code, gone.headers["location"]) == (303, "/review/log?who=Ana")
    assert log_page(desk).rows[0].review.undoes == decided[0]


def test_a_reader_reads_and_undoes_nothing(signed_site: Signed) -> None:
    text = "They spoke of the salmon feed.\n"
    signed_site.desk.add(Reading(Document(text=text, id="page"), (signal(text, "salmon feed", "talks"),)))
    (found,) = signed_site.desk.sightings()
    signed_site.desk.decide(Review(Action.ACCEPT, "Ana", signal=found.id))
    assert "Undo decision" in signed_site.reviewer.get("/review/log").text
    assert "Undo decision" not in signed_site.reader.get("/review/log").text


def test_rows(site: Site, decided: list[int]) -> None:
    found = site.get("/review/log.json?limit=4").json()
    assert [each["id"] for each in found["items"]] == decided[:4:-1]
    assert (found["total"], found["at_least"], found["page"]) == (9, False, "/review/log")
    following = site.get(found["next"] + "&limit=50").json()
    assert [each["id"] for each in following["items"]] == decided[4::-1]
    assert following["next"] is None
    assert {each["id"] for each in following["items"] if each["undone"]} == {decided[1]}
    rows = list(csv.DictReader(io.StringIO(site.get("/review/log.csv?action=correct").text)))
    assert [(row["who"], row["field"], row["value"], row["words"]) for row in rows] == [
        ("Bo", "parties", "NO PE", "fjord ice")
    ]
    feed = ET.fromstring(site.get("/review/log.atom").content)
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]
    assert len(titles) == 9
    assert "Bo: parties → Norway–Peru “fjord ice”" in titles
    assert len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == 9


@pytest.mark.parametrize("query", ["action=maybe", "since=yesterday", "until=1", "before=x", "limit=0", "limit=x"])
def test_what_means_nothing_is_refused(site: Site, query: str) -> None:
    refused = site.get(f"/review/log.json?{query}")
    assert refused.status_code == 400
    assert query.partition("=")[0] in refused.json()["error"]["message"]


def test_names_and_reasons_break_nothing(site: Site, desk: Desk) -> None:
    desk.decide(Review(Action.NOTE, f"=cmd {HOSTILE}", reason=HOSTILE))
    for form in ("", ".json", ".csv", ".atom"):
        found = site.get(f"/review/log{form}")
        assert found.status_code == 200
        if form != ".json":
            assert "<script>alert" not in found.text or form == ".csv"
    (row,) = csv.DictReader(io.StringIO(site.get("/review/log.csv").text))
    assert row["who"].startswith("'=cmd")
