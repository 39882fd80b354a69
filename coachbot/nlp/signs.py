"""Signs: which word lists of `signs.yml` hit a message, and whose feelings are named in it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from coachbot.model import Emotion, Safety
from coachbot.nlp import cues
from coachbot.nlp.cues import Match, Normalised

#: Word lists that the blend sees; each as "is it there", in this order.
LISTS: tuple[tuple[str, ...], ...] = (
    ("blame",),
    ("tone",),
    ("reported",),
    ("self_blame",),
    ("need",),
    ("commitment",),
    ("action",),
    ("concern",),
    ("position",),
    ("requests",),
    ("wishes",),
    ("past",),
    ("moment",),
    ("own",),
    ("safety", "figures"),
    ("safety", "guards"),
    *(
        ("safety", str(kind), tier)
        for kind in Safety
        if kind is not Safety.NONE
        for tier in ("certain", "likely")
    ),
)


_OUTRIGHT = [i for i, keys in enumerate(LISTS) if keys[-1] == "certain"]
_HINTED = [i for i, keys in enumerate(LISTS) if keys[-1] == "likely"]
_FIGURE, _GUARD = LISTS.index(("safety", "figures")), LISTS.index(("safety", "guards"))
#: Whose feeling a mention is.
OWNERS = ("own", "denied", "other")
#: How many signs `look` gives.
WIDTH = len(LISTS) + len(Emotion) * len(OWNERS) + 4
#: A negation reaches this many words ahead; a third person as owner this many back.
NEGATION_REACH = 3
OWNER_REACH = 4
#: A denial behind the feeling ("bang daarvoor ben ik niet") reaches this many words back.
DENIAL_REACH = 6


@cache
def load() -> dict[str, Any]:
    """`signs.yml` as plain data; read once."""
    text = files("coachbot.nlp").joinpath("signs.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@cache
def pattern(*keys: str) -> re.Pattern[str]:
    """The compiled list under a key, e.g. `pattern("emotions", "boos")`."""
    node: Any = load()
    for key in keys:
        node = node[key]
    return cues.compiled(node)


def look(text: str, normalised: Normalised) -> NDArray[np.float32]:
    """(signs,): which lists hit; feelings by whose they are; the length and the marks."""
    row = [
        float(next(iter(cues.find(pattern(*keys), normalised)), None) is not None) for keys in LISTS
    ]
    felt = {(kind, owner) for kind, owner, _ in feelings(normalised)}
    row += [float((kind, owner) in felt) for kind in Emotion for owner in OWNERS]
    words = len(normalised.words)
    row += [min(words, 40) / 20, float("?" in text), float("!" in text), float(words < 4)]
    return np.asarray(row, dtype=np.float32)


def of_label(task: str, label: str) -> list[tuple[int, float]]:
    """(place, 1 or -1): the signs that speak for or against a label."""
    if (task, label) in (("rung", "verwijt"), ("blame", "blame")):
        return [(LISTS.index(("blame",)), 1.0)]
    if task != "emotions":
        return []
    first = len(LISTS) + tuple(Emotion).index(Emotion(label)) * len(OWNERS)
    return [(first + OWNERS.index("own"), 1.0), (first + OWNERS.index("denied"), -1.0)]


def alarming(row: NDArray[np.float32]) -> NDArray[np.float32]:
    """(signs,) or (n, signs) -> the same and six more: danger said outright or hinted at, with and
    without a figure of speech or another world (a film, a case, long ago) around it.
    """
    outright = row[..., _OUTRIGHT].max(axis=-1)
    hinted = row[..., _HINTED].max(axis=-1)
    figure, guard = row[..., _FIGURE], row[..., _GUARD]
    more = [
        outright * (1 - figure),
        outright * (1 - figure) * (1 - guard),
        outright * guard,
        outright * figure,
        hinted * (1 - guard),
        hinted * guard,
    ]
    return np.concatenate([row, np.stack(more, axis=-1)], axis=-1)


def feelings(normalised: Normalised) -> list[tuple[Emotion, str, Match]]:
    """Every feeling that is named: `own`, `denied`, or of an `other`."""
    found = []
    words = normalised.text.split()
    for emotion in Emotion:
        for match in cues.find(pattern("emotions", str(emotion)), normalised):
            first, last = _span(normalised, match)
            owner = "own"
            if _denied(words, first, last):
                owner = "denied"
            elif _of_another(words[:first]):
                owner = "other"
            found.append((emotion, owner, match))
    return found


def _span(normalised: Normalised, match: Match) -> tuple[int, int]:
    """The first and last word of a match, by number."""
    inside = [
        i
        for i, (_, start, end) in enumerate(normalised.places)
        if start < match.end and match.start < end
    ]
    return inside[0], inside[-1]


def _denied(words: list[str], first: int, last: int) -> bool:
    """ "ben niet boos", or with the denial behind it in the same part: "boos ben ik niet"."""
    negation = load()["negation"]
    if any(word in negation for word in words[max(0, first - NEGATION_REACH) : first]):
        return True
    after: list[str] = []
    for word in words[last + 1 : last + 1 + DENIAL_REACH]:
        if not word[0].isalnum():
            break
        after.append(word)
    return bool(set(load()["being"]) & set(after) and set(negation) & set(after))


def _of_another(before: list[str]) -> bool:
    """ "hij was woedend": a third person closer by than any "ik"."""
    persons = load()["persons"]
    for word in reversed(before[-OWNER_REACH:]):
        if word in persons["ik"] or word in persons["wij"]:
            return False
        if word in persons["jij"]:
            return True
    return False


def named(normalised: Normalised) -> list[Safety]:
    """The kinds of danger of which a word, outright or hinted at, stands in the message."""
    return [
        kind
        for kind in Safety
        if kind is not Safety.NONE
        and any(
            next(iter(cues.find(pattern("safety", str(kind), tier), normalised)), None)
            for tier in ("certain", "likely")
        )
    ]


def outright(normalised: Normalised) -> bool:
    """Is danger said in so many words, without a figure of speech or another world around it?"""

    def hit(*keys: str) -> bool:
        return next(iter(cues.find(pattern("safety", *keys), normalised)), None) is not None

    if hit("figures") or hit("guards"):
        return False
    return any(hit(str(kind), "certain") for kind in Safety if kind is not Safety.NONE)
