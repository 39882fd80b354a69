"""Is somebody in danger? Two tiers: certain (help at once) and likely (ask first)."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Safety


def find(doc: Doc) -> tuple[Safety, bool]:
    """The category and whether it is certain; in doubt it is asked about."""
    chances, limits = doc._.scores.of("safety"), doc._.heads.limits
    alarm = 1 - float(chances[0])
    if alarm < limits["safety_ask"]:
        return Safety.NONE, False
    category = tuple(Safety)[1 + int(chances[1:].argmax())]
    return category, alarm >= limits["safety_certain"]
