"""How texts speak of visits and summits: patterns over a masked sentence, in which names and days are single marks.

A mark is two letters of the private use area: the first tells the kind (person, place, nation, bloc, days), the second the
number in the sentence. So a pattern reads "Putin's two-day visit to New Delhi" as *person*'s two-day visit to *place*. The
patterns were written for this task and set by eye on gold/train; every repeat is bounded.
"""

from __future__ import annotations

import re

__all__ = ["CALLED", "CITY", "DAYS", "KINDS", "MARK", "MOST_MARKS", "PATTERNS", "PRIVATE", "mark", "number_of"]

_KIND, _NUMBER = 0xE000, 0xE100
# More names and days than this in one sentence are not marked; a sentence has 1,500 code points at most.
MOST_MARKS = 200
PRIVATE = re.compile("[\ue000-\uf8ff]")
# The kinds of the gazetteer that matter here, and what they are to a visit.
KINDS = {"person": "p", "country": "g", "capital": "g", "city": "g", "seat": "g", "demonym": "n", "bloc": "b"}


def mark(kind: str, number: int) -> str:
    """Return the mark of the ``number``-th name of a sentence; ``kind`` is p, g, n, b or t (days)."""
    return chr(_KIND + ord(kind)) + chr(_NUMBER + number)


def number_of(mark: str) -> int:
    """Return the number that a mark carries."""
    return ord(mark[-1]) - _NUMBER


def _any(kinds: str) -> str:
    return f"[{''.join(chr(_KIND + ord(kind)) for kind in kinds)}][{chr(_NUMBER)}-{chr(_NUMBER + MOST_MARKS)}]"


_P, _G, _N, _B, _T = (_any(kind) for kind in "pgnbt")
MARK = re.compile(f"({_any('pgnbt')})")
DAYS = re.compile(_T)
CITY = re.compile(rf"\b[Ii]n {_G}")

# A word that is no mark, or a mark.
_W = rf"(?:{_any('pgnbt')}|[^\s,;:.()\ue000-\uf8ff]{{1,30}})"
_WORD = r"[^\s,;:.()\ue000-\uf8ff]{1,20}"
_NAMES = r"(?:[A-Z][\w’'-]{1,20}(?: |\b)){1,3}"

_OFFICE = (
    r"(?:[Pp]rime [Mm]inister|[Pp]resident|[Cc]hancellor|[Pp]remier|[Ll]eader|[Cc]ounterpart|[Cc]rown [Pp]rince|[Kk]ing|[Ee]mir"
    r"|PM|[Ss]ecretary of [Ss]tate|(?:[Ff]oreign|[Dd]efen[cs]e|[Tt]rade|[Ee]xternal [Aa]ffairs|[Ee]nergy|[Cc]ommerce)"
    r" (?:[Mm]inister|[Ss]ecretary))"
)
# The name of somebody who is not in the gazetteer, by his office: "Ruritanian President Anna Holm".
CALLED = re.compile(rf"{_OFFICE} ({_NAMES})$")

# Who comes: a person that is known, an office of a nation, or what a bloc sends.
_WHO = (
    rf"(?P<who>{_N} {_OFFICE},? {_P}|{_P}|{_N} {_OFFICE}(?: {_NAMES})?|{_OFFICE} of (?:the )?{_G}"
    rf"|leaders? of (?:the )?{_B}|{_B})"
)
_OTHER = _WHO.replace("?P<who>", "?P<other>")
# What may stand between a name and its verb.
_ASIDE = rf"(?:, [^,;.]{{1,80}},)?(?: and (?:{_W} ){{0,4}}?{_W})?"

