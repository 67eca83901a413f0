"""Signals as PLOVER events, for those who count events.

PLOVER (Political Language Ontology for Verifiable Event Records, Open Event Data Alliance) codes what happened between
states in sixteen kinds of event. What a signal's stage, whether it lies ahead and its instrument come to there stands in
data/plover.tsv, one row a combination with its reason; the sector gives the context. The names are those of the manual
and of the table CAMEO2PLOVER of 17 September 2021.

What is lost: PLOVER has no place for certainty but the contexts ``future`` and ``hypothetical``, none for who said it, and
does not link events into deals; so a record carries the signal's own id, stage, certainty and source beside the codes.
Source and recipient are not told apart in an agreement, so that all parties are sources, as PLOVER has it for reciprocal
events.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from paraph.model import Certainty, Instrument, Sector, Sighting, Stage

__all__ = ["CONTEXTS", "Coding", "coding_of", "codings", "event_of"]

# The context that a sector gives (the manual's general contexts). PLOVER has none for space, health as care, or technology
# as such; ``cbrn`` is for weapons and attacks, so civil nuclear power is economic.
CONTEXTS: dict[Sector, tuple[str, ...]] = {
    Sector.DEFENCE: ("military",),
    Sector.NUCLEAR: ("economic", "resource"),
    Sector.SPACE: (),
    Sector.ENERGY: ("economic", "resource"),
    Sector.TECHNOLOGY: ("economic",),
    Sector.TRADE: ("economic",),
    Sector.FINANCE: ("economic",),
    Sector.INDUSTRY: ("economic",),
    Sector.TRANSPORT: ("economic",),
    Sector.AGRICULTURE: ("economic",),
    Sector.HEALTH: (),
    Sector.PEOPLE: ("culture",),
    Sector.ENVIRONMENT: ("enviro_disaster",),
    Sector.SECURITY: ("legal",),
    Sector.POLITICS: ("diplomatic",),
}


@dataclass(frozen=True, slots=True)
class Coding:
    """One row of the table: what a combination of stage, ahead and instrument is in PLOVER.

    ``fit`` is ``close`` where PLOVER means the same, ``loose`` where it is the nearest there is; ``reason`` says why.
    """

    stage: Stage
    ahead: bool
    instrument: Instrument
    event: str
    mode: str
    fit: str
    reason: str


@cache
def codings() -> tuple[Coding, ...]:
    """Return the whole table, one row for every combination, in the order of the words in the model."""
    text = (files("paraph.desk") / "data" / "plover.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Coding(Stage(stage), ahead == "yes", Instrument(instrument), event, mode, fit, reason)
        for stage, ahead, instrument, event, mode, fit, reason in rows
    )


def coding_of(stage: Stage, ahead: bool, instrument: Instrument) -> Coding:
    """Return the row for a combination."""
    return _index()[stage, ahead, instrument]


def event_of(sighting: Sighting) -> dict[str, Any]:
    """Return the sighting as a PLOVER record of JSON-ready values.

    Countries stand with their ISO 3166 alpha-3 code, armed groups as ``IMG``, blocs and organisations as ``IGO``, each
    with its name. ``mode`` and ``context`` are empty where nothing is known; several contexts are joined with a comma.
    """
    signal = sighting.signal
    row = coding_of(signal.stage, signal.ahead, signal.instrument)
    context = list(CONTEXTS[signal.sector])
    if signal.certainty is Certainty.POSSIBLE:
        context.append("hypothetical")
    elif signal.ahead:
        context.append("future")
    return {
        "id": f"PARAPH-{sighting.id}",
        "date": sighting.day.isoformat(),
        "source": [_actor(party) for party in signal.parties],
        "recipient": [],
        "event": row.event,
        "mode": row.mode,
        "context": ", ".join(context),
        "fit": row.fit,
        "eventText": signal.anchor,
        "text": sighting.quote,
        "publication": sighting.publisher,
        "url": sighting.url,
        "document": sighting.document,
        "stage": str(signal.stage),
        "ahead": signal.ahead,
        "certainty": str(signal.certainty),
        "source_type": str(signal.source_type),
        "speaker": signal.source,
        "instrument": str(signal.instrument),
        "sector": str(signal.sector),
    }


def _actor(party: str) -> dict[str, str]:
    return {"actorText": party, "code": _ALPHA3.get(party) or ("IMG" if party in _ARMED else "IGO")}


@cache
def _index() -> dict[tuple[Stage, bool, Instrument], Coding]:
    return {(row.stage, row.ahead, row.instrument): row for row in codings()}


# Armed groups that are parties to deals; PLOVER codes them apart from organisations of states.
_ARMED = frozenset("Al-Shabaab FARC Hamas Hezbollah Houthis M23 PKK RSF Taliban".split())

# ISO 3166-1, alpha-2 and alpha-3 of each country in one word; XK is Kosovo as others than ISO write it.
_ALPHA3 = {
    both[:2]: both[2:]
    for both in """
    ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB
    BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR
    BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR
    CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK
    FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
    GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN
    ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO
    LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
    MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER
    NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
    PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
    SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF
    TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY
    UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE
    """.split()
}
