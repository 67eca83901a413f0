"""``paraph occasion``: what it adds, lists, finds in the documents and takes out, on both databases."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from paraph.cli import main
from paraph.desk import Desk, open_desk
from paraph.desk.scoring import scores
from paraph.errors import UsageError
from paraph.exits import Exit
from paraph.extract.codes import party_codes
from paraph.model import Document, Occasion, Reading
from paraph.resolve.scorecards import By
from paraph.settings import Settings
from press import VISIT, deliver, honest, settle

LIMA = ("Lula in Lima", "--parties", "PE,BR", "--from", "2025-08-04", "--to", "2025-08-05", "--place", "Lima")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "PARAPH_DESK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")


def filed(place: str, *texts: str) -> None:
    with open_desk(place, settings=Settings(), now=lambda: datetime(2025, 7, 25, tzinfo=UTC)) as desk:
        for n, text in enumerate(texts):
            document = Document(text=text, id=f"d{n}", publisher=f"Example {n}", published=date(2025, 7, 19 + n))
            desk.add(Reading(document, ()))


def occasions(place: str) -> list[Occasion]:
    with open_desk(place, settings=Settings()) as desk:
        return desk.occasions()


def test_an_occasion_is_added_once(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    for told in ("added: ", "there already: "):
        assert main(["--desk", place, "occasion", "add", *LIMA]) == Exit.DONE
        assert capsys.readouterr().out == f"{told}Lula in Lima · 4 Aug 2025 – 5 Aug 2025 · PE–BR · Lima\n"
    assert occasions(place) == [Occasion("Lula in Lima", ("PE", "BR"), date(2025, 8, 4), date(2025, 8, 5), "Lima")]


@pytest.mark.parametrize(
    ("parties", "first", "twice"),
    [
        ("BR,PE,CL", "2025-08-05", True),
        ("PE,BR", "2025-08-06", False),
        ("PE,CL", "2025-08-05", False),
    ],
)
def test_a_meeting_that_may_be_there_twice_is_told(
    parties: str, first: str, twice: bool, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--desk", place, "occasion", "add", *LIMA]) == Exit.DONE
    assert capsys.readouterr().err == ""
    assert main(["--desk", place, "occasion", "add", "Lima", "--parties", parties, "--from", first]) == Exit.DONE
    out, err = capsys.readouterr()
    assert out.startswith("added: Lima · ")
    assert ("Lula in Lima: has days and parties in common with it" in err) is twice
    assert len(occasions(place)) == 2


def test_names_of_countries_will_do_and_one_day_needs_no_end(place: str) -> None:
    call = [
        "occasion",
        "add",
        " Lula  in Lima ",
        "--parties",
        "peru, Brazil ,PE",
        "--from",
        "2025-08-04",
        "--desk",
        place,
    ]
    assert main(call) == Exit.DONE
    assert occasions(place) == [Occasion("Lula in Lima", ("PE", "BR"), date(2025, 8, 4), date(2025, 8, 4))]


def test_another_of_the_same_name_is_refused_with_the_cure(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["occasion", "add", *LIMA, "--desk", place])
    before = occasions(place)
    for other in (("--from", "2025-08-03"), ("--place", "Cusco"), ("--parties", "PE,CL")):
        assert main(["occasion", "add", *LIMA, *other, "--desk", place]) == Exit.USAGE
        told = capsys.readouterr().err
        assert "occasion 'Lula in Lima': there is one of this name already, Lula in Lima · 4 Aug 2025" in told
        assert "give another name, or take that one out with `paraph occasion remove`" in told
    assert occasions(place) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["X", "--parties", "PE,BR"], "required: --from"),
        (["X", "--from", "2025-08-04"], "required: --parties"),
        (["X", "--parties", "PE,BR", "--from", "4 August"], "'4 August' is no day; give one as 2025-12-04"),
        (["X", "--parties", "PE,BR", "--from", "2025-08-04", "--to", "2025-08-03"], "exchange --from and --to"),
        (["X", "--parties", "PE", "--from", "2025-08-04"], "PE alone meets nobody"),
        (
            ["X", "--parties", "PE,Ruritania", "--from", "2025-08-04"],
            "party 'Ruritania' is not known; give an ISO code",
        ),
        (["X", "--parties", " ,", "--from", "2025-08-04"], "no party is named"),
        ([" ", "--parties", "PE,BR", "--from", "2025-08-04"], "the occasion has no name"),
    ],
)
def test_a_wrong_call_tells_the_cure_and_makes_no_desk(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["occasion", "add", *arguments, "--desk", str(tmp_path / "new.db")]) == Exit.USAGE
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_bloc_alone_is_enough(place: str) -> None:
    assert main(["occasion", "add", "ASEAN summit", "--parties", "asean", "--from", "2025-10-26", "--desk", place]) == 0
    assert occasions(place)[0].parties == ("ASEAN",)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("in,RU", ("IN", "RU")),
        ("European Union, african union, EU", ("EU", "African Union")),
        ("South Korea,türkiye", ("KR", "TR")),
        ("SOUTH AFRICA", ("ZA",)),
    ],
)
def test_party_codes(words: str, codes: tuple[str, ...]) -> None:
    assert party_codes(words) == codes


@pytest.mark.parametrize("words", ["", "Putin", "the", "India and Peru", "XX"])
def test_what_is_no_party(words: str) -> None:
    with pytest.raises(UsageError):
        party_codes(words)


def test_list(place: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["occasion", "list", "--desk", place]) == 0
    assert "`paraph occasion suggest` looks for some" in capsys.readouterr().out
    main(["occasion", "add", "Boric in Quito", "--parties", "EC,CL", "--from", "2025-09-01", "--desk", place])
    main(["occasion", "add", *LIMA, "--desk", place])
    capsys.readouterr()
    assert main(["occasion", "list", "--desk", place]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [[cell.strip() for cell in line if cell.strip()] for line in lines] == [
        ["Lula in Lima", "4 Aug 2025 – 5 Aug 2025", "PE–BR", "Lima"],
        ["Boric in Quito", "1 Sep 2025", "EC–CL"],
        ["2 occasions"],
    ]
    assert main(["occasion", "list", "-f", "json", "--desk", place]) == 0
    assert json.loads(capsys.readouterr().out)[0] == {
        "name": "Lula in Lima", "parties": ["PE", "BR"], "from": "2025-08-04", "to": "2025-08-05", "place": "Lima"
    }  # fmt: skip
    out = tmp_path / "list.csv"
    assert main(["occasion", "list", "--out", str(out), "--desk", place]) == 0
    assert [row["name"] for row in csv.DictReader(io.StringIO(out.read_text("utf-8")))] == [
        "Lula in Lima",
        "Boric in Quito",
    ]


def test_suggest_finds_what_the_documents_tell_and_adds_it(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    filed(
        place,
        "Lula will travel to Lima on 4 and 5 August. A pact on ports is near.",
        "Ministers prepare for Lula's visit to Peru on 4 and 5 August, and a long sentence about it goes on"
        + " and on" * 40,
        "Carney travels to Mexico next week.",
        "Officials expect Lula's trip to Lima on 4 August to bring a deal.",
    )
    assert main(["occasion", "suggest", "--desk", place]) == 0
    out = capsys.readouterr().out
    assert "  1  Lula in Lima, August 2025\n" in out
    assert "4 Aug 2025 – 5 Aug 2025 · PE–BR · 90% sure, 3 independent documents" in out
    assert "“Lula will travel to Lima on 4 and 5 August.” (Example 0)" in out
    assert "on and on …” (Example 1)" in out
    assert "and 1 more document\n" in out
    assert "  2  Carney in Mexico, July 2025\n" in out
    assert "(the week; the days are not told)" in out

    assert main(["occasion", "suggest", "-f", "json", "--since", "2025-07-21", "--desk", place]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["voices"], one["exact"]) for one in found] == [
        ("Lula in Lima, August 2025", 1, True),
        ("Carney in Mexico, July 2025", 1, False),
    ]
    assert found[0]["evidence"][0]["document"] == "d3"

    assert main(["occasion", "suggest", "--add", "1", "--desk", place]) == 0
    assert capsys.readouterr().out.startswith("added: Lula in Lima, August 2025 · 4 Aug 2025")
    assert [one.name for one in occasions(place)] == ["Lula in Lima, August 2025"]
    assert main(["occasion", "suggest", "--desk", place]) == 0
    assert "Lima" not in capsys.readouterr().out
    for number in ("0", "2"):
        assert main(["occasion", "suggest", "--add", number, "--desk", place]) == Exit.USAGE
        assert f"--add {number}: give 1 to 1" in capsys.readouterr().err


def test_nothing_to_suggest(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["occasion", "suggest", "--desk", place]) == 0
    assert "`paraph occasion add` makes one by hand" in capsys.readouterr().out
    assert main(["occasion", "suggest", "-f", "json", "--desk", place]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["occasion", "suggest", "--add", "1", "--desk", place]) == Exit.USAGE
    assert "--add 1: nothing is suggested" in capsys.readouterr().err


def test_remove(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["occasion", "add", *LIMA, "--desk", place])
    capsys.readouterr()
    assert main(["occasion", "remove", "Lula in Lima", "--desk", place]) == 0
    assert capsys.readouterr().out.startswith("removed: Lula in Lima · 4 Aug 2025")
    assert occasions(place) == []
    assert main(["occasion", "remove", "Lula in Lima", "--desk", place]) == Exit.USAGE
    assert "“Lula in Lima” is not on the desk" in capsys.readouterr().err


def test_what_is_removed_leaves_the_scorecards(desk: Desk) -> None:
    deliver(desk, *honest())
    settle(desk)
    after = date(2025, 4, 1)
    before = scores(desk, By.PUBLISHER, today=after)
    assert before.cards
    kept = [occasion for occasion in desk.occasions() if occasion.name != VISIT.name]
    desk.remove_occasion(VISIT.name)
    assert desk.occasions() == kept
    assert desk.verdicts() == []
    assert scores(desk, By.PUBLISHER, today=after).cards == ()
    settle(desk)
    assert scores(desk, By.PUBLISHER, today=after) == before


def test_only_adding_makes_a_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(tmp_path / "none.db")
    for call in (["list"], ["suggest"], ["remove", "x"]):
        assert main(["occasion", *call, "--desk", where]) == Exit.USAGE
        assert "there is none" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
