"""What is imported is declared, what is declared is imported, and the locks hold all of it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-bench.lock")
# What a requirement begins with: the name of the distribution.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==\S+", re.MULTILINE)


def usual(name: str) -> str:
    """Return a distribution's name as all spellings of it have it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {usual(found.group()) for line in requirements if (found := NAME.match(line))}


def imported(path: Path) -> set[str]:
    """Return the packages of others that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"paraph", "__future__"}


@cache
def used() -> frozenset[str]:
    """Return the distributions that the modules below ``src`` import from."""
    origin = packages_distributions()
    packages = {name for path in (ROOT / "src" / "paraph").rglob("*.py") for name in imported(path)}
    return frozenset(usual(one) for package in packages for one in origin.get(package, [package]))


DECLARED = names(PROJECT["project"]["dependencies"])
EXTRAS = names([line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines])
DEV = names(PROJECT["dependency-groups"]["dev"])


def test_every_import_is_declared() -> None:
    assert sorted(used() - DECLARED - EXTRAS) == []


def test_everything_declared_is_imported() -> None:
    # ahocorasick-rs was once installed by everybody long after the last import of it was gone.
    assert sorted((DECLARED | EXTRAS) - used()) == []


def test_the_extras_are_there_when_the_tests_run() -> None:
    assert EXTRAS <= DEV


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_requirement_with_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    pins = [i for i, line in enumerate(lines) if PINNED.match(line)]
    assert pins
    assert not [lines[i] for i in pins if "--hash=sha256:" not in lines[i + 1]]
    group = DEV if lock == "requirements.lock" else names(PROJECT["dependency-groups"]["bench"])
    assert sorted((DECLARED | group) - {usual(name) for name in PINNED.findall(text)}) == []


def test_two_locks_agree_on_what_is_in_both() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS
    ]
    both = pins[0].keys() & pins[1].keys()
    assert both >= DECLARED
    assert {name: (pins[0][name], pins[1][name]) for name in both if pins[0][name] != pins[1][name]} == {}
