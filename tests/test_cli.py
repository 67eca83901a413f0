"""The commands, through their real entry point: what they print, what they write, how they end."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import paraph
from paraph.cli import actions, main, parser_of
from paraph.commands import COMMANDS
from paraph.commands.read import BRIEF_FORMATS, READ_FORMATS
from paraph.exits import Exit
from samples import HOSTILE, NOTE, REPORT

PARAPH = [sys.executable, "-m", "paraph"]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PARAPH_") or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    """Two documents that can be read, the second without a deal in it."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(REPORT, "utf-8")
    (folder / "b.json").write_text(
        json.dumps({"id": "b", "text": "The weather in Oslo was mild on Monday, and the ferries ran."})
    )
    return [str(folder / "a.txt"), str(folder / "b.json")]


# --- calls that are off ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["reed"], "command 'reed' is not known; give one of: read, brief, "),
        (["occasion"], "what shall be done to the occasion is not said; give one of: add, list, "),
        (["occasion", "make"], "occasion 'make' is not known; give one of: add, list, "),
        (["read"], "required: SOURCE; see paraph read --help"),
        (["read", "x", "--format", "xml"], "invalid choice: 'xml'"),
        (["read", "x", "--form", "json"], "unrecognized arguments: --form"),
        (["read", "x", "--explain", "--format", "json"], "--explain is for people"),
        (["read", "x", "--explain", "--out", "x.csv"], "--format csv for programs"),
        (["read", "x", "--engine", "best"], "engine 'best' is not known; give one of: cues"),
        (["read", "x", ""], "a source is empty; give a file, a folder, a URL or -"),
        (["brief", ""], "a source is empty"),
        (["brief", "x", "--format", "table"], "invalid choice: 'table'"),
        (["settings", "x"], "unrecognized arguments: x"),
        (["completion", "tcsh"], "invalid choice: 'tcsh'"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_a_wrong_call_is_one_line_with_the_cure(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.startswith("paraph: ")
    assert err.count("\n") == 1


def test_a_setting_out_of_range_is_a_wrong_call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARAPH_QUOTE_CHARS", "5")
    for arguments in (["settings"], ["read", "x"], ["brief", "x"]):
        assert main(arguments) == Exit.USAGE
        assert (
            capsys.readouterr().err == "paraph: setting quote_chars: 5 is out of range; give 60 to 5000 code points\n"
        )


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == Exit.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert all(name in err for name in COMMANDS)


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"paraph {paraph.__version__}\n"
    nouns = dict.fromkeys(name.split()[0] for name in COMMANDS)
    for arguments in (["--help"], ["-h"], *([*name.split(), "--help"] for name in (*nouns, *COMMANDS))):
        assert main(arguments) == 0
        assert capsys.readouterr().out.startswith("usage: paraph ")


# --- read ------------------------------------------------------------------------------------------------------------


def test_jsonl_is_one_object_a_document_in_the_order_given(
    sources: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for order in (sources, sources[::-1]):
        assert main(["read", *order, "--format", "jsonl"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        rows = [json.loads(line) for line in out.splitlines()]
        assert [row["id"] == "b" for row in rows] == [source.endswith("b.json") for source in order]
        by_id = {row["id"] == "b": row for row in rows}
        assert by_id[True]["signals"] == []
        assert by_id[False]["signals"]
        for found in by_id[False]["signals"]:
            assert by_id[False]["text"][found["start"] : found["end"]] == found["anchor"]


def test_options_may_stand_anywhere(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    outs = []
    for arguments in (["-f", "jsonl", *sources], [sources[0], "-f", "jsonl", sources[1]], [*sources, "--format=jsonl"]):
        assert main(["read", *arguments]) == 0
        outs.append(capsys.readouterr().out)
    assert len({tuple(json.loads(line)["text"] for line in out.splitlines()) for out in outs}) == 1


def test_json_is_one_array(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", *sources, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    assert main(["read", sources[1], "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_csv_is_one_row_a_signal(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", *sources, "--format", "jsonl"]) == 0
    signals = [found for line in capsys.readouterr().out.splitlines() for found in json.loads(line)["signals"]]
    assert main(["read", *sources, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["start"], row["stage"]) for row in rows] == [
        (str(found["start"]), found["stage"]) for found in signals
    ]


def test_the_table_is_what_one_gets(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", *sources]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Norway and Chile weigh a ferry pact before the Oslo visit\n")
    assert "no signals" in out
    assert "ladder: idea, talks, agreed, signed, in force" in out
    assert "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_explain_shows_sentences_with_their_marks(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", sources[0], "--explain"]) == 0
    out = capsys.readouterr().out
    assert "certainty" in out
    assert "[" in out
    assert "{could" in out
    assert "the words that decided a field" in out


def test_a_folder_is_read(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(Path(sources[0]).parent), "-f", "jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


# --- what fails ------------------------------------------------------------------------------------------------------


def test_what_fails_is_told_and_the_others_go_on(
    sources: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    missing = str(tmp_path / "missing.pdf")
    given = [missing, sources[0], str(tmp_path / "empty.html"), sources[1]]
    assert main(["read", *given, "-f", "jsonl"]) == Exit.SOME_FAILED
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    lines = err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"paraph: {missing}: ")
    assert "empty.html" in lines[1]
    assert lines[2] == "paraph: 2 of 4 could not be read"


@pytest.mark.parametrize("form", READ_FORMATS)
def test_nothing_read_is_its_own_status(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(tmp_path / "missing"), "-f", form]) == Exit.ALL_FAILED
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert json.loads(out) == [] if form == "json" else "signals" not in out


@pytest.mark.parametrize("command", ["read", "brief"])
def test_after_a_total_failure_the_old_file_stands(command: str, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("old")
    assert main([command, str(tmp_path / "missing"), "--out", str(old)]) == Exit.ALL_FAILED
    assert old.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["old.json"]


@pytest.mark.parametrize("command", ["read", "brief"])
def test_output_that_cannot_be_written(
    command: str, sources: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "no" / "such" / "out.json"
    assert main([command, *sources, "--out", str(place)]) == Exit.NOT_WRITTEN
    err = capsys.readouterr().err
    assert err == f"paraph: {place}: cannot be written: No such file or directory (give another place with --out)\n"


# --- where it goes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("out.jsonl", '{"id"'),
        ("out.ndjson", '{"id"'),
        ("out.JSON", "[\n{"),
        ("out.csv", "document,url"),
        ("out.txt", "Norway and Chile weigh"),
        ("out.html", "Norway and Chile weigh"),
    ],
)
def test_read_writes_what_the_name_asks_for(name: str, begins: str, sources: list[str], tmp_path: Path) -> None:
    assert main(["read", *sources, "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_text("utf-8").startswith(begins)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", name]


def test_the_option_beats_the_name(sources: list[str], tmp_path: Path) -> None:
    assert main(["read", *sources, "-o", str(tmp_path / "out.csv"), "-f", "jsonl"]) == 0
    assert (tmp_path / "out.csv").read_text("utf-8").startswith('{"id"')


@pytest.mark.parametrize(
    ("name", "begins"),
    [("b.html", "<!doctype html>"), ("b.md", "# "), ("b.json", "{"), ("b.txt", "")],
)
def test_brief_writes_what_the_name_asks_for(name: str, begins: str, sources: list[str], tmp_path: Path) -> None:
    assert main(["brief", *sources, "-o", str(tmp_path / name)]) == 0
    written = (tmp_path / name).read_text("utf-8")
    assert written.startswith(begins)
    assert "hat is on the table" in written or name == "b.json"


@pytest.mark.parametrize("form", BRIEF_FORMATS)
def test_brief_on_standard_output(
    form: str, sources: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text(NOTE, "utf-8")
    given = [*sources, str(tmp_path / "note.txt"), str(tmp_path / "missing.html")]
    assert main(["brief", *given, "--format", form]) == Exit.SOME_FAILED
    out, err = capsys.readouterr()
    assert "missing.html" in out
    assert "missing.html" in err
    assert "\x1b" not in out
    for part in ("On the table", "Already there", "Denied, stalled or dropped", "Sources"):
        assert part.lower() in out.lower() or form == "json"


def test_the_same_sources_give_the_same_bytes(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    outs = []
    for _ in range(2):
        assert main(["read", *sources, "-f", "csv"]) == 0
        outs.append(capsys.readouterr().out)
    assert outs[0] == outs[1]


def test_a_hostile_text_reaches_no_terminal_raw(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    record = {
        "text": f"{HOSTILE} Norway and Chile signed an agreement on {HOSTILE} ferries. " + REPORT,
        "title": HOSTILE,
        "publisher": HOSTILE,
    }
    source = tmp_path / f"evil{chr(27)}[2J.json"
    source.write_text(json.dumps(record))
    missing = str(tmp_path / f"missing{chr(27)}]0;x{chr(7)}")
    for arguments in (
        *(["read", "-f", form] for form in READ_FORMATS),
        ["read", "--explain"],
        *(["brief", "-f", form] for form in BRIEF_FORMATS),
    ):
        main([*arguments, str(source), missing])
        for stream in capfdbinary.readouterr():
            shown = stream.decode("utf-8")
            assert not set("\x1b\x07\x9b\x00\u202e\u2066") & set(shown), arguments


# --- settings, completion --------------------------------------------------------------------------------------------


def test_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PARAPH_QUOTE_CHARS", "100")
    assert main(["settings"]) == 0
    out = capsys.readouterr().out
    assert "quote_chars  100 code points   (default 260)" in out
    assert main(["settings", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [row["name"] for row in paraph.Settings.table()]
    assert (rows["quote_chars"]["value"], rows["quote_chars"]["default"]) == (100, 260)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for name in COMMANDS:
        assert name in script
        for action in actions(parser_of(name)):
            for flag in action.option_strings:
                assert (flag.lstrip("-") if shell == "fish" else flag) in script
            for choice in action.choices or ():
                assert str(choice) in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


COMPLETED = [
    (["br"], {"brief"}),
    (["occ"], {"occasion"}),
    (["--ver"], {"--version"}),
    (["--de"], {"--desk"}),
    (["read", "--ex"], {"--explain"}),
    (["occasion", "l"], {"list"}),
    (["--desk", "my.db", "occasion", "su"], {"suggest"}),
    (["--desk", "my.db", "occasion", "list", "--form"], {"--format"}),
    (["occasion", "add", "Lima", "--pl"], {"--place"}),
    (["occasion", "add", "--de"], {"--desk"}),
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *COMPLETED,
        (["read", "--format", "json"], {"json", "jsonl"}),
        (["brief", "-f", "h"], {"html"}),
        (["completion", ""], {"bash", "zsh", "fish", "-h", "--help"}),
        (["occasion", ""], {"add", "list", "suggest", "remove", "--help"}),
        (["--desk", ""], set()),
        (["--desk", "=", "my.db", "occasion", "re"], {"remove"}),
        (["occasion", "add", "--parties", ""], set()),
    ],
)
def test_bash_completes(words: list[str], expected: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = capsys.readouterr().out
    quoted = " ".join(f"'{word}'" for word in words)
    ask = (
        f'{script}\nCOMP_WORDS=(paraph {quoted}); COMP_CWORD={len(words)}; _paraph; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(("words", "expected"), COMPLETED)
def test_fish_completes(
    words: list[str], expected: set[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main(["completion", "fish"])
    (tmp_path / "paraph.fish").write_text(capsys.readouterr().out, "utf-8")
    ask = f"source {tmp_path}/paraph.fish; complete -C 'paraph {' '.join(words)}'"
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(["fish", "-c", ask], capture_output=True, text=True, check=True, env=environment)
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == expected


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["oc"], "occasion:add, list, suggest, remove"),
        (["--de"], "--desk"),
        (["occasion", "l"], "list:List the occasions on the desk."),
        (["--desk", "my.db", "occasion", "l"], "list:List the occasions on the desk."),
        (["occasion", "list", "--f"], "--format[how to print them (table)]:value:(table json csv)"),
        (["--desk", "my.db", "occasion", "list", "--f"], "--format[how to print them (table)]:value:(table json csv)"),
        (["--desk", ""], "files"),
        (["read", ""], "*:source:_files"),
    ],
)
def test_zsh_completes(words: list[str], offered: str, capsys: pytest.CaptureFixture[str]) -> None:
    # The functions of zsh's completion print what they are given.
    main(["completion", "zsh"])
    tools = (
        'compdef() {}; _files() { print files; }; compadd() { print -l -- "$@"; }\n'
        '_describe() { print -l -- "${(@P)2}"; }; _arguments() { print -l -- "$@"; }\n'
    )
    quoted = " ".join(f"'{word}'" for word in words)
    ask = f"{tools}{capsys.readouterr().out}\nwords=(paraph {quoted}); CURRENT={len(words) + 1}; _paraph"
    done = subprocess.run(["zsh", "-f", "-c", ask], capture_output=True, text=True, check=True)
    assert offered in done.stdout.splitlines()
    assert done.stderr == ""


# --- as a process of its own -----------------------------------------------------------------------------------------


def test_a_pipe_that_closes_is_no_trouble(sources: list[str]) -> None:
    for arguments in (
        ["read", *sources * 20, "-f", "jsonl"],
        ["read", *sources * 20],
        ["brief", *sources, "-f", "html"],
        ["settings"],
    ):
        running = subprocess.Popen([*PARAPH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read()
        running.stderr.close()
        assert (running.wait(), err) == (Exit.PIPE_CLOSED, b"")


def test_head_takes_what_it_wants(sources: list[str]) -> None:
    paths = " ".join(sources * 10)
    done = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m paraph read {paths} -f jsonl | head -n 1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["signals"]
    assert done.stderr == ""


def test_standard_input_is_a_source() -> None:
    done = subprocess.run([*PARAPH, "read", "-", "-f", "jsonl"], input=REPORT.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout)["signals"]


def test_a_full_disk_is_told(sources: list[str]) -> None:
    for arguments in (["read", *sources], ["read", *sources, "-f", "jsonl"], ["brief", *sources], ["settings"]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run([*PARAPH, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == Exit.NOT_WRITTEN
        assert (
            done.stderr
            == "paraph: standard output: cannot be written: No space left on device (give another place with --out)\n"
        )


def test_an_interrupt_keeps_the_old_file(sources: list[str], tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text("old")
    for more in ([], ["--out", str(old)]):
        # One source is read (so that everything is loaded), one fails (which tells us), then standard input keeps us waiting.
        running = subprocess.Popen(
            [*PARAPH, "read", sources[0], str(tmp_path / "missing"), "-", "-f", "csv", *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # A shell that runs the tests in the background lets them, and so us, ignore an interrupt.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        assert running.stderr is not None
        assert b"missing" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        _, err = running.communicate()
        # CPython ends by the signal itself where it came while code was being made (a dataclass); a shell shows 130 for both.
        assert running.returncode in (Exit.INTERRUPTED, -signal.SIGINT)
        assert err == b"paraph: interrupted\n"
    assert old.read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "old.csv"]


def on_terminal(arguments: list[str], *, out: bool, **environment: str) -> tuple[int, str]:
    """Run a command with standard error, and standard output if wanted, on a terminal; return its status and what it shows."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    running = subprocess.Popen(
        [*PARAPH, *arguments], stdin=subprocess.DEVNULL, stdout=theirs if out else subprocess.DEVNULL, stderr=theirs,
        env=clean | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the terminal is gone with the last of its users
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return running.wait(), shown.decode()


def test_a_bar_is_shown_on_a_terminal_only(sources: list[str], tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    status, shown = on_terminal(["read", *sources * 3, "-o", out], out=False)
    assert status == 0
    assert "/6" in shown
    assert on_terminal(["read", sources[0], "-o", out], out=False) == (0, "")
    # The table is printed as it comes, on the same terminal: a bar would tear it.
    assert "/6" not in on_terminal(["read", *sources * 3], out=True)[1]
    quiet = subprocess.run([*PARAPH, "read", *sources * 3, "-o", out], capture_output=True, check=True)
    assert quiet.stderr == b""


def test_colours_can_be_turned_off(sources: list[str]) -> None:
    coloured = [f"\x1b[{n}m" for n in (*range(30, 38), *range(90, 98))] + ["\x1b[38;"]
    for arguments, environment in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
        status, shown = on_terminal(["read", sources[0], *arguments], out=True, **environment)
        assert status == 0
        assert "\x1b[1m" in shown
        assert not [code for code in coloured if code in shown]


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["paraph", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("paraph", run_name="__main__")
    assert end.value.code == 0
    assert capsys.readouterr().out == f"paraph {paraph.__version__}\n"


def test_the_installed_command_is_the_module(sources: list[str]) -> None:
    command = Path(sys.executable).with_name("paraph")
    if not command.exists():
        pytest.skip("paraph is not installed beside this interpreter; run `make test`")
    done = [
        subprocess.run([*call, "read", *sources, "-f", "csv"], capture_output=True, check=True).stdout
        for call in ([command], PARAPH)
    ]
    assert done[0] == done[1]


def test_signals_less_sure_than_asked_are_left_out(sources: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    def confidences(*more: str) -> list[float]:
        assert main(["read", *sources, "--format", "json", *more]) == Exit.DONE
        return [s["confidence"] for d in json.loads(capsys.readouterr().out) for s in d["signals"]]

    every = confidences()
    assert min(every) < 0.8 <= max(every)
    assert confidences("--min-confidence", "0.8") == [c for c in every if c >= 0.8]
    assert main(["brief", *sources, "--min-confidence", "1"]) == Exit.DONE
    assert "0 signals" in capsys.readouterr().out
    for wrong in ("1.5", "-0.1", "nan"):
        assert main(["read", *sources, f"--min-confidence={wrong}"]) == Exit.USAGE
        assert "0 to 1" in capsys.readouterr().err
