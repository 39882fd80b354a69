"""Blame: fault or a bad trait put with somebody else, and the words that carry it."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.nlp import cues, ladder, signs
from coachbot.nlp.cues import Match


def find(doc: Doc) -> list[Match]:
    """The stretches that carry the speaker's own blame; none when the message holds none."""
    if not ladder.verdict(doc._.scores, doc._.heads.limits).blame:
        return []
    return _guilty(doc) or _named(doc) or [Match(0, len(doc.text), doc.text)]


def _guilty(doc: Doc) -> list[Match]:
    """Runs of words that score as carriers of blame."""
    return [Match(start, end, "") for start, end in doc._.heads.guilty(doc, doc._.scores)]


def _named(doc: Doc) -> list[Match]:
    """The cue words of the list, the fullest wording of each."""
    kept: list[Match] = []
    for match in cues.find(signs.pattern("blame"), doc._.normalised):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
