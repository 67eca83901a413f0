"""``paraph deals``, ``paraph deal`` and ``paraph review`` through their real entry point."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from paraph.cli import main
from paraph.commands import COMMANDS
from paraph.commands.review import WORDS
from paraph.desk import Action, open_desk
from paraph.exits import Exit
from paraph.model import Occasion, Outcome, Verdict
from samples import hostile, note, report

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("PARAPH_LAPSE_DAYS", "36500")  # the reports are of 2025, and the commands go by the real clock
    monkeypatch.setenv("LOGNAME", "ana")
    monkeypatch.delenv("PARAPH_DESK", raising=False)


@pytest.fixture
def filled(place: str) -> str:
    with open_desk(place) as desk:
        desk.add(report())
        desk.add(note())
    return place


@pytest.fixture
def run(filled: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the desk and return what it printed."""

    def call(*arguments: str, status: int = Exit.DONE) -> str:
        assert main([*arguments, "--desk", filled]) == status
        out, err = capsys.readouterr()
        return err if status else out

    return call


def listed(run: Run, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("deals", "--format", "jsonl", *arguments).splitlines()]


def titles(rows: Sequence[dict[str, Any]]) -> set[str]:
    return {row["title"] for row in rows}


def ferry(run: Run) -> dict[str, Any]:
    return next(row for row in listed(run) if "electric ferries" in row["title"])


# The list.


def test_the_list_as_a_table(run: Run) -> None:
    table = run("deals")
    assert "electric ferries" in table
    assert "NO–CL" in table or "CL–NO" in table
    assert "signed" in table
    assert table.splitlines()[-2].strip().endswith("deals")
    assert "ladder: idea, talks" in table
    assert "of 6 deals" in run("deals", "--limit", "2") or "2 of" in run("deals", "--limit", "2")
    assert run("deals", "--party", "JP") == "no deals\n"


def test_the_list_of_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table = run("deals")
    assert "voice" in table
    assert max(map(len, table.splitlines()[:-1])) <= 80


def test_deals_that_the_engine_is_unsure_of_are_counted_and_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "too unsure" not in run("deals")
    monkeypatch.setenv("PARAPH_BRIEF_CONFIDENCE", "1")
    few = len(listed(run, "--min-confidence", "1"))
    told = run("deals")
    assert f"{len(listed(run)) - few} more deals too unsure to show; --min-confidence 0 shows them" in told
    assert "electric ferries" not in told
    assert "too unsure" not in run("deals", "--min-confidence", "0")
    assert "electric ferries" in run("deals", "--min-confidence", "0")
    assert len(listed(run)) > few


def test_filters_of_the_list(run: Run) -> None:
    whole = listed(run)
    assert titles(listed(run, "--party", "no", "--party", "CL")) == titles(whole)
    assert (
        titles(listed(run, "--party", "Norway", "--party", "chile"))
        == titles(listed(run, "--party", "NO,CL"))
        == titles(whole)
    )
    assert listed(run, "--party", "NO", "--party", "RU") == []
    assert {row["sector"] for row in listed(run, "--sector", "agriculture")} == {"agriculture"}
    assert {row["stage"] for row in listed(run, "--stage", "signed", "--stage", "stalled")} == {"signed", "stalled"}
    assert {row["status"] for row in listed(run, "--state", "off")} <= {"stalled", "ended"}
    assert all(row["ahead"] for row in listed(run, "--ahead"))
    assert not any(row["ahead"] for row in listed(run, "--no-ahead"))
    assert titles(listed(run, "--search", '"seed bank"')) == {"Seed bank"}
    assert titles(listed(run, "--since", "2025-03-12")) < titles(whole)
    assert titles(listed(run, "--until", "2025-03-04")) == titles(whole)
    assert listed(run, "--publisher", "The Oslo Example", "--source", "Government of Norway") != []
    assert listed(run, "--source-type", "official", "--certainty", "certain", "--instrument", "purchase")
    assert listed(run, "--min-voices", "9") == listed(run, "--min-confidence", "1") == []
    assert listed(run, "--contested") == [row for row in whole if row["contested"]]


def test_the_list_in_order_and_page_by_page(run: Run) -> None:
    for sort in ("last", "first", "voices", "sightings", "title"):
        whole = listed(run, "--sort", sort)
        first = listed(run, "--sort", sort, "--limit", "2")
        rest = listed(run, "--sort", sort, "--after", first[-1]["cursor"])
        assert first + rest == whole


def test_the_list_for_programs(run: Run) -> None:
    rows = listed(run)
    assert json.loads(run("deals", "--format", "json")) == rows
    table = list(csv.DictReader(io.StringIO(run("deals", "--format", "csv"))))
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert table[0]["parties"] == " ".join(rows[0]["parties"])
    assert "cursor" not in table[0]


