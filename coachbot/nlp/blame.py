"""Blame: fault or a bad trait put with somebody else, and the words that carry it."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.nlp import cues
from coachbot.nlp.cues import Match


def find(doc: Doc) -> list[Match]:
    """The stretches that carry the speaker's own blame; none when it is reported or of oneself."""
    normalised = doc._.normalised
    if next(cues.find(cues.pattern("reported"), normalised), None):
        return []
    if next(cues.find(cues.pattern("self_blame"), normalised), None):
        return []
    kept: list[Match] = []
    for match in cues.find(cues.pattern("blame"), normalised):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
