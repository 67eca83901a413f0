"""Five hundred payloads in every text of others, through every page and every export: nothing but text comes of them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from attack_texts import PAYLOADS
from lxml import etree, html
from payload_desk import fill
from walking import Way, fillers, ways

from desks import Clock
from paraph import cli
from paraph.desk import Desk, open_desk
from paraph.settings import Settings
from paraph.web.guard import HEADERS
from websites import HERE, SESSION, Site, made_app

# So many addresses are asked of each form of each route, and so many that pages lead to with each set of parameters.
OF_ROUTE, OF_LINK = 8, 2
# Lists are asked for whole.
WHOLE = ("/deals", "/documents", "/review/log")
# Where an address may lead that stands in an attribute.
_LEADS = re.compile(r"(?:[/?#](?!/)[^\s\x00-\x1f\\]*|https?://[^\s\x00-\x1f\"'<>`\\]+|)")
_ADDRESSES = frozenset(
    ("href", "src", "action", "formaction", "poster", "data", "xlink:href", "cite", "ping", "background")
)
_FORMULA = re.compile(r"[=+@\t\r\n\0＝＋－＠-](?!\d+(\.\d+)?$)")
_SVG = "{http://www.w3.org/2000/svg}"

Pairs = frozenset[tuple[str, str]]


@dataclass
class Walked:
    """What a walk over a desk brought: every answer by its address."""

    answers: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Any]:
        """Return the answers of a media type."""
        return {at: got for at, got in self.answers.items() if got.headers.get("content-type", "").startswith(kind)}


def walk(site: Site, desk: Desk) -> Walked:
    """Ask for every route, for whole lists, and for what the pages lead to."""
    known, walked = fillers(desk), Walked()
    for way in ways(site.app):  # type: ignore[arg-type]
        if way.reads:
            for address in way.addresses(known, OF_ROUTE):
                ask(site, walked, address)
    for address in WHOLE:
        for ending in ("", ".csv", ".json", ".atom"):
            ask(site, walked, f"{address}{ending}?limit=500")
    met: Counter[object] = Counter()
    for address, got in list(walked.of("text/html").items()):
        for link in sorted({a.get("href", "") for a in html.fromstring(got.content).iter("a")}):
            if not link.startswith(("/", "?")) or link.startswith("//"):
                continue
            link = (urlsplit(address).path if link.startswith("?") else "") + link.partition("#")[0]
            shape = (
                re.sub(r"(?<=\w/)[^/?]+", "*", urlsplit(link).path),
                *sorted({name for name, _ in parse_qsl(urlsplit(link).query)}),
            )
            met[shape] += 1
            if met[shape] <= OF_LINK:
                ask(site, walked, link)
    return walked


def ask(site: Site, walked: Walked, address: str) -> None:
    if address not in walked.answers:
        walked.answers[address] = site.get(address)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[dict[str, tuple[Desk, str]]]:
    """Two desks, made alike: one of payloads, one of harmless words."""
    folder = tmp_path_factory.mktemp("payloads")
    harmless = [f"ferry pact {n} of the north" for n in range(len(PAYLOADS))]
    with ExitStack() as stack:
        made = {}
        for name, texts in (("hostile", PAYLOADS), ("harmless", harmless)):
            shutil.copy(empty_file, folder / f"{name}.db")
            desk = stack.enter_context(open_desk(folder / f"{name}.db", settings=Settings(score_min_n=1), now=Clock()))
            made[name] = desk, fill(desk, texts)
        yield made


@pytest.fixture(scope="module")
def sites(places: dict[str, tuple[Desk, str]]) -> dict[str, Site]:
    return {name: Site(made_app(desk), cookies={SESSION: secret}) for name, (desk, secret) in places.items()}


@pytest.fixture(scope="module")
def walks(places: dict[str, tuple[Desk, str]], sites: dict[str, Site]) -> dict[str, Walked]:
    return {name: walk(site, places[name][0]) for name, site in sites.items()}


def pairs_of(body: bytes) -> Pairs:
    """Return the elements of a page with each of their attributes."""
    found = set()
    for element in html.fromstring(body).iter():
        if isinstance(element.tag, str):
            found |= {(element.tag, name) for name in ("", *map(str, element.attrib))}
        else:
            found.add(("a comment or instruction", ""))
    return frozenset(found)


def faults_of(body: bytes) -> list[str]:
    """Return what in a page could run or lead where our templates never lead."""
    faults = []
    for element in html.fromstring(body).iter(etree.Element):
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                faults.append(f"{element.tag} {name}={value!r}")
            if name in _ADDRESSES and not _LEADS.fullmatch(value):
                faults.append(f"{element.tag} {name}={value!r}")
            if name == "href" and value.startswith("http") and "noreferrer" not in element.get("rel", ""):
                faults.append(f"{element.tag} {name}={value!r} without rel")
        if element.tag == "script" and (element.text or not element.get("src", "").startswith("/static/")):
            faults.append(f"script {element.get('src')!r} {element.text!r}")
        if element.tag in ("iframe", "object", "embed", "base", "style", "frame", "applet"):
            faults.append(str(element.tag))
        if element.tag == "meta" and element.get("http-equiv"):
            faults.append("meta http-equiv")
    return faults


def test_the_payloads_are_five_hundred_and_different() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 500


def test_every_route_answers_and_no_answer_lacks_its_headers(walks: dict[str, Walked], sites: dict[str, Site]) -> None:
    seen = defaultdict(set)
    for address, got in walks["hostile"].answers.items():
        assert got.status_code < 500, address
        seen[got.headers.get("content-type", "").partition(";")[0]].add(got.status_code)
        for name, value in HEADERS.items():
            if name == "content-security-policy" and got.headers.get("content-type", "").startswith("image/svg"):
                assert got.headers[name].startswith("default-src 'none'"), address
            else:
                assert got.headers[name] == value, f"{address}: {name}"
        if 300 <= got.status_code < 400:
            assert re.match(r"/(?!/)", got.headers["location"]), address
    for kind in ("text/html", "application/json", "text/csv", "application/atom+xml", "image/svg+xml", "text/x-opml"):
        assert 200 in seen[kind], f"nothing was answered as {kind}: {sorted(seen)}"
    asked = [urlsplit(address).path for address, got in walks["hostile"].answers.items() if got.status_code < 400]
    silent = [way.path for way in ways(sites["hostile"].app) if way.reads and not any(leads(way, one) for one in asked)]
    # What needs numbers that this desk has not, or a visitor who is nobody yet.
    assert set(silent) <= {"/scores/record", "/scores/record/{drawn}.{form}", "/scores/record.{form}"}, silent


def leads(way: Way, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+(:path)?\\\}", ".+", re.escape(way.path)), path) is not None


def test_no_page_has_an_element_or_attribute_that_it_has_not_with_harmless_words(walks: dict[str, Walked]) -> None:
    known: set[tuple[str, str]] = set()
    for got in walks["harmless"].of("text/html").values():
        known |= pairs_of(got.content)
    pages = walks["hostile"].of("text/html")
    assert len(pages) > 100
    for address, got in pages.items():
        assert not pairs_of(got.content) - known, address
        assert not faults_of(got.content), address


def test_the_payloads_are_shown_as_text(walks: dict[str, Walked]) -> None:
    """Else nothing was tested: what people wrote has to be read as they wrote it."""
    shown = "\n".join(html.fromstring(got.content).text_content() for got in walks["hostile"].of("text/html").values())
    told = " ".join(shown.split())
    missed = [
        text for text in PAYLOADS if text.isprintable() and len(text) < 100 and " ".join(text.split()) not in told
    ]
    assert len(missed) < 10, missed


def test_no_cell_of_a_table_is_a_formula(walks: dict[str, Walked]) -> None:
    cells = 0
    for address, got in walks["hostile"].of("text/csv").items():
        rows = list(csv.reader(io.StringIO(got.content.decode()), strict=True))
        assert len({len(row) for row in rows}) == 1, f"{address}: rows of different lengths"
        for row in rows:
            for one in row:
                assert not _FORMULA.match(one), f"{address}: {one!r}"
                cells += 1
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', got.headers["content-disposition"]), address
    assert cells > 5_000


def test_json_is_json_and_no_sniffer_takes_it_for_a_page(walks: dict[str, Walked]) -> None:
    found = walks["hostile"].of("application/json")
    assert len(found) > 50
    for got in found.values():
        json.loads(got.content, parse_constant=pytest.fail)


def test_feeds_lists_and_pictures_are_well_formed_and_hold_no_more_than_with_harmless_words(
    walks: dict[str, Walked],
) -> None:
    for kind in ("application/atom+xml", "image/svg+xml", "text/x-opml"):
        known = {pair for got in walks["harmless"].of(kind).values() for pair in xml_pairs(got.content)}
        found = walks["hostile"].of(kind)
        assert found
        for address, got in found.items():
            assert not set(xml_pairs(got.content)) - known, address
            for element in etree.fromstring(got.content).iter(etree.Element):
                assert element.tag not in (f"{_SVG}script", f"{_SVG}foreignObject"), address
                if kind != "text/x-opml":  # a list of feeds has the addresses as they are followed; readers decide
                    link = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href")
                    assert link is None or link.startswith((HERE, "#")), f"{address}: {link}"


def xml_pairs(body: bytes) -> list[tuple[str, str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(body, parser)
    return [
        (str(element.tag), name) for element in root.iter(etree.Element) for name in ("", *map(str, element.attrib))
    ]


def test_a_calendar_has_the_lines_that_it_should(walks: dict[str, Walked], places: dict[str, tuple[Desk, str]]) -> None:
    found = walks["hostile"].of("text/calendar")
    if not found:
        pytest.skip("no route answers with a calendar")
    names = {name for got in walks["harmless"].of("text/calendar").values() for name in properties(got.content)}
    for address, got in found.items():
        given = properties(got.content)
        assert set(given) <= names, address
        assert given.count("BEGIN") == given.count("END"), address
        assert given.count("UID") == given.count("DTSTART") <= len(places["hostile"][0].occasions()), address
        assert all(len(line) <= 75 for line in got.content.split(b"\r\n")), address


def properties(body: bytes) -> list[str]:
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert b"\n" not in body.replace(b"\r\n", b"")
    unfolded = body.decode().replace("\r\n ", "").rstrip("\r\n").split("\r\n")
    return [re.split("[;:]", line, maxsplit=1)[0] for line in unfolded]


@cache
def asked_in(path: bool) -> tuple[str, ...]:
    return tuple(quote(text, safe="/" if path else "", errors="surrogatepass") for text in PAYLOADS)


def test_no_address_comes_back_as_anything_but_text(sites: dict[str, Site], walks: dict[str, Walked]) -> None:
    """In the path and in the query of every route by turns, each payload in both; as values and as names of parameters."""
    known = {pair for got in walks["harmless"].of("text/html").values() for pair in pairs_of(got.content)}
    for one in (
        "/deals?q=nothing-like-it",
        "/deals?sort=x",
        "/nowhere",
        "/deals/nowhere",
        "/documents?q=nothing-like-it",
    ):
        known |= pairs_of(sites["harmless"].get(one).content)
    every = [way for way in ways(sites["hostile"].app) if way.reads and way.path != "/openapi.json"]  # type: ignore[arg-type]
    parameters = "q party sector source publisher after by value limit sort occasion who action state to since".split()
    asked = 0
    for n, (in_path, in_query) in enumerate(zip(asked_in(True), asked_in(False), strict=True)):
        way = every[n % len(every)]
        address = way.path.split("{")[0].rstrip("/.") + "/" + in_path
        name = parameters[n // 2 % len(parameters)]
        plain = [way for way in every if not way.parts]
        queried = f"{plain[n % len(plain)].path}?{name}={in_query}&{in_query}=1"
        for one in (address, queried):
            got = sites["hostile"].get(one)
            asked += 1
            assert got.status_code < 500, one
            told = got.headers.get("content-type", "")
            if told.startswith("text/html"):
                assert not pairs_of(got.content) - known, one
                assert not faults_of(got.content), one
            elif told.startswith("application/json"):
                json.loads(got.content)
            elif "xml" in told:
                etree.fromstring(got.content)
            assert got.headers["content-security-policy"], one
            assert "x-injected" not in got.headers, one
            if "location" in got.headers:
                assert re.match(r"/(?![/\\])[^\s\x00-\x1f]*$", got.headers["location"].removeprefix(HERE)), one
    assert asked == 1_000


def test_no_form_comes_back_as_anything_but_text(sites: dict[str, Site], walks: dict[str, Walked]) -> None:
    known = {pair for got in walks["harmless"].of("text/html").values() for pair in pairs_of(got.content)}
    known |= pairs_of(sites["harmless"].form("/decide", {"action": "x"}).content)
    names = (
        "action to signal deal reason field value name address title url parties first last place id who number".split()
    )
    every = [way for way in ways(sites["hostile"].app) if way.methods & {"POST"} and not way.path.startswith("/api/")]  # type: ignore[arg-type]
    every = [way for way in every if "sign-out" not in way.path]
    assert len(every) >= 5
    addresses = [way.at({name: (way.choices.get(name) or ("x",))[0] for name in way.parts}) for way in every]
    for address in addresses:
        for harmless in ("ferry pact", "", "1"):
            known |= pairs_of(sites["harmless"].form(address, dict.fromkeys(names, harmless)).content or b"<p>")
    for n, text in enumerate(PAYLOADS[::2]):
        address = addresses[n % len(addresses)]
        fields = dict.fromkeys(names, text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
        got = sites["hostile"].form(address, fields)
        assert got.status_code < 500, f"{address} {text!r}"
        if got.headers.get("content-type", "").startswith("text/html"):
            assert not pairs_of(got.content) - known, f"{address} {text!r}"
            assert not faults_of(got.content), f"{address} {text!r}"
        if "location" in got.headers:
            assert re.match(r"/(?![/\\])[^\s\x00-\x1f]*$", got.headers["location"]), f"{address} {text!r}"


@pytest.mark.parametrize("what", ["signals", "deals", "documents", "verdicts", "reviews"])
def test_no_cell_of_an_export_is_a_formula(places: dict[str, tuple[Desk, str]], tmp_path: Path, what: str) -> None:
    where = places["hostile"][0].engine.url.database or ""
    out = tmp_path / "out.csv"
    assert cli.main(["export", "--format", "csv", "--what", what, "--out", str(out), "--desk", where]) == 0
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8")), strict=True))
    assert len(rows) > 50
    assert len({len(row) for row in rows}) == 1
    assert not [one for row in rows for one in row if _FORMULA.match(one)]


def test_what_is_exported_comes_in_again_as_it_was(places: dict[str, tuple[Desk, str]], tmp_path: Path) -> None:
    where = places["hostile"][0].engine.url.database or ""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert cli.main(["export", "--format", "jsonl", "--out", str(first), "--desk", where]) == 0
    assert all(json.loads(line) for line in first.read_text("utf-8").splitlines())
    assert cli.main(["import", str(first), "--desk", str(tmp_path / "again.db")]) == 0
    assert cli.main(["export", "--format", "jsonl", "--out", str(second), "--desk", str(tmp_path / "again.db")]) == 0
    assert first.read_bytes() == second.read_bytes()
