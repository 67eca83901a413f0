"""``paraph score``: the table, the formats, and honest words where there is nothing to score."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from paraph.cli import main
from paraph.commands import score
from paraph.desk import open_desk
from paraph.exits import Exit
from paraph.model import Certainty, Occasion
from paraph.resolve.scorecards import Bin, By, scorecards, tally_of
from paraph.resolve.statistics import Interval
from paraph.settings import Settings
from paraph.show.out import output
from paraph.show.score_table import COLUMNS, CURVE, FIELDS, curve, percent, print_scorecards, value_shown
from paraph.show.terminal import console
from press import VISIT, article, deliver, honest, settle, told

HOSTILE = "\x1b[31mRuiz\u202e"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("PARAPH_SCORE_MIN_N", "4")
    monkeypatch.setenv("COLUMNS", "140")
    return tmp_path / "desk.db"


@pytest.fixture
def full(place):
    with open_desk(place, settings=Settings()) as desk:
        deliver(desk, *honest())
        settle(desk)
    return place


def said(capsys, *arguments):
    status = main(["score", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_fields_of_the_command_are_those_of_the_scorecards():
    assert tuple(By) == score.BY
    assert set(FIELDS) == set(By)
    assert COLUMNS[:4] == ["value", "rank", "n", "came_true"]


def test_the_table_tells_who_came_true_and_how_surely_that_is_known(full, capsys):
    status, out, _ = said(capsys, "--desk", full)
    assert status == 0
    assert "Forecasts by publisher" in out
    assert "13 forecasts past their day; 6 of 13 came true (46 %," in out
    assert "what the words promised, and what came" in out
    assert "ranked by skill" in out
    rows = {row.split()[1]: row for row in out.splitlines() if re.match(r"^\d ", row)}
    assert list(rows) == ["courier.example", "post.example", "mercury.example"]
    assert "3 of 4" in rows["courier.example"]
    assert "2 of 5" in rows["post.example"]
    assert "95 %" in out


def test_few_forecasts_have_no_rank_and_the_table_says_so(full, capsys, monkeypatch):
    monkeypatch.setenv("PARAPH_SCORE_MIN_N", "5")
    out = said(capsys, "--desk", full)[1]
    assert "fewer than 5 forecasts: no rank (setting score_min_n)" in out
    assert re.search(r"^1  post\.example", out, re.MULTILINE)
    assert not re.search(r"^\d  courier", out, re.MULTILINE)
    monkeypatch.setenv("PARAPH_SCORE_MIN_N", "50")
    out = said(capsys, "--desk", full)[1]
    assert "ranked" not in out
    assert "courier.example" in out


def test_what_is_left_out_of_the_table_is_counted(full, capsys, monkeypatch):
    monkeypatch.setenv("PARAPH_SCORE_MIN_N", "50")
    out = said(capsys, "--desk", full, "--few", "1")[1]
    assert "post.example" in out
    assert "courier.example" not in out
    assert "and 2 more with fewer forecasts" in out
    assert "more with fewer" not in said(capsys, "--desk", full)[1]


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        ("source", "minister ana ruiz"),
        ("source_type", "the outlet"),
        ("certainty", "◐ probable"),
        ("wording", "“expected to sign”"),
        ("stage", "signed"),
        ("specificity", "a name or number"),
        ("sector", "Transport"),
        ("instrument", "joint production"),
        ("party", "Norway"),
    ],
)
def test_every_field_has_its_cards(full, capsys, by, shown):
    out = said(capsys, "--desk", full, "--by", by)[1]
    assert f"Forecasts by {FIELDS[By(by)]}" in out
    assert shown in out


def test_a_narrow_terminal_leaves_out_columns_from_the_right(full, capsys, monkeypatch):
    assert any(row.startswith("#") and row.endswith("named") for row in said(capsys, "--desk", full)[1].splitlines())
    monkeypatch.setenv("COLUMNS", "80")
    out = said(capsys, "--desk", full)[1]
    assert "courier.example" in out
    assert not any(
        "next" in row and "lead" in row and "skill  " in row for row in out.splitlines() if "came true" in row
    )
    assert max(map(len, out.splitlines())) <= 80


def test_json_has_every_card_and_the_whole(full, capsys):
    _, out, _ = said(capsys, "--desk", full, "-f", "json", "--by", "wording")
    found = json.loads(out)
    assert (found["by"], found["min_n"], found["values"], found["note"], found["occasion"]) == (
        "wording",
        4,
        4,
        None,
        None,
    )
    assert found["all"]["n"] == 13
    assert found["cards"][0]["value"] == "expected to sign"
    assert {"share", "low", "high", "base_rate", "brier", "skill", "learned", "calibration"} <= set(found["cards"][0])


def test_csv_has_one_row_a_card(full, capsys, tmp_path):
    _, out, _ = said(capsys, "--desk", full, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["value"] for row in rows] == ["courier.example", "post.example", "mercury.example"]
    assert (rows[0]["rank"], rows[0]["n"], rows[0]["came_true"]) == ("1", "4", "3")
    said(capsys, "--desk", full, "--out", tmp_path / "cards.csv")
    assert (tmp_path / "cards.csv").read_text() == out


def test_one_occasion_alone(full, capsys):
    out = said(capsys, "--desk", full, "--occasion", VISIT.name)[1]
    assert f"Forecasts by publisher at {VISIT.name}" in out
    status, _, err = said(capsys, "--desk", full, "--occasion", "Lima")
    assert status == 2
    assert "Lima" in err


def test_working_out_anew_changes_nothing(full, capsys):
    assert said(capsys, "--desk", full, "--renew") == said(capsys, "--desk", full)


def test_without_a_desk_it_says_how_to_make_one(place, capsys):
    status, _, err = said(capsys, "--desk", place)
    assert status == 2
    assert "there is none" in err


@pytest.mark.parametrize("few", ["-1", "x"])
def test_how_many_must_be_a_number(full, capsys, few):
    status, _, err = said(capsys, "--desk", full, f"--few={few}")
    assert status == 2
    assert "--few" in err


FAR = Occasion("Bergen talks", ("NO", "CL"), date(2222, 5, 1), date(2222, 5, 2))


def test_where_there_is_nothing_to_score_it_says_why(place, capsys):
    def words(*more):
        status, out, _ = said(capsys, "--desk", place, *more)
        assert status == 0
        return out.strip()

    def change(act):
        with open_desk(place, settings=Settings()) as desk:
            act(desk)

    change(lambda desk: None)
    assert words().startswith("No occasion on the desk; `paraph occasion add")
    change(lambda desk: desk.add_occasion(FAR))
    assert words() == "No occasion is past; the first, Bergen talks, ends on 2 May 2222."
    named = words("--occasion", FAR.name)
    assert named == "Bergen talks ends on 2 May 2222; forecasts are scored when their occasion is past."
    change(lambda desk: desk.add_occasion(VISIT))
    assert words() == "Oslo visit is past and not settled; `paraph outcomes` says what came of it."
    assert words("--occasion", VISIT.name) == words()
    change(lambda desk: (deliver(desk, article("late", "Post", date(2025, 3, 25), told("ferries"))), settle(desk)))
    assert words() == "No forecast came due at the 1 settled of 1 past occasion."
    assert words("--occasion", VISIT.name) == "No forecast came due at Oslo visit."
    change(lambda desk: desk.add_occasion(replace(VISIT, name="Oslo visit again")))
    assert (
        words()
        == "No forecast came due at the 1 settled of 2 past occasions; `paraph outcomes` settles Oslo visit again."
    )
    assert json.loads(words("-f", "json"))["note"] == words()
    assert words("-f", "csv").startswith("value,rank,n")


def test_a_skill_stands_with_its_interval_or_not_at_all(full, capsys, monkeypatch):
    table = said(capsys, "--desk", full)[1].split("ranked by skill")[1]
    assert re.search(r"courier\.example.*[+−]\d\.\d\d \([+−]\d+\.\d\d to [+−]\d\.\d\d\)", table)
    monkeypatch.setenv("PARAPH_SCORE_MIN_N", "50")
    table = said(capsys, "--desk", full)[1].split("no rank")[1]
    assert re.search(r"courier\.example  +3 of 4.* ·  ", table)
    assert not re.search(r"[+−]\d\.\d\d", table)


def test_a_line_of_the_curve_shows_promise_share_and_interval():
    line = curve(Bin(Certainty.PROBABLE, 0.75, 10, 5, Interval(0.25, 0.6)))
    assert len(line) == CURVE == 41
    assert (line.index("│"), line.index("●")) == (30, 20)
    assert line[10:20] == "─" * 10
    assert line[21:25] == "─" * 4
    assert line[:10] == "·" * 10
    # What came as promised covers the promise.
    assert "│" not in curve(Bin(Certainty.PROBABLE, 0.75, 4, 3, Interval(0.3, 0.95)))
    assert curve(Bin(Certainty.CERTAIN, 0.93, 2, 2, Interval(0.3, 1.0)))[-1] == "●"


def test_percentages_and_values_are_safe_to_read():
    assert (percent(0.444), percent(1), percent(0)) == ("44 %", "100 %", "0 %")
    shown = value_shown(HOSTILE, By.SOURCE)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert value_shown("", By.WORDING) == "(no hedging words)"


def test_there_is_no_table_of_nothing(tmp_path):
    none = scorecards(tally_of([], By.PUBLISHER), By.PUBLISHER, Settings())
    with output(tmp_path / "table.txt") as sink, pytest.raises(ValueError, match="no forecasts"):
        print_scorecards(none, console(sink))


def test_a_number_of_cards_is_a_whole_number(capsys):
    for wrong in ("-1", "x", "1.5"):
        assert main(["score", f"--few={wrong}"]) == Exit.USAGE
        assert (
            f"argument --few: '{wrong}' is no number of things; give a whole number, 0 or more"
            in capsys.readouterr().err
        )
