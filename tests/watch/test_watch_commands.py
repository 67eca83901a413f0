"""The commands, against a server on the loopback: feeds added, listed, handed over, watched, stopped and killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from paraph.cli import main
from paraph.desk import open_desk
from paraph.exits import Exit
from paraph.settings import Settings
from paraph.watch.health import Feed
from paraph.watch.loop import watch
from paraph.watch.net import Door
from paraph.watch.told import Summary, Told
from samples import HOSTILE, REPORT
from watch.world import RSS_TYPE, Web, html_page, rss, world

HOST = "127.0.0.1"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server that the commands may ask, and a desk that they find."""
    for name in list(os.environ):
        if name.startswith("PARAPH_") or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)
    with world(tmp_path) as one:
        monkeypatch.setenv("PARAPH_DESK", str(tmp_path / "commands.db"))
        monkeypatch.setenv("PARAPH_ALLOW_PRIVATE_ADDRESSES", "1")
        monkeypatch.setenv("PARAPH_ALLOWED_PORTS", str(one.web.server_port))
        monkeypatch.setenv("PARAPH_WATCH_HOST_GAP_SECONDS", "0")
        monkeypatch.setenv("PARAPH_WATCH_FOLLOW", "0")
        one.web.pages[f"{HOST}/rss.xml"] = feed(one.web, *range(1, 4))
        yield one.web


def feed(web: Web, *numbers: int) -> tuple[int, dict[str, str], bytes]:
    now = datetime.now(UTC)
    items = [(n, now - timedelta(hours=n)) for n in numbers]
    return 200, RSS_TYPE, rss(items, host=f"{HOST}:{web.server_port}")


def url(web: Web, path: str = "rss.xml") -> str:
    return f"http://{HOST}:{web.server_port}/{path}"


def run(*words: str) -> int:
    return main(list(words))


def test_from_an_address_to_documents(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("feed", "add", url(web), url(web)) == Exit.DONE
    out, err = capsys.readouterr()
    assert out == f"added  {url(web)}\nknown  {url(web)}\n"
    assert "paraph watch" in err
    assert run("watch", "--once") == Exit.DONE
    out, err = capsys.readouterr()
    assert [line.split()[2] for line in out.splitlines()] == ["new", "new", "new", "1"]
    assert "Talks 3 · The Oslo Example" in out
    assert "1 feed: 1 answered with 3 new entries · 3 documents · " in out
    assert err == ""
    assert run("watch", "--once") == Exit.DONE  # asked a moment ago
    assert "0 feeds asked" in capsys.readouterr().out
    assert run("feed", "list") == Exit.DONE
    out = capsys.readouterr().out
    assert "The Oslo Example" in out
    assert url(web) in out
    assert "1 feed · 1 ● well" in out
    assert run("feed", "list", "--format", "json") == Exit.DONE
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["url"], row["state"], row["items"], row["failures"], row["gaps"]) == (url(web), "well", 3, 0, [])
    assert row["period_seconds"] == 3600


def test_events_for_programs(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    run("feed", "add", url(web), url(web, "missing.xml"))
    capsys.readouterr()
    assert run("watch", "--once", "--format", "jsonl") == Exit.SOME_FAILED
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["what"] for row in rows].count("document") == 3
    assert rows[-1]["what"] == "round"
    assert (rows[-1]["feeds"], rows[-1]["failed"]) == (2, 1)
    assert err == f"paraph: {url(web, 'missing.xml')}: the server said 404 Not Found\n"
    assert run("feed", "remove", url(web)) == Exit.DONE
    assert run("feed", "list") == Exit.DONE
    assert "1 failure in a row: the server said 404 Not Found" in capsys.readouterr().out


