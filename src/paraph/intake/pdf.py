"""PDF to Document: a child process reads the pages under limits, and what it says is mended here.

The child has limits on time and memory and may die; the parent goes on. ``pdf_lines.mend`` makes paragraphs of the lines.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO, cast

from paraph.errors import Damaged, NoText, SourceError, TooLarge
from paraph.intake.dates import future_note
from paraph.intake.pdf_lines import Line, mend
from paraph.model import Document
from paraph.settings import Settings

__all__ = ["PdfReader", "pdf_date"]

# One child reads so many files before a fresh one takes over: leaks stay small, and starting costs 0.1 s.
_FILES_PER_CHILD = 200
# An answer of the child holds at most so many bytes beyond 8 for each character of text: boxes of half a million lines.
_ANSWER_SLACK = 32_000_000

_PDF_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?\s*(?:(Z)|([+-])(\d{2})'?(\d{2})?'?)?[Z0-9']{0,6}\Z"
)
# Titles that a program wrote and no person.
_NO_TITLE = re.compile(
    r"untitled|unknown|document\d*|microsoft (?:word|powerpoint|excel)\b.*|.*\.(?:docx?|pdf|rtf|odt|indd|qxd|pptx?|xlsx?|txt|dvi)"
    r"|slide \d+|powerpoint.*|\(?unspecified\)?|layout \d+|print|[\W\d_]*",
    re.IGNORECASE,
)


class PdfReader:
    """Reads PDFs one after another in a child process that is started when first needed; a context manager.

    The child has ``pdf_memory_bytes`` of address space and ``pdf_seconds`` for each file, by the clock on the wall (killed
    from here) and in work (ended by the kernel). One that dies takes its file with it and nothing else.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> PdfReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, data: bytes, *, source: str, url: str | None, now: datetime) -> Document:
        """Return the text of a PDF as a Document; title and dates from its metadata where a person wrote them.

        Raises Damaged for a file that is broken, locked by a password or crashes the reader; TooLarge beyond
        ``max_pdf_pages``, ``max_text_chars``, ``pdf_seconds`` or ``pdf_memory_bytes``; NoText for pages without text
        (scans). Not handled: reading pictures of text, tables (their cells come line by line), forms, attachments.
        """
        from paraph.intake.plain import read_plain

        answer = self._ask(data, source)
        if "error" in answer:
            raise self._told(source, str(answer["error"]), str(answer.get("detail", "")))
        try:
            pages = [(page["height"], [Line(*line) for line in page["lines"]]) for page in answer["pages"]]
            failed, meta = answer["failed"], answer["meta"]
        except (KeyError, TypeError) as error:  # a child that a file has taken over may say anything
            raise Damaged(source, "it makes the PDF reader talk nonsense", "get the file again") from error
        if failed and not pages:
            raise Damaged(source, f"none of its {failed} pages can be read", "get the file again")
        blocks, title = mend(pages)
        if not blocks:
            raise NoText(
                source, f"its {len(pages)} pages hold no text, so it seems to be scanned", "run it through OCR first"
            )
        named = " ".join(str(meta.get("Title", "")).split())
        document = read_plain(
            "\n\n".join(blocks),
            source=source,
            url=url,
            title=title if _NO_TITLE.fullmatch(named) else named,
            settings=self._settings,
            now=now,
        )
        document = _dated(document, pdf_date(meta.get("CreationDate", "")), pdf_date(meta.get("ModDate", "")), now)
        if failed:
            document = replace(
                document, notes=(*document.notes, f"{failed} of {failed + len(pages)} pages could not be read")
            )
        return document

    def _told(self, source: str, error: str, detail: str) -> SourceError:
        settings = self._settings
        if error == "password":
            return Damaged(source, "it is locked by a password", "save it without one")
        if error == "pages":
            return TooLarge(
                source, f"it has {detail} pages, more than {settings.max_pdf_pages:,}", "raise max_pdf_pages"
            )
        if error == "text":
            return TooLarge(
                source, f"its text is longer than {settings.max_text_chars:,} characters", "raise max_text_chars"
            )
        # pdfium says "Success" of a file that is whole and holds no page.
        why = "it has no pages" if "Success" in detail else f"the PDF is damaged ({detail})"
        return Damaged(source, why, "get the file again")

    def _ask(self, data: bytes, source: str) -> dict[str, Any]:
        """Send a file to the child and return its answer; the child is killed when its time is over."""
        settings = self._settings
        late = threading.Event()
        child = self._start()

        def kill() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(settings.pdf_seconds, kill)
        timer.daemon = True
        timer.start()
        whole = False
        try:
            stdin, stdout = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
            if self._files == 0 and stdout.readline(16) != b"ready\n" and not late.is_set():
                raise SourceError(
                    source, "the process that reads PDFs does not start", "check that pypdfium2 is installed"
                )
            answer = self._talk(stdin, stdout, data)
            whole = True
        except (OSError, ValueError) as error:
            if late.is_set():
                raise TooLarge(
                    source,
                    f"reading it takes more than {settings.pdf_seconds:g} s",
                    "raise pdf_seconds if you trust it",
                ) from error
            raise Damaged(
                source,
                "it crashes the PDF reader or needs more memory than it may have",
                "get the file again, or raise pdf_memory_bytes",
            ) from error
        finally:
            timer.cancel()
            if not whole:
                self._end()
        self._files += 1
        return answer

    def _talk(self, stdin: BinaryIO, stdout: BinaryIO, data: bytes) -> dict[str, Any]:
        settings = self._settings
        request = {
            "size": len(data),
            "seconds": settings.pdf_seconds,
            "max_pages": settings.max_pdf_pages,
            "max_chars": settings.max_text_chars,
        }
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.write(data)
        stdin.flush()
        size = int(stdout.readline(16))
        if size > 8 * settings.max_text_chars + _ANSWER_SLACK:
            raise ValueError("the answer is too long")
        answer = stdout.read(size)
        if len(answer) < size:
            raise ValueError("the answer ends too soon")
        return cast(dict[str, Any], json.loads(answer))

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._files >= _FILES_PER_CHILD or self._child.poll() is not None):
            self._end()
        if self._child is None:
            found = importlib.util.find_spec("pypdfium2")
            folder = str(Path(found.origin).parent.parent) if found and found.origin else ""
            program = str(Path(__file__).with_name("pdf_child.py"))
            self._child = subprocess.Popen(
                [sys.executable, "-I", program, str(self._settings.pdf_memory_bytes), folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._files = 0
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()
        child.wait()


def pdf_date(text: str) -> datetime | None:
    """Return a date of PDF metadata (``D:20251204153000+05'30'``), with its zone where it has one; None if it is none."""
    found = _PDF_DATE.match(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, zulu, sign, hours, minutes = found.groups()
    zone = None
    if zulu or hours:
        ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if ahead >= timedelta(hours=24):
            return None
        zone = timezone(-ahead if sign == "-" else ahead)
    try:
        return datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )
    except ValueError:
        return None


def _dated(document: Document, made: datetime | None, changed: datetime | None, now: datetime) -> Document:
    """Fill in the dates of the file where the text has none of its own; a date in the future or a stand-in is none."""
    published, updated, notes = document.published, document.updated, document.notes
    made, changed = (None if when is None or _is_stand_in(when) else when for when in (made, changed))
    if published is None and (made or changed) is not None:
        published = made or changed
        if note := future_note("published", published, now):
            published, notes = None, (*notes, f"{note} and was not used")
        elif (
            updated is None and made and changed and _later(changed, made) and not future_note("updated", changed, now)
        ):
            updated = changed
    return replace(document, published=published, updated=updated, notes=notes)


def _is_stand_in(when: datetime) -> bool:
    """Whether a program wrote the beginning of some year instead of the time, or a year before there were PDFs."""
    return when.year < 1993 or (when.month, when.day, when.hour, when.minute, when.second) == (1, 1, 0, 0, 0)


def _later(one: datetime, other: datetime) -> bool:
    return (one.tzinfo is None) == (other.tzinfo is None) and one > other
