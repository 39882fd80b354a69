"""The first sentence: what is joined, what is kept, and what is no sentence at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coachbot import drafts, nlp
from coachbot.engine import Engine
from coachbot.model import Remembered

if TYPE_CHECKING:
    from spacy.language import Language

WHOLE = "Ik voel me buitengesloten. Kunnen we morgen praten?"


@pytest.mark.parametrize(
    ("kept", "added", "behind", "joined"),
    [
        (
            "Ik mis je",
            "kunnen we zondag bellen?",
            True,
            "Ik mis je. Kunnen we zondag bellen?",
        ),
        (
            "Kun je zondag bellen?",
            "ik mis je",
            False,
            "Ik mis je. Kun je zondag bellen?",
        ),
        (
            "Hoi Rob, kun je bellen?",
            "Ik lig wakker.",
            False,
            "Hoi Rob, ik lig wakker. Kun je bellen?",
        ),
        (
            "Lieve Ineke, ik mis je.",
            "Lieve Ineke, kunnen we bellen?",
            True,
            "Lieve Ineke, ik mis je. Kunnen we bellen?",
        ),
        ("Zus, kun je bellen?", "Ik mis je.", False, "Zus, ik mis je. Kun je bellen?"),
        (
            "Kun je bellen?",
            "Anders lig ik wakker.",
            False,
            "Kun je bellen? Anders lig ik wakker.",
        ),
        (
            "Kun je bellen?",
            "Omdat ik wakker lig.",
            False,
            "Kun je bellen, omdat ik wakker lig?",
        ),
    ],
)
def test_two_halves_in_the_order_they_are_said(
    kept: str, added: str, behind: bool, joined: str
) -> None:
    assert drafts.join(kept, added, behind) == joined


def _reply(engine: Engine, language: Language, state: str, said: str) -> tuple[str, str]:
    """The state that follows and the sentence on the card."""
    session = engine.fresh()
    session.state = state
    session.memory = {"opening": Remembered(WHOLE, parts=drafts.PARTS)}
    session = engine.open(session).after
    after = engine.respond(session, nlp.read(language, said)).after
    return after.state, after.memory["opening"].text


@pytest.mark.parametrize("state", ["opening_zo", "opening_goed"])
@pytest.mark.parametrize(
    "said",
    [
        "ja",
        "jaaa",
        "ja hoor, die neem ik mee",
        "die is goed",
        "hou maar zo",
        "laat maar zo",
        "ik hou die",
        "hou die",
        "dit duurt wel lang zeg, nee ik hou die lange zin",
        "welke zin? die van buitengesloten ja",
    ],
)
def test_a_yes_anywhere_keeps_the_sentence(
    engine: Engine, language: Language, state: str, said: str
) -> None:
    assert _reply(engine, language, state, said) == ("kaart", WHOLE)


@pytest.mark.parametrize("state", ["opening_zo", "opening_goed"])
@pytest.mark.parametrize(
    "said",
    ["welke zin bedoel je?", "dit duurt wel lang zeg", "en nu?", "bijna"],
)
def test_a_remark_is_no_sentence(engine: Engine, language: Language, state: str, said: str) -> None:
    assert _reply(engine, language, state, said) == (state, WHOLE)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Wanneer kan ik langskomen?", {"asks", "asks_only"}),
        ("kan ik morgen langskomen", {"asks", "asks_only", "tells"}),
        ("wat het met me doet? ik lig wakker", {"tells"}),
        ("Kun je zeggen wanneer ik mag komen?", {"asks", "asks_only"}),
        ("kun je helpen, want ik kom niet uit", {"tells", "asks", "asks_only"}),
        ("ik kom niet uit, kun je helpen?", {"tells", "asks"}),
        ("heyy sam ik kom niet uit, kun je helpen?", {"tells", "asks"}),
        ("of we samen kunnen kijken", {"fragment"}),
        ("Ik hou het niet vol.", {"tells"}),
    ],
)
def test_what_a_line_holds(language: Language, said: str, heard: set[str]) -> None:
    assert nlp.read(language, said).drafting - {"together"} == heard


def test_what_an_attempt_holds_is_stored(engine: Engine, language: Language) -> None:
    from coachbot.packing import pack, unpack

    session = engine.fresh()
    session.memory = {"opening": Remembered(WHOLE, parts=drafts.PARTS)}
    assert unpack(pack(session)) == session
