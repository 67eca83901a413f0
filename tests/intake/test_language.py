"""English or not, and what else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from paraph.intake.language import MIN_WORDS, detect, is_english, name_of, words_in

ENGLISH = (
    "The two governments said that they had signed an agreement on the supply of gas, and that the ministers would meet "
    "again before the end of the year to discuss what remains open between them."
)
OTHERS = {
    "de": "Die beiden Regierungen haben ein Abkommen über die Lieferung von Gas unterzeichnet, und die Minister wollen sich "
    "noch vor dem Ende des Jahres wieder treffen, um über die offenen Fragen zu sprechen.",
    "fr": "Les deux gouvernements ont signé un accord sur la livraison de gaz et les ministres veulent se revoir avant la fin "
    "de l'année pour parler des questions qui restent ouvertes entre les deux pays voisins.",
    "es": "Los dos gobiernos firmaron un acuerdo sobre el suministro de gas y los ministros quieren reunirse de nuevo antes "
    "del fin del año para hablar de las cuestiones que quedan abiertas entre los dos países.",
    "nl": "De twee regeringen hebben een akkoord over de levering van gas getekend, en de ministers willen elkaar voor het "
    "einde van het jaar nog eens ontmoeten om over de open vragen te spreken.",
    "ru": "Правительства двух стран подписали соглашение о поставках газа, и министры хотят встретиться снова до конца года, "
    "чтобы обсудить вопросы, которые остаются открытыми между двумя соседними государствами в этом регионе.",
    "zh": "两国政府签署了关于天然气供应的协议，两国部长希望在年底之前再次会面，讨论两国之间尚未解决的问题。",
}


def test_english_is_english() -> None:
    assert is_english(ENGLISH)
    assert detect(ENGLISH) == "en"


@pytest.mark.parametrize("code", OTHERS)
def test_other_languages_are_named(code: str) -> None:
    assert detect(OTHERS[code]) == code
    assert not is_english(OTHERS[code])
    assert name_of(code) != code


def test_short_texts_pass_on_both_sides_of_the_limit() -> None:
    words = OTHERS["de"].split()
    assert is_english(" ".join(words[: MIN_WORDS - 1]))
    assert not is_english(" ".join(words[:MIN_WORDS]))
    assert is_english(OTHERS["de"], min_words=100)


def test_a_long_text_with_a_foreign_head_is_judged_by_its_middle_too() -> None:
    assert is_english(OTHERS["de"] * 5 + ENGLISH * 100)


def test_what_has_no_letters_has_no_language() -> None:
    assert detect("1234 — 5678") == "und"
    assert "no language" in name_of("und")
    assert "'qq'" in name_of("qq")


def test_words_are_counted_no_further_than_needed() -> None:
    assert words_in("one two three", 10) == 3
    assert words_in("one two three", 2) == 2
    assert words_in(OTHERS["zh"], 100) >= 20  # no spaces, yet more than a headline


def test_english_never_loads_the_classifier() -> None:
    code = (
        f"import sys; from paraph.intake.language import is_english; assert is_english({ENGLISH!r}); "
        "print('py3langid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
