"""XED: how far our reading carries to the emotions of subtitles; printed by `coachbot evaluate`.

5-fold cross-validation of two linear SVMs a fold, on the same lines: the baseline of the XED paper
(TF-IDF of words), and ours (hashed counts and the encoder's vectors). Needs scikit-learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coachbot.evaluate import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language

#: Plutchik's emotions by their number in the file, and ours among them.
NAMES = {
    1: "anger (boos)",
    2: "anticipation",
    3: "disgust",
    4: "fear (bang)",
    5: "joy (blij)",
    6: "sadness (bedroefd)",
    7: "surprise",
    8: "trust",
}
OURS = (1, 4, 5, 6)
FOLDS = 5
#: Regularisation of both models (scikit-learn's default), and the weight of the encoder's vectors.
COST = 1.0
VECTOR_WEIGHT = 0.05


def read(path: Path) -> tuple[list[str], NDArray[np.bool_]]:
    """Lines, and (lines, 8) which emotions each has."""
    texts, rows = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text, tab, labels = line.rpartition("\t")
        if not tab:
            continue
        try:
            found = {int(label) for label in labels.split(",")}
        except ValueError as error:
            raise DataError(f"{path}:{number}: no emotion numbers in {labels!r}") from error
        texts.append(text)
        rows.append([emotion in found for emotion in NAMES])
    if not texts:
        raise DataError(f"{path}: no lines of text, tab, numbers")
    return texts, np.array(rows)


def emotions(path: Path, nlp: Language) -> Iterator[str]:
    """F1 of each emotion, of the baseline and of ours."""
    try:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise DataError(
            "`evaluate emotions` needs scikit-learn: pip install -e '.[train]'"
        ) from error
    texts, wanted = read(path)
    counts, vectors = _ours(nlp, texts)
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + len(texts)) / (1 + seen)) + 1

    def baseline(train: Any, test: Any) -> tuple[Any, Any]:
        words = TfidfVectorizer()
        known = words.fit_transform([texts[i] for i in train])
        return known, words.transform([texts[i] for i in test])

    ours = hstack([counts.multiply(rarity * 0.2), csr_matrix(vectors * VECTOR_WEIGHT)]).tocsr()
    found = {
        "SVM": _predictions(baseline, wanted),
        "ours": _predictions(lambda train, test: (ours[train], ours[test]), wanted),
    }
    yield f"{len(texts)} lines, {FOLDS} folds"
    yield f"{'F1':<22}{'SVM':>8}{'ours':>8}{'count':>8}"
    scores: dict[str, list[float]] = {name: [] for name in found}
    for column, name in enumerate(NAMES.values()):
        for which, guesses in found.items():
            scores[which].append(_f1(wanted[:, column], guesses[:, column]))
        line = "".join(f"{scores[which][-1]:8.3f}" for which in found)
        yield f"  {name:<20}{line}{int(wanted[:, column].sum()):8d}"
    ours_only = [list(NAMES).index(emotion) for emotion in OURS]
    for title, chosen in (("macro, all eight", range(len(NAMES))), ("macro, our four", ours_only)):
        means = [float(np.mean([scores[which][i] for i in chosen])) for which in found]
        yield f"  {title:<20}" + "".join(f"{mean:8.3f}" for mean in means)
    micro = [_f1(wanted.ravel(), guesses.ravel()) for guesses in found.values()]
    yield f"  {'micro':<20}" + "".join(f"{value:8.3f}" for value in micro)


def _ours(nlp: Language, texts: Sequence[str]) -> tuple[Any, NDArray[np.float32]]:
    """Hashed counts (lines, places) and the encoder's vectors (lines, features)."""
    from scipy.sparse import csr_matrix

    from coachbot.nlp import features

    ids, values, vectors = [], [], []
    for doc in nlp.pipe(texts, batch_size=64):
        places, weights = features.extract(doc._.normalised, doc)
        ids.append(places)
        values.append(weights)
        vectors.append(doc._.heads.vector(doc.text))
    ends = np.cumsum([0, *(len(i) for i in ids)])
    table = csr_matrix(
        (np.concatenate(values), np.concatenate(ids), ends), shape=(len(ids), features.BUCKETS)
    )
    return table, np.stack(vectors)


def _predictions(split: Any, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each line's emotions as the models say that have not seen it."""
    from sklearn.model_selection import KFold
    from sklearn.svm import LinearSVC

    found = np.zeros_like(wanted)
    for train, test in KFold(FOLDS, shuffle=True, random_state=1).split(wanted):
        known, unseen = split(train, test)
        for column in range(wanted.shape[1]):
            model = LinearSVC(C=COST, class_weight="balanced", random_state=1)
            found[test, column] = model.fit(known, wanted[train, column]).predict(unseen)
    return found


def _f1(wanted: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    right = int((wanted & found).sum())
    return 2 * right / max(1, int(wanted.sum()) + int(found.sum()))
