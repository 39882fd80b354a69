"""Train the heads on `corpus/*.jsonl`; needs scikit-learn (and torch for the network)."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from spacy.language import Language

from coachbot.model import Safety
from coachbot.nlp import cues, features, heads, pipeline, signs
from coachbot.nlp.encoder import Floats
from coachbot.nlp.heads import COLUMNS, EXCLUSIVE, TASKS, WIDTH
from coachbot.nlp.training import corpus
from coachbot.nlp.training.corpus import Message

#: Chosen on `cues_dev` and `safety_dev`: chances, log-odds for the two tiers and for a cue word.
LIMITS = {
    "blame": 0.75,
    "boos": 0.17,
    "bedroefd": 0.35,
    "bang": 0.5,
    "blij": 0.6,
    "safety_ask": -3.5,
    "safety_certain": 0.5,
    "cue": -0.2,
}
#: A score is a sum: the linear model's times the first number, the network's, and what its sign
#: says times the second; all over the third. Chosen on `cues_dev`.
SUMS = {
    "rung": (4.0, 2.0, 1.5),
    "blame": (6.0, 2.0, 1.5),
    "emotions": (2.0, 2.0, 1.5),
    "person": (1.0, 0.0, 1.0),
    "time": (2.0, 0.0, 1.5),
    "safety": (1.0, 0.0, 1.0),
}
#: How large a sign is beside the counts, and what an ordinary message weighs, in "not safe".
SIGN_VALUE, ORDINARY_WEIGHT = 0.3, 1.0
#: Regularisation of the linear models; .1 to 1 makes no difference.
COST = 0.3
#: Keeps the idf-weighted values of a message near one.
RARITY_SCALE = 0.2


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
        rows.append(signs.look(doc.text, normalised))
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
            model = LinearSVC(C=COST, random_state=1, tol=0.01)
            model.fit(table[labelled], yes)
            weights[:, column] = model.coef_[0]
            bias[column] = model.intercept_[0]
    return weights, bias


def fit_alarm(
    table: csr_matrix, seen: Floats, messages: Sequence[Message]
) -> tuple[Floats, float, Floats]:
    """ "Not safe" on counts and signs together: weights (BUCKETS,), bias, weights of the signs."""
    wide = hstack([table, csr_matrix(signs.alarming(seen) * SIGN_VALUE)]).tocsr()
    unsafe = [m.safety != Safety.NONE for m in messages]
    weigh = [1.0 if m.rung is None else ORDINARY_WEIGHT for m in messages]
    model = LogisticRegression(C=10, solver="liblinear", class_weight="balanced")
    model.fit(wide, unsafe, sample_weight=weigh)
    weights = model.coef_[0].astype(np.float32)
    bias = float(model.intercept_[0])
    return weights[: features.BUCKETS], bias, weights[features.BUCKETS :] * SIGN_VALUE


def main() -> None:
    """Train, and write `model_heads/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=heads.HOME)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blend", action="store_true", help="keep the network as it is")
    parser.add_argument("--shared", type=Path, help="folder with ud/ and subs-frog.tsv")
    args = parser.parse_args()
    messages = corpus.read_cues() + corpus.read_safety()
    args.out.mkdir(parents=True, exist_ok=True)
    if not args.blend:
        if args.shared is None:
            parser.error("--shared: the network needs this folder; or keep it with --blend")
        from coachbot.nlp.training import net, network, tagging

        recipe = net.Recipe(seed=args.seed)
        trainer = network.Trainer([m.text for m in messages], tagging.read(args.shared), recipe)
        trainer.fit(messages)
        trainer.save(args.out)
    finish(args.out, messages, args.seed)


def finish(home: Path, messages: Sequence[Message], seed: int) -> None:
    """The linear models, on the messages and on noisy copies of them, and the blend."""
    random = Random(seed)
    rough = [corpus.roughen(m.text, (), random, corpus.Noise())[0] for m in messages]
    nlp = pipeline.words(home)
    plain, seen = observe(nlp, [m.text for m in messages])
    noisy, _ = observe(nlp, rough)
    idf = rarity(plain)
    plain, noisy = plain @ diags(idf), noisy @ diags(idf)
    weights, bias = fit_linear(vstack([plain, noisy]).tocsr(), twice(targets(messages)))
    alarm, alarm_bias, alarm_signs = fit_alarm(plain, seen, messages)
    weights = np.hstack([weights, alarm[:, None]])
    save_linear(home, weights, np.append(bias, np.float32(alarm_bias)), idf)
    save_blend(home, alarm_signs)


def blend() -> Floats:
    """(2 * WIDTH + signs, WIDTH): what each score of each reader counts; see `SUMS`."""
    rows = np.zeros((2 * WIDTH + signs.WIDTH, WIDTH), dtype=np.float32)
    for task, (linear, sign, temperature) in SUMS.items():
        part = COLUMNS[task]
        for column, label in zip(range(part.start, part.stop), TASKS[task], strict=True):
            rows[column, column] = linear / temperature
            rows[WIDTH + column, column] = 1 / temperature
            for place, way in signs.of_label(task, label):
                rows[2 * WIDTH + place, column] = way * sign / temperature
    return rows


def save_blend(home: Path, alarm_signs: Floats) -> None:
    """`blend.json`: what each reader counts, and the limits."""
    data = {
        "weights": blend().round(5).tolist(),
        "alarm_signs": alarm_signs.round(5).tolist(),
        "limits": LIMITS,
    }
    temporary = home / "blend.new.json"
    temporary.write_text(json.dumps(data), encoding="utf-8")
    os.replace(temporary, home / "blend.json")


def twice(wanted: dict[str, NDArray[np.int64]]) -> dict[str, NDArray[np.int64]]:
    """The labels of the messages, and once more for their noisy copies."""
    return {task: np.concatenate([v, v]) for task, v in wanted.items()}


def put(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays in one move, so that a reader never sees half a file."""
    temporary = path.with_suffix(".new.npz")
    np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
    os.replace(temporary, path)


def save_linear(home: Path, weights: Floats, bias: Floats, idf: Floats) -> None:
    """`linear.npz`: 8-bit weights with a scale a column; what says next to nothing is zero."""
    scale = np.abs(weights).max(axis=0) / 127
    put(
        home / "linear.npz",
        {
            "weights": np.rint(weights / scale).astype(np.int8),
            "weights.scale": scale.astype(np.float32),
            "bias": bias.astype(np.float32),
            "rarity": idf.astype(np.float16),
        },
    )


if __name__ == "__main__":
    main()
