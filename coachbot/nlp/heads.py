"""The heads: what a message scores on every label, before the finders decide.

Three unlike readers score a message: a linear model on hashed counts (`features`), a small network
(`encoder`) and the patterns of `cues.yml` (`signs`). A last linear layer, the blend, weighs them;
all weights come from `training/heads.py` and lie in `model_heads/`.
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
from coachbot.nlp import cues, features
from coachbot.nlp.cues import Match, Normalised
from coachbot.nlp.encoder import Encoder, Floats, Pieces, unpack

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
#: Cue lists of `cues.yml` that the blend sees; each as "is it there", in this order.
SIGNS: tuple[tuple[str, ...], ...] = (
    *(("emotions", str(emotion)) for emotion in Emotion),
    ("blame",),
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
    *(
        ("safety", str(kind), tier)
        for kind in Safety
        if kind is not Safety.NONE
        for tier in ("certain", "likely")
    ),
)


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
    places: tuple[tuple[int, int], ...] = ()
    cue: Floats | None = None

    def of(self, task: str) -> Floats:
        """The chances of one task's labels."""
        return self.chances[COLUMNS[task]]


def signs(doc: Doc, normalised: Normalised) -> Floats:
    """(len(SIGNS) + 4,): which cue lists hit; feelings without the denied and the other people's."""
    from coachbot.nlp import emotion

    felt = {str(kind) for kind, _ in emotion.lexicon(doc.text, normalised)}
    row = [
        float(keys[1] in felt)
        if keys[0] == "emotions"
        else float(next(iter(cues.find(cues.pattern(*keys), normalised)), None) is not None)
        for keys in SIGNS
    ]
    words = len(normalised.words)
    row += [min(words, 40) / 20, float("?" in doc.text), float("!" in doc.text), float(words < 4)]
    return np.asarray(row, dtype=np.float32)


class Linear:
    """A linear model on hashed features: `weights` (BUCKETS, WIDTH), `rarity` (BUCKETS,)."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.weights: NDArray[np.int8] = np.asarray(arrays["weights"], dtype=np.int8)
        self.scale = np.asarray(arrays["weights.scale"], dtype=np.float32)
        self.bias = np.asarray(arrays["bias"], dtype=np.float32)
        self.rarity = np.asarray(arrays["rarity"], dtype=np.float32)

    def __call__(self, found: features.Sparse) -> Floats:
        ids, values = found
        if not len(ids):
            return self.bias
        weighted = values * self.rarity[ids]
        return (weighted @ self.weights[ids].astype(np.float32)) * self.scale + self.bias


    def of_word(self, word: str, column: int) -> float:
        """What a word by itself adds to a score."""
        ids = features.of_word(word)
        return float(self.weights[ids, column] @ self.rarity[ids]) * float(self.scale[column])


class Network:
    """The encoder with an attention and a linear layer for each task, and a cue score a piece."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        pieces = str(np.asarray(arrays["pieces"]).tobytes().decode("utf-8")).split("\n")
        self.pieces = Pieces(pieces, [float(s) for s in np.asarray(arrays["piece_scores"])])
        self.encoder = Encoder(arrays)
        self.queries = unpack(arrays, "queries")
        self.heads: list[tuple[slice, Floats, Floats]] = []
        start = 0
        for task, labels in TASKS.items():
            weights, bias = unpack(arrays, f"{task}.out"), unpack(arrays, f"{task}.out_bias")
            heads = weights.shape[0] // self.queries.shape[0]
            self.heads.append((slice(start, start + heads), weights, bias))
            start += heads
            assert len(labels) == len(bias)
        self.cue, self.cue_bias = unpack(arrays, "cue"), unpack(arrays, "cue_bias")

    def __call__(self, text: str) -> tuple[Floats, tuple[tuple[int, int], ...], Floats]:
        """(WIDTH,) scores, the places of the pieces, and the cue score of each."""
        found = self.pieces.cut(text)
        vectors = self.encoder([piece.row for piece in found])
        attention = vectors @ self.queries
        attention = np.exp(attention - attention.max(axis=0))
        attention /= attention.sum(axis=0)
        pooled = attention.T @ vectors
        parts = [pooled[part].reshape(-1) @ w + b for part, w, b in self.heads]
        cue = (vectors[1:-1] @ self.cue)[:, 0] + self.cue_bias
        return np.concatenate(parts), tuple((p.start, p.end) for p in found), cue


class Heads:
    """All readers and the blend; made once by `load`."""

    def __init__(self, linear: Linear, network: Network | None, blend: Mapping[str, Any]) -> None:
        self.linear = linear
        self.network = network
        self.weights = np.asarray(blend["weights"], dtype=np.float32)
        self.bias = np.asarray(blend["bias"], dtype=np.float32)
        self.limits: dict[str, float] = blend["limits"]

    def __call__(self, doc: Doc, normalised: Normalised) -> Scores:
        """The chances of every label; linear in the length of the message."""
        row = [self.linear(features.extract(normalised, doc)), signs(doc, normalised)]
        places: tuple[tuple[int, int], ...] = ()
        cue = None
        if self.network is not None:
            scores, places, cue = self.network(doc.text)
            row.insert(1, scores)
        return Scores(chances(np.concatenate(row) @ self.weights + self.bias), places, cue)


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
        limit = self.limits["cue"]
        return runs(doc.text, scores.places, [float(c) > limit for c in scores.cue])


def runs(
    text: str, places: Sequence[tuple[int, int]], hits: Sequence[bool]
) -> list[tuple[int, int]]:
    """Hit pieces widened to words; hit words next to each other, or one apart, are one run."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\w[\w'’-]*", text)]
    found: list[tuple[int, int]] = []
    last = -9
    for number, (start, end) in enumerate(words):
        if not any(hit and s < end and start < e for (s, e), hit in zip(places, hits, strict=True)):
            continue
        if number - last <= 2 and found:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        last = number
    return found


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
    network = None
    if (home / "network.npz").exists():
        with np.load(home / "network.npz") as arrays:
            network = Network(dict(arrays))
    return Heads(linear, network, blend)
