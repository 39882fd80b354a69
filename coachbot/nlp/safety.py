"""Is somebody in danger? Two tiers: certain (help at once) and likely (ask first)."""

from __future__ import annotations

from spacy.tokens import Doc

from coachbot.model import Safety
from coachbot.nlp import signs

#: How much more a message must score to be asked about when no word of danger stands in it, in
#: log-odds (chosen on the development sets and on made-up talk without danger).
UNNAMED = 4.0
#: Without a word of danger and less than this above the limit the hint is faint, in log-odds.
FAINT = 1.5
#: How much likelier a kind of danger is when one of its own words stands in the message.
OWN_WORD = 20.0
#: How much less a message of so few words must score when a word of danger stands in it, in
#: log-odds: it has no story around it that makes it harmless. The same counts for being certain,
#: if it says it outright.
SHORT, BARE = 9, 2.0
#: A clause by itself ("dat ik er niet alleen voor sta") answers what somebody needs or hopes, and
#: "als …, dan …" is the plan that the coach asks for.
WISHED, FRAGMENT = frozenset({"dat", "om"}), 5.0
DANGERS = tuple(kind for kind in Safety if kind is not Safety.NONE)


def find(doc: Doc) -> tuple[Safety, bool, bool]:
    """The category, whether it is certain (in doubt it is asked about), and whether it is faint."""
    scores, limits = doc._.scores, doc._.heads.limits
    named = signs.named(doc._.normalised)
    short = len(doc._.normalised.words) <= SHORT
    limit = limits["safety_ask"] + (UNNAMED if not named else -BARE if short else 0.0)
    words = [token.lower_ for token in doc]
    plan = words[:1] == ["als"] and "dan" in words
    if not named and (plan or WISHED.intersection(words[:1])):
        limit += FRAGMENT
    if scores.alarm < limit:
        return Safety.NONE, False, False
    chance = dict(zip(Safety, scores.of("safety"), strict=True))
    category = max(DANGERS, key=lambda kind: chance[kind] * (OWN_WORD if kind in named else 1.0))
    plain = BARE if short and signs.outright(doc._.normalised) else 0.0
    certain = bool(named) and scores.alarm >= limits["safety_certain"] - plain
    return category, certain, not named and scores.alarm < limit + FAINT
