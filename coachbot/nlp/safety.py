"""Is somebody in danger? Two tiers: certain (help at once) and likely (ask first)."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Safety
from coachbot.nlp import signs


def find(doc: Doc) -> tuple[Safety, bool]:
    """The category and whether it is certain; in doubt it is asked about."""
    scores, limits = doc._.scores, doc._.heads.limits
    if scores.alarm < limits["safety_ask"]:
        return signs.said_outright(doc._.normalised) or Safety.NONE, False
    category = tuple(Safety)[1 + int(scores.of("safety")[1:].argmax())]
    return category, scores.alarm >= limits["safety_certain"]
