"""Whatever is typed: no exception, one to three lines, and a state that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachbot import nlp
from coachbot.engine import Engine
from coachbot.model import Reading, Session

if TYPE_CHECKING:
    from spacy.language import Language

NASTY = [
    "",
    " ",
    "...",
    "👍🏽",
    "🙃🙃🙃",
    "\x00\x07\x1b[31m",
    "\u202eomgekeerd\u202c",
    "שלום עולם",
    "'; drop table turns; --",
    "<script>alert(1)</script>",
    "{ander} {} {0} {spiegel!r}",
    "%s %(x)s ${HOME}",
    "ja\nnee\nja",
    "A" * 100_000,
    "ik ben boos " * 8_000,
    "The weather is nice and I do not speak Dutch",
    "¿" * 50,
]
ORDINARY = [
    "ja",
    "nee",
    "bijna",
    "weet ik niet",
    "hij luistert nooit",
    "ik ben bang dat het misgaat",
    "ik heb rust nodig",
    "we willen er samen uitkomen",
    "als hij binnenkomt dan vraag ik hoe het gaat",
    "boos",
    "7",
    "3",
    "terug",
    "samenvatting",
    "kaart",
    "overslaan",
    "pauze",
    "stop",
    "opnieuw",
    "help",
    "ik wil dood",
    "grapje",
    "ben je een robot?",
]
TEXTS = st.one_of(
    st.sampled_from(ORDINARY), st.sampled_from(ORDINARY), st.sampled_from(NASTY), st.text()
)


def _sound(engine: Engine, session: Session, lines: tuple[str, ...]) -> None:
    assert 1 <= len(lines) <= 3
    assert all(line.strip() for line in lines)
    assert engine.knows(session)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(TEXTS, max_size=25))
def test_any_sequence_of_any_texts(engine: Engine, language: Language, texts: list[str]) -> None:
    session, previous = engine.open(engine.fresh()).after, None
    for text in texts:
        turn = engine.respond(session, nlp.read(language, text), previous)
        _sound(engine, turn.after, turn.reply.lines)
        previous = session
        session = engine.fresh() if turn.after.ended else turn.after


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_is_read(language: Language, text: str) -> None:
    reading = nlp.read(language, text)
    assert isinstance(reading, Reading)
    assert reading.text == text
    assert all(cue in text or not text.isprintable() for cue in reading.blame_cues)


def test_nothing_said_stands_twice_in_a_row(engine: Engine, language: Language) -> None:
    """Every state, asked again and again, never says the same sentence twice running."""
    for dialogue in engine.dialogues.values():
        for state in dialogue.states.values():
            if state.junction or state.final:
                continue
            session = engine.fresh()
            session.dialogue, session.state = dialogue.name, state.name
            last = engine.open(session)
            session = last.after
            for text in ("...", "?!", "🙃"):
                turn = engine.respond(session, nlp.read(language, text))
                same = set(turn.reply.lines) & set(last.reply.lines)
                assert not same, f"{dialogue.name}/{state.name}: {same}"
                session, last = turn.after, turn
                if turn.after.state != state.name:
                    break
