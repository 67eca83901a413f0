"""Documents to measure with: the same again from the same seed, none an exact repetition by chance.

What a stream of them is made of, and so what it is not, stands in ``_stream``, which writes them to files. Every document is a
function of the recipe and its number, so that a part of a stream can be made without the rest.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from _frames import PAGES, Frame, frames
from _newswire import stories

__all__ = ["BEGIN", "Item", "Recipe", "item", "relevant"]

BEGIN, DAYS = datetime(2025, 1, 1, tzinfo=UTC), 120
HOSTS = 400
# Of the English texts so many are newswire; the others are of all subjects.
NEWSWIRE = 0.4
# Of the texts in other languages so many are real.
REAL_FOREIGN = 0.25
# A story is told anew with so many of its lines left out, and so many of its words of four letters and more put in place of
# others: of 1,500 pairs of tellings of one story each, 0.3 % are alike enough to be copies for paraph.link.copies (with 0.4 of
# the words 1 % of pages and 5 % of newswire). Each of the 161 English pages is told some 200 times among 100,000 documents.
LEFT_OUT, CHANGED = 0.1, 0.5
EMPTY_PAGE = b"<!DOCTYPE html>\n<html><head><meta charset='utf-8'></head><body><div id='app'></div></body></html>"

AGENCIES = ("(Agency) -", "WIRE SERVICE:", "By our correspondent -", "UPDATE 2:", "Exclusive |")
TAILS = (
    "Reporting by the bureau; editing by the desk.",
    "(This story has not been edited by our staff and is published from a syndicated feed.)",
    "Sign up for our newsletter. All rights reserved.",
)
COUNTRIES = (
    ("Japan", "Japanese"),
    ("France", "French"),
    ("Brazil", "Brazilian"),
    ("Canada", "Canadian"),
    ("Mexico", "Mexican"),
    ("India", "Indian"),
    ("Australia", "Australian"),
    ("Italy", "Italian"),
    ("Spain", "Spanish"),
    ("Turkey", "Turkish"),
    ("Egypt", "Egyptian"),
    ("Indonesia", "Indonesian"),
    ("Argentina", "Argentine"),
    ("Nigeria", "Nigerian"),
    ("Sweden", "Swedish"),
    ("Poland", "Polish"),
    ("Kenya", "Kenyan"),
    ("Vietnam", "Vietnamese"),
    ("Norway", "Norwegian"),
    ("China", "Chinese"),
)
# Function words of other languages, and the letters that invented words are made of; how often each comes is set by eye.
LANGUAGES: dict[str, tuple[int, str, str, str]] = {
    "es": (
        22,
        "el la de que y en los las un una por con para del se al como más pero sus le ya o este sí",
        "bcdlmnprst",
        "aeiou",
    ),
    "de": (
        16,
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an",
        "bdfghklmnrst",
        "aeiouäü",
    ),
    "fr": (
        14,
        "le la les de des et à un une du en que est pour dans qui par sur pas au plus ce il avec",
        "bcdlmnprstv",
        "aeiouéè",
    ),
    "it": (
        9,
        "il la di che e in un una per con del della non sono le si da come anche più ma al dei",
        "bcdglmnprst",
        "aeiou",
    ),
    "pt": (
        9,
        "o a de que e do da em um uma para com não os as no na por mais dos como mas ao",
        "bcdlmnprst",
        "aeiouãé",
    ),
    "tr": (
        8,
        "ve bir bu da de için ile çok daha olan gibi kadar sonra ancak olarak ise her ya ki en",
        "bdgklmnrsty",
        "aeıiouü",
    ),
    "pl": (
        5,
        "w i na z do nie się że o jest to po jak za od przez ale dla są czy tak już jego",
        "bcdklmnprstwz",
        "aeiouyą",
    ),
    "ru": (11, "и в не на что с по как к из от это за для он так но его у же мы бы о то все", "бвгдклмнпрст", "аеиоуы"),
    "ar": (6, "في من على إلى أن عن مع هذا كان ما لا التي الذي بعد قد كل بين هو لم أو", "بتجدرسشعفقكلمن", "اوي"),
}
ENGLISH = frozenset(
    "the of and to a in is that for it on was with as by at be are from this have has will an or not but they which its he said "
    "we you your more all our can if about up out who new been their one had were would there".split()
)
_LONG = re.compile(r"\b[a-z]{4,}\b")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?!\d)")
_COUNTRY = re.compile(rf"\b(?:{'|'.join(name for pair in COUNTRIES for name in pair)})\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_LANG = re.compile(r"(<html\b[^<>]*?\blang\s*=\s*[\"']?)[A-Za-z-]+", re.IGNORECASE)
_OUTSIDE = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>|<[^<>]*>|qXq\w+?qXq)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a stream is: the same recipe gives the same bytes. Shares are of all documents; ``foreign`` of those that are new.

    ``html`` is the share of pages among the documents, the others are plain texts. ``largest`` is the most characters of a frame.
    """

    documents: int
    seed: int = 20_260
    foreign: float = 0.4
    reprints: float = 0.1
    again: float = 0.01
    empty: float = 0.002
    html: float = 1.0
    largest: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One document: either ``page`` (bytes of HTML) or its text alone. ``kind`` says how it came to be in the stream."""

    kind: str
    url: str
    title: str
    lines: tuple[str, ...]
    fetched: datetime
    published: date
    publisher: str
    page: bytes | None = None

    @property
    def text(self) -> str:
        """Return the lines as one text."""
        return "\n".join(self.lines)


# ---- what there is to make texts of


@dataclass(frozen=True, slots=True)
class _Story:
    title: str
    lines: tuple[str, ...]


@cache
def _newswire() -> tuple[_Story, ...]:
    """Return the stories of Reuters-21578."""
    made = []
    for story in stories():
        lines = tuple(" ".join(part.split()) for part in re.split(r"\n\s{3,}", story.text))
        made.append(_Story((story.title or lines[0][:70]).capitalize(), tuple(filter(None, lines))))
    return tuple(made)


@cache
def _articles() -> dict[str, tuple[_Story, ...]]:
    """Return the articles of the benchmark by language."""
    from paraph.intake.language import detect

    made: dict[str, list[_Story]] = {}
    for _, row in sorted(json.loads((PAGES / "ground-truth.json").read_text("utf-8")).items()):
        lines = tuple(filter(None, (" ".join(line.split()) for line in row["articleBody"].split("\n"))))
        if lines:
            made.setdefault(detect(row["articleBody"]), []).append(
                _Story(lines[0][:80].rpartition(" ")[0] or lines[0][:80], lines)
            )
    return {language: tuple(found) for language, found in made.items()}


@cache
def _frames_of(language: str, largest: int) -> tuple[Frame, ...]:
    """Return the frames for texts of a language: of that language where there are such, else English ones in pseudo-words."""
    ours = sorted((f for f in frames() if sum(map(len, f.pieces)) <= largest), key=lambda f: f.name) or frames()[:1]
    if language == "en":
        return tuple(frame for frame in ours if frame.english) or tuple(ours)
    if language in LANGUAGES:
        english = tuple(frame for frame in ours if frame.english)
        return english[sorted(LANGUAGES).index(language) :: len(LANGUAGES)] or english or tuple(ours)
    return tuple(frame for frame in ours if not frame.english) or tuple(ours)


@cache
def _translated(frame: Frame, language: str) -> Frame:
    """Return a frame with the words that are seen replaced by those of a pseudo-language."""
    joined = "".join(piece if n % 2 == 0 else f"qXq{piece}qXq" for n, piece in enumerate(frame.pieces))
    parts = _OUTSIDE.split(_LANG.sub(rf"\g<1>{language}", joined, count=1))
    written = "".join(part if n % 2 else _pseudo(part, language, names=False) for n, part in enumerate(parts))
    return replace(frame, english=False, pieces=tuple(re.split(r"qXq(\w+?)qXq", written)))


# ---- texts


def _text(chance: random.Random, pool: Sequence[_Story]) -> tuple[str, list[str]]:
    """Return title and lines of one story, some of its lines left out."""
    story = chance.choice(pool)
    kept = [line for line in story.lines if chance.random() >= LEFT_OUT]
    return story.title, kept or list(story.lines[:1])


@cache
def _vocabulary() -> tuple[str, ...]:
    """Return the words of four letters and more of the English texts, each as often as it comes."""
    pool = (*_articles()["en"], *_newswire()[::20])
    return tuple(word for story in pool for line in story.lines for word in _LONG.findall(line))


def _varied(text: str, chance: random.Random) -> str:
    """Return an English text with other numbers, a share of other words and, of two, one with other countries."""
    vocabulary = _vocabulary()

    def number(found: re.Match[str]) -> str:
        digits = found[0]
        if len(digits) == 4 and digits.startswith(("19", "20")):
            return "2025"
        return str(chance.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1)) if len(digits) < 16 else digits

    shift = chance.randrange(len(COUNTRIES)) if chance.random() < 0.5 else 0

    def country(found: re.Match[str]) -> str:
        at = next(n for n, pair in enumerate(COUNTRIES) if found[0] in pair)
        return COUNTRIES[(at + shift) % len(COUNTRIES)][COUNTRIES[at].index(found[0])]

    def word(found: re.Match[str]) -> str:
        return vocabulary[int(chance.random() * len(vocabulary))] if chance.random() < CHANGED else found[0]

    text = _LONG.sub(word, _NUMBER.sub(number, text))
    return _COUNTRY.sub(country, text) if shift else text


@cache
def _pseudo_word(word: str, language: str) -> str:
    _, words, hard, soft = LANGUAGES[language]
    code = zlib.crc32(word.encode())
    own = words.split()
    if word in ENGLISH or len(word) < 3:
        return own[code % len(own)]
    made = ""
    while len(made) < min(len(word) + 1, 12):
        made += hard[code % len(hard)] + soft[code // 16 % len(soft)]
        code = code // 7 + 2_654_435_761 * (len(made) + 1) % 4_294_967_296
    return made


def _pseudo(text: str, language: str, names: bool) -> str:
    """Return a text in invented words; with ``names``, words with a capital stay where the script is Latin."""
    latin = LANGUAGES[language][2][0].isascii()

    def word(found: re.Match[str]) -> str:
        here = found[0]
        if here[0].isupper() and names and latin and here.lower() not in ENGLISH:
            return here
        made = _pseudo_word(here.lower(), language)
        return made.capitalize() if here[0].isupper() else made

    return _WORD.sub(word, text)


# ---- documents


def item(recipe: Recipe, number: int) -> Item:
    """Return one document of a stream, by its number from 0: a function of the recipe and the number alone."""
    chance = random.Random(f"{recipe.seed} {number}")
    draw = chance.random()
    seconds = (number + chance.random()) * DAYS * 86_400 / recipe.documents
    fetched = (BEGIN + timedelta(seconds=seconds)).replace(microsecond=0)
    # A page is fetched some hours after it came out.
    published = (fetched - timedelta(hours=chance.expovariate(1 / 5))).date()
    earlier = number - chance.randint(1, max(1, min(number, recipe.documents // 40)))
    host = f"{chance.choice(('www', 'news', 'm'))}.outlet{chance.randrange(HOSTS)}.example"
    url = f"https://{host}/{published:%Y/%m/%d}/{number}.html"
    if number and draw < recipe.again:
        return replace(item(recipe, earlier), kind="again", fetched=fetched)
    html = chance.random() < recipe.html
    if draw < recipe.again + recipe.empty:
        return Item("empty", url, "", (), fetched, published, host, EMPTY_PAGE if html else None)
    reprint = bool(number) and draw < recipe.again + recipe.empty + recipe.reprints
    if reprint:
        kind, language, title, lines = _reprint(recipe, earlier, chance)
    else:
        kind, language, title, lines = _fresh(recipe, chance)
    made = Item(kind, url, title, tuple(lines), fetched, published, host)
    return replace(made, page=_page(made, language, recipe, chance)) if html and lines else made


def _fresh(recipe: Recipe, chance: random.Random) -> tuple[str, str, str, list[str]]:
    if chance.random() >= recipe.foreign:
        newswire = chance.random() < NEWSWIRE
        title, lines = _text(chance, _newswire() if newswire else _articles()["en"])
        return "newswire" if newswire else "general", "en", *_split(_varied("\n".join([title, *lines]), chance))
    if chance.random() < REAL_FOREIGN:
        language = chance.choice(sorted(name for name in _articles() if name != "en"))
        title, lines = _text(chance, _articles()[language])
        # Few there are, and short ones among them: a line of another story of the language, and a number of their own.
        lines.append(chance.choice(chance.choice(_articles()[language]).lines))
        chance.shuffle(lines)
        lines.append(f"№ {chance.randrange(10**9)}")
        told = [_NUMBER.sub(lambda _: str(chance.randint(1, 999)), line) for line in lines[:-1]]
        return "foreign", language, title, [*told, lines[-1]]
    language = chance.choices(list(LANGUAGES), [row[0] for row in LANGUAGES.values()])[0]
    title, lines = _text(chance, _newswire() if chance.random() < NEWSWIRE else _articles()["en"])
    said = _pseudo(_varied("\n".join([title, *lines]), chance), language, names=True)
    return "pseudo", language, *_split(said)


def _split(text: str) -> tuple[str, list[str]]:
    title, _, rest = text.partition("\n")
    return title, rest.split("\n")


def _reprint(recipe: Recipe, number: int, chance: random.Random) -> tuple[str, str, str, list[str]]:
    """Return an edited copy of an earlier document, of what it was a copy of where it was one."""
    own = random.Random(f"{recipe.seed} {number}")
    while number and own.random() < recipe.again + recipe.empty + recipe.reprints:
        number -= 1
        own = random.Random(f"{recipe.seed} {number}")
    origin = item(replace(recipe, html=0.0), number)
    kept = []
    for line in origin.lines:
        sentences = [part for part in _SENTENCE_END.split(line) if chance.random() >= 0.08]
        words = [word for part in sentences for word in part.split() if chance.random() >= 0.01]
        kept.extend([" ".join(words)] if words else [])
    kept = kept or list(origin.lines) or ["(No text.)"]
    kept[0] = f"{chance.choice(AGENCIES)} {kept[0]}"
    if chance.random() < 0.5:
        kept.append(chance.choice(TAILS))
    language = {"foreign": "", "pseudo": "es"}.get(origin.kind, "en")
    return "reprint", language, origin.title, kept


def _page(made: Item, language: str, recipe: Recipe, chance: random.Random) -> bytes:
    frame = chance.choice(_frames_of(language, recipe.largest))
    if language in LANGUAGES and frame.english:
        frame = _translated(frame, language)
    return frame.with_article(made.title, made.lines, made.url, day=made.published)


def relevant(folder: Path, count: int, *, seed: int = 20_261, largest: int = 10_000_000) -> list[Item]:
    """Return so many pages of relevant news: texts of a folder of gold (without its negatives), each in some frame.

    Their days are those of the stream and not their own, which lie years apart: a data set has a part for each month.
    For measuring in passing only: nothing of it is to be kept.
    """
    chance = random.Random(seed)
    texts = []
    for path in sorted(folder.rglob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        if isinstance(data, dict) and isinstance(data.get("text"), str) and "negative" not in path.parts:
            texts.append(data)
    if not texts:
        raise SystemExit(f"{folder}: no documents of the gold; name the folder with --gold")
    ours = _frames_of("en", largest)
    order = list(range(len(texts)))
    made = []
    for number in range(count):
        if number % len(texts) == 0:
            chance.shuffle(order)
        data = texts[order[number % len(texts)]]
        fetched = (BEGIN + timedelta(days=number * DAYS / count, hours=12)).replace(microsecond=0)
        published = fetched.date()
        host = f"www.outlet{chance.randrange(HOSTS)}.example"
        url = f"https://{host}/{published:%Y/%m/%d}/relevant-{number}.html"
        lines = tuple(line for line in data["text"].split("\n") if line.strip())
        title = str(data.get("title") or lines[0])
        page = chance.choice(ours).with_article(title, lines, url, day=published)
        made.append(Item("relevant", url, title, lines, fetched, published, host, page))
    return made
