"""A whole desk out and in again: nothing lost, nothing doubled, equal desks in equal bytes, on both databases."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from desks import Clock
from paraph.desk import Action, Desk, Raw, Review, open_desk
from paraph.desk.exchange.checking import look_through
from paraph.desk.exchange.gold import gold_documents, gold_name, slug
from paraph.desk.exchange.tables import COLUMNS, rows_of
from paraph.desk.exchange.taking import take
from paraph.desk.exchange.whole import lines_of
from paraph.desk.places import selector_of
from paraph.desk.schema import aliases, documents, feed_entries, feeds, signals
from paraph.desk.values import Target
from paraph.errors import Damaged
from paraph.model import Document, Occasion, Outcome, Reading, Verdict, text_hash
from paraph.settings import Settings
from pools import deliver, pool, state
from samples import HOSTILE, signal

SETTINGS = Settings()
ON_THE_DAY = datetime(2025, 3, 20, 9, tzinfo=UTC)
OSLO = Occasion("Oslo “2025”", ("NO", "CL"), date(2025, 3, 20), date(2025, 3, 21), "Oslo")


def export(desk: Desk) -> str:
    return "".join(lines_of(desk))


def taken(desk: Desk, text: str) -> str:
    stream = io.BytesIO(text.encode())
    return str(take(desk, stream, look_through(stream, "desk.jsonl", SETTINGS)))


@contextmanager
def another(folder: Path, empty: Path, name: str = "another") -> Iterator[Desk]:
    path = folder / f"{name}.db"
    if not path.exists():
        shutil.copy(empty, path)
    with open_desk(path, settings=SETTINGS, now=Clock()) as desk:
        yield desk


def ids(desk: Desk) -> list[str]:
    with desk.look() as connection:
        found = select(signals.c.key).join(documents).where(signals.c.root_id.is_not(None))
        return list(connection.execute(found.order_by(documents.c.key, signals.c.start)).scalars())


def fill(desk: Desk) -> None:
    """Put something of every kind on a desk."""
    deliver(desk, pool(1, 10))
    page = Document(
        text=f"Odd {HOSTILE} \ud800 text of a pact.", id="odd", publisher="=cmd()", title="@SUM(1)", notes=("n",)
    )
    desk.add(Reading(page, (signal(page.text, "pact"),)), raw=Raw(b"\x00\xff<html>", "text/html"), seen=ON_THE_DAY)
    desk.add(Reading(Document(text="Nothing of note.", id="none"), ()), raw=Raw(b"\x00\xff<html>", "text/html"))
    desk.add_occasion(OSLO)
    known = ids(desk)
    deals = list(dict.fromkeys(desk.deal(id).id for id in known))
    desk.decide(Review(Action.ACCEPT, "ann", signal=known[0]))
    desk.decide(Review(Action.REJECT, "ann", signal=known[1], reason="a visit, no deal"))
    number = desk.decide(Review(Action.UNSURE, "bo", signal=known[2]))
    desk.decide(Review(Action.UNDO, "bo", undoes=number))
    desk.decide(Review(Action.CORRECT, "ann", signal=known[3], payload={"field": "parties", "value": ["NO", "SE"]}))
    whole = next(deal for deal in map(desk.deal, deals) if len(deal.sightings) > 2)
    desk.decide(Review(Action.SPLIT, "ann", signal=whole.id, payload={"signals": [whole.sightings[-1].id]}))
    one, two = [deal for deal in deals if deal != whole.id][-2:]
    desk.decide(Review(Action.MERGE, "ann", signal=one, payload={"other": two}))
    text = desk.document("odd").document.text
    target = Target("odd", selector_of(text, 0, 3))
    fields = {"stage": "talks", "certainty": "possible", "sector": "trade", "instrument": "cooperation", "ahead": True}
    desk.decide(Review(Action.ADD, "bo", target=target, payload=fields))
    desk.decide(Review(Action.OWN, "ann", payload={"publisher": "Fjord", "owner": "Holding"}))
    desk.decide(Review(Action.NOTE, "ann", signal=known[0], reason="=see the annex"))
    overruled = {"occasion": OSLO.name, "outcome": "signed"}
    desk.decide(Review(Action.OVERRULE, "ann", signal=known[0], payload=overruled, reason="was there"))
    desk.settle(OSLO, [Verdict(desk.deal(known[4]).id, Outcome.ABSENT, 0.7)])
    with desk.begin() as connection:
        row = connection.execute(select(signals.c.id).where(signals.c.key == known[0])).scalar_one()
        connection.execute(insert(aliases).values(key="f" * 12, signal_id=row))
        values: dict[str, Any] = {
            "url": "https://fjord.example/feed",
            "was": ["http://fjord.example/feed"],
            "added": "2025-03-01T00:00:00.000000+00:00",
            "claimed": "2025-03-01T00:00:00.000000+00:00",
            "failures": 2,
            "items": 1,
            "newest": [["k", "2025-03-01"]],
            "gaps": [],
            "gone": False,
        }
        feed = connection.execute(insert(feeds).values(values).returning(feeds.c.id)).scalar_one()
        entry = {"feed_id": feed, "key": "k", "state": "done", "tries": 1, "readings": 1, "seen": values["added"]}
        connection.execute(insert(feed_entries).values(entry))


def test_a_desk_comes_back_whole(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    fill(desk)
    text = export(desk)
    assert text.isascii()
    with another(tmp_path, empty_file) as copy:
        told = taken(copy, text)
        assert "1 occasions, 11 decisions, 1 old ids, 1 feeds" in told
        assert export(copy) == text
        assert state(copy) == state(desk)
        assert [review.action for review in copy.reviews()] == [review.action for review in desk.reviews()]
        assert copy.deal("f" * 12).id == desk.deal("f" * 12).id
        assert copy.document("odd").document == desk.document("odd").document
        assert copy.raw(copy.document("none").raw or "").data == b"\x00\xff<html>"
        assert copy.document("d1").owner == desk.document("d1").owner
        # The machine's verdicts are made anew; the person's are there.
        assert [(each.by, each.outcome) for each in copy.verdicts(OSLO.name)] == [("ann", Outcome.SIGNED)]


def test_and_back_into_the_other_database(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    with another(tmp_path, empty_file) as source:
        fill(source)
        text, wanted = export(source), state(source)
    taken(desk, text)
    assert export(desk) == text
    assert state(desk) == wanted


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    fill(desk)
    text, before = export(desk), state(desk)
    told = taken(desk, text)
    assert " 0 decisions (11 were in already)" in told
    assert told.startswith("0 documents (")
    assert export(desk) == text
    assert state(desk) == before


@pytest.mark.parametrize("lines", [1, 5, 12, 20])
def test_taking_in_that_was_cut_off_is_taken_up_again(tmp_path: Path, empty_file: Path, lines: int) -> None:
    with another(tmp_path, empty_file, "source") as source:
        fill(source)
        text, wanted = export(source), state(source)
    with another(tmp_path, empty_file) as copy:
        stream = io.BytesIO(text.encode())
        looked = look_through(stream, "desk.jsonl", SETTINGS)
        cut = io.BytesIO(b"".join(stream.getvalue().splitlines(keepends=True)[:lines]))
        take(copy, cut, looked)
        assert export(copy) != text
        taken(copy, text)
        assert export(copy) == text
        assert state(copy) == wanted


def test_equal_desks_give_equal_bytes_whatever_came_first(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    deliveries = pool(3, 10)
    deliver(desk, deliveries)
    with another(tmp_path, empty_file) as turned:
        deliver(turned, deliveries[::-1])
        deliver(turned, deliveries)
        assert export(turned) == export(desk)
        for table in COLUMNS:
            assert list(rows_of(turned, table)) == list(rows_of(desk, table))


def test_a_file_goes_into_a_desk_that_holds_something(tmp_path: Path, empty_file: Path) -> None:
    with another(tmp_path, empty_file, "one") as one, another(tmp_path, empty_file, "two") as two:
        deliver(one, pool(1, 6))
        desk_of_both = pool(2, 6)
        deliver(two, desk_of_both)
        deliver(two, pool(1, 6))
        text = export(one)
    with another(tmp_path, empty_file, "three") as three:
        deliver(three, desk_of_both)
        taken(three, text)
    with another(tmp_path, empty_file, "two") as two, another(tmp_path, empty_file, "three") as three:
        assert export(three) == export(two)


def test_the_files_occasion_counts(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    desk.add_occasion(OSLO)
    with another(tmp_path, empty_file) as other:
        other.add_occasion(Occasion(OSLO.name, ("NO",), OSLO.first, OSLO.first, None))
        assert taken(other, export(desk)) == "1 occasions"
        assert other.occasions() == [OSLO]
        assert taken(other, export(desk)) == "0 occasions (1 were in already)"


def test_an_empty_desk_goes_out_and_in(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    text = export(desk)
    assert len(text.splitlines()) == 2
    with another(tmp_path, empty_file) as other:
        assert taken(other, text) == "an empty desk; nothing was taken in"


def test_an_old_id_whose_signal_is_gone_is_left_out(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    fill(desk)
    lines = [json.loads(line) for line in export(desk).splitlines()]
    changed = [line | {"signal": "0" * 12} if line["type"] == "alias" else line for line in lines]
    with another(tmp_path, empty_file) as other:
        told = taken(other, "".join(json.dumps(line) + "\n" for line in changed))
        assert "0 old ids (1 were in already)" in told


def test_damage_is_refused_before_anything_is_taken_in(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    fill(desk)
    lines = export(desk).splitlines(keepends=True)
    with another(tmp_path, empty_file) as other:
        before = export(other)
        for at in range(1, len(lines), 3):
            damaged = [*lines[:at], lines[at].replace("a", "b", 1)[: len(lines[at]) // 2] + "\n", *lines[at + 1 :]]
            with pytest.raises(Damaged, match=f"line {at + 1}: "):
                taken(other, "".join(damaged))
        assert export(other) == before


def test_rows_have_the_columns_that_are_told(desk: Desk) -> None:
    fill(desk)
    for table, columns in COLUMNS.items():
        rows = list(rows_of(desk, table))
        assert rows
        for row in rows:
            assert list(row) == list(columns)
            for name, kind in columns.items():
                assert row[name] is None or type(row[name]) is kind, (table, name)


def test_rows_of_signals_are_as_corrected_and_find_their_place(desk: Desk) -> None:
    fill(desk)
    rows = {row["id"]: row for row in rows_of(desk, "signals")}
    assert any(row["parties"] == ["NO", "SE"] for row in rows.values())
    assert {row["state"] for row in rows.values()} == {"proposed", "accepted", "rejected"}
    assert all((row["deal"] is None) == (row["state"] == "rejected") for row in rows.values())
    for row in rows.values():
        texts = {
            text_hash(each.reading.document.text): each.reading.document.text for each in desk.versions(row["document"])
        }
        assert texts[row["text_hash"]][row["start"] : row["end"]] == row["anchor"]


def test_rows_of_verdicts_and_decisions(desk: Desk) -> None:
    fill(desk)
    overruled = next(row for row in rows_of(desk, "verdicts") if row["by"])
    assert (overruled["occasion"], overruled["outcome"], overruled["reason"]) == (OSLO.name, "signed", "was there")
    decisions = list(rows_of(desk, "reviews"))
    assert [row["action"] for row in decisions[:4]] == ["accept", "reject", "unsure", "undo"]
    assert decisions[3]["undoes"] == decisions[2]["id"]
    assert json.loads(decisions[4]["payload"]) == {"field": "parties", "value": ["NO", "SE"]}


def test_gold_is_what_the_checker_of_the_corpus_takes(desk: Desk) -> None:
    fill(desk)
    pages = list(gold_documents(desk))
    assert {page["role"] for page in pages} >= {"negative", "preview", "mixed"}
    assert "oslo-2025" in {page["event"] for page in pages}
    names = [gold_name(page, number) for number, page in enumerate(pages, 1)]
    assert len({*names}) == len(names)
    for page in pages:
        places = []
        for each in page["signals"]:
            at = -1
            for _ in range(each["nth"]):
                at = page["text"].find(each["anchor"], at + 1)
            assert (at, at + len(each["anchor"])) == (each["start"], each["end"])
            assert (each["source_type"] == "outlet") == (each["source"] is None)
            assert each["deal"]
            places.append((each["start"], each["end"]))
        assert places == sorted(set(places))
    odd = next(page for page in pages if page["id"] == "odd")
    assert [(each["anchor"], each["checked"]) for each in odd["signals"]] == [("Odd", True), ("pact", False)]
    rejected = [row for row in rows_of(desk, "signals") if row["state"] == "rejected"]
    for row in rejected:
        page = next((page for page in pages if page["id"] == row["document"]), None)
        assert page is None or (row["start"], row["end"]) not in {(s["start"], s["end"]) for s in page["signals"]}


def test_a_name_of_a_file_is_safe() -> None:
    assert slug("../../etc/Passwd “x”") == "etc-passwd-x"
    assert slug("…") == "x"
    assert len(slug("a" * 500)) == 80


def test_csv_of_a_desk_runs_nothing(desk: Desk) -> None:
    from paraph.show.export import csv_lines

    fill(desk)
    for table, columns in COLUMNS.items():
        for row in csv.reader(io.StringIO("".join(csv_lines(columns, rows_of(desk, table))))):
            assert not any(cell.startswith(tuple("=+-@\t\r\n\0")) for cell in row)
