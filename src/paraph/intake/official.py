"""Is a document itself an official paper, and whose? By cues kept as data; in doubt it is a report.

It matters because an official paper's own voice is its issuer's, and because it settles what a preview only hinted at. A
news report *about* a joint statement is a report: a title counts only where it is the paper's own name, an address where
the host is an authority's, and a text where its head is written as papers are or all of it as agreements are. Which sort
of paper it is says ``paraph.intake.papers``. Not handled: papers quoted in full within
a report, papers of companies, of parties and of parliaments.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from paraph.intake.papers import NAMES, is_signed_text
from paraph.model import Kind

__all__ = ["HOSTS", "ISSUERS", "document_kind"]

# Hosts of authorities and the issuer's usual name; subdomains count as well.
HOSTS: dict[str, str | None] = {
    "mea.gov.in": "Ministry of External Affairs",
    "pib.gov.in": "Press Information Bureau",
    "pmindia.gov.in": "Prime Minister's Office",
    "whitehouse.gov": "White House",
    "state.gov": "US Department of State",
    "defense.gov": "US Department of Defense",
    "war.gov": "US Department of War",
    "commerce.gov": "US Department of Commerce",
    "treasury.gov": "US Department of the Treasury",
    "energy.gov": "US Department of Energy",
    "ustr.gov": "US Trade Representative",
    "kremlin.ru": "Kremlin",
    "mid.ru": "Russian Foreign Ministry",
    "government.ru": "Russian Government",
    "fmprc.gov.cn": "Chinese Foreign Ministry",
    "mfa.gov.cn": "Chinese Foreign Ministry",
    "mofcom.gov.cn": "Chinese Ministry of Commerce",
    "mofa.go.jp": "Japanese Ministry of Foreign Affairs",
    "kantei.go.jp": "Prime Minister's Office of Japan",
    "mofa.go.kr": "South Korean Ministry of Foreign Affairs",
    "gov.uk": "UK Government",
    "number10.gov.uk": "Prime Minister's Office",
    "pm.gc.ca": "Prime Minister of Canada",
    "elysee.fr": "Élysée",
    "diplomatie.gouv.fr": "French Foreign Ministry",
    "bundesregierung.de": "German Government",
    "bmwk.de": "German Ministry for Economic Affairs",
    "bmwe.de": "German Ministry for Economic Affairs",
    "bmvg.de": "German Ministry of Defence",
    "auswaertiges-amt.de": "German Foreign Office",
    "pm.gov.au": "Prime Minister of Australia",
    "consilium.europa.eu": "Council of the European Union",
    "ec.europa.eu": "European Commission",
    "eeas.europa.eu": "European External Action Service",
    "president.gov.ua": "Office of the President of Ukraine",
    "mfa.gov.tr": "Turkish Foreign Ministry",
    "akorda.kz": "President of Kazakhstan",
    "asean.org": "ASEAN Secretariat",
    "nato.int": "NATO",
    "un.org": "United Nations",
    "esa.int": "ESA",
    "iaea.org": "IAEA",
}
# Endings of hosts that only authorities get; the issuer is then the publisher as the page names it. State media under such
# a host (english.www.gov.cn reprints Xinhua) still speak for the state.
_STATE_SUFFIXES = re.compile(
    r"(?:^|\.)(?:gov|mil|gov\.[a-z]{2}|go\.[a-z]{2}|gob\.[a-z]{2}|gouv\.[a-z]{2}|govt\.nz|nic\.in|gc\.ca|admin\.ch|gv\.at|europa\.eu)$"
)

# Issuers as publishers call themselves; the pattern must be the beginning of the publisher's name.
ISSUERS: tuple[tuple[str, str | None], ...] = (
    (r"(?:the )?white house\b", "White House"),
    (r"(?:the )?kremlin\b|president of russia\b", "Kremlin"),
    (r"(?:pib|press information bureau)\b", "Press Information Bureau"),
    (r"mea\b", "Ministry of External Affairs"),
    (r"(?:[a-z]{1,20} ){0,3}ministry of ", None),
    (r"(?:[a-z]{1,20} ){0,2}(?:foreign|defen[cs]e|trade|finance|energy|commerce) ministry\b", None),
    (r"(?:u\.?s\.? |united states )?department of (?!economics|political|history)", None),
    (r"(?:embassy|consulate|high commission|permanent mission) of ", None),
    (r"(?:[a-z]{1,20} ){1,3}(?:embassy|high commission)\b", None),
    (r"(?:the )?(?:prime minister'?s?|president'?s?) office\b|office of the (?:prime minister|president|spokes)", None),
    (r"(?:council of the european union|european (?:commission|council|external action service))\b", None),
    (r"government of |prime minister of |president of the ", None),
)

_ISSUERS = tuple((re.compile(pattern, re.IGNORECASE), usual) for pattern, usual in ISSUERS)
# Where a publisher's name ends and what somebody added to it begins.
_ADDED = re.compile(r"\s(?:\(|via\b|read-?out\b|fact ?sheet\b)|,", re.IGNORECASE)

# Titles that are a paper's own name.
_PAPER = "|".join(f"(?:{name})" for names in NAMES.values() for name in names)

# "Joint Statement on …", "FACT SHEET: …", "Transcript of …", "Full text: …"; the name of the paper leads.
_LEADS = re.compile(
    rf"(?:full text(?: of)?:? ?(?:the )?)?(?:[\w’'–-]{{1,20}} ){{0,4}}?(?:{_PAPER})"
    rf"(?:\s?[:–—-]\s|\s?$|\s(?:on|of|by|between|from|following|after|issued|at|regarding|concerning"
    rf"|adopted|in connection|with|during|to mark|and)\b|\s?\()",
    re.IGNORECASE,
)
# Words that make a title a report about a paper, wherever they stand in it.
_ABOUT = re.compile(
    r"\b(?:says?|said|tells?|told|skips?|omits?|leaves?|left|ignores?|mentions?|(?<!['’]s )calls?|reveals?|explained?|analysis"
    r"|opinion|what|why|how|key takeaways?|takeaways?|highlights?|at a glance|glance|here'?s|according|silent|missing|slams?"
    r"|hails?|reacts?|vs|after joint|issues?|issued|release[sd]|published|summary|decoded|questions?)\b",
    re.IGNORECASE,
)

_JOINT = re.compile(r"\bjoint (?:\w{1,12} )?(?:statement|communiqu[eé]|declaration)\b", re.IGNORECASE)

# What only states write, so that it needs no issuer.
_STATELY = re.compile(
    r"\b(?:list of outcomes|outcomes? (?:list|document)|summit declaration|agreed minutes"
    r"|list of (?:agreements|documents|mous)(?:(?:/| and )(?:mous|agreements|documents))? (?:signed|exchanged|adopted)"
    r"|read-?out (?:of|on|from) (?:the )?(?:president|vice president|prime minister|foreign minister|secretary))\b",
    re.IGNORECASE,
)

# Between whom an agreement is a matter of states; contracts of firms have the same set phrases.
_STATES = re.compile(
    r"\b(?:government|republic|kingdom|federation|ministry|united states|union|commission|state of)\b", re.IGNORECASE
)

# How papers begin, within their first lines; an authority's host or name is not needed with these. Each is tried at the
# beginning of a line.
_HEADS = re.compile(
    r"for immediate release\b|office of the (?:spokesperson|press secretary|prime minister)\b|(?:news|press|media) release\b"
    r"|fact ?sheet:|read-?out (?:of|from) |joint (?:statement|declaration|communiqu[eé])\b"
    r"|at the invitation of (?:the |his |her )?(?:[\w.’'-]{1,20} ){0,6}?(?:president|prime minister|excellency|majesty)\b"
    r"|the (?:leaders|governments|heads of state|ministers) of .{3,80}(?:met|held|adopted|issued|concluded|declare|have agreed)\b"
    r"|(?:the )?following (?:is|are) the (?:text|list|outcomes|english)\b|we, the (?:leaders|heads|ministers)\b",
    re.IGNORECASE,
)
_HEAD_LINES = 4
_HEAD_CHARS = 400

# Who stands in a head as issuer.
_NAMED = re.compile(
    r"(?:the )?(white house|kremlin|european commission|european council|ministry of [a-z]{1,20}(?: [a-z]{1,20}){0,2}"
    r"|\b[a-z]{1,20} foreign ministry|office of the (?:prime minister|president|spokesperson|press secretary)"
    r"|government of (?:the )?[a-z]{1,20}|department of (?:state|defen[cs]e|commerce|energy|the treasury)"
    r"|prime minister'?s office)\b",
    re.IGNORECASE,
)
_LEADERS = re.compile(
    r"(the leaders of .{3,80}?) (?:met|held|adopted|issued|concluded|declare|have agreed)\b", re.IGNORECASE
)

# A press agency's dateline or a reporter's verbs in the head make a report of it, whatever its title says.
_REPORTED = re.compile(
    r"\((?:reuters|ap|afp|ani|pti|ians|uni|tass|xinhua|bloomberg|upi)\)|\b(?:told reporters|sources said|according to a joint|"
    r"a joint statement (?:said|issued|released)|(?:said|says) (?:on|in a) |reported on)\b",
    re.IGNORECASE,
)


def document_kind(title: str | None, text: str, url: str | None, publisher: str | None) -> tuple[Kind, str | None]:
    """Return whether a document is an official paper or a report, and the issuer as named (None where it is not)."""
    host = _host(url)
    issuer, authority = _by_host(host)
    named = _by_publisher(publisher)
    if named is not None:
        issuer, authority = named or issuer, True
    elif authority and issuer is None and publisher:
        issuer = publisher.strip()
    head = "\n".join(text[: 4 * _HEAD_CHARS].split("\n")[:_HEAD_LINES])[: 2 * _HEAD_CHARS]
    title = " ".join((title or "").split())[:_HEAD_CHARS]
    joint = _JOINT.search(title) is not None
    if authority:
        return Kind.OFFICIAL, (_leaders_in(head) if joint else None) or issuer
    if _REPORTED.search(head):
        return Kind.REPORT, None
    if is_signed_text(title, text) and _STATES.search(f"{title}\n{head}"):
        return Kind.OFFICIAL, _issuer_in(title, head)
    leads = _LEADS.match(title) is not None and _ABOUT.search(title) is None
    lines = [line for line in head.split("\n") if line.strip() != title]
    begins = any(_HEADS.match(line.lstrip(" -*0123456789.")) for line in lines)
    if (leads and (begins or _is_paper_like(text))) or (begins and not _ABOUT.search(title) and _is_paper_like(text)):
        issuer = _issuer_in(title, head)
        # A release whose issuer is nobody known is a company's, unless states speak in it jointly.
        return (Kind.OFFICIAL, issuer) if issuer or joint or _STATELY.search(title) else (Kind.REPORT, None)
    return Kind.REPORT, None


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "").lower() if url else ""
    except ValueError:
        return ""


def _by_host(host: str) -> tuple[str | None, bool]:
    labels = host.split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if name in HOSTS:
            return HOSTS[name], True
    return None, _STATE_SUFFIXES.search(host) is not None


def _by_publisher(publisher: str | None) -> str | None:
    """Return the issuer that a publisher is, "" where it is one without a usual name of its own, None where it is none."""
    name = " ".join((publisher or "").split())[:_HEAD_CHARS]
    for pattern, usual in _ISSUERS:
        if found := pattern.match(name):
            if usual is not None:
                return usual
            bare = _ADDED.split(name[found.end() :], maxsplit=1)[0]
            return (name[: found.end()] + bare).strip()
    return None


# Reporting verbs per 100 words: reports of the news have 1 and more, papers hardly any.
_REPORTING = re.compile(r"\b(?:said|told|added|reported|according to|sources)\b", re.IGNORECASE)
_REPORTING_SHARE = 0.006
_ENOUGH_WORDS = 40
_LOOKED_AT = 6_000


def _is_paper_like(text: str) -> bool:
    sample = text[:_LOOKED_AT]
    words = sample.count(" ") + sample.count("\n") + 1
    return words >= _ENOUGH_WORDS and sum(1 for _ in _REPORTING.finditer(sample)) <= _REPORTING_SHARE * words


def _issuer_in(title: str, head: str) -> str | None:
    if found := _NAMED.search(head) or _NAMED.search(title):
        return found[1]
    return _leaders_in(head)


def _leaders_in(head: str) -> str | None:
    found = _LEADERS.search(head)
    return found[1][0].upper() + found[1][1:] if found else None
