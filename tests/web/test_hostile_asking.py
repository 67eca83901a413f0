"""Five hundred hostile searches, and every parameter of every page given what it cannot be: told, quickly, never a fault."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from attack_texts import QUERIES, VALUES
from walking import Way, fillers, raw_get, ways

from paraph.desk import Action, DealQuery, Desk, Review
from paraph.model import Occasion
from paraph.web import views
from paraph.web.api import routes
from press import deliver, honest, settle
from samples import note, report
from websites import Site, made_app

SEARCHED = ("/deals", "/", "/documents", "/api/v1/deals", "/api/v1/documents", "/occasions")
# How long one answer may take of the process's own time, and so much more while what is asked for the first time is loaded.
SECONDS, FIRST_SECONDS = 1.0, 10.0

Watch = Callable[[float], AbstractContextManager[None]]


@pytest.fixture
def asked(desk: Desk) -> Iterator[Site]:
    """The pages of a desk with something on it; a fault of ours is an answer with 500, as for a visitor."""
    deliver(desk, *honest())
    settle(desk)
    for reading in (report(), note()):
        desk.add(reading)
    desk.add_occasion(Occasion("Oslo again", ("NO", "CL"), date(2025, 4, 1), date(2025, 4, 2)))
    ids = [row.id for row in desk.deals(DealQuery())]
    for id in ids[:3]:
        desk.decide(Review(Action.NOTE, "Ida", signal=id, reason="Ask the port."))
    desk.decide(Review(Action.ACCEPT, "Olav", signal=ids[0]))
    with Site(made_app(desk), raise_server_exceptions=False) as opened:
        yield opened


def test_the_searches_are_five_hundred_and_different() -> None:
    assert len(QUERIES) == len(set(QUERIES)) == 500


def test_no_search_is_a_fault_or_takes_long(asked: Site, stopwatch: Watch) -> None:
    with stopwatch(FIRST_SECONDS):
        for path in SEARCHED:
            assert asked.get(f"{path}?q=ferry").status_code == 200
    statuses = set()
    # Each on every page that searches, by turns on the others: all of them on each would take minutes.
    for n, query in enumerate(QUERIES):
        for path in (SEARCHED[n % len(SEARCHED)], ("/deals", "/api/v1/documents")[n % 2]):
            with stopwatch(SECONDS):
                status, _ = raw_get(asked.app, path, f"q={query}".encode())  # type: ignore[arg-type]
            assert status < 500, f"{path}?q={query[:200]}: {status}"
            statuses.add(status)
    assert statuses >= {200, 400}


# The parameters that are read somewhere: asked of the source, so that new ones are found by themselves.
_READ = re.compile(
    r"""(?:query_params|_of|given|want|params|asked|known)\b[^\n]{0,60}?["'](\w+)["']|Query\(|["'](\w+)["']\s*(?:,|\])"""
)


def parameters() -> list[str]:
    """Return the words in quotes in the modules of the pages that may be parameters, and those of the API's questions."""
    from paraph.web import asking
    from paraph.web.api import shapes

    sources = [Path(inspect.getfile(each)) for each in (routes, shapes, asking)]
    sources += sorted(Path(inspect.getfile(views)).parent.glob("*.py"))
    words = {word for path in sources for found in _READ.findall(path.read_text("utf-8")) for word in found if word}
    for name in dir(shapes):
        if name.endswith("Asked"):
            words |= set(getattr(shapes, name).model_fields)
    return sorted(word for word in words if len(word) < 20)