def test_all_failed(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    run("feed", "add", url(web, "missing.xml"))
    assert run("watch", "--once") == Exit.ALL_FAILED


def test_lists_come_and_go(web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("feed", "add", url(web), url(web, "b.xml"))
    assert run("feed", "export", "--out", str(tmp_path / "list.opml")) == Exit.DONE
    assert run("feed", "remove", url(web) + "#x", url(web, "b.xml")) == Exit.DONE
    out, err = capsys.readouterr()
    assert out.endswith(f"removed  {url(web)}\nremoved  {url(web, 'b.xml')}\n")
    assert "stays on the desk" in err
    assert run("feed", "import", str(tmp_path / "list.opml")) == Exit.DONE
    assert capsys.readouterr().out == f"added  {url(web, 'b.xml')}\nadded  {url(web)}\n"
    text = (tmp_path / "list.opml").read_text("utf-8").replace("</body>", '<outline xmlUrl="ftp://x/"/></body>')
    (tmp_path / "list.opml").write_text(text, "utf-8")
    assert run("feed", "import", str(tmp_path / "list.opml")) == Exit.SOME_FAILED
    err = capsys.readouterr().err
    assert "list.opml, line 10, ftp://x/: ftp is not http or https" in err
    assert "1 of 3 could not be taken" in err


@pytest.mark.parametrize(
    ("content", "told"), [(None, "cannot be opened"), (b"<opml/>", "has no feeds"), (b"nothing", "no OPML")]
)
def test_lists_that_cannot_be_taken(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "x.opml").write_bytes(content)
    assert run("feed", "import", str(tmp_path / "x.opml")) == Exit.ALL_FAILED
    assert told in capsys.readouterr().err


def test_a_list_of_only_bad_entries_and_one_too_large(
    web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.opml"
    path.write_bytes(b'<opml><body><outline type="rss"/></body></opml>')
    assert run("feed", "import", str(path)) == Exit.ALL_FAILED
    path.write_bytes(b"<opml>" + b" " * 2_000)
    monkeypatch.setenv("PARAPH_MAX_FEED_BYTES", "1000")
    assert run("feed", "import", str(path)) == Exit.ALL_FAILED
    assert "larger than 1,000 bytes" in capsys.readouterr().err
    assert run("feed", "import", "a\0b") == Exit.USAGE


def test_wrong_calls(web: Web, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("feed", "add", "ftp://a.example/", "") == Exit.ALL_FAILED
    assert run("feed", "list") == Exit.USAGE  # there is no desk yet
    assert run("feed", "add", url(web), "http://[") == Exit.SOME_FAILED
    assert run("feed", "remove", "http://b.example/", "nonsense") == Exit.ALL_FAILED
    assert "no such feed is followed (paraph feed list names them)" in capsys.readouterr().err
    assert run("feed", "remove", url(web), "nonsense") == Exit.SOME_FAILED
    capsys.readouterr()
    assert run("feed", "list") == Exit.DONE
    assert capsys.readouterr().out.strip() == "no feeds"
    assert run("watch", "--once") == Exit.DONE
    assert "no feeds are followed yet" in capsys.readouterr().err
    for span in ("", "5", "h", "1w", "1h " * 9):
        assert run("watch", "--for", span) == Exit.USAGE
        assert "no length of time" in capsys.readouterr().err
    assert run("watch", "--once", "--every", "0") == Exit.USAGE
    assert "watch_every_minutes" in capsys.readouterr().err
    monkeypatch.setenv("PARAPH_WATCH_CONTACT", "a)b")
    assert run("watch", "--once") == Exit.USAGE
    assert "watch_contact" in capsys.readouterr().err


def test_sites_are_told_who_asks(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAPH_WATCH_CONTACT", "desk@news.example")
    run("feed", "add", url(web))
    assert run("watch", "--once") == Exit.DONE
    assert all(headers["user-agent"].endswith("(follows news feeds; desk@news.example)") for _, headers in web.asks)


def test_the_time_given_ends_it(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    run("feed", "add", url(web))
    capsys.readouterr()
    assert run("watch", "--for", "1s", "--every", "60") == Exit.DONE
    assert "3 documents" in capsys.readouterr().out


def test_hostile_words_do_not_reach_the_terminal(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    words = HOSTILE.replace("\x00", "").replace("\x1b", "&#x9b;").replace("\x07", "")
    items = rss([(1, datetime.now(UTC))], title=words, host=f"{HOST}:{web.server_port}").replace(
        b"<title>Talks 1", b"<title>Talks \xe2\x80\xae&#x9b;31m\xc2\x9b"
    )
    web.pages[f"{HOST}/rss.xml"] = (200, RSS_TYPE, items)
    run("feed", "add", url(web))
    run("watch", "--once")
    run("feed", "list")
    out, err = capsys.readouterr()
    assert "Talks" in out
    assert not any(c in out + err for c in "\x1b\x9b\x07\u202e\u2066")


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "paraph", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, Exit.DONE), (signal.SIGINT, Exit.INTERRUPTED)])
def test_a_signal_ends_it_cleanly(web: Web, number: int, status: Exit) -> None:
    run("feed", "add", url(web))
    with started("watch", "--every", "60") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "1 feed:" in line:
                break
        process.send_signal(number)
        err = process.communicate(timeout=60)[1]
    told = "paraph: interrupted; what was taken in is kept\n" if number == signal.SIGINT else ""
    assert (process.returncode, err) == (status, told)


def test_a_kill_loses_nothing_and_doubles_nothing(web: Web) -> None:
    web.pages[f"{HOST}/rss.xml"] = feed(web, *range(1, 13))
    run("feed", "add", url(web))
    for rounds in range(3):
        with started("watch", "--once") as process:
            assert process.stdout is not None
            for n, _ in enumerate(process.stdout, 1):
                if n == 2 + rounds:
                    process.kill()
                    break
            process.communicate(timeout=60)
    settings = Settings.from_environment()
    later = datetime.now(UTC) + timedelta(minutes=20)  # claims have run out
    with open_desk(None, settings=settings, now=lambda: later) as desk:
        found = watch(
            desk,
            settings=settings,
            extract=lambda _: (),
            door=Door(),
            chance=lambda: 0.5,
            tell=lambda _: None,
            once=True,
        )
        assert (found.left, found.failed) == (0, 0)
        titles = sorted(kept.document.title or "" for kept in desk.documents())
    assert titles == sorted(f"Talks {n}" for n in range(1, 13))


def test_every_state_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    from paraph.show.feed_list import print_feeds
    from paraph.show.out import output
    from paraph.show.terminal import console

    gaps = tuple((NOW - timedelta(days=n), NOW - timedelta(days=n, hours=-3)) for n in range(6, 1, -1))
    feeds = [
        Feed(url="http://a.example/", added=NOW, title="A", succeeded=NOW - timedelta(days=3), failures=2, error="it broke",
             due=NOW + timedelta(hours=5), items=1_234, period=timedelta(hours=7)),
        Feed(url="http://b.example/", added=NOW, gone=True, failures=1, error="it is gone"),
        Feed(url="http://c.example/", added=NOW, title="C", succeeded=NOW, due=NOW, gaps=gaps, items=1),
        Feed(url="http://d.example/", added=NOW, due=NOW),
    ]  # fmt: skip
    for columns in ("160", "60"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", columns)
            with output(None) as sink:
                print_feeds(feeds, 1, NOW, console(sink))
    wide, narrow = capsys.readouterr().out.split("to be read\n")[:2]
    for told in (
        "3 days ago",
        "in 5 h",
        "1,234",
        "7 h",
        "2 failures in a row: it broke",
        "not asked any more: it is gone",
    ):
        assert told in wide
    assert "gap: entries between 2026-02-28 08:00 and 2026-02-28 11:00 UTC may be missing" in wide
    assert "2 older gaps (--format json names them)" in wide
    assert "4 feeds · 1 ● well · 1 ○ new · 1 ◐ failing · 1 × gone · 1 entry waits" in wide
    assert "answered 3 days ago · next in 5 h · 1,234 entries" in narrow
    assert "one in 7 h" in " ".join(narrow.split())


def test_lines_of_what_happens() -> None:
    from paraph.show.feed_list import apart, summary_line, told_line

    document = Told(NOW, "document", title="T", publisher="P", url="http://a.example/1", state="copy", signals=2)
    assert told_line(document) == "08:00 UTC  copy     2 signals   T · P · http://a.example/1"
    assert told_line(Told(NOW, "document", state="new", signals=0)) == "08:00 UTC  new      no signals  (no title)"
    page = Told(NOW, "page", feed="f", url="u", text="the server said 403")
    assert told_line(page) == "u: the server said 403 (the feed's own words are taken where it has any)"
    assert told_line(Told(NOW, "gone", feed="f", text="x\x1b")).startswith("f: x")
    counts = Summary(feeds=3, unchanged=1, answered=1, failed=1, entries=9, documents=5, copies=2, updated=1, same=1, signals=4,
                     pages=6, unread=2, left=3)  # fmt: skip
    assert summary_line(counts) == (
        "3 feeds: 1 answered with 9 new entries, 1 unchanged, 1 failed · 5 documents (2 of them copies) · 1 updated · 1 known"
        " · 4 signals · 2 of 6 pages not read · 3 entries left for the next round"
    )
    total = Summary(left=9, spent=True)
    total.add(counts)
    total.add(Summary(feeds=1, left=1))
    assert (total.feeds, total.documents, total.left, total.spent) == (4, 5, 1, False)
    assert [apart(timedelta(minutes=n)) for n in (0, 119, 120, 2_879, 2_880)] == [
        "1 min",
        "119 min",
        "2 h",
        "48 h",
        "2 days",
    ]


def test_deals_are_found_in_what_a_feed_brings(web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    web.pages[f"{HOST}/rss.xml"] = (
        200,
        RSS_TYPE,
        rss([(1, datetime.now(UTC))], host=f"{HOST}:{web.server_port}", text=REPORT.replace("\n", "\n\n")),
    )
    run("feed", "add", url(web))
    run("watch", "--once")
    assert "no signals" not in capsys.readouterr().out
    assert run("deals", "--party", "NO") == Exit.DONE
    assert "ferries" in capsys.readouterr().out


def test_pages_of_the_loopback_are_followed(
    web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PARAPH_WATCH_FOLLOW")
    web.pages[f"{HOST}/rss.xml"] = (
        200, RSS_TYPE, rss([(1, datetime.now(UTC))], host=f"{HOST}:{web.server_port}", text="In short.")
    )  # fmt: skip
    web.pages[f"{HOST}/1"] = html_page(1)
    run("feed", "add", url(web))
    assert run("watch", "--once") == Exit.DONE
    assert "Page 1" in capsys.readouterr().out


def test_inside_addresses_stay_refused_without_the_setting(
    web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("feed", "add", url(web))
    monkeypatch.delenv("PARAPH_ALLOW_PRIVATE_ADDRESSES")
    assert run("watch", "--once") == Exit.ALL_FAILED
    assert "127.0.0.1 is loopback (set PARAPH_ALLOW_PRIVATE_ADDRESSES=1" in capsys.readouterr().err
    assert web.asks == []
