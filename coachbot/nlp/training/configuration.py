"""The recipe: what can be varied, and the networks that follow from it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be varied; the defaults are what the shipped model was made with."""

    width: int = 96
    depth: int = 4
    hidden: int = 96
    steps: int = 4500
    lemma_steps: int = 2500
    words: int = 1000
    rate: float = 0.002
    warm_up: int = 150
    drop: float = 0.2
    silver: float = 0.4
    chat: float = 0.1
    split: int = 0
    components: str = "parser,tagger,morphologizer,trainable_lemmatizer"
    seed: int = 1


#: Rows of the hash tables for the forms of words.
ROWS = {"NORM": 4000, "PREFIX": 1000, "SUFFIX": 3000, "SHAPE": 1000}
#: Smaller ones for the lemmatizer, that also sees the tag that the tagger has set.
LEMMA_ROWS = {"NORM": 1500, "PREFIX": 500, "SUFFIX": 2000, "SHAPE": 500, "TAG": 400}
LEMMA_WIDTH = 64
LEMMA_DEPTH = 2


def embedder(width: int, depth: int, rows: dict[str, int] = ROWS) -> dict[str, Any]:
    """A tok2vec: hashed forms and static vectors, then a window of `depth` words each side."""
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": width,
            "attrs": list(rows),
            "rows": list(rows.values()),
            "include_static_vectors": True,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": width,
            "depth": depth,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    }


def configure(recipe: Recipe) -> dict[str, Any]:
    """Settings of the components: one tok2vec for all, or one of its own for the parser."""
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": recipe.width}
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": listener, "nO": None}
    return {
        "tok2vec": {"model": embedder(recipe.width, recipe.depth)},
        "parser": {
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "parser",
                # Thirteen words of the state instead of eight: better at verb clusters.
                "extra_state_tokens": True,
                "hidden_width": recipe.hidden,
                "maxout_pieces": 2,
                "use_upper": True,
                "nO": None,
                "tok2vec": embedder(recipe.width, recipe.depth) if recipe.split else listener,
            },
            # spaCy's 30 would lose the rarer relations of a treebank this small.
            "min_action_freq": 10,
        },
        "tagger": {"model": tagger},
        "morphologizer": {"model": tagger, "overwrite": True},
        "trainable_lemmatizer": {"model": tagger, "min_tree_freq": 2, "top_k": 8},
    }


def lemmatizer() -> dict[str, Any]:
    """Settings of the lemmatizer of the second stage, with a network of its own."""
    embed = embedder(LEMMA_WIDTH, LEMMA_DEPTH, LEMMA_ROWS)
    model = {"@architectures": "spacy.Tagger.v2", "tok2vec": embed, "nO": None}
    return {"model": model, "min_tree_freq": 2, "top_k": 8}
