"""No pattern of any room is slow: each on 100 kB of adversarial text in 50 ms, the way it is used."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator

import pytest

from paraph import desk, evaluate, extract, intake, link, resolve, show, watch

# Run in a process of its own by design; importing it here would set that process's limits.
LEFT_OUT = {"paraph.intake.pdf_child"}
MODULES = tuple(
    name
    for room in (intake, extract, link, resolve, evaluate, desk, watch, show)
    for _, name, _ in pkgutil.iter_modules(room.__path__, room.__name__ + ".")
    if name not in LEFT_OUT
)

SIZE = 100_000
LIMIT = 0.05
UNITS = (
    *(
        "a",
        " ",
        "1",
        "-",
        "<",
        "[",
        "(",
        "*",
        "_",
        "`",
        ">",
        "|",
        "\\",
        "#",
        ":",
        "’",
        "é",
        "a ",
        "1 ",
        "1.",
        "1/",
        "ab1 ",
        "- ",
        "A-",
        "A.",
        "Aa ",
        "'s",
        "A of ",
        "A, B ",
        "(A ",
        '."',
        "\n\n",
        "\n ",
    ),
    *(
        "> ",
        "](",
        "**a",
        "[a](",
        "12:",
        "A B ",
        "joint ",
        "the leaders of ",
        "get the best ",
        "home > ",
        "x, ",
        "<meta ",
        "read ",
    ),
    *(
        "<meta charset ",
        "facebook ",
        "12 pm ",
        "updated ",
        "a.b ",
        "share this ",
        "subscribe to our ",
        "all rights reserved ",
    ),
    *("the governments of ", "&#x0", "\x01"),
)

# Patterns whose callers never hand them more than so many characters; their constant holds them to it, and a test above.
SHORT = {"dates": 240, "boilerplate": 400, "official": 6_000, "layout._SPEAKER": 60, "gazetteer._WORD_BEFORE": 30}


def uses() -> Iterator[tuple[str, re.Pattern[str], str, int]]:
    for path in MODULES:
        loaded = importlib.import_module(path)
        module = path.rsplit(".", 1)[1]
        source = inspect.getsource(loaded)
        for name, value in sorted(vars(loaded).items()):
            if isinstance(value, tuple):  # a table whose rows hold patterns
                rows = [one for row in value if isinstance(row, tuple) for one in row if isinstance(one, re.Pattern)]
                yield from (
                    (f"{module}.{name}[{n}].match", row, "match", SHORT.get(module, SIZE)) for n, row in enumerate(rows)
                )
            if isinstance(value, re.Pattern) and re.search(rf"^{name} = |^{name}: ", source, re.MULTILINE):
                methods = {found[1] for found in re.finditer(rf"\b{name}\.(\w+)\(", source)} - {"pattern"}
                for method in sorted(methods or {"search"}):
                    yield (
                        f"{module}.{name}.{method}",
                        value,
                        method,
                        SHORT.get(f"{module}.{name}", SHORT.get(module, SIZE)),
                    )


USES = list(uses())


def run(pattern: re.Pattern[str], method: str, text: str) -> Callable[[], object]:
    given: str | bytes = text.encode() if isinstance(pattern.pattern, bytes) else text
    match method:
        case "sub":
            return lambda: pattern.sub("", given)  # type: ignore[arg-type]
        case "finditer":
            return lambda: sum(1 for _ in pattern.finditer(given))  # type: ignore[arg-type]
        case "findall" | "split" | "search" | "match" | "fullmatch":
            return lambda: getattr(pattern, method)(given)
        case _:
            raise AssertionError(f"{method}: say here how it is used")


def test_the_patterns_are_found() -> None:
    assert len(USES) >= 40
    assert {"dates", "boilerplate", "official", "layout", "tokens", "sniff"} <= {
        name.split(".")[0] for name, *_ in USES
    }


@pytest.mark.parametrize(("name", "pattern", "method", "size"), USES, ids=[name for name, *_ in USES])
def test_patterns_are_linear(name: str, pattern: re.Pattern[str], method: str, size: int) -> None:
    for unit in UNITS:
        for end in ("", "!", "\n"):
            text = (unit * (size // len(unit) + 1))[:size] + end
            once = run(pattern, method, text)
            best = float("inf")
            for _ in range(4):  # the best of some: a neighbour on the machine is no fault of the pattern
                start = time.process_time()
                once()
                best = min(best, time.process_time() - start)
                if best < LIMIT:
                    break
            assert best < LIMIT, f"{name} on {unit!r} x {size}: {best:.3f} s"
