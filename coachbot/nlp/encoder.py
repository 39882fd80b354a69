"""A small convolutional sentence encoder in numpy: pieces of words in, one vector a piece out.

Three branches of two convolutions each (2, 3 and 5 pieces wide) over an embedding of the piece,
as in the multilingual Universal Sentence Encoder (Google, Apache-2.0) from which the weights
start; they are trained further on our corpus and its table is cut down to the pieces that Dutch
uses. Weights are kept as 8-bit integers with a scale a column, and used as 32-bit floats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: (width of the window, pieces to the left in it) of each branch, and channels a branch.
BRANCHES = ((2, 0), (3, 1), (5, 2))
CHANNELS = 256
EMBEDDING = 512
FEATURES = EMBEDDING + len(BRANCHES) * CHANNELS
UNKNOWN, START, END = 0, 1, 2
#: Longest message that is looked at, in pieces.
MAX_PIECES = 400
EPSILON = 1e-12
#: Marks the start of a word in a piece.
WORD = "▁"
#: A piece that is not in the table scores this much below the rarest one that is.
_PENALTY = 10.0
_SIGNS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word: its row in the table, and where it stands in the message."""

    row: int
    start: int
    end: int


class Pieces:
    """Cuts words in the likeliest pieces (unigram model, Viterbi)."""

    def __init__(self, pieces: list[str], scores: list[float]) -> None:
        self.table = {
            p: (i, s) for i, (p, s) in enumerate(zip(pieces, scores, strict=True)) if i > 2
        }
        self.prefixes = {p[:k] for p in self.table for k in range(1, len(p))}
        self.unknown = min(scores) - _PENALTY
        self.word = lru_cache(maxsize=20_000)(self._word)

    def cut(self, text: str) -> list[Piece]:
        """The pieces of a message in order, at most `MAX_PIECES`."""
        lower = text.lower()
        plain = (lower if len(lower) == len(text) else text).translate(_SIGNS)
        found: list[Piece] = []
        for match in re.finditer(r"\S+", plain):
            at = match.start()
            for row, start, end in self.word(match.group()[:60]):
                found.append(Piece(row, at + start, at + end))
            if len(found) >= MAX_PIECES:
                break
        return found[:MAX_PIECES]

    def _word(self, word: str) -> tuple[tuple[int, int, int], ...]:
        """(row, start, end) of each piece; the mark of the word's start takes no room."""
        marked = WORD + word
        size = len(marked)
        best = [0.0] + [-1e30] * size
        came = [(0, UNKNOWN)] * (size + 1)
        for i in range(size):
            for j in range(i + 1, size + 1):
                part = marked[i:j]
                row, score = self.table.get(part, (UNKNOWN, self.unknown))
                if (row or j == i + 1) and best[i] + score > best[j]:
                    best[j], came[j] = best[i] + score, (i, row)
                if part not in self.prefixes:
                    break
        found = []
        place = size
        while place:
            start, row = came[place]
            found.append((row, max(0, start - 1), place - 1))
            place = start
        return tuple(reversed(found))


class Encoder:
    """The network. `arrays` as `training/network.py` writes them: `name` and `name.scale`."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.rows = np.asarray(arrays["rows"])
        self.row_scale = _float(arrays["rows.scale"])
        self.project, self.project_bias = unpack(arrays, "project"), unpack(arrays, "project_bias")
        self.norm, self.norm_bias = unpack(arrays, "norm"), unpack(arrays, "norm_bias")
        self.layers = [
            [
                (unpack(arrays, f"conv{width}_{k}"), unpack(arrays, f"conv{width}_{k}_bias"))
                for k in (1, 2)
            ]
            for width, _ in BRANCHES
        ]
        self.out_norm = unpack(arrays, "out_norm")
        self.out_bias = unpack(arrays, "out_bias")
        self.sum, self.sum_bias = unpack(arrays, "sentence"), unpack(arrays, "sentence_bias")
        self.deep = {k: unpack(arrays, f"deep_{k}") for k in ("d0", "d1", "d2", "d3", "p1", "p3")}

    def __call__(self, rows: list[int]) -> Floats:
        """Rows of the table -> (pieces + 2, FEATURES): start and end of the message are added."""
        ids = [START, *rows, END]
        table = self.rows[ids].astype(np.float32)
        table *= self.row_scale[ids, None]
        mixed = _normed(table @ self.project + self.project_bias, self.norm, self.norm_bias)
        parts = [table]
        for number, (width, left) in enumerate(BRANCHES):
            own = mixed[:, number * CHANNELS : (number + 1) * CHANNELS]
            for weights, bias in self.layers[number]:
                own = own + np.maximum(_windows(own, width, left) @ weights + bias, 0)
            parts.append(own)
        return _normed(np.concatenate(parts, axis=1), self.out_norm, self.out_bias)

    def sentence(self, vectors: Floats) -> Floats:
        """(pieces, FEATURES) -> (EMBEDDING,): one vector of length one for the whole message."""
        deep, size = self.deep, len(vectors)
        mean = (vectors.sum(axis=0) @ self.sum + size * self.sum_bias) / np.sqrt(size)
        first = np.maximum(mean @ deep["d0"], 0)
        second = np.maximum(mean @ deep["p1"] + first @ deep["d1"], 0)
        third = np.maximum(second @ deep["d2"], 0)
        found = np.tanh(second @ deep["p3"] + third @ deep["d3"])
        return np.asarray(found / max(float(np.linalg.norm(found)), 1e-6), dtype=np.float32)


def _windows(x: Floats, width: int, left: int) -> Floats:
    """(n, d) -> (n, width * d): each piece with its neighbours, zeros beyond the ends."""
    size, channels = x.shape
    padded = np.zeros((size + width - 1, channels), dtype=np.float32)
    padded[left : left + size] = x
    strides = (padded.strides[0], padded.strides[0], padded.strides[1])
    windows = np.lib.stride_tricks.as_strided(padded, (size, width, channels), strides)
    return windows.reshape(size, width * channels)


def _normed(x: Floats, gain: Floats, bias: Floats) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[-1]
    return np.asarray(x / np.sqrt(variance + EPSILON)[:, None] * gain + bias, dtype=np.float32)


def _float(values: NDArray[np.generic]) -> Floats:
    return np.asarray(values, dtype=np.float32)


def unpack(arrays: Mapping[str, NDArray[np.generic]], name: str) -> Floats:
    """An array as 32-bit floats, its columns scaled back when it was kept in 8 bits."""
    values = _float(arrays[name])
    scale = arrays.get(f"{name}.scale")
    return values if scale is None else values * _float(scale)


def pack(values: Floats, name: str) -> dict[str, NDArray[np.generic]]:
    """The other way round: (n, d) as 8-bit integers with a scale a column; vectors as they are."""
    if values.ndim == 1:
        return {name: values.astype(np.float16)}
    scale = np.maximum(np.abs(values).max(axis=0), 1e-8) / 127
    whole = np.rint(values / scale).astype(np.int8)
    return {name: whole, f"{name}.scale": scale.astype(np.float32)}
