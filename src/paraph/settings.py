"""The one table of settings: every limit and switch, with its default, unit and range.

A setting is read from the environment as ``PARAPH_`` and its name in capitals; docs/reference/settings.md is made from
this table and a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from paraph.errors import UsageError

__all__ = ["Settings"]

KB, MB = 1_000, 1_000_000


def _setting(default: Any, unit: str, about: str, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"unit": unit, "about": about, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and switches; immutable, so that a reading's settings can be kept with it.

    Raises UsageError, naming the setting and its range, where a value is out of range.
    """

    max_source_bytes: int = _setting(
        100 * MB,
        "bytes",
        "largest file or page taken in; larger ones are refused before they are read",
        1 * KB,
        10_000 * MB,
    )
    max_unpacked_bytes: int = _setting(
        200 * MB, "bytes", "most that one compressed source may unpack to; counted while unpacking", 1 * KB, 10_000 * MB
    )
    max_text_chars: int = _setting(
        5 * MB, "code points", "longest text of one document; a longer one is refused", 1 * KB, 100 * MB
    )
    max_page_chars: int = _setting(
        5 * MB,
        "code points",
        "longest HTML that is searched for its article; of a longer page all text is taken",
        1 * KB,
        50 * MB,
    )
    max_page_elements: int = _setting(
        50_000,
        "elements",
        "most elements of a page that is searched for its article; of a larger one all text is taken",
        10,
        1 * MB,
    )
    max_page_depth: int = _setting(
        250,
        "elements",
        "deepest nesting of a page that is searched for its article; of a deeper one all text is taken",
        10,
        250,
    )
    max_archive_bytes: int = _setting(
        20_000 * MB,
        "bytes",
        "largest web archive (WARC) taken in; it is read record by record, never whole",
        1 * KB,
        1_000_000 * MB,
    )
    max_expansion: int = _setting(
        300,
        "times",
        "most that compressed bytes may grow by once past the first megabyte; a bomb grows by a thousand",
        10,
        100_000,
    )
    max_nesting: int = _setting(3, "layers", "most layers of compression around one source", 1, 10)
    max_folder_files: int = _setting(100_000, "files", "most files taken from one folder", 1, 10_000_000)
    fetch_seconds: float = _setting(30.0, "seconds", "longest time for one page, redirects included", 0.1, 3600)
    connect_seconds: float = _setting(
        10.0, "seconds", "longest time to reach a server, looking up its name included", 0.1, 600
    )
    max_redirects: int = _setting(5, "redirects", "most redirects followed for one page", 0, 20)
    allowed_ports: str = _setting("80,443,8080,8443", "ports", "ports that a page may be fetched from")
    allow_private_addresses: bool = _setting(
        False, "switch", "fetch from private, loopback and other inside addresses too (an intranet)"
    )
    max_feed_bytes: int = _setting(20 * MB, "bytes", "largest feed taken in", 1 * KB, 100 * MB)
    max_feed_entries: int = _setting(5_000, "entries", "most entries taken from one feed", 1, 1_000_000)
    max_pdf_pages: int = _setting(2_000, "pages", "most pages of one PDF", 1, 100_000)
    pdf_seconds: float = _setting(
        8.0, "seconds", "longest time to read one PDF; the child process is ended then", 0.1, 600
    )
    pdf_memory_bytes: int = _setting(
        512 * MB, "bytes", "most memory (address space) of the child process that reads a PDF", 128 * MB, 64_000 * MB
    )

    # Following feeds.
    watch_every_minutes: float = _setting(
        30.0, "minutes", "time between two requests for one feed that answers well, a tenth more or less", 1, 100_000
    )
    watch_least_minutes: float = _setting(
        5.0, "minutes", "shortest time between two requests for one feed, whatever else is asked for", 0, 1_440
    )
    watch_max_backoff_hours: float = _setting(
        24.0, "hours", "longest that the time between two requests for a feed that fails is doubled to", 0.1, 720
    )
    watch_host_gap_seconds: float = _setting(
        2.0, "seconds", "shortest time between two requests to one host; a longer Crawl-delay is obeyed", 0, 3_600
    )
    watch_hosts_at_once: int = _setting(
        8, "hosts", "most hosts that are asked at the same time, one request each", 1, 64
    )
    watch_pages_per_run: int = _setting(
        500, "pages", "most pages of entries fetched in one round; the others wait for the next", 1, 1_000_000
    )
    watch_bytes_per_run: int = _setting(
        200 * MB,
        "bytes",
        "most bytes of feeds and pages taken in one round, unpacked; the others wait",
        1 * KB,
        100_000 * MB,
    )
    watch_page_bytes: int = _setting(
        20 * MB, "bytes", "largest page of an entry taken in, packed and unpacked", 1 * KB, 1_000 * MB
    )
    watch_follow: bool = _setting(True, "switch", "fetch an entry's page where the feed gives only a summary of it")
    watch_summary_chars: int = _setting(
        1_500, "code points", "an entry whose own text is shorter counts as a summary", 0, 1 * MB
    )
    watch_page_tries: int = _setting(
        3, "tries", "tries of an entry's page that fails before the feed's own words are taken instead", 1, 100
    )
    watch_remember_days: int = _setting(
        400, "days", "time for which entries that a feed no longer shows are remembered as seen", 1, 100_000
    )
    watch_contact: str = _setting(
        "", "address", "a mail address or page at which the sites asked can reach you; told to them with every request"
    )
    max_robots_bytes: int = _setting(500 * KB, "bytes", "largest robots.txt taken in", 1 * KB, 10 * MB)
    max_feeds: int = _setting(10_000, "feeds", "most feeds followed by one desk", 1, 1_000_000)

    # How texts are read.
    encoder_threads: int = _setting(
        0, "threads", "threads with which the encoder reads one text; 0 for one a core", 0, 256
    )

    # What the pages and tables show.
    min_confidence: float = _setting(
        0.0, "probability", "signals that the engine is less sure of are left out of every reading", 0, 1
    )
    brief_confidence: float = _setting(
        0.5, "probability", "signals that the engine is less sure of are left out of a brief", 0, 1
    )
    quote_chars: int = _setting(
        260, "code points", "longest quotation in a brief; it is shortened around the anchor", 60, 5_000
    )
    brief_deals: int = _setting(
        12,
        "deals",
        "most deals that one section of a brief shows with quotations; the others are named in a line",
        1,
        10_000,
    )
    brief_voices: int = _setting(
        2, "signals", "most signals of one deal that a brief quotes; the others are counted", 1, 1_000
    )

    # The pages and the API (paraph serve).
    max_form_bytes: int = _setting(
        1 * MB, "bytes", "largest form or request body that the pages take in", 1 * KB, 100 * MB
    )
    max_page_rows: int = _setting(500, "rows", "most rows of a list that one page or request is given", 1, 10_000)

    # How the desk keeps documents.
    desk_wait_seconds: float = _setting(
        60.0, "seconds", "longest wait for another program that is writing to the same desk", 0.1, 3_600
    )
    keep_raw: bool = _setting(True, "switch", "keep the bytes that a document was read from, compressed, in the desk")
    backdate_days: int = _setting(
        2,
        "days",
        "a document of a feed that says it was published longer than this before it was first seen counts as of the day "
        "on which it was first seen",
        0,
        36_500,
    )
    copy_days: int = _setting(
        365, "days", "two documents further apart than this are not compared for being copies", 0, 36_500
    )

    # How a deal's status is read off its sightings, and how forecasts are held to account (docs/status.md, docs/scorecards.md).
    lapse_days: int = _setting(
        365, "days", "a deal on the table that nobody speaks of for this long counts as lapsed (inferred)", 1, 36_500
    )
    hold_days: int = _setting(
        7, "days", "a stronger word on a deal holds this long against weaker ones that say otherwise", 0, 3_650
    )
    word_confidence: float = _setting(
        0.4,
        "probability",
        "signals that the engine is less sure of decide no status where there are others, and are no forecasts",
        0,
        1,
    )
    contradiction_days: int = _setting(
        14, "days", "two words that exclude each other contradict each other if they fall within this time", 0, 3_650
    )
    forecast_days: int = _setting(
        365, "days", "a forecast is held against the first fitting occasion that ends within this time", 1, 3_650
    )
    score_min_n: int = _setting(
        20,
        "forecasts",
        "no rank for a publisher, a source or a wording with fewer forecasts that are past their day",
        1,
        100_000,
    )

    # What an occasion brought.
    table_days: int = _setting(
        730, "days", "what was said longer before an occasion's first day was not on its table", 1, 10_000
    )
    verdict_days: int = _setting(
        90, "days", "what is said longer after an occasion's last day is not what it brought", 0, 10_000
    )

    # Who may use the pages over the network, and what they are asked.
    session_hours: float = _setting(
        12.0, "hours", "a browser that nobody used for this long has to sign in again", 0.1, 8_760
    )
    sign_in_tries_per_name: int = _setting(
        60,
        "tries",
        "most tries of a password under one name within sign_in_minutes; twice what one address has, so that nobody can shut "
        "somebody out from one place",
        1,
        100_000,
    )
    sign_in_tries_per_address: int = _setting(
        30, "tries", "most tries of a password from one address within sign_in_minutes", 1, 100_000
    )
    sign_in_minutes: float = _setting(
        15.0, "minutes", "time within which tries of a password are counted together", 0.1, 10_000
    )
    min_password_chars: int = _setting(12, "code points", "shortest password that a person can have", 8, 200)
    max_people: int = _setting(1_000, "people", "most people that one desk knows, disabled ones included", 1, 100_000)
    max_tokens: int = _setting(50, "tokens", "most tokens that one person can have", 1, 10_000)
    max_views: int = _setting(200, "views", "most saved views of one desk; the board names them all", 1, 10_000)
    second_look_share: float = _setting(
        0.1,
        "share",
        "share of the questions of a reviewer that another has answered already, so that their agreement can be measured",
        0,
        0.9,
    )

    # Many documents (paraph corpus).
    corpus_piece_bytes: int = _setting(
        64 * MB,
        "bytes",
        "input in one piece of a corpus, counted unpacked; of a packed web archive a quarter of that, for pages pack so",
        1 * KB,
        10_000 * MB,
    )
    corpus_files_per_piece: int = _setting(
        500, "files", "most single files (pages, texts, PDFs) in one piece of a corpus", 1, 100_000
    )
    corpus_document_seconds: float = _setting(
        60.0,
        "seconds",
        "longest time for one document of a corpus; one that takes longer, twice, is left out as poison (0: no limit)",
        0,
        86_400,
    )
    corpus_file_documents: int = _setting(
        20_000, "documents", "most documents in one Parquet file of a data set, or those of one piece", 1, 10_000_000
    )
    corpus_bucket: int = _setting(
        2_000,
        "items",
        "of the many texts or signals that share one key of a corpus, each is compared with the nearest so many before it",
        1,
        1_000_000,
    )
    corpus_load_documents: int = _setting(
        2_000, "documents", "most documents of a data set that go into a desk in one transaction", 1, 100_000
    )

    def __post_init__(self) -> None:
        for row in fields(self):
            value, low, high = getattr(self, row.name), row.metadata["low"], row.metadata["high"]
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            # Written so that a NaN, which compares as false with everything, is out of range.
            if not ((low is None or value >= low) and (high is None or value <= high)):
                raise UsageError(
                    f"setting {row.name}: {value} is out of range; give {low} to {high} {row.metadata['unit']}"
                )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Return the settings with what the environment says (``os.environ`` if none is given).

        Raises UsageError for a value that is not of the setting's type or out of its range.
        """
        environment = os.environ if environment is None else environment
        given: dict[str, Any] = {}
        for row in fields(cls):
            text = environment.get("PARAPH_" + row.name.upper())
            if text is not None:
                given[row.name] = _parse(row.name, text, row.default)
        return cls(**given)

    @classmethod
    def table(cls) -> list[dict[str, Any]]:
        """Return one row a setting: name, environment, default, unit, low, high, about."""
        return [
            {"name": row.name, "environment": "PARAPH_" + row.name.upper(), "default": row.default, **row.metadata}
            for row in fields(cls)
        ]


def _parse(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise UsageError(f"setting {name}: {text!r} is not a switch; give 1 or 0")
    try:
        return type(default)(text)
    except ValueError:
        raise UsageError(f"setting {name}: {text!r} is not a number") from None
