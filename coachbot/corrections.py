"""Corrections of facilitators as test material: codebook lines, and transcripts that can be played.

A transcript begins where the conversation stood, with what was remembered, types the message and
expects the corrected reading and the state that follows from it. Put in `tests/conversations/` it
fails as long as the message is read wrongly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from coachbot.engine import Engine
from coachbot.model import Reading, Remembered, Session, Turn
from coachbot.packing import unpack
from coachbot.store import Store
from coachbot.store_notes import Correction, correction


@dataclass(frozen=True, slots=True)
class Corrected:
    """A message with its correction, the reading that was made, and the session before it."""

    correction: Correction
    facilitator: int
    text: str
    reading: dict[str, Any]
    before: Session

    @property
    def name(self) -> str:
        """A name for a file or a record; two facilitators may correct the same turn."""
        return f"correctie_{self.correction.turn}_{self.facilitator}"


def corrected(store: Store, facilitator: int | None = None) -> Iterator[Corrected]:
    """Every correction (of one facilitator) in the order of the turns; only of shared sessions."""
    rows = store.db.execute(
        "select turn, facilitator from corrections where facilitator = coalesce(?, facilitator)"
        " order by turn, facilitator",
        [facilitator],
    ).fetchall()
    for turn, who in rows:
        row = next(
            store.db.query(
                "select corrections.*, text, reading, before from corrections"
                " join turns on turns.id = turn where turn = ? and facilitator = ?",
                [turn, who],
            ),
            None,
        )
        if row is not None:
            yield Corrected(
                correction(row),
                who,
                row["text"],
                json.loads(row["reading"]),
                unpack(row["before"]),
            )


def record(one: Corrected) -> dict[str, Any]:
    """A line in the format of the codebook, with the corrected labels."""
    return {
        "id": one.name,
        "text": one.text,
        "rung": str(one.correction.rung),
        "blame": one.correction.blame,
        "blame_cues": one.reading["blame_cues"] if one.correction.blame else [],
        "emotions": [str(emotion) for emotion in one.correction.emotions],
        "person": one.reading["person"],
        "time": one.reading["time"],
    }


def transcript(one: Corrected, engine: Engine, read: Callable[[str], Reading]) -> str:
    """A scene as `tests/talk.py` plays it."""
    begin = f"{one.before.dialogue}/{one.before.state}"
    memory = {slot: _flat(kept.text) for slot, kept in one.before.memory.items()}
    text = _flat(one.text)
    reading = _as_corrected(read(text), one.correction)
    opened = place(engine, engine.open(engine.fresh()).after, begin, memory)
    state = engine.respond(opened.after, reading).after.state
    feelings = " ".join(str(emotion) for emotion in one.correction.emotions) or "geen"
    return "\n".join(
        [
            f"begin: {begin}",
            *(f"weet: {slot} = {kept}" for slot, kept in memory.items()),
            f"> {text}",
            f"[{one.correction.rung} -> {state}]",
            f"verwijt: {'ja' if one.correction.blame else 'nee'}",
            f"gevoel: {feelings}",
            "",
        ]
    )


def place(engine: Engine, session: Session, begin: str, memory: Mapping[str, str]) -> Turn:
    """Puts a session that has just been opened in a state, with what is remembered there."""
    dialogue, state = begin.split("/")
    kept = session.memory | {slot: Remembered(text) for slot, text in memory.items()}
    detours = list(session.detours)
    if dialogue != engine.main:
        detours.append((engine.main, "wat_speelt_er"))
    return engine.open(
        replace(session, dialogue=dialogue, state=state, memory=kept, detours=detours)
    )


def _as_corrected(reading: Reading, wanted: Correction) -> Reading:
    cues = reading.blame_cues or (reading.gist or reading.text,)
    return replace(
        reading,
        rung=wanted.rung,
        blame=wanted.blame,
        blame_cues=cues if wanted.blame else (),
        emotions=wanted.emotions,
    )


def _flat(text: str) -> str:
    return " ".join(text.split())
