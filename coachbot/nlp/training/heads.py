"""Train the heads on `corpus/*.jsonl`; needs scikit-learn (and torch for the network)."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import spacy
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC
from spacy.language import Language

from coachbot.nlp import cues, features, heads
from coachbot.nlp.encoder import Floats
from coachbot.nlp.heads import COLUMNS, EXCLUSIVE, TASKS, WIDTH
from coachbot.nlp.pipeline import MODEL
from coachbot.nlp.training import corpus
from coachbot.nlp.training.corpus import Message

Rows = NDArray[np.int64]

FOLDS = 5
#: Regularisation of the linear models; .1 to 1 makes no difference.
COST = 0.3
#: Keeps the idf-weighted values of a message near one.
RARITY_SCALE = 0.2
#: What a message of the cue corpus weighs as an example of "safe".
SAFE_WEIGHT = 0.5


def targets(messages: Sequence[Message]) -> dict[str, NDArray[np.int64]]:
    """By task: the label's number for exclusive tasks, 0/1 a label for others; -1: not labelled."""
    found: dict[str, NDArray[np.int64]] = {}
    for task, labels in TASKS.items():
        if task in EXCLUSIVE:
            values = [getattr(m, task) for m in messages]
            found[task] = np.array([labels.index(v) if v else -1 for v in values])
        elif task == "blame":
            found[task] = np.array([[int(m.blame) if m.rung else -1] for m in messages])
        else:
            found[task] = np.array(
                [[int(x in m.emotions) if m.rung else -1 for x in labels] for m in messages]
            )
    return found


def observe(nlp: Language, texts: Sequence[str]) -> tuple[csr_matrix, Floats]:
    """Hashed features (n, BUCKETS) and signs (n, signs) of messages."""
    ids: list[NDArray[np.int64]] = []
    values: list[Floats] = []
    rows = []
    for doc in nlp.pipe(texts, batch_size=64):
        normalised = cues.normalise(doc.text, cues.load()["spelling"])
        places, weights = features.extract(normalised, doc)
        ids.append(places)
        values.append(weights)
        rows.append(heads.signs(doc, normalised))
    ends = np.cumsum([0, *(len(i) for i in ids)])
    table = csr_matrix(
        (np.concatenate(values), np.concatenate(ids), ends), shape=(len(ids), features.BUCKETS)
    )
    return table, np.stack(rows)


def rarity(table: csr_matrix) -> Floats:
    """Inverse document frequency of every place."""
    seen = np.bincount(table.indices, minlength=features.BUCKETS)
    idf = np.log((1 + table.shape[0]) / (1 + seen)) + 1
    return np.asarray(idf * RARITY_SCALE, dtype=np.float32)


def fit_linear(table: csr_matrix, wanted: dict[str, NDArray[np.int64]]) -> tuple[Floats, Floats]:
    """(BUCKETS, WIDTH) weights and (WIDTH,) biases: one linear model a label."""
    weights = np.zeros((features.BUCKETS, WIDTH), dtype=np.float32)
    bias = np.zeros(WIDTH, dtype=np.float32)
    for task, part in COLUMNS.items():
        labelled = (wanted[task] if wanted[task].ndim == 1 else wanted[task][:, 0]) >= 0
        for number, column in enumerate(range(part.start, part.stop)):
            own = wanted[task][labelled]
            yes = own == number if task in EXCLUSIVE else own[:, number] == 1
            model = LinearSVC(C=COST, class_weight="balanced", random_state=1)
            model.fit(table[labelled], yes)
            weights[:, column] = model.coef_[0]
            bias[column] = model.intercept_[0]
    return weights, bias


