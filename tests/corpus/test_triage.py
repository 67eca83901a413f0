"""The triage drops what is not worth reading, in the cheapest way that can tell it, and lets all else pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from paraph.corpus.triage import look_at_bytes, look_at_page, look_at_text
from paraph.corpus.values import Fate
from paraph.intake.page import Page, open_page
from paraph.settings import Settings

DEAL = (
    "Ruritania and India may sign an agreement on the supply of gas next week, officials in New Delhi said on Monday. The "
    "two governments have negotiated the contract for months, and President Vladimir Putin of Russia is expected to visit. "
    "A memorandum on defence cooperation between France and India could be signed as well."
)
CAKE = (
    "The cake is done when a stick comes out clean, and it has to cool for an hour before the icing is put on it. Those who "
    "like it sweet may add a spoon of honey to the batter, but it is not needed where the apples are ripe. It keeps for a week "
    "in a tin, and tastes best with a cup of tea in the afternoon, which is when it was eaten by our aunts."
)
GERMAN = (
    "Die Außenminister beider Länder haben am Dienstag ein Abkommen über die Lieferung von Gas unterzeichnet. Der Vertrag gilt "
    "zehn Jahre und soll im Januar in Kraft treten, sagte ein Sprecher der Regierung nach dem Treffen in Berlin. Indien und "
    "Russland verhandeln noch über eine Zusammenarbeit bei der Verteidigung. Einzelheiten wurden nicht genannt, weil die "
    "Gespräche noch nicht abgeschlossen sind. Im Sommer reist der Präsident nach Indien."
)
CHINESE = (
    "两国政府星期二签署了天然气供应协议。合同期为十年，将于一月生效，外交部发言人在北京与俄罗斯总统会晤后表示。" * 3
)
RUSSIAN = (
    "Правительства двух стран подписали во вторник соглашение о поставках газа. Договор рассчитан на десять лет и вступит в "
    "силу в январе, сообщил представитель министерства после встречи в Москве. " * 3
)


def html(body: str, lang: str = "", head: str = "") -> bytes:
    said = f' lang="{lang}"' if lang else ""
    return f"<!DOCTYPE html>\n<html{said}><head><title>News</title>{head}</head><body>{body}</body></html>".encode()


def opened(body: str, lang: str = "", settings: Settings | None = None) -> Page:
    return open_page(html(body, lang), source="page.html", settings=settings or Settings())


def paragraphs(text: str) -> str:
    return "".join(f"<p>{sentence}.</p>" for sentence in text.rstrip(".").split(". "))


# Texts.


def test_a_text_that_speaks_of_deals_between_countries_passes() -> None:
    assert look_at_text(DEAL, None) is None
    assert look_at_text(CAKE + "\n" + DEAL, "A cake") is None


def test_a_text_without_any_word_of_them_is_dropped() -> None:
    assert look_at_text(CAKE, "A cake of apples") is Fate.IRRELEVANT


def test_the_title_counts() -> None:
    text = "It was a long day in the hall, and those who were there went home late."
    assert look_at_text(text, None) is Fate.IRRELEVANT
    title = "India and Russia sign defence agreement on joint production of missiles, France to supply fighter jets to India"
    assert look_at_text(text, title) is None


@pytest.mark.parametrize("text", [GERMAN, CHINESE, RUSSIAN])
def test_a_text_in_another_language_is_dropped_as_such(text: str) -> None:
    assert look_at_text(text, None) is Fate.FOREIGN


def test_a_short_text_in_another_language_is_not_told_by_its_language() -> None:
    assert look_at_text("Das Abkommen ist unterzeichnet.", None) is Fate.IRRELEVANT


def test_the_greater_part_decides_on_the_language() -> None:
    assert look_at_text(f"{GERMAN}\n{DEAL}", None) is None


def test_a_text_in_small_letters_only_is_read() -> None:
    # Names of countries cannot be told in it, and much of the gate's knowledge is of names.
    assert look_at_text(CAKE.lower(), None) is None


@pytest.mark.parametrize("text", ["", " \n\t", "— … !", "\u200b"])
def test_a_text_without_letters_or_digits_is_empty(text: str) -> None:
    assert look_at_text(text, None) is Fate.EMPTY


# Pages.


@pytest.mark.parametrize(
    "put",
    [
        lambda text: f"<div class='article-body'>{paragraphs(text)}</div>",
        lambda text: f"<main><ul>{paragraphs(text).replace('p>', 'li>')}</ul></main>",
        lambda text: f"<div><div>{text}</div></div>",
        lambda text: f"<div>{text.replace('. ', '.<br>')}</div>",
        lambda text: f"<table><tr><td>{text}</td></tr></table>",
        lambda text: f"<form action='/'><article>{paragraphs(text)}</article></form>",
        lambda text: f"<blockquote>{text}</blockquote>",
        lambda text: f"<ul><li><a href='/1'>More of it</a></li></ul><h2>{text[:112]}</h2>{paragraphs(text)}",
    ],
)
def test_the_article_is_looked_at_wherever_it_stands(put: Callable[[str], str]) -> None:
    menu = "<nav><ul><li><a href='/w'>World</a></li><li><a href='/c'>Cakes</a></li></ul></nav>"
    assert look_at_page(opened(menu + put(DEAL))) is None
    assert look_at_page(opened(menu + put(CAKE))) is Fate.IRRELEVANT
    assert look_at_page(opened(menu + put(GERMAN))) is Fate.FOREIGN


def test_what_stands_beside_the_article_does_not_count() -> None:
    beside = f"<aside><p>{DEAL}</p></aside><footer><p>{DEAL}</p></footer><nav><p>{DEAL}</p></nav>"
    teasers = f"<div class='teasers'><p>{DEAL}</p></div>"
    cake = f"<article>{paragraphs(CAKE * 6)}</article>"
    assert look_at_page(opened(cake + beside + teasers)) is Fate.IRRELEVANT
    assert look_at_page(opened(f"<article>{paragraphs(DEAL)}</article><p>{CAKE}</p>")) is None


def test_an_attribute_alone_does_not_make_a_page_foreign() -> None:
    assert look_at_page(opened(paragraphs(DEAL), "de")) is None
    assert look_at_page(opened(paragraphs(GERMAN), "en")) is Fate.FOREIGN


def test_a_look_changes_nothing() -> None:
    page = opened(f"<article>{paragraphs(DEAL)}</article><script>var a = 1;</script>")
    assert page.tree is not None
    before = [(element.tag, element.text, element.tail) for element in page.tree.iter()]
    look_at_page(page)
    assert [(element.tag, element.text, element.tail) for element in page.tree.iter()] == before


@pytest.mark.parametrize("body", ["", "<script>var text = 'the and of';</script>", "<p> </p>", "<p>…</p>"])
def test_a_page_without_words_is_left_to_the_reading(body: str) -> None:
    # It may have text where the look does not search; the reading says for sure.
    assert look_at_page(opened(body)) is None


def test_a_page_that_is_not_searched_for_an_article_is_read() -> None:
    assert look_at_page(opened(f"<p>{CAKE}</p>" * 5, settings=Settings(max_page_chars=1_000))) is None
    assert look_at_page(opened(f"<p>{CAKE}</p>" * 200, settings=Settings(max_page_elements=100))) is None


# Bytes.


def test_bytes_of_a_page_in_another_language() -> None:
    assert look_at_bytes(html(paragraphs(GERMAN), "de")) is Fate.FOREIGN
    assert look_at_bytes(html(paragraphs(GERMAN), "de-AT")) is Fate.FOREIGN
    assert look_at_bytes(html(paragraphs(RUSSIAN))) is Fate.FOREIGN
    assert look_at_bytes(html(paragraphs(RUSSIAN)).decode().encode("windows-1251"), "windows-1251") is Fate.FOREIGN


def test_bytes_that_do_not_tell() -> None:
    assert look_at_bytes(b"") is None
    assert look_at_bytes(html(paragraphs(GERMAN))) is None  # no word of its language, and in Latin script
    assert look_at_bytes(html(paragraphs(GERMAN), "en")) is None
    assert look_at_bytes(html(paragraphs(DEAL), "en")) is None
    assert look_at_bytes(html(paragraphs(GERMAN), "de").decode().encode("utf-16")) is None
    assert look_at_bytes(html(paragraphs(RUSSIAN)), "UTF-16LE") is None


def test_a_wrong_attribute_does_not_make_english_bytes_foreign() -> None:
    assert look_at_bytes(html(paragraphs(DEAL + CAKE), "de")) is None


def test_an_english_article_in_a_page_of_another_script_passes() -> None:
    assert look_at_bytes(html(paragraphs(RUSSIAN) + paragraphs(DEAL + CAKE), "ru")) is None
