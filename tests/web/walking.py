"""Every route of the application, whatever others add: its methods, its path, and addresses made of what is on a desk."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI

from paraph.desk import DealQuery, Desk
from paraph.web.assets import assets

__all__ = ["Way", "fillers", "raw_get", "ways"]

# A part of a path that a value stands for: ``{id}``, ``{key:path}``.
_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")
# Endings of files where a route does not say which it has.
ENDINGS = ("json", "csv", "atom", "ics", "svg", "txt", "opml")


@dataclass(frozen=True, slots=True)
class Way:
    """One route: ``parts`` are the names in its path, ``choices`` the values of those that have few."""

    path: str
    methods: frozenset[str]
    parts: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]

    @property
    def reads(self) -> bool:
        """Whether it can be asked with GET."""
        return "GET" in self.methods

    def at(self, values: Mapping[str, str]) -> str:
        """Return its address with these values in the place of the names."""
        return _PART.sub(lambda part: quote(values[part[1]], safe="/" if part[2] == "path" else ""), self.path)

    def addresses(self, known: Mapping[str, Sequence[str]], most: int) -> Iterator[str]:
        """Yield up to ``most`` addresses for each of its forms: values of the desk by turns, those of a few all."""
        few = [name for name in self.parts if name in self.choices]
        many = [name for name in self.parts if name not in self.choices]
        for form in itertools.product(*(self.choices[name] for name in few)):
            fixed = dict(zip(few, form, strict=True))
            if not many:
                yield self.at(fixed)
                continue
            given = {name: known.get(name) or _by_path(self.path, known) for name in many}
            for n in range(min(most, max(map(len, given.values())))):
                yield self.at(fixed | {name: values[n % len(values)] for name, values in given.items()})


def _by_path(path: str, known: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return values for a name that nobody knows: by the first word of the path."""
    parts = path.removeprefix("/api/v1").split("/")
    return known.get(parts[1], known["deals"])


def ways(app: FastAPI) -> list[Way]:
    """Return every route of an application, in its order."""
    return [_way(route) for route in _routes(app.routes)]


def _routes(routes: Sequence[Any]) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)
        elif hasattr(route, "path"):
            yield route


def _way(route: Any) -> Way:
    parts = tuple(name for name, _ in _PART.findall(route.path))
    hints = _hints(route.endpoint)
    choices = {}
    for name in parts:
        few = _values(hints.get(name))
        if few or name == "form":
            choices[name] = few or ENDINGS
    return Way(route.path, frozenset(route.methods or ()), parts, choices)


def _hints(endpoint: Callable[..., Any]) -> dict[str, Any]:
    return typing.get_type_hints(inspect.unwrap(endpoint))


def _values(hint: Any) -> tuple[str, ...]:
    """Return the values of a Literal or of an enumeration of texts."""
    if typing.get_origin(hint) is typing.Literal:
        return tuple(map(str, typing.get_args(hint)))
    if inspect.isclass(hint) and issubclass(hint, str) and hasattr(hint, "__members__"):
        return tuple(map(str, hint))
    return ()


def raw_get(app: FastAPI, path: str, query: bytes) -> tuple[int, bytes]:
    """Ask past any client, which would put an address right or refuse it; return the status and the body."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1:8710")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8710),
        "state": {},
    }
    with suppress(Exception):  # a fault of ours is raised on after it was answered
        asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def fillers(desk: Desk) -> dict[str, list[str]]:
    """Return what can stand in a path, by the name of the part and by the first word of the path."""
    from paraph.desk import views

    deals = [row.id for row in desk.deals(DealQuery(limit=600))]
    documents = [row.key for row in desk.documents_page(limit=600).rows]
    occasions = [occasion.name for occasion in desk.occasions()]
    with desk.look() as connection:
        saved = [str(view.id) for view in views.all_views(connection)]
    return {
        "deals": deals,
        "signals": deals,
        "documents": documents,
        "occasions": occasions,
        "views": saved,
        "static": list(assets()),
    }