def test_a_deal_that_fell_silent_has_lapsed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAPH_LAPSE_DAYS", "30")
    rows = listed(run, "--state", "lapsed")
    assert rows
    assert {row["status"] for row in rows} == {"lapsed (inferred)"}
    assert "nobody spoke of it any more for 30 days" in run("deal", rows[0]["id"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["deals", "--since", "soon"], "'soon' is no day; give one as 2025-12-04"),
        (["deals", "--limit", "-3"], "'-3' is no number of things"),
        (["deals", "--limit", "x"], "'x' is no number of things"),
        (["deals", "--min-confidence", "2"], "argument --min-confidence: '2' is no probability; give 0 to 1"),
        (["deals", "--min-confidence", "nan"], "'nan' is no probability"),
        (["deals", "--party", "XX"], "party 'XX' is not known; give an ISO code"),
        (["deals", "--party", ""], "no party is named"),
        (
            ["deals", "--since", "2025-03-02", "--until", "2025-03-01"],
            "--until 2025-03-01 lies before --since 2025-03-02",
        ),
        (["deals", "--sector", "sport"], "invalid choice: 'sport'"),
        (["deals", "--after", "x"], "'x' is no place in a list by last"),
        (["deals", "--occasion", "Summit"], "occasion 'Summit' is not on the desk"),
        (["deal", "xyz"], "an id has at least 4 digits"),
        (["deal", "000000000000"], "is not on the desk; paraph deals lists those there are"),
        (["deal"], "required: ID"),
        (["review"], "what shall be done to the review is not said"),
        (["review", "praise"], "review 'praise' is not known"),
        (["review", "undo", "first"], "'first' is no number of a decision"),
        (["review", "accept", "0000"], "is not on the desk"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    arguments: list[str], told: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--desk", place]) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1


# One deal.


def test_the_history_of_a_deal(run: Run) -> None:
    page = run("deal", ferry(run)["id"][:6])
    assert "electric ferries" in page.splitlines()[0]
    assert "Norway–Chile" in page or "Chile–Norway" in page
    assert "HISTORY  2 steps" in page
    assert "3 Mar 2025  signed, ahead, possible  first heard of" in page
    assert "12 Mar 2025  signed, certain" in page
    assert "“Norway and Chile signed the agreement on electric ferries today.”" in page
    assert "Ana Ruiz (official)" in page
    assert "··┄○" in page
    assert "···●" in page


def test_the_page_for_programs(run: Run) -> None:
    id = ferry(run)["id"]
    page = json.loads(run("deal", id, "--format", "json"))
    assert page["id"] == id
    assert page["status"]["words"] == "signed"
    assert [step["move"] for step in page["steps"]] == ["first", "forward"]
    sightings = {each["id"]: each for each in page["sightings"]}
    assert set(page["steps"][1]["sightings"]) <= set(sightings)
    assert sightings[page["status"]["decided_by"]]["document"] == "note"
    assert page["copies"] == 0


def test_a_page_with_everything_on_it(run: Run, filled: str) -> None:
    feed = next(row for row in listed(run) if "salmon" in row["title"].lower())["id"]
    with open_desk(filled) as desk:
        visit = Occasion("Visit", ("NO", "CL"), report().document.published.date(), note().document.published)  # type: ignore[union-attr, arg-type]
        desk.add_occasion(visit)
        desk.add_occasion(Occasion("Elsewhere", ("IN", "RU"), visit.first, visit.last))
        deal = desk.deal(feed)
        desk.settle(visit, [Verdict(deal.id, Outcome.ABSENT, 0.6, deal.sightings[-1], announced=False)])
        copy = report()
        text = copy.document.text
        desk.add(replace(copy, document=replace(copy.document, id="copy", publisher="Copier", url=None, text=text)))
    run("review", "overrule", feed, "Visit", "refused", "--reason", "put off for good", "--who", "Ben")
    run("review", "note", feed, "ask the ministry")
    page = run("deal", feed)
    assert "OCCASIONS  1" in page
    assert "refused" in page
    assert "by Ben instead of absent: put off for good" in page
    assert "DECISIONS" in page
    assert "ask the ministry" in page
    assert "in copies" in page
    data = json.loads(run("deal", feed, "--format", "json"))
    assert data["verdicts"][0] | {"confidence": 0} == data["verdicts"][0] | {
        "confidence": 0,
        "verdict": "refused",
        "by": "Ben",
    }
    assert [decision["action"] for decision in data["decisions"]] == ["overrule", "note"]
    assert data["copies"] >= 1
    run("review", "undo", str(data["decisions"][0]["id"]))
    assert "instead of" not in run("deal", feed)


def test_a_hostile_document_is_only_text(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with open_desk(place) as desk:
        desk.add(hostile())
        (deal,) = desk.all_deals()
    for arguments in (
        ["deals"],
        ["deals", "-f", "csv"],
        ["deals", "-f", "json"],
        ["deal", deal.id],
        ["deal", deal.id, "-f", "json"],
    ):
        assert main([*arguments, "--desk", place]) == Exit.DONE
        out = capsys.readouterr().out
        assert not set(out) & {"\x1b", "\x9b", "\u202e", "\x00", "\x07", "\u2066"}


# Decisions.


def decision(printed: str) -> str:
    assert printed.startswith("decision ")
    assert "takes it back" in printed
    return printed.split()[1].rstrip(";")


def test_merged_and_split_and_undone(run: Run) -> None:
    ids = [row["id"] for row in listed(run)]
    one, other = ferry(run)["id"], next(row["id"] for row in listed(run) if row["title"] == "Seed bank")
    merged = decision(run("review", "merge", one, other, "--reason", "one programme"))
    assert run("deal", one, "--format", "json") == run("deal", other, "--format", "json")
    assert len(listed(run)) == len(ids) - 1
    run("review", "undo", merged)
    assert [row["id"] for row in listed(run)] == ids
    assert "Seed bank" in run("deal", one, "--merge", other[:8], "--who", "Ben") or len(listed(run)) == len(ids) - 1
    assert len(listed(run)) == len(ids) - 1
    page = json.loads(run("deal", one, "--split", other, "--format", "json"))
    assert other not in {each["id"] for each in page["sightings"]}
    assert [row["id"] for row in listed(run)] == ids
    log = [json.loads(line) for line in run("review", "list", "--format", "jsonl").splitlines()]
    assert [row["action"] for row in log] == ["merge", "undo", "merge", "split"]
    assert [row["who"] for row in log] == ["ana", "ana", "Ben", "ana"]
    assert log[0]["reason"] == "one programme"
    table = run("review", "list")
    assert "4 decisions" in table
    assert "one programme" in table


def test_signals_are_accepted_rejected_and_corrected(run: Run) -> None:
    bank = next(row["id"] for row in listed(run) if row["title"] == "Seed bank")
    run("review", "accept", bank)
    run("review", "unsure", bank[:6])
    run("review", "correct", bank, "sector", "environment")
    run("review", "correct", bank, "parties", "NO, Chile,ar")
    assert "party 'QQ' is not known" in run("review", "correct", bank, "parties", "NO,QQ", status=Exit.USAGE)
    run("review", "correct", bank, "ahead", "yes")
    run("review", "correct", bank, "source", "a curator")
    page = json.loads(run("deal", bank, "--format", "json"))
    (said,) = page["sightings"]
    assert (said["sector"], said["parties"], said["ahead"], said["source"]) == (
        "environment",
        ["NO", "CL", "AR"],
        True,
        "a curator",
    )
    rejected = decision(run("review", "reject", bank, "--reason", "no deal at all"))
    assert "was rejected" in run("deal", bank, status=Exit.USAGE)
    run("review", "undo", rejected)
    assert "Seed bank" in run("deal", bank)
    assert json.loads(run("review", "list", "--format", "json", "--document", "none")) == []
    assert "no decisions" in run("review", "list", "--document", "none")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sector", "sport"], "sector 'sport' is not known; give one of: defence"),
        (["ahead", "perhaps"], "ahead 'perhaps' is not known; give yes or no"),
        (["colour", "red"], "invalid choice: 'colour'"),
    ],
)
def test_a_value_that_a_field_cannot_have(run: Run, arguments: list[str], told: str) -> None:
    assert told in run("review", "correct", ferry(run)["id"], *arguments, status=Exit.USAGE)


def test_who_decides_must_be_known(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    id = ferry(run)["id"]
    assert "who decides is empty" in run("review", "accept", id, "--who", " ", status=Exit.USAGE)

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert "who decides is not known; give a name with --who" in run("review", "accept", id, status=Exit.USAGE)


def test_owners_are_told(run: Run) -> None:
    assert decision(run("review", "own", "The Oslo Example", "Oslo Holding"))
    page = json.loads(run("deal", ferry(run)["id"], "--format", "json"))
    assert {each["owner"] for each in page["sightings"] if each["publisher"] == "The Oslo Example"} == {"Oslo Holding"}


def test_every_decision_of_the_desk_but_one_has_a_command() -> None:
    # A signal that the engine missed is added where its words are marked, not by typing offsets.
    assert {name.split()[1] for name in COMMANDS if name.startswith("review ")} == set(WORDS)
    assert {str(action) for action in Action} - set(WORDS) == {"add"}


def test_no_desk_is_made_by_looking(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "none.db"
    for arguments in (["deals"], ["deal", "abcd"], ["review", "list"]):
        assert main([*arguments, "--desk", str(place)]) == Exit.USAGE
        assert "there is none" in capsys.readouterr().err
    assert not place.exists()
