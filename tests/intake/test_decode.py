"""Bytes to text: 60 encoding cases, and characters that must not come through."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.intake.decode import decode, harmless

ENGLISH = "The minister’s visit — a “deal” over café prices, he didn’t say more. "
ASCII = "The two governments signed an agreement on gas. "
LATIN = "Zoë Müller of Orléans met the señor from São Paulo for an agreement in principle. "
RUSSIAN = "Президент прибыл в столицу с официальным визитом и подписал соглашение. "
CHINESE = "两国政府签署了关于天然气供应的协议。"
JAPANESE = "両国政府はガス供給に関する協定に署名した。"
KOREAN = "양국 정부는 가스 공급 협정에 서명했다. "
GREEK = "Οι δύο κυβερνήσεις υπέγραψαν συμφωνία. "
POLISH = "Oba rządy podpisały umowę o dostawach gazu. Żółć, gęś. "

# (text, codec to write it in, declared charset or None)
CASES = [
    (ENGLISH, "utf-8", None),
    (ENGLISH, "utf-8", "utf-8"),
    (ENGLISH, "utf-8", "UTF8"),
    (ENGLISH, "utf-8", " 'utf-8' "),
    (ENGLISH, "utf-8", "iso-8859-1"),  # declared single-byte, well-formed UTF-8: the bytes are right
    (ENGLISH, "utf-8", "windows-1252"),
    (ENGLISH, "utf-8", "no-such-charset"),
    (ENGLISH, "utf-8", "punycode"),  # a codec that a header must not choose
    (ENGLISH, "utf-8", "unicode_escape"),
    (ENGLISH, "utf-8", "utf-7"),
    (ENGLISH, "utf-8", "rot13"),
    (ENGLISH, "utf-8", ""),
    (ENGLISH, "utf-8-sig", None),
    (ENGLISH, "utf-8-sig", "windows-1252"),  # the byte order mark wins
    (ENGLISH, "utf-16", None),
    (ENGLISH, "utf-16", "utf-8"),
    (ENGLISH, "utf-16-le", None),
    (ENGLISH, "utf-16-be", None),
    (ENGLISH, "utf-16-le", "utf-16"),
    (ENGLISH, "utf-16-le", "utf-16le"),
    (ENGLISH, "utf-16-be", "utf-16be"),
    (ENGLISH, "utf-16-le", "utf-8"),  # declared wrongly, known by its NULs
    (ENGLISH, "utf-32", None),
    (ENGLISH, "utf-32-le", None),
    (ENGLISH, "utf-32-be", None),
    (ENGLISH, "utf-32-le", "utf-32"),
    (ENGLISH, "cp1252", None),
    (ENGLISH, "cp1252", "windows-1252"),
    (ENGLISH, "cp1252", "iso-8859-1"),  # as browsers read it
    (ENGLISH, "cp1252", "latin1"),
    (ENGLISH, "cp1252", "us-ascii"),
    (ENGLISH, "cp1252", "utf-8"),  # declared UTF-8 and is not
    (ENGLISH, "cp1252", "no-such-charset"),
    (ENGLISH, "mac-roman", None),
    (ENGLISH, "mac-roman", "macintosh"),
    (ASCII, "ascii", None),
    (ASCII, "ascii", "utf-16"),  # declared wide and is not
    (ASCII, "ascii", "shift_jis"),
    (LATIN, "latin-1", None),
    (LATIN, "latin-1", "iso-8859-1"),
    (LATIN, "iso8859-15", "iso-8859-15"),
    (LATIN, "cp1252", "windows-1252"),
    (POLISH, "cp1250", "windows-1250"),
    (POLISH, "iso8859-2", "iso-8859-2"),
    (POLISH, "utf-8", None),
    (RUSSIAN, "cp1251", None),
    (RUSSIAN, "cp1251", "windows-1251"),
    (RUSSIAN, "koi8-r", "koi8-r"),
    (RUSSIAN, "utf-8", "windows-1251"),
    (GREEK, "cp1253", "windows-1253"),
    (GREEK, "iso8859-7", "iso-8859-7"),
    (CHINESE, "gb18030", "gb2312"),
    (CHINESE, "gbk", "GBK"),
    (CHINESE, "gb18030", None),
    (CHINESE, "utf-8", "gb2312"),
    (JAPANESE, "cp932", "shift_jis"),
    (JAPANESE, "euc-jp", "euc-jp"),
    (JAPANESE, "iso2022-jp", "iso-2022-jp"),
    (KOREAN, "cp949", "euc-kr"),
    (KOREAN, "utf-8", None),
]


def test_there_are_sixty_cases() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize(("text", "codec", "declared"), CASES, ids=lambda value: str(value)[:14])
def test_encodings_come_back_letter_by_letter(text: str, codec: str, declared: str | None) -> None:
    whole = text * 3
    assert decode(whole.encode(codec), declared=declared) == whole


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        "<META CHARSET=windows-1251>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        '<?xml version="1.0" encoding="windows-1251"?><html>',
    ],
)
def test_a_page_declares_its_own_encoding(head: str) -> None:
    page = head + RUSSIAN
    assert decode(page.encode("cp1251"), html=True) == page


def test_the_transport_comes_before_the_page() -> None:
    page = '<meta charset="koi8-r">' + RUSSIAN
    assert decode(page.encode("cp1251"), declared="windows-1251", html=True) == page


def test_a_page_that_declares_utf_16_in_ascii_is_utf_8() -> None:
    page = '<meta charset="utf-16">' + ENGLISH
    assert decode(page.encode(), html=True) == page


def test_only_html_is_searched_for_a_declaration() -> None:
    text = '<meta charset="koi8-r">' + LATIN
    assert decode(text.encode("cp1252")) == text


def test_broken_utf_8_stays_utf_8() -> None:
    whole = ENGLISH.encode()
    assert decode(whole[: whole.index("—".encode()) + 1]) == ENGLISH[: ENGLISH.index("—")] + "\ufffd"
    assert decode(whole + b"\xff") == ENGLISH + "\ufffd"


def test_bytes_that_mean_nothing_are_replaced_and_do_not_raise() -> None:
    assert decode(b"\xff\xfe\x00", declared="utf-8") == "\ufffd"
    assert decode("語".encode("cp932")[:1] * 7, declared="shift_jis") != ""
    assert decode(b"") == ""


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "shift_jis", "utf-16", "windows-1252"]), st.booleans())
def test_any_bytes_become_a_text_that_can_be_kept(data: bytes, declared: str | None, html: bool) -> None:
    text = decode(data, declared=declared, html=html)
    assert text.encode("utf-8").decode("utf-8") == text
    assert json.loads(json.dumps(text)) == text
    assert "\0" not in text
    assert "\r" not in text
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("one\x85two\u2028three\u2029four\x0bfive\x0csix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("a\0b\x07c\x1bd\x7fe", "abcde"),
        ("tab\tstays", "tab\tstays"),
        ("user\u202etxt.exe\u202c", "usertxt.exe"),  # an override that shows words backwards
        ("\u2066iso\u2069late", "isolate"),
        ("mark\u200eed\u200f \u061c", "marked "),
        ("agree\u00adment a\u200bgree\u2060ment \ufeffx", "agreement agreement x"),
        ("it\x92s", "it’s"),  # windows-1252 read as Latin-1 by somebody before us
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("half\ud83d", "half"),
        ("no-break\u00a0space", "no-break\u00a0space"),
        ("naïve — “quoted” 😀", "naïve — “quoted” 😀"),
    ],
)
def test_characters_that_do_harm_are_taken_out(given_text: str, kept: str) -> None:
    assert harmless(given_text) == kept
    assert harmless(kept) == kept


def test_untidy_keeps_every_letter_for_json() -> None:
    text = '{"text": "a\u200bb\u202ec\r\n"}'
    assert decode(text.encode(), tidy=False) == text
    assert decode(b"\xef\xbb\xbf" + text.encode(), tidy=False) == text


def test_a_large_text_of_one_byte_is_quick_and_whole() -> None:
    text = "x" * 3_000_000
    assert decode(text.encode()) == text
