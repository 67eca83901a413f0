"""Build src/paraph/extract/data/gazetteer.tsv from the files of this folder and the CLDR's English territory names.

    python training/gazetteer/build.py [--check]

Needs the package ``babel`` (dependency group "train"), which carries the CLDR; nothing of it is needed when Paraph runs.
``--check`` writes nothing and fails where the file in the repository is not what would be built.

Columns of what is written: surface, kind, codes (separated by commas), flags. The flags are letters:

    w   weak: counts only where the same code is named by something else in the text
    s   the short form of a person's name: counts once the whole name was read, or after a title
    n   may be a given name or surname (Jordan, Chad, Paris)
    a   an acronym that is a word too: does not count in a line all in capitals (US, WHO)
    =   followed by the short form that a whole name introduces, to the end of the field
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parent.parent / "src" / "paraph" / "extract" / "data" / "gazetteer.tsv"

# Where one surface has several kinds the first of these wins, and a strong surface before a weak one.
ORDER = "none country bloc region demonym capital seat body person media firm product city short".split()
# Codes of the CLDR that are no country of their own in the guidelines, or are written in another way.
NOT_TERRITORIES = {
    "EU",
    "EZ",
    "UN",
    "XA",
    "XB",
    "ZZ",
    "QO",
    "AC",
    "CP",
    "DG",
    "IC",
    "TA",
    "EA",
    "CQ",
    "AQ",
    "BV",
    "HM",
    "UM",
}
# English territory names that are common words, given names or other places as well.
AMBIGUOUS_NAMES = set("Jordan Chad Georgia Israel Paris Sydney Kenya Washington Austin Florence Berlin London Dallas Houston "
                      "Virginia Carolina Holland Cyprus Madison Lincoln Darwin Wellington Santiago Sofia Victoria Brittany "
                      "Dane English French German Holland Ireland Wales Brazil India Kent Essex Melbourne Perth Adelaide "
                      "Aleppo Lima Vienna Rome Milan Tyre Sidon Jersey Alexandria".split())  # fmt: skip
ACRONYMS_THAT_ARE_WORDS = set("US WHO IT AID ICE CARE MIT FMS KIND SAMI BIS CIS ICO PIF ISI CEA".split())
# An acronym of a firm or product of this many letters at most has other meanings too: it counts only beside its country.
SHORT_ACRONYM = 5
# Single words that never stand for a person alone, for they are read as something else far more often.
NOT_SHORT = set(
    """May Case Price Will Sun An Do He To Sheikh Sultan Queen Pope Emir West East North South Power Day Minister President
    Secretary Ambassador Page Court Field House Board""".split()
)


def fold(surface: str) -> str:
    """Return the surface without accents, as many newsrooms write it."""
    plain = "".join(c for c in unicodedata.normalize("NFD", surface) if not unicodedata.combining(c))
    return plain.translate(
        str.maketrans(
            {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "ə": "a"}
        )
    )


def clean(surface: str) -> str:
    return re.sub(r"\s+", " ", surface.replace("’", "'").replace("‘", "'").replace("–", "-")).strip()


class Table:
    """Rows by surface; keeps the strongest kind of each."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, tuple[str, ...], str]] = {}
        self.folded: list[tuple[str, str, tuple[str, ...], str]] = []

    def add(self, surface: str, kind: str, codes: tuple[str, ...], flags: str = "") -> None:
        """Add a surface as it stands in a source file."""
        surface = clean(surface)
        if surface.endswith("?"):
            surface, flags = surface[:-1].strip(), "w" + flags
        # Found without its article as well as with it.
        if surface.startswith("the ") and surface[4:5].isupper() and not flags:
            surface = surface.removeprefix("the ")
        if len(surface) < 2 or not surface[0].isalnum() or not re.search("[A-Z0-9]", fold(surface)):
            return
        self.put(surface, kind, codes, flags)
        if fold(surface) != surface:
            self.folded.append((fold(surface), kind, codes, flags))

    def add_folded(self) -> None:
        """Add the forms without accents that are not listed themselves ("Malé" must not make a place of every "Male")."""
        listed = set(self.rows)
        for surface, kind, codes, flags in self.folded:
            if surface not in listed:
                self.put(surface, kind, codes, flags)

    def put(self, surface: str, kind: str, codes: tuple[str, ...], flags: str) -> None:
        """Put a surface into the table, against what is there already."""
        if (
            kind in ("firm", "product")
            and surface.isupper()
            and len(surface) <= SHORT_ACRONYM
            and surface.isalpha()
            and "w" not in flags
        ):
            flags = "w" + flags
        if surface in AMBIGUOUS_NAMES and "n" not in flags and kind != "short":
            flags += "n"
        if surface in ACRONYMS_THAT_ARE_WORDS:
            flags += "a"
        old = self.rows.get(surface)
        if old is None:
            self.rows[surface] = (kind, codes, flags)
            return
        weak, was_weak = flags.startswith("w"), old[2].startswith("w")
        if (kind == "short") != (old[0] == "short"):
            if kind != "short":
                self.rows[surface] = (kind, codes, flags)
        elif kind == old[0] == "short" or (weak and was_weak and kind == old[0]):
            self.rows[surface] = (kind, tuple(dict.fromkeys(old[1] + codes)), old[2])
        elif (weak, ORDER.index(kind)) < (was_weak, ORDER.index(old[0])):
            self.rows[surface] = (kind, codes, flags)


