"""The thermometer hears how people say it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coachbot import nlp
from coachbot.engine import Engine
from coachbot.picked import picked

if TYPE_CHECKING:
    from spacy.language import Language

PLEASANT, WATCHFUL, DISCORD, CONFLICT = 1, 2, 3, 4
SAID = [
    ("hij roept en ik zwijg", CONFLICT),
    ("we schreeuwen alleen nog maar", CONFLICT),
    ("ze zegt niets meer tegen me", CONFLICT),
    ("alleen maar ruzie", CONFLICT),
    ("ze snauwt, en ik verdedig me", DISCORD),
    ("hij zegt steeds af", DISCORD),
    ("we botsen over alles", DISCORD),
    ("het is niet makkelijk tussen ons", DISCORD),
    ("nu lopen we op eieren", WATCHFUL),
    ("ik houd afstand", WATCHFUL),
    ("we kunnen niet alles zeggen", WATCHFUL),
    ("geen ruzie, maar we zijn wel voorzichtig", WATCHFUL),
    ("het gaat eigenlijk wel goed", PLEASANT),
    ("open en ontspannen", PLEASANT),
    ("geen ruzie hoor", PLEASANT),
    ("dat hangt ervan af", None),
    ("het gaat niet goed", None),
    ("we lopen samen", None),
]


@pytest.mark.parametrize(("words", "degree"), SAID)
def test_a_temperature_in_own_words(
    engine: Engine, language: Language, words: str, degree: int | None
) -> None:
    for place in ("gesprek/thermometer_voor", "gesprek/kaart", "terugblik/hoe_nu"):
        dialogue, state = place.split("/")
        reading = picked(engine.dialogues[dialogue].states[state], nlp.read(language, words))
        assert reading.number == degree, place
