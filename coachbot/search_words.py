"""What somebody types in the search box: words that are all wanted, "a phrase", a begin*. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MAX_TERMS = 12
#: Fewer letters before a * would be most of the dictionary.
MIN_PREFIX = 2

_PART = re.compile(r'"([^"]*)"|(\S+)')
#: A word as the index splits text: letters and digits, accents that stand apart included.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")


@dataclass(frozen=True, slots=True)
class Term:
    """Words in a row, folded; the last one may be only the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text, with a hit or without."""

    text: str
    hit: bool


def parse(text: str) -> tuple[Term, ...] | None:
    """The terms in a search; None when it cannot be understood.

    That is: no words in it, a quotation mark that is not closed, a * after less than two letters
    or in the middle of a word, or more than `MAX_TERMS` words.
    """
    if text.count('"') % 2:
        return None
    terms = []
    for quoted, bare in _PART.findall(text):
        said = quoted or bare
        prefix = bare.endswith("*")
        if "*" in bare.rstrip("*"):
            return None
        words = tuple(fold(word) for word in _WORD.findall(said))
        if prefix and (not words or len(words[-1]) < MIN_PREFIX):
            return None
        if words:
            terms.append(Term(words, prefix))
    return tuple(terms) if terms and sum(len(t.words) for t in terms) <= MAX_TERMS else None


def question(terms: Sequence[Term]) -> str:
    """The terms in the language of FTS5: every word quoted, so that none is an operator."""
    return " AND ".join(f'"{" ".join(t.words)}"{" *" if t.prefix else ""}' for t in terms)


def fold(word: str) -> str:
    """Small letters without accents, as the index has them."""
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def matches(text: str, terms: Sequence[Term]) -> bool:
    """Does the text hold every term?"""
    words = [fold(found.group()) for found in _WORD.finditer(text)]
    return all(any(_at(words, i, term) for i in range(len(words))) for term in terms)


def marked(text: str, terms: Sequence[Term]) -> tuple[Segment, ...]:
    """The whole text in segments, those that the terms hit marked; joined they are the text."""
    found = list(_WORD.finditer(text))
    words = [fold(one.group()) for one in found]
    hit = [False] * len(text)
    for i in range(len(words)):
        for term in terms:
            if _at(words, i, term):
                first, last = found[i].start(), found[i + len(term.words) - 1].end()
                hit[first:last] = [True] * (last - first)
    segments: list[Segment] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or hit[end] != hit[start]:
            segments.append(Segment(text[start:end], hit[start]))
            start = end
    return tuple(segments)


def snippet(text: str, terms: Sequence[Term], around: int = 80) -> tuple[Segment, ...]:
    """The text around its first hit, cut between words, with an ellipsis where it was cut."""
    segments = marked(text, terms)
    first = next((i for i, one in enumerate(segments) if one.hit), 0)
    start = len("".join(one.text for one in segments[:first]))
    begin, end = max(0, start - around), min(len(text), start + 2 * around)
    if begin:
        begin = text.find(" ", begin, start) + 1 or begin
    if end < len(text):
        cut = text.rfind(" ", start + len(segments[first].text), end)
        end = cut if cut > 0 else end
    shown = f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"
    return marked(shown, terms)


def _at(words: Sequence[str], place: int, term: Term) -> bool:
    heard = words[place : place + len(term.words)]
    if len(heard) < len(term.words) or tuple(heard[:-1]) != term.words[:-1]:
        return False
    last = term.words[-1]
    return heard[-1].startswith(last) if term.prefix else heard[-1] == last
