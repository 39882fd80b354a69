"""The feelings a speaker expresses now: lexicon hits, minus the negated and the other people's."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Emotion
from coachbot.nlp import cues
from coachbot.nlp.cues import Match

#: A negation reaches this many words ahead; a third person as owner this many back.
NEGATION_REACH = 3
OWNER_REACH = 4


def find(doc: Doc) -> list[tuple[Emotion, Match]]:
    """Each feeling with the words that carry it."""
    found = []
    for emotion in Emotion:
        for match in cues.find(cues.pattern("emotions", str(emotion)), doc._.normalised):
            before = doc.text[: match.start].lower().split()
            if not _negated(before) and not _of_another(before):
                found.append((emotion, match))
    return found


def _negated(before: list[str]) -> bool:
    return any(word in cues.load()["negation"] for word in before[-NEGATION_REACH:])


def _of_another(before: list[str]) -> bool:
    """ "hij was woedend": a third person closer by than any "ik"."""
    for word in reversed(before[-OWNER_REACH:]):
        if word in ("ik", "me", "mij", "mijn", "we", "wij", "'k"):
            return False
        if word in ("hij", "zij", "ze", "haar", "zijn", "je", "jij", "jullie"):
            return True
    return False
