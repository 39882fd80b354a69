"""The cues in a participant's words, as stretches to mark. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from coachbot.model import LADDER, Rung
from coachbot.nlp import cues, signs


class Mark(StrEnum):
    """What a stretch shows; where two overlap the first of these is shown."""

    BLAME = "verwijt"
    FEELING = "gevoel"
    NEED = "behoefte"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the text; the pieces of a text together are the text, to the letter."""

    text: str
    mark: Mark | None


def stretches(text: str, reading: Mapping[str, Any]) -> tuple[Stretch, ...]:
    """The text cut where a mark begins or ends.

    Blame and feelings rest on the words that were kept with the reading; words of need are looked
    up, in messages that reached a need.
    """
    marks: list[Mark | None] = [None] * len(text)
    for mark in reversed(Mark):
        for start, end in _spans(mark, text, reading):
            marks[start:end] = [mark] * (end - start)
    pieces = groupby(range(len(text)), key=lambda place: marks[place])
    return tuple(Stretch("".join(text[place] for place in places), mark) for mark, places in pieces)


def _spans(mark: Mark, text: str, reading: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    if mark is Mark.BLAME:
        return _places(text, reading["blame_cues"])
    if mark is Mark.FEELING:
        # Turns of before these words were kept have none.
        return _places(text, reading.get("emotion_words", ()))
    if LADDER.index(Rung(reading["rung"])) < LADDER.index(Rung.NEED):
        return iter(())
    normalised = cues.normalise(text, cues.load()["spelling"])
    return ((m.start, m.end) for m in cues.find(signs.pattern("need"), normalised))


def _places(text: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where each cue stands first; the reading copied it to the letter."""
    for word in words:
        start = text.find(word)
        if word and start >= 0:
            yield start, start + len(word)
