"""Sessions, readings and replies as JSON text, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from coachbot.model import (
    Emotion,
    Heard,
    Level,
    Reading,
    Reflection,
    Remembered,
    Reply,
    Rung,
    Session,
)


def reading_dict(reading: Reading) -> dict[str, Any]:
    """A reading as JSON data: the fields of the codebook plus safety and reflection."""
    return {
        "text": reading.text,
        "rung": str(reading.rung),
        "level": str(reading.level) if reading.level else None,
        "blame": reading.blame,
        "blame_cues": list(reading.blame_cues),
        "emotions": [str(e) for e in reading.emotions],
        "emotion_words": list(reading.emotion_words),
        "gist": reading.gist,
        "person": str(reading.person),
        "time": str(reading.time),
        "safety": str(reading.safety),
        "safety_certain": reading.safety_certain,
        "reflection": reading.reflection.clause if reading.reflection else None,
        "language": reading.language,
    }


def pack(session: Session) -> str:
    """A session as JSON text."""
    data = asdict(session)
    data["heard"] = sorted(session.heard)
    return json.dumps(data, ensure_ascii=False)


def unpack(text: str) -> Session:
    """JSON text back to a session; unknown keys are a newer file's and are dropped."""
    data = json.loads(text)
    memory = {}
    for slot, kept in data.pop("memory").items():
        reflection = Reflection(**kept["reflection"]) if kept["reflection"] else None
        rung, parts = Rung(kept["rung"]), tuple(kept.get("parts", ()))
        memory[slot] = Remembered(kept["text"], reflection, kept["gist"], rung, parts)
    mirrored = data.pop("mirrored")
    if mirrored:
        reflection = mirrored.pop("reflection")
        data["mirrored"] = Heard(
            text=mirrored["text"],
            level=Level(mirrored["level"]) if mirrored["level"] else None,
            blame=mirrored["blame"],
            emotions=tuple(Emotion(e) for e in mirrored["emotions"]),
            reflection=Reflection(**reflection) if reflection else None,
        )
    data["detours"] = [tuple(place) for place in data["detours"]]
    data["heard"] = frozenset(data["heard"])
    data["last_reply"] = tuple(data["last_reply"])
    data["rung"] = Rung(data["rung"])
    data["emotions"] = tuple(Emotion(e) for e in data["emotions"])
    known = {key: value for key, value in data.items() if key in Session.__slots__}
    return Session(memory=memory, **known)


def unpack_reply(text: str) -> Reply:
    data = json.loads(text)
    return Reply(
        lines=tuple(data["lines"]),
        options=tuple(data["options"]),
        card=data["card"],
        ended=data["ended"],
        level=data["level"],
        rung=Rung(data["rung"]),
    )
