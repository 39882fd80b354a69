"""Is somebody in danger? Two tiers: certain (help at once) and likely (ask first)."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Safety
from coachbot.nlp import cues


def find(doc: Doc) -> tuple[Safety, bool]:
    """The category and whether it is certain; a figure of speech is no alarm."""
    normalised = doc._.normalised
    if any(cues.find(cues.pattern("safety", "figures"), normalised)):
        return Safety.NONE, False
    for tier in ("certain", "likely"):
        for category in Safety:
            if category is Safety.NONE:
                continue
            if any(cues.find(cues.pattern("safety", str(category), tier), normalised)):
                return category, tier == "certain"
    return Safety.NONE, False
