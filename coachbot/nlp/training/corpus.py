"""Our own messages: `corpus/cues.jsonl` and `corpus/safety.jsonl`, and noise to train with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from coachbot.nlp import cues

HOME = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled message. Fields of a corpus that does not label them are None.

    `spans`: (start, end) in `text` of the stretches that carry blame, `again` those that a second
    reader marked (the same, where the second found no blame).
    """

    text: str
    author: str
    rung: str | None = None
    blame: bool = False
    spans: tuple[tuple[int, int], ...] = ()
    again: tuple[tuple[int, int], ...] = ()
    emotions: tuple[str, ...] = ()
    person: str | None = None
    time: str | None = None
    safety: str = "none"
    veiled: bool = False
    id: str = ""


def spans(text: str, stretches: list[str]) -> tuple[tuple[int, int], ...]:
    """Where the stretches stand; each is sought after the one before it, else from the start."""
    found, at = [], 0
    for stretch in stretches:
        start = text.find(stretch, at)
        start = start if start >= 0 else text.find(stretch)
        if start >= 0:
            at = start + len(stretch)
            found.append((start, at))
    return tuple(found)


def read_cues(path: Path = HOME / "cues.jsonl") -> list[Message]:
    """The messages labelled by the codebook."""
    return [
        Message(
            text=r["text"],
            author=r["author"],
            id=r["id"],
            rung=r["rung"],
            blame=r["blame"],
            spans=spans(r["text"], r["blame_cues"]),
            again=spans(r["text"], r.get("second_cues") or r["blame_cues"]),
            emotions=tuple(r["emotions"]),
            person=r["person"],
            time=r["time"],
        )
        for r in _records(path)
    ]


def read_safety(path: Path = HOME / "safety.jsonl") -> list[Message]:
    """The messages of the safety corpus."""
    return [
        Message(
            text=r["text"],
            author=r["author"],
            id=r["id"],
            safety=r["category"],
            veiled=r["veiled"],
        )
        for r in _records(path)
    ]


def _records(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@dataclass(frozen=True, slots=True)
class Noise:
    """Chances of each kind of noise in a message (and, of typos, in a word of it)."""

    lower: float = 0.35
    no_commas: float = 0.3
    no_stop: float = 0.35
    chat: float = 0.3
    typos: float = 0.25
    typo_in_word: float = 0.12
    held_down: float = 0.01
    capitals: float = 0.01


_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_PARTS = re.compile(r"\w+(?:['’]\w+)*|[^\w]")


def roughen(
    text: str, marked: tuple[tuple[int, int], ...], random: Random, noise: Noise
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The message as somebody in a hurry types it, with the marked stretches moved along."""
    chance = random.random
    lower, bare = chance() < noise.lower, chance() < noise.no_commas
    stopless, chatty = chance() < noise.no_stop, chance() < noise.chat
    typing, shouting = chance() < noise.typos, chance() < noise.capitals
    spellings = _spellings()
    words = [(m.group(), m.start()) for m in _PARTS.finditer(text)]
    last = max((at for word, at in words if word[0].isalnum()), default=-1)
    out, moved, opened = "", [], -1
    for word, at in words:
        inside = any(start <= at < end for start, end in marked)
        if (bare and word == ",") or (stopless and at > last and word == "."):
            continue
        if chatty and word.lower() in spellings and chance() < 0.5:
            word = random.choice(spellings[word.lower()])
        elif typing and len(word) > 3 and word.isalpha() and chance() < noise.typo_in_word:
            word = _typo(word, random)
        elif typing and word.isalpha() and chance() < noise.held_down:
            word += word[-1] * random.randint(1, 3)
        word = word.lower() if lower else word.upper() if shouting else word
        if inside and opened < 0:
            opened = len(out)
        elif not inside and opened >= 0:
            moved.append((opened, len(out)))
            opened = -1
        out += word
    if opened >= 0:
        moved.append((opened, len(out)))
    return out, tuple(moved)


def _typo(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    return random.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at] + word[at:],
            word[:at] + random.choice(_ALPHABET) + word[at + 1 :],
        ]
    )


def _spellings() -> dict[str, list[str]]:
    """word -> the ways it is written in chat, from `cues.yml` turned round; single words only."""
    found: dict[str, list[str]] = {}
    for chat, plain in cues.load()["spelling"].items():
        if " " not in plain:
            found.setdefault(plain, []).append(chat)
    return found
