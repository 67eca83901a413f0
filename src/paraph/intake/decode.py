"""Bytes to text: which encoding, and which characters are let in.

The order is that of the WHATWG encoding standard (byte order mark, what the transport declares, what the page declares)
with two departures that real pages ask for: bytes that are well-formed UTF-8 beat a declared single-byte encoding, and
only encodings of a fixed list are ever used, so that a header cannot choose a codec such as ``punycode`` or
``unicode_escape``.

What ``harmless`` lets through: every printable character, tab and line feed. Line ends become LF. NUL and the other
control characters, the bidirectional controls (they can show a reader another order of words than the one stored),
zero-width characters, soft hyphens, tag characters and lone surrogates go: no English text needs them, and they would
break words apart or make the shown quotation another than the stored one. Offsets are counted after that, in the text as
stored, and a text that went through here survives UTF-8 and JSON unchanged.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["decode", "harmless"]

# Where a page declares its encoding; the standard looks at the first 1,024 bytes, real pages put scripts before it.
_META_BYTES = 4096
_META = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s{0,20}<\?xml[^<>]{0,100}?encoding\s{0,5}=\s{0,5}[\"']([a-z0-9_:.\-]{2,40})", re.IGNORECASE)

# Labels to Python codecs. Latin-1 and ASCII are read as windows-1252, as every browser does; GB2312 as its superset.
_CODECS: dict[str, str] = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16-le", "unicode", "ucs-2", "iso-10646-ucs-2"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "utf-16-be", "unicodefffe"), "utf-16-be"),
    **dict.fromkeys(("utf-32", "utf-32le", "utf-32-le"), "utf-32-le"),
    **dict.fromkeys(("utf-32be", "utf-32-be"), "utf-32-be"),
    **dict.fromkeys(
        ("windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1"),
        "cp1252",
    ),
    **dict.fromkeys(("us-ascii", "ascii", "ansi_x3.4-1968", "ansi"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254", "cp1254"), "cp1254"),
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in (1250, 1251, 1253, 1255, 1256, 1257, 1258, 874)},
    **{f"cp{n}": f"cp{n}" for n in (437, 850, 852, 866, 874, 1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **dict.fromkeys(("tis-620", "iso-8859-11"), "cp874"),
    **dict.fromkeys(("macintosh", "mac", "x-mac-roman", "mac-roman", "macroman"), "mac-roman"),
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "gb18030", "cp936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji", "cp932"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc-jp"),
    "iso-2022-jp": "iso2022-jp",
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean", "windows-949", "cp949"), "cp949"),
}
_WIDE = ("utf-16", "utf-32")
# Encodings of more than one byte a character: a text in one of them is seldom well-formed UTF-8 by chance, yet a short one
# can be, so there the declaration wins. ISO-2022 is plain ASCII to a UTF-8 decoder and has to be asked first.
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "euc-jp", "cp949", "iso2022-jp"})

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Wide text without a mark is known by its NULs: this share of the looked-at bytes on one side only.
_WIDE_SHARE = 0.7
_WIDE_BYTES = 2000

# Broken UTF-8 is still UTF-8 where this many multi-byte characters are whole for each broken place.
_WHOLE_TO_BROKEN = 3

# A text this poor in high bytes is Latin, most often English with some typography, where windows-1252 is right far more
# often than a statistical guess, which has nothing to go on. (Polish has some 8 % of them, Russian and Chinese over 60 %.)
_MOSTLY_ASCII = 0.15

# What charset_normalizer gets to see: it is slow, and the first kilobytes around the first high byte say enough.
_GUESS_BYTES = 8_000

# The encodings that pages without a declaration are in; left to all it knows, it finds rare ones in short texts.
_COMMON = (
    "cp1252",
    "cp1251",
    "koi8-r",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
)

# C1 controls are windows-1252 punctuation that somebody decoded as Latin-1; browsers map them the same way.
_C1 = {
    code: bytes([code]).decode("cp1252", "ignore")
    for code in range(0x80, 0xA0)
    if code != 0x85  # a line end
}
_CHANGED: dict[int, str | None] = {
    **dict.fromkeys(c for c in (*range(0x20), 0x7F) if c not in (0x09, 0x0A)),
    **_C1,
    **dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029), "\n"),  # what Unicode calls a line end, too
    **dict.fromkeys((0xAD, 0x61C, 0x180E, 0xFEFF, 0xFFFE, 0xFFFF)),
    **dict.fromkeys(range(0x200B, 0x2010)),  # zero-width space and joiners, left-to-right and right-to-left marks
    **dict.fromkeys(range(0x202A, 0x202F)),  # bidirectional embeddings and overrides
    **dict.fromkeys(range(0x2060, 0x2070)),  # word joiner, invisible operators, bidirectional isolates
    **dict.fromkeys(range(0xFFF9, 0xFFFC)),  # interlinear annotation
    **dict.fromkeys(range(0xE0000, 0xE0080)),  # tag characters: text that nobody sees
    **dict.fromkeys(range(0xD800, 0xE000)),  # lone surrogates: no encoding can write them
}
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def decode(data: bytes, *, declared: str | None = None, html: bool = False, tidy: bool = True) -> str:
    """Return the text of ``data``; never raises, bytes that mean nothing become U+FFFD.

    ``declared`` is the charset of the transport, if any; ``html`` says to look for a ``<meta charset>`` (or an XML
    declaration) as well. With ``tidy=False`` the characters are left as they come, except for the byte order mark: for
    JSON, whose strings are to be taken letter by letter. Not handled: UTF-7, EBCDIC, encodings of single vendors.
    """
    text = _decoded(data, declared, html)
    return harmless(text) if tidy else text


def harmless(text: str) -> str:
    """Return ``text`` with LF line ends and without the characters that the module's docstring names."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_CHANGED) if _SUSPECT.search(text) else text


