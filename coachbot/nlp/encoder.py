"""The small network that reads a message as a whole: pieces of words in, scores of every label out.

A transformer of a few layers that starts from multilingual E5 small (Wang et al. 2024, MIT), cut
to Dutch pieces and trained on our corpus (`training/network.py`). It lies in `model_heads/` as an
ONNX file with weights of 8 bits, and ONNX Runtime runs it on one thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float32]

UNKNOWN, START, END = 0, 1, 2
#: Longest message that is looked at, in pieces.
MAX_PIECES = 300
#: Marks the start of a word in a piece.
WORD = "▁"
#: A piece that is not in the table scores this much below the rarest one that is.
_PENALTY = 10.0
#: Longest word that is cut; nobody writes longer ones.
_LONGEST = 60
_SIGNS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word: its row in the table, and where it stands in the message."""

    row: int
    start: int
    end: int


class Pieces:
    """Cuts words in the likeliest pieces (unigram model, Viterbi); the first three are reserved."""

    def __init__(self, pieces: list[str], scores: list[float]) -> None:
        self.table = {
            p: (i, s) for i, (p, s) in enumerate(zip(pieces, scores, strict=True)) if i > END
        }
        self.prefixes = {p[:k] for p in self.table for k in range(1, len(p))}
        self.unknown = min(scores) - _PENALTY
        self.word = lru_cache(maxsize=20_000)(self._word)

    def cut(self, text: str) -> list[Piece]:
        """The pieces of a message in order, at most `MAX_PIECES`."""
        found: list[Piece] = []
        for match in re.finditer(r"\S+", text.translate(_SIGNS)):
            at = match.start()
            for row, start, end in self.word(match.group()[:_LONGEST]):
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network makes of one message.

    `scores` (labels of all tasks,), before they are made chances; `places` (start, end) of each
    piece and `cue` (pieces,) how much it looks like a word that carries blame, in log-odds;
    `vector` (width of the network,) the mean of the last layer; `tags` (pieces, tags) how well each
    CGN tag fits a piece, before they are made chances.
    """

    scores: Floats
    places: tuple[tuple[int, int], ...]
    cue: Floats
    vector: Floats
    tags: Floats


class Encoder:
    """The network and its pieces."""

    def __init__(self, session: InferenceSession, pieces: Pieces) -> None:
        self.session = session
        self.pieces = pieces

    def __call__(self, text: str) -> Seen:
        """Reads one message; the time grows with its length up to `MAX_PIECES`."""
        found = self.pieces.cut(text)
        rows = np.array([[START, *(piece.row for piece in found), END]], dtype=np.int64)
        scores, cue, vector, tags = self.session.run(None, {"pieces": rows})
        places = tuple((piece.start, piece.end) for piece in found)
        return Seen(scores[0], places, cue[0, 1:-1], vector[0], tags[0, 1:-1])


def load(home: Path) -> Encoder:
    """`network.onnx` and `pieces.txt` of a folder."""
    import onnxruntime

    # On Windows it would tell Microsoft how it is used; elsewhere this does nothing.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(home / "network.onnx"), options, providers=["CPUExecutionProvider"]
    )
    with (home / "pieces.txt").open(encoding="utf-8") as lines:
        return Encoder(session, read_pieces(lines))


def read_pieces(lines: Iterable[str]) -> Pieces:
    """One piece and its log-chance a line."""
    pairs = [line.rstrip("\n").rsplit(" ", 1) for line in lines]
    return Pieces([piece for piece, _ in pairs], [float(chance) for _, chance in pairs])
