"""Which components the pipeline has, and in which order; each only stores what its finder found."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops

from coachbot.nlp import (  # noqa: F401 - the table of vectors registers itself
    blame,
    clauses,
    cues,
    emotion,
    heads,
    ladder,
    lemmas,
    safety,
    small_vectors,
)

#: Longest stretch that is read; what comes after it in one message is left unread.
MAX_CHARACTERS = 4_000
#: The trained tagger, parser and lemmatizer.
MODEL = Path(__file__).parent / "model"

for _name in (
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
    "coach_lemmas",
    "coach_normalise",
    "coach_clauses",
    "coach_heads",
    "coach_emotion",
    "coach_blame",
    "coach_ladder",
    "coach_safety",
)


def load() -> Language:
    """The reading pipeline, ready."""
    # NumPy's own BLAS: for products as small as these faster than spaCy's by a third.
    with use_ops("numpy", use_blis=False):
        nlp = spacy.load(MODEL)
    for component in COMPONENTS:
        nlp.add_pipe(component)
    return nlp
