"""Generated desks of any size: readings that look like a newsroom's ten years, and a loader that writes them in bulk.

The readings: documents on ten years of days, each about one pair of parties (the pairs by Zipf's law) with one to eight
signals, a tenth of them reprints of another publisher's; deals with names of words drawn by how frequent they are in the news
(the table that linking weighs words by) and of designations, spoken of again with preference for what was spoken of before, up
to MOST_SIGHTINGS times; publishers and sources by Zipf's law; texts filled up with words drawn in the same way.

The loader writes the same rows as ``Desk.add`` would, by the same functions (identity, selectors, authority, keys, bands,
terms, rows of deals, tags), except that it takes a shortcut in three places: the traits of a sentence are made once for all
documents it stands in; a document's copies are known; and parents are looked for among the signals of the same name and a
party in common only. ``python benchmarks/desk.py --check`` compares both row by row: with all candidates (``exact``) everything
must be equal.
"""

from __future__ import annotations

import bisect
import itertools
import math
import random
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, insert

from paraph._version import __version__
from paraph.desk import deals as rows_of_deals
from paraph.desk.identity import key_of, signal_id, site_of, stamp_of, utc, version_hash
from paraph.desk.places import selector_of
from paraph.desk.schema import deal_tags, deals, documents, signal_parties, signals, versions
from paraph.desk.search import Shelf, search_of
from paraph.desk.tags import tag_rows
from paraph.link import THRESHOLD, Traits, copies, keys_of, score, traits_of
from paraph.link.traits import _weights
from paraph.model import (
    Certainty,
    Document,
    Instrument,
    Kind,
    Reading,
    Sector,
    Sighting,
    Signal,
    SourceType,
    Stage,
    iso,
    text_hash,
)
from paraph.resolve.authority import authority_of
from paraph.settings import Settings

YEARS, LAST = 10, date(2025, 12, 31)
PARTIES = """US CN RU IN EU JP DE FR GB BR ZA AE SA TR KR AU IR IL EG PK ID VN UA PL IT ES CA MX NG KE ET QA KZ UZ BD LK NP MM TH
MY SG PH NZ NO SE FI DK NL BE AT CH GR RS HU CZ RO CL AR PE CO""".split()
SIGNALS_A_DOCUMENT = (1, 2, 3, 4, 5, 6, 8)
NEW_DEAL, REPRINT, NAMED = 0.3, 0.1, 0.25
REPRINT_DAYS = 14
# Words that the table does not know: names of places, firms and things. A third of what names are made of; set by eye.
RARE_WORDS, RARE_SHARE = 40_000, 0.35
SYLLABLES = "ba ko ri tan mel du so gar vin lo pe shi ra nok ul ze mar ti bel qua dor fen ag su ly kan ost ir".split()
MOST_SIGHTINGS = 400
RECENT_DAYS = 500
FILLER_WORDS = (120, 260)

