"""``paraph outcomes``: from reports to the scoreboard, as a person calls it. Every report was written for these tests."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from paraph.cli import main
from paraph.exits import Exit
from paraph.show.outcome_list import COLUMNS

PREVIEW = {
    "id": "post-1",
    "publisher": "Post",
    "published": "2025-03-10",
    "title": "Norway and Chile weigh deals before the Oslo visit",
    "text": "OSLO, March 10 - Norway and Chile are expected to sign an agreement on electric ferries during the visit of "
    "President Rojas to Oslo on March 20-21, Transport Minister Ana Ruiz said.\n\n"
    "Chile could also buy coastal radar stations from Norway, two officials said.\n\n"
    "The two governments are in talks on a uranium enrichment plant.\n\n"
    "A loan for a desalination plant in Arica may be announced, according to the Norwegian finance ministry.\n",
}
LIST = {
    "id": "gov-1",
    "publisher": "Government of Norway",
    "published": "2025-03-22",
    "kind": "official",
    "title": "List of outcomes: visit of the President of Chile to Norway",
    "text": "List of outcomes: visit of the President of Chile to Norway\n\n"
    "1. The agreement on electric ferries between Norway and Chile was signed.\n\n"
    "2. Norway and Chile agreed on the purchase of coastal radar stations by Chile.\n\n"
    "3. Norway and Chile signed a memorandum of understanding on cooperation in salmon vaccines.\n",
}
DENIAL = {
    "id": "courier-1",
    "publisher": "Courier",
    "published": "2025-03-23",
    "title": "No uranium plant for Chile",
    "text": "SANTIAGO, March 23 - Norway and Chile have shelved the uranium enrichment plant, "
    "Energy Minister Olav Berg said.\n",
}
OSLO = ("Oslo", "--parties", "NO,CL", "--from", "2025-03-20", "--to", "2025-03-21", "--place", "Oslo")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "PARAPH_DESK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")


class Call:
    """The command line at a desk."""

    def __init__(self, place: str, folder: Path, capsys: Capture) -> None:
        self.place, self.folder, self.capsys = place, folder, capsys

    def __call__(self, *words: str) -> str:
        assert main(["--desk", self.place, *words]) == Exit.DONE
        return self.capsys.readouterr().out

    def add(self, *papers: dict[str, Any]) -> None:
        paths = []
        for paper in papers:
            path = self.folder / f"{paper['id']}.json"
            path.write_text(json.dumps(paper), "utf-8")
            paths.append(str(path))
        self("add", *paths)

    def outcomes(self, *words: str) -> dict[str, dict[str, Any]]:
        """Return the deals of the JSON by a word of their titles."""
        found = json.loads(self("outcomes", "Oslo", "--format", "json", *words))
        return {each["title"].lower(): each for each in found["deals"]}


@pytest.fixture
def call(place: str, tmp_path: Path, capsys: Capture) -> Call:
    return Call(place, tmp_path, capsys)


@pytest.fixture
def full(call: Call) -> Call:
    call.add(PREVIEW, LIST, DENIAL)
    call("occasion", "add", *OSLO)
    return call


def of(deals: dict[str, dict[str, Any]], word: str) -> dict[str, Any]:
    (found,) = (deal for title, deal in deals.items() if word in title)
    return found


def test_the_json_has_the_keys_of_the_contract_and_words_that_stand_there(full: Call) -> None:
    found = json.loads(full("outcomes", "Oslo", "--format", "json"))
    assert list(found) == ["occasion", "deals"]
    assert found["occasion"] == {
        "name": "Oslo",
        "parties": ["NO", "CL"],
        "from": "2025-03-20",
        "to": "2025-03-21",
        "place": "Oslo",
    }
    texts = {paper["id"]: paper["text"] for paper in (PREVIEW, LIST, DENIAL)}
    assert len(found["deals"]) >= 5
    for deal in found["deals"]:
        assert {"id", "title", "verdict", "signals", "evidence"} <= set(deal)
        assert deal["verdict"] in ("signed", "agreed", "advanced", "absent", "refused")
        assert deal["signals"]
        for place in deal["signals"]:
            assert {"document", "start", "end"} <= set(place)
            assert 0 <= place["start"] < place["end"] <= len(texts[place["document"]])
        if deal["evidence"] is None:
            assert deal["verdict"] == "absent"
        else:
            assert {"document", "start", "end", "quote"} <= set(deal["evidence"])
            evidence = deal["evidence"]
            anchor = texts[evidence["document"]][evidence["start"] : evidence["end"]]
            assert anchor in evidence["quote"]
            assert evidence["quote"] in texts[evidence["document"]]
    ids = [deal["id"] for deal in found["deals"]]
    assert ids == sorted(set(ids))


def test_each_deal_has_what_became_of_it(full: Call) -> None:
    deals = full.outcomes()
    ferries, radar = of(deals, "ferries"), of(deals, "radar")
    assert (ferries["verdict"], ferries["announced"]) == ("signed", True)
    assert (ferries["evidence"]["document"], ferries["evidence"]["authority"]) == ("gov-1", "outcome_list")
    assert "electric ferries between Norway and Chile was signed" in ferries["evidence"]["quote"]
    assert (radar["verdict"], radar["evidence"]["publisher"]) == ("agreed", "Government of Norway")
    uranium = of(deals, "uranium")
    assert (uranium["verdict"], uranium["evidence"]["document"]) == ("refused", "courier-1")
    assert "have shelved" in uranium["evidence"]["quote"]
    loan = of(deals, "desalination")
    assert (loan["verdict"], loan["evidence"]) == ("absent", None)
    vaccines = of(deals, "salmon")
    assert (vaccines["verdict"], vaccines["announced"]) == ("signed", False)


def test_the_table_puts_before_beside_after(full: Call) -> None:
    told = full("outcomes", "Oslo")
    assert told.startswith("Oslo\n20 Mar 2025 – 21 Mar 2025 · NO–CL · Oslo\n4 deals on the table before; 2 of 4 came ")
    assert "(1 signed, 1 agreed), 0 went on, 1 refused or put off, of 1 nothing was said" in told
    at = [
        told.index(head)
        for head in ("Signed (1)", "Agreed, not signed (1)", "Refused or put off (1)", "Nothing said (1)", "Came unann")
    ]
    assert at == sorted(at)
    flat = " ".join(told.split())
    assert "before: “Norway and Chile are expected to sign an agreement on electric ferries" in flat
    assert "Transport Minister Ana Ruiz (official), Post, 10 Mar 2025" in flat
    assert "after: “1. The agreement on electric ferries" in flat or "after: “The agreement on electric ferries" in flat
    assert "outcome list, Government of Norway, 22 Mar 2025" in flat
    assert flat.index("salmon vaccines") > flat.index("Came unannounced")
    assert "\x1b" not in told


def test_the_limit_is_told(full: Call) -> None:
    full.add(
        {
            "id": "more",
            "publisher": "Mercury",
            "published": "2025-03-11",
            "text": "Norway and Chile may sign an agreement on salmon feed.\n\n"
            "The two could build a hydrogen plant in Mejillones.\n",
        }
    )
    told = full("outcomes", "Oslo", "--limit", "1")
    assert "and 2 more deals (--limit shows more)" in told
    assert "(--limit shows more)" not in full("outcomes", "Oslo")


def test_deals_that_the_engine_is_unsure_of_are_counted_and_not_shown(full: Call) -> None:
    told = full("outcomes", "Oslo", "--min-confidence", "1")
    whole = len(full.outcomes())
    assert f"{whole} of all {whole} deals too unsure to show; --min-confidence 0 shows them" in told
    assert "0 deals on the table before" in told
    assert "electric ferries" not in told
    assert "too unsure" not in full("outcomes", "Oslo", "--min-confidence", "0")
    assert len(full.outcomes("--min-confidence", "1")) == len(full.outcomes())


def test_what_the_days_themselves_brought_is_no_hint(call: Call) -> None:
    call.add(
        {
            "id": "eve",
            "publisher": "Post",
            "published": "2025-03-20",
            "text": "Norway and Chile may sign an agreement on electric ferries on March 21.\n",
        },
        {
            "id": "result",
            "publisher": "Courier",
            "published": "2025-03-21",
            "text": "Norway and Chile signed an agreement on electric ferries.\n",
        },
        {
            "id": "result-too",
            "publisher": "Mercury",
            "published": "2025-03-21",
            "text": "The agreement on electric ferries between Norway and Chile was signed in Oslo.\n",
        },
    )
    call("occasion", "add", *OSLO)
    ferries = of(call.outcomes(), "ferries")
    assert (ferries["verdict"], ferries["announced"], len(ferries["signals"])) == ("signed", True, 3)
    rows = csv.DictReader(io.StringIO(call("outcomes", "Oslo", "--format", "csv")))
    (row,) = (row for row in rows if row["announced"] == "true")
    assert (row["hint_publisher"], row["hint_day"]) == ("Post", "2025-03-20")
    told = call("outcomes", "Oslo")
    assert "before: “Norway and Chile may sign" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--limit", "-3"), "argument --limit: '-3' is no number of things"),
        (("--min-confidence", "2"), "argument --min-confidence: '2' is no probability; give 0 to 1"),
        (("--min-confidence", "sure"), "argument --min-confidence: 'sure' is no probability"),
    ],
)
def test_a_wrong_call_names_the_argument(words: tuple[str, str], told: str, capsys: Capture) -> None:
    assert main(["outcomes", "Oslo", *words]) == Exit.USAGE
    assert told in capsys.readouterr().err


def test_the_csv_has_a_row_a_deal(full: Call, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(full("outcomes", "Oslo", "--format", "csv"))))
    assert list(rows[0]) == COLUMNS
    assert {row["deal"]: row["verdict"] for row in rows} == {
        deal["id"]: deal["verdict"] for deal in full.outcomes().values()
    }
    (ferries,) = (row for row in rows if "ferries" in row["title"])
    assert (ferries["hint_publisher"], ferries["hint_day"], ferries["hint_stage"]) == ("Post", "2025-03-10", "signed")
    assert (ferries["evidence_publisher"], ferries["evidence_day"]) == ("Government of Norway", "2025-03-22")
    assert ferries["announced"] == "true"
    (vaccines,) = (row for row in rows if "salmon" in row["title"])
    assert (vaccines["announced"], vaccines["hint"], vaccines["hint_day"]) == ("false", "", "")
    # The file's name asks for the format.
    out = tmp_path / "told.csv"
    assert full("outcomes", "Oslo", "--out", str(out)) == ""
    assert list(csv.DictReader(io.StringIO(out.read_text("utf-8")))) == rows


def test_run_again_it_says_the_same(full: Call) -> None:
    first = full("outcomes", "Oslo", "--format", "json")
    assert full("outcomes", "Oslo", "--format", "json") == first
    full.add(PREVIEW, LIST, DENIAL)
    assert full("outcomes", "Oslo", "--format", "json") == first


def test_before_anything_came_in_nothing_is_said_to_be_absent_with_confidence(call: Call) -> None:
    call.add(PREVIEW)
    call("occasion", "add", *OSLO)
    deals = call.outcomes()
    assert len(deals) >= 4
    assert {(deal["verdict"], deal["confidence"]) for deal in deals.values()} == {("absent", 0.0)}


def test_what_a_person_overruled_shows_with_the_reason_and_lasts(full: Call) -> None:
    loan = of(full.outcomes(), "desalination")
    reason = "the gazette of 3 April has it"
    full("review", "overrule", loan["id"], "Oslo", "agreed", "--reason", reason, "--who", "Ana")

    def holds() -> None:
        found = of(full.outcomes(), "desalination")
        assert (found["verdict"], found["by"], found["reason"]) == ("agreed", "Ana", reason)
        assert found["proposed"] == "absent"
        flat = " ".join(full("outcomes", "Oslo").split())
        assert f"decided by Ana: {reason}" in flat
        assert "3 of 4 came (1 signed, 2 agreed)" in flat
        rows = list(csv.DictReader(io.StringIO(full("outcomes", "Oslo", "--format", "csv"))))
        (row,) = (row for row in rows if "desalination" in row["title"])
        assert (row["verdict"], row["by"], row["reason"]) == ("agreed", "Ana", reason)

    holds()
    holds()
    assert "0 decisions could not be placed" in full("reread")
    holds()
    number = json.loads(full("review", "list", "--format", "json"))[-1]["id"]
    full("review", "undo", str(number), "--who", "Ana")
    found = of(full.outcomes(), "desalination")
    assert (found["verdict"], found["by"], found["proposed"]) == ("absent", None, None)


def test_an_unknown_occasion_is_told_in_a_line_with_those_there_are(full: Call) -> None:
    for form in ("table", "json", "csv"):
        assert main(["--desk", full.place, "outcomes", "Bergen", "--format", form]) == Exit.USAGE
        out, err = full.capsys.readouterr()
        assert out == ""
        assert err.startswith("paraph: occasion “Bergen” is not on the desk")
        assert "“Oslo”" in err
        assert err.count("\n") == 1


def test_an_empty_desk_has_an_empty_scoreboard(call: Call) -> None:
    call("occasion", "add", *OSLO)
    assert json.loads(call("outcomes", "Oslo", "--format", "json"))["deals"] == []
    assert call("outcomes", "Oslo", "--format", "csv") == ",".join(COLUMNS) + "\n"
    assert "0 deals on the table before; 0 of 0 came" in call("outcomes", "Oslo")


def test_no_desk_is_made_by_asking(tmp_path: Path, capsys: Capture) -> None:
    assert main(["--desk", str(tmp_path / "none.db"), "outcomes", "Oslo"]) == Exit.USAGE
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert list(tmp_path.iterdir()) == []


def test_what_a_source_supplies_is_safe_on_a_terminal(call: Call) -> None:
    call.add({**PREVIEW, "publisher": "Post\x1b[2J\u202e"}, {**LIST, "publisher": "=cmd()\x1b]0;x\x07"})
    call("occasion", "add", *OSLO)
    told = call("outcomes", "Oslo")
    assert not {"\x1b", "\x07", "\u202e"} & set(told)
    for form in ("json", "csv"):
        assert not {"\x1b", "\x07", "\u202e"} & set(call("outcomes", "Oslo", "--format", form))


def test_the_hint_is_what_was_said_before_and_never_the_result(call: Call) -> None:
    """On the visit's own days a preview and a result stand side by side; the result is no hint, however sure it is."""
    call.add(
        PREVIEW,
        {
            "id": "post-2",
            "publisher": "Post",
            "published": "2025-03-20",
            "text": "Norway and Chile signed the agreement on electric ferries in Oslo today.\n",
        },
        {
            "id": "mercury-2",
            "publisher": "Mercury",
            "published": "2025-03-21",
            "text": "Norway and Chile have signed the agreement on electric ferries, officials in Oslo said.\n",
        },
    )
    call("occasion", "add", *OSLO)
    assert of(call.outcomes(), "ferries")["verdict"] == "signed"
    rows = list(csv.DictReader(io.StringIO(call("outcomes", "Oslo", "--format", "csv"))))
    (ferries,) = (row for row in rows if "ferries" in row["title"])
    assert (ferries["hint_day"], ferries["hint_certainty"]) == ("2025-03-10", "probable")
