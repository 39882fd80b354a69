"""Which components the pipeline has, and in which order; each only stores what its finder found."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.pipeline import Tagger
from spacy.tokens import Doc
from thinc.api import use_ops

from coachbot.nlp import (  # noqa: F401 - the table of vectors registers itself
    blame,
    clauses,
    cues,
    emotion,
    encoder,
    heads,
    ladder,
    lemmas,
    safety,
    small_vectors,
    tags,
)

#: Longest stretch that is read; what comes after it in one message is left unread.
MAX_CHARACTERS = 4_000
#: The trained tagger, parser and lemmatizer.
MODEL = Path(__file__).parent / "model"

for _name in (
    "seen",
    "normalised",
    "clauses",
    "heads",
    "scores",
    "emotions",
    "blame",
    "rung",
    "safety",
):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


@Language.factory("coach_network", default_config={"home": str(heads.HOME)})
class _Network:
    """Reads the message once, for the heads and, together with spaCy's tagger, for the tags."""

    def __init__(self, nlp: Language, name: str, home: str) -> None:
        self.network = encoder.load(Path(home))
        with Path(home, "tags.txt").open(encoding="utf-8") as lines:
            self.meanings = tags.read(lines)
        tagger = nlp.get_pipe("tagger")
        assert isinstance(tagger, Tagger), "nlp/model has a spaCy tagger"
        self.tagger = tagger
        self.columns = [tagger.labels.index(meaning.tag) for meaning in self.meanings]

    def __call__(self, doc: Doc) -> Doc:
        doc._.seen = self.network(doc.text)
        scores = self.tagger.model.predict([doc])[0][:, self.columns]
        return tags.assign(doc, scores, doc._.seen, self.meanings)


@Language.component("coach_lemmas")
def _lemmas(doc: Doc) -> Doc:
    return lemmas.mend(doc)


@Language.component("coach_normalise")
def _normalise(doc: Doc) -> Doc:
    doc._.normalised = cues.normalise(doc.text, cues.load()["spelling"])
    return doc


@Language.component("coach_clauses")
def _clauses(doc: Doc) -> Doc:
    doc._.clauses = clauses.find(doc)
    return doc


@Language.factory("coach_heads")
class _Heads:
    """Scores every label once; the finders after it decide."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.heads = heads.load()

    def __call__(self, doc: Doc) -> Doc:
        doc._.heads = self.heads
        doc._.scores = self.heads(doc, doc._.normalised)
        return doc


@Language.component("coach_emotion")
def _emotion(doc: Doc) -> Doc:
    doc._.emotions = emotion.find(doc)
    return doc


@Language.component("coach_blame")
def _blame(doc: Doc) -> Doc:
    doc._.blame = blame.find(doc)
    return doc


@Language.component("coach_ladder")
def _ladder(doc: Doc) -> Doc:
    doc._.rung = ladder.find(doc)
    return doc


@Language.component("coach_safety")
def _safety(doc: Doc) -> Doc:
    doc._.safety = safety.find(doc)
    return doc


COMPONENTS = (
    "coach_normalise",
    "coach_clauses",
    "coach_heads",
    "coach_emotion",
    "coach_blame",
    "coach_ladder",
    "coach_safety",
)


def words(home: Path = heads.HOME) -> Language:
    """Tags, trees and lemmas, as far as the heads need them; `home` holds the network."""
    # NumPy's own BLAS: for products as small as these faster than spaCy's by a third.
    with use_ops("numpy", use_blis=False):
        nlp = spacy.load(MODEL)
    # It asks the tagger itself; the lemmatizer looks at the tag.
    nlp.add_pipe("coach_network", before="trainable_lemmatizer", config={"home": str(home)})
    nlp.disable_pipe("tagger")
    nlp.add_pipe("coach_lemmas")
    return nlp


def load() -> Language:
    """The reading pipeline, ready."""
    nlp = words()
    for component in COMPONENTS:
        nlp.add_pipe(component)
    return nlp
