"""The dates of a document: when it was published and updated, as feeds, meta tags and bylines write it.

The rules are our own and run in linear time on a bounded text: a date is taken only where every word of the text is
understood, so that a sentence with a date in it is never mistaken for a date. Where day and month could be exchanged
("04/12/2025"), a weekday in the text decides, then the country; where neither does, there is no date rather than a guess.
Not handled: relative times ("two hours ago"), dates without a year, months alone, ranges, calendars other than the
Gregorian, dates in running text (that is the layout's and the extractor's work).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

from paraph.intake.zones import NAMES, zone

__all__ = ["Dateline", "country_of", "dateline", "filed", "future_note", "parse_when"]

# The longest date seen on real pages ("Published On: Thursday, 04 December 2025 22:32:00 GMT+0530 (India Standard Time)")
# has some 80 characters; what is much longer is a sentence.
_LONGEST = 120

# A clock on the other side of the date line and one that is a little fast are no reason for doubt.
_FUTURE_SLACK = timedelta(days=1)

# Years in which something can have been published that we read; outside of them a number is not a year.
_YEARS = range(1900, 2101)

# Two-digit years up to this one are of this century, as in POSIX.
_PIVOT = 68

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier enero januar gennaio janeiro января",
            "february feb febr février fevrier febrero februar febbraio fevereiro февраля",
            "march mar mars marzo märz maerz março marco марта",
            "april apr avril abril aprile апреля",
            "may mai mayo maggio maio мая",
            "june jun juin junio juni giugno junho июня",
            "july jul juillet julio juli luglio julho июля",
            "august aug août aout agosto августа",
            "september sep sept septembre septiembre settembre setembro сентября",
            "october oct octobre octubre oktober ottobre outubro okt октября",
            "november nov novembre noviembre novembro ноября",
            "december dec décembre decembre diciembre dezember dicembre dezembro dez декабря",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lundi montag lunes lunedì",
            "tuesday tue tues mardi dienstag martes martedì",
            "wednesday wed weds mercredi mittwoch miércoles mercoledì",
            "thursday thu thur thurs jeudi donnerstag jueves giovedì",
            "friday fri vendredi freitag viernes venerdì",
            "saturday sat samedi samstag sábado sabato",
            "sunday sun dimanche sonntag domingo domenica",
        )
    )
    for name in names.split()
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UPDATED = _words("updated update modified edited revised amended refreshed corrected changed")
_LABELS = _UPDATED | _words("published publish posted post released issued created uploaded pub first last latest")
_FILLERS = _LABELS | _words(
    "date time dated dateline on at of the de del le am pm st nd rd th local hrs hours hour hr h uhr "
    "o clock noon in and days day was is original originally release article story datetime"
)

# Countries that write the month first in figures; everyone else writes the day first (or the year).
_MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "BZ"})

# Zones whose readers write the month first, or that everybody uses.
_AMERICAN = frozenset(
    name
    for name, meant in NAMES.items()
    if meant == 0 or (isinstance(meant, int) and meant < 0) or str(meant)[:2] == "us"
)

# Top-level domains that are sold as words say nothing of a country.
_WORDY = frozenset(
    {"io", "tv", "me", "co", "ai", "fm", "cc", "ws", "to", "ly", "gg", "la", "eu", "su", "am", "nu", "sh", "vc"}
)
_NAMED_COUNTRIES = {
    "israel": "IL",
    "israeli": "IL",
    "jerusalem": "IL",
    "haaretz": "IL",
    "ynet": "IL",
    "irish": "IE",
    "ireland": "IE",
    "dublin": "IE",
    "bangladesh": "BD",
    "dhaka": "BD",
    "philippine": "PH",
    "manila": "PH",
    "inquirer": "PH",
    "rappler": "PH",
    "philstar": "PH",
    "xinhua": "CN",
    "cgtn": "CN",
    "taiwan": "TW",
    "saudi": "SA",
    "kuwait": "KW",
}
_NAMED_HOSTS = {
    "timesofisrael": "IL",
    "jpost": "IL",
    "irishtimes": "IE",
    "thedailystar": "BD",
    "rte": "IE",
} | _NAMED_COUNTRIES

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:t|\s|,\s)\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(am|pm)?\s?(z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?)?"
)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(z|[+-]\d{4})?)?")
_WEEK = re.compile(r"(\d{4})-?w(\d{2})-?(\d)")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
_EPOCH = re.compile(r"(?:/date\()?(\d{10})(\d{3})?(?:[+-]\d{4})?(?:\)/)?")
_CLOCK = re.compile(
    r"(?<![\d:./-])(?:"
    r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2}))?\s?([ap])m\b"
    r"|(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?![\d:])"
    r"|(\d{2})[.:]?(\d{2})\s?(?:hrs|hours|uhr|h)\b)"
)
_NOON = re.compile(r"\b(?:12\s)?(noon|midnight)\b")
_OFFSET = re.compile(r"[\s,(\[]{0,3}(?:utc|gmt)?\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?(?![\d/-])[)\]]?")
_LONG_OFFSET = re.compile(r"\(?\b(?:utc|gmt)\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?\b\)?")
_DOTTED_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})(?![\d.])")
_WORDS = re.compile(r"[^\W\d_]+|\d+|[/.\-年月日]")
_MERIDIEM = re.compile(r"\b([ap])\.?\s?m\b\.?")
_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‑": "-", "’": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "})

_ZONE_NAMES = sorted((name for name in NAMES if " " in name), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Dateline:
    """What a line that holds nothing but dates says; ``labelled`` where a word such as "Updated" says which date it is."""

    published: date | datetime | None
    updated: date | datetime | None
    labelled: bool


def parse_when(text: str, *, default_zone: tzinfo | None = None, country: str | None = None) -> date | datetime | None:
    """Return the date that ``text`` is, or None where it is none or is ambiguous.

    A ``datetime`` where there is a time of day: with its zone where the text names one, else with ``default_zone``, else
    without. ``country`` (ISO 3166 alpha-2) tells day from month in figures and one IST from the others. Words that label a
    date ("Published on") are passed over; any other word makes the text no date.
    """
    if len(text) > _LONGEST:
        return None
    plain = " ".join(text.translate(_DASHES).lower().split()).strip(" ,;|.:-")
    if not plain:
        return None
    try:
        found = _machine(plain)
        if found is None:
            found = _written(plain, country)
    except (ValueError, OverflowError):  # a 31st of April, a 25th hour, an offset of 99 hours
        return None
    if isinstance(found, datetime) and found.tzinfo is None and default_zone is not None:
        return found.replace(tzinfo=default_zone)
    return found


def dateline(text: str, *, default_zone: tzinfo | None = None, country: str | None = None) -> Dateline | None:
    """Return the dates of a line that holds nothing else ("- Updated Dec 4, 2025 10:32 PM IST"), or None.

    One line may hold both ("Published: 4 Dec 2025, 9:00 | Updated: …"). An unlabelled date counts as published.
    """
    if len(text) > 2 * _LONGEST:
        return None
    published = updated = None
    labelled = False
    for part in _SPLIT.split(text):
        words = [word.lower() for word in re.findall(r"[^\W\d_]+", part)]
        if not words and not any(char.isdigit() for char in part):
            continue
        when = parse_when(part.strip(" \t*•·-–—,;:|()[]"), default_zone=default_zone, country=country)
        if when is None:
            return None
        labelled = labelled or not _LABELS.isdisjoint(words)
        if not _UPDATED.isdisjoint(words):
            updated = updated or when
        else:
            published = published or when
    return Dateline(published, updated, labelled) if published or updated else None


def filed(line: str) -> date | None:
    """Return the day in an agency's dateline at the start of a paragraph ("DELHI, Dec 5, 2025 (Wire) - …"), or None."""
    found = _FILED.match(line)
    when = parse_when(found[1]) if found else None
    return when if found and not isinstance(when, datetime) else None


