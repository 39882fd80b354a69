"""Words and patterns: `cues.yml` compiled, and the spelling they are matched on.

Matching runs on a normalised copy (lower case, chat spelling written out); every match is mapped
back to the stretch of the message itself, which is never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_TOKEN = re.compile(r"/?\w+(?:['’\-]\w+)*|['’]\w+\b|[^\w\s]", re.UNICODE)
_STRETCHED = re.compile(r"(\w)\1{2,}")
#: Words that `…` may jump over in a cue.
GAP = 4


@dataclass(frozen=True, slots=True)
class Normalised:
    """Tokens of a message with a leading space each, and where they stand in the message."""

    text: str
    #: (start in `text`, start in message, end in message) of each token, in order.
    places: tuple[tuple[int, int, int], ...]

    @property
    def words(self) -> list[str]:
        """The normalised words, punctuation left out."""
        return [w for w in self.text.split() if w[0].isalnum() or w[0] == "/"]


@dataclass(frozen=True, slots=True)
class Match:
    """A cue that was found: `start` and `end` in the message, and the normalised words."""

    start: int
    end: int
    words: str


def normalise(text: str, spelling: Mapping[str, str]) -> Normalised:
    """Lower case, chat spelling written out, letters held down ("neeeee") brought back to two."""
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    length = 0
    for found in _TOKEN.finditer(text):
        word = unicodedata.normalize("NFC", found.group().lower()).replace("’", "'")
        word = _STRETCHED.sub(r"\1\1", word)
        for piece in spelling.get(word, word).split():
            places.append((length, found.start(), found.end()))
            parts.append(" " + piece)
            length += len(piece) + 1
    return Normalised("".join(parts), tuple(places))


def compiled(cues: Iterable[str]) -> re.Pattern[str]:
    """One pattern for a list of cues, longest first so that the fullest wording wins."""
    ordered = sorted(cues, key=len, reverse=True)
    return re.compile("(?:" + "|".join(_pattern(cue) for cue in ordered) + r")(?=\s|$)")


def _pattern(cue: str) -> str:
    parts = []
    for word in cue.lower().split():
        if word == "…":
            parts.append(rf"(?:\s\w\S*){{0,{GAP}}}?")
            continue
        choices = [re.escape(choice).replace(r"\*", r"\w*") for choice in word.split("|")]
        parts.append(r"\s(?:" + "|".join(choices) + ")")
    return "".join(parts)


def find(pattern: re.Pattern[str], normalised: Normalised) -> Iterator[Match]:
    """Every match, mapped back to the message; linear in its length."""
    places = normalised.places
    index = 0
    for found in pattern.finditer(normalised.text):
        while index < len(places) - 1 and places[index + 1][0] <= found.start():
            index += 1
        last = index
        while last < len(places) - 1 and places[last + 1][0] < found.end():
            last += 1
        yield Match(places[index][1], places[last][2], found.group().strip())


@cache
def load() -> dict[str, Any]:
    """`cues.yml` as plain data; read once."""
    text = files("coachbot.nlp").joinpath("cues.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def pattern(*keys: str) -> re.Pattern[str]:
    """The compiled cues under a key of `cues.yml`, e.g. `pattern("emotions", "boos")`."""
    return _compile(keys)


@cache
def _compile(keys: tuple[str, ...]) -> re.Pattern[str]:
    node: Any = load()
    for key in keys:
        node = node[key]
    return compiled(node)
