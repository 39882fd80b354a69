"""What an utterance does to a counterpart: the moves heard in it, each with its words. Pure.

Shares of interests, rights and power follow Ury, Brett and Goldberg, "Getting Disputes Resolved"
(1988): whoever talks about needs talks interests; contract and rule are rights; blame, order and
threat are power.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from coachbot.model import LADDER, Emotion, Reading, Rung
from coachbot.nlp import cues
from coachbot.practice import quote
from coachbot.practice_checks import Signals, kin, tokens


class Move(StrEnum):
    """One thing an utterance does; the first five heat, `RIGHT` is dry, the others cool."""

    BLAME = "verwijt"
    ABSOLUTE = "absoluut"
    ORDER = "bevel"
    THREAT = "dreiging"
    DISMISS = "afkappen"
    RIGHT = "recht"
    MIRROR = "spiegel"
    FEELING = "gevoel"
    QUESTION = "vraag"
    OWN = "eigen"
    ADMIT = "erkenning"
    TOGETHER = "wij"
    STEP = "stap"


HEATING = (Move.BLAME, Move.ABSOLUTE, Move.ORDER, Move.THREAT, Move.DISMISS)
COOLING = (
    Move.MIRROR,
    Move.FEELING,
    Move.QUESTION,
    Move.OWN,
    Move.ADMIT,
    Move.TOGETHER,
    Move.STEP,
)
#: How much warmth each cooling move gives; two make the temperature fall by one.
WARMTH = {
    Move.MIRROR: 2,
    Move.FEELING: 2,
    Move.QUESTION: 1,
    Move.OWN: 1,
    Move.ADMIT: 1,
    Move.TOGETHER: 1,
    Move.STEP: 1,
}
#: A word this short says nothing about what is mirrored.
SHORT = 3


class Style(StrEnum):
    """How a sentence tries to get somewhere."""

    INTERESTS = "belangen"
    RIGHTS = "rechten"
    POWER = "macht"
    NONE = "geen"


@dataclass(frozen=True, slots=True)
class Heard:
    """A move, and the words of the utterance that made it."""

    move: Move
    words: str


def hear(
    reading: Reading,
    other_said: str,
    about: Collection[str],
    signals: Signals,
    stop: frozenset[str],
) -> tuple[Heard, ...]:
    """Every move in an utterance, heating ones first.

    A mirror only hits when it gives back something of what the other just said, or of the matter.
    """
    text = reading.text
    found: dict[Move, str] = {}

    def signal(name: str) -> str:
        match = next(cues.find(signals[name], cues.normalise(text, {})), None)
        return text[match.start : match.end] if match else ""

    mirrors = signal("spiegel") and _echo(text, other_said, about, stop)
    kind = bool(mirrors) or bool(signal("gevoel")) or bool(signal("erkenning"))
    kind = kind or bool(_open_question(text, signals))
    if blame := _blame(reading, other_said, kind, signal("sneer")):
        found[Move.BLAME] = blame
    if reading.absolutes and not mirrors and reading.person != "ik":
        found[Move.ABSOLUTE] = reading.absolutes[0]
    for move in (Move.ORDER, Move.THREAT, Move.DISMISS, Move.RIGHT):
        words = signal(str(move))
        if words:
            found[move] = words
    if mirrors:
        found[Move.MIRROR] = signal("spiegel")
    if words := signal("gevoel"):
        found[Move.FEELING] = words
    hostile = any(move in found for move in HEATING)
    question = _open_question(text, signals)
    if question and not hostile:
        found[Move.QUESTION] = question
    own = signal("eigen")
    vulnerable = {Emotion.SAD, Emotion.AFRAID} & set(reading.emotions)
    words = own or (next(iter(reading.emotion_words), "") if vulnerable else "")
    if not hostile and words:
        found[Move.OWN] = words
    if words := signal("erkenning"):
        found[Move.ADMIT] = words
    together = signal("wij")
    if together and not hostile:
        found[Move.TOGETHER] = together
    agreed = signal("afspraak")
    if not hostile and (agreed or (reading.has_moment and reading.has_step)):
        found[Move.STEP] = agreed or text
    return tuple(Heard(m, quote(found[m])) for m in Move if m in found)


def _blame(reading: Reading, other_said: str, kind: bool, sneer: str) -> str:
    """The words of blame; beside a kind word only words that can mean nothing else count.

    Whoever gives back what the other said, or names a feeling, says "je" and means no harm.
    """
    if sneer and not any(kin(w, o) for w in tokens(sneer) for o in tokens(other_said)):
        return sneer
    if not reading.blame or kind or LADDER.index(reading.rung) > LADDER.index(Rung.BLAME):
        return ""
    return reading.blame_cues[0] if reading.blame_cues else reading.text


def _open_question(text: str, signals: Signals) -> str:
    """The last question, from its question word, when that stands in front."""
    asked = re.findall(r"[^.?!]*\?", text)
    if not asked:
        return ""
    sentence: str = asked[-1].strip()
    found = next(cues.find(signals["open_vraag"], cues.normalise(sentence, {})), None)
    if found is None or len(tokens(sentence[: found.start])) > 1 or len(tokens(sentence)) < SHORT:
        return ""
    return sentence[found.start :]


def _echo(text: str, other: str, about: Collection[str], stop: frozenset[str]) -> bool:
    """Does it give back a word of the other, or of what it is about?"""
    matter = {w for w in tokens(other) if len(w) > SHORT and w not in stop} | set(about)
    said = [w for w in tokens(text) if len(w) > SHORT and w not in stop]
    return any(kin(word, one) for word in said for one in matter)


def style(heard: Collection[Heard]) -> Style:
    """Power outweighs rights, rights outweigh interests: that is what the other hears."""
    moves = {h.move for h in heard}
    if moves & {Move.BLAME, Move.ORDER, Move.THREAT, Move.DISMISS}:
        return Style.POWER
    if Move.RIGHT in moves:
        return Style.RIGHTS
    return Style.INTERESTS if moves & set(COOLING) else Style.NONE
