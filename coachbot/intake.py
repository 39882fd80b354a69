"""The first questions: what is picked up on the way, and one human line for what weighs. Pure."""

from __future__ import annotations

from coachbot.model import Emotion, Reading, Remembered, Rung, Session

#: Slots that take a phrase out of the message instead of the whole message.
PHRASES = {"ander": "counterpart", "onderwerp": "topic", "wanneer": "moment"}
#: The phrases that answer something heavy or felt; one of them is said, once.
TOUCHED = ("veel", "zwaar", "geraakt")
#: What is going on has been told on these rungs, in so many words; "met mijn baas praten" is none.
TOLD, TOLD_WORDS = frozenset({Rung.POSITION, Rung.BLAME, Rung.CONCERN}), 4
#: Lemmas of what is said about the coach and its questions: "als niemand het maar leest".
ABOUT_COACH = frozenset(
    ("lezen", "meelezen", "bewaren", "opslaan", "zin", "vraag", "bot", "computer", "programma")
)


def touched(reading: Reading) -> str | None:
    """Which human line the message asks for before the next question; None for plain facts."""
    felt = any(emotion is not Emotion.GLAD for emotion in reading.emotions)
    if reading.heavy:
        return TOUCHED[0] if reading.heavy > 1 else TOUCHED[1]
    return TOUCHED[2] if felt or reading.rung in (Rung.CONCERN, Rung.BLAME) else None


def tells(reading: Reading) -> bool:
    """Does the message tell what is going on, and not only with whom or when?"""
    weighs = reading.rung in TOLD and reading.words >= TOLD_WORDS
    return (reading.situation.tells or weighs) and not reading.content & ABOUT_COACH


def pick_up(session: Session, reading: Reading) -> None:
    """Keeps with whom, about what and when, and what is going on, wherever it is told."""
    for slot, part in PHRASES.items():
        phrase = getattr(reading.situation, part)
        if phrase and slot not in session.memory:
            session.memory[slot] = Remembered(phrase)
    if tells(reading) and "verteld" not in session.memory:
        text, turned = reading.rest or reading.text, reading.reflection or reading.answer
        session.memory["verteld"] = Remembered(text.strip(), turned, reading.gist, reading.rung)