_VISIT = r"(?:visit|trip|tour|journey|stay)s?"
_AND = r"(?:, and|,| and then| and on to| and)(?: the)? "
_PLACES = rf"(?P<hosts>(?:the )?(?:{_G}|{_N} capital|{_N} soil)(?:{_AND}{_G}){{0,4}})"
_ALIKE = r"(?:set|due|scheduled|expected|likely|slated|about)"
_GOES = (
    rf"(?:(?:to|will|(?:is|are) {_ALIKE} to|plans to|was to|would|is|are|will be|wants to) )?(?:also )?(?:"
    r"(?:travel(?:s|l?ing|l?ed)? (?:on )?to|visit(?:s|ing|ed)?|fl(?:y|ies|ying|ew) (?:in)?to|head(?:s|ing|ed)? (?:to|for)"
    r"|com(?:es?|ing) to|came to|go(?:es|ing)? to|went to|arriv(?:e|es|ing|ed) (?:in|at)|land(?:s|ing|ed)? (?:in|at|on)"
    r"|touch(?:es|ed) down (?:in|on)|sets? off (?:for|to)|le(?:aves|ft|aving) for|be in|due in|is in|will be in)"
    rf"|on an? (?:{_WORD} ){{0,3}}{_VISIT} (?:to|of)"
    r"|(?:begins?|starts?|opens|began|kicks? off|makes?|pays?|paid|made|undertakes?|embark(?:s|ed|ing)? on)"
    rf" (?:(?:his|her|an?|the) )?(?:{_WORD} ){{0,4}}{_VISIT} (?:to|of|in)|leads? an? (?:{_WORD} ){{0,4}}delegation to)"
)
_RECEIVES = (
    rf"(?:(?:will|(?:is|are) {_ALIKE} to) )?"
    r"(?:hosts?|receives?|welcomes?|plays? host to|hosted|received|welcomed)"
)
_MEETS = rf"(?:(?:will|(?:is|are) {_ALIKE} to) )?(?:meets?|sits? down with|holds? (?:{_WORD} )?talks with)"
_PAIR = rf"(?:{_G}|{_B}|{_N}|{_P})"

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Putin's two-day visit to New Delhi; Modi's June 22 state visit to the United States
        rf"{_WHO}(?:['’]s?)?(?: {_W}){{0,6}}? {_VISIT}(?: {_W}){{0,4}}? (?:to|in|of) {_PLACES}",
        # Modi, on his first visit to Japan
        rf"{_WHO}, (?:who is )?on (?:his|her|an?) (?:{_WORD} ){{0,4}}{_VISIT} (?:to|of|in) {_PLACES}",
        # Putin's India visit
        rf"{_WHO}(?:['’]s?)?(?: {_W}){{0,4}}? (?P<hosts>{_G}) {_VISIT}\b",
        # the visit of President Putin to India; a visit by Modi to Paris
        rf"{_VISIT} (?:of|by) (?:the )?(?:{_W} ){{0,4}}?{_WHO}(?: {_W}){{0,3}}? (?:to|in) {_PLACES}",
        # the five-day China visit of Prime Minister Sharif
        rf"(?P<hosts>{_G}) {_VISIT} (?:of|by) (?:the )?(?:{_W} ){{0,4}}?{_WHO}",
        # a state visit to China by Putin
        rf"{_VISIT} to {_PLACES} (?:of|by) (?:the )?(?:{_W} ){{0,4}}?{_WHO}",
        # Putin will travel to India; Tokayev, president of Kazakhstan, will be in Russia
        rf"{_WHO}(?:, who|{_ASIDE})(?: {_T})?(?: on)? {_GOES} {_PLACES}",
        # Modi left on Wednesday, July 23, for a trip that takes him to the United Kingdom
        rf"{_WHO}{_ASIDE} (?:left|leaves|sets off)(?: {_W},?){{0,6}}? (?:for|on) an? (?:{_W} ){{1,8}}?"
        rf"(?:to|takes (?:him|her) to) {_PLACES}",
        # Starmer plays host to Modi in London; India hosts Putin
        rf"{_OTHER}{_ASIDE} {_RECEIVES} (?:the )?(?:{_W} ){{0,5}}?{_WHO}(?:(?: {_W}){{0,4}}? (?:in|at) {_PLACES})?",
        rf"(?P<hosts>{_G}) {_RECEIVES} (?:the )?(?:{_W} ){{0,5}}?{_WHO}",
        # Putin meets Modi in Delhi
        rf"{_OTHER}{_ASIDE} {_MEETS} (?:the )?(?:{_W} ){{0,5}}?{_WHO},?(?: {_W}){{0,4}}? (?:in|at) {_PLACES}",
        # the leaders of Japan and the EU hold a summit in Tokyo; the summit between India and Japan in Tokyo
        rf"(?P<pair>{_PAIR}(?:-|–|,? and (?:the )?|, ){_PAIR})(?: {_W}){{0,6}}? (?:summit|talks)"
        rf"(?: {_W}){{0,4}}? (?:in|at) {_PLACES}",
        rf"(?:summit|talks) (?:between|of) (?P<pair>{_PAIR} and (?:the )?{_PAIR})(?: {_W}){{0,6}}? (?:in|at) {_PLACES}",
        # India and the EU hold their summit; where, is not told
        rf"(?P<pair>(?:{_G}|{_B}|{_N})(?:-|–| and (?:the )?)(?:{_G}|{_B}|{_N}))(?: {_W}){{0,6}}? summit\b",
        # the summit of the SCO in Tianjin; the SCO summit that opens in Tianjin
        rf"(?P<bloc>{_B})(?: {_WORD}){{0,3}}? [Ss]ummit(?: {_W}){{0,6}}? in {_PLACES}",
        rf"[Ss]ummit of (?:the )?(?P<bloc>{_B})(?: {_W}){{0,6}}? in {_PLACES}",
    )
)
