"""Names of time zones to offsets, as bylines use them.

Abbreviations are not unique: IST is India's unless the page is Israeli or Irish, BST Britain's unless it is Bangladeshi,
CST America's unless it is Chinese. ``COUNTRY`` holds those exceptions. Names that stand for a place and not for an offset
("ET", "London time") follow the summer-time rules of the United States (since 2007) and the European Union (since 1996),
written out here so that no zone database has to be installed; dates before those years may be an hour off. Other
countries' summer time is known only where its abbreviation says so (AEDT, IDT, NZDT). Historic offsets are not handled.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

__all__ = ["NAMES", "zone"]

_H = 60

# Minutes east of Greenwich; "us:" and "eu:" stand for a standard offset with that summer time.
NAMES: dict[str, int | str] = {
    **dict.fromkeys(("utc", "gmt", "z", "ut", "wet", "greenwich mean time", "coordinated universal time"), 0),
    **dict.fromkeys(("bst", "british summer time", "cet", "wat", "central european standard time", "west"), _H),
    **dict.fromkeys(
        ("cest", "central european summer time", "eet", "cat", "sast", "south african standard time"), 2 * _H
    ),
    **dict.fromkeys(
        ("idt", "eest", "msk", "moscow time", "moscow standard time", "trt", "eat", "east africa time"), 3 * _H
    ),
    **dict.fromkeys(
        ("istanbul time", "turkish time", "ankara time", "nairobi time", "riyadh time", "doha time"), 3 * _H
    ),
    **dict.fromkeys(("arabia standard time", "makkah time", "mecca time", "minsk time"), 3 * _H),
    **dict.fromkeys(("irst", "tehran time"), 3 * _H + 30),
    **dict.fromkeys(("gst", "gulf standard time", "dubai time", "uae time", "azt", "baku time", "get", "samt"), 4 * _H),
    "aft": 4 * _H + 30,
    **dict.fromkeys(
        ("pkt", "pakistan standard time", "islamabad time", "uzt", "tashkent time", "tmt", "tjt", "yekt"), 5 * _H
    ),
    **dict.fromkeys(("mvt", "astana time"), 5 * _H),
    **dict.fromkeys(
        ("ist", "india standard time", "indian standard time", "india time", "delhi time", "slst"), 5 * _H + 30
    ),
    **dict.fromkeys(("npt", "nepal time"), 5 * _H + 45),
    **dict.fromkeys(("bdt", "bangladesh standard time", "dhaka time", "btt", "kgt"), 6 * _H),
    **dict.fromkeys(("mmt", "myanmar standard time"), 6 * _H + 30),
    **dict.fromkeys(
        ("ict", "wib", "indochina time", "bangkok time", "hanoi time", "jakarta time", "vietnam time"), 7 * _H
    ),
    **dict.fromkeys(
        ("sgt", "singapore time", "singapore standard time", "hkt", "hong kong time", "myt", "wita"), 8 * _H
    ),
    **dict.fromkeys(("pht", "phst", "pst (philippines)", "manila time", "philippine standard time", "awst"), 8 * _H),
    **dict.fromkeys(("beijing time", "china standard time", "taipei time", "irkt", "ulat"), 8 * _H),
    **dict.fromkeys(
        ("jst", "japan standard time", "tokyo time", "kst", "korea standard time", "seoul time", "wit"), 9 * _H
    ),
    "acst": 9 * _H + 30,
    **dict.fromkeys(("aest", "vlat", "chst", "australian eastern standard time"), 10 * _H),
    "acdt": 10 * _H + 30,
    **dict.fromkeys(("aedt", "australian eastern daylight time", "sakt"), 11 * _H),
    **dict.fromkeys(("nzst", "fjt", "pett"), 12 * _H),
    "nzdt": 13 * _H,
    **dict.fromkeys(("nst", "newfoundland standard time"), -3 * _H - 30),
    "ndt": -2 * _H - 30,
    **dict.fromkeys(("adt", "brt", "art", "clst", "uyt", "brasilia time", "buenos aires time"), -3 * _H),
    **dict.fromkeys(("ast", "atlantic standard time", "edt", "eastern daylight time", "clt", "vet", "bot"), -4 * _H),
    **dict.fromkeys(("est", "eastern standard time", "cdt", "central daylight time", "cot", "pet", "ect"), -5 * _H),
    **dict.fromkeys(("cst", "central standard time", "mdt", "mountain daylight time"), -6 * _H),
    **dict.fromkeys(("mst", "mountain standard time", "pdt", "pacific daylight time"), -7 * _H),
    **dict.fromkeys(("pst", "pacific standard time", "akdt"), -8 * _H),
    "akst": -9 * _H,
    **dict.fromkeys(("hst", "hawaii standard time"), -10 * _H),
    **dict.fromkeys(("et", "eastern time", "new york time", "washington time", "eastern"), "us:-300"),
    **dict.fromkeys(("ct", "central time"), "us:-360"),
    **dict.fromkeys(("mt", "mountain time"), "us:-420"),
    **dict.fromkeys(("pt", "pacific time"), "us:-480"),
    **dict.fromkeys(("london time", "uk time", "british time", "dublin time", "lisbon time"), "eu:0"),
    **dict.fromkeys(
        ("paris time", "brussels time", "berlin time", "central european time", "rome time", "madrid time"), "eu:60"
    ),
    **dict.fromkeys(("kyiv time", "kiev time", "athens time", "helsinki time", "eastern european time"), "eu:120"),
}

# What an abbreviation means on a page of one country.
COUNTRY: dict[tuple[str, str], int | str] = {
    ("ist", "IL"): 2 * _H,
    ("ist", "IE"): _H,
    ("bst", "BD"): 6 * _H,
    **{("cst", country): 8 * _H for country in ("CN", "TW", "HK", "MO")},
    **{("ast", country): 3 * _H for country in ("SA", "KW", "QA", "BH", "IQ", "YE")},
    ("pst", "PH"): 8 * _H,
    ("pst", "PK"): 5 * _H,
    ("mst", "MY"): 8 * _H,
    ("mst", "MM"): 6 * _H + 30,
    ("sst", "SG"): 8 * _H,
    ("est", "AU"): 10 * _H,
    ("edt", "AU"): 11 * _H,
    ("amt", "AM"): 4 * _H,
    ("get", "GE"): 4 * _H,
}

_SUNDAY = 6


def zone(name: str, country: str | None, local: datetime) -> timezone | None:
    """Return the offset that ``name`` (lower case) stands for at ``local`` on a page of ``country``, or None.

    ``country`` is an ISO 3166 alpha-2 code or None; ``local`` is a time without zone, needed for summer time.
    """
    meant = COUNTRY.get((name, country or ""), NAMES.get(name))
    if meant is None:
        return None
    if isinstance(meant, str):
        rule, minutes = meant.split(":")
        summer = _american_summer(local) if rule == "us" else _european_summer(local, int(minutes))
        meant = int(minutes) + 60 * summer
    return timezone(timedelta(minutes=meant))


def _nth_sunday(year: int, month: int, nth: int) -> datetime:
    first = datetime(year, month, 1)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (nth - 1))


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31)
    return last - timedelta(days=(last.weekday() - _SUNDAY) % 7)


def _american_summer(local: datetime) -> bool:
    begins = _nth_sunday(local.year, 3, 2) + timedelta(hours=2)
    ends = _nth_sunday(local.year, 11, 1) + timedelta(hours=2)
    return begins <= local < ends


def _european_summer(local: datetime, standard: int) -> bool:
    # The change is at 01:00 UTC everywhere, that is at a local hour that depends on the standard offset.
    change = timedelta(hours=1, minutes=standard)
    return _last_sunday(local.year, 3) + change <= local < _last_sunday(local.year, 10) + change