# A place in capitals or with a capital, a day with its year, perhaps the agency, and the mark that ends it.
_FILED = re.compile(
    r"[A-Z][A-Za-z .,/'’-]{1,40}?,\s?((?:[A-Z][a-z]{2,8}\.?\s\d{1,2},?|\d{1,2}\s[A-Z][a-z]{2,8}\.?,?)\s\d{4})"
    r"\s?(?:\([\w /.&-]{2,40}\))?\s?(?:[-–—:.]|$)"
)

# Between the dates of one line: a bar, a bullet, or the next label.
_SPLIT = re.compile(
    r"[|•·/](?=\s*[A-Za-z])|(?<!\blast)(?<!\bfirst)\s(?=(?:last\s|first\s)?(?:updated|modified|published|posted)\b)",
    re.IGNORECASE,
)


def future_note(name: str, when: date | datetime | None, now: datetime) -> str | None:
    """Return the note for a date that lies more than a day after ``now`` (with zone), else None."""
    if when is None:
        return None
    if isinstance(when, datetime):
        ahead = when.replace(tzinfo=when.tzinfo or UTC) > now + _FUTURE_SLACK
    else:
        ahead = when > (now + _FUTURE_SLACK).date()
    return f"the {name} date {when.isoformat()} lies in the future" if ahead else None


