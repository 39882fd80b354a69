"""The heads: what a message scores on every label, before the finders decide.

Three unlike readers score a message: a linear model on hashed counts (`features`), a small network
(`encoder`) and the word lists of `signs.yml` (`signs`). A last linear layer, the blend, weighs
them; all weights come from `training/heads.py` and lie in `model_heads/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from coachbot.model import Emotion, Person, Rung, Safety, Time
from coachbot.nlp import features, signs
from coachbot.nlp.cues import Match, Normalised
from coachbot.nlp.encoder import Floats

#: How far below the limit a word may score that stands beside a cue word.
SPREAD = 0.3
#: Cue words this close together (2: one word between) are one stretch; marks keep them apart.
GAP = 2
_BREAKS = ",.!?;:"
#: What the network's word counts beside the linear model's in "is somebody not safe?".
NETWORK_ALARM = 0.5
HOME = Path(__file__).parent / "model_heads"

#: The labels of each task, in the order of the scores. One label: yes or no.
TASKS: dict[str, tuple[str, ...]] = {
    "rung": tuple(Rung),
    "blame": ("blame",),
    "emotions": tuple(Emotion),
    "person": tuple(Person),
    "time": tuple(Time),
    "safety": tuple(Safety),
}
#: Tasks of which one label holds; of the others each label is decided by itself.
EXCLUSIVE = frozenset({"rung", "person", "time", "safety"})
WIDTH = sum(len(labels) for labels in TASKS.values())


def columns() -> dict[str, slice]:
    """Where the scores of each task stand in a row of `WIDTH` scores."""
    found, start = {}, 0
    for task, labels in TASKS.items():
        found[task] = slice(start, start + len(labels))
        start += len(labels)
    return found


COLUMNS = columns()


@dataclass(frozen=True, slots=True)
class Scores:
    """What one message scores: (WIDTH,) chances 0-1, by task through `of`.

    `places` are the (start, end) of the pieces of the message, `cue` how much each of them looks
    like a word that carries blame (log-odds).
    """

    chances: Floats
    #: Log-odds that somebody is not safe.
    alarm: float = -9.0
    places: tuple[tuple[int, int], ...] = ()
    cue: Floats | None = None

    def of(self, task: str) -> Floats:
        """The chances of one task's labels."""
        return self.chances[COLUMNS[task]]


