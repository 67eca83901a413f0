"""The table of settings: defaults, the environment, and both ends of every range."""

import math
from dataclasses import fields

import pytest

from paraph.errors import UsageError
from paraph.settings import Settings

NUMBERS = [
    row for row in fields(Settings) if isinstance(row.default, int | float) and not isinstance(row.default, bool)
]
SWITCHES = [row for row in fields(Settings) if isinstance(row.default, bool)]


def test_every_number_has_a_range_that_holds_its_default():
    assert len(NUMBERS) >= 15
    for row in NUMBERS:
        assert row.metadata["low"] is not None, row.name
        assert row.metadata["high"] is not None, row.name
        assert row.metadata["low"] <= row.default <= row.metadata["high"], row.name


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.name)
def test_both_ends_of_a_range_are_allowed_and_what_lies_beyond_is_refused(row):
    kind = type(row.default)
    low, high = kind(row.metadata["low"]), kind(row.metadata["high"])
    assert getattr(Settings(**{row.name: low}), row.name) == low
    assert getattr(Settings(**{row.name: high}), row.name) == high
    for beyond in (low - 1, high + 1):
        with pytest.raises(UsageError, match=row.name):
            Settings(**{row.name: beyond})


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.name)
def test_the_environment_sets_it_and_nonsense_is_named(row):
    name = "PARAPH_" + row.name.upper()
    value = type(row.default)(row.metadata["low"])
    assert getattr(Settings.from_environment({name: str(value)}), row.name) == value
    with pytest.raises(UsageError, match=row.name):
        Settings.from_environment({name: "much"})
    with pytest.raises(UsageError, match=row.name):
        Settings.from_environment({name: str(row.metadata["high"] * 10)})


@pytest.mark.parametrize("row", [row for row in NUMBERS if isinstance(row.default, float)], ids=lambda row: row.name)
def test_no_number_is_no_number(row):
    with pytest.raises(UsageError, match=row.name):
        Settings(**{row.name: math.nan})


@pytest.mark.parametrize("row", SWITCHES, ids=lambda row: row.name)
@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("yes", True), ("ON", True), ("0", False), ("false", False), ("off", False)]
)
def test_switches(row, text, value):
    assert getattr(Settings.from_environment({"PARAPH_" + row.name.upper(): text}), row.name) is value
    with pytest.raises(UsageError, match="switch"):
        Settings.from_environment({"PARAPH_" + row.name.upper(): "perhaps"})


def test_other_variables_are_left_alone_and_the_defaults_stand():
    assert Settings.from_environment({"PATH": "/bin", "PARAPH_DESK": "x.db"}) == Settings()


def test_the_table_tells_all_of_it():
    table = Settings.table()
    assert [row["name"] for row in table] == [row.name for row in fields(Settings)]
    for row in table:
        assert row["environment"] == "PARAPH_" + row["name"].upper()
        assert row["about"]
        assert row["unit"]
