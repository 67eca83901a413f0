"""The page of a document: every signal marked, what is told beside the chosen one, and what is decided from there."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from desks import Clock
from paraph.desk import Action, Desk, Review
from paraph.model import Document, Kind, Reading
from paraph.web import sheet as room
from paraph.web.marking import PART_CHARS, parts_of, shown
from press import article, deliver, told
from samples import HOSTILE, REPORT, note, report, signal
from websites import Signed, Site, post


class Lines(HTMLParser):
    """The lines of the text as a browser holds them, by where they start."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: dict[int, str] = {}
        self.at: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "p" and given.get("data-start"):
            self.at = int(str(given["data-start"]))
            self.lines[self.at] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.at = None

    def handle_data(self, data: str) -> None:
        if self.at is not None:
            self.lines[self.at] += data


def lines_of(page: str) -> dict[int, str]:
    reader = Lines()
    reader.feed(str(page))
    return reader.lines


def said(page: str) -> str:
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])).split())


def panel(page: str) -> str:
    return page.split('class="panel"', 1)[1].split("</section>", 1)[0]


def ids(desk: Desk, key: str) -> dict[str, str]:
    """Return the ids of a document's signals by their words."""
    return {row.sighting.signal.anchor: row.sighting.id for row in desk.signals_of(key)}


def ok(site: Site, address: str) -> str:
    answer = site.get(address)
    assert answer.status_code == 200, said(answer.text)
    return answer.text


@pytest.fixture
def ferries(desk: Desk) -> dict[str, str]:
    deliver(desk, report())
    return ids(desk, "report")


# What is told of a document.


