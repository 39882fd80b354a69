"""Word vectors kept in 8 bits on disk, a quarter of what spaCy writes; 32-bit floats in memory.

`spacy.load` finds the class by its registered name: through the entry point where coachbot is
installed, or because this module was imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.util import registry
from spacy.vectors import Vectors

if TYPE_CHECKING:
    from spacy.vocab import Vocab

NAME = "coachbot.SmallVectors.v1"
#: Beside spaCy's file `vectors`: what a step of each row is worth.
SCALE = "vectors.scale"


class SmallVectors(Vectors):  # type: ignore[misc]
    """spaCy's table of vectors, with one scale a row on disk."""

    data: Any

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """As spaCy does, with the table in 8 bits."""
        super().to_disk(path, exclude=exclude)
        table = self.data
        scale = np.maximum(np.abs(table).max(axis=1), 1e-8) / 127
        with (Path(path) / "vectors").open("wb") as file:
            np.save(file, np.rint(table / scale[:, None]).astype(np.int8))
        with (Path(path) / SCALE).open("wb") as file:
            np.save(file, scale.astype(np.float32))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> SmallVectors:
        """The other way round."""
        super().from_disk(path, exclude=exclude)
        self.data = self.data.astype(np.float32) * np.load(Path(path) / SCALE)[:, None]
        return self


@registry.vectors(NAME)  # type: ignore[untyped-decorator]
def small_vectors() -> Callable[[Vocab], SmallVectors]:
    """What spaCy's config names to make an empty table."""

    def make(vocab: Vocab) -> SmallVectors:
        return SmallVectors(strings=vocab.strings)

    return make
