"""What the engine relies on in `transitions`, and how it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coachbot import nlp
from coachbot.engine import Engine
from coachbot.machine import build, matches, mermaid
from coachbot.model import Reading, Remembered, Rung, Session

if TYPE_CHECKING:
    from spacy.language import Language


def test_the_first_match_wins_and_the_machine_agrees(engine: Engine) -> None:
    """`transitions` 0.9.3 tries options in order; the engine asks the same conditions first."""
    dialogue = engine.dialogues["gesprek"]
    machine = build(dialogue)
    readings = [Reading("x", rung=rung, blame=rung is Rung.BLAME) for rung in Rung]
    for state in dialogue.states.values():
        for reading in readings:
            if state.final:
                continue
            session = Session("gesprek", state.name)
            option = next(o for o in state.next if matches(o, session, reading))
            machine.events["message"].trigger(session, session, reading)
            expected = state.name if option.goto in ("hier", "hervat") else option.goto
            assert session.state == expected


def test_responding_leaves_the_session_as_it_was(engine: Engine, language: Language) -> None:
    session = engine.open(engine.fresh()).after
    before = repr(session)
    engine.respond(session, nlp.read(language, "ja"))
    assert repr(session) == before


def test_the_graph_is_mermaid(engine: Engine) -> None:
    drawing = mermaid(engine.dialogues["gesprek"])
    assert "stateDiagram-v2" in drawing
    for state in engine.dialogues["gesprek"].states:
        assert state in drawing


def _at(engine: Engine, state: str, **memory: str) -> Session:
    session = engine.fresh()
    session.state = state
    session.memory = {slot: Remembered(text) for slot, text in memory.items()}
    return engine.open(session).after


def test_two_misses_explain_and_offer_to_skip(engine: Engine, language: Language) -> None:
    session = _at(engine, "samen", ander="je baas")
    turn = engine.respond(session, nlp.read(language, "..."))
    turn = engine.respond(turn.after, nlp.read(language, "🙃"))
    assert turn.reply.lines[0] in engine.dialogues["gesprek"].states["samen"].explain
    assert turn.reply.lines[1] in engine.dialogues["gesprek"].phrases["overslaan"]
    turn = engine.respond(turn.after, nlp.read(language, "ja"))
    assert turn.after.state == "voor_elkaar"


@pytest.mark.parametrize("word", ["terug", "Terug.", "/terug", "TERUG", " ga terug "])
def test_a_command_however_it_is_typed(engine: Engine, language: Language, word: str) -> None:
    session = _at(engine, "samen")
    first = engine.respond(session, nlp.read(language, "we willen allebei rust"))
    assert first.after.state == "voor_elkaar"
    back = engine.respond(first.after, nlp.read(language, word), session)
    assert back.after.state == "samen"
    assert "samen" not in back.after.memory


def test_a_word_with_a_brace_is_no_template(engine: Engine, language: Language) -> None:
    session = _at(engine, "behoefte_vraag")
    turn = engine.respond(session, nlp.read(language, "een rooster met {ander} en {0}"))
    assert any("{ander} en {0}" in line for line in turn.reply.lines)
