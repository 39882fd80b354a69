"""The feelings a speaker expresses now, and the words they rest on."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Emotion
from coachbot.nlp import signs
from coachbot.nlp.cues import Match


def find(doc: Doc) -> list[tuple[Emotion, Match]]:
    """Each feeling that is likely enough, with the words that carry it."""
    heads, scores, normalised = doc._.heads, doc._.scores, doc._.normalised
    named = [(kind, match) for kind, owner, match in signs.feelings(normalised) if owner == "own"]
    found: list[tuple[Emotion, Match]] = []
    for emotion, chance in zip(Emotion, scores.of("emotions"), strict=True):
        if chance < heads.limits[str(emotion)]:
            continue
        hits = [match for kind, match in named if kind is emotion]
        found += [(emotion, m) for m in hits or heads.evidence("emotions", emotion, normalised)]
    return found
