"""The rung: the highest one a message clearly reaches; and who and when its weight lies with."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Emotion, Person, Rung, Time
from coachbot.nlp import cues

_KEYS = {
    Rung.ACTION: "action",
    Rung.COMMITMENT: "commitment",
    Rung.NEED: "need",
    Rung.CONCERN: "concern",
}


def find(doc: Doc) -> Rung:
    """By cue words from high to low; then blame and feeling; a bare "moet" is a standpoint."""
    normalised = doc._.normalised
    hits = {rung: any(cues.find(cues.pattern(key), normalised)) for rung, key in _KEYS.items()}
    emotions = {emotion for emotion, _ in doc._.emotions}
    self_blame = any(cues.find(cues.pattern("self_blame"), normalised))
    for rung in (Rung.ACTION, Rung.COMMITMENT, Rung.NEED):
        if hits[rung] and not doc._.blame:
            return rung
    if doc._.blame or Emotion.ANGRY in emotions:
        return Rung.BLAME
    if self_blame or emotions & {Emotion.SAD, Emotion.AFRAID} or hits[Rung.CONCERN]:
        return Rung.CONCERN
    if any(cues.find(cues.pattern("position"), normalised)) and not emotions:
        return Rung.POSITION
    return Rung.NONE


def person(doc: Doc, rung: Rung) -> Person:
    """Blame is about the other; else the pronoun that stands first among the subjects."""
    if rung is Rung.BLAME:
        return Person.OTHER
    words = doc._.normalised.words
    known = cues.load()["persons"]
    for word in words:
        for value in Person:
            if value is not Person.NONE and word in known[str(value)]:
                return value
    return Person.NONE


def time(doc: Doc, rung: Rung) -> Time:
    """Plans and wishes lie ahead; a past tense or participle behind; the rest is now."""
    normalised = doc._.normalised
    if rung in (Rung.ACTION, Rung.COMMITMENT) or any(cues.find(cues.pattern("wishes"), normalised)):
        return Time.FUTURE
    if any(cues.find(cues.pattern("past"), normalised)):
        return Time.PAST
    if any(cues.find(cues.pattern("moment"), normalised)):
        return Time.FUTURE
    return Time.PRESENT