def test_the_head_tells_what_is_known(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    page = ok(site, "/documents/report")
    words = said(page)
    assert "Norway and Chile weigh a ferry pact" in page.split("<h1>")[1].split("</h1>")[0]
    assert "The Oslo Example" in words
    assert 'title="3 Mar 2025, 22:32 +01:00"' in page  # the source's own zone
    assert 'title="4 Mar 2025, 08:05 +01:00"' in page
    assert 'href="https://news.example/ferries?a=1&amp;b=2" rel="noreferrer noopener"' in page
    assert "6 of 6 signals marked" in words
    assert "Came by hand" in words


def test_every_signal_is_marked_once_and_leads_to_itself(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    page = ok(site, "/documents/report")
    for words, id in ferries.items():
        [mark] = re.findall(rf'<mark class="[^"]*" id="s-{id}"[^>]*>(.*?)</mark>', page)
        assert mark == f'<a href="?signal={id}#s-{id}">{words}</a>'
    assert page.count("<mark") == len(ferries)
    assert 'class="sig possible"' in page


def test_the_text_stands_there_letter_by_letter(site: Site, desk: Desk) -> None:
    text = f"One \U0001f600 line \U0001f1f3\U0001f1f4 {HOSTILE} of tabs\tand\r\nnext\x0b\u2028line.\n"
    text += "\n  Indented & <b>bold</b> \u202eend.\n"
    anchor = "bold"
    deliver(desk, Reading(Document(text=text, id="odd"), (signal(text, anchor),)))
    page = ok(site, "/documents/odd?show=all")
    lines = lines_of(page)
    assert len(lines) == 3
    for start, letters in lines.items():
        assert letters == shown(text[start : start + len(letters)])
        assert text[start + len(letters) : start + len(letters) + 1] in ("\n", "")
    assert "<script>alert" not in page
    for letter in "\x1b\x07\x9b\x00\u202e\u2066":
        assert letter not in page


def test_a_document_that_is_not_there(site: Site) -> None:
    for address in (
        "/documents/nothing",
        "/documents/nothing.json",
        "/documents/nothing.txt",
        "/documents/nothing.csv",
    ):
        answer = site.get(address)
        assert answer.status_code == 404
        assert "is not on the desk" in answer.text


def test_a_key_may_look_like_a_form(site: Site, desk: Desk) -> None:
    deliver(desk, replace_id(report(), "a.json"), replace_id(note(), "b/c d.txt"))
    assert "<h1>" in ok(site, "/documents/a.json")
    assert site.get("/documents/a.json.json").json()["id"] == "a.json"
    assert "<h1>" in ok(site, "/documents/b%2Fc%20d.txt")
    assert site.get("/documents/b%2Fc%20d.txt.txt").text.startswith("Fact sheet")


def replace_id(reading: Reading, id: str) -> Reading:
    return Reading(replace(reading.document, id=id), reading.signals)


def test_a_document_without_a_letter_says_so(site: Site, desk: Desk) -> None:
    deliver(desk, Reading(Document(text=" \n", id="blank"), ()))
    assert "no letter of text" in ok(site, "/documents/blank")


def test_notes_owner_and_the_day_that_counts_are_told(site: Site, desk: Desk) -> None:
    document = Document(
        text="Norway and Chile talk.",
        id="noted",
        url="javascript:alert(1)",
        published=date(2031, 1, 1),
        notes=("its date lies in the future", HOSTILE),
        kind=Kind.OFFICIAL,
    )
    desk.add(Reading(document, ()))
    page = ok(site, "/documents/noted")
    words = said(page)
    assert "its date lies in the future" in words
    assert "Counts as of 5 Mar 2025" in words
    assert "official paper" in words
    assert 'href="javascript' not in page
    assert "Without a title" in words
    assert "To add a signal select its words" in words


# The chosen signal.


def test_the_fields_of_the_chosen_signal_stand_beside_it(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    made = report()
    machine = tuple(replace(each, engine="rules/1") for each in made.signals)
    desk.add(Reading(replace(made.document, title="Ferries"), machine))
    id = ferries["agreement on electric ferries"]
    page = ok(site, f"/documents/report?signal={id}")
    beside = panel(page)
    assert page.index(f'id="s-{id}"') < page.index('class="panel"') < page.index("A list of further announcements")
    assert '<option value="signed" selected>' in beside
    assert '<option value="yes" selected>' in beside
    assert 'name="source" value="Ana Ruiz"' in beside
    assert 'name="parties" value="NO, CL"' in beside
    assert 'class="why"><bdi>could</bdi>' in beside
    assert f'href="/deals/{desk.signal(id).deal}"' in beside
    assert "confidence .90 of 1" in said("<main>" + beside)
    assert "Nobody has looked at it yet" in beside
    assert 'class="cue" title="decided: certainty, ahead" data-label="certainty, ahead">' in page
    assert re.search(rf'<mark class="sig possible on" id="s-{id}"', page)


def test_one_goes_from_signal_to_signal(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    order = [row.sighting.id for row in desk.signals_of("report")]
    page = ok(site, f"/documents/report?signal={order[0]}")
    assert 'rel="prev"' not in page
    walked = [order[0]]
    while following := re.search(r'<a href="\?signal=([0-9a-f]+)#s-\1" rel="next"', page):
        walked.append(following[1])
        page = ok(site, f"/documents/report?signal={following[1]}")
    assert walked == order
    assert f'href="?signal={order[-2]}#s-{order[-2]}" rel="prev"' in page


def test_a_signal_is_chosen_by_the_beginning_of_its_id_or_by_its_place(
    site: Site, desk: Desk, ferries: dict[str, str]
) -> None:
    id = ferries["Supply of salmon feed"]
    row = desk.signal(id)
    place = f"{row.sighting.signal.start}-{row.sighting.signal.end}"
    inner = f"{row.sighting.signal.start + 1}-{row.sighting.signal.end}"
    for asked in (f"signal={id[:8]}", f"at={place}", f"at={inner}"):
        assert f'name="signal" value="{id}"' in panel(ok(site, f"/documents/report?{asked}"))
    assert 'class="panel"' not in ok(site, "/documents/report?at=0-2")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("signal=ffffffffffff", "none of this document's"),
        ("part=9", "part: this text has 1, not 9"),
        ("part=0", "no number from 1"),
        ("part=x", "no number from 1"),
        ("version=99", "version: this document has 1, not 99"),
        ("version=1&against=7", "against: this document has 1, not 7"),
        ("show=some", "show"),
        ("at=5", "no place in a text"),
        ("at=9-5", "no place in a text"),
        ("add=1-", "no place in a text"),
        ("add=٣-٩", "no place in a text"),
        ("add=1-99999", "no place in a text of"),
        ("add=57-58", "no letter stands"),
    ],
)
def test_what_cannot_be_asked_is_told(site: Site, ferries: dict[str, str], query: str, told: str) -> None:
    answer = site.get(f"/documents/report?{query}")
    assert answer.status_code == 400
    assert told in unescape(answer.text)


def test_weak_and_rejected_signals_are_shown_when_asked_for(site: Site, desk: Desk) -> None:
    made = report()
    weak = replace(made.signals[0], confidence=0.1)
    deliver(desk, Reading(made.document, (weak, *made.signals[1:])))
    found = ids(desk, "report")
    gone, faint = found["agreement on electric ferries"], found["ferry pact"]
    desk.decide(Review(Action.REJECT, "Ida", signal=gone))
    page = ok(site, "/documents/report")
    assert f"s-{gone}" not in page
    assert f"s-{faint}" not in page
    assert "4 of 6 signals marked; show the 1 weak and 1 rejected" in said(page)
    every = ok(site, "/documents/report?show=all")
    assert "6 of 6 signals marked" in said(every)
    assert re.search(rf'class="sig possible rejected" id="s-{gone}"', every)
    assert re.search(rf'class="sig [a-z]+ weak" id="s-{faint}"', every)
    assert f'href="?signal={gone}&amp;show=all#s-{gone}"' in every
    # Its own address shows it in any case.
    chosen = ok(site, f"/documents/report?signal={gone}")
    assert f'id="s-{gone}"' in chosen
    assert "Rejected: it counts for nothing" in chosen
    # One that somebody corrected is not weak any more.
    desk.decide(Review(Action.CORRECT, "Ida", signal=faint, payload={"field": "stage", "value": "idea"}))
    assert f"s-{faint}" in ok(site, "/documents/report")


def test_readers_see_the_fields_and_no_form(signed_site: Signed, desk: Desk, ferries: dict[str, str]) -> None:
    id = ferries["agreement on electric ferries"]
    page = signed_site.reader.get(f"/documents/report?signal={id}").text
    assert "<form" not in panel(page)
    assert "Ana Ruiz" in panel(page)
    assert "Add a signal" not in page
    assert 'class="adds"' not in page
    assert "<form" in panel(signed_site.reviewer.get(f"/documents/report?signal={id}").text)
    assert 'id="add"' not in signed_site.reader.get("/documents/report?add=60-80").text


# Deciding.


def fields_of(page: str) -> dict[str, str]:
    """Return what the form beside a signal would send, without its buttons."""
    beside = panel(page)
    form = beside.split('<form method="post"', 1)[1].split("</form>", 1)[0]
    given = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    }
    for name, inside in re.findall(r'<select id="f-[a-z_]+" name="([a-z_]+)">(.*?)</select>', form):
        given[name] = re.findall(r'value="([^"]*)" selected', inside)[0]
    return given


def test_correcting_writes_what_is_different(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    id = ferries["agreement on electric ferries"]
    given = fields_of(ok(site, f"/documents/report?signal={id}"))
    answer = post(
        site, "/decide", given | {"action": "correct", "stage": "agreed", "parties": "NO", "reason": "read again"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/documents/report?signal={id}#s-{id}"
    written = [(review.payload["field"], review.payload["value"]) for review in desk.reviews(document="report")]
    assert written == [("stage", "agreed"), ("parties", ["NO"])]
    beside = said("<main>" + panel(ok(site, f"/documents/report?signal={id}")))
    assert "the machine said: signed" in beside
    assert "the machine said: NO, CL" in beside
    assert "Corrected, neither accepted nor rejected" in beside
    assert "Ida corrected parties to “ NO ”" in beside
    assert ": read again" in beside


def test_nothing_different_is_told(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    id = ferries["agreement on electric ferries"]
    given = fields_of(ok(site, f"/documents/report?signal={id}"))
    answer = post(site, "/decide", given | {"action": "correct"})
    assert answer.status_code == 400
    assert "nothing is different" in answer.text
    assert list(desk.reviews()) == []


def test_a_field_that_no_form_can_hold_is_left_alone(site: Site, desk: Desk) -> None:
    made = report()
    odd = replace(made.signals[1], source="Ana\u202e  Ruiz\n", parties=("NO", "the Hanse, of old"))
    deliver(desk, Reading(made.document, (odd,)))
    [id] = ids(desk, "report").values()
    given = fields_of(ok(site, f"/documents/report?signal={id}"))
    assert post(site, "/decide", given | {"action": "correct", "sector": "energy"}).status_code == 303
    assert [review.payload["field"] for review in desk.reviews()] == ["sector"]
    assert desk.signal(id).sighting.signal.parties == odd.parties


@pytest.mark.parametrize(
    ("action", "told"), [("accept", "Accepted."), ("unsure", "unsure of it"), ("reject", "Rejected")]
)
def test_one_button_each(site: Site, desk: Desk, ferries: dict[str, str], action: str, told: str) -> None:
    id = ferries["ferry pact"]
    given = fields_of(ok(site, f"/documents/report?signal={id}"))
    answer = post(site, "/decide", given | {"action": action})
    page = ok(site, answer.headers["location"].partition("#")[0])
    assert told in panel(page)
    assert f'id="s-{id}"' in page
    # And back.
    undo = re.search(r'name="number" value="(\d+)"', panel(page))
    assert undo
    post(site, "/decide", {"action": "undo", "number": undo[1], "to": "/documents/report"})
    page = ok(site, f"/documents/report?signal={id}")
    assert "Nobody has looked at it yet" in panel(page)
    assert "undone" in said("<main>" + panel(page))
    # A signal that was rejected can be corrected as well.
    post(site, "/decide", {"action": "reject", "signal": id})
    assert post(site, "/decide", {"action": "correct", "signal": id, "stage": "ended"}).status_code == 303


def test_only_what_was_decided_about_a_signal_is_told_beside_it(
    site: Site, desk: Desk, ferries: dict[str, str]
) -> None:
    one, other = ferries["ferry pact"], ferries["seed bank"]
    desk.decide(Review(Action.ACCEPT, "Ida", signal=one, reason="the first"))
    desk.decide(Review(Action.UNSURE, "Rob", signal=other, reason="the other"))
    for words, who in (("Oslo visit", "Kim"), ("port of Arica", "Lea")):
        start = REPORT.index(words)
        given = fields_of(ok(site, f"/documents/report?add={start}-{start + len(words)}"))
        site.cookies.set("paraph_name", who)
        post(site, "/decide", given)
    start = REPORT.index("Oslo visit")
    told = {
        name: panel(ok(site, f"/documents/report?{name}")) for name in (f"signal={one}", f"at={start}-{start + 10}")
    }
    beside, added = told.values()
    assert "the first" in beside
    assert "the other" not in beside
    assert "added it" not in beside
    assert added.count("added it") == 2  # told, and on the button that takes it back


# Adding.


def test_the_words_that_are_selected_are_marked_and_sent(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    start = REPORT.index("Transport Minister")
    page = ok(site, f"/documents/report?add={start - 1}-{start + 19}")  # with a space on either side
    assert '<mark class="adding on">Transport Minister</mark>' in page
    given = fields_of(page)
    assert (given["start"], given["end"], given["exact"]) == (str(start), str(start + 18), "Transport Minister")
    assert given["document"] == "report"


def test_adding_begins_with_the_fields_of_the_signal_before(site: Site, desk: Desk) -> None:
    made = report()
    deliver(desk, Reading(made.document, made.signals[1:2]))
    start = REPORT.index("Joint research")
    page = ok(site, f"/documents/report?add={start}-{start + 14}")
    assert "The fields begin with those of the signal before it" in said(page)
    given = fields_of(page)
    assert (given["stage"], given["source"], given["certainty"]) == ("signed", "Ana Ruiz", "possible")
    answer = post(site, "/decide", given | {"sector": "environment", "reason": "in the list"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/documents/report?at={start}-{start + 14}#panel"
    added = desk.signals_of("report")[1].sighting.signal
    assert (added.anchor, added.sector, added.source, added.engine) == (
        "Joint research",
        "environment",
        "Ana Ruiz",
        "hand",
    )
    beside = said("<main>" + panel(ok(site, answer.headers["location"].partition("#")[0])))
    assert "added by a person" in beside
    assert "Ida added it" in beside
    assert "Accepted." in beside


def test_words_before_any_signal_begin_blank(site: Site, desk: Desk) -> None:
    deliver(desk, Reading(report().document, ()))
    page = ok(site, "/documents/report?add=0-6")
    assert "No signal stands before it" in page
    assert {name: fields_of(page)[name] for name in ("stage", "ahead", "parties", "source")} == {
        "stage": "talks",
        "ahead": "no",
        "parties": "",
        "source": "",
    }
    assert "0 signals" in said(ok(site, "/documents/report"))


def test_words_that_are_a_signal_already_are_told(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    start = REPORT.index("agreement on electric ferries")
    page = ok(site, f"/documents/report?add={start}-{start + 21}")
    assert "These words are a signal already" in page
    given = fields_of(page)
    answer = post(site, "/decide", given | {"stage": "talks"})
    assert len(desk.signals_of("report")) == len(ferries)
    page = ok(site, answer.headers["location"].partition("#")[0])
    assert f'name="signal" value="{ferries["agreement on electric ferries"]}"' in page
    assert "Ida added it" in said("<main>" + panel(page))


def test_without_script_the_words_are_typed(site: Site, desk: Desk) -> None:
    text = "Norway and Chile already run a seed bank in Punta Arenas" + ", and so on" * 20
    deliver(desk, Reading(Document(text=text, id="long"), ()))
    [place] = re.findall(r'href="\?add=([0-9-]+)#add"', ok(site, "/documents/long"))
    assert place == f"0-{len(text)}"
    page = ok(site, f"/documents/long?add={place}")
    assert "Type the words that name the deal" in page
    assert '<form method="post"' not in panel(page)
    page = ok(site, f"/documents/long?add={place}&words=SEED++bank&show=all")
    assert fields_of(page)["exact"] == "seed bank"
    page = ok(site, f"/documents/long?add={place}&words=fish+bank")
    assert "do not stand there" in page
    assert 'value="fish bank"' in page
    assert '<form method="post"' not in panel(page)


def test_a_text_that_changed_meanwhile_is_told(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    given = fields_of(ok(site, "/documents/report?add=0-6"))
    answer = post(site, "/decide", given | {"exact": "Sweden"})
    assert answer.status_code == 400
    assert "load the page again" in answer.text


def test_words_with_letters_that_are_not_shown_can_be_added(site: Site, desk: Desk) -> None:
    text = "Norway\u202e and\u00ad \U0001f600 Chile\x07 sign\ra pact."
    deliver(desk, Reading(Document(text=text, id="odd"), ()))
    given = fields_of(ok(site, f"/documents/odd?add=0-{len(text) - 1}"))
    assert post(site, "/decide", given).status_code == 303
    [row] = desk.signals_of("odd")
    assert row.sighting.signal.anchor == text[:-1]


def test_a_long_paragraph_is_offered_sentence_by_sentence(site: Site, desk: Desk) -> None:
    sentence = "Norway and Chile will talk about ferries and about the ports of the far south again in May. "
    text = sentence * 6
    deliver(desk, Reading(Document(text=text, id="long"), ()))
    page = ok(site, "/documents/long")
    places = [(int(a), int(b)) for a, b in re.findall(r'href="\?add=(\d+)-(\d+)#add"', page)]
    assert [text[a:b] for a, b in places] == [sentence.strip()] * 6
    assert "sentence 6 of this paragraph" in page


def test_words_that_were_searched_for_are_marked(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    assert 'href="/documents/report?q=fjord+ice"' in ok(site, "/documents?q=fjord+ice").replace("%20", "+")
    page = ok(site, "/documents/report?q=fjord+ice")
    assert page.count('<mark class="found">') == 2
    assert lines_of(page)[0] == REPORT.split("\n", 1)[0]
    text = "Norway waits. " * 10_000 + "Then a walrus came. " + "Norway waits. " * 3_000
    deliver(desk, Reading(Document(text=text, id="long"), ()))
    page = ok(site, "/documents/long?q=walrus")
    assert '<mark class="found">walrus</mark>' in page
    assert "part 4 of 5" in said(page)
    assert ok(site, "/documents/long?part=1&q=norway").count('class="found"') == room.MOST_FOUND


# Long documents.


def long_reading(parts: int, each: int = 40) -> Reading:
    """A long text with signals all over it; every line has one."""
    line = "Norway and Chile could sign a ferry pact {n}. " + "Harbour words of no weight follow here. " * 8 + "\n"
    text = ""
    made = []
    n = 0
    while len(text) < parts * PART_CHARS:
        here = line.format(n=n)
        if n % (PART_CHARS // len(here) // each + 1) == 0:
            at = len(text) + here.index("ferry pact")
            base = signal("ferry pact", "ferry pact", "signed", ahead=True, certainty="possible")
            made.append(replace(base, start=at, end=at + 10))
        text += here
        n += 1
    return Reading(Document(text=text, id="long", title="A long one", published=date(2025, 3, 1)), tuple(made))


def test_a_long_text_is_shown_in_parts(site: Site, desk: Desk) -> None:
    made = long_reading(3)
    desk.add(made, seen=datetime(2025, 3, 1, 12, tzinfo=UTC))
    first = ok(site, "/documents/long")
    total = len(parts_of(made.document.text))
    assert total > 2
    assert f"part 1 of {total}" in said(first)
    pieces = {}
    page, n = first, 1
    while True:
        assert len(page) < 150_000
        pieces |= lines_of(page)
        n += 1
        if f'href="?part={n}"' not in page:
            break
        page = ok(site, f"/documents/long?part={n}")
    text = made.document.text
    assert "".join(pieces[at] + "\n" for at in sorted(pieces)) == text
    last = desk.signals_of("long")[-1]
    id = last.sighting.id
    answer = site.get(f"/signals/{id}")
    assert answer.status_code == 302
    there = ok(site, answer.headers["location"].partition("#")[0])
    assert f'id="s-{id}"' in there
    assert f"part {n - 1} of" in said(there)
    start = last.sighting.signal.start
    assert f"part {n - 1} of" in said(ok(site, f"/documents/long?add={start + 20}-{start + 30}"))


def test_hundreds_of_signals_are_marked_and_more_are_told(
    site: Site, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = long_reading(1, each=400)
    desk.add(made, seen=datetime(2025, 3, 1, 12, tzinfo=UTC))
    total = len(made.signals)
    assert total > 100
    page = ok(site, "/documents/long")
    assert page.count('<mark class="sig') == total
    assert len(page) < 150_000
    assert "more in the text" in page
    monkeypatch.setattr(room, "MOST_MARKS", 100)
    page = ok(site, "/documents/long")
    assert page.count('<mark class="sig') == 100
    assert f"of this part {total - 100} signals, the least sure, could not be marked" in said(page)


def test_millions_of_letters_are_no_trouble(site: Site, desk: Desk) -> None:
    text = "Norway and Chile talk about ferries without an end " * 100_000
    desk.add(Reading(Document(text=text, id="huge"), ()), seen=datetime(2025, 3, 1, 12, tzinfo=UTC))
    began = time.perf_counter()
    page = ok(site, "/documents/huge?part=100")
    assert time.perf_counter() - began < 2
    assert len(page) < 150_000


# Copies and versions.


def test_copies_are_named(site: Site, desk: Desk) -> None:
    day = date(2025, 3, 1)
    first = article("a-first", "Post", day, told("ferries"))
    others = [article(f"copy-{n}", f"Gazette {n}", day, told("ferries"), words="a-first") for n in range(25)]
    deliver(desk, first, *others)
    words = said(ok(site, "/documents/a-first"))
    assert "25 copies of it" in words
    assert "one voice of 26 documents" in words
    assert "and 5 more" in words
    page = ok(site, "/documents/copy-3")
    assert "A copy: first said by another" in said(page)
    assert '<a href="/documents/a-first"><bdi>Post</bdi></a> <b>first</b>, the nearest' in page
    assert len(site.get("/documents/a-first.json").json()["copies"]) == 25


@pytest.fixture
def updated(desk: Desk, clock: Clock) -> dict[str, str]:
    """A report and its update, from which the ferries are gone and in which the title changed."""
    made = report()
    deliver(desk, made)
    text = REPORT.replace("an agreement on electric ferries", "a paper").replace("ferry pact", "ferry pact <b>soon</b>")
    document = replace(
        made.document, text=text, title="Norway and Chile weigh it", updated=datetime(2025, 3, 6, 9, tzinfo=UTC)
    )
    clock.go(days=2)
    desk.add(Reading(document, (signal(text, "ferry pact", "talks"),)))
    return ids(desk, "report")


def test_versions_and_what_changed_are_shown(site: Site, desk: Desk, updated: dict[str, str]) -> None:
    page = ok(site, "/documents/report")
    assert "2 versions of the text" in said(page)
    assert 'href="/documents/report?version=2"' in page
    page = ok(site, "/documents/report?version=2")
    words = said(page)
    assert "What changed between version 1 and 2" in words
    assert "<del>an agreement on electric ferries</del><ins>a paper</ins>" in page
    assert "<ins>&lt;b&gt;soon&lt;/b&gt; </ins>" in page
    assert "Norway and Chile weigh it" in words
    assert ok(site, "/documents/report?version=1&against=2").count("<ins>") == page.count("<ins>")
    first = ok(site, "/documents/report?version=1")
    assert "Version 1, the first" in said(first)
    assert "an agreement on electric ferries" in first
    assert "<ins>" not in first


def test_signals_whose_words_are_gone_are_told(site: Site, desk: Desk, updated: dict[str, str]) -> None:
    id = updated["agreement on electric ferries"]
    page = ok(site, "/documents/report")
    assert "Taken out by an update" in page
    assert f'<li id="s-{id}">' in page
    chosen = ok(site, f"/documents/report?signal={id}")
    assert "An update took its words out of the text" in panel(chosen)
    by_id = {each["id"]: each for each in site.get("/documents/report.json").json()["signals"]}
    assert by_id[id]["selector"] is None
    assert by_id[updated["ferry pact"]]["selector"]["exact"] == "ferry pact"


# Other forms.


def test_as_json_it_is_the_contract_and_more(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    told = site.get("/documents/report.json").json()
    assert told["text"] == REPORT
    assert told["publisher"] == "The Oslo Example"
    first = told["signals"][0]
    assert told["text"][first["start"] : first["end"]] == first["anchor"] == first["selector"]["exact"]
    assert (first["state"], first["deal"], first["id"]) == (
        "proposed",
        desk.signal(first["id"]).deal,
        ferries["ferry pact"],
    )
    assert first["why"] == [{"field": "stage", "start": 17, "end": 22}]
    assert told["versions"] == 1
    assert told["copies"] == []


def test_as_text_and_csv(site: Site, desk: Desk, ferries: dict[str, str]) -> None:
    answer = site.get("/documents/report.txt")
    assert answer.text == REPORT
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    table: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(site.get("/documents/report.csv").text)))
    assert [row["anchor"] for row in table] == list(ferries)
    assert table[1]["source"] == "Ana Ruiz"
    assert table[1]["parties"] == "NO CL"
    assert table[1]["document"] == "report"
    again = site.get("/documents/report.txt", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