def country_of(url: str | None, publisher: str | None = None) -> str | None:
    """Return the ISO 3166 alpha-2 code of the country that an address or a publisher's name speaks for, or None."""
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        host = ""
    labels = host.split(".")
    last = labels[-1]
    if len(last) == 2 and last.isascii() and last.isalpha() and last not in _WORDY:
        return {"uk": "GB"}.get(last, last.upper())
    if last in ("gov", "mil"):
        return "US"
    for label in labels:
        if label in _NAMED_HOSTS:
            return _NAMED_HOSTS[label]
    for word in re.findall(r"[a-z]+", (publisher or "").lower()):
        if word in _NAMED_COUNTRIES:
            return _NAMED_COUNTRIES[word]
    return None


def _machine(plain: str) -> date | datetime | None:
    """Read the forms that programs write: ISO 8601 and RFC 3339, basic and ordinal forms, seconds since 1970."""
    if found := _ISO.fullmatch(plain):
        day = _date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day
        hour = _hour(int(found[4]), found[7] and found[7][0])
        return _at(day, hour, int(found[5]), int(found[6] or 0), _fixed(found[8]))
    if (found := _BASIC.fullmatch(plain)) and int(found[1]) in _YEARS and 1 <= int(found[2]) <= 12:
        day = _date(int(found[1]), int(found[2]), int(found[3]))
        return _at(day, int(found[4]), int(found[5]), int(found[6] or 0), _fixed(found[7])) if found[4] else day
    if found := _WEEK.fullmatch(plain):
        return _in_range(date.fromisocalendar(int(found[1]), int(found[2]), int(found[3])))
    if found := _ORDINAL.fullmatch(plain):
        day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
        return _in_range(day) if day.year == int(found[1]) else None
    if found := _EPOCH.fullmatch(plain):
        return datetime.fromtimestamp(int(found[1]), UTC)
    return None


def _written(plain: str, country: str | None) -> date | datetime | None:
    """Read the forms that people write, with names of months or figures, in any order that is clear."""
    plain = _MERIDIEM.sub(r"\1m", plain)
    clock: tuple[int, int, int] | None = None
    offset: timezone | None = None
    if found := _CLOCK.search(plain):
        if found[1]:
            clock = _hour(int(found[1]), found[4]), int(found[2] or 0), int(found[3] or 0)
        elif found[5]:
            clock = int(found[5]), int(found[6]), int(found[7] or 0)
        else:
            clock = int(found[8]), int(found[9]), 0
        end = found.end()
        if after := _OFFSET.match(plain, end):
            offset = _fixed(f"{after[1]}{after[2]:0>2}{after[3] or '00'}")
            end = after.end()
        plain = f"{plain[: found.start()]} {plain[end:]}"
    elif found := _NOON.search(plain):
        clock = (12 if found[1] == "noon" else 0), 0, 0
        plain = f"{plain[: found.start()]} {plain[found.end() :]}"
    if found := _LONG_OFFSET.search(plain):
        offset = offset or _fixed(f"{found[1]}{found[2]:0>2}{found[3] or '00'}")
        plain = f"{plain[: found.start()]} {plain[found.end() :]}"
    plain, names = _zone_names(plain)
    if country is None and names and _AMERICAN.isdisjoint(names):
        country = "GB"  # whoever writes the hour of another part of the world writes the day first
    if clock is None and (found := _DOTTED_CLOCK.search(plain)) and int(found[2]) < 60:
        without = f"{plain[: found.start()]} {plain[found.end() :]}"
        if (day := _day(without, country)) is not None:
            return _timed(day, (int(found[1]), int(found[2]), 0), offset, names, country)
    day = _day(plain, country)
    if day is None or clock is None:
        return day
    return _timed(day, clock, offset, names, country)


