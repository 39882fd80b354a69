"""The rung: the highest one a message clearly reaches; and who and when its weight lies with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import log

from spacy.tokens import Doc

from coachbot.model import Emotion, Person, Rung, Time
from coachbot.nlp.heads import Scores

#: Rungs that by the codebook hold no blame.
BLAMELESS = frozenset({Rung.NONE, Rung.POSITION})
#: The price, in log-odds, of `verwijt` without blame or anger.
_EMPTY_BLAME = 2.0
_TINY = 1e-6
#: A message of so few words holds one thing.
SHORT = 6
_OPEN_QUESTION = re.compile(r"(en |maar )?(wat|waar|hoe|wie|welke?|wanneer)\b[^.!?]*\?\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Rung and blame, decided together."""

    rung: Rung
    blame: bool


def verdict(scores: Scores, limits: Mapping[str, float]) -> Verdict:
    """The likeliest pair of rung and blame that the codebook allows."""
    chance = _shifted(float(scores.of("blame")[0]), limits["blame"])
    angry = float(scores.of("emotions")[tuple(Emotion).index(Emotion.ANGRY)])
    calm = angry < limits[str(Emotion.ANGRY)]
    best, top = Verdict(Rung.NONE, False), float("-inf")
    for (rung, share), blame in product(zip(Rung, scores.of("rung"), strict=True), (False, True)):
        if blame and rung in BLAMELESS:
            continue
        value = log(float(share) + _TINY) + log((chance if blame else 1 - chance) + _TINY)
        if rung is Rung.BLAME and not blame and calm:
            value -= _EMPTY_BLAME
        if value > top:
            best, top = Verdict(rung, blame), value
    return best


def _shifted(chance: float, limit: float) -> float:
    """The chance moved so that `limit` becomes one half."""
    odds = chance / (1 - chance + _TINY) * (1 - limit) / limit
    return odds / (1 + odds)


def find(doc: Doc) -> Rung:
    """The rung of the verdict; a feeling of one's own is never off the ladder.

    Anger and nothing else is `verwijt`, also when nobody is blamed; a question that asks for
    something ("waar zie je tegenop?") and blames nobody never is.
    """
    rung = verdict(doc._.scores, doc._.heads.limits).rung
    asks = not doc._.blame and _OPEN_QUESTION.match(doc.text)
    if asks and rung in (Rung.BLAME, Rung.NONE):
        return Rung.NONE
    felt = {emotion for emotion, _ in doc._.emotions} - {Emotion.GLAD}
    if rung is Rung.CONCERN and felt == {Emotion.ANGRY} and len(doc) <= SHORT:
        return Rung.BLAME
    if rung is not Rung.NONE or not felt:
        return rung
    return Rung.BLAME if felt == {Emotion.ANGRY} else Rung.CONCERN


def person(doc: Doc, rung: Rung) -> Person:
    """Blame is about the other; else whoever scores highest."""
    if rung is Rung.BLAME and doc._.blame:
        return Person.OTHER
    return tuple(Person)[int(doc._.scores.of("person").argmax())]


def time(doc: Doc, rung: Rung) -> Time:
    """Where the weight lies in time."""
    return tuple(Time)[int(doc._.scores.of("time").argmax())]