def lines(name: str) -> list[tuple[str, str]]:
    """Return (code, rest) of each line of a file of the form ``CODE: rest``; nothing where the file is missing."""
    path = HERE / name
    if not path.exists():
        print(f"{name}: missing, left out", file=sys.stderr)
        return []
    found = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            code, _, rest = line.partition(":")
            found.append((code.strip(), rest))
    return found


def countries(table: Table) -> None:
    kinds = ("country", "demonym", "capital", "seat", "city")
    for line in (HERE / "countries.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        code, *columns = (part.strip() for part in line.split("|"))
        for kind, column in zip(kinds, columns, strict=False):
            # A comma parts the surfaces, but "Washington, D.C." is one of them.
            column = re.sub(r"(Washington), (DC|D\.C\.)", r"\1@ \2", column)
            for surface in column.split(","):
                for form in surface.replace("@", ",").split("="):
                    # What it means is settled by the text (paraph.extract.gazetteer, _SENSES).
                    form = form.replace("Congo?", "Congo")
                    if form.strip() != "U.S.-based" and form.strip() != "US-based":
                        table.add(form, kind, (code,))


def people(table: Table) -> None:
    # A short form that several countries claim ("Lee") counts only once the whole name was read.
    claimed: dict[str, set[str]] = {}
    strong: list[tuple[str, str]] = []
    for code, rest in lines("people.txt"):
        for name in rest.split(";"):
            name = clean(name)
            if not name or name.endswith("!"):
                continue
            name, plus, extra = name.partition("+")
            first = name.startswith("^")
            name = name.lstrip("^").strip()
            weak = "w" if name.endswith("?") else ""
            name = name.rstrip("?").strip()
            before, star, after = name.partition("*")
            whole = clean(before + after)
            words = whole.split()
            if extra.strip():
                short = extra.strip()
            elif first:
                short = words[0]
            else:
                short = clean(after) if star else words[-1]
            if len(words) == 1 and not plus:
                table.add(whole, "person", (code,), weak)
                continue
            if short != whole:
                table.add(whole, "person", (code,), f"{weak}={short}")
            else:
                table.add(whole, "person", (code,), weak)
            claimed.setdefault(short, set()).add(code)
            if plus:
                strong.append((short, code))
            elif short not in NOT_SHORT and short != whole and len(short) > 1:
                table.add(short, "short", (code,), "s")
    for short, code in strong:
        alone = len(claimed[short]) == 1
        table.add(short, "person" if alone else "short", (code,), "" if alone else "s")


def simple(table: Table, name: str, kind: str) -> None:
    for code, rest in lines(name):
        codes = tuple(part.strip() for part in code.split(","))
        for surface in rest.split(";"):
            if surface.strip():
                table.add(surface, kind, codes)


# Short names that the guidelines' files write in another way than blocs.txt.
BLOC_CODES = {"International Tin Council": "ITC", "NDB": "New Development Bank", "Pacific Islands Forum": "PIF"}
# Groups that are no party of their own: a deal with "the Baltic states" lists the three.
EXPANDED = {"Quad", "AUKUS", "Five Eyes", "I2U2", "E3", "Central Asia", "C5+1", "Baltic states", "Nordic countries", "Benelux",
            "Weimar Triangle",
            "Gulf states", "South Caucasus", "G5", "Visegrad Four", "AES", "ANZUS"}  # fmt: skip


def blocs(table: Table) -> None:
    members = {
        name.rstrip("?"): tuple(code.strip() for code in rest.split(",")) for name, rest in lines("blocs_members.txt")
    }
    for code, rest in lines("blocs.txt"):
        codes = members.get(code, (code,)) if code in EXPANDED else (BLOC_CODES.get(code, code),)
        for surface in rest.split(";"):
            if surface.strip():
                table.add(surface, "bloc", codes)


def cldr(table: Table) -> None:
    from babel import Locale

    for code, name in Locale("en").territories.items():
        if code.isdigit() or code in NOT_TERRITORIES:
            continue
        for form in {name, name.replace("&", "and"), re.sub(r" \(.*\)", "", name)}:
            if not re.search(r"[()]", form) and form not in table.rows and form != "Congo - Kinshasa":
                table.add(form, "country", (code,))


def build() -> str:
    table = Table()
    countries(table)
    blocs(table)
    simple(table, "regions.txt", "region")
    simple(table, "bodies.txt", "body")
    people(table)
    simple(table, "media.txt", "media")
    simple(table, "firms.txt", "firm")
    simple(table, "products.txt", "product")
    for line in (HERE / "none.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            for surface in line.split(";"):
                table.add(surface, "none", ())
    cldr(table)
    table.add_folded()
    rows = sorted((surface, *row) for surface, row in table.rows.items())
    head = "# Built by training/gazetteer/build.py; licences in NOTICE. Columns: surface, kind, codes, flags.\n"
    return head + "".join(f"{surface}\t{kind}\t{','.join(codes)}\t{flags}\n" for surface, kind, codes, flags in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is out of date")
    text = build()
    if parser.parse_args().check:
        return int(TARGET.read_text("utf-8") != text)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, "utf-8")
    print(f"{TARGET}: {text.count(chr(10)) - 1} surfaces")
    return 0


if __name__ == "__main__":
    sys.exit(main())