class Linear:
    """A linear model on hashed features: `weights` (BUCKETS, WIDTH + 1), `rarity` (BUCKETS,)."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.weights: NDArray[np.int8] = np.asarray(arrays["weights"], dtype=np.int8)
        self.scale = np.asarray(arrays["weights.scale"], dtype=np.float32)
        self.bias = np.asarray(arrays["bias"], dtype=np.float32)
        self.rarity = np.asarray(arrays["rarity"], dtype=np.float32)

    def __call__(self, found: features.Sparse) -> Floats:
        """(WIDTH + 1,): the scores of all labels, and of "not safe"."""
        ids, values = found
        if not len(ids):
            return self.bias
        weighted = values * self.rarity[ids]
        return (weighted @ self.weights[ids].astype(np.float32)) * self.scale + self.bias

    def of_word(self, word: str, column: int) -> float:
        """What a word by itself adds to a score."""
        ids = features.of_word(word)
        return float(self.weights[ids, column] @ self.rarity[ids]) * float(self.scale[column])


class Heads:
    """All readers and the blend; made once by `load`."""

    def __init__(self, linear: Linear, blend: Mapping[str, Any]) -> None:
        self.linear = linear
        self.weights = np.asarray(blend["weights"], dtype=np.float32)
        self.alarm_signs = np.asarray(blend["alarm_signs"], dtype=np.float32)
        self.limits: dict[str, float] = blend["limits"]

    def __call__(self, doc: Doc, normalised: Normalised) -> Scores:
        """The chances of every label, of a message that the network has read (`doc._.seen`)."""
        linear = self.linear(features.extract(normalised, doc))
        seen = signs.look(doc.text, normalised)
        whole = doc._.seen
        row = np.concatenate([linear[:WIDTH], whole.scores, seen])
        alarm = alarms(linear[WIDTH], whole.scores, seen, self.alarm_signs)
        found = chances(row @ self.weights)
        return Scores(found, float(alarm), whole.places, whole.cue)

    def evidence(self, task: str, label: str, normalised: Normalised) -> list[Match]:
        """The word that speaks most for a label by the linear model; at most one."""
        column = COLUMNS[task].start + TASKS[task].index(label)
        best: list[Match] = []
        top = 0.0
        words = normalised.text.split()[: features.MAX_WORDS]
        for word, (_, start, end) in zip(words, normalised.places, strict=False):
            value = self.linear.of_word(word, column)
            if value > top:
                best, top = [Match(start, end, word)], value
        return best

    def guilty(self, doc: Doc, scores: Scores) -> list[tuple[int, int]]:
        """(start, end) of the runs of words that carry the blame."""
        if scores.cue is None:
            return []
        return runs(doc.text, scores.places, scores.cue, self.limits["cue"])


def runs(
    text: str, places: Sequence[tuple[int, int]], cue: Floats, limit: float
) -> list[tuple[int, int]]:
    """Words with a piece that scores above the limit, and their likely neighbours, joined.

    Without any, the words around the highest score.
    """
    words = [(m.start(), m.end()) for m in re.finditer(r"\w[\w'’-]*", text)]
    if not words or not len(cue):
        return []
    value = [
        max(
            (float(c) for (s, e), c in zip(places, cue, strict=True) if s < end and start < e),
            default=-99.0,
        )
        for start, end in words
    ]
    limit = min(limit, max(value))
    inside = [v >= limit for v in value]
    for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
        step = order.step
        for number in order:
            near = inside[number - step]
            inside[number] = inside[number] or (near and value[number] >= limit - SPREAD)
    pieces: list[list[int]] = []
    for number in (n for n, chosen in enumerate(inside) if chosen):
        near = bool(pieces) and number - pieces[-1][-1] <= GAP
        if near and not set(text[words[pieces[-1][-1]][1] : words[number][0]]) & set(_BREAKS):
            pieces[-1].append(number)
        else:
            pieces.append([number])
    found = [_trimmed(text, words, run[0], run[-1]) for run in pieces]
    return [(words[first][0], words[last][1]) for first, last in found]


def _trimmed(text: str, words: list[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """A run without the small words at its ends; at least two words are left if it had them."""
    edges = signs.load()["edges"]
    while last - first > 1 and text[slice(*words[last])].lower() in edges["last"]:
        last -= 1
    while last - first > 1 and text[slice(*words[first])].lower() in edges["first"]:
        first += 1
    return first, last


def alarms(linear: Any, scores: Floats, seen: Floats, weights: Floats) -> Any:
    """Log-odds of "not safe", of one message or of rows of them."""
    own = scores[..., COLUMNS["safety"]]
    danger = np.log(np.exp(own[..., 1:]).sum(axis=-1)) - own[..., 0]
    return linear + signs.alarming(seen) @ weights + NETWORK_ALARM * danger


def chances(scores: Floats) -> Floats:
    """(WIDTH,) blended scores to chances: softmax over exclusive labels, else logistic."""
    found = np.empty_like(scores)
    for task, part in COLUMNS.items():
        own = scores[part]
        if task in EXCLUSIVE:
            raised = np.exp(own - own.max())
            found[part] = raised / raised.sum()
        else:
            found[part] = 1 / (1 + np.exp(-np.clip(own, -30, 30)))
    return found


def load(home: Path = HOME) -> Heads:
    """The heads from disk."""
    blend = json.loads((home / "blend.json").read_text(encoding="utf-8"))
    with np.load(home / "linear.npz") as arrays:
        linear = Linear(dict(arrays))
    return Heads(linear, blend)
