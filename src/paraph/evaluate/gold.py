"""Annotated documents from files, each checked; and what an engine is said to have found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paraph.errors import Damaged, NoText, NotFound, SourceError, TooLarge
from paraph.evaluate.marks import Mark, found_mark, gold_mark
from paraph.settings import Settings

__all__ = ["NEGATIVE", "ROLES", "GoldDocument", "load_gold", "load_predictions"]

NEGATIVE = "negative"
ROLES = ("preview", "outcome", "mixed", NEGATIVE)

# The verdicts of an event lie among its documents under this name.
_VERDICTS = "outcomes.json"
# What an engine is given of a document: what it would have of one that nobody annotated.
_GIVEN = ("url", "publisher", "title", "published")


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document with the signals that an annotator marked in it, in the order of the file.

    ``role`` is one of ``ROLES``; one that is ``negative`` has no signals. ``genre`` is the file's own word for what kind of text
    it is, else the role. ``about`` holds url, publisher, title and published as the file gives them. ``path`` is where it was.
    """

    id: str
    event: str
    role: str
    text: str
    marks: tuple[Mark, ...]
    genre: str
    about: Mapping[str, str]
    path: str

    @property
    def negative(self) -> bool:
        """Whether there is no deal in the document."""
        return self.role == NEGATIVE

    def record(self) -> dict[str, object]:
        """Return the document without its annotations, in the contract's form."""
        return {"id": self.id, "text": self.text, **self.about}


def load_gold(paths: Sequence[Path], *, settings: Settings) -> Iterator[GoldDocument | SourceError]:
    """Yield the annotated documents of files and folders; what is not of the gold's form comes as the error that says why.

    A folder gives every ``.json`` below it, in the order of their paths, but not ``outcomes.json`` and what is hidden.
    An id that comes again is an error: its second document would take the first one's place.
    """
    seen: dict[str, str] = {}
    for path in paths:
        for found in _files(path):
            document = found if isinstance(found, SourceError) else _document(found, settings)
            if isinstance(document, GoldDocument):
                if document.id in seen:
                    cause = f"the id {document.id!r} is that of {seen[document.id]}"
                    document = Damaged(document.path, cause, "give each document an id of its own, and each file once")
                else:
                    seen[document.id] = document.path
            yield document


def load_predictions(path: Path, gold: Iterable[GoldDocument], *, settings: Settings) -> dict[str, tuple[Mark, ...]]:
    """Return what a file of JSON lines says was found, by document id; a document of the gold may be missing.

    Each line is an object with ``id`` and ``signals``, as ``paraph read --format jsonl`` prints it and the scorer takes it.

    Raises a SourceError that names the file and the line: a line that is no such object, an id that the gold does not
    have or that comes twice, a signal that ``found_mark`` refuses.
    """
    texts = {document.id: document.text for document in gold}
    found: dict[str, tuple[Mark, ...]] = {}
    # Lines end at line feeds alone: texts may hold U+2028, at which splitlines would cut as well.
    for number, row in enumerate(_text(path, settings).split("\n"), 1):
        if not row.strip():
            continue
        data = _parsed(row, str(path), f"line {number}: ")
        id_ = data.get("id")
        if not isinstance(id_, str):
            raise Damaged(str(path), f"line {number}: the key 'id' must be text", "give the gold document's id")
        if id_ not in texts:
            raise Damaged(
                str(path), f"line {number}: no gold document has the id {id_!r}", "give predictions for this gold alone"
            )
        if id_ in found:
            raise Damaged(str(path), f"line {number}: the id {id_!r} came before", "give each document one line")
        signals = data.get("signals")
        if not isinstance(signals, list):
            raise Damaged(str(path), f"line {number}: the key 'signals' must be a list", "give an empty one for none")
        found[id_] = tuple(
            found_mark(signal, texts[id_], source=str(path), where=f"line {number}: signal {n}")
            for n, signal in enumerate(signals, 1)
        )
    return found


def _files(path: Path) -> Iterator[Path | SourceError]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        yield NotFound(str(path), "there is no such file or folder", "give a folder of annotated documents")
        return
    found = False
    for inner in sorted(path.rglob("*.json")):
        hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
        if inner.name != _VERDICTS and not hidden and inner.is_file():
            found = True
            yield inner
    if not found:
        yield NoText(str(path), "the folder holds no .json of an annotated document", "give a folder that does")


def _document(path: Path, settings: Settings) -> GoldDocument | SourceError:
    source = str(path)
    try:
        data = _parsed(_text(path, settings), source, "")
        id_, event, role, text = (_string(data, key, source) for key in ("id", "event", "role", "text"))
        if role not in ROLES:
            raise Damaged(
                source,
                f"the key 'role' is {role[:40]!r}",
                f"give {', '.join(ROLES[:-1])} or, without deals, {NEGATIVE}",
            )
        about = {key: value for key in _GIVEN if (value := _maybe(data, key, source))}
        return GoldDocument(
            id=id_,
            event=event,
            role=role,
            text=text,
            marks=_marks(data, text, role, source),
            genre=_maybe(data, "genre", source) or role,
            about=about,
            path=source,
        )
    except SourceError as error:
        return error


def _marks(data: Mapping[str, Any], text: str, role: str, source: str) -> tuple[Mark, ...]:
    signals = data.get("signals")
    if not isinstance(signals, list):
        raise Damaged(source, "the key 'signals' must be a list", "give one, empty where there are no deals")
    if signals and role == NEGATIVE:
        raise Damaged(source, f"a document whose role is {NEGATIVE} has signals", "give another role or take them out")
    marks = tuple(gold_mark(signal, text, source=source, number=n) for n, signal in enumerate(signals, 1))
    places: dict[tuple[int, int], int] = {}
    for n, mark in enumerate(marks, 1):
        first = places.setdefault((mark.start, mark.end), n)
        if first != n:
            raise Damaged(source, f"signal {n} stands where signal {first} does", "take one out or correct its place")
    return marks


def _text(path: Path, settings: Settings) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(settings.max_source_bytes + 1)
    except FileNotFoundError:
        raise NotFound(str(path), "there is no such file", "check the path") from None
    except OSError as error:
        raise SourceError(
            str(path), f"it cannot be read: {error.strerror or error}", "check what it is and who may read it"
        ) from error
    if len(raw) > settings.max_source_bytes:
        raise TooLarge(str(path), f"it is longer than {settings.max_source_bytes:,} bytes", "raise max_source_bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Damaged(str(path), "it is not UTF-8", "write it as UTF-8") from None


def _parsed(text: str, source: str, where: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Damaged(source, f"{where}it is no JSON", "give one JSON object") from None
    if not isinstance(data, dict):
        raise Damaged(source, f"{where}it is no JSON object", "give one with id, event, role, text and signals")
    return data


def _string(data: Mapping[str, Any], key: str, source: str) -> str:
    if key not in data:
        raise Damaged(source, f"the key {key!r} is missing", "give id, event, role, text and signals")
    if not isinstance(data[key], str) or not data[key]:
        raise Damaged(source, f"the key {key!r} must be a text that is not empty", f"correct {key!r}")
    return str(data[key])


def _maybe(data: Mapping[str, Any], key: str, source: str) -> str | None:
    value = data.get(key)
    if not (value is None or isinstance(value, str)):
        raise Damaged(source, f"the key {key!r} must be text or null", f"correct {key!r} or leave it out")
    return value
