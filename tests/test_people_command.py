"""``paraph people …``: people, roles, passwords and tokens from the command line, and that no secret is told twice."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from paraph.cli import main
from paraph.desk import open_desk, people
from paraph.settings import Settings

WORDS = "four herons by the lake"


class Line(io.StringIO):
    """Standard input that is no terminal."""

    def isatty(self) -> bool:
        return False


def run(place: str, *arguments: str) -> int:
    return main(["people", *arguments, "--desk", place])


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password on standard input, again for each command."""
    monkeypatch.setattr(sys, "stdin", Line(f"{WORDS}\n" * 20))


def comes_in(place: str, name: str, password: str = WORDS) -> bool:
    with open_desk(place, settings=Settings()) as desk, desk.look() as connection:
        return people.check_password(connection, name, password) is not None


@pytest.mark.usefixtures("typed")
def test_the_first_person_closes_the_desk_to_others(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, "add", "Kim", "--role", "keeper", "--password-stdin") == 0
    out, err = capsys.readouterr()
    assert out == "added  Kim, keeper\n"
    assert err == "paraph: from now on everybody signs in to see this desk in a browser\n"
    assert comes_in(place, "Kim")
    assert run(place, "add", "Rob", "--password-stdin") == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("added  Rob, reader\n", "")
    assert WORDS not in out + err


@pytest.mark.usefixtures("typed")
def test_a_desk_without_a_keeper_is_told(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, "add", "Rob", "--role", "reviewer", "--password-stdin") == 0
    assert "the desk has no keeper yet" in capsys.readouterr().err


def test_a_program_needs_no_password(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, "add", "the archive", "--role", "keeper", "--no-password") == 0
    assert "paraph people token 'the archive' WHAT" in capsys.readouterr().err
    assert run(place, "token", "the archive", "nightly copy", "--days", "30") == 0
    out, err = capsys.readouterr()
    secret = out.strip()
    assert secret.startswith("paraph_")
    assert err == "paraph: token 1 of the archive for nightly copy; it is not shown again\n"
    with open_desk(place, settings=Settings()) as desk, desk.look() as connection:
        found = people.by_token(connection, secret, now=desk.now())
        assert found is not None
        assert found[0].name == "the archive"
    assert run(place, "list", "--no-color") == 0
    listed = capsys.readouterr().out
    assert "token 1 for nightly copy: never used, good until " in listed
    assert secret not in listed
    assert run(place, "revoke", "1") == 0
    assert capsys.readouterr().out == "token 1 is revoked\n"
    with open_desk(place, settings=Settings()) as desk, desk.look() as connection:
        assert people.by_token(connection, secret, now=desk.now()) is None
    assert run(place, "revoke", "1") == 2
    assert "token 1 is not on the desk (`paraph people list` names those there are)" in capsys.readouterr().err


@pytest.mark.usefixtures("typed")
def test_list(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, "list") == 0
    assert capsys.readouterr().out == "nobody · everybody on this machine may do everything\n"
    run(place, "add", "Kim", "--role", "keeper", "--password-stdin")
    run(place, "add", "Bot\u202e", "--no-password")
    run(place, "token", "Kim", "feeds")
    run(place, "disable", "Bot\u202e")
    capsys.readouterr()
    assert run(place, "list", "--no-color") == 0
    listed = capsys.readouterr().out
    assert "\u202e" not in listed
    assert "Kim  keeper · added " in listed
    assert "with a password\n  token 1 for feeds: never used, good until it is revoked\n" in listed
    assert "without a password · disabled since " in listed
    assert listed.endswith("2 people · 1 of them disabled · 1 token\n")
    assert run(place, "list", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["role"], row["password"], row["disabled"] is None) for row in rows] == [
        ("reader", False, False),
        ("keeper", True, True),
    ]
    assert rows[1]["tokens"][0]["number"] == 1
    assert rows[1]["tokens"][0]["expires"] is None
    assert "hash" not in str(rows)


