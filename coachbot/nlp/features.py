"""A message as hashed counts: n-grams of words and letters, and patterns of the parse.

Plain Python: what the linear heads look at, the same in training and at run time. A feature is a
string, its place `crc32(string) mod BUCKETS`; no vocabulary has to be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import log, sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Token

from coachbot.nlp.cues import Normalised

#: Places that features are hashed to. Half as many costs a point of macro-F1.
BUCKETS = 1 << 17
#: Word n-grams up to this length; letters of a word from and up to these lengths.
WORD_GRAMS = 3
LETTER_GRAMS = range(2, 6)
#: How many words two words of a pair may stand apart.
SKIP = 4
#: Longest message that is looked at, in words; what comes after adds nothing new to the reading.
MAX_WORDS = 400

#: A content word is left out of the frames, so that a frame fits another topic.
_OPEN = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "NUM"})
_RELATIONS = frozenset(
    {"nsubj", "nsubj:pass", "obj", "iobj", "obl", "aux", "aux:pass", "cop", "advmod", "amod"}
    | {"xcomp", "ccomp", "mark", "expl:pv", "compound:prt"}
)

Sparse = tuple[NDArray[np.int64], NDArray[np.float32]]


def extract(normalised: Normalised, doc: Doc) -> Sparse:
    """Places and values of a message's features; each block of them has length one."""
    words = normalised.text.split()[:MAX_WORDS]
    values: dict[int, float] = {}
    for name, block in blocks(words, doc):
        _add(values, name, block)
    ids = np.fromiter(values.keys(), dtype=np.int64, count=len(values))
    return ids, np.fromiter(values.values(), dtype=np.float32, count=len(values))


def blocks(words: list[str], doc: Doc) -> Iterator[tuple[str, Iterable[int | str]]]:
    """The named groups of features; letters come as places already, the rest as strings."""
    yield "w", _grams(words, 1, WORD_GRAMS)
    yield "c", _letters(words)
    yield "s", (f"{a}~{b}" for i, a in enumerate(words) for b in words[i + 2 : i + 1 + SKIP])
    yield "e", _ends(words)
    if doc.has_annotation("TAG"):
        tokens = [_Read(token) for token in doc[:MAX_WORDS] if not token.is_space]
        yield "l", _grams([t.lemma for t in tokens], 1, WORD_GRAMS)
        yield "m", _grams([t.frame for t in tokens], 2, 4)
        yield "d", _dependencies(doc)


def _add(values: dict[int, float], name: str, block: Iterable[int | str]) -> None:
    counts = Counter(
        feature if isinstance(feature, int) else crc32(f"{name}{feature}".encode()) % BUCKETS
        for feature in block
    )
    if not counts:
        return
    weights = {place: 1 + log(n) if n > 1 else 1.0 for place, n in counts.items()}
    length = sqrt(sum(w * w for w in weights.values()))
    for place, weight in weights.items():
        values[place] = values.get(place, 0.0) + weight / length


def _grams(words: list[str], shortest: int, longest: int) -> Iterator[str]:
    for size in range(shortest, longest + 1):
        for i in range(len(words) - size + 1):
            yield " ".join(words[i : i + size])


def _letters(words: list[str]) -> Iterator[int]:
    for word in words:
        yield from _letters_of(word[:40])


@lru_cache(maxsize=20_000)
def _letters_of(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    return tuple(
        crc32(f"c{padded[i : i + size]}".encode()) % BUCKETS
        for size in LETTER_GRAMS
        for i in range(max(1, len(padded) - size + 1))
    )


def of_word(word: str) -> list[int]:
    """The places of a word by itself: the word and its letters."""
    return [crc32(f"w{word}".encode()) % BUCKETS, *_letters_of(word[:40])]


def _ends(words: list[str]) -> Iterator[str]:
    if not words:
        return
    for size in (1, 2, 3):
        yield "F" + " ".join(words[:size])
    yield "L" + words[-1]
    yield "L" + " ".join(words[-2:])
    yield f"N{min(len(words) // 4, 10)}"
    for mark in "!?":
        yield f"{mark}{min(2, words.count(mark))}"


class _Read:
    """What is used of a token: its lemma, and its place in a frame."""

    __slots__ = ("frame", "lemma")

    def __init__(self, token: Token) -> None:
        self.lemma = token.lemma_.lower()
        self.frame = kind(token) if token.pos_ in _OPEN else token.norm_


def kind(token: Token) -> str:
    """Part of speech, with tense and form for a verb and person for a pronoun."""
    morph = token.morph
    if token.pos_ in ("VERB", "AUX"):
        return token.pos_ + "".join(morph.get("Tense", [])) + "".join(morph.get("VerbForm", []))
    if token.pos_ == "PRON":
        return token.pos_ + "".join(morph.get("Person", [])) + "".join(morph.get("PronType", []))
    return token.pos_


def _dependencies(doc: Doc) -> Iterator[str]:
    for token in doc[:MAX_WORDS]:
        relation = token.dep_
        if relation in _RELATIONS:
            head, lemma = token.head, token.lemma_.lower()
            yield f"{relation} {head.lemma_.lower()} {lemma}"
            yield f"{relation} {head.pos_} {lemma}"
            yield f"{relation} {head.lemma_.lower()}"
        elif relation == "ROOT":
            yield f"ROOT {kind(token)} {token.lemma_.lower()}"
