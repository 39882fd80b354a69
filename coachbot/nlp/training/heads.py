"""Train the heads on `corpus/*.jsonl`; needs scikit-learn (and torch for the network)."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import spacy
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC
from spacy.language import Language

from coachbot import evaluate
from coachbot.model import Safety
from coachbot.nlp import cues, features, heads, signs
from coachbot.nlp.encoder import Floats
from coachbot.nlp.heads import COLUMNS, EXCLUSIVE, TASKS, WIDTH
from coachbot.nlp.pipeline import MODEL
from coachbot.nlp.training import corpus, network
from coachbot.nlp.training.corpus import Message

Rows = NDArray[np.int64]

FOLDS = 5
#: Messages on which the blend and the limits are fitted (the shipped weights have seen them too):
#: two whole authors, and the last pairs of one author of the safety corpus.
HELD_AUTHORS = frozenset({"a5", "a9"})
HELD_FROM = "s3-500"
#: Share of held-out safe messages that may be asked about, and taken for certain: of the safety
#: corpus, where half are made to look dangerous, and of ordinary messages.
ASKED, ASKED_ORDINARY, CERTAIN = 0.08, 0.008, 0.01
#: How large a sign is beside the counts, and what an ordinary message weighs, in "not safe".
SIGN_VALUE, ORDINARY_WEIGHT = 0.3, 0.3
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
            model = LinearSVC(C=COST, class_weight="balanced", random_state=1, tol=0.01)
            model.fit(table[labelled], yes)
            weights[:, column] = model.coef_[0]
            bias[column] = model.intercept_[0]
    return weights, bias


def fit_blend(seen: Floats, wanted: dict[str, NDArray[np.int64]]) -> tuple[Floats, Floats]:
    """(inputs, WIDTH) weights and biases of the last layer, on scores of held-out messages."""
    weights = np.zeros((seen.shape[1], WIDTH), dtype=np.float32)
    bias = np.zeros(WIDTH, dtype=np.float32)
    for task, part in COLUMNS.items():
        labelled = (wanted[task] if wanted[task].ndim == 1 else wanted[task][:, 0]) >= 0
        own = wanted[task][labelled]
        x = seen[labelled]
        if task in EXCLUSIVE:
            model = LogisticRegression(C=0.1, max_iter=2000).fit(x, own)
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


def limits(chance: Floats, wanted: dict[str, NDArray[np.int64]]) -> dict[str, float]:
    """Limits of the yes/no labels, on held-out messages."""
    found = {}
    for task in ("blame", "emotions"):
        labelled = wanted[task][:, 0] >= 0
        for number, label in enumerate(TASKS[task]):
            column = COLUMNS[task].start + number
            yes = wanted[task][labelled][:, number] == 1
            found[str(label)] = best_limit(chance[labelled, column], yes)
    return found


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


def alarm_limits(alarm: Floats, messages: Sequence[Message]) -> dict[str, float]:
    """Limits of the two tiers, by what held-out safe messages score."""
    safe = np.array([m.safety == Safety.NONE for m in messages])
    ordinary = np.array([m.rung is not None for m in messages])
    ask = max(
        float(np.quantile(alarm[safe & ~ordinary], 1 - ASKED)),
        float(np.quantile(alarm[safe & ordinary], 1 - ASKED_ORDINARY)),
    )
    certain = float(np.quantile(alarm[safe & ~ordinary], 1 - CERTAIN))
    for name, chosen in (("dangerous", ~safe), ("safe, looks it", safe & ~ordinary)):
        shares = [(alarm[chosen] > limit).mean() for limit in (ask, certain)]
        print(f"held out, {name}: asked {shares[0]:.3f}, certain {shares[1]:.3f}")
    return {"safety_ask": ask, "safety_certain": max(ask, certain)}


def cue_limit(network: heads.Network, messages: Sequence[Message]) -> float:
    """The cue score above which a piece counts, by overlap F1 on messages with blame."""
    scored = [(m, *network(m.text)[1:]) for m in messages if m.blame]
    best, top = 0.0, -1.0
    for limit in np.arange(-2.5, 1.01, 0.25):
        shared = given = there = 0
        for message, places, cue in scored:
            found = heads.runs(message.text, places, cue, float(limit))
            ours = [message.text[a:b] for a, b in found]
            hit, mine, gold = evaluate.overlap([message.text[a:b] for a, b in message.spans], ours)
            shared, given, there = shared + hit, given + mine, there + gold
        f1 = 2 * shared / (given + there)
        if f1 > top:
            best, top = float(limit), f1
    print(f"cue words, overlap F1 on held-out messages with blame: {top:.3f} at {best}")
    return best


def main() -> None:
    """Train, and write `model_heads/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=heads.HOME)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    messages = corpus.read_cues() + corpus.read_safety()
    held = held_out(messages)
    known = [m for m, out in zip(messages, held, strict=True) if not out]
    unseen = [m for m, out in zip(messages, held, strict=True) if out]
    texts = [m.text for m in messages]
    recipe = network.Recipe(seed=args.seed)
    trainer = network.Trainer(texts, recipe)
    trainer.fit(known)
    first = heads.Network(trainer.arrays())
    second = network.Trainer(texts, recipe)
    second.fit(messages)
    args.out.mkdir(parents=True, exist_ok=True)
    put(args.out / "network.npz", second.arrays())
    finish(args.out, messages, held, first, cue_limit(first, unseen), args.seed)


def finish(
    home: Path,
    messages: Sequence[Message],
    held: NDArray[np.bool_],
    first: heads.Network,
    cue: float,
    seed: int,
) -> None:
    """The linear models, the blend on held-out messages, the limits; written to `home`."""
    random = Random(seed)
    rough = [corpus.roughen(m.text, (), random, corpus.Noise())[0] for m in messages]
    nlp = spacy.load(MODEL)
    plain, seen = observe(nlp, [m.text for m in messages])
    noisy, _ = observe(nlp, rough)
    idf = rarity(plain)
    plain, noisy = plain @ diags(idf), noisy @ diags(idf)
    wanted = targets(messages)
    known = [m for m, out in zip(messages, held, strict=True) if not out]
    new = [m for m, out in zip(messages, held, strict=True) if out]
    w, b = fit_linear(vstack([plain[~held], noisy[~held]]).tocsr(), twice(wanted, ~held))
    unseen = {task: v[held] for task, v in wanted.items()}
    scores = np.stack([first(m.text)[0] for m in new])
    row = np.hstack([plain[held] @ w + b, scores, seen[held]])
    chance = np.zeros((len(row), WIDTH), dtype=np.float32)
    for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(row):
        w2, b2 = fit_blend(row[train], {task: v[train] for task, v in unseen.items()})
        chance[test] = [heads.chances(r) for r in row[test] @ w2 + b2]
    w3, b3, s3 = fit_alarm(plain[~held], seen[~held], known)
    alarm = heads.alarms(plain[held] @ w3 + b3, scores, seen[held], s3)
    found = limits(chance, unseen) | alarm_limits(alarm, new) | {"cue": cue}
    w2, b2 = fit_blend(row, unseen)
    everything = np.ones(len(messages), dtype=bool)
    weights, bias = fit_linear(vstack([plain, noisy]).tocsr(), twice(wanted, everything))
    w3, b3, s3 = fit_alarm(plain, seen, messages)
    weights = np.hstack([weights, w3[:, None]])
    save_linear(home, weights, np.append(bias, np.float32(b3)), idf)
    blend = {"weights": w2.tolist(), "bias": b2.tolist(), "alarm_signs": s3.tolist()}
    temporary = home / "blend.new.json"
    temporary.write_text(json.dumps(blend | {"limits": found}), encoding="utf-8")
    os.replace(temporary, home / "blend.json")


def held_out(messages: Sequence[Message]) -> NDArray[np.bool_]:
    """Which messages the blend is fitted on."""
    late = HELD_FROM.split("-")[0]
    return np.array(
        [m.author in HELD_AUTHORS or (m.author == late and m.id >= HELD_FROM) for m in messages]
    )


def twice(
    wanted: dict[str, NDArray[np.int64]], chosen: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    """The labels of the chosen messages, for them and for their noisy copies."""
    return {task: np.concatenate([v[chosen], v[chosen]]) for task, v in wanted.items()}


def put(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays in one move, so that a reader never sees half a file."""
    temporary = path.with_suffix(".new.npz")
    np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
    os.replace(temporary, path)


def save_linear(home: Path, weights: Floats, bias: Floats, idf: Floats) -> None:
    """`linear.npz`: 8-bit weights with a scale a column; those that say next to nothing are zero."""
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
