"""The list of documents: order, words, filters, other forms, and what it says where there is none."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest

from paraph.desk import Desk
from paraph.model import Kind, Reading
from press import article, deliver, honest, told
from samples import HOSTILE
from websites import Signed, Site

ATOM = "{http://www.w3.org/2005/Atom}"


def titles(page: str) -> list[str]:
    return re.findall(r'class="title" href="/documents/([^"?]+)', page)


@pytest.fixture
def press(desk: Desk) -> Desk:
    deliver(desk, *honest())
    gazette = article(
        "gazette-1", "Gazette", date(2025, 3, 2), told("seed"), kind=Kind.OFFICIAL, title="Seeds & <b>ice</b>"
    )
    deliver(desk, gazette, arrival="watched")
    return desk


def test_the_newest_documents_come_first(site: Site, press: Desk) -> None:
    page = site.get("/documents").text
    assert titles(page)[:3] == ["mercury-2", "courier-2", "post-2"]
    assert "7 documents on this desk" in page
    assert "Seeds &amp; &lt;b&gt;ice&lt;/b&gt;" in page
    assert "<b>official paper</b>" in page
    assert "3 signals" in page


def test_a_list_is_turned_page_by_page(site: Site, press: Desk) -> None:
    seen: list[str] = []
    address = "/documents?limit=3&publisher="
    while address:
        page = site.get(address).text
        seen += titles(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 7
    assert sorted(seen) == sorted(row.key for row in press.documents_page().rows)
    assert "first page" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("publisher=Courier", {"courier-1", "courier-2"}),
        ("kind=official", {"gazette-1"}),
        ("arrival=watched", {"gazette-1"}),
        ("since=2025-03-09", {"courier-2", "mercury-2"}),
        ("until=2025-03-01", {"post-1"}),
        ("q=salmon&until=2025-03-02", {"post-1"}),
        ('q="electric ferries"&publisher=Mercury', {"mercury-1"}),
        (
            "kind=&publisher=%20&q=",
            {"post-1", "post-2", "courier-1", "courier-2", "mercury-1", "mercury-2", "gazette-1"},
        ),
    ],
)
def test_filters_choose(site: Site, press: Desk, query: str, found: set[str]) -> None:
    page = site.get(f"/documents?{query}").text
    assert set(titles(page)) == found
    rows = site.get(f"/documents.json?{query}").json()
    assert {row["id"] for row in rows["items"]} == found
    assert rows["total"] == len(found)


def test_what_was_searched_for_is_marked(site: Site, press: Desk) -> None:
    page = site.get("/documents?q=salmon").text
    assert "2 documents with these words" in page
    assert page.count("<mark>salmon</mark>") >= 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=letter", "kind"),
        ("arrival=pigeon", "arrival"),
        ("since=yesterday", "since"),
        ("since=2025-03-02&until=2025-03-01", "until"),
        ("limit=0", "limit"),
        ("limit=999999", "limit"),
        ("after=nowhere", "no place in a list of documents"),
        ("publisher=" + "x" * 2000, "publisher"),
    ],
)
def test_what_cannot_be_asked_is_told(site: Site, press: Desk, query: str, said: str) -> None:
    for address in ("/documents", "/documents.json", "/documents.csv", "/documents.atom"):
        answer = site.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert said in answer.text


def test_the_same_view_in_other_forms(site: Site, press: Desk) -> None:
    table = list(csv.DictReader(io.StringIO(site.get("/documents.csv?publisher=Gazette").text)))
    assert [(row["id"], row["kind"], row["signals"]) for row in table] == [("gazette-1", "official", "1")]
    rows = site.get("/documents.json?limit=2&q=Norway").json()
    assert rows["whole"] is True
    assert rows["items"][0]["page"] == "/documents/mercury-2"
    assert rows["items"][0]["found"]["marks"]
    more = site.get(rows["next"]).json()
    assert not {row["id"] for row in rows["items"]} & {row["id"] for row in more["items"]}
    feed = ET.fromstring(site.get("/documents.atom?publisher=Courier").text)
    assert feed.findtext(f"{ATOM}title") == "Paraph: documents, Courier"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Courier on the Oslo visit"] * 2
    assert ET.fromstring(site.get("/documents.atom?q=salmon").text).findall(f"{ATOM}entry")
    assert ET.fromstring(site.get("/documents.atom").text).findtext(f"{ATOM}title") == "Paraph: documents"


def test_an_empty_desk_says_what_to_do(site: Site) -> None:
    page = site.get("/documents").text
    assert "No documents yet" in page
    assert "paraph add" in page
    assert site.get("/documents.json").json()["items"] == []


def test_a_list_that_holds_nothing_leads_to_all(site: Site, press: Desk) -> None:
    page = site.get("/documents?publisher=Nobody").text
    assert "No document is like that" in page
    assert "clear all" in page


def test_a_copy_says_so(site: Site, desk: Desk) -> None:
    day = date(2025, 3, 1)
    deliver(
        desk,
        article("first", "Post", day, told("ferries")),
        article("second", "Gazette", day, told("ferries"), words="first"),
    )
    page = site.get("/documents").text
    assert '<a href="/documents/first">a copy</a>, 100 % alike' in page


def test_hostile_names_do_nothing(site: Site, desk: Desk) -> None:
    odd = HOSTILE + "\ud800"
    made = article("a/b?c#d.json", odd, date(2025, 3, 1), told("seed", source=odd), title=odd, site="x.example")
    deliver(desk, made)
    [row] = site.get("/documents.json").json()["items"]
    assert row["id"] == "a/b?c#d.json"
    [id] = [each.sighting.id for each in desk.signals_of(row["id"])]
    pages = ("", "?show=all", f"?signal={id}", "?add=0-20", "?version=1", ".json", ".csv", ".txt")
    for address in (
        "/documents",
        "/documents?q=Norway",
        "/documents.atom",
        "/documents.csv",
        *(row["page"] + each for each in pages),
    ):
        answer = site.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text or answer.headers["content-type"] != "text/html; charset=utf-8"
        if not address.endswith(".txt"):  # which is the text, letter by letter
            assert not set("\x1b\x9b\u202e\u2066") & set(answer.text)


def test_long_names_do_not_swell_a_page(site: Site, desk: Desk) -> None:
    made = article("long", "P" * 50_000, date(2025, 3, 1), told("seed", source="S" * 20_000), title="T" * 100_000)
    noted = Reading(replace(made.document, notes=("N" * 50_000,)), made.signals)
    deliver(desk, noted)
    [id] = [each.sighting.id for each in desk.signals_of("long")]
    for address in ("/documents", "/documents/long", "/documents/long?version=1"):
        assert len(site.get(address).content) < 150_000
    assert len(site.get(f"/documents/long?signal={id}").content) < 150_000


def test_readers_see_it_and_others_do_not(signed_site: Signed) -> None:
    assert signed_site.reader.get("/documents").status_code == 200
    assert "No documents yet" not in signed_site.nobody.get("/documents").text
