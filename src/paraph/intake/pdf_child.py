"""The child process that reads PDFs, so that a hostile one harms nothing but itself. Run as a file, not imported.

Imports nothing of the house. Called with a limit of memory in bytes and the folder that pypdfium2 lies in; says "ready",
then answers requests until its input ends. A request is a line of JSON (``size``, ``seconds``, ``max_pages``,
``max_chars``) and ``size`` bytes of PDF; an answer is a line with a length and so many bytes of JSON: ``pages`` (each with
``height`` and ``lines`` of text, left, right, top, bottom and font height in points from the bottom left), ``failed``
(pages that could not be read) and ``meta``, or ``error`` and ``detail``. It dies of a lack of memory, as pdfium does itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any, BinaryIO

# Characters looked at beyond the limit of the answer, for white space and generated characters that count towards nothing.
_CHARS_FACTOR, _CHARS_MORE = 2, 1000


def main(memory: int, folder: str) -> None:  # pragma: no cover - in the child, which tests see from outside
    """Answer requests from standard input until it ends. ``memory`` in bytes limits the whole process, where it can."""
    # Nothing that a library prints may come between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no other import for one open
        os.dup2(nowhere.fileno(), 1)
    sys.path.append(folder)
    import pypdfium2  # noqa: F401 - before the limits, which leave no room for opening libraries

    _limit_process(memory)
    answers.write(b"ready\n")
    answers.flush()
    requests = sys.stdin.buffer
    while line := requests.readline():
        request = json.loads(line)
        _limit_time(request["seconds"])
        body = json.dumps(_answer(requests, request), ensure_ascii=False).encode("utf-8", "replace")
        answers.write(b"%d\n" % len(body) + body)
        answers.flush()


def _limit_process(memory: int) -> None:  # pragma: no cover - would limit the tests themselves
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _limit_time(seconds: float) -> None:  # pragma: no cover - likewise
    """Let the kernel end the process after so many more seconds of work, should the parent be gone by then."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime + seconds) + 2, hard))


def _answer(requests: BinaryIO, request: dict[str, Any]) -> dict[str, Any]:
    import pypdfium2

    try:
        data = requests.read(request["size"])
        document = pypdfium2.PdfDocument(data)
        try:
            return _read(document, request["max_pages"], request["max_chars"])
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        text = str(error)
        return {"error": "password" if "password" in text.lower() else "damaged", "detail": text}


def _read(document: Any, max_pages: int, max_chars: int) -> dict[str, Any]:
    import pypdfium2

    count = len(document)
    if count > max_pages:
        return {"error": "pages", "detail": str(count)}
    pages, failed, left = [], 0, max_chars
    for number in range(count):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            failed += 1
            continue
        try:
            height = page.get_height()
            lines = _lines(text, _CHARS_FACTOR * left + _CHARS_MORE)
        finally:
            text.close()
            page.close()
        left -= sum(len(line[0]) for line in lines)
        if left < 0:
            return {"error": "text", "detail": str(max_chars)}
        pages.append({"height": height, "lines": lines})
    return {"pages": pages, "failed": failed, "meta": _meta(document)}


def _meta(document: Any) -> dict[str, str]:
    found = {}
    for key in ("Title", "CreationDate", "ModDate"):
        with contextlib.suppress(UnicodeDecodeError):
            found[key] = document.get_metadata_value(key)[:1000]
    return found


def _lines(page: Any, most: int) -> list[list[Any]]:
    """Return the lines of a page with their boxes, at most ``most`` characters, in the order of the page's own stream."""
    import pypdfium2.raw as raw

    count = min(raw.FPDFText_CountChars(page), most)
    unicode_at = raw.FPDFText_GetUnicode
    units = [unicode_at(page, index) for index in range(count)]
    lines, start = [], 0
    for index in range(count + 1):
        if index == count or units[index] in (10, 13):
            if index > start:
                lines.append(_line(page, units, start, index))
            start = index + 1
    return [line for line in lines if line is not None]


def _line(page: Any, units: list[int], start: int, end: int) -> list[Any] | None:
    while start < end and units[start] <= 32:
        start += 1
    while start < end and units[end - 1] <= 32:
        end -= 1
    if start == end:
        return None
    # What lies beyond the first plane comes as one number or as two halves.
    text = "".join(map(chr, units[start:end])).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    # A bullet or a quotation mark may come from another font, so the first letter or figure speaks for the line's size.
    letter = next((index for index in range(start, end) if chr(units[index]).isalnum()), start)
    first, last, sample = _box(page, start), _box(page, end - 1), _box(page, letter)
    size = sample[3] - sample[1]
    return [text, *(round(number, 1) for number in (first[0], last[2], sample[3], last[1], size))]


def _box(page: Any, index: int) -> tuple[float, float, float, float]:
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(page, index, box):
        return 0.0, 0.0, 0.0, 0.0
    return box.left, box.bottom, box.right, box.top


if __name__ == "__main__":  # pragma: no cover - as above
    main(int(sys.argv[1]), sys.argv[2])
