"""XED: how far our reading carries to the emotions of subtitles; printed by `coachbot evaluate`.

5-fold cross-validation of two linear SVMs on the same lines: the baseline of the XED paper (TF-IDF
of words), and ours (TF-IDF of words and letters, and the vectors of our encoder). Needs
scikit-learn.
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
#: Regularisation of the baseline (scikit-learn's default) and of ours; length of our vectors, where
#: a line's words and its letters have length one each. Of ours, .1 and .03 and lengths of .5 and 1
#: were tried on these folds: no difference.
BASELINE_COST, COST = 1.0, 0.1
VECTOR_LENGTH = 0.5


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
    vectors = _vectors(nlp, texts)

    def counts(train: Any, test: Any, **settings: Any) -> tuple[Any, Any]:
        model = TfidfVectorizer(**settings)
        known = model.fit_transform([texts[i] for i in train])
        return known, model.transform([texts[i] for i in test])

    def ours(train: Any, test: Any) -> tuple[Any, Any]:
        words = counts(train, test, sublinear_tf=True)
        letters = counts(train, test, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        parts = zip(words, letters, (vectors[train], vectors[test]), strict=True)
        known, unseen = (hstack([a, b, csr_matrix(c)]).tocsr() for a, b, c in parts)
        return known, unseen

    found = {
        "SVM": _predictions(counts, wanted, BASELINE_COST),
        "ours": _predictions(ours, wanted, COST),
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


def _vectors(nlp: Language, texts: Sequence[str]) -> NDArray[np.float32]:
    """(lines, features): what the encoder makes of each line, every column equally wide."""
    vectors = np.stack([doc._.seen.vector for doc in nlp.pipe(texts)])
    width = vectors.std(axis=0) + 1e-6
    return np.asarray(vectors / width * VECTOR_LENGTH / vectors.shape[1] ** 0.5, dtype=np.float32)


def _predictions(split: Any, wanted: NDArray[np.bool_], cost: float) -> NDArray[np.bool_]:
    """Each line's emotions as the models say that have not seen it."""
    from sklearn.model_selection import KFold
    from sklearn.svm import LinearSVC

    found = np.zeros_like(wanted)
    for train, test in KFold(FOLDS, shuffle=True, random_state=1).split(wanted):
        known, unseen = split(train, test)
        for column in range(wanted.shape[1]):
            model = LinearSVC(C=cost, class_weight="balanced", random_state=1)
            found[test, column] = model.fit(known, wanted[train, column]).predict(unseen)
    return found


def _f1(wanted: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    right = int((wanted & found).sum())
    return 2 * right / max(1, int(wanted.sum()) + int(found.sum()))
