"""The feelings a speaker expresses now, and the words they rest on."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Emotion
from coachbot.nlp import cues
from coachbot.nlp.cues import Match, Normalised

#: A negation reaches this many words ahead; a third person as owner this many back.
NEGATION_REACH = 3
OWNER_REACH = 4


def find(doc: Doc) -> list[tuple[Emotion, Match]]:
    """Each feeling that is likely enough, with the words that carry it."""
    heads, scores, normalised = doc._.heads, doc._.scores, doc._.normalised
    named = lexicon(doc.text, normalised)
    found: list[tuple[Emotion, Match]] = []
    for emotion, chance in zip(Emotion, scores.of("emotions"), strict=True):
        if chance < heads.limits[str(emotion)]:
            continue
        hits = [match for kind, match in named if kind is emotion]
        found += [(emotion, m) for m in hits or heads.evidence("emotions", emotion, normalised)]
    return found


def lexicon(text: str, normalised: Normalised) -> list[tuple[Emotion, Match]]:
    """Feelings that are named, minus the denied and the other people's."""
    found = []
    for emotion in Emotion:
        for match in cues.find(cues.pattern("emotions", str(emotion)), normalised):
            before = text[: match.start].lower().split()
            if not _negated(before) and not _of_another(before):
                found.append((emotion, match))
    return found


def _negated(before: list[str]) -> bool:
    return any(word in cues.load()["negation"] for word in before[-NEGATION_REACH:])


def _of_another(before: list[str]) -> bool:
    """ "hij was woedend": a third person closer by than any "ik"."""
    persons = cues.load()["persons"]
    for word in reversed(before[-OWNER_REACH:]):
        if word in persons["ik"] or word in persons["wij"]:
            return False
        if word in persons["jij"]:
            return True
    return False
