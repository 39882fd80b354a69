"""What a message says about the meeting ahead: with whom, about what, when; and plans for it."""

from __future__ import annotations

import re

from coachbot.model import Situation
from coachbot.nlp import cues
from coachbot.nlp.cues import Match, Normalised

#: Longest topic that still fits in a sentence of the coach.
TOPIC_WORDS = 8
#: Two mentions of time this close together are one: "morgen | om 10 uur".
NEAR = 3


def situation(text: str, normalised: Normalised) -> Situation:
    """The phrases as the coach can use them: "met mijn baas" gives "je baas"."""
    party, anybody = _people(text, normalised)
    return Situation(
        counterpart=party,
        mentioned=anybody,
        topic=_topic(text, normalised),
        moment=_moment(text, normalised),
    )


def _people(text: str, normalised: Normalised) -> tuple[str | None, str | None]:
    """(the other party, anybody named): "met mijn baas" and an opening "mijn baas …" are sure."""
    known = cues.load()["counterpart"]
    people = "|".join(sorted(map(re.escape, known["people"]), key=len, reverse=True))
    determiners = "|".join(known["determiners"])
    phrase = rf"(?P<det>{determiners})\s(?:[\w-]+\s)?(?P<who>[\w-]*(?:{people}))(?=\s|$)"
    before = "|".join(known["before"])
    anybody = re.search(rf"\s{phrase}", normalised.text)
    sure = re.search(rf"\s(?:{before})\s{phrase}", normalised.text) or re.match(
        rf"\s{phrase}(?!\s(?:{'|'.join(known['says'])}))", normalised.text
    )
    # At the very start ("met den architect") any noun will do: it answers "met wie?".
    answer = re.match(
        rf"(?:\s(?:{before}))?\s(?P<det>{determiners})\s[\w-]+(?:\s[\w-]+)?(?=\s[,.]|$)",
        normalised.text,
    )
    name = re.search(rf"\b(?:{before})\s+([A-Z][\w-]+(?:\s[A-Z][\w-]+)?)", text)
    party = _turned(sure) if sure else (name.group(1) if name else None)
    found = anybody or answer
    return party, party or (_turned(found) if found else None)


def _turned(found: re.Match[str]) -> str:
    words = found.group().split()
    start = next(i for i, word in enumerate(words) if word == found.group("det"))
    turned = cues.load()["counterpart"]["turned"]
    return " ".join([turned.get(words[start], words[start]), *words[start + 1 :]])


def _topic(text: str, normalised: Normalised) -> str | None:
    before = "|".join(cues.load()["topic"]["before"])
    found = re.search(rf"\b(?:{before})\s+([^.,;!?\n]+)", text, re.IGNORECASE)
    if not found:
        return None
    words = found.group(1).split()
    stops = set(cues.load()["topic"]["until"])
    cut = next((i for i, w in enumerate(words) if i and w.lower() in stops), len(words))
    if words[0].lower() in cues.load()["topic"]["not"] or cut > TOPIC_WORDS:
        return None
    return " ".join(words[:cut])


def _moment(text: str, normalised: Normalised) -> str | None:
    found: list[Match] = []
    for match in cues.find(cues.pattern("moment"), normalised):
        if found and len(text[found[-1].end : match.start].split()) > NEAR:
            break
        found.append(match)
    return text[found[0].start : found[-1].end] if found else None


def has_moment(normalised: Normalised) -> bool:
    """Does it name a moment to act on: "als hij binnenkomt", "zodra …", "morgen om tien uur"?"""
    return any(
        next(cues.find(cues.pattern(key), normalised), None) for key in ("condition", "moment")
    )


def has_step(normalised: Normalised) -> bool:
    """Does it name a step of one's own: "dan vraag ik …", "ik bel …"?"""
    return next(cues.find(cues.pattern("step"), normalised), None) is not None


def absolutes(text: str, normalised: Normalised) -> tuple[str, ...]:
    """Absolute words ("altijd", "nooit"), to the letter."""
    found = cues.find(cues.pattern("absolutes"), normalised)
    return tuple(dict.fromkeys(text[m.start : m.end] for m in found))
