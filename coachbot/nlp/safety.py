"""Is somebody in danger? Two tiers: certain (help at once) and likely (ask first)."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Safety
from coachbot.nlp import signs

#: Without a word of danger in it a message must score this much more to be asked about, in
#: log-odds (chosen on the development sets: as much is found, with a third of the needless
#: questions).
UNNAMED = 2.0


def find(doc: Doc) -> tuple[Safety, bool]:
    """The category and whether it is certain; in doubt it is asked about."""
    scores, limits = doc._.scores, doc._.heads.limits
    named = signs.named(doc._.normalised)
    if scores.alarm < limits["safety_ask"] + (0.0 if named else UNNAMED):
        return signs.said_outright(doc._.normalised) or Safety.NONE, False
    category = tuple(Safety)[1 + int(scores.of("safety")[1:].argmax())]
    return category, named and scores.alarm >= limits["safety_certain"]