def _decoded(data: bytes, declared: str | None, html: bool) -> str:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    if data.isascii() and b"\x1b" not in data and b"\0" not in data:
        return data.decode("ascii")
    wanted = [codec for codec in (_codec(declared), _declared_inside(data) if html else None) if codec]
    wide = _wide(data)
    for codec in wanted:
        if codec in _MULTIBYTE or (codec.startswith(_WIDE) and wide):
            text = _strict(data, codec)
            if text is not None:
                return text
    if wide:
        return data.decode(wide, "replace")
    for codec in ("utf-8", *(codec for codec in wanted if not codec.startswith(_WIDE))):
        text = _strict(data, codec)
        if text is not None:
            return text
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # Characters of several bytes have one leading byte each; one at the very end may have been cut off.
    whole = len(data.translate(None, _NOT_LEADING)) - broken
    if whole > 0 and whole >= _WHOLE_TO_BROKEN * (broken - text.endswith("\ufffd")):
        return text
    codec = wanted[0] if wanted and not wanted[0].startswith("utf") else _guessed(data)
    return data.decode(codec, "replace")


_HIGH = bytes(range(0x80, 0x100))
_NOT_LEADING = bytes(range(0xC0))


def _high(data: bytes) -> int:
    return len(data) - len(data.translate(None, _HIGH))


def _codec(label: str | None) -> str | None:
    return _CODECS.get(label.strip().strip("\"'").lower()) if label else None


def _declared_inside(data: bytes) -> str | None:
    head = data[:_META_BYTES]
    found = _META.search(head) or _XML.search(head)
    codec = _codec(found[1].decode("ascii")) if found else None
    # A page whose declaration can be read as ASCII is not in a wide encoding, whatever it says.
    return "utf-8" if codec and codec.startswith(_WIDE) else codec


def _wide(data: bytes) -> str | None:
    """Return the wide codec that the places of NULs speak for, else None."""
    head = data[:_WIDE_BYTES]
    quarter, half = len(head) // 4, len(head) // 2
    if quarter == 0 or b"\0" not in head:
        return None
    zeros = [head[place::4].count(0) / quarter for place in range(4)]
    if zeros[1] > _WIDE_SHARE and zeros[2] > _WIDE_SHARE and zeros[3] > _WIDE_SHARE and zeros[0] < 1 - _WIDE_SHARE:
        return "utf-32-le"
    if zeros[0] > _WIDE_SHARE and zeros[1] > _WIDE_SHARE and zeros[2] > _WIDE_SHARE and zeros[3] < 1 - _WIDE_SHARE:
        return "utf-32-be"
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if odd > _WIDE_SHARE and even < 1 - _WIDE_SHARE:
        return "utf-16-le"
    if even > _WIDE_SHARE and odd < 1 - _WIDE_SHARE:
        return "utf-16-be"
    return None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _guessed(data: bytes) -> str:
    if _high(data) <= _MOSTLY_ASCII * len(data):
        # In Mac Roman the apostrophe of "don't" is 0xD5, a capital O with tilde in windows-1252.
        inside = re.search(rb"[a-z]\xd5[a-z]", data) is not None
        return "mac-roman" if inside else "cp1252"
    from charset_normalizer import from_bytes

    first = next(place for place, byte in enumerate(data) if byte >= 0x80)
    start = max(0, first - _GUESS_BYTES // 4)
    best = from_bytes(data[start : start + _GUESS_BYTES], cp_isolation=list(_COMMON)).best()
    return best.encoding if best is not None else "cp1252"
