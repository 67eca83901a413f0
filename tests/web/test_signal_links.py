"""Permalinks of single signals: where they lead, and what is known of a signal as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from desks import Clock
from paraph.desk import Action, Desk, Review
from paraph.errors import DeskError
from paraph.model import Document, Signal
from press import article, deliver, told
from samples import hostile
from websites import Site


@pytest.fixture
def one(desk: Desk) -> str:
    """A desk with one article that has two signals; the first's id."""
    deliver(
        desk, article("post/1 #2?", "Post", date(2025, 3, 1), told("radar"), told("ferries", source="Minister Berg"))
    )
    return desk.signals_of("post/1 #2?")[0].sighting.id


def test_a_signal_leads_to_its_place_in_its_document(site: Site, one: str) -> None:
    answer = site.get(f"/signals/{one}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/documents/post%2F1%20%232%3F?signal={one}#s-{one}"
    assert site.get(f"/signals/{one[:9]}").headers["location"] == answer.headers["location"]


def test_the_json_has_all_that_is_known_of_it(site: Site, desk: Desk, one: str) -> None:
    value = site.get(f"/signals/{one}.json").json()
    text = desk.document("post/1 #2?").document.text
    assert (value["id"], value["state"], value["vanished"], value["newest"]) == (one, "proposed", False, True)
    assert value["deal"] == {"id": one, "page": f"/deals/{one}"}
    assert value["document"]["key"] == "post/1 #2?"
    assert value["document"]["publisher"] == "Post"
    assert value["document"]["page"] == "/documents/post%2F1%20%232%3F"
    assert value["signal"]["anchor"] == "coastal radar stations"
    assert value["machine"] == {}
    position, quotation = value["target"]["selector"]
    assert position["type"] == "TextPositionSelector"
    assert text[position["start"] : position["end"]] == quotation["exact"] == "coastal radar stations"
    assert text[: position["start"]].endswith(quotation["prefix"])
    assert text[position["end"] :].startswith(quotation["suffix"])
    assert [reason["words"] for reason in value["reasons"]] == ["are", "expected", "to", "sign"]
    assert all(text[reason["start"] : reason["end"]] == reason["words"] for reason in value["reasons"])


def test_a_beginning_of_an_id_leads_to_the_whole_one(site: Site, one: str) -> None:
    answer = site.get(f"/signals/{one[:9]}.json")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/signals/{one}.json")


def test_a_rejected_signal_keeps_its_place_and_says_so(site: Site, desk: Desk, one: str) -> None:
    desk.decide(Review(Action.REJECT, "Ida", signal=one))
    assert site.get(f"/signals/{one}").status_code == 302
    value = site.get(f"/signals/{one}.json").json()
    assert (value["state"], value["deal"]) == ("rejected", None)


def test_what_a_person_corrected_stands_beside_what_the_machine_said(site: Site, desk: Desk, one: str) -> None:
    desk.decide(Review(Action.CORRECT, "Ida", signal=one, payload={"field": "stage", "value": "agreed"}))
    value = site.get(f"/signals/{one}.json").json()
    assert value["signal"]["stage"] == "agreed"
    assert value["machine"] == {"stage": "signed"}


def test_words_that_an_update_took_out_are_found_in_the_text_they_stood_in(site: Site, desk: Desk) -> None:
    deliver(desk, article("a", "Post", date(2025, 3, 1), told("radar"), told("ferries")))
    radar = desk.signals_of("a")[0].sighting
    newer = article("a", "Post", date(2025, 3, 1), told("ferries"), words="other", updated=date(2025, 3, 2))
    deliver(desk, newer, seen=date(2025, 3, 2))
    value = site.get(f"/signals/{radar.id}.json").json()
    assert (value["vanished"], value["newest"]) == (True, False)
    assert value["target"]["selector"][1]["exact"] == "coastal radar stations"
    assert value["target"]["selector"][0]["start"] == radar.signal.start
    first, _ = desk.versions("a")
    from paraph.model import text_hash

    assert value["target"]["text_hash"] == text_hash(first.reading.document.text)


def moved(by: int) -> Callable[[Document], list[Signal]]:
    """Return an engine that finds one signal, a few letters further than the one before found it."""

    def extract(document: Document) -> list[Signal]:
        (reading,) = [article("a", "Post", date(2025, 3, 1), told("radar"))]
        found = reading.signals[0]
        end = found.end - by
        return [replace(found, end=end, anchor=document.text[found.start : end])]

    return extract


def test_an_id_from_before_a_rereading_leads_on(site: Site, desk: Desk, clock: Clock) -> None:
    deliver(desk, article("a", "Post", date(2025, 3, 1), told("radar")))
    old = desk.signals_of("a")[0].sighting.id
    list(desk.reread(moved(9), engine="other", engine_version="2"))
    new = desk.signals_of("a")[0].sighting.id
    assert new != old
    assert site.get(f"/signals/{old}").headers["location"] == f"/documents/a?signal={new}#s-{new}"
    assert site.get(f"/signals/{old}.json").headers["location"] == f"/signals/{new}.json"
    assert site.get(f"/deals/{old}").headers["location"] == f"/deals/{new}"
    assert site.get(f"/deals/{old}.atom").headers["location"] == f"/deals/{new}.atom"


@pytest.mark.parametrize("id", ["nope", "abc", "ffffffffffff", "%2e%2e", "a%00b"])
def test_what_is_no_signal_is_not_found(site: Site, one: str, id: str) -> None:
    assert site.get(f"/signals/{id}").status_code == 404
    answer = site.get(f"/signals/{id}.json")
    assert answer.status_code == 404
    assert "is not on the desk" in answer.json()["error"]["message"]


def test_other_forms_of_a_signal_are_not_there(site: Site, one: str) -> None:
    assert site.get(f"/signals/{one}.csv").status_code == 404


def test_hostile_names_and_words_stay_data(site: Site, desk: Desk) -> None:
    desk.add(hostile())
    (kept,) = desk.documents()
    id = desk.signals_of(kept.document.id)[0].sighting.id
    location = site.get(f"/signals/{id}").headers["location"]
    assert location.isascii()
    assert location.startswith("/documents/")
    assert "\x1b" not in site.get(f"/signals/{id}.json").text
    assert site.get(f"/signals/{id}.json").json()["document"]["key"] == kept.document.id


def test_words_that_stand_nowhere_are_told(desk: Desk, one: str) -> None:
    from paraph.web.views.signal import signal_dict

    row = desk.signal(one)
    strange = replace(row, sighting=replace(row.sighting, signal=replace(row.sighting.signal, anchor="other words")))
    with pytest.raises(DeskError, match="none of the texts"):
        signal_dict(desk, strange)
