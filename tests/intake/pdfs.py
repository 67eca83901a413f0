"""PDFs made by hand for the tests: sound ones, and twenty that mean harm."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence

Run = tuple[float, float, float, str]  # left, bottom, size, text


def pack(objects: Sequence[bytes], *, trailer: bytes = b"", version: bytes = b"1.7") -> bytes:
    """Return a PDF of these objects, numbered from 1, with a cross-reference table; object 1 is the root."""
    out = bytearray(b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(data: bytes, *, packed: bool = False, more: bytes = b"") -> bytes:
    if packed:
        data, more = zlib.compress(data, 9), more + b" /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def content(runs: Sequence[Run]) -> bytes:
    """Return the content of a page with these runs of text (Latin-1)."""
    parts = []
    for left, bottom, size, text in runs:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
        parts.append(b"BT /F1 %g Tf %g %g Td (%s) Tj ET" % (size, left, bottom, escaped))
    return b"\n".join(parts)


def document(pages: Sequence[Sequence[Run]], *, info: bytes = b"", packed: bool = False) -> bytes:
    """Return a PDF of A4 pages with these runs of text in Helvetica; ``info`` is the inside of the Info dictionary."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< %s >>" % info,
    ]
    for number, runs in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (6 + 2 * number)
        )
        objects.append(stream(content(runs), packed=packed))
    return pack(objects, trailer=b"/Info 4 0 R")


def column(
    lines: Sequence[str], *, left: float = 72, top: float = 740, size: float = 11, step: float = 13
) -> list[Run]:
    return [(left, top - step * number, size, line) for number, line in enumerate(lines) if line]


SOUND = document(
    [column(["The two ministers met on Monday and signed a treaty on fishing", "rights in the northern sea."])]
)

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
)


def one_page(body: bytes, *more: bytes, page: bytes = _PAGE) -> bytes:
    """Return a PDF of one page whose content is object 4 and whose font is object 5."""
    return pack([_CATALOG, _PAGES, page, body, _FONT, *more])


def _bomb(layers: int, size: int) -> bytes:
    data = zlib.compress(b"BT /F1 9 Tf (a) Tj ET\n" * (size // 22), 9)
    for _ in range(layers - 1):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * layers
    return b"<< /Length %d /Filter [ %s] >>\nstream\n%s\nendstream" % (len(data), filters, data)


@functools.cache
def hostile() -> dict[str, bytes]:
    """Return PDFs that mean harm, by what they try."""
    half = SOUND[: len(SOUND) // 2]
    text = b"BT /F1 9 Tf 72 700 Td (The ministers signed a treaty on fish.) Tj ET"
    deep = b"[" * 100_000 + b"]" * 100_000
    forms = [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >> /Length 40 >>\n"
        b"stream\n/X Do /X Do /X Do /X Do /X Do /X Do /X Do\nendstream" % (7 + number)
        for number in range(12)
    ]
    with_form = _PAGE.replace(b"/Font", b"/XObject << /X 6 0 R >> /Font")
    return {
        "header alone": b"%PDF-1.7\n",
        "truncated in the middle": half,
        "without its last hundred bytes": SOUND[:-100],
        "first half twice": half + half,
        "noise behind the header": b"%PDF-1.4\n" + bytes(range(256)) * 2000,
        "bytes swapped": SOUND.replace(b"obj", b"jbo"),
        "page tree in a loop": pack([_CATALOG, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"]),
        "page tree in a long loop": pack(
            [
                _CATALOG,
                b"<< /Type /Pages /Count 9 /Kids [3 0 R] >>",
                b"<< /Type /Pages /Count 9 /Kids [4 0 R] >>",
                b"<< /Type /Pages /Count 9 /Parent 3 0 R /Kids [3 0 R 2 0 R] >>",
            ]
        ),
        "two thousand million pages": pack(
            [_CATALOG, _PAGES.replace(b"/Count 1", b"/Count 2000000000"), _PAGE, stream(text), _FONT]
        ),
        "a negative number of pages": pack(
            [_CATALOG, _PAGES.replace(b"/Count 1", b"/Count -5"), _PAGE, stream(text), _FONT]
        ),
        "ten thousand pages that are one": pack(
            [_CATALOG, b"<< /Type /Pages /Count 10000 /Kids [%s] >>" % (b"3 0 R " * 10_000), _PAGE, stream(text), _FONT]
        ),
        "no pages": pack([_CATALOG, b"<< /Type /Pages /Count 0 /Kids [] >>"]),
        "a stream of huge length": one_page(b"<< /Length 9999999999 >>\nstream\n" + text + b"\nendstream"),
        "a stream of negative length": one_page(b"<< /Length -1 >>\nstream\n" + text + b"\nendstream"),
        "a length that is its own": one_page(b"<< /Length 4 0 R >>\nstream\n" + text + b"\nendstream"),
        "a deflate bomb": one_page(_bomb(1, 300_000_000)),
        "a deflate bomb in a deflate bomb": one_page(_bomb(2, 300_000_000)),
        "ten layers of deflate": one_page(_bomb(10, 50_000_000)),
        "a content that goes on for ever": one_page(
            stream(b"BT /F1 9 Tf (abcdefgh ijkl) Tj ET\n" * 1_500_000, packed=True)
        ),
        "forms in forms in forms": one_page(stream(b"/X Do " * 7), *forms, page=with_form),
        "a form that draws itself": one_page(
            stream(b"/X Do"),
            b"<< /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream",
            page=with_form,
        ),
        "arrays within arrays": one_page(stream(deep)),
        "an object of arrays within arrays": pack(
            [_CATALOG.replace(b"/Pages", b"/X " + deep + b" /Pages"), _PAGES, _PAGE, stream(text), _FONT]
        ),
        "a page of the size of a country": one_page(stream(text), page=_PAGE.replace(b"595 842", b"1e30 1e30")),
        "a picture of a million by a million": one_page(
            stream(b"q 9 0 0 9 0 0 cm /X Do Q"),
            b"<< /Subtype /Image /Width 1000000 /Height 1000000 /BitsPerComponent 8 "
            b"/ColorSpace /DeviceRGB /Length 0 >>\nstream\n\nendstream",
            page=with_form,
        ),
        "a cross-reference table that points at itself": SOUND.replace(b"startxref\n", b"startxref\n0"),
        "a cross-reference table of a thousand million": SOUND.replace(b"xref\n0 7", b"xref\n0 1000000000", 1),
        "a trailer that comes before itself": SOUND.replace(b"/Root", b"/Prev 15 /Root"),
        "locked by a password": pack(
            [
                _CATALOG,
                _PAGES,
                _PAGE,
                stream(text),
                _FONT,
                b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32),
            ],
            trailer=b"/Encrypt 6 0 R /ID [<00> <00>]",
        ),
        "an unknown lock": pack(
            [_CATALOG, _PAGES, _PAGE, stream(text), _FONT, b"<< /Filter /Unknown /V 99 >>"],
            trailer=b"/Encrypt 6 0 R /ID [<00> <00>]",
        ),
    }
