"""What was said before, when somebody says "dat zei ik al". Pure."""

from __future__ import annotations

from dataclasses import replace

from coachbot.dialogue import STAY, Dialogue
from coachbot.model import Act, Reading, Session


def recalled(dialogue: Dialogue, session: Session, reading: Reading) -> Reading:
    """The message as the answer that was given before, where it is remembered; else unchanged.

    Asked whether something is so, it is a yes. Otherwise the state asks for what its last option
    keeps; when the answer is judged first (a sentence to say aloud), it is asked for again.
    """
    state = dialogue.states[session.state]
    if any(choice.text == dialogue.labels.get("ja") for choice in state.choices):
        return replace(reading, act=Act.YES)
    if not state.next or state.next[-1].goto == STAY:
        return reading
    last = state.next[-1]
    target = dialogue.states.get(last.goto)
    kept = next((session.memory[slot] for slot in last.remember if slot in session.memory), None)
    if kept is None or (target and target.junction):
        return reading
    return reading.saying(kept)
