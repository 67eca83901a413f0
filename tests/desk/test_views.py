"""Saved views: a name for an address within the desk, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desks import Clock
from paraph.desk import Desk, views
from paraph.errors import DeskError, UsageError

WHERE = "/deals?party=IN&party=RU&stage=signed&words=%22sea%20port%22"


def save(desk: Desk, name: str, address: str = WHERE, **rest: str) -> views.View:
    with desk.begin() as connection:
        return views.save_view(connection, name, address, now=desk.now(), settings=desk.settings, **rest)


def names(desk: Desk, owner: str | None = None) -> list[str]:
    with desk.look() as connection:
        return [view.name for view in views.all_views(connection, owner=owner)]


def test_a_view_is_saved_listed_renamed_and_removed(desk: Desk, clock: Clock) -> None:
    view = save(desk, "  Ports   of India ")
    assert (view.name, view.address, view.owner, view.added) == ("Ports of India", WHERE, "", clock())
    save(desk, "grain", "/")
    assert names(desk) == ["grain", "Ports of India"]
    with desk.begin() as connection:
        assert views.rename_view(connection, view.id, "Harbours").name == "Harbours"
        with pytest.raises(DeskError, match="“grain” is on the desk already"):
            views.rename_view(connection, view.id, "grain")
        views.rename_view(connection, view.id, "Harbours")  # as it is
        views.remove_view(connection, view.id)
        with pytest.raises(DeskError, match=f"view {view.id} is not on the desk"):
            views.view_of(connection, view.id)
    assert names(desk) == ["grain"]


def test_the_same_name_again_is_the_same_view_with_another_address(desk: Desk) -> None:
    first = save(desk, "Ports")
    second = save(desk, "Ports", "/deals?page=2")
    assert (second.id, second.address) == (first.id, "/deals?page=2")
    assert names(desk) == ["Ports"]


def test_each_sees_their_own_and_everybodys(desk: Desk) -> None:
    mine = save(desk, "Ports", owner="Ana")
    save(desk, "Ports", owner="Bo")
    save(desk, "Grain")
    assert names(desk, "Ana") == ["Grain", "Ports"]
    assert names(desk) == ["Grain", "Ports", "Ports"]
    with desk.begin() as connection:
        for act in (views.view_of, views.remove_view):
            with pytest.raises(DeskError, match="is not on the desk"):
                act(connection, mine.id, owner="Bo")
        with pytest.raises(DeskError, match="is not on the desk"):
            views.rename_view(connection, mine.id, "Mine", owner="Bo")
        views.remove_view(connection, mine.id, owner="Ana")
    assert names(desk, "Ana") == ["Grain"]


@pytest.mark.parametrize(
    "address", ["/", "/deals", WHERE, "/a/b-c_d.json?x=1&y=(2)*~!'[]@:,;+$%E2%82%AC", "/" + "a" * 1_999]
)
def test_addresses_on_this_desk(desk: Desk, address: str) -> None:
    assert save(desk, "it", address).address == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "deals",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "/a\\b",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        " /deals",
        "/deals ",
        "/de als",
        "/\tdeals",
        "/\n/evil.example",
        "/\r\nLocation: //evil.example",
        "/deals#part",
        "/d\u00e9als",
        "/\x00",
        "/\ud800",
        '/"onclick="alert(1)',
        "/<script>",
        "/" + "a" * 2_000,
    ],
)
def test_addresses_that_lead_elsewhere_or_are_none(desk: Desk, address: str) -> None:
    with pytest.raises(UsageError, match="address"):
        save(desk, "it", address)
    assert names(desk) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x07b", "a\ud800", "a\x9bb"])
def test_names_that_will_not_do(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError, match="the view's name"):
        save(desk, name)


def test_there_is_a_bound(desk: Desk) -> None:
    two = replace(desk.settings, max_views=2)
    with desk.begin() as connection:
        for name in ("a", "b", "a"):
            views.save_view(connection, name, "/", now=desk.now(), settings=two)
        with pytest.raises(DeskError, match="the desk has 2 already"):
            views.save_view(connection, "c", "/", now=desk.now(), settings=two)