# What a report says of a deal: its words around the name, stage, whether ahead, certainty, source type.
SAYINGS = (
    (
        "The two sides could discuss the {} at the summit, people familiar with it said.",
        "talks",
        True,
        "possible",
        "unnamed",
    ),
    ("Officials said that work on the {} was under way.", "talks", False, "certain", "official"),
    ("Both governments are expected to sign the {} next month.", "signed", True, "probable", "outlet"),
    ("The minister told reporters that the {} had been agreed.", "agreed", False, "certain", "official"),
    ("The {} was signed on Friday.", "signed", False, "certain", "official"),
    ("Local media reported that the {} had stalled.", "stalled", False, "probable", "media"),
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a deal is called, its sector and form."""

    words: str
    sector: Sector
    instrument: Instrument


class Newsroom:
    """Gives readings in order of day, for ever the same for one seed and size."""

    def __init__(self, signals_wanted: int, seed: int = 20251204) -> None:
        self.random = random.Random(seed)
        self.wanted = signals_wanted
        table = {word: weight for word, weight in _weights().items() if word.isalpha() and len(word) > 2}
        rare = [self._invented() for _ in range(RARE_WORDS)]
        told = [math.exp(-weight) for weight in table.values()]
        self.vocabulary = [*table, *rare]
        self.frequency = list(
            itertools.accumulate([*told, *[sum(told) * RARE_SHARE / (1 - RARE_SHARE) / RARE_WORDS] * RARE_WORDS])
        )
        self.names = [self._name() for _ in range(max(200, signals_wanted // 25))]
        pairs = list(itertools.combinations(PARTIES, 2))
        self.random.shuffle(pairs)
        pairs.sort(key=lambda pair: PARTIES.index(pair[0]) * 1.5 + PARTIES.index(pair[1]) + self.random.random() * 25)
        self.pairs = pairs
        self.pair_weights = list(itertools.accumulate(1 / (n + 8) for n in range(len(pairs))))
        self.publishers = [
            f"The {self._word().title()} {kind}" for kind in ("Post", "Times", "Wire", "Daily") for _ in range(100)
        ]
        self.sources = [f"{self._word().title()} {self._word().title()}" for _ in range(600)]
        self.live: dict[tuple[str, str], deque[tuple[date, int]]] = defaultdict(lambda: deque(maxlen=4_000))
        self.told: dict[tuple[tuple[str, str], int], int] = defaultdict(int)
        self.recent: deque[tuple[Reading, tuple[int, ...], str, date]] = deque(maxlen=2_000)
        self.number = 0
        per_document = sum(SIGNALS_A_DOCUMENT) / len(SIGNALS_A_DOCUMENT)
        self.documents_wanted = max(1, round(signals_wanted / per_document))

    def _invented(self) -> str:
        parts = self.random.choices(SYLLABLES, k=self.random.choice((2, 3, 3, 4)))
        return "".join(parts)

    def _word(self) -> str:
        return self.random.choices(self.vocabulary, cum_weights=self.frequency)[0]

    def _name(self) -> Name:
        words = [self._word() for _ in range(self.random.choice((2, 2, 3, 3, 4)))]
        if self.random.random() < NAMED:
            letters = "".join(self.random.choices("ABCDEFGHKLMNPRSTVX", k=2))
            words.insert(0, f"{letters}-{self.random.randrange(10, 999)}")
        form = self.random.choice(("agreement", "deal", "pact", "contract", "memorandum"))
        chosen = self.random.choices(list(Sector), weights=[1 / (n + 1) for n in range(len(Sector))])[0]
        return Name(" ".join([*words, form]), chosen, self.random.choice(list(Instrument)))

    def readings(self, more: int = 0) -> Iterator[tuple[Reading, tuple[int, ...], str | None]]:
        """Yield each reading with the numbers of its signals' names and the id of the document that it reprints.

        ``more`` readings follow those that were wanted, on the last day.
        """
        first = LAST - timedelta(days=YEARS * 365 - 1)
        for n in range(self.number, self.documents_wanted + more):
            day = min(LAST, first + timedelta(days=int(n * YEARS * 365 / self.documents_wanted)))
            self.number = n + 1
            yield self._reading(n, day)

    def _reading(self, n: int, day: date) -> tuple[Reading, tuple[int, ...], str | None]:
        pick = self.random
        publisher = self.publishers[min(int(pick.paretovariate(0.9)) - 1, len(self.publishers) - 1)]
        about = {
            "id": f"generated-{n:07}",
            "url": f"https://www.{publisher.lower().replace(' ', '')}.example/{day:%Y/%m}/{n}",
            "publisher": publisher,
            "published": datetime(day.year, day.month, day.day, n % 24, n % 60, tzinfo=UTC),
            "language": "en",
        }
        while self.recent and (day - self.recent[0][3]).days > REPRINT_DAYS:
            self.recent.popleft()
        if self.recent and pick.random() < REPRINT:
            reading, names, root, _ = pick.choice(self.recent)
            document = replace(reading.document, **about)
            return Reading(document, reading.signals), names, root
        pair = pick.choices(self.pairs, cum_weights=self.pair_weights)[0]
        names = self._deals(pair, day, pick.choice(SIGNALS_A_DOCUMENT))
        parts, found, at = [], [], 0
        for name in names:
            saying, stage, ahead, certainty, sort = pick.choice(SAYINGS)
            named = self.names[name]
            start = at + saying.index("{}")
            parts.append(saying.format(named.words))
            found.append(
                Signal(
                    start=start,
                    end=start + len(named.words),
                    anchor=named.words,
                    stage=Stage(stage),
                    ahead=ahead,
                    certainty=Certainty(certainty),
                    source_type=SourceType(sort),
                    source=None if sort == "outlet" else self._source(sort),
                    parties=pair if pick.random() < 0.93 else (*pair, pick.choice(PARTIES[:20])),
                    sector=named.sector,
                    instrument=named.instrument,
                    confidence=round(pick.uniform(0.3, 1.0), 4),
                    engine="generated",
                )
            )
            at += len(parts[-1]) + 2
        while sum(map(len, parts)) < 6 * pick.randint(*FILLER_WORDS):
            words = pick.choices(self.vocabulary, cum_weights=self.frequency, k=pick.randint(12, 30))
            parts.append(" ".join(words).capitalize() + ".")
        found = [replace(s, parties=tuple(dict.fromkeys(s.parties))) for s in found]
        title = f"{self.names[names[0]].words.title()} and {' '.join(self._word() for _ in range(4))}"
        kind = Kind.OFFICIAL if pick.random() < 0.05 else Kind.REPORT
        document = Document(text="\n\n".join(parts), title=title, kind=kind, **about)
        reading = Reading(document, tuple(found))
        self.recent.append((reading, names, document.id, day))
        return reading, names, None

    def _deals(self, pair: tuple[str, str], day: date, count: int) -> tuple[int, ...]:
        """Return the numbers of the names of deals of the pair: new ones, or ones that were spoken of before."""
        live, pick = self.live[pair], self.random
        while live and (day - live[0][0]).days > RECENT_DAYS:
            live.popleft()
        names: list[int] = []
        while len(names) < count:
            name = pick.randrange(len(self.names))
            if live and pick.random() > NEW_DEAL:
                again = live[pick.randrange(len(live))][1]
                if self.told[pair, again] < MOST_SIGHTINGS and again not in names:
                    name = again
            if name not in names:
                names.append(name)
        for name in names:
            self.told[pair, name] += 1
            live.append((day, name))
        return tuple(names)

    def _source(self, sort: str) -> str:
        if sort == "unnamed":
            return "people familiar with it"
        return self.sources[min(int(self.random.paretovariate(0.7)) - 1, len(self.sources) - 1)]


def seen_of(document: Document) -> datetime:
    """Return when a generated document came in: an hour after it was published."""
    assert isinstance(document.published, datetime)
    return document.published + timedelta(hours=1)


# The loader.

_AT_ONCE = 2_000
# Without ``exact``, of one name and party at most so many are compared, the earliest in the window.
MOST_COMPARED = 40


@dataclass(slots=True)
class Told:
    """A signal on its way: what its deal is made of."""

    row: int
    sighting: Sighting
    traits: Traits
    parent: int | None = None
    score: float | None = None
    root: int | None = None


class Loader:
    """Writes readings in bulk; with ``exact`` every candidate is compared as in an ingest, else those of one name."""

    def __init__(self, connection: Connection, settings: Settings, *, exact: bool) -> None:
        self.connection, self.settings, self.exact = connection, settings, exact
        self.told: list[Told] = []
        self.groups: dict[Any, list[int]] = defaultdict(list)
        self.asked: list[dict[int, int]] = []
        self.keys: list[tuple[int, int, int]] = []
        self.bands: list[tuple[int, int, int]] = []
        self.families: dict[str, int] = {}
        self.sketched: list[tuple[int, int, int, str]] = []
        self.sketches: dict[int, tuple[int, ...]] = {}
        self.pending: dict[Any, list[dict[str, Any]]] = defaultdict(list)

    def load(self, readings: Iterator[tuple[Reading, tuple[int, ...], str | None]]) -> int:
        """Write all readings into an empty desk; return how many signals they have."""
        for number, (reading, names, root) in enumerate(readings, start=1):
            self._document(number, reading, names, root)
            if number % _AT_ONCE == 0:
                self._flush()
        self._flush()
        self._deals()
        self._many("link_keys", ("key", "day", "signal_id"), self.keys)
        self._many("bands", ("band", "day", "document_id"), self.bands)
        if self.connection.dialect.name == "postgresql":
            # Rows were given their numbers here; what is added later goes on behind them.
            for name in ("documents", "versions", "signals"):
                self.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
                )
        return len(self.told)

    def _document(self, number: int, reading: Reading, names: tuple[int, ...], root: str | None) -> None:
        document = reading.document
        seen = seen_of(document)
        day = document.published.date()  # type: ignore[union-attr]
        hash = text_hash(document.text)
        key = key_of(document)
        if root is None:
            self.families[key] = number
            parent = None
        else:
            parent = self.families[root]
        self.sketched.append((number, day.toordinal(), parent or number, document.text if root is None else ""))
        site = site_of(document.url)
        self.pending[documents].append(
            {
                "id": number,
                "key": key,
                "version_id": number,
                "url": document.url,
                "publisher": document.publisher,
                "site": site,
                "title": document.title,
                "published": iso(document.published),
                "updated": None,
                "kind": str(document.kind),
                "text_hash": hash,
                "first_seen": utc(seen),
                "arrival": "added",
                "day": day,
                "parent_id": parent,
                "likeness": 1.0 if parent else None,
                "root_id": parent or number,
            }
        )
        self.pending[versions].append(
            {
                "id": number,
                "document_id": number,
                "hash": version_hash(document),
                "read_id": document.id,
                "stamp": stamp_of(document, seen),
                "seen": utc(seen),
                "url": document.url,
                "publisher": document.publisher,
                "title": document.title,
                "published": iso(document.published),
                "updated": None,
                "fetched": None,
                "language": document.language,
                "kind": str(document.kind),
                "notes": [],
                "text_hash": hash,
                "raw_id": None,
                "engine": reading.signals[0].engine,
                "engine_version": __version__,
                "found": [signal.to_dict() for signal in reading.signals],
                "text": document.text,
            }
        )
        self.pending["document_words"].append((number, day, (document.title or "", document.text)))
        for place, (signal, name) in enumerate(zip(reading.signals, names, strict=True)):
            self._signal(number, reading, signal, name, place, hash, site, key if root is None else root)

    def _signal(
        self,
        number: int,
        reading: Reading,
        signal: Signal,
        name: int,
        place: int,
        hash: str,
        site: str | None,
        voice: str,
    ) -> None:
        document = reading.document
        day = document.published.date()  # type: ignore[union-attr]
        row = len(self.told) + 1
        end = document.text.index("\n\n", signal.end) if "\n\n" in document.text[signal.end :] else len(document.text)
        begin = document.text.rfind("\n\n", 0, signal.start) + 2 if place else 0
        sentence = document.text[begin:end]
        traits = replace(
            _traits_of(
                sentence, signal.start - begin, replace(signal, start=0, end=0, source=None, parties=(), confidence=0.0)
            ),
            document=document.id,
            sentence=place,
            start=signal.start,
            parties=tuple(sorted(signal.parties)),
        )
        key = signal_id(document.id, signal.start, signal.end, hash)
        selector = selector_of(document.text, signal.start, signal.end, hash)
        authority = authority_of(document, signal)
        values = signal.to_dict() | {
            "id": row,
            "key": key,
            "document_id": number,
            "version_id": number,
            "prefix": selector.prefix,
            "suffix": selector.suffix,
            "quote": sentence,
            "engine_version": __version__,
            "authority": str(authority),
            "vanished": False,
            "state": "proposed",
            "proposed": None,
            "day": day,
            "traits": traits.to_json(),
            "pinned": False,
        }
        self.pending[signals].append(values)
        self.pending[signal_parties] += [
            {"party": party, "day": day.toordinal(), "signal_id": row} for party in dict.fromkeys(signal.parties)
        ]
        keys = keys_of(traits)
        self.keys += [(one, day.toordinal(), row) for one, _ in keys]
        self.pending["signal_words"].append((row, day, (sentence,)))
        sighting = Sighting(
            id=key,
            document=document.id,
            signal=signal,
            day=day,
            voice=voice,
            publisher=document.publisher,
            owner=site,
            authority=authority,
            kind=document.kind,
            title=document.title,
            quote=sentence,
            url=document.url,
        )
        told = Told(row, sighting, traits)
        self.told.append(told)
        self._place(told, name, keys)

    def _place(self, told: Told, name: int, keys: Sequence[tuple[int, int]]) -> None:
        """Find the parent among what came before; readings come in the order of the forest."""
        day = told.sighting.day.toordinal()
        best: tuple[float, int] | None = None
        if self.exact:
            near = {n for key, days in keys for n in self.groups[key] if abs(day - self._day(n)) <= days}
            for key, _ in keys:
                self.groups[key].append(told.row)
        else:
            near = set()
            asked = dict(keys)
            for party in told.traits.parties:
                group = self.groups[name, party]
                low = bisect.bisect_left(group, day - max(asked.values()), key=self._day)
                near |= {n for n in group[low : low + MOST_COMPARED] if self._meet(asked, n, day)}
                group.append(told.row)
            self.asked.append(asked)
        for n in sorted(near):
            like = score(told.traits, self.told[n - 1].traits)
            if like >= THRESHOLD and (best is None or like > best[0]):
                best = like, n
        told.score, told.parent = best if best else (None, None)
        told.root = self.told[told.parent - 1].root if told.parent else told.row

    def _meet(self, asked: dict[int, int], n: int, day: int) -> bool:
        apart = day - self._day(n)
        return any(apart <= days for key, days in asked.items() if key in self.asked[n - 1])

    def _day(self, n: int) -> int:
        return self.told[n - 1].sighting.day.toordinal()

    def _deals(self) -> None:
        trees: dict[int, list[Sighting]] = defaultdict(list)
        for told in self.told:
            trees[told.root or 0].append(told.sighting)
        made: list[dict[str, Any]] = []
        tags: list[dict[str, Any]] = []
        for root, sightings in trees.items():
            deal = rows_of_deals.deal_of(sightings)
            row = rows_of_deals._row(root, deal, self.settings)
            made.append(row)
            tags += tag_rows(deal, row)
        tags.sort(key=lambda row: (row["tag"], row["last_day"], row["deal"]))
        for table, rows in ((deals, made), (deal_tags, tags)):
            for at in range(0, len(rows), 20_000):
                self.connection.execute(insert(table), rows[at : at + 20_000])

    def _many(self, table: str, columns: tuple[str, ...], rows: list[tuple[int, int, int]]) -> None:
        """Insert rows in the order of their key, past what SQLAlchemy does for each value."""
        rows.sort()
        sign = "?" if self.connection.dialect.name == "sqlite" else "%s"
        marks = ", ".join([sign] * len(columns))
        for at in range(0, len(rows), 50_000):
            self.connection.exec_driver_sql(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows[at : at + 50_000]
            )

    def _sketch(self) -> None:
        """Make the bands of many texts in one call, as ``copies.bands_of`` does for one."""
        from rensa import RMinHash

        new = [(number, copies.shingles_of(text)) for number, _, root, text in self.sketched if number == root]
        hashed = [sorted(shingles) for _, shingles in new]
        matrix = RMinHash.digest_matrix_from_token_hash_sets(hashed, copies._PERMUTATIONS, copies._SEED).to_rows()
        for (number, shingles), row in zip(new, matrix, strict=True):
            pairs = range(1 if len(shingles) == 1 else copies._PERMUTATIONS // 2)
            parts = (copies._digest(copies._BAND.pack(at, row[2 * at], row[2 * at + 1])) for at in pairs)
            self.sketches[number] = tuple({copies._BAND_KEY.unpack(part)[0] for part in parts})
        for number, day, root, _ in self.sketched:
            self.bands += [(band, day, number) for band in self.sketches[root]]
        self.sketched.clear()

    def _flush(self) -> None:
        if self.sketched:
            self._sketch()
        search = search_of(self.connection)
        new = self.pending[signals]
        for values in new:
            told = self.told[values["id"] - 1]
            values |= {"parent_id": told.parent, "score": told.score, "root_id": told.root}
        for table in (documents, versions, signals, signal_parties):
            if self.pending[table]:
                self.connection.execute(insert(table), self.pending[table])
        search.put(self.connection, Shelf.DOCUMENTS, self.pending["document_words"])
        search.put(self.connection, Shelf.SIGNALS, self.pending["signal_words"])
        self.pending.clear()


@lru_cache(maxsize=1_000_000)
def _traits_of(sentence: str, start: int, signal: Signal) -> Traits:
    """Return the traits of a sentence's signal as of a document that holds nothing else."""
    placed = replace(signal, start=start, end=start + len(signal.anchor))
    return traits_of(Document(text=sentence, id="one"), (placed,))[0]
