"""Splits a message in clauses: sentences first, then parts with a finite verb of their own."""

from __future__ import annotations

from spacy.tokens import Doc, Span, Token

from coachbot.nlp import signs

#: Tags (CGN) of finite verbs, and of words that open a clause which belongs to the one before it.
_FINITE = "WW(pv"
_SUBORDINATE = ("VG(onder", "VNW(betr")
_STOPS = frozenset(".!?;…") | {"...", "..", "\n"}


def find(doc: Doc) -> list[Span]:
    """The clauses of a message, in order, as spans; together they cover every token."""
    if not len(doc):
        return []
    starts = _sentences(doc)
    if doc.has_annotation("TAG"):
        starts = _clauses(doc, starts)
    ends = [*starts[1:], len(doc)]
    return [doc[start:end] for start, end in zip(starts, ends, strict=True) if end > start]


def _sentences(doc: Doc) -> list[int]:
    """Where sentences start: after a full stop or the like, if a word follows."""
    starts = [0]
    for token in doc[1:]:
        before = doc[token.i - 1]
        if _stops(before) and not _stops(token) and any(c.isalnum() for c in token.text):
            starts.append(token.i)
    return starts


def _stops(token: Token) -> bool:
    return token.text in _STOPS or set(token.text) <= set(".!?")


def _clauses(doc: Doc, sentences: list[int]) -> list[int]:
    """Sentence starts, and the joints between two parts that both have a finite verb."""
    joints = signs.load()["joints"]
    known = set(sentences)
    candidates = []
    for token in doc:
        opens = token.lower_ in joints or (token.i > 0 and doc[token.i - 1].text == ",")
        if token.i in known or (opens and not token.tag_.startswith(_SUBORDINATE)):
            candidates.append(token.i)
    starts: list[int] = []
    for number, start in enumerate(candidates):
        end = candidates[number + 1] if number + 1 < len(candidates) else len(doc)
        if start in known or (_finite(doc, starts[-1], start) and _finite(doc, start, end)):
            starts.append(start)
    return starts


def _finite(doc: Doc, start: int, end: int) -> bool:
    return any(token.tag_.startswith(_FINITE) for token in doc[start:end])
