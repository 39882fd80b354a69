"""Sentences with CGN tags, from which the network learns to tag beside everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from coachbot.nlp.tags import Meaning

from .train import Material, read_material
from .ud import Sentence

#: What a round takes of the newspaper sentences, and how many of those that Frog tagged.
GOLD_SHARE, SILVER = 0.5, 600


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence: (start, end) of each word in `text`, and its tag's number; -1: unknown."""

    text: str
    places: tuple[tuple[int, int], ...]
    tags: tuple[int, ...]


class Tagging:
    """All sentences, and the tags that occur in those which people tagged."""

    def __init__(self, material: Material) -> None:
        people = [*material.gold, *material.chat]
        self.meanings = meanings(people)
        numbers = {meaning.tag: number for number, meaning in enumerate(self.meanings)}
        self.gold = [_tagged(s, numbers) for s in material.gold]
        self.chat = [_tagged(s, numbers) for s in material.chat]
        self.silver = [_tagged(s, numbers) for s in material.silver]

    def round(self, random: Random) -> list[Tagged]:
        """What is read in one round: a share of the news, all chat, some of what Frog tagged."""
        some = random.sample(self.gold, round(len(self.gold) * GOLD_SHARE))
        return some + self.chat + random.sample(self.silver, min(SILVER, len(self.silver)))


def read(shared: Path) -> Tagging:
    """From the folder with `ud/` and `subs-frog.tsv`; the test file is not among it."""
    return Tagging(read_material(shared, choose=False))


def meanings(sentences: Iterable[Sentence]) -> list[Meaning]:
    """Every tag with the part of speech and the features that it mostly stands for."""
    seen: dict[str, Counter[tuple[str, str]]] = {}
    for sentence in sentences:
        for word in sentence:
            if word.tag:
                kinds = seen.setdefault(word.tag, Counter())
                kinds[word.pos or "", (word.morph or "").replace("_", "")] += 1
    return [Meaning(tag, *seen[tag].most_common(1)[0][0]) for tag in sorted(seen)]


def _tagged(sentence: Sentence, numbers: dict[str, int]) -> Tagged:
    text, places = "", []
    for word in sentence:
        places.append((len(text), len(text) + len(word.form)))
        text += word.form + " " * word.space
    return Tagged(text, tuple(places), tuple(numbers.get(w.tag or "", -1) for w in sentence))
