"""The documents are held to the code: what is not documented fails, and what is documented must be so."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import paraph
from paraph.cli import actions, parser_of
from paraph.commands import COMMANDS
from paraph.commands.common import BY_SUFFIX
from paraph.exits import Exit

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_current(generator: Any) -> None:
    for path, text in generator.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name} is not what the code says; run make docs"


def test_every_command_and_option_is_documented() -> None:
    page = reference("commands")
    for name in COMMANDS:
        assert f"## paraph {name}\n" in page
        part = page.split(f"## paraph {name}\n")[1].split("\n## ")[0]
        for action in actions(parser_of(name)):
            for word in [*action.option_strings, *(action.choices or ())]:
                assert f"`{word}`" in part
            assert action.help
    for suffix in BY_SUFFIX:
        assert f"`{suffix}`" in page


def test_every_setting_is_documented_with_what_it_does() -> None:
    page = reference("settings")
    for row in paraph.Settings.table():
        assert f"| `{row['name']}` |" in page
        assert row["about"]
        assert row["about"] in page
        assert row["environment"] == f"PARAPH_{row['name'].upper()}"


def test_every_exit_status_is_documented() -> None:
    page = reference("exit-status")
    for code in Exit:
        assert re.search(rf"^\| {int(code)} \| {re.escape(code.about[:20])}", page, re.MULTILINE)


def test_every_public_name_is_documented() -> None:
    page = reference("python")
    for name in paraph.__all__:
        assert f"paraph.{name}" in page


def commands_in(text: str) -> list[tuple[str, list[str]]]:
    """Return every call of paraph in a page's code: the command and the words after it, up to a pipe or redirection."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    lines += [
        line.strip()
        for kind, block in BLOCK.findall(text)
        if kind in ("bash", "sh", "console")
        for line in block.splitlines()
    ]
    found = []
    for line in lines:
        for piece in re.split(r"\||<|>|;|2>", line.removeprefix("$ ")):
            try:
                words = shlex.split(piece, comments=True)
            except ValueError:
                continue
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words = words[1:]
            if words[:1] != ["paraph"] or len(words) < 2 or "[-h]" in words or not words[1].islower():
                continue
            if words[1] == "--desk":
                words = [words[0], *words[3:]]
            two = " ".join(words[1:3])
            found.append((two, words[3:]) if two in COMMANDS else (words[1], words[2:]))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_in_the_documents_can_be_called(page: Path) -> None:
    for command, rest in commands_in(page.read_text("utf-8")):
        assert command in COMMANDS, f"{page.name}: paraph {command} {' '.join(rest)}"
        parser_of(command).parse_intermixed_args(rest)


def test_the_commands_of_the_documents_are_found() -> None:
    assert sum(len(commands_in(page.read_text("utf-8"))) for page in PAGES) > 15


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_setting_in_the_documents_exists(page: Path) -> None:
    known = {row["environment"] for row in paraph.Settings.table()} | {"PARAPH_DESK", "PARAPH_"}
    assert set(re.findall(r"\bPARAPH_[A-Z_]*", page.read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)):
        if not re.match(r"[a-z]+:|#", link):
            assert (page.parent / link.split("#")[0]).exists(), link


BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{n}")
    for page in PAGES
    for n, (kind, block) in enumerate(BLOCK.findall(page.read_text("utf-8")))
    if kind == "python"
]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_python_of_the_documents_runs(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (ROOT / "examples" / "india-russia-2025").is_dir():
        pytest.skip("the example summit is missing from this checkout")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "<documents>", "exec"), {"__name__": "documents"})
    out = capsys.readouterr().out
    assert out or "print" not in block