def fit_blend(
    seen: Floats, wanted: dict[str, NDArray[np.int64]], weigh: Floats
) -> tuple[Floats, Floats]:
    """(inputs, WIDTH) weights and biases of the last layer, on scores of held-out messages."""
    weights = np.zeros((seen.shape[1], WIDTH), dtype=np.float32)
    bias = np.zeros(WIDTH, dtype=np.float32)
    for task, part in COLUMNS.items():
        labelled = (wanted[task] if wanted[task].ndim == 1 else wanted[task][:, 0]) >= 0
        own = wanted[task][labelled]
        x, w = seen[labelled], weigh[labelled]
        if task in EXCLUSIVE:
            model = LogisticRegression(C=0.1, max_iter=2000).fit(x, own, sample_weight=w)
            weights[:, part], bias[part] = model.coef_.T, model.intercept_
        else:
            for number, column in enumerate(range(part.start, part.stop)):
                model = LogisticRegression(C=0.1, max_iter=2000).fit(x, own[:, number])
                weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return weights, bias


def best_limit(chance: Floats, yes: NDArray[np.bool_]) -> float:
    """The limit with the highest F1."""
    order = np.argsort(-chance)
    right = np.cumsum(yes[order])
    f1 = 2 * right / (np.arange(1, len(yes) + 1) + yes.sum())
    top = int(f1.argmax())
    after = float(chance[order[min(top + 1, len(order) - 1)]])
    return (float(chance[order[top]]) + after) / 2


def limits(chance: Floats, wanted: dict[str, NDArray[np.int64]], weigh: Floats) -> dict[str, float]:
    """Limits of the yes/no labels, on held-out messages."""
    found = {}
    for task in ("blame", "emotions"):
        labelled = wanted[task][:, 0] >= 0
        for number, label in enumerate(TASKS[task]):
            column = COLUMNS[task].start + number
            yes = wanted[task][labelled][:, number] == 1
            found[str(label)] = best_limit(chance[labelled, column], yes)
    found["safety_ask"], found["safety_certain"] = 0.3, 0.8
    found["cue"] = -0.5
    return found


def main() -> None:
    """Train, and write `model_heads/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=heads.HOME)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random = Random(args.seed)
    messages = corpus.read_cues() + corpus.read_safety()
    rough = [corpus.roughen(m.text, (), random, corpus.Noise())[0] for m in messages]
    nlp = spacy.load(MODEL)
    plain, signs = observe(nlp, [m.text for m in messages])
    noisy, _ = observe(nlp, rough)
    idf = rarity(plain)
    plain, noisy = plain @ diags(idf), noisy @ diags(idf)
    wanted = targets(messages)
    doubled = {task: np.concatenate([v, v]) for task, v in wanted.items()}
    weigh = np.array([1.0 if m.rung is None else SAFE_WEIGHT for m in messages], dtype=np.float32)
    held = np.zeros((len(messages), WIDTH), dtype=np.float32)
    for train, test in GroupKFold(FOLDS).split(plain, groups=[m.author for m in messages]):
        w, b = fit_linear(
            vstack([plain[train], noisy[train]]).tocsr(),
            {task: np.concatenate([v[train], v[train]]) for task, v in wanted.items()},
        )
        held[test] = plain[test] @ w + b
    seen = np.hstack([held, signs])
    w2, b2 = fit_blend(seen, wanted, weigh)
    found = np.stack([heads.chances(row) for row in seen @ w2 + b2])
    weights, bias = fit_linear(vstack([plain, noisy]).tocsr(), doubled)
    save(args.out, weights, bias, idf, w2, b2, limits(found, wanted, weigh))


def save(
    home: Path,
    weights: Floats,
    bias: Floats,
    idf: Floats,
    blend: Floats,
    blend_bias: Floats,
    found: dict[str, float],
) -> None:
    """`linear.npz` and `blend.json`, each put in place in one move."""
    home.mkdir(parents=True, exist_ok=True)
    scale = np.abs(weights).max(axis=0) / 127
    whole = np.rint(weights / scale).astype(np.int8)
    temporary = home / "linear.new.npz"
    np.savez_compressed(
        temporary,
        weights=whole,
        **{"weights.scale": scale.astype(np.float32)},
        bias=bias,
        rarity=idf.astype(np.float16),
    )
    os.replace(temporary, home / "linear.npz")
    data = {"weights": blend.tolist(), "bias": blend_bias.tolist(), "limits": found}
    temporary = home / "blend.new.json"
    temporary.write_text(json.dumps(data), encoding="utf-8")
    os.replace(temporary, home / "blend.json")


if __name__ == "__main__":
    main()