def _timed(
    day: date, clock: tuple[int, int, int], offset: timezone | None, names: list[str], country: str | None
) -> datetime:
    local = _at(day, *clock, None)
    for name in names:
        offset = offset or zone(name, country, local)
    return local.replace(tzinfo=offset)


def _zone_names(plain: str) -> tuple[str, list[str]]:
    """Take the names of zones out of the text; words that are a month or weekday as well stay."""
    names = []
    if "time" in plain or "philippines" in plain:
        for name in _ZONE_NAMES:
            if name in plain:
                plain = plain.replace(name, " ")
                names.append(name)
                break
    kept = []
    for word in plain.split(" "):
        bare = word.strip("()[],.;'")
        if bare in NAMES and bare not in _WEEKDAYS and bare not in _MONTHS:
            names.insert(0, bare)
        elif bare == "sst" or bare == "amt":  # only a country makes these a zone
            names.append(bare)
        else:
            kept.append(word)
    return " ".join(kept), names


def _day(plain: str, country: str | None) -> date | None:
    """Read the day out of what is left when time and zone are gone; None where any word is not understood."""
    numbers: list[str] = []
    marks: list[str] = []
    month = weekday = None
    month_at = 0
    for word in _WORDS.findall(plain):
        if word.isdecimal():
            numbers.append(word)
        elif word in "/.-年月日":
            marks.append(word)
        elif word in _MONTHS and month is None:
            month, month_at = _MONTHS[word], len(numbers)
        elif word in _WEEKDAYS:
            weekday = _WEEKDAYS[word]
        elif word not in _FILLERS:
            return None
    if any(len(number) > 4 for number in numbers):
        return None
    if month is not None:
        return _named(numbers, month, month_at)
    return _figures(numbers, marks, weekday, country)


def _named(numbers: list[str], month: int, month_at: int) -> date | None:
    if len(numbers) != 2:
        return None
    first, second = numbers
    if len(first) == 4 and len(second) <= 2:
        return _date(int(first), month, int(second))
    if len(first) <= 2 and len(second) == 4:
        return _date(int(second), month, int(first))
    if len(first) <= 2 and len(second) == 2 and month_at <= 1:
        return _date(_century(int(second)), month, int(first))
    return None


def _figures(numbers: list[str], marks: list[str], weekday: int | None, country: str | None) -> date | None:
    if len(numbers) != 3 or len(marks) < 2:
        return None
    if len(numbers[0]) == 4:
        return _date(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    if len(numbers[2]) not in (2, 4) or (len(numbers[2]) == 2 and "-" in marks):  # "25-12-04" may begin with the year
        return None
    first, second = int(numbers[0]), int(numbers[1])
    year = int(numbers[2]) if len(numbers[2]) == 4 else _century(int(numbers[2]))
    if first > 12 or first == second:
        return _date(year, second, first)
    if second > 12:
        return _date(year, first, second)
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    if weekday is not None and (day_first.weekday() == weekday) != (month_first.weekday() == weekday):
        return day_first if day_first.weekday() == weekday else month_first
    if marks[:2] == [".", "."]:  # nobody who writes dots puts the month first
        return day_first
    if country is None:
        return None
    return month_first if country in _MONTH_FIRST else day_first


def _date(year: int, month: int, day: int) -> date:
    return _in_range(date(year, month, day))


def _in_range(day: date) -> date:
    if day.year not in _YEARS:
        raise ValueError(day.year)
    return day


def _century(year: int) -> int:
    return 2000 + year if year <= _PIVOT else 1900 + year


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of 24; "22:32 pm" and "0:10 am" happen and are clear."""
    if half == "p" and hour < 12:
        return hour + 12
    return 0 if half == "a" and hour == 12 else hour


def _at(day: date, hour: int, minute: int, second: int, offset: timezone | None) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=offset)
    if (hour, minute, second) == (24, 0, 0):
        return midnight + timedelta(days=1)
    return midnight.replace(hour=hour, minute=minute, second=min(second, 59) if second <= 60 else second)


def _fixed(text: str | None) -> timezone | None:
    """Return the zone of "z", "+05:30", "+0530" or "+05"."""
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, rest = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    minutes = int(hours) * 60 + int(rest)
    if minutes > 14 * 60 or int(rest) > 59:
        raise ValueError(text)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