def test_no_parameter_of_any_page_is_a_fault_whatever_it_is_given(asked: Site, desk: Desk, stopwatch: Watch) -> None:
    names, known = parameters(), fillers(desk)
    assert {"q", "limit", "after", "from", "by", "value", "version", "signal", "state", "party", "occasion"} <= set(
        names
    )
    addresses = [address for way in ways(asked.app) if way.reads for address in _plain(way, known)]  # type: ignore[arg-type]
    assert len(addresses) > 60
    for turn, value in enumerate(VALUES):
        for n, address in enumerate(addresses):
            # An address has all the parameters that fit into it, and in each turn others share it and other values.
            if (n + turn) % 6 and not (len(VALUES) - turn < 3):
                continue
            pairs = [f"{name}={value if k % 3 else VALUES[(turn + k) % len(VALUES)]}" for k, name in enumerate(names)]
            start = (turn * 7 + n * 3) % len(pairs)
            query = "&".join((pairs + pairs)[start : start + 1 + turn % 4])
            got = asked.get(f"{address}?{query}")
            assert got.status_code < 500, f"{address}?{query[:300]}: {got.status_code} {got.text[:200]}"


def test_each_parameter_that_a_page_reads_takes_any_value(asked: Site) -> None:
    """One at a time, on the page that reads it: an error in one must not hide that of another."""
    pairs = (
        ("/deals", ("limit", "after", "since", "until", "min_voices", "min_confidence", "sort", "occasion", "party")),
        ("/documents", ("limit", "after", "since", "until", "publisher", "kind", "arrival", "q")),
        ("/review/log", ("limit", "before", "who", "action", "since", "until")),
        ("/scores", ("by", "occasion", "few", "part", "value")),
        ("/review/next", ("kind", "party", "occasion", "skip", "seed", "question")),
        ("/feeds", ("state", "from", "add", "limit")),
        ("/occasions", ("from", "to", "party", "add", "limit", "state")),
        ("/api/v1/decisions", ("before", "limit")),
        ("/api/v1/scores", ("by", "occasion", "few")),
        ("/", ("limit", "party", "since", "sector", "occasion")),
    )
    for path, names in pairs:
        for n, name in enumerate(names):
            for value in VALUES[n % 2 :: 2]:
                got = asked.get(f"{path}?{name}={value}")
                assert got.status_code < 500, f"{path}?{name}={value[:200]}: {got.text[:200]}"


def test_no_name_in_a_path_is_a_fault(asked: Site) -> None:
    every = [way for way in ways(asked.app) if way.parts]  # type: ignore[arg-type]
    for n, value in enumerate([*VALUES, *QUERIES[::10]]):
        for way in every[n % 4 :: 4]:
            path = re.sub(r"\{form\}", "json", way.path)
            path = re.sub(r"\{\w+(:path)?\}", lambda _, value=value: value, path)
            if path.startswith("//"):
                continue
            method = "POST" if "POST" in way.methods else "GET"
            got = asked.form(path) if method == "POST" else asked.get(path)
            assert got.status_code < 500, f"{method} {path[:300]}: {got.text[:200]}"


def test_no_form_is_a_fault_whatever_it_holds(asked: Site) -> None:
    every = [way for way in ways(asked.app) if "POST" in way.methods and not way.path.startswith("/api/")]  # type: ignore[arg-type]
    names = (
        "action signal deal other signals field value stage ahead certainty source_type source parties sector instrument "
        "document start end exact occasion outcome evidence publisher owner number reason to name address title url first "
        "last place id who feeds kind skip seconds password again role"
    ).split()
    actions = [str(action) for action in Action]
    for n, value in enumerate(VALUES):
        for way in every[n % 3 :: 3]:
            path = re.sub(r"\{\w+(:path)?\}", "abcd", way.path)
            action = actions[n % len(actions)]
            body = "&".join([f"action={action}", *(f"{name}={value}" for name in names if name != "action")])
            got = asked.post(path, content=body, headers=_FORM)
            assert got.status_code < 500, f"{path} {body[:300]}: {got.text[:200]}"


_FORM = {
    "origin": "http://127.0.0.1:8710",
    "sec-fetch-site": "same-origin",
    "content-type": "application/x-www-form-urlencoded",
}


def _plain(way: Way, known: dict[str, list[str]]) -> list[str]:
    return list(way.addresses(known, 1))