@pytest.mark.usefixtures("typed")
def test_roles_passwords_and_who_is_out(
    place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(place, "add", "Kim", "--role", "keeper", "--password-stdin")
    run(place, "add", "Rob", "--password-stdin")
    capsys.readouterr()
    assert run(place, "role", "Rob", "reviewer") == 0
    assert capsys.readouterr().out == "Rob is a reviewer now\n"
    monkeypatch.setattr(sys, "stdin", Line("another lake, no herons\r\n"))
    assert run(place, "password", "Rob", "--password-stdin") == 0
    assert "their browsers are signed out" in capsys.readouterr().err
    assert not comes_in(place, "Rob")
    assert comes_in(place, "Rob", "another lake, no herons")
    assert run(place, "disable", "Rob") == 0
    assert capsys.readouterr().out == "Rob may not come in any more\n"
    assert not comes_in(place, "Rob", "another lake, no herons")
    assert run(place, "enable", "Rob") == 0
    assert comes_in(place, "Rob", "another lake, no herons")
    for arguments in (["disable", "Kim"], ["role", "Kim", "reader"]):
        assert run(place, *arguments) == 2
        assert "the desk's last keeper (make somebody else a keeper first)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["role", "Rob", "reader"], "person “Rob” is not on the desk (`paraph people list` names those there are)"),
        (["disable", "Rob"], "person “Rob” is not on the desk"),
        (["enable", "Rob"], "person “Rob” is not on the desk"),
        (["token", "Rob", "x"], "person “Rob” is not on the desk"),
        (["role", "Rob", "king"], "invalid choice: 'king'"),
        (["revoke", "x"], "'x' is no number of things"),
        (["add", "", "--no-password"], "a person's name is empty"),
        (["add", "Rob", "--password", WORDS], "unrecognized arguments"),
        (["add", "Rob", "--no-password", "--password-stdin"], "not allowed with"),
        (["token", "Kim", "x", "--days", "0"], "more than 0 and at most 36500 days"),
    ],
)
def test_what_cannot_be_is_told(
    place: str, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(place, "add", "Kim", "--no-password", "--role", "keeper")
    capsys.readouterr()
    assert run(place, *arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "standard input is empty; write the password to it, in one line"),
        ("short\n", "the password has 5 characters (give at least 12"),
        ("\n", "standard input is empty"),
        ("x" * 20_000, "the password has 10000 characters (give at most 1000)"),
    ],
)
def test_passwords_that_will_not_do(
    given: str, told: str, place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Line(given))
    assert run(place, "add", "Rob", "--password-stdin") == 2
    assert told in capsys.readouterr().err
    with open_desk(place, settings=Settings()) as desk, desk.look() as connection:
        assert not people.any_people(connection)


def test_without_a_terminal_nothing_is_asked(
    place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Line(f"{WORDS}\n"))
    assert run(place, "add", "Rob") == 2
    assert "there is no terminal to ask for the password" in capsys.readouterr().err


@pytest.mark.parametrize(("again", "status"), [(WORDS, 0), ("four herons by the bay", 2)])
def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(
    again: str, status: int, tmp_path: Path, empty_file: Path
) -> None:
    place = tmp_path / "desk.db"
    place.write_bytes(empty_file.read_bytes())
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "paraph", "people", "add", "Rob", "--desk", str(place)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(theirs), os.O_RDWR)),  # it becomes the process's terminal
    )
    os.close(theirs)
    seen = b""

    def until(words: bytes) -> None:
        nonlocal seen
        while words not in seen:
            seen += os.read(ours, 1_000)

    try:
        until(b"password for Rob: ")
        os.write(ours, f"{WORDS}\n".encode())
        until(b"once more: ")
        os.write(ours, f"{again}\n".encode())
        until(b"added  Rob, reader" if status == 0 else b"typed differently the second time")
        assert process.wait(60) == status
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert WORDS.encode() not in seen
    assert again.encode() not in seen
    assert comes_in(str(place), "Rob") is (status == 0)
